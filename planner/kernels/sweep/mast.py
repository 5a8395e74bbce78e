"""One mast's loss over all cells within a radius: the driver of the sweep."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import lean_kernel
from planner.kernels.diffraction import WAVELENGTH_M_GHZ
from planner.kernels.fast_math import f4
from planner.kernels.sweep.blocks import MEDIAN_PCT, Climate
from planner.kernels.sweep.faces import (
    Face,
    Mast,
    cut_face,
    face_offsets,
    list_cells,
    middle_ray,
    sort_by_ray,
)
from planner.kernels.sweep.links import BLOCK, VALUES, Links
from planner.kernels.sweep.rays import Profile
from planner.kernels.sweep.tables import PAD, Tables, fill_tables
from planner.kernels.sweep.trace import BEYOND, FULL, HIGHEST_GHZ, MISSING, PLAIN, PLAIN_NU, Task, flush, trace_ray
from planner.kernels.sweep.zones import ZoneRuns


class Scratch(NamedTuple):
    """Working memory for masts of one radius, reused from mast to mast.

    Attributes
    ----------
    terrain_m, top_m, zone : ndarray
        A face's heights and zones.
    profile : Profile
        One ray.
    tables : Tables
        One face's distances.
    ray, at, start, order : ndarray of int32
        The face's cells before and after sorting by ray.
    blocks : tuple of Links
        The two blocks.
    filled : ndarray of int64, shape (4,)
        Counts, as in `Task`.
    runs : ZoneRuns
        Zones along one ray.
    """

    terrain_m: NDArray[np.float32]
    top_m: NDArray[np.float32]
    zone: NDArray[np.uint8]
    profile: Profile
    tables: Tables
    ray: NDArray[np.int32]
    at: NDArray[np.int32]
    start: NDArray[np.int32]
    order: NDArray[np.int32]
    blocks: tuple[Links, Links]
    filled: NDArray[np.int64]
    runs: ZoneRuns


def new_scratch(steps: int, rays_per_cell: int, zones: bool) -> Scratch:
    """Allocate working memory.

    Parameters
    ----------
    steps : int
        Cells from the mast to the rim, at least 1.
    rays_per_cell : int
        Rays per cell of the rim; 0 for the exact mode.
    zones : bool
        Whether radio-climatic zones are read.

    Returns
    -------
    Scratch
        The memory; about 30 bytes per cell of the mast's square.
    """
    face, cells = (2 * steps + 3) * (steps + 1) + PAD, (steps + 1) * (steps + 2)
    run = np.zeros((6, steps + 2 if zones else 0), np.float32)
    line = np.zeros((12, steps + PAD + 2), np.float32)
    at = np.zeros((3, steps + PAD + 2), np.int32)
    return Scratch(
        terrain_m=np.zeros(face, np.float32),
        top_m=np.zeros(face, np.float32),
        zone=np.zeros(face if zones else 0, np.uint8),
        profile=Profile(line[0], line[1], line[2], line[3], at[0], at[1]),
        tables=Tables(line[4], line[5], line[6], line[7], line[8], line[9], line[10], line[11], at[2]),
        ray=np.zeros(cells, np.int32),
        at=np.zeros(cells, np.int32),
        start=np.zeros(fan_size(steps, rays_per_cell) + 3, np.int32),
        order=np.zeros(cells, np.int32),
        blocks=(_new_links(), _new_links()),
        filled=np.zeros(4, np.int64),
        runs=ZoneRuns(run[0], run[1], run[2], run[3], run[4], run[5]),
    )


def _new_links() -> Links:
    return Links(np.zeros(VALUES, np.float32), np.zeros(BLOCK, np.int64))


def fan_size(steps: int, rays_per_cell: int) -> int:
    """Rays of one face's fan.

    Parameters
    ----------
    steps : int
        Cells from the mast to the rim.
    rays_per_cell : int
        Rays per cell of the rim; 0 for the exact mode.

    Returns
    -------
    int
        Number of rays.
    """
    return 2 * middle_ray(steps, rays_per_cell) + 1


@lean_kernel
def sweep_mast(
    rasters: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint8]],
    mast: Mast,
    climate: Climate,
    frequency_ghz: NDArray[np.float64],
    size: tuple[float, float, float, int, int],
    scratch: Scratch,
    loss_db: NDArray[np.float32],
    frame: tuple[int, int, int, int],
    turns: tuple[int, int],
) -> tuple[int, int]:
    """Median-location loss from a mast to every cell within the radius.

    Parameters
    ----------
    rasters : tuple of ndarray
        Terrain (m above sea level, NaN unknown), clutter heights (m), zones (empty: all inland).
    mast : Mast
        The mast.
    climate : Climate
        Statistics and atmosphere.
    frequency_ghz : ndarray of float64
        Frequencies, GHz.
    size : tuple
        Side of a cell (m), radius (m), receiver height (m), steps to the rim, rays per cell of the rim (0: exact).
    scratch : Scratch
        Working memory for these steps and rays.
    loss_db : ndarray of float32, shape (frequencies, rows * cols)
        Filled within the radius; holds NaN elsewhere before and after.
    frame : tuple of int
        First row, first column, rows and columns of the field.
    turns : tuple of int
        First face worked and the one after the last: (0, 4) for all.

    Returns
    -------
    tuple of int
        Cells within the radius left NaN because terrain on their path is unknown, and those outside the field.
    """
    cell_m, radius_m, receiver_m, steps, rays_per_cell = size
    filled = scratch.filled
    filled[:] = 0
    plain_edge2 = PLAIN_NU**2 * WAVELENGTH_M_GHZ / HIGHEST_GHZ if climate.time_pct >= MEDIAN_PCT else -1.0
    blocks, runs = scratch.blocks, scratch.runs
    task = Task(mast, climate, frequency_ghz, cell_m, receiver_m, plain_edge2, blocks, filled, loss_db, frame, runs)
    per_slope, middle = f4(steps * rays_per_cell), middle_ray(steps, rays_per_cell)
    for turn in range(turns[0], turns[1]):
        off_major, off_minor = face_offsets(mast, turn)
        face = Face(scratch.terrain_m, scratch.top_m, scratch.zone, turn, steps, off_major, off_minor)
        cut_face(rasters[0], rasters[1], rasters[2], mast, face)
        fill_tables(scratch.tables, off_major, steps)
        count = list_cells(face, radius_m / cell_m, rays_per_cell, scratch.ray, scratch.at)
        order = scratch.at
        alone = count
        if rays_per_cell > 0:
            rays = scratch.start.size - 2
            sort_by_ray(count, rays, scratch.ray, scratch.at, scratch.start, scratch.order)
            order = scratch.order
            alone = scratch.start[1]
            for ray in range(rays):
                low, high = scratch.start[ray + 1], scratch.start[ray + 2]
                if high > low:
                    slope = f4(ray - middle) / per_slope
                    trace_ray(task, face, scratch.profile, scratch.tables, slope, order[low:high])
        for c in range(alone):
            k, j = order[c] >> 16, (order[c] & 65535) - 32768
            along = f4(k) - off_major
            slope = (f4(j) - off_minor) / along if k > 0 else f4(0.0)
            trace_ray(task, face, scratch.profile, scratch.tables, slope, order[c : c + 1])
    flush(task, PLAIN)
    flush(task, FULL)
    return filled[MISSING], filled[BEYOND]
