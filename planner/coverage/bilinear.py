"""Mode `exact` with sampling `bilinear`: a profile of equal steps to every cell, the convention of other tools."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.coverage.surface import EngineSettings, Surface
from planner.kernels.p1812.disc import Mast, disc_losses, make_ground
from planner.kernels.p1812.room import make_room
from planner.kernels.sweep.blocks import Climate
from planner.kernels.sweep.links import VALUES


def bilinear_losses(
    surface: Surface,
    mast: Mast,
    climate: Climate,
    frequencies_ghz: NDArray[np.float64],
    corner: tuple[int, int],
    loss_db: NDArray[np.float32],
) -> tuple[int, int]:
    """Loss from a mast to every cell of its disc.

    Parameters
    ----------
    surface : Surface
        Terrain, clutter and zones.
    mast : Mast
        Position on the surface, heights and reach.
    climate : Climate
        Earth radius, time percentage, refractivity, polarisation.
    frequencies_ghz : ndarray of float64, shape (f,)
        Frequencies, GHz.
    corner : tuple of int
        Row and column of the surface where `loss_db` begins.
    loss_db : ndarray of float32, shape (f, rows, cols)
        Receives the losses, dB; NaN beyond the reach and where terrain is missing.

    Returns
    -------
    tuple of int
        Cells within reach left NaN for missing terrain, and cells within reach beyond the surface.
    """
    rows, cols = surface.elevation_asl_m.shape
    top, left = max(0, corner[0] - 1), max(0, corner[1] - 1)
    bottom, right = min(rows, corner[0] + loss_db.shape[1] + 1), min(cols, corner[1] + loss_db.shape[2] + 1)
    part = (slice(top, bottom), slice(left, right))
    zones = surface.zone[part] if surface.zone.size else surface.zone
    ground = make_ground(surface.elevation_asl_m[part], surface.clutter_height_m[part], zones, surface.cell_m / 1000.0)
    mast = mast._replace(row=mast.row - top, col=mast.col - left)
    corner = (corner[0] - top, corner[1] - left)
    room, block = make_room(math.ceil(mast.radius_cells) + 2), np.zeros(VALUES, np.float32)
    answered, missing = disc_losses(ground, mast, frequencies_ghz, climate, room, block, loss_db, corner)
    return int(missing), _cells_within(mast) - int(answered) - int(missing)


def mast_of(
    row: float, col: float, ground_asl_m: float, height_agl_m: float, cell_m: float, settings: EngineSettings
) -> Mast:
    """A mast as the kernel takes it.

    Parameters
    ----------
    row, col : float
        Position, fractional row and column of cell centres.
    ground_asl_m : float
        Ground at the mast, m above sea level.
    height_agl_m : float
        Antenna height above ground, m.
    cell_m : float
        Side of a cell, m.
    settings : EngineSettings
        Radius and receiver height.

    Returns
    -------
    Mast
        The mast.
    """
    return Mast(
        float(row),
        float(col),
        float(ground_asl_m),
        float(height_agl_m),
        float(settings.receiver_agl_m),
        float(settings.radius_m / cell_m),
    )


def _cells_within(mast: Mast) -> int:
    """Cells whose centre lies within a mast's reach, on an endless raster."""
    reach = mast.radius_cells
    rows = np.arange(math.ceil(mast.row - reach), math.floor(mast.row + reach) + 1)
    half = np.sqrt(np.maximum(0.0, reach**2 - (rows - mast.row) ** 2))
    return int(np.sum(np.floor(mast.col + half) - np.ceil(mast.col - half) + 1.0))
