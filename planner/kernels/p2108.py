"""ITU-R P.2108-1 (09/2021): clutter loss at terminals."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.normal import quantile

WATER = 1
OPEN = 2
SUBURBAN = 3
URBAN = 4
TREES = 5
DENSE_URBAN = 6


@exact_kernel
def height_gain_loss_db(
    frequency_ghz: float, height_agl_m: float, street_m: float, clutter_height_m: float, clutter: int
) -> float:
    """Loss of a terminal below the clutter around it, section 3.1 equations (1), (2).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz; stated for 0.03 to 3.
    height_agl_m : float
        Height of the terminal's antenna above ground, m.
    street_m : float
        Street width w_s, m; 27 where nothing is known.
    clutter_height_m : float
        Representative clutter height R, m.
    clutter : int
        1 water, 2 open or rural, 3 suburban, 4 urban or trees, 5 trees or forest, 6 dense urban.

    Returns
    -------
    float
        Additional loss, dB; 0 at or above the clutter.
    """
    if height_agl_m >= clutter_height_m:
        return 0.0
    if clutter <= OPEN:
        k = 21.8 + 6.2 * math.log10(frequency_ghz)
        return -k * math.log10(height_agl_m / clutter_height_m)
    below = clutter_height_m - height_agl_m
    angle_deg = math.degrees(math.atan(below / street_m))
    nu = 0.342 * math.sqrt(frequency_ghz) * math.sqrt(below * angle_deg)
    if nu <= -0.78:
        return -6.03
    edge = 6.9 + 20.0 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)
    return edge - 6.03


@exact_kernel
def _statistical_db(frequency_ghz: float, distance_km: float, locations: float) -> float:
    """Equations (3) to (5) without the limit of equation (6)."""
    log_f = math.log10(frequency_ghz)
    long = -2.0 * math.log10(10.0 ** (-5.0 * log_f - 12.5) + 10.0**-16.5)
    short = 32.98 + 23.9 * math.log10(distance_km) + 3.0 * log_f
    weight_long, weight_short = 10.0 ** (-0.2 * long), 10.0 ** (-0.2 * short)
    sigma = math.sqrt((16.0 * weight_long + 36.0 * weight_short) / (weight_long + weight_short))
    return -5.0 * math.log10(weight_long + weight_short) + sigma * quantile(locations)


@exact_kernel
def terrestrial_loss_db(frequency_ghz: float, distance_km: float, locations: float) -> float:
    """Clutter loss not exceeded at a share of locations, section 3.2 equations (3) to (6).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz; stated for 0.5 to 67.
    distance_km : float
        Path length, km; stated from 0.25 for one end in clutter, from 1 for both.
    locations : float
        Share of locations, 0 < p < 1.

    Returns
    -------
    float
        Clutter loss at one end, dB; from 2 km on it grows no further.
    """
    near = _statistical_db(frequency_ghz, distance_km, locations)
    return min(near, _statistical_db(frequency_ghz, 2.0, locations))
