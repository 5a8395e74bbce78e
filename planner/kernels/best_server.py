"""Best and second server and the power of all others, merged mast by mast; and the angles masts see cells at.

Rows are worked in pieces copied into one flat buffer, whose constant offsets let every loop vectorise. A piece is
worked in whole vector groups, so that no last digit depends on where a window begins.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, kernel, lean_kernel
from planner.kernels.antenna import (
    AZIMUTH_STEPS_PER_DEG,
    DEPRESSION_LIMIT_DEG,
    DEPRESSION_STEPS_PER_DEG,
    MastFrame,
    PatternTables,
    SectorArrays,
    ServerRasters,
    tilted,
)
from planner.kernels.fast_math import arctan, exp2, f4
from planner.kernels.intrinsics import fast_max, fast_min

PIECE = 512 + 16  # most cells worked at a time; rows of the buffer fall into different sets of the cache
_CELLS = 512
_LOSS, _AZIMUTH, _DEPRESSION, _LEVEL = (np.uint64(row * PIECE) for row in range(4))
_BEST, _TOP, _SECOND, _OTHERS = (np.uint64(row * PIECE) for row in range(4, 8))
_ACROSS, _DOWN, _PART, _TURNED, _AHEAD, _BEHIND, _GROUND = (np.uint64(row * PIECE) for row in range(8, 15))
_ROWS = 15
_ZERO, _ONE, _NONE, _NAN = f4(0.0), f4(1.0), f4(-math.inf), f4(math.nan)
_DB_TO_LOG2 = f4(math.log2(10.0) / 10.0)
_DEG = f4(180.0 / math.pi)
_TURN, _HALF_TURN, _QUARTER_TURN = f4(360.0), f4(180.0), f4(90.0)


@lean_kernel
def _vertical_into(work: NDArray[np.float32], place: NDArray[np.int32], n: int, pattern: PatternTables) -> None:
    """What the vertical cut adds ahead and behind at the depressions of a piece, tilt already subtracted."""
    for j in range(np.uint64(n)):
        down = fast_min(fast_max(work[_DOWN + j], f4(-DEPRESSION_LIMIT_DEG)), f4(DEPRESSION_LIMIT_DEG))
        at = (down + f4(DEPRESSION_LIMIT_DEG)) * f4(DEPRESSION_STEPS_PER_DEG)
        left = np.floor(at)
        place[j] = np.int32(left)
        work[_PART + j] = at - left
    one = np.uint64(1)
    for j in range(np.uint64(n)):
        entry = place[j]
        if entry < 0:  # never: leaving the loop keeps the compiler from the vector gather, slower than plain loads
            break
        at, part = np.uint64(entry), work[_PART + j]
        near = pattern.front_db[at]
        work[_AHEAD + j] = near + part * (pattern.front_db[at + one] - near)
        near = pattern.rear_db[at]
        work[_BEHIND + j] = near + part * (pattern.rear_db[at + one] - near)


@lean_kernel
def _horizontal_into(
    work: NDArray[np.float32], place: NDArray[np.int32], n: int, azimuth: float, pattern: PatternTables
) -> None:
    """Attenuation of the horizontal cut at the directions of a piece, and how far each is turned to the rear."""
    for j in range(np.uint64(n)):
        turn = work[_ACROSS + j] - azimuth
        turn -= _TURN * np.floor(turn * f4(1.0 / 360.0))
        at = turn * f4(AZIMUTH_STEPS_PER_DEG)
        left = np.floor(at)
        place[j] = np.int32(left)
        work[_PART + j] = at - left
        work[_TURNED + j] = fast_min(turn, _TURN - turn) * f4(1.0 / 180.0)
    one = np.uint64(1)
    for j in range(np.uint64(n)):
        entry = place[j]
        if entry < 0:  # never, as above
            break
        at = np.uint64(entry)
        near = pattern.horizontal_db[at]
        work[_LEVEL + j] = near + work[_PART + j] * (pattern.horizontal_db[at + one] - near)


@lean_kernel
def _levels_into(
    work: NDArray[np.float32], place: NDArray[np.int32], n: int, sectors: SectorArrays, s: int, pattern: PatternTables
) -> None:
    """Level of one sector over a piece; sectors of one tilt in a row share the vertical cut."""
    azimuth, tilt, turn = sectors.azimuth_deg[s], sectors.electrical_tilt_deg[s], sectors.mechanical_tilt_deg[s]
    if turn == _ZERO:
        alike = s > 0 and sectors.mechanical_tilt_deg[s - 1] == _ZERO and sectors.electrical_tilt_deg[s - 1] == tilt
        if not alike:
            for j in range(np.uint64(n)):
                work[_ACROSS + j], work[_DOWN + j] = work[_AZIMUTH + j], work[_DEPRESSION + j] - tilt
            _vertical_into(work, place, n, pattern)
        _horizontal_into(work, place, n, azimuth, pattern)
    else:
        for j in range(np.uint64(n)):
            across, down = tilted(work[_AZIMUTH + j] - azimuth, work[_DEPRESSION + j], turn)
            work[_ACROSS + j], work[_DOWN + j] = f4(across), f4(down) - tilt
        _vertical_into(work, place, n, pattern)
        _horizontal_into(work, place, n, _ZERO, pattern)
    power, cap = sectors.power_dbm[s] + f4(pattern.gain_dbi), f4(pattern.cap_db)
    for j in range(np.uint64(n)):
        ahead = work[_AHEAD + j]
        total = work[_LEVEL + j] + ahead + work[_TURNED + j] * (work[_BEHIND + j] - ahead)
        work[_LEVEL + j] = power - fast_min(fast_max(total, _ZERO), cap) - work[_LOSS + j]


@lean_kernel
def _merge_into(work: NDArray[np.float32], n: int, sector: float) -> None:
    """Merge one sector's levels over a piece; ties stay with the sector merged first."""
    for j in range(np.uint64(n)):
        level, top, second = work[_LEVEL + j], work[_TOP + j], work[_SECOND + j]
        known = level == level
        had = work[_BEST + j] >= _ZERO
        top = top if had else _NONE
        second = second if second == second else _NONE
        better = level > top
        weaker = top if better else level
        power = exp2(weaker * _DB_TO_LOG2)
        lost = power if known & (weaker > f4(-300.0)) else _ZERO
        work[_OTHERS + j] += lost
        work[_SECOND + j] = weaker if weaker > second else second
        work[_TOP + j] = level if better else top
        work[_BEST + j] = sector if better else work[_BEST + j]


