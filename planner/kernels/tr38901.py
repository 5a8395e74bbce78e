"""3GPP TR 38.901 path loss and line-of-sight probability, version 17.0.0, tables 7.4.1-1 and 7.4.2-1.

The tables' own symbols are distances in metres and frequencies in GHz. Shadow fading is left to whoever
asks for a location probability; nothing here is random.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel

RMA = 0
UMA = 1
UMI = 2
INH = 3

_LIGHT_M_S = 3.0e8  # the value the report prescribes for its break points
_NEAREST_2D_M = 10.0  # table 7.4.1-1: 10 m <= d2D outdoors
_NEAREST_3D_M = 1.0  # and 1 m <= d3D indoors
_ENVIRONMENT_HEIGHT_M = 1.0  # h_E of table 7.4.1-1 note 1, its certain value below 13 m


@exact_kernel
def _slant_m(d2d_m: float, bs_height_m: float, ut_height_m: float) -> float:
    """Distance between the antennas, m."""
    return math.sqrt(d2d_m * d2d_m + (bs_height_m - ut_height_m) ** 2)


@exact_kernel
def _rma_near_db(d3d_m: float, frequency_ghz: float, building_m: float) -> float:
    """RMa line of sight before the break point, PL1."""
    raised = math.pow(building_m, 1.72)
    loss = 20.0 * math.log10(40.0 * math.pi * d3d_m * frequency_ghz / 3.0)
    loss += min(0.03 * raised, 10.0) * math.log10(d3d_m) - min(0.044 * raised, 14.77)
    return loss + 0.002 * math.log10(building_m) * d3d_m


@exact_kernel
def rma_loss_db(
    d2d_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float, building_m: float,
    street_m: float, los: bool,
) -> float:  # fmt: skip
    """Rural macro path loss.

    Parameters
    ----------
    d2d_m : float
        Horizontal distance, m.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Height of the base station, m above ground.
    ut_height_m : float
        Height of the terminal, m above ground.
    building_m : float
        Average building height h, m.
    street_m : float
        Average street width W, m.
    los : bool
        Line of sight or not.

    Returns
    -------
    float
        Path loss, dB.
    """
    d2d_m = max(d2d_m, _NEAREST_2D_M)
    d3d_m = _slant_m(d2d_m, bs_height_m, ut_height_m)
    break_m = 2.0 * math.pi * bs_height_m * ut_height_m * frequency_ghz * 1e9 / _LIGHT_M_S
    if d2d_m <= break_m:
        seen = _rma_near_db(d3d_m, frequency_ghz, building_m)
    else:
        seen = _rma_near_db(break_m, frequency_ghz, building_m) + 40.0 * math.log10(d3d_m / break_m)
    if los:
        return seen
    hidden = 161.04 - 7.1 * math.log10(street_m) + 7.5 * math.log10(building_m)
    hidden -= (24.37 - 3.7 * (building_m / bs_height_m) ** 2) * math.log10(bs_height_m)
    hidden += (43.42 - 3.1 * math.log10(bs_height_m)) * (math.log10(d3d_m) - 3.0)
    hidden += 20.0 * math.log10(frequency_ghz) - (3.2 * math.log10(11.75 * ut_height_m) ** 2 - 4.97)
    return max(seen, hidden)


@exact_kernel
def _urban_break_m(frequency_ghz: float, bs_height_m: float, ut_height_m: float) -> float:
    """Break point d'BP of table 7.4.1-1 note 1, m."""
    product = (bs_height_m - _ENVIRONMENT_HEIGHT_M) * (ut_height_m - _ENVIRONMENT_HEIGHT_M)
    return 4.0 * product * frequency_ghz * 1e9 / _LIGHT_M_S


@exact_kernel
def uma_loss_db(d2d_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float, los: bool) -> float:
    """Urban macro path loss, with effective environment height 1 m.

    Parameters
    ----------
    d2d_m : float
        Horizontal distance, m.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Height of the base station, m above ground.
    ut_height_m : float
        Height of the terminal, m above ground.
    los : bool
        Line of sight or not.

    Returns
    -------
    float
        Path loss, dB.
    """
    d2d_m = max(d2d_m, _NEAREST_2D_M)
    d3d_m = _slant_m(d2d_m, bs_height_m, ut_height_m)
    break_m = _urban_break_m(frequency_ghz, bs_height_m, ut_height_m)
    common = 28.0 + 20.0 * math.log10(frequency_ghz)
    if d2d_m <= break_m:
        seen = common + 22.0 * math.log10(d3d_m)
    else:
        knee = 9.0 * math.log10(break_m**2 + (bs_height_m - ut_height_m) ** 2)
        seen = common + 40.0 * math.log10(d3d_m) - knee
    if los:
        return seen
    hidden = 13.54 + 39.08 * math.log10(d3d_m) + 20.0 * math.log10(frequency_ghz) - 0.6 * (ut_height_m - 1.5)
    return max(seen, hidden)


