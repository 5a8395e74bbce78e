"""ITM predictions: point-to-point over a profile, and area mode from a terrain irregularity."""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.itm import quantities as q
from planner.kernels.itm.quantities import ItmResult, ItmSetting, Medium, PathGeometry
from planner.kernels.itm.reference import reference_attenuation_db
from planner.kernels.itm.terrain import profile_geometry, sited_height_m, smooth_angle, smooth_horizon_m
from planner.kernels.itm.variability import quantile_db

_ACTUAL_CURVATURE_1_M = 157e-9


@exact_kernel
def medium_of(setting: ItmSetting, height_asl_m: float) -> Medium:
    """Air and ground at a height above sea level, [TN101] equations (4.3), (4.4).

    Parameters
    ----------
    setting : ItmSetting
        Refractivity, ground constants, frequency and polarisation.
    height_asl_m : float
        Mean height of the path, m above sea level.

    Returns
    -------
    Medium
        What the attenuation depends on.
    """
    refractivity = setting.n0 * math.exp(-height_asl_m / 9460.0)
    curvature = _ACTUAL_CURVATURE_1_M * (1.0 - 0.04665 * math.exp(refractivity / 179.3))
    permittivity = complex(setting.permittivity, 18000.0 * setting.conductivity_s_m / setting.frequency_mhz)
    impedance = cmath.sqrt(permittivity - 1.0)
    if setting.vertical:
        impedance = impedance / permittivity
    wave_number = setting.frequency_mhz / 47.7
    return Medium(refractivity, 1.0 / curvature, impedance, wave_number, setting.frequency_mhz)


@exact_kernel
def _status(medium: Medium) -> int:
    """0, or why the algorithm has no answer in this medium."""
    if not 150.0 <= medium.refractivity <= 400.0:
        return q.STATUS_REFRACTIVITY
    if not 4000e3 <= medium.earth_radius_m <= 13333333.0:
        return q.STATUS_EARTH
    if medium.impedance.real <= abs(medium.impedance.imag):
        return q.STATUS_GROUND
    return q.STATUS_OK


@exact_kernel
def _end_warnings(angle: float, horizon_m: float, effective_m: float, radius_m: float) -> tuple[bool, bool, bool]:
    """Whether a horizon is too steep, too near (< 0.1) or too far (> 3) against the smooth earth's."""
    smooth = math.sqrt(2.0 * effective_m * radius_m)
    return abs(angle) > 0.2, horizon_m < 0.1 * smooth, horizon_m > 3.0 * smooth


@exact_kernel
def _warnings(setting: ItmSetting, geometry: PathGeometry, medium: Medium) -> int:
    """Bits of every doubt the algorithm states about an input or a path."""
    bits = 0
    if not 1.0 <= setting.tx_height_agl_m <= 1000.0:
        bits |= q.WARN_TX_HEIGHT
    if not 1.0 <= setting.rx_height_agl_m <= 1000.0:
        bits |= q.WARN_RX_HEIGHT
    if not 40.0 <= setting.frequency_mhz <= 10000.0:
        bits |= q.WARN_FREQUENCY
    radius = medium.earth_radius_m
    steep, near, far = _end_warnings(geometry.angle_tx, geometry.horizon_tx_m, geometry.effective_tx_m, radius)
    bits |= steep * q.WARN_TX_HORIZON_ANGLE | near * q.WARN_TX_HORIZON_NEAR | far * q.WARN_TX_HORIZON_FAR
    steep, near, far = _end_warnings(geometry.angle_rx, geometry.horizon_rx_m, geometry.effective_rx_m, radius)
    bits |= steep * q.WARN_RX_HORIZON_ANGLE | near * q.WARN_RX_HORIZON_NEAR | far * q.WARN_RX_HORIZON_FAR
    if medium.refractivity < 250.0:
        bits |= q.WARN_REFRACTIVITY
    if geometry.distance_m < abs(geometry.effective_tx_m - geometry.effective_rx_m) / 0.2:
        bits |= q.WARN_STEEP_PATH
    if geometry.distance_m < 1e3:
        bits |= q.WARN_BELOW_1_KM
    if geometry.distance_m > 1000e3:
        bits |= q.WARN_BEYOND_1000_KM
    if geometry.distance_m > 2000e3:
        bits |= q.WARN_BEYOND_2000_KM
    return bits


