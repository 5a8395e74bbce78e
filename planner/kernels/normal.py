"""Quantiles of the normal distribution, exact and in the approximations that standards prescribe."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel

_SQRT2 = math.sqrt(2.0)
_SQRT_2PI = math.sqrt(2.0 * math.pi)


@exact_kernel
def upper_quantile_hastings(q: float, c0: float) -> float:
    """Point that a standard normal variable exceeds with probability `q`, Hastings' rational approximation.

    Abramowitz and Stegun 26.2.23, |error| < 4.5e-4. The leading coefficient is an argument because the
    standards write it differently.

    Parameters
    ----------
    q : float
        Probability of exceedance, 0 < q < 1.
    c0 : float
        2.515516 in ITM 1.4, 2.515517 in Abramowitz and Stegun, 2.515516698 in ITU-R P.1057 and P.1812.

    Returns
    -------
    float
        The point in standard deviations; antisymmetric about q = 0.5.
    """
    tail = q if q <= 0.5 else 1.0 - q
    t = math.sqrt(-2.0 * math.log(tail))
    upper = ((0.010328 * t + 0.802853) * t) + c0
    lower = (((0.001308 * t + 0.189269) * t) + 1.432788) * t + 1.0
    z = t - upper / lower
    return z if q <= 0.5 else -z


@exact_kernel
def quantile(p: float) -> float:
    """Point below which a standard normal variable lies with probability `p`.

    Newton steps of third order (Halley) on the complementary error function, from Hastings' approximation;
    exact to a few units in the last place for 1e-300 < p < 1 - 1e-16.

    Parameters
    ----------
    p : float
        Probability, 0 < p < 1.

    Returns
    -------
    float
        The point in standard deviations; NaN outside 0 < p < 1.
    """
    if not 0.0 < p < 1.0:
        return math.nan
    tail = min(p, 1.0 - p)
    z = -upper_quantile_hastings(tail, 2.515517)
    for _ in range(3):
        error = 0.5 * math.erfc(-z / _SQRT2) - tail
        step = error * _SQRT_2PI * math.exp(0.5 * z * z)
        z -= step / (1.0 + 0.5 * z * step)
    return z if p <= 0.5 else -z