@exact_kernel
def umi_loss_db(d2d_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float, los: bool) -> float:
    """Urban micro (street canyon) path loss.

    Parameters
    ----------
    d2d_m : float
        Horizontal distance, m.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Height of the base station, m above ground.
    ut_height_m : float
        Height of the terminal, m above ground.
    los : bool
        Line of sight or not.

    Returns
    -------
    float
        Path loss, dB.
    """
    d2d_m = max(d2d_m, _NEAREST_2D_M)
    d3d_m = _slant_m(d2d_m, bs_height_m, ut_height_m)
    break_m = _urban_break_m(frequency_ghz, bs_height_m, ut_height_m)
    common = 32.4 + 20.0 * math.log10(frequency_ghz)
    if d2d_m <= break_m:
        seen = common + 21.0 * math.log10(d3d_m)
    else:
        knee = 9.5 * math.log10(break_m**2 + (bs_height_m - ut_height_m) ** 2)
        seen = common + 40.0 * math.log10(d3d_m) - knee
    if los:
        return seen
    hidden = 22.4 + 35.3 * math.log10(d3d_m) + 21.3 * math.log10(frequency_ghz) - 0.3 * (ut_height_m - 1.5)
    return max(seen, hidden)


@exact_kernel
def inh_loss_db(d2d_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float, los: bool) -> float:
    """Indoor office path loss.

    Parameters
    ----------
    d2d_m : float
        Horizontal distance, m.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Height of the base station, m above the floor.
    ut_height_m : float
        Height of the terminal, m above the floor.
    los : bool
        Line of sight or not.

    Returns
    -------
    float
        Path loss, dB.
    """
    d3d_m = max(_slant_m(d2d_m, bs_height_m, ut_height_m), _NEAREST_3D_M)
    seen = 32.4 + 17.3 * math.log10(d3d_m) + 20.0 * math.log10(frequency_ghz)
    if los:
        return seen
    return max(seen, 17.3 + 38.3 * math.log10(d3d_m) + 24.9 * math.log10(frequency_ghz))


@exact_kernel
def path_loss_db(
    scenario: int, d2d_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float,
    building_m: float, street_m: float, los: bool,
) -> float:  # fmt: skip
    """Path loss of any of the four scenarios.

    Parameters
    ----------
    scenario : int
        0 RMa, 1 UMa, 2 UMi street canyon, 3 InH office.
    d2d_m : float
        Horizontal distance, m; nearer than the table begins, the loss at its beginning.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Height of the base station, m above ground.
    ut_height_m : float
        Height of the terminal, m above ground.
    building_m : float
        Average building height of RMa, m.
    street_m : float
        Average street width of RMa, m.
    los : bool
        Line of sight or not.

    Returns
    -------
    float
        Path loss, dB.
    """
    if scenario == RMA:
        return rma_loss_db(d2d_m, frequency_ghz, bs_height_m, ut_height_m, building_m, street_m, los)
    if scenario == UMA:
        return uma_loss_db(d2d_m, frequency_ghz, bs_height_m, ut_height_m, los)
    if scenario == UMI:
        return umi_loss_db(d2d_m, frequency_ghz, bs_height_m, ut_height_m, los)
    return inh_loss_db(d2d_m, frequency_ghz, bs_height_m, ut_height_m, los)


@exact_kernel
def los_probability(scenario: int, d2d_m: float, ut_height_m: float) -> float:
    """Probability of line of sight, table 7.4.2-1 (InH: mixed office).

    Parameters
    ----------
    scenario : int
        0 RMa, 1 UMa, 2 UMi street canyon, 3 InH office.
    d2d_m : float
        Horizontal distance, m.
    ut_height_m : float
        Height of the terminal, m above ground.

    Returns
    -------
    float
        Probability, 0 to 1.
    """
    if scenario == RMA:
        return 1.0 if d2d_m <= 10.0 else math.exp(-(d2d_m - 10.0) / 1000.0)
    if scenario == INH:
        if d2d_m <= 1.2:
            return 1.0
        if d2d_m < 6.5:
            return math.exp(-(d2d_m - 1.2) / 4.7)
        return math.exp(-(d2d_m - 6.5) / 32.6) * 0.32
    if d2d_m <= 18.0:
        return 1.0
    near = 18.0 / d2d_m
    if scenario == UMI:
        return near + math.exp(-d2d_m / 36.0) * (1.0 - near)
    tall = 0.0 if ut_height_m <= 13.0 else math.pow((ut_height_m - 13.0) / 10.0, 1.5)
    raised = 1.0 + tall * 1.25 * (d2d_m / 100.0) ** 3 * math.exp(-d2d_m / 150.0)
    return min((near + math.exp(-d2d_m / 63.0) * (1.0 - near)) * raised, 1.0)


@exact_kernel
def ray_is_clear(
    distance_km: NDArray[np.float64], surface_asl_m: NDArray[np.float64], tx_asl_m: float, rx_asl_m: float,
    earth_radius_km: float,
) -> int:  # fmt: skip
    """Whether the straight ray passes above every sample between the ends.

    Parameters
    ----------
    distance_km : ndarray of float64, shape (n,)
        Distances of the samples from the transmitter, km.
    surface_asl_m : ndarray of float64, shape (n,)
        Terrain with what stands on it, m above sea level.
    tx_asl_m : float
        Transmitting antenna, m above sea level.
    rx_asl_m : float
        Receiving antenna, m above sea level.
    earth_radius_km : float
        Effective earth radius, km.

    Returns
    -------
    int
        1 clear, 0 blocked, -1 where a sample is missing (NaN).
    """
    last = len(distance_km) - 1
    length = distance_km[last]
    clear = 1
    for i in range(1, last):
        if math.isnan(surface_asl_m[i]):
            return -1
        x = distance_km[i]
        ray = tx_asl_m + (rx_asl_m - tx_asl_m) * x / length
        bulge = 500.0 * x * (length - x) / earth_radius_km
        if surface_asl_m[i] + bulge > ray:
            clear = 0
    return clear
