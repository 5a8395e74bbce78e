"""Extended Hata: the median of an urban macro cell to 3 GHz and 100 km, with Okumura's terrain corrections.

NTIA TR-15-517 (Drocella et al., 2015), Appendix A, after Hata (1980) and Okumura et al. (1968). The
profile runs from the mobile to the base station.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.constants import SPEED_OF_LIGHT_M_S
from planner.kernels._jit import exact_kernel

URBAN = 0
SUBURBAN = 1
RURAL = 2

# Okumura figure 31: gain by an isolated ridge (dB) against the mobile's distance from it, 0 to 8 km, for a
# base station 15, 30 and 60 km away.
_RIDGE = (
    (4.0, -13.0, -17.5, -17.5, -15.0, -12.5, -10.0, -8.0, -6.0),
    (12.0, -8.5, -13.0, -12.0, -10.0, -8.0, -6.5, -5.0, -4.0),
    (20.0, -4.0, -6.5, -6.0, -4.5, -3.5, -2.5, -2.0, -1.0),
)
# Okumura figure 35: gain (dB) over a path partly sea, against the share of sea; sea next to the base station,
# then next to the mobile; paths up to 30 km and from 60 km.
_SEA_SHARE_30 = (0.0, 0.15, 0.35, 0.45, 0.6, 0.65, 0.725, 0.775, 0.85, 1.0)
_SEA_GAIN_30 = (
    (0.0, 1.0, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0),
    (0.0, 4.0, 5.5, 7.0, 8.5, 9.0, 9.5, 9.8, 10.25, 11.0),
)
_SEA_SHARE_60 = (0.0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.725, 0.85, 0.9, 1.0)
_SEA_GAIN_60 = (
    (0.0, 2.0, 4.0, 5.5, 7.0, 9.0, 11.0, 13.0, 14.0, 15.0),
    (0.0, 4.25, 6.25, 9.2, 10.5, 11.75, 13.0, 14.0, 14.25, 15.0),
)
_HORIZON_REFRACTIVITY = 301.0  # N-units at sea level, TR-15-517


class HataResult(NamedTuple):
    """Extended Hata loss with the parts it is made of.

    Attributes
    ----------
    loss_db : float
        Median basic transmission loss, dB; NaN where a terrain height is missing.
    median_db : float
        Loss over quasi-smooth terrain, dB.
    correction_db : float
        What the terrain corrections take off, dB.
    effective_base_m : float
        Effective height of the base station, held to 30-200 m.
    effective_mobile_m : float
        Effective height of the mobile, held to 1-10 m.
    irregularity_m : float
        Terrain undulation height, m.
    single_horizon : bool
        True where both ends share one horizon, so that the isolated-ridge correction applies.
    """

    loss_db: float
    median_db: float
    correction_db: float
    effective_base_m: float
    effective_mobile_m: float
    irregularity_m: float
    single_horizon: bool


@exact_kernel
def _urban_db(frequency_mhz: float, base_m: float, mobile_m: float, distance_km: float) -> float:
    """Median urban loss, TR-15-517 Appendix A."""
    log_f = math.log10(frequency_mhz)
    log_base = math.log10(base_m)
    reference_ray_m = math.sqrt(1e6 + (200.0 - 3.0) ** 2)
    base_gain_ref = 13.82 * math.log10(200.0)
    mobile_gain_ref = 3.2 * math.log10(11.75 * 3.0) ** 2 - 4.97
    mobile_gain = 3.2 * math.log10(11.75 * mobile_m) ** 2 - 4.97
    wave_1500 = 2.0 * math.pi * 1.5e9 / SPEED_OF_LIGHT_M_S
    wave = 2e6 * math.pi * frequency_mhz / SPEED_OF_LIGHT_M_S

    slope = 1.5 / math.log10(4.0 / 3.0)
    gamma = (3.85 / math.log10(2.0) - slope) / math.log10(1.5)
    beta = 20.0 + slope - gamma * math.log10(3e6)
    log_1500 = math.log10(1500.0)
    alpha = 22.0 + base_gain_ref + mobile_gain_ref + 20.0 * math.log10(2.0 * wave_1500 * reference_ray_m)
    alpha -= log_1500 * (beta + gamma * log_1500)
    at_1_km = alpha + log_f * (beta + gamma * log_f) - base_gain_ref - mobile_gain_ref
    at_1_km -= 20.0 * math.log10(2.0 * wave * reference_ray_m)
    at_100_km = 120.78129 + log_f * (-52.714929 + 10.919011 * log_f)

    # Okumura figure 12: half the distance exponent is 2.5, 3 and 3.22 at effective 24.5, 70 and 200 m.
    l1, l2, l3 = math.log10(70.0 / 24.5), math.log10(200.0 / 70.0), math.log10(200.0 / 24.5)
    tau = (0.72 * l1 - 0.5 * l3) / l1 / l2 / l3
    sigma = 0.72 / l3 - tau * math.log10(200.0 * 24.5)
    rho = 2.5 - math.log10(24.5) * (sigma + tau * math.log10(24.5))
    far = 2.0 * (rho + log_base * (sigma + tau * log_base) - 1.0)
    near = 0.1 * (44.9 - 6.55 * log_base) - 2.0
    break_km = math.pow(10.0, (2.0 * far + 0.1 * (at_1_km - at_100_km)) / (far - near))
    log_d = math.log10(distance_km)
    if distance_km <= break_km:
        intercept = alpha + log_f * (beta + gamma * log_f)
        return intercept - 13.82 * log_base - mobile_gain + (44.9 - 6.55 * log_base) * log_d
    ray_m = math.sqrt(1e6 * distance_km**2 + (base_m - mobile_m) ** 2)
    heights = base_gain_ref - 13.82 * log_base + mobile_gain_ref - mobile_gain
    return at_100_km + heights - 20.0 * far + 10.0 * far * log_d + 20.0 * math.log10(2.0 * wave * ray_m)


@exact_kernel
def median_loss_db(frequency_mhz: float, base_m: float, mobile_m: float, distance_km: float, environment: int) -> float:
    """Median loss over quasi-smooth terrain.

    Parameters
    ----------
    frequency_mhz : float
        Frequency, MHz; stated for 1500 to 3000.
    base_m : float
        Effective height of the base station, m; stated for 30 to 200.
    mobile_m : float
        Effective height of the mobile, m; stated for 1 to 10.
    distance_km : float
        Distance, km; stated for 1 to 100.
    environment : int
        0 urban, 1 suburban, 2 rural.

    Returns
    -------
    float
        Basic transmission loss, dB; TR-15-517 Appendix A.
    """
    urban = _urban_db(frequency_mhz, base_m, mobile_m, distance_km)
    log_f = math.log10(frequency_mhz)
    if environment == URBAN:
        return urban
    if environment == RURAL:
        return urban - (40.94 - 18.33 * log_f + 4.78 * log_f * log_f)
    # 11.5, 12.4 and 14 dB at 1500, 2000 and 3000 MHz, a parabola in log f.
    a, b, c = math.log10(4.0 / 3.0), math.log10(1.5), math.log10(2.0)
    gamma = (2.5 * a - 0.9 * c) / (a * b * c)
    beta = (0.9 * c * math.log10(4.5e6) - 2.5 * a * math.log10(3e6)) / (a * b * c)
    alpha = 11.5 - beta * math.log10(1500.0) - gamma * math.log10(1500.0) ** 2
    return urban - (alpha + beta * log_f + gamma * log_f * log_f)


@exact_kernel
def _height_above_average_m(heights: NDArray[np.float64], step_km: float, backwards: bool) -> float:
    """Height of an end above the average terrain 3 to 15 km from it; grows in from 3 to 15 km of path."""
    last = len(heights) - 1
    distance_km = last * step_km
    if distance_km < 3.0:
        return 0.0
    first = int(3.0 / step_km)
    end = last if distance_km <= 15.0 else int(15.0 / step_km)
    total = 0.0
    for i in range(first, end + 1):
        total += float(heights[last - i] if backwards else heights[i])
    own = float(heights[last] if backwards else heights[0])
    share = min((distance_km - 3.0) / 12.0, 1.0)
    return share * (own - total / (end - first + 1))


@exact_kernel
def _deciles_m(heights: NDArray[np.float64], step_km: float) -> tuple[float, float, float]:
    """Heights exceeded by 10, 50 and 90% of the terrain within 10 km of the mobile, as over a long path."""
    last = len(heights) - 1
    distance_km = last * step_km
    used = last if distance_km < 10.0 else int(10.0 / step_km)
    ordered = np.sort(heights[: used + 1])
    count = used + 1
    factor = 1.0
    if distance_km < 10.0:
        factor = (1.0 - 0.8 * math.exp(-0.2)) / (1.0 - 0.8 * math.exp(-0.02 * distance_km))
    i10 = max(int(0.1 * count - 1.0), 0)
    i50 = max(int(0.5 * count - 1.0), 0)
    i90 = max(int(0.9 * count - 1.0), 0)
    return ordered[used - i10] * factor, ordered[used - i50] * factor, ordered[used - i90] * factor


@exact_kernel
def _fitted_slope_mrad(heights: NDArray[np.float64], step_m: float, length_m: float) -> float:
    """Slope of the terrain from the mobile over a length, least squares; positive where it falls away."""
    n = int(length_m / step_m)
    x = -0.5 * n
    moment = 0.5 * (heights[0] - heights[n]) * x
    for i in range(1, n):
        x += 1.0
        moment += heights[i] * x
    slope = float(moment * 12.0 / ((n * n + 2.0) * n))
    return -1000.0 * slope * n / length_m


@exact_kernel
def _mobile_slope_mrad(heights: NDArray[np.float64], step_m: float) -> float:
    """Mean slope of the terrain 5 to 10 km around the mobile, Okumura section 4.3."""
    distance_m = (len(heights) - 1) * step_m
    steepest, flattest, five = -1e31, 1e31, 0.0
    length_m = 5000.0
    while distance_m >= length_m and length_m <= 10000.0:
        slope = _fitted_slope_mrad(heights, step_m, length_m)
        steepest = max(steepest, slope)
        flattest = min(flattest, slope)
        if length_m == 5000.0:
            five = slope
        length_m += 1000.0
    if distance_m <= 5000.0 or steepest * flattest < 0.0:
        return five
    return steepest if steepest >= 0.0 else flattest


@exact_kernel
def _horizons_m(
    heights: NDArray[np.float64], step_m: float, mobile_m: float, base_m: float, curvature: float
) -> tuple[float, float]:
    """Distances of the mobile's and the base station's horizons, m; the path length where nothing blocks."""
    last = len(heights) - 1
    distance = last * step_m
    at_mobile, at_base = heights[0] + mobile_m, heights[last] + base_m
    angle_mobile = (at_base - at_mobile) / distance - 0.5 * curvature * distance
    angle_base = -(at_base - at_mobile) / distance - 0.5 * curvature * distance
    horizon_mobile, horizon_base = distance, distance
    blocked = False
    for i in range(1, last):
        from_mobile, from_base = i * step_m, distance - i * step_m
        above = heights[i] - (0.5 * curvature * from_mobile + angle_mobile) * from_mobile - at_mobile
        if above > 0.0:
            angle_mobile += above / from_mobile
            horizon_mobile = from_mobile
            blocked = True
        if blocked:
            above = heights[i] - (0.5 * curvature * from_base + angle_base) * from_base - at_base
            if above > 0.0:
                angle_base += above / from_base
                horizon_base = from_base
    return horizon_mobile, horizon_base


@exact_kernel
def _ridge_db(base_km: float, mobile_km: float, ridge_m: float) -> float:
    """Correction for an isolated ridge, Okumura section 4.2 and figure 31."""
    row = 1 if base_km >= 30.0 else 0
    near_km = 30.0 if row else 15.0
    column = 0
    while column < 7 and mobile_km > column + 1.0:
        column += 1
    part = mobile_km - column
    low = _RIDGE[row][column] + (_RIDGE[row][column + 1] - _RIDGE[row][column]) * part
    high = _RIDGE[row + 1][column] + (_RIDGE[row + 1][column + 1] - _RIDGE[row + 1][column]) * part
    span_km = 30.0 if row else 15.0
    return math.sqrt(ridge_m / 200.0) * (low + (high - low) * (base_km - near_km) / span_km)


@exact_kernel
def _rolling_db(irregular_m: float, own_m: float, p10: float, p50: float, p90: float) -> float:
    """Median and fine corrections for rolling hills, Okumura section 4.1 as fitted in TR-15-517."""
    log_h = math.log10(max(irregular_m, 15.0))
    median = -1.5072013 + log_h * (8.458676 - 6.102538 * log_h)
    if irregular_m < 10.0:
        return median
    log_h = math.log10(irregular_m)
    fine = -11.728795 + log_h * (15.544272 - 1.8154766 * log_h)
    if own_m >= p10:
        return median + fine
    if own_m <= p90:
        return median - fine
    if own_m >= p50:
        return median + fine * (own_m - p50) / (p10 - p50)
    return median - fine * (p50 - own_m) / (p50 - p90)


@exact_kernel
def _slope_db(slope_mrad: float, distance_km: float) -> float:
    """Correction for a general slope, Okumura section 4.3 and figure 34."""
    if slope_mrad <= 0.0:
        return slope_mrad * (0.25 + 0.55 * min(max((distance_km - 10.0) / 20.0, 0.0), 1.0))
    if distance_km <= 30.0:
        return slope_mrad * (0.125 + 0.225 * max((distance_km - 10.0) / 20.0, 0.0))
    return slope_mrad * (0.35 + 0.25 * min((distance_km - 30.0) / 30.0, 1.0))


@exact_kernel
def _interpolated(share: float, shares: tuple[float, ...], gains: tuple[float, ...]) -> float:
    """Linear interpolation in a table that starts at 0 and ends at 1."""
    i = 0
    while i < 8 and share > shares[i + 1]:
        i += 1
    return gains[i] + (share - shares[i]) * (gains[i + 1] - gains[i]) / (shares[i + 1] - shares[i])


@exact_kernel
def _sea_db(heights: NDArray[np.float64], distance_km: float) -> float:
    """Gain of a path partly over sea (height exactly 0), Okumura section 4.4 and figure 35."""
    count = len(heights)
    at_mobile, at_base = 0, 0
    for i in range(count):
        if heights[i] == 0.0:
            if i < (count - 1) // 2:
                at_mobile += 1
            else:
                at_base += 1
    share = (at_mobile + at_base) / count
    if share == 0.0:
        return 0.0
    mobile_weight = 0.5 if at_mobile == at_base else (1.0 if at_mobile > at_base else 0.0)
    near = (1.0 - mobile_weight) * _interpolated(share, _SEA_SHARE_30, _SEA_GAIN_30[0])
    near += mobile_weight * _interpolated(share, _SEA_SHARE_30, _SEA_GAIN_30[1])
    far = (1.0 - mobile_weight) * _interpolated(share, _SEA_SHARE_60, _SEA_GAIN_60[0])
    far += mobile_weight * _interpolated(share, _SEA_SHARE_60, _SEA_GAIN_60[1])
    return near + min(max((distance_km - 30.0) / 30.0, 0.0), 1.0) * (far - near)


@exact_kernel
def _ridge_above_m(
    heights: NDArray[np.float64], step_m: float, mobile_m: float, base_m: float
) -> tuple[bool, float, float, float]:
    """Whether both ends share one horizon; both horizons' distances (km); the ridge over the ray (m)."""
    last = len(heights) - 1
    distance = last * step_m
    refractivity = _HORIZON_REFRACTIVITY * math.exp(-heights.mean() / 9460.0)
    curvature = 157e-9 * (1.0 - 0.04665 * math.exp(refractivity / 179.3))
    to_mobile, to_base = _horizons_m(heights, step_m, mobile_m, base_m, curvature)
    single = abs(distance - to_mobile - to_base) <= 0.5 * step_m
    at_base, at_mobile = base_m + heights[last], mobile_m + heights[0]
    edge = heights[min(int(to_mobile / step_m), last)]
    ray = (at_base * to_base + at_mobile * to_mobile) / distance
    ridge = max(edge - ray + 0.5 * curvature * to_mobile * to_base, 0.0)
    return single, to_mobile / 1000.0, to_base / 1000.0, ridge