@kernel
def merge_sectors(
    loss_db: NDArray[np.float32],
    ground_asl_m: NDArray[np.float32],
    frame: MastFrame,
    sectors: SectorArrays,
    pattern: PatternTables,
    origin: tuple[int, int],
    servers: ServerRasters,
) -> None:
    """Merge the sectors of a mast into the rasters of their layer.

    Ties go to the sector merged first; the sum of the others is kept without subtraction, so that neither depends
    on anything but the order of masts.

    Parameters
    ----------
    loss_db : ndarray of float32, shape (window rows, window cols)
        Basic transmission loss, dB; NaN where there is none.
    ground_asl_m : ndarray of float32, shape (rows, cols)
        Ground of the whole raster, m; cells where it is unknown are passed over.
    frame : MastFrame
        The mast.
    sectors : SectorArrays
        The sectors.
    pattern : PatternTables
        Their antenna.
    origin : tuple of int
        Row and column of the window's first cell in the whole raster.
    servers : ServerRasters
        Merged into, shape (rows, cols).
    """
    work, place = np.zeros(_ROWS * PIECE, np.float32), np.zeros(PIECE, np.int32)
    for i in range(loss_db.shape[0]):
        row = origin[0] + i
        losses, ground = loss_db[i], ground_asl_m[row]
        rasters = servers.level_dbm[row], servers.second_dbm[row], servers.best[row], servers.others_mw[row]
        begin, end = _known_span(losses)
        north = f4(frame.y_cells - (row + 0.5))
        for first in range(begin, end, _CELLS):
            n = min(_CELLS, end - first)
            whole = (n + 63) // 64 * 64
            if not _copy_in(work, (losses, ground), (first, origin[1] + first), n):
                continue
            _angles_into(work, whole, origin[1] + first, north, frame)
            _take(work, rasters, origin[1] + first, n)
            for s in range(sectors.in_layer.size):
                _levels_into(work, place, whole, sectors, s, pattern)
                _merge_into(work, whole, f4(sectors.in_layer[s]))
            _give(work, rasters, origin[1] + first, n)


@lean_kernel
def _known_span(losses: NDArray[np.float32]) -> tuple[int, int]:
    """Columns from the first known loss of a row to the one after the last."""
    begin, end = 0, losses.size
    while begin < end and losses[begin] != losses[begin]:
        begin += 1
    while end > begin and losses[end - 1] != losses[end - 1]:
        end -= 1
    return begin, end


_Rows = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]


@lean_kernel
def _take(work: NDArray[np.float32], rasters: _Rows, col: int, n: int) -> None:
    """Copy a piece of a row of the servers' rasters, from column `col`."""
    level, second, best, others = rasters
    start = np.uint64(col)
    for j in range(np.uint64(n)):
        work[_TOP + j], work[_SECOND + j] = level[start + j], second[start + j]
    for j in range(np.uint64(n)):
        work[_BEST + j], work[_OTHERS + j] = f4(best[start + j]), others[start + j]


