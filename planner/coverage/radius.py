"""How far a mast is computed: the configured radius, or one derived from its link budget."""

from __future__ import annotations

import math

import numpy as np

from planner.coverage.masts import Mast, strongest_dbm
from planner.coverage.scene import Scene
from planner.kernels.diffraction import spherical_earth_loss_db
from planner.kernels.free_space import free_space_loss_db

MAX_RADIUS_KM = 100.0
_LOW_GROUND_PCT = 5.0  # percentile of the terrain taken as the plain a mast looks over
_STEP = 1.02


def mast_radius_m(scene: Scene, mast: Mast) -> float:
    """Radius a mast is computed to.

    Without a configured radius: the distance at which its strongest carrier would still serve the scenario's receiver
    over smooth earth, the antenna counted from the low ground of the terrain; never farther than the terrain reaches.

    Parameters
    ----------
    scene : Scene
        The scenario over its ground.
    mast : Mast
        The mast.

    Returns
    -------
    float
        Radius, m.
    """
    configured = scene.scenario.propagation.radius_km
    if configured is not None:
        return configured * 1e3
    low_asl_m = float(np.nanpercentile(scene.terrain.elevation_asl_m, _LOW_GROUND_PCT))
    antenna_m = max(scene.frame(mast).antenna_asl_m - low_asl_m, mast.height_agl_m)
    reach_km = max(
        reach_over_smooth_earth_km(
            strongest_dbm(group, scene.patterns) - scene.threshold_dbm(group.layer[1]),
            scene.scenario.radio.carriers[group.layer[1]].frequency_mhz,
            (antenna_m, scene.receiver_agl_m),
            scene.earth_radius_m / 1e3,
        )
        for group in mast.groups
    )
    return min(reach_km * 1e3, _terrain_reach_m(scene, mast))


def reach_over_smooth_earth_km(
    largest_loss_db: float, frequency_mhz: float, heights_m: tuple[float, float], earth_radius_km: float
) -> float:
    """Distance at which the loss over smooth earth reaches a value.

    Parameters
    ----------
    largest_loss_db : float
        Largest loss that still serves, dB.
    frequency_mhz : float
        Frequency, MHz.
    heights_m : tuple of float
        Antenna and receiver above the smooth earth, m.
    earth_radius_km : float
        Effective earth radius, km.

    Returns
    -------
    float
        Distance, km, to two percent; 0.25 to 100.
    """
    d_km = 0.25
    while d_km < MAX_RADIUS_KM:
        loss = free_space_loss_db(frequency_mhz, d_km) + spherical_earth_loss_db(
            d_km, heights_m[0], heights_m[1], earth_radius_km, frequency_mhz / 1e3, True, 0.0
        )
        if loss > largest_loss_db:
            return d_km
        d_km *= _STEP
    return MAX_RADIUS_KM


def _terrain_reach_m(scene: Scene, mast: Mast) -> float:
    """Distance to the farthest corner of the terrain."""
    west, south, east, north = scene.terrain.grid.bounds_m
    return math.hypot(max(mast.x_m - west, east - mast.x_m), max(mast.y_m - south, north - mast.y_m))
