"""The counterfactual without terrain: whether the present sectors would serve a cell over smooth, bare earth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.coverage.masts import Mast, build_masts, layer_sectors
from planner.coverage.propagation import Propagation
from planner.domain.coverage import Sector
from planner.kernels.antenna import best_levels
from planner.kernels.diffraction import spherical_earth_loss_db
from planner.kernels.free_space import free_space_loss_db

_NEAREST = 8  # without terrain the nearest masts are the strongest
_TABLE_STEPS = 400


def served_over_flat_earth(
    propagation: Propagation, sectors: Iterable[Sector], cells: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Cells that one of the nearest masts would serve without hills and clutter.

    Parameters
    ----------
    propagation : Propagation
        Patterns, thresholds, grid.
    sectors : iterable of Sector
        What transmits.
    cells : ndarray of int64
        Flat cell indices.

    Returns
    -------
    ndarray of bool
        True where the level would be enough.
    """
    masts = build_masts(layer_sectors(sectors), propagation.scenario)
    served = np.zeros(cells.size, dtype=bool)
    if not masts or not cells.size:
        return served
    grid = propagation.terrain.grid
    row, col = np.divmod(cells, grid.cols)
    x_m, y_m = grid.centres(row, col)
    tree = cKDTree(np.array([(mast.x_m, mast.y_m) for mast in masts]))
    _, near = tree.query(np.column_stack([x_m, y_m]), k=range(1, min(_NEAREST, len(masts)) + 1))
    for index in np.unique(near):
        asked = np.flatnonzero((near == index).any(axis=1) & ~served)
        mast = masts[index]
        served[asked] = _served(propagation, mast, x_m[asked] - mast.x_m, y_m[asked] - mast.y_m)
    return served


def _served(
    propagation: Propagation, mast: Mast, east_m: NDArray[np.float64], north_m: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether a mast serves points at given offsets over smooth earth, within the configured radius."""
    d_m = np.maximum(np.hypot(east_m, north_m), 1.0)
    azimuth = (np.degrees(np.arctan2(east_m, north_m)) % 360.0).astype(np.float32)[None]
    drop_m = mast.height_agl_m - propagation.receiver_agl_m + d_m**2 / (2.0 * propagation.earth_radius_m)
    depression = np.degrees(np.arctan(drop_m / d_m)).astype(np.float32)[None]
    level = np.empty_like(azimuth)
    served = np.zeros(d_m.size, dtype=bool)
    radius_km = propagation.scenario.propagation.radius_km
    for group in mast.groups:
        name = group.layer[1]
        loss = smooth_earth_loss_db(propagation, mast.height_agl_m, name, d_m)
        if radius_km is not None:
            loss[d_m > radius_km * 1e3] = np.nan
        arrays, pattern = group.arrays, propagation.patterns[group.antenna]
        best_levels(loss.astype(np.float32)[None], azimuth, depression, arrays, pattern, level)
        served |= level[0] >= propagation.threshold_dbm(name)
    return served


def smooth_earth_loss_db(
    propagation: Propagation, height_agl_m: float, carrier: str, d_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Free-space and spherical-earth loss, ITU-R P.1812-8 sections 4.2 and 4.3.2, interpolated in distance.

    Parameters
    ----------
    propagation : Propagation
        Earth radius and receiver.
    height_agl_m : float
        Antenna above the smooth earth, m.
    carrier : str
        Carrier's name.
    d_m : ndarray of float64
        Distances, m.

    Returns
    -------
    ndarray of float64
        Loss, dB.
    """
    f_mhz = propagation.scenario.radio.carriers[carrier].frequency_mhz
    rx_m, radius_km = propagation.receiver_agl_m, propagation.earth_radius_m / 1e3
    vertical = propagation.scenario.propagation.polarisation == "vertical"
    if d_m.size == 0:
        return np.empty(0)
    table_km = np.geomspace(0.05, max(float(d_m.max()) / 1e3, 0.1), _TABLE_STEPS)
    extra = [spherical_earth_loss_db(d, height_agl_m, rx_m, radius_km, f_mhz / 1e3, vertical, 0.0) for d in table_km]
    slant_km = np.hypot(d_m, height_agl_m - rx_m) / 1e3
    free = free_space_loss_db(f_mhz, 1.0) + 20.0 * np.log10(np.maximum(slant_km, 0.001))
    return np.asarray(free + np.interp(d_m / 1e3, table_km, extra))