@exact_kernel
def extended_hata(
    heights: NDArray[np.float64], step_m: float, frequency_mhz: float, base_m: float, mobile_m: float,
    environment: int,
) -> HataResult:  # fmt: skip
    """Median loss over a terrain profile.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Terrain heights from the mobile to the base station at equal steps, m above sea level; 0 is sea.
    step_m : float
        Step, m.
    frequency_mhz : float
        Frequency, MHz.
    base_m : float
        Height of the base station's antenna above ground, m.
    mobile_m : float
        Height of the mobile's antenna above ground, m.
    environment : int
        0 urban, 1 suburban, 2 rural.

    Returns
    -------
    HataResult
        Loss with its parts.
    """
    step_km = step_m / 1000.0
    distance_km = (len(heights) - 1) * step_km
    if math.isnan(heights.sum()):
        return HataResult(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, False)
    mobile_eff = min(max(mobile_m + _height_above_average_m(heights, step_km, False), 1.0), 10.0)
    base_eff = min(max(base_m + _height_above_average_m(heights, step_km, True), 30.0), 200.0)
    median = median_loss_db(frequency_mhz, base_eff, mobile_eff, distance_km, environment)
    p10, p50, p90 = _deciles_m(heights, step_km)
    single, to_mobile_km, to_base_km, ridge = _ridge_above_m(heights, step_m, mobile_m, base_m)
    correction = _sea_db(heights, distance_km)
    if single:
        correction += _ridge_db(to_base_km, to_mobile_km, ridge)
    else:
        correction += _rolling_db(p10 - p90, heights[0], p10, p50, p90)
        correction += _slope_db(_mobile_slope_mrad(heights, step_m), distance_km)
    return HataResult(median - correction, median, correction, base_eff, mobile_eff, p10 - p90, single)