@exact_kernel
def _predict(setting: ItmSetting, geometry: PathGeometry, medium: Medium, area: bool) -> ItmResult:
    """Loss from geometry and medium, common to both modes."""
    status = _status(medium)
    if status != q.STATUS_OK:
        return ItmResult(math.nan, math.nan, math.nan, medium.refractivity, 0, 0, status, geometry)
    low_product = setting.tx_height_agl_m * setting.rx_height_agl_m
    reference, mode = reference_attenuation_db(geometry, medium, low_product, area)
    free = 32.45 + 20.0 * math.log10(setting.frequency_mhz) + 20.0 * math.log10(geometry.distance_m / 1000.0)
    attenuation, bits = quantile_db(reference, geometry, setting)
    bits |= _warnings(setting, geometry, medium)
    return ItmResult(attenuation + free, reference, free, medium.refractivity, mode, bits, status, geometry)


@exact_kernel
def point_to_point(heights: NDArray[np.float64], step_m: float, setting: ItmSetting) -> ItmResult:
    """Basic transmission loss over a terrain profile.

    Parameters
    ----------
    heights : ndarray of float64, shape (n,)
        Terrain heights from transmitter to receiver at equal steps, m above sea level; n >= 2.
    step_m : float
        Step, m.
    setting : ItmSetting
        Frequency, antennas, air, ground and statistics.

    Returns
    -------
    ItmResult
        Loss in dB with its intermediate values; loss NaN and a status where a height is NaN or the medium is
        outside the algorithm.
    """
    last = len(heights) - 1
    tenth = int(0.1 * last)
    total = 0.0
    for i in range(tenth, last - tenth + 1):
        total += heights[i]
    complete = True
    for i in range(last + 1):
        complete &= not math.isnan(heights[i])
    if not complete:
        nothing = PathGeometry(last * step_m, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan)
        return ItmResult(math.nan, math.nan, math.nan, math.nan, 0, 0, q.STATUS_NO_TERRAIN, nothing)
    medium = medium_of(setting, total / (last - 2 * tenth + 1))
    geometry = profile_geometry(
        heights, step_m, setting.tx_height_agl_m, setting.rx_height_agl_m, medium.earth_radius_m
    )
    return _predict(setting, geometry, medium, False)


@exact_kernel
def area(distance_m: float, irregularity_m: float, tx_siting: int, rx_siting: int, setting: ItmSetting) -> ItmResult:
    """Basic transmission loss over terrain known by its irregularity only, [Alg] section 3.

    Parameters
    ----------
    distance_m : float
        Path length, m.
    irregularity_m : float
        Terrain irregularity parameter delta h, m; 90 is average hills.
    tx_siting : int
        How the transmitter's site was chosen: 0 at random, 1 with care, 2 with great care.
    rx_siting : int
        The same for the receiver.
    setting : ItmSetting
        Frequency, antennas, air, ground and statistics.

    Returns
    -------
    ItmResult
        Loss in dB with its intermediate values.
    """
    medium = medium_of(setting, 0.0)
    radius = medium.earth_radius_m
    high_tx = sited_height_m(setting.tx_height_agl_m, irregularity_m, tx_siting)
    high_rx = sited_height_m(setting.rx_height_agl_m, irregularity_m, rx_siting)
    horizon_tx = smooth_horizon_m(high_tx, irregularity_m, radius)
    horizon_rx = smooth_horizon_m(high_rx, irregularity_m, radius)
    angle_tx = smooth_angle(high_tx, irregularity_m, horizon_tx, radius)
    angle_rx = smooth_angle(high_rx, irregularity_m, horizon_rx, radius)
    geometry = PathGeometry(distance_m, angle_tx, angle_rx, horizon_tx, horizon_rx, high_tx, high_rx, irregularity_m)
    return _predict(setting, geometry, medium, True)
