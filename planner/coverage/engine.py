"""The engine: a mast's median loss over a raster, for all its frequencies at once.

Two modes, both with the whole of ITU-R P.1812-8. `exact` walks every cell's own profile; `sweep` lets the cells near
a ray share one, which is several times faster (docs/performance.md states its error). Results depend on nothing but
the surface, the mast and the settings: not on threads, order, or the part of the raster handed in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.coverage.bilinear import bilinear_losses, mast_of
from planner.coverage.surface import EngineSettings, Surface
from planner.errors import ModelRangeError
from planner.kernels.sweep.blocks import Climate
from planner.kernels.sweep.faces import Mast
from planner.kernels.sweep.mast import Scratch, new_scratch, sweep_mast

OK, NO_TERRAIN_AT_MAST, INCOMPLETE = 0, 1, 2
FACES = 4  # a mast's square is worked face by face: no more threads than these help
POSITION_STEPS = 1024  # mast positions are rounded to this part of a cell: the same in any tile of the raster


@dataclass(frozen=True)
class LossField:
    """Loss from one mast to the cells around it.

    Attributes
    ----------
    row0, col0 : int
        Cell of the surface that holds the first value.
    loss_db : ndarray of float32, shape (frequencies, rows, cols)
        Basic transmission loss not exceeded for the time percentage at half of the locations, dB; NaN outside the
        radius and where terrain on the path is unknown.
    status : int
        `OK`, `INCOMPLETE` (terrain inside the radius is unknown) or `NO_TERRAIN_AT_MAST` (no values at all).
    missing_cells : int
        Cells inside radius and raster left NaN because of unknown terrain.
    beyond_cells : int
        Cells inside the radius that lie outside the raster.
    """

    row0: int
    col0: int
    loss_db: NDArray[np.float32]
    status: int
    missing_cells: int
    beyond_cells: int


def allocate_scratch(surface: Surface, settings: EngineSettings) -> Scratch:
    """Working memory for `mast_loss`; one per thread, reused from mast to mast.

    Parameters
    ----------
    surface : Surface
        The surface.
    settings : EngineSettings
        Radius, mode and rays.

    Returns
    -------
    Scratch
        The memory.
    """
    rays = settings.rays_per_cell if settings.mode == "sweep" else 0
    return new_scratch(settings.steps(surface.cell_m), rays, surface.zone.size > 0)


def place_mast(surface: Surface, x_m: float, y_m: float, height_agl_m: float) -> Mast | None:
    """Put a mast on the grid, its terrain height bilinear between cell centres.

    Parameters
    ----------
    surface : Surface
        The surface.
    x_m, y_m : float
        Position, m.
    height_agl_m : float
        Antenna height above ground, m.

    Returns
    -------
    Mast or None
        The mast; None where it stands outside the raster or on unknown terrain.
    """
    rows, cols = surface.elevation_asl_m.shape
    row, off_row = _split((surface.y_north_m - y_m) / surface.cell_m - 0.5)
    col, off_col = _split((x_m - surface.x_west_m) / surface.cell_m - 0.5)
    if not (0 <= row < rows and 0 <= col < cols):
        return None
    ground = _ground_asl_m(surface.elevation_asl_m, row, col, off_row, off_col)
    if math.isnan(ground):
        return None
    return Mast(row, col, off_row, off_col, ground, ground + float(height_agl_m))


def _split(position: float) -> tuple[int, float]:
    """Nearest cell and offset from its centre, -0.5 to 0.5, in whole `POSITION_STEPS`."""
    ticks = round(position * POSITION_STEPS)
    cell = (2 * ticks + POSITION_STEPS) // (2 * POSITION_STEPS)
    return cell, ticks / POSITION_STEPS - cell


def _ground_asl_m(elevation: NDArray[np.float32], row: int, col: int, off_row: float, off_col: float) -> float:
    """Bilinear terrain height; unknown or absent neighbours count as the mast's own cell."""
    rows, cols = elevation.shape
    here = float(elevation[row, col])
    step_row, step_col = (1 if off_row > 0 else -1), (1 if off_col > 0 else -1)

    def height(r: int, c: int) -> float:
        value = float(elevation[r, c]) if 0 <= r < rows and 0 <= c < cols else math.nan
        return here if math.isnan(value) else value

    u, v = abs(off_row), abs(off_col)
    near = (1.0 - v) * here + v * height(row, col + step_col)
    far = (1.0 - v) * height(row + step_row, col) + v * height(row + step_row, col + step_col)
    return (1.0 - u) * near + u * far


