"""One call from a profile to the loss: ITU-R P.1812-8 in double precision, strict IEEE order."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.p1812.combine import Losses, Setting, losses
from planner.kernels.p1812.path import PathSummary, Terminals, summarise_path


@exact_kernel
def predict(
    d_km: NDArray[np.float64],
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
    zone: NDArray[np.uint8],
    ends: Terminals,
    setting: Setting,
) -> tuple[PathSummary, Losses]:
    """Path summary and all intermediates of a prediction along a sound profile.

    Parameters
    ----------
    d_km : ndarray of shape (n,)
        Distances from the transmitter, ascending, km; the first is 0. Check with `check_profile` before.
    h_m, r_m : ndarray of shape (n,)
        Terrain heights, m above sea level, and representative clutter heights, m; clutter at the two end
        points is ignored, section 3.2.
    zone : ndarray of shape (n,)
        Radio-climatic zones.
    ends : Terminals
        Antenna heights, coast distances and Earth radius.
    setting : Setting
        Frequency, statistics and climate.

    Returns
    -------
    tuple of (PathSummary, Losses)
        What the path is and what every equation gives.
    """
    path = summarise_path(d_km, h_m, h_m + r_m, zone, ends)
    return path, losses(path, setting)


@exact_kernel
def basic_loss_db(
    d_km: NDArray[np.float64],
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
    zone: NDArray[np.uint8],
    ends: Terminals,
    setting: Setting,
) -> float:
    """Basic transmission loss along a profile.

    Parameters
    ----------
    d_km, h_m, r_m : ndarray of shape (n,)
        Distances, km, terrain heights, m above sea level, and clutter heights, m.
    zone : ndarray of shape (n,)
        Radio-climatic zones.
    ends : Terminals
        Antenna heights, coast distances and Earth radius.
    setting : Setting
        Frequency, statistics and climate.

    Returns
    -------
    float
        Loss, dB; NaN where a sample is missing.
    """
    for i in range(d_km.size):
        if not (math.isfinite(h_m[i]) and math.isfinite(r_m[i])):
            return math.nan
    return predict(d_km, h_m, r_m, zone, ends, setting)[1].lb_db
