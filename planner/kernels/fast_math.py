"""Transcendental functions in float32 that vectorise: polynomials of the mantissa, about 1e-7 from exact.

SVML is not in the wheels, and calls of the C library keep a loop scalar. The polynomials are Chebyshev fits; the
tests hold them against float64. Arguments and results are float32 throughout: one float64 literal would promote
a whole loop, so constants are wrapped in `f4`.
"""

from __future__ import annotations

import math

import numpy as np

from planner.kernels._jit import inline_kernel
from planner.kernels.intrinsics import exponent_of, fast_max, fast_min, mantissa_of, times_power_of_two

f4 = np.float32
_SMALLEST = f4(1.2e-38)
_LOG10_2 = f4(math.log10(2.0))
_LOG2_E = f4(math.log2(math.e))
_LOG2_10 = f4(math.log2(10.0))
_ZERO, _HALF, _ONE, _THIRD = f4(0.0), f4(0.5), f4(1.0), f4(1.0 / 3.0)
# log2(1 + f) / f on [sqrt(1/2) - 1, sqrt(2) - 1]
_L0, _L1, _L2 = f4(1.4426950037647503), f4(-0.7213473333598893), f4(0.48091060994340257)
_L3, _L4, _L5 = f4(-0.36070482809637544), f4(0.2879183245119934), f4(-0.23892033983924127)
_L6, _L7, _L8 = f4(0.21566985869910835), f4(-0.20742103484715133), f4(0.12614846661532703)
# 2**f on [-1/2, 1/2]
_E0, _E1, _E2 = f4(0.9999999999595485), f4(0.6931472067106216), f4(0.24022651213595086)
_E3, _E4, _E5 = f4(0.05550327214207754), f4(0.009618025602947586), f4(0.0013400432165829137)
_E6 = f4(0.0001546973198152048)
# acos(z) / sqrt(1 - z) on [0, 1]
_A0, _A1, _A2 = f4(1.5707963018332993), f4(-0.21459849423367863), f4(0.08897409930421159)
_A3, _A4, _A5 = f4(-0.050145025019797076), f4(0.030808253412418118), f4(-0.016965471964365687)
_A6, _A7 = f4(0.0065808852398152855), f4(-0.0012370048531357887)
# sin(t) / t as a polynomial of t**2 on [0, (pi / 6)**2]
_S0, _S1, _S2, _S3 = f4(1.0), f4(-0.16666665254501845), f4(0.008333075634696615), f4(-0.00019690698375370177)
# atan(t) / t as a polynomial of t**2 on [0, 1]
_T0, _T1, _T2 = f4(0.9999993278352408), f4(-0.3332637452188166), f4(0.19879872155709355)
_T3, _T4, _T5 = f4(-0.13480405607542684), f4(0.08374155654505105), f4(-0.03689862924624628)
_T6 = f4(0.007825482945506822)
_HALF_PI = f4(math.pi / 2.0)


@inline_kernel
def log2(x: float) -> float:
    """Base-2 logarithm of a float32; what is not above 1.2e-38 counts as that.

    Parameters
    ----------
    x : float32
        Argument.

    Returns
    -------
    float32
        Logarithm, within 2e-7 of exact (relative to the larger of 1 and the result).
    """
    x = fast_max(x, _SMALLEST)
    f = mantissa_of(x) - _ONE
    f2 = f * f
    f4th = f2 * f2
    low = (_L0 + _L1 * f) + (_L2 + _L3 * f) * f2
    high = (_L4 + _L5 * f) + (_L6 + _L7 * f) * f2 + _L8 * f4th
    return exponent_of(x) + f * (low + high * f4th)


@inline_kernel
def exp2(x: float) -> float:
    """Two to the power of a float32 clipped to -126 .. 126.

    Parameters
    ----------
    x : float32
        Exponent.

    Returns
    -------
    float32
        Power, within 2e-7 of exact, relative.
    """
    x = fast_min(fast_max(x, f4(-126.0)), f4(126.0))
    whole = np.floor(x + _HALF)
    f = x - whole
    f2 = f * f
    power = (_E0 + _E1 * f) + (_E2 + _E3 * f) * f2 + (_E4 + _E5 * f + _E6 * f2) * (f2 * f2)
    return times_power_of_two(power, whole)


@inline_kernel
def log10(x: float) -> float:
    """Decimal logarithm of a positive float32.

    Parameters
    ----------
    x : float32
        Argument.

    Returns
    -------
    float32
        Logarithm.
    """
    return log2(x) * _LOG10_2


@inline_kernel
def exp(x: float) -> float:
    """Natural exponential of a float32.

    Parameters
    ----------
    x : float32
        Exponent, clipped to about -87 .. 87.

    Returns
    -------
    float32
        Power of e.
    """
    return exp2(x * _LOG2_E)


@inline_kernel
def exp10(x: float) -> float:
    """Ten to the power of a float32.

    Parameters
    ----------
    x : float32
        Exponent, clipped to about -37 .. 37.

    Returns
    -------
    float32
        Power of ten.
    """
    return exp2(x * _LOG2_10)


@inline_kernel
def power(x: float, exponent: float) -> float:
    """Positive float32 to a float32 power.

    Parameters
    ----------
    x : float32
        Base, positive.
    exponent : float32
        Exponent.

    Returns
    -------
    float32
        Power.
    """
    return exp2(log2(x) * exponent)


@inline_kernel
def cube_root(x: float) -> float:
    """Cube root of a positive float32.

    Parameters
    ----------
    x : float32
        Argument.

    Returns
    -------
    float32
        Root.
    """
    return exp2(log2(x) * _THIRD)


@inline_kernel
def tanh(x: float) -> float:
    """Hyperbolic tangent of a float32.

    Parameters
    ----------
    x : float32
        Argument.

    Returns
    -------
    float32
        Tangent.
    """
    return _ONE - f4(2.0) / (_ONE + exp(x + x))


@inline_kernel
def sine_of_third_arcsine(z: float) -> float:
    """Sine of a third of the arc sine of a float32: the middle root of a cubic in trigonometric form.

    Parameters
    ----------
    z : float32
        Argument, 0 to 1.

    Returns
    -------
    float32
        sin(asin(z) / 3).
    """
    z2 = z * z
    low = (_A0 + _A1 * z) + (_A2 + _A3 * z) * z2
    high = (_A4 + _A5 * z) + (_A6 + _A7 * z) * z2
    arc = _HALF_PI - np.sqrt(fast_max(_ONE - z, f4(0.0))) * (low + high * (z2 * z2))
    t = arc * _THIRD
    u = t * t
    return t * (_S0 + u * (_S1 + u * (_S2 + u * _S3)))


@inline_kernel
def arctan(x: float) -> float:
    """Arc tangent of a float32.

    Parameters
    ----------
    x : float32
        Argument.

    Returns
    -------
    float32
        Angle, rad, within 6e-7 of exact.
    """
    size = x if x > _ZERO else -x
    steep = size > _ONE
    t = _ONE / size if steep else size
    u = t * t
    low = (_T0 + _T1 * u) + (_T2 + _T3 * u) * (u * u)
    angle = t * (low + (_T4 + _T5 * u + _T6 * (u * u)) * (u * u * u * u))
    angle = _HALF_PI - angle if steep else angle
    return angle if x > _ZERO else -angle