def mast_loss(
    surface: Surface,
    x_m: float,
    y_m: float,
    height_agl_m: float,
    frequencies_mhz: NDArray[np.float64],
    settings: EngineSettings,
    scratch: Sequence[Scratch] = (),
) -> LossField:
    """Loss from a mast to every cell within the radius, at all its frequencies from one analysis of the terrain.

    Parameters
    ----------
    surface : Surface
        Terrain and clutter.
    x_m, y_m : float
        Position of the mast, m; anywhere between cell centres.
    height_agl_m : float
        Antenna height above ground, m.
    frequencies_mhz : ndarray of float
        Frequencies, MHz, 30 to 6000.
    settings : EngineSettings
        Mode, radius and atmosphere.
    scratch : sequence of Scratch, optional
        Memories from `allocate_scratch`: as many threads share the work, up to `FACES`; allocated afresh without one.

    Returns
    -------
    LossField
        Losses and what is missing.

    Raises
    ------
    ModelRangeError
        If a frequency or the time percentage lies outside what ITU-R P.1812-8 states.
    """
    frequencies = np.asarray(frequencies_mhz, dtype=np.float64)
    _check_range(frequencies, settings)
    mast = place_mast(surface, x_m, y_m, height_agl_m)
    if mast is None:
        return LossField(0, 0, np.zeros((frequencies.size, 0, 0), np.float32), NO_TERRAIN_AT_MAST, 0, 0)
    steps = settings.steps(surface.cell_m)
    rows, cols = surface.elevation_asl_m.shape
    row0, col0 = max(0, mast.row - steps), max(0, mast.col - steps)
    height, width = min(rows, mast.row + steps + 1) - row0, min(cols, mast.col + steps + 1) - col0
    loss = np.full((frequencies.size, height * width), np.nan, np.float32)
    climate = Climate(
        settings.earth_radius_km,
        settings.time_pct,
        settings.n0,
        settings.latitude_deg,
        settings.vertical,
        bool(surface.zone.size),
    )
    if settings.mode == "exact" and settings.sampling == "bilinear":
        position = (mast.row + mast.off_row, mast.col + mast.off_col)
        walker = mast_of(*position, mast.ground_asl_m, height_agl_m, surface.cell_m, settings)
        loss = loss.reshape(frequencies.size, height, width)
        counts = bilinear_losses(surface, walker, climate, frequencies / 1000.0, (row0, col0), loss)
        return LossField(row0, col0, loss, INCOMPLETE if counts[0] else OK, *counts)
    rays = settings.rays_per_cell if settings.mode == "sweep" else 0
    memories = list(scratch[:FACES]) or [allocate_scratch(surface, settings)]

    def work(memory: Scratch, turns: tuple[int, int]) -> tuple[int, int]:
        counts: tuple[int, int] = sweep_mast(
            (surface.elevation_asl_m, surface.clutter_height_m, surface.zone),
            mast,
            climate,
            frequencies / 1000.0,
            (surface.cell_m, settings.radius_m, settings.receiver_agl_m, steps, rays),
            memory,
            loss,
            (row0, col0, height, width),
            turns,
        )
        return counts

    if len(memories) == 1:
        missing, beyond = work(memories[0], (0, FACES))
    else:
        turns = [(FACES * i // len(memories), FACES * (i + 1) // len(memories)) for i in range(len(memories))]
        with ThreadPoolExecutor(len(memories)) as pool:
            missing, beyond = map(sum, zip(*pool.map(work, memories, turns), strict=True))
    field_db = loss.reshape(frequencies.size, height, width)
    return LossField(row0, col0, field_db, INCOMPLETE if missing else OK, int(missing), int(beyond))


def _check_range(frequencies_mhz: NDArray[np.float64], settings: EngineSettings) -> None:
    if frequencies_mhz.size == 0 or frequencies_mhz.min() < 30.0 or frequencies_mhz.max() > 6000.0:
        raise ModelRangeError(f"ITU-R P.1812-8 holds from 30 to 6000 MHz, asked for {frequencies_mhz.tolist()} MHz")
    if not 1.0 <= settings.time_pct <= 50.0:
        raise ModelRangeError(f"ITU-R P.1812-8 holds for 1 to 50 % of time, asked for {settings.time_pct} %")
