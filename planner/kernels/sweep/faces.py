"""The four triangular faces of a mast's square, turned so that rays run along contiguous memory.

On a face the major axis runs away from the mast and a ray crosses one grid line per step. Cells are named by the
step `k` along the major axis and the offset `j` across it, both counted from the cell that holds the mast. Cells on
a diagonal belong to the east and west faces; the mast's own cell to the east face.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import f4
from planner.kernels.intrinsics import fast_max

EAST, WEST, SOUTH, NORTH = 0, 1, 2, 3
SINGLE_STEPS = 8  # cells this near get a ray of their own in any mode
_ZERO, _ONE, _NAN = f4(0.0), f4(1.0), f4(np.nan)
SLOPE_MARGIN = 1.125  # rays fan over slopes -1.125 to 1.125: a mast off its cell's centre sees beyond the diagonals


class Mast(NamedTuple):
    """Where a mast stands on the grid.

    Attributes
    ----------
    row, col : int
        The cell that holds it.
    off_row, off_col : float
        Its offset from that cell's centre, cells, south and east positive.
    ground_asl_m, antenna_asl_m : float
        Terrain below it and its antenna, m above sea level.
    """

    row: int
    col: int
    off_row: float
    off_col: float
    ground_asl_m: float
    antenna_asl_m: float


class Face(NamedTuple):
    """One face, its heights relative to the antenna.

    Attributes
    ----------
    terrain_m, top_m : ndarray of float32, shape ((2 * steps + 3) * (steps + 1),)
        Terrain and terrain with clutter, minor axis first; NaN where unknown.
    zone : ndarray of uint8
        Radio-climatic zones in the same layout; empty where all is inland.
    turn : int
        `EAST`, `WEST`, `SOUTH` or `NORTH`.
    steps : int
        Steps from the mast to the rim.
    off_major, off_minor : float32
        Offset of the mast from its cell's centre along and across, cells.
    """

    terrain_m: NDArray[np.float32]
    top_m: NDArray[np.float32]
    zone: NDArray[np.uint8]
    turn: int
    steps: int
    off_major: float
    off_minor: float


@lean_kernel
def face_offsets(mast: Mast, turn: int) -> tuple[float, float]:
    """Offset of the mast along and across a face.

    Parameters
    ----------
    mast : Mast
        The mast.
    turn : int
        The face.

    Returns
    -------
    tuple of float32
        Offsets from the centre of the mast's cell, cells.
    """
    if turn == EAST:
        return f4(mast.off_col), f4(mast.off_row)
    if turn == WEST:
        return f4(-mast.off_col), f4(mast.off_row)
    if turn == SOUTH:
        return f4(mast.off_row), f4(mast.off_col)
    return f4(-mast.off_row), f4(mast.off_col)


@lean_kernel
def cell_of(mast: Mast, turn: int, k: int, j: int) -> tuple[int, int]:
    """Row and column of a face's cell.

    Parameters
    ----------
    mast : Mast
        The mast.
    turn : int
        The face.
    k, j : int
        Step along and offset across.

    Returns
    -------
    tuple of int
        Row and column; may lie outside the raster.
    """
    if turn == EAST:
        return mast.row + j, mast.col + k
    if turn == WEST:
        return mast.row + j, mast.col - k
    if turn == SOUTH:
        return mast.row + k, mast.col + j
    return mast.row - k, mast.col + j


@lean_kernel
def cut_face(
    elevation: NDArray[np.float32], clutter: NDArray[np.float32], zone: NDArray[np.uint8], mast: Mast, face: Face
) -> None:
    """Fill a face's heights from the rasters.

    Parameters
    ----------
    elevation, clutter : ndarray of float32, shape (rows, cols)
        Terrain, m above sea level, and clutter heights, m.
    zone : ndarray of uint8, shape (rows, cols) or (0, 0)
        Radio-climatic zones; empty where all is inland.
    mast : Mast
        The mast.
    face : Face
        Whose arrays are filled.
    """
    rows, cols = elevation.shape
    steps, width = face.steps, face.steps + 1
    antenna = f4(mast.antenna_asl_m)
    row, col = cell_of(mast, face.turn, 0, 0)
    row_k, col_k = cell_of(mast, face.turn, 1, 0)
    row_k, col_k = row_k - row, col_k - col
    for j in range(-steps - 1, steps + 2):
        first = max(0, abs(j) - 2 - abs(j) // 8)  # rays reach a little beyond the diagonal
        base = (j + steps + 1) * width
        row, col = cell_of(mast, face.turn, 0, j)
        near, far = _inside(row + 1, row_k, rows + 2, first, steps + 1)  # the outermost cells hold half a cell beyond
        near, far = _inside(col + 1, col_k, cols + 2, near, far)
        for i in range(first, near):
            face.terrain_m[base + i], face.top_m[base + i] = _NAN, _NAN
        for i in range(max(far, first), steps + 1):
            face.terrain_m[base + i], face.top_m[base + i] = _NAN, _NAN
        begin, end = _inside(row, row_k, rows, near, far)
        begin, end = _inside(col, col_k, cols, begin, end)
        for i in range(near, begin):
            _copy_cell(elevation, clutter, face, (row + i * row_k, col + i * col_k), base + i, antenna)
        for i in range(end, far):
            _copy_cell(elevation, clutter, face, (row + i * row_k, col + i * col_k), base + i, antenna)
        _copy_row(elevation, clutter, face, (row, col, row_k, col_k), (base, begin, end), antenna)
        if zone.size > 0:
            for i in range(near, far):
                r, c = min(max(row + i * row_k, 0), rows - 1), min(max(col + i * col_k, 0), cols - 1)
                face.zone[base + i] = zone[r, c]


@lean_kernel
def _copy_cell(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    face: Face,
    cell: tuple[int, int],
    at: int,
    antenna: float,
) -> None:
    """Copy the cell of the raster that is nearest to a row and column."""
    rows, cols = elevation.shape
    r, c = min(max(cell[0], 0), rows - 1), min(max(cell[1], 0), cols - 1)
    height = elevation[r, c] - antenna
    face.terrain_m[at], face.top_m[at] = height, height + clutter[r, c]


@lean_kernel
def _copy_row(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    face: Face,
    start: tuple[int, int, int, int],
    span: tuple[int, int, int],
    antenna: float,
) -> None:
    """Copy one row of a face, steps `span[1]` to `span[2]`, all of them on the raster."""
    row, col, row_k, col_k = start
    base, first, last = span
    if first >= last:
        return
    at, n = np.uint64(base + first), np.uint64(last - first)
    row, col = row + first * row_k, col + first * col_k
    if row_k == 0:
        terrain_row, clutter_row, c = elevation[row], clutter[row], np.uint64(col)
        if col_k > 0:
            for i in range(n):
                height = terrain_row[c + i] - antenna
                face.terrain_m[at + i], face.top_m[at + i] = height, height + clutter_row[c + i]
        else:
            for i in range(n):
                height = terrain_row[c - i] - antenna
                face.terrain_m[at + i], face.top_m[at + i] = height, height + clutter_row[c - i]
        return
    c = np.uint64(col)
    for i in range(n):
        r = np.uint64(row + np.int64(i) * row_k)
        height = elevation[r, c] - antenna
        face.terrain_m[at + i], face.top_m[at + i] = height, height + clutter[r, c]


@lean_kernel
def _inside(start: int, stride: int, size: int, first: int, end: int) -> tuple[int, int]:
    """Part of the steps `first` to `end` at which an index that moves by `stride` stays within an axis."""
    if stride == 0:
        return (first, end) if 0 <= start < size else (end, end)
    near, far = (-start, size - start) if stride > 0 else (start - size + 1, start + 1)
    near = max(near, first)
    return min(near, end), max(min(far, end), min(near, end))


@inline_kernel
def middle_ray(steps: int, rays_per_cell: int) -> int:
    """Number of the ray along a face's axis; as many lie on either side.

    Parameters
    ----------
    steps : int
        Cells from the mast to the rim.
    rays_per_cell : int
        Rays per cell of the rim; 0 for the exact mode.

    Returns
    -------
    int
        The number.
    """
    return int(SLOPE_MARGIN * steps * rays_per_cell) + 1


@lean_kernel
def list_cells(
    face: Face, radius_cells: float, rays_per_cell: int, ray: NDArray[np.int32], at: NDArray[np.int32]
) -> int:
    """List a face's cells within the radius, each with the ray that serves it.

    Parameters
    ----------
    face : Face
        The face.
    radius_cells : float
        Radius, cells.
    rays_per_cell : int
        Rays per cell of the rim; 0 gives every cell its own.
    ray : ndarray of int32
        Filled with the ray's number, -1 for a ray of its own.
    at : ndarray of int32
        Filled with k * 65536 + j + 32768.

    Returns
    -------
    int
        Number of cells listed.
    """
    count = np.uint64(0)
    steps, off_k, off_j = face.steps, face.off_major, face.off_minor
    limit = f4(radius_cells * radius_cells)
    per_slope = f4(steps * rays_per_cell)
    middle = f4(middle_ray(steps, rays_per_cell)) + f4(0.5)
    for k in range(0 if face.turn == EAST else 1, steps + 1):
        along = f4(k) - off_k
        left, right = _row_within(k if face.turn <= WEST else k - 1, along, off_j, limit)
        per_across = per_slope / along
        shared = rays_per_cell > 0 and k > SINGLE_STEPS
        for i in range(np.uint64(max(right - left + 1, 0))):
            j = np.int32(left) + np.int32(i)
            number = np.int32((f4(j) - off_j) * per_across + middle)
            ray[count + i] = number if shared else np.int32(-1)
            at[count + i] = np.int32(k * 65536 + 32768) + j
        count += np.uint64(max(right - left + 1, 0))
    return np.int64(count)


@inline_kernel
def _row_within(reach: int, along: float, off: float, limit: float) -> tuple[int, int]:
    """First and last offset across, up to `reach`, whose cells lie within a squared radius; last below first: none."""
    half = np.sqrt(fast_max(limit - along * along, _ZERO)) + _ONE  # a cell more than may fit
    last, first = min(np.int64(reach), np.int64(off + half)), max(np.int64(-reach), np.int64(off - half))
    while last >= -reach and along * along + (f4(last) - off) * (f4(last) - off) > limit:
        last -= 1
    while first <= last and along * along + (f4(first) - off) * (f4(first) - off) > limit:
        first += 1
    return first, last


@lean_kernel
def sort_by_ray(
    count: int,
    rays: int,
    ray: NDArray[np.int32],
    at: NDArray[np.int32],
    start: NDArray[np.int32],
    out: NDArray[np.int32],
) -> None:
    """Counting sort of a face's cells by ray, cells of a ray outwards; cells with their own ray come first.

    Parameters
    ----------
    count : int
        Cells listed.
    rays : int
        Rays of the fan.
    ray, at : ndarray of int32
        What `list_cells` filled.
    start : ndarray of int32, at least rays + 2
        Filled: cells of ray r stand at start[r + 1] to start[r + 2], lonely ones before start[1].
    out : ndarray of int32
        Filled with `at` in order.
    """
    start[: rays + 2] = 0
    for c in range(count):
        start[ray[c] + 1] += 1
    total = 0
    for r in range(rays + 1):
        cells = start[r]
        start[r] = total
        total += cells
    for c in range(count):
        slot = ray[c] + 1
        out[start[slot]] = at[c]
        start[slot] += 1
    for r in range(rays + 1, 0, -1):
        start[r] = start[r - 1]
    start[0] = 0
