"""ITU-R P.2109-2 (08/2023): building entry loss."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.normal import quantile

TRADITIONAL = 1
EFFICIENT = 2

# Table 1: r, s, t, u, v, w, x, y, z by type of building.
_TRADITIONAL = (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0)
_EFFICIENT = (28.19, -3.00, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1)


@exact_kernel
def building_entry_loss_db(frequency_ghz: float, probability: float, building: int, elevation_deg: float) -> float:
    """Loss through a building's hull that is not exceeded with a probability, equations (1) to (10).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz; stated for 0.08 to 100.
    probability : float
        Probability that the loss is not exceeded, 0 < P < 1.
    building : int
        1 traditional, 2 thermally efficient.
    elevation_deg : float
        Elevation angle of the path at the facade, degrees above the horizontal.

    Returns
    -------
    float
        Building entry loss, dB.
    """
    r, s, t, u, v, w, x, y, z = _TRADITIONAL if building == TRADITIONAL else _EFFICIENT
    log_f = math.log10(frequency_ghz)
    median = r + s * log_f + t * log_f * log_f + 0.212 * abs(elevation_deg)
    point = quantile(probability)
    a = point * (u + v * log_f) + median
    b = point * (y + z * log_f) + w + x * log_f
    return 10.0 * math.log10(10.0 ** (0.1 * a) + 10.0 ** (0.1 * b) + 10.0**-0.3)