@lean_kernel
def _give(work: NDArray[np.float32], rasters: _Rows, col: int, n: int) -> None:
    """Copy a piece of a row back."""
    level, second, best, others = rasters
    start = np.uint64(col)
    for j in range(np.uint64(n)):
        level[start + j], second[start + j] = work[_TOP + j], work[_SECOND + j]
    for j in range(np.uint64(n)):
        best[start + j], others[start + j] = np.int32(work[_BEST + j]), work[_OTHERS + j]


@lean_kernel
def _copy_in(
    work: NDArray[np.float32],
    row: tuple[NDArray[np.float32], NDArray[np.float32]],
    start: tuple[int, int],
    n: int,
) -> bool:
    """Copy a piece of a row's losses and ground; say whether any loss is known. The rest of the piece has none."""
    loss_db, ground_m = row
    loss_at, ground_at = np.uint64(start[0]), np.uint64(start[1])
    known = 0
    for j in range(np.uint64(n)):
        loss, ground = loss_db[loss_at + j], ground_m[ground_at + j]
        here = (loss == loss) & (ground == ground)
        known += 1 if here else 0
        work[_LOSS + j] = loss if here else _NAN
        work[_GROUND + j] = ground if here else _ZERO
    for j in range(np.uint64(n), np.uint64((n + 63) // 64 * 64)):
        work[_LOSS + j], work[_GROUND + j] = _NAN, _ZERO
        work[_BEST + j] = f4(-1.0)
    return known > 0


@inline_kernel
def _eastward(column: int, frame: MastFrame) -> tuple[int, float]:
    """Column counted from the mast's, and what it lies off: exact, so that no window changes a last digit."""
    mast = math.floor(frame.x_cells)
    return column - np.int64(mast), f4(frame.x_cells - mast - 0.5)


@lean_kernel
def _angles_into(work: NDArray[np.float32], n: int, column: int, north: float, frame: MastFrame) -> None:
    """Azimuth and depression over a piece that starts at a column and whose ground heights stand in its row."""
    cell, antenna = f4(frame.cell_m), f4(frame.antenna_asl_m - frame.receiver_agl_m)
    per_curve = f4(0.5 / frame.earth_radius_m)
    up = north if north > _ZERO else -north
    start, off = _eastward(column, frame)
    for j in range(np.uint64(n)):
        dx = f4(np.int32(start) + np.int32(j)) - off
        side = dx if dx > _ZERO else -dx
        d_m = fast_max(np.sqrt(dx * dx + north * north) * cell, _ONE)
        ratio = fast_min(side, up) / fast_max(fast_max(side, up), f4(1e-6))
        angle = arctan(ratio) * _DEG
        angle = _QUARTER_TURN - angle if side > up else angle
        angle = _HALF_TURN - angle if north < _ZERO else angle
        work[_AZIMUTH + j] = _TURN - angle if dx < _ZERO else angle
        drop_m = antenna - work[_GROUND + j] + d_m * d_m * per_curve
        work[_DEPRESSION + j] = arctan(drop_m / d_m) * _DEG


@kernel
def mast_angles(
    elevation_asl_m: NDArray[np.float32],
    row0: int,
    col0: int,
    frame: MastFrame,
    azimuth_deg: NDArray[np.float32],
    depression_deg: NDArray[np.float32],
) -> None:
    """Fill in the azimuth and depression of the cells of a window as the mast sees them.

    The fast twin of `planner.kernels.antenna.direction`, within 1e-4 degrees of it.

    Parameters
    ----------
    elevation_asl_m : ndarray of float32, shape (rows, cols)
        Ground of the whole raster, m.
    row0, col0 : int
        First cell of the window.
    frame : MastFrame
        The mast.
    azimuth_deg, depression_deg : ndarray of float32, shape (window rows, window cols)
        Filled in: azimuth from north 0 to 360, depression positive down, degrees; NaN depression on unknown ground.
    """
    rows, cols = azimuth_deg.shape
    work = np.zeros(_ROWS * PIECE, np.float32)
    for i in range(rows):
        north = f4(frame.y_cells - (row0 + i + 0.5))
        for first in range(0, cols, _CELLS):
            n = min(_CELLS, cols - first)
            whole = (n + 63) // 64 * 64
            start = np.uint64(col0 + first)
            ground = elevation_asl_m[row0 + i]
            for j in range(np.uint64(n)):
                work[_GROUND + j] = ground[start + j]
            _angles_into(work, whole, col0 + first, north, frame)
            start, azimuth, depression = np.uint64(first), azimuth_deg[i], depression_deg[i]
            for j in range(np.uint64(n)):
                azimuth[start + j], depression[start + j] = work[_AZIMUTH + j], work[_DEPRESSION + j]
