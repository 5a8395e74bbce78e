"""Point-to-point P.1812-8 for every cell of a disc around a mast, profiles cut by the `bilinear` rule.

Float32 twin of `planner.kernels.profile.sample_bilinear` followed by `planner.kernels.p1812.loss`. Path summaries
gather in a block, which `planner.kernels.sweep.blocks` turns into losses. Nothing is allocated per link, and
positions stay in float64, so that both twins read the same cells.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, kernel, lean_kernel
from planner.kernels.p1812.mechanisms import sea_coupling_db
from planner.kernels.p1812.path import BETA_RADIUS_KM, coast_distances, zone_lengths
from planner.kernels.p1812.room import Room, Steps
from planner.kernels.p1812.swift import (
    Horizon,
    diffraction_heights,
    edge_of,
    look,
    roughness_of,
    smooth_edge_of,
)
from planner.kernels.profile import equal_steps, nearest_index
from planner.kernels.sweep.blocks import Climate, losses_into, prepare_paths, prepare_statistics
from planner.kernels.sweep.links import (
    BLOCK,
    COAST,
    DFS2,
    DLM,
    DLR,
    DLT,
    DTM,
    EDGE,
    EDGE_BETA,
    FIELDS,
    H1D,
    H2D,
    HM,
    HRE,
    HTE,
    LOSS,
    OMEGA,
    ROW,
    SMOOTH,
    SMOOTH_BETA,
    THETA_R,
    THETA_T,
    D,
    whole_groups,
)

f4 = np.float32
_NEAREST = 0.5 + 1e-9  # as `planner.kernels.profile.nearest_index`
_AHEAD = 16384  # cells added to positions relative to the mast, which makes them positive: cut off is rounded down
_NO_WEIGHT = 1e-12  # an interpolation weight below this is a rounding error of none
_ENDLESS = 1e30  # no sum of heights is larger: comparing with it finds NaN and infinity alike
_SHORTEST_KM = 0.001  # antennas nearer than a metre count as a metre apart


class Ground(NamedTuple):
    """The rasters that paths cross; make it with `make_ground`.

    Attributes
    ----------
    elevation, clutter : ndarray of float32, shape (rows, cols)
        Terrain, m above sea level, and representative clutter heights, m; NaN is no data.
    solid, cover : ndarray of float32, shape ((rows + 2) * (cols + 2),)
        The same with a rim of one cell that repeats the border, and 0 for no data.
    zones : ndarray of uint8, shape (rows, cols) or (0, 0)
        Radio-climatic zones as in `planner.kernels.p1812.path`; empty where all is inland.
    cell_km : float
        Cell size, km.
    holes : bool
        Whether any cell has no data.
    """

    elevation: NDArray[np.float32]
    clutter: NDArray[np.float32]
    solid: NDArray[np.float32]
    cover: NDArray[np.float32]
    zones: NDArray[np.uint8]
    cell_km: float
    holes: bool


class Mast(NamedTuple):
    """Where the transmitter stands and how far it reaches.

    Attributes
    ----------
    row, col : float
        Position on the raster, fractional row and column of cell centres.
    foot_m : float
        Ground at the mast, m above sea level.
    htg_m, hrg_m : float
        Antenna heights above ground of the mast and of the receivers, m.
    radius_cells : float
        Reach, cells.
    """

    row: float
    col: float
    foot_m: float
    htg_m: float
    hrg_m: float
    radius_cells: float


def make_ground(
    elevation: NDArray[np.float32], clutter: NDArray[np.float32], zones: NDArray[np.uint8], cell_km: float
) -> Ground:
    """Prepare rasters for `disc_losses`.

    Parameters
    ----------
    elevation, clutter : ndarray of shape (rows, cols)
        Terrain, m above sea level, and representative clutter heights, m; NaN is no data.
    zones : ndarray of shape (rows, cols) or (0, 0)
        Radio-climatic zones; empty where all is inland.
    cell_km : float
        Cell size, km.

    Returns
    -------
    Ground
        The rasters and their padded copies.
    """
    layers = [np.ascontiguousarray(layer, np.float32) for layer in (elevation, clutter)]
    whole = [np.isfinite(layer) for layer in layers]
    padded = [
        np.pad(np.where(sound, layer, np.float32(0.0)), 1, mode="edge").ravel()
        for layer, sound in zip(layers, whole, strict=True)
    ]
    holes = not all(bool(sound.all()) for sound in whole)
    return Ground._make((*layers, *padded, np.ascontiguousarray(zones, np.uint8), float(cell_km), holes))


@inline_kernel
def _cut(ground: Ground, mast: Mast, row: int, col: int, n: int, base_m: float, room: Room) -> None:
    """Inner points of a profile; no data counts as 0.

    Positions are worked out from the mast's own cell, so that they do not depend on where the raster begins.
    """
    width = np.int32(ground.elevation.shape[1] + 2)
    mast_row, mast_col = nearest_index(mast.row), nearest_index(mast.col)
    d_row, d_col = (row - mast.row) / n, (col - mast.col) / n
    y0, x0 = _AHEAD + (mast.row - mast_row), _AHEAD + (mast.col - mast_col)
    first = np.int32((mast_row + 1 - _AHEAD) * width + mast_col + 1 - _AHEAD)
    at, corner, nearest = room.at[1:n], room.corner[1:n], room.nearest[1:n]
    down, across, base = room.down[1:n], room.across[1:n], f4(base_m)
    for k in range(at.size):
        y, x = y0 + at[k] * d_row, x0 + at[k] * d_col
        top, left = np.int32(y), np.int32(x)
        down[k], across[k] = f4(y - top), f4(x - left)
        corner[k] = first + top * width + left
        nearest[k] = first + np.int32(y + _NEAREST) * width + np.int32(x + _NEAREST)
    solid, clutter = ground.solid, ground.cover
    below = solid[width:]
    terrain, cover = room.terrain[1:n], room.cover[1:n]
    for k in range(at.size):
        c = np.uint64(np.uint32(corner[k]))
        upper = solid[c] + across[k] * (solid[c + np.uint64(1)] - solid[c])
        lower = below[c] + across[k] * (below[c + np.uint64(1)] - below[c])
        h = upper + down[k] * (lower - upper) - base
        terrain[k] = h
        cover[k] = h + clutter[np.uint64(np.uint32(nearest[k]))]


@lean_kernel
def _missing(ground: Ground, mast: Mast, row: int, col: int, n: int) -> bool:
    """Whether any cell that counts in a profile has no data; a neighbour without weight does not count."""
    rows, cols = ground.elevation.shape
    d_row, d_col = (row - mast.row) / n, (col - mast.col) / n
    if not abs(ground.clutter[row, col]) < _ENDLESS:
        return True
    for k in range(1, n):
        y = min(max(mast.row + k * d_row, 0.0), rows - 1.0)
        x = min(max(mast.col + k * d_col, 0.0), cols - 1.0)
        top, left = int(y), int(x)
        below, right = top + 1 if y - top > _NO_WEIGHT else top, left + 1 if x - left > _NO_WEIGHT else left
        total = ground.elevation[top, left] + ground.elevation[top, right]
        total += ground.elevation[below, left] + ground.elevation[below, right]
        total += ground.clutter[min(int(y + _NEAREST), rows - 1), min(int(x + _NEAREST), cols - 1)]
        if not abs(total) < _ENDLESS:
            return True
    return False


@kernel
def _zones_into(
    values: NDArray[np.float32], i: int, ground: Ground, mast: Mast, target: tuple[int, int], hts_m: float,
    hrs_m: float, path: Steps, room: Room,
) -> None:  # fmt: skip
    """Zone lengths and coast coupling of a path into a block."""
    n = path.n
    rows, cols = ground.zones.shape
    for k in range(n + 1):
        y = nearest_index(mast.row + k * (target[0] - mast.row) / n)
        x = nearest_index(mast.col + k * (target[1] - mast.col) / n)
        room.zone[k] = ground.zones[min(max(y, 0), rows - 1), min(max(x, 0), cols - 1)]
        room.d_km[k] = k * path.step_km
    distances, zone = room.d_km[: n + 1], room.zone[: n + 1]
    omega, dtm, dlm = zone_lengths(distances, zone)
    from_t, from_r = coast_distances(distances, zone)
    values[OMEGA + i], values[DTM + i], values[DLM + i] = f4(omega), f4(dtm), f4(dlm)
    coupling = sea_coupling_db(from_t, float(values[DLT + i]), hts_m, omega)
    values[COAST + i] = f4(coupling + sea_coupling_db(from_r, float(values[DLR + i]), hrs_m, omega))


@inline_kernel
def _summary_into(values: NDArray[np.float32], i: int, path: Steps, view: Horizon, room: Room, median: bool) -> None:
    """Everything of a path but its zones into a block."""
    d = max(_SHORTEST_KM, path.n * path.step_km)
    h1, h2 = diffraction_heights(room, path, view)
    values[D + i] = f4(d)
    values[DFS2 + i] = f4(max(_SHORTEST_KM**2, (path.n * path.step_km) ** 2 + (0.001 * path.rise_m) ** 2))
    values[H1D + i], values[H2D + i] = f4(h1), f4(h2)
    values[THETA_T + i], values[THETA_R + i] = f4(view.theta_t_mrad), f4(view.theta_r_mrad)
    values[DLT + i] = f4(view.first * path.step_km)
    values[DLR + i] = f4(d - view.last * path.step_km)
    values[HTE + i] = f4(-min(view.hst_m, path.start_m))
    values[HRE + i] = f4(path.rise_m - min(view.hsr_m, path.end_m))
    values[HM + i] = f4(roughness_of(room, path, view))
    values[EDGE + i] = f4(edge_of(room, room.cover, path, path.ae_km))
    values[SMOOTH + i] = f4(smooth_edge_of(room, path, h1, h2, path.ae_km))
    if not median:
        values[EDGE_BETA + i] = f4(edge_of(room, room.cover, path, BETA_RADIUS_KM))
        values[SMOOTH_BETA + i] = f4(smooth_edge_of(room, path, h1, h2, BETA_RADIUS_KM))
    values[OMEGA + i], values[COAST + i] = f4(0.0), f4(0.0)
    values[DTM + i], values[DLM + i] = f4(d), f4(d)


@inline_kernel
def link_into(
    values: NDArray[np.float32], i: int, ground: Ground, mast: Mast, target: tuple[int, int],
    climate: Climate, room: Room,
) -> bool:  # fmt: skip
    """Cut and analyse the path to one cell, and put its summary into a block.

    Parameters
    ----------
    values : ndarray of float32
        Block of `planner.kernels.sweep.links`.
    i : uint64
        Where in the block.
    ground : Ground
        Rasters.
    mast : Mast
        Transmitter.
    target : tuple of int
        Row and column of the receiver's cell.
    climate : Climate
        Earth radius and time percentage.
    room : Room
        Tables and scratch.

    Returns
    -------
    bool
        False where a sample is missing: the block then holds nothing of use at `i`.
    """
    row, col = target
    length = math.sqrt((row - mast.row) ** 2 + (col - mast.col) ** 2)
    n = equal_steps(length, 1.0)
    end, base = float(ground.elevation[row, col]), mast.foot_m + mast.htg_m
    rise = end + mast.hrg_m - base
    step_km = max(length * ground.cell_km, 1e-9) / n
    path = Steps(n, step_km, rise, -mast.htg_m, rise - mast.hrg_m, climate.ae_km)
    if not abs(end + base) < _ENDLESS or (ground.holes and _missing(ground, mast, row, col, n)):
        return False
    _cut(ground, mast, row, col, n, base, room)
    view = look(room, path)
    _summary_into(values, i, path, view, room, climate.time_pct >= 50.0)
    if ground.zones.size > 0:
        _zones_into(values, i, ground, mast, target, base, base + rise, path, room)
    return True


@kernel
def _settle(
    values: NDArray[np.float32], cells: NDArray[np.int64], n: int, frequencies_ghz: NDArray[np.float64],
    climate: Climate, out: NDArray[np.float32],
) -> None:  # fmt: skip
    """Turn a block into losses and put them in their cells.

    Whole groups are worked, filled up with copies of the last link: the compiler treats the rest of a loop in
    another order of operations, and a link's last digits would depend on its place in the block.
    """
    if n == 0:
        return
    worked = whole_groups(n)
    for row in range(FIELDS):
        first = np.uint64(row * ROW)
        for i in range(np.uint64(n), np.uint64(worked)):
            values[first + i] = values[first + np.uint64(n - 1)]
    prepare_paths(values, worked, climate)
    prepare_statistics(values, worked, climate)
    for f in range(frequencies_ghz.size):
        losses_into(values, worked, frequencies_ghz[f], climate, False)
        field = out[f].reshape(-1)
        for i in range(np.uint64(n)):
            field[cells[i]] = values[LOSS + i]


@kernel
def disc_losses(
    ground: Ground,
    mast: Mast,
    frequencies_ghz: NDArray[np.float64],
    climate: Climate,
    room: Room,
    block: NDArray[np.float32],
    out: NDArray[np.float32],
    corner: tuple[int, int],
) -> tuple[int, int]:
    """Basic transmission loss to every cell of a disc at 50 % of locations.

    Parameters
    ----------
    ground : Ground
        Rasters.
    mast : Mast
        Transmitter; on the raster.
    frequencies_ghz : ndarray of float64, shape (f,)
        Frequencies, GHz: one path analysis serves all.
    climate : Climate
        Earth radius, statistics, polarisation.
    room : Room
        Tables and scratch for `mast.radius_cells` steps.
    block : ndarray of float32
        A block of `planner.kernels.sweep.links`.
    out : ndarray of float32, shape (f, rows, cols)
        Receives the losses, dB: NaN outside the disc, outside the raster and where a sample is missing.
    corner : tuple of int
        Raster row and column of the first cell of `out`; may lie outside the raster.

    Returns
    -------
    tuple of int
        Links answered and links refused for missing terrain.
    """
    rows, cols = ground.elevation.shape
    cells = np.empty(BLOCK, np.int64)
    out[:] = np.nan
    filled, answered, refused = 0, 0, 0
    height, width = out.shape[1], out.shape[2]
    for r in range(max(0, -corner[0]), min(height, rows - corner[0])):
        row = r + corner[0]
        across = mast.radius_cells**2 - (row - mast.row) ** 2
        if across < 0.0:
            continue
        reach = math.sqrt(across)
        first = max(max(0, corner[1]), math.ceil(mast.col - reach))
        last = min(min(cols, corner[1] + width) - 1, math.floor(mast.col + reach))
        for col in range(first, last + 1):
            if not link_into(block, np.uint64(filled), ground, mast, (row, col), climate, room):
                refused += 1
                continue
            cells[filled] = r * width + col - corner[1]
            filled += 1
            if filled == BLOCK:
                _settle(block, cells, filled, frequencies_ghz, climate, out)
                answered, filled = answered + filled, 0
    _settle(block, cells, filled, frequencies_ghz, climate, out)
    return answered + filled, refused
