"""Delta-Bullington pieces in float32 over blocks: knife edge, smooth surface, spherical Earth.

ITU-R P.1812-8 section 4.3, the fast twin of `planner.kernels.diffraction`. The smooth surface's edge is found in
closed form instead of over the profile points; its largest effect is in `docs/performance.md`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.diffraction import (
    LAND_CONDUCTIVITY_S_M,
    LAND_PERMITTIVITY,
    SEA_CONDUCTIVITY_S_M,
    SEA_PERMITTIVITY,
    WAVELENGTH_M_GHZ,
)
from planner.kernels.fast_math import exp, exp2, f4, log2, sine_of_third_arcsine
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.sweep.links import ACTUAL, H1D, H2D, OMEGA, SPHERE, D

_DB = f4(10.0 * math.log10(2.0))  # dB per octave of power
_ZERO, _ONE, _TWO = f4(0.0), f4(1.0), f4(2.0)


class Ground(NamedTuple):
    """Frequency terms of the first-term loss over one kind of ground, equations (29) and (30).

    Attributes
    ----------
    k : float32
        Normalised admittance times the cube root of the radius in km.
    root_f : float32
        Cube root of the frequency in GHz.
    level_k_db : float32
        Ten times the decimal logarithm of `k`.
    """

    k: float
    root_f: float
    level_k_db: float


@lean_kernel
def ground_terms(frequency_ghz: float, vertical: bool, sea: bool) -> Ground:
    """Frequency terms over land or sea.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    vertical : bool
        Vertical polarisation.
    sea : bool
        Over sea instead of land.

    Returns
    -------
    Ground
        The terms.
    """
    permittivity = SEA_PERMITTIVITY if sea else LAND_PERMITTIVITY
    losses = 18.0 * (SEA_CONDUCTIVITY_S_M if sea else LAND_CONDUCTIVITY_S_M) / frequency_ghz
    k = 0.036 * frequency_ghz ** (-1.0 / 3.0) * ((permittivity - 1.0) ** 2 + losses * losses) ** -0.25
    if vertical:
        k *= math.sqrt(permittivity * permittivity + losses * losses)
    return Ground(f4(k), f4(frequency_ghz ** (1.0 / 3.0)), f4(10.0 * math.log10(k)))


@inline_kernel
def bullington_db(edge: float, root_per_wavelength: float, d_km: float) -> float:
    """Bullington loss, equations (12) and (21).

    Parameters
    ----------
    edge : float32
        Diffraction parameter times the root of the wavelength.
    root_per_wavelength : float32
        Root of one over the wavelength, m^-0.5.
    d_km : float32
        Path length, km.

    Returns
    -------
    float32
        Loss, dB.
    """
    nu = edge * root_per_wavelength
    shifted = fast_max(nu, f4(-0.78)) - f4(0.1)
    knife = f4(6.9) + _TWO * _DB * log2(np.sqrt(shifted * shifted + _ONE) + shifted)
    knife = knife if nu > f4(-0.78) else _ZERO
    return knife + (_ONE - exp(knife * f4(-1.0 / 6.0))) * (f4(10.0) + f4(0.02) * d_km)


@inline_kernel
def _newton_step(q: float, high: float, low: float, rise: float, top: float) -> float:
    """Next estimate of the distance ratio at the largest diffraction parameter of a smooth path."""
    per = _ONE / (q + _ONE)
    value = low * q - high + rise * q * (q - _ONE) * per * per
    slope = low + rise * (f4(3.0) * q - _ONE) * per * per * per
    return fast_min(fast_max(q - value / slope, _ONE), top)


@inline_kernel
def _smooth_parameter(h1_m: float, h2_m: float, rise_m: float, back: float) -> float:
    """Clearance of the bulge over the direct ray at a share of the path from the receiver, scaled as nu is."""
    back = fast_min(fast_max(back, f4(1e-6)), f4(1.0 - 1e-6))
    ahead = _ONE - back
    root = np.sqrt(back * ahead)
    return rise_m * root - (h1_m * back + h2_m * ahead) / root


@inline_kernel
def smooth_edge(h1_m: float, h2_m: float, d_km: float, bulge: float, spacing_km: float) -> float:
    """Bullington edge of the smooth surface, equations (13) to (20) with all heights zero.

    Parameters
    ----------
    h1_m, h2_m : float32
        Antennas over the surface, m, positive.
    d_km : float32
        Path length, km.
    bulge : float32
        500 over the effective Earth radius in km, m/km^2.
    spacing_km : float32
        Distance between profile points, counted from the receiver, km.

    Returns
    -------
    float32
        Diffraction parameter times the root of the wavelength.
    """
    high, low = fast_max(h1_m, h2_m), fast_min(h1_m, h2_m)
    rise = bulge * d_km * d_km
    # in line of sight: q = d1 / d2 of the largest parameter, a root of h q - H + rise q (q - 1) / (q + 1)^2
    top = high / low
    q = top
    q = _newton_step(q, high, low, rise, top)
    q = _newton_step(q, high, low, rise, top)
    q = _newton_step(q, high, low, rise, top)
    # the profile has points only at whole steps from the receiver: the better of the two around q counts
    lines = d_km / spacing_km
    share = q / (q + _ONE) if h2_m <= h1_m else _ONE / (q + _ONE)
    behind = fast_min(fast_max(np.floor((_ONE - share) * lines), _ONE), lines - _ONE)
    ahead = fast_min(behind + _ONE, lines - _ONE)
    edge = fast_max(
        _smooth_parameter(h1_m, h2_m, rise, behind / lines), _smooth_parameter(h1_m, h2_m, rise, ahead / lines)
    )
    visible = edge * np.sqrt(f4(0.002) / d_km)
    visible = visible if lines > f4(1.5) else f4(-1e9)
    # beyond the horizon: the two tangents of the bulge
    tangent1, tangent2 = np.sqrt(h1_m / bulge), np.sqrt(h2_m / bulge)
    slope1 = bulge * (d_km - _TWO * tangent1)
    slope2 = bulge * (d_km - _TWO * tangent2)
    both = fast_max(slope1 + slope2, f4(1e-6))
    d1 = fast_max(fast_min((h2_m - h1_m + slope2 * d_km) / both, d_km - tangent2), tangent1)
    d1 = fast_min(d1, d_km * f4(0.9999))
    clearance = (slope1 - (h2_m - h1_m) / d_km) * d1
    hidden = clearance * np.sqrt(f4(0.002) * d_km / (d1 * (d_km - d1)))
    return visible if d_km < tangent1 + tangent2 else hidden


@inline_kernel
def _height_gain_db(b: float, floor_db: float) -> float:
    """Height gain G of equation (36), with its floor."""
    excess = fast_max(b - f4(1.1), _ZERO)
    cubic = b + f4(0.1) * b * b * b
    level = _DB * log2(excess if b > _TWO else cubic)
    high = f4(17.6) * np.sqrt(excess) - f4(0.5) * level - f4(8.0)
    low = _TWO * level
    gain = high if b > _TWO else low
    return fast_max(gain, floor_db)


@inline_kernel
def _first_term_db(d_km: float, h1_m: float, h2_m: float, log_radius: float, ground: Ground) -> float:
    """First-term loss over one kind of ground, equations (29) to (37)."""
    third = f4(1.0 / 3.0)
    shrink = exp2(-third * log_radius)  # radius to the power -1/3
    k = ground.k * shrink
    k2 = k * k
    beta = (_ONE + f4(1.6) * k2 + f4(0.67) * k2 * k2) / (_ONE + f4(4.5) * k2 + f4(1.53) * k2 * k2)
    x = f4(21.88) * beta * ground.root_f * shrink * shrink * d_km
    b_per_m = f4(0.9575) * beta * beta * ground.root_f * ground.root_f * shrink
    log_x = log2(x)
    near = -_TWO * _DB * log_x - f4(5.6488) * exp2(f4(1.425) * log_x)
    far = f4(11.0) + _DB * log_x - f4(17.6) * x
    distance_db = far if x >= f4(1.6) else near
    floor_db = _TWO + _TWO * (ground.level_k_db - third * _DB * log_radius)
    return -distance_db - _height_gain_db(b_per_m * h1_m, floor_db) - _height_gain_db(b_per_m * h2_m, floor_db)


@inline_kernel
def _clearance(d_km: float, h1_m: float, h2_m: float, radius_km: float, horizon_km: float) -> float:
    """Smallest clearance over what a wavelength of 1 m needs, equations (22) to (25); 0 beyond the horizon."""
    total = h1_m + h2_m
    c = (h1_m - h2_m) / total
    m = f4(250.0) * d_km * d_km / (radius_km * total)
    per = _ONE / (m + _ONE)
    angle = f4(1.5) * c * np.sqrt(f4(3.0) * m * per * per * per)
    size = fast_min(angle if angle > _ZERO else -angle, _ONE)
    root = sine_of_third_arcsine(size)
    b = _TWO * np.sqrt((m + _ONE) / (f4(3.0) * m)) * (root if angle > _ZERO else -root)
    d1 = f4(0.5) * d_km * (_ONE + b)
    d2 = d_km - d1
    per_r = f4(500.0) / radius_km
    hse = ((h1_m - per_r * d1 * d1) * d2 + (h2_m - per_r * d2 * d2) * d1) / d_km
    needed = f4(17.456) * np.sqrt(fast_max(d1 * d2 / d_km, f4(1e-12)))
    return _ZERO if d_km >= horizon_km else hse / needed


@lean_kernel
def prepare_sphere(values: NDArray[np.float32], n: int, log_row: int, clear_row: int, radius_km: float) -> None:
    """Work out what the spherical-Earth loss of a block takes at any frequency, section 4.3.2.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    log_row, clear_row : uint64
        Rows filled: the radius the first term is taken at, and the clearance.
    radius_km : float
        Effective Earth radius, km.
    """
    radius = f4(radius_km)
    for i in range(np.uint64(n)):
        d, h1, h2 = values[D + i], values[H1D + i], values[H2D + i]
        roots = np.sqrt(h1) + np.sqrt(h2)
        horizon = np.sqrt(_TWO * radius * f4(0.001)) * roots
        ratio = d / roots
        # inside the horizon the first term is taken at the modified radius of equation (26)
        values[log_row + i] = log2(radius if d >= horizon else f4(500.0) * ratio * ratio)
        values[clear_row + i] = _clearance(d, h1, h2, radius, horizon)


@lean_kernel
def spherical_earth_into(
    values: NDArray[np.float32], n: int, log_row: int, clear_row: int, frequency_ghz: float, vertical: bool, sea: bool
) -> None:
    """Spherical-Earth diffraction loss of a block into its row `SPHERE`, section 4.3.2.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    log_row, clear_row : uint64
        Rows filled by `prepare_sphere`.
    frequency_ghz : float
        Frequency, GHz.
    vertical : bool
        Vertical polarisation.
    sea : bool
        Whether any link crosses sea.
    """
    per_wavelength = f4(math.sqrt(frequency_ghz / WAVELENGTH_M_GHZ))
    land = ground_terms(frequency_ghz, vertical, False)
    if sea:
        water = ground_terms(frequency_ghz, vertical, True)
        for i in range(np.uint64(n)):
            d, h1, h2 = values[D + i], values[H1D + i], values[H2D + i]
            values[SPHERE + i] = _first_term_db(d, h1, h2, values[log_row + i], water)
    for i in range(np.uint64(n)):
        d, h1, h2 = values[D + i], values[H1D + i], values[H2D + i]
        first = _first_term_db(d, h1, h2, values[log_row + i], land)
        if sea:
            first += values[OMEGA + i] * (values[SPHERE + i] - first)
        share = fast_max(_ONE - values[clear_row + i] * per_wavelength, _ZERO)
        # inside the horizon a negative first term counts as none
        values[SPHERE + i] = share * (fast_max(first, _ZERO) if share != _ONE else first)


@lean_kernel
def diffraction_into(
    values: NDArray[np.float32], n: int, row: int, edge: int, smooth: int, frequency_ghz: float
) -> None:
    """Delta-Bullington loss of a block, equation (38), from its row `SPHERE`; its Bullington part into `ACTUAL`.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    n : int
        Links in it.
    row, edge, smooth : uint64
        Rows of the result and of the edges of the profile and of the smooth surface.
    frequency_ghz : float
        Frequency, GHz.
    """
    root = f4(math.sqrt(frequency_ghz / WAVELENGTH_M_GHZ))
    for i in range(np.uint64(n)):
        d = values[D + i]
        actual = bullington_db(values[edge + i], root, d)
        flat = bullington_db(values[smooth + i], root, d)
        values[ACTUAL + i] = actual
        values[row + i] = actual + fast_max(values[SPHERE + i] - flat, _ZERO)
