"""ITM statistics: median for the climate, and time, location and situation variability, [Alg] section 5."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.itm.diffraction import roughness_m
from planner.kernels.itm.quantities import WARN_EXTREME_QUANTILE, ItmSetting, PathGeometry
from planner.kernels.normal import upper_quantile_hastings

# One row per climate 1 to 7: c1, c2 (dB), x1, x2, x3 (m) of the curves of [TN101] eqs (III.69), (III.70).
_MEDIAN = (
    (-9.67, 12.7, 144.9e3, 190.3e3, 133.8e3),
    (-0.62, 9.19, 228.9e3, 205.2e3, 143.6e3),
    (1.26, 15.5, 262.6e3, 185.2e3, 99.8e3),
    (-9.21, 9.05, 84.1e3, 101.1e3, 98.6e3),
    (-0.62, 9.19, 228.9e3, 205.2e3, 143.6e3),
    (-0.39, 2.86, 141.7e3, 315.9e3, 167.4e3),
    (3.15, 857.9, 2222e3, 164.8e3, 116.3e3),
)
_BELOW = (
    (2.13, 159.5, 762.2e3, 123.6e3, 94.5e3),
    (2.66, 7.67, 100.4e3, 172.5e3, 136.4e3),
    (6.11, 6.65, 138.2e3, 242.2e3, 178.6e3),
    (1.98, 13.11, 139.1e3, 132.7e3, 193.5e3),
    (2.68, 7.16, 93.7e3, 186.8e3, 133.5e3),
    (6.86, 10.38, 187.8e3, 169.6e3, 108.9e3),
    (8.51, 169.8, 609.8e3, 119.9e3, 106.6e3),
)
_ABOVE = (
    (2.11, 102.3, 636.9e3, 134.8e3, 95.6e3),
    (6.87, 15.53, 138.7e3, 143.7e3, 98.6e3),
    (10.08, 9.60, 165.3e3, 225.7e3, 129.7e3),
    (3.68, 159.3, 464.4e3, 93.1e3, 94.2e3),
    (4.75, 8.12, 93.2e3, 135.9e3, 113.4e3),
    (8.58, 13.97, 216.0e3, 152.0e3, 122.7e3),
    (8.43, 8.19, 136.2e3, 188.5e3, 122.9e3),
)
# [Alg] table 5.1: C_D and z_D, then the frequency gains g- and g+ as (b1, b2, b3).
_DEEP = (
    (1.224, 1.282),
    (0.801, 2.161),
    (1.380, 1.282),
    (1.0, 20.0),
    (1.224, 1.282),
    (1.518, 1.282),
    (1.518, 1.282),
)
_GAIN_BELOW = (
    (1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.92, 0.25, 1.77), (1.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
)  # fmt: skip
_GAIN_ABOVE = (
    (1.0, 0.0, 0.0), (0.93, 0.31, 2.0), (1.0, 0.0, 0.0), (0.93, 0.19, 1.79), (0.93, 0.31, 2.0),
    (1.0, 0.0, 0.0), (1.0, 0.0, 0.0),
)  # fmt: skip
_ITM_C0 = 2.515516  # the leading coefficient as ITM 1.4 has it


@exact_kernel
def _curve_db(row: tuple[float, float, float, float, float], distance_m: float) -> float:
    """Curve of [TN101] equations (III.69) and (III.70)."""
    c1, c2, x1, x2, x3 = row
    ratio = (distance_m / x1) ** 2
    return (c1 + c2 / (1.0 + ((distance_m - x2) / x3) ** 2)) * ratio / (1.0 + ratio)


@exact_kernel
def _effective_distance_m(distance_m: float, geometry: PathGeometry, wave_number: float) -> float:
    """Effective distance, [Alg] equation (5.3)."""
    reach = math.sqrt(2.0 * 9000e3 * geometry.effective_tx_m) + math.sqrt(2.0 * 9000e3 * geometry.effective_rx_m)
    reach += math.pow(575.7e12 / wave_number, 1.0 / 3.0)
    if distance_m < reach:
        return 130e3 * distance_m / reach
    return 130e3 + distance_m - reach


@exact_kernel
def _time_deviation_db(z_time: float, climate: int, distance_m: float, wave_number: float) -> float:
    """Sigma_T: the standard deviation that makes the time quantile, [Alg] section 5 and table 5.1."""
    q = math.log(0.133 * wave_number)
    b1, b2, b3 = _GAIN_BELOW[climate]
    below = _curve_db(_BELOW[climate], distance_m) * (b1 + b2 / ((b3 * q) ** 2 + 1.0))
    b1, b2, b3 = _GAIN_ABOVE[climate]
    above = _curve_db(_ABOVE[climate], distance_m) * (b1 + b2 / ((b3 * q) ** 2 + 1.0))
    factor, knee = _DEEP[climate]
    if z_time < 0.0:
        return below
    if z_time <= knee:
        return above
    deep = factor * above
    return deep + (above - deep) * knee / z_time


@exact_kernel
def quantile_db(reference_db: float, geometry: PathGeometry, setting: ItmSetting) -> tuple[float, int]:
    """Attenuation not exceeded for the time, location and situation asked for, [Alg] equations (5.9) to (5.11).

    Parameters
    ----------
    reference_db : float
        Reference attenuation, dB relative to free space.
    geometry : PathGeometry
        Path length, effective heights, irregularity.
    setting : ItmSetting
        Climate, mode of variability, percentages and frequency.

    Returns
    -------
    tuple of float and int
        Attenuation relative to free space, dB, and warning bits.
    """
    z_time = upper_quantile_hastings(setting.time_pct / 100.0, _ITM_C0)
    z_place = upper_quantile_hastings(setting.location_pct / 100.0, _ITM_C0)
    z_case = upper_quantile_hastings(setting.situation_pct / 100.0, _ITM_C0)
    wave_number = setting.frequency_mhz / 47.7
    distance = _effective_distance_m(geometry.distance_m, geometry, wave_number)
    no_situation = setting.variability >= 20
    no_location = setting.variability % 20 >= 10
    mode = setting.variability % 10
    if mode == 0:
        z_time = z_case
    if mode <= 1:
        z_place = z_case
    elif mode == 2:
        z_place = z_time
    warnings = 0
    if abs(z_time) > 3.10 or abs(z_place) > 3.10 or abs(z_case) > 3.10:
        warnings = WARN_EXTREME_QUANTILE
    sigma_case = 0.0 if no_situation else 5.0 + 3.0 * math.exp(-distance / 100e3)
    sigma_place = 0.0
    if not no_location:
        rough = wave_number * roughness_m(geometry.distance_m, geometry.irregularity_m)
        sigma_place = 10.0 * rough / (rough + 13.0)
    climate = setting.climate - 1
    sigma_time = _time_deviation_db(z_time, climate, distance, wave_number)
    y_time, y_place = sigma_time * z_time, sigma_place * z_place
    rest = sigma_case**2 + y_time**2 / (7.8 + z_case**2) + y_place**2 / (24.0 + z_case**2)
    if mode == 0:
        y_random, y_case = 0.0, math.sqrt(sigma_time**2 + sigma_place**2 + rest) * z_case
    elif mode == 1:
        y_random, y_case = y_time, math.sqrt(sigma_place**2 + rest) * z_case
    elif mode == 2:
        y_random, y_case = math.sqrt(sigma_time**2 + sigma_place**2) * z_time, math.sqrt(rest) * z_case
    else:
        y_random, y_case = y_time + y_place, math.sqrt(rest) * z_case
    result = reference_db - _curve_db(_MEDIAN[climate], distance) - y_random - y_case
    if result < 0.0:
        result = result * (29.0 - result) / (29.0 - 10.0 * result)
    return result, warnings
