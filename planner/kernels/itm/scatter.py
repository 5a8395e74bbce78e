"""ITM attenuation by tropospheric scatter, [Alg] section 4 and [TN101] chapter 9."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.itm.quantities import Medium, PathGeometry

NO_SCATTER_DB = 1001.0  # the function is not defined where both r_1 and r_2 are below 0.2

# [Alg] equation (6.13): a and b of the frequency gain for eta_s = 1 to 5.
_GAIN_A = (25.0, 80.0, 177.0, 395.0, 705.0)
_GAIN_B = (24.0, 45.0, 68.0, 80.0, 105.0)


@exact_kernel
def _attenuation_function_db(td_m: float) -> float:
    """F(theta d), [Alg] equation (6.9)."""
    if td_m <= 10e3:
        return 133.4 + 0.332e-3 * td_m - 10.0 * math.log10(td_m)
    if td_m <= 70e3:
        return 104.6 + 0.212e-3 * td_m - 2.5 * math.log10(td_m)
    return 71.8 + 0.157e-3 * td_m + 5.0 * math.log10(td_m)


@exact_kernel
def _gain_curve_db(index: int, r: float) -> float:
    """Frequency gain at a whole eta_s, [Alg] equation (6.13)."""
    inverse = 1.0 / r
    return 10.0 * math.log10(1.0 + _GAIN_A[index] * inverse**4 + _GAIN_B[index] * inverse**2)


@exact_kernel
def _gain_db(r: float, eta: float) -> float:
    """Frequency gain H_0(r, eta_s), interpolated between whole eta_s from 1 to 5."""
    eta = min(max(eta, 1.0), 5.0)
    whole = int(eta)
    part = eta - whole
    gain = _gain_curve_db(whole - 1, r)
    if part != 0.0:
        gain = (1.0 - part) * gain + part * _gain_curve_db(whole, r)
    return gain


@exact_kernel
def _frequency_gain_db(distance_m: float, geometry: PathGeometry, medium: Medium) -> float:
    """H_0 of a path, [TN101] equations (9.3) to (9.5); negative where scatter is not defined."""
    skew = geometry.horizon_tx_m - geometry.horizon_rx_m
    ratio = geometry.effective_rx_m / geometry.effective_tx_m
    if skew < 0.0:
        skew = -skew
        ratio = 1.0 / ratio
    angle = geometry.angle_tx + geometry.angle_rx + distance_m / medium.earth_radius_m
    r_tx = 2.0 * medium.wave_number * angle * geometry.effective_tx_m
    r_rx = 2.0 * medium.wave_number * angle * geometry.effective_rx_m
    if r_tx < 0.2 and r_rx < 0.2:
        return -1.0
    s = (distance_m - skew) / (distance_m + skew)
    q = min(max(0.1, ratio / s), 10.0)
    s = max(0.1, s)
    crossing = (distance_m - skew) * (distance_m + skew) * angle * 0.25 / distance_m
    moisture = 0.031 - medium.refractivity * 2.32e-3 + medium.refractivity**2 * 5.67e-6
    eta = crossing / 1.7556e3 * (1.0 + moisture * math.exp(-(min(1.7, crossing / 8.0e3) ** 6)))
    mean = (_gain_db(r_tx, eta) + _gain_db(r_rx, eta)) / 2.0
    asymmetry = 6.0 * (0.6 - math.log10(max(eta, 1.0))) * math.log10(s) * math.log10(q)
    gain = max(mean + min(mean, asymmetry), 0.0)
    if eta < 1.0:
        root = math.sqrt(2.0)
        both = (1.0 + root / r_tx) * (1.0 + root / r_rx)
        at_zero = 10.0 * math.log10(both * both * (r_tx + r_rx) / (r_tx + r_rx + 2.0 * root))
        gain = eta * gain + (1.0 - eta) * at_zero
    return gain


@exact_kernel
def troposcatter_db(
    distance_m: float, geometry: PathGeometry, medium: Medium, angle_los: float, known_gain_db: float
) -> tuple[float, float]:
    """Scatter attenuation, [Alg] equation (4.63).

    Parameters
    ----------
    distance_m : float
        Distance, m.
    geometry : PathGeometry
        Horizons and effective heights.
    medium : Medium
        Air and ground.
    angle_los : float
        Angular distance of the line-of-sight region, rad.
    known_gain_db : float
        Frequency gain at the farther distance, dB, which replaces any above 15 dB; negative where not known.

    Returns
    -------
    tuple of float
        Attenuation (1001 dB where scatter is not defined) and the frequency gain used, dB.
    """
    gain = known_gain_db
    if known_gain_db <= 15.0:
        gain = _frequency_gain_db(distance_m, geometry, medium)
        if gain < 0.0:
            return NO_SCATTER_DB, known_gain_db
        if gain > 15.0 and known_gain_db >= 0.0:
            gain = known_gain_db
    angle = distance_m / medium.earth_radius_m - angle_los
    td = angle * distance_m
    spreading = 10.0 * math.log10(medium.wave_number * 47.7 * angle**4)
    air = 0.1 * (medium.refractivity - 301.0) * math.exp(-td / 40e3)
    return _attenuation_function_db(td) + spreading - air + gain, gain
