"""From rays to links: what the loss formulas need of the path to each cell, and the blocks it is gathered in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import f4
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.p1812.path import BETA_RADIUS_KM
from planner.kernels.sweep.blocks import MEDIAN_PCT, Climate, losses_into, prepare_smooth, prepare_statistics
from planner.kernels.sweep.faces import Face, Mast, cell_of
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
    HM,
    HRE,
    HTE,
    LOSS,
    OMEGA,
    STEP,
    THETA_R,
    THETA_T,
    D,
    H1D,
    H2D,
    Links,
)
from planner.kernels.sweep.rays import (
    LOW,
    Profile,
    Tables,
    horizon_distances,
    horizon_sums,
    horizon_sums_of_all,
    largest_parameter,
    obstruction,
    parameter_distance,
    receiver_slope,
    roughness_m,
    sample_ray,
    steepest_slope,
)

PLAIN_NU = 1.7  # below this diffraction stays under 33 dB, where neither ducting nor scatter counts (0.006 dB)
PLAIN_KM = 15.0  # and up to here, where the smooth Earth adds little
_ZERO, _ONE, _TWO = f4(0.0), f4(1.0), f4(2.0)
PLAIN, FULL = 0, 1  # the blocks, and what `Task.filled` counts
MISSING, BEYOND = 2, 3


class Task(NamedTuple):
    """What one mast's calculation works with.

    Attributes
    ----------
    mast : Mast
        The mast.
    climate : Climate
        Statistics and atmosphere.
    frequency_ghz : ndarray of float64
        Frequencies.
    cell_m, receiver_m : float
        Side of a cell and height of the receiver above ground, m.
    plain_edge : float
        Edge below which a path in line of sight is plain; negative where none is.
    blocks : tuple of Links
        The blocks `PLAIN` and `FULL`.
    filled : ndarray of int64, shape (4,)
        Links waiting in either block, cells whose path holds unknown terrain, cells outside the field.
    loss_db : ndarray of float32, shape (frequencies, rows * cols)
        The field, filled with NaN before.
    frame : tuple of int
        First row, first column, rows and columns of the field.
    """

    mast: Mast
    climate: Climate
    frequency_ghz: NDArray[np.float64]
    cell_m: float
    receiver_m: float
    plain_edge: float
    blocks: tuple[Links, Links]
    filled: NDArray[np.int64]
    loss_db: NDArray[np.float32]
    frame: tuple[int, int, int, int]


class Reach(NamedTuple):
    """Running state along a ray: what lies between the mast and a line.

    Attributes
    ----------
    top, curved, straight, top_beta : float32
        Steepest slopes, m per line, as `horizon_sums` and `steepest_slope` name them.
    total, moment : float32
        Sums of terrain height, and of height times distance.
    """

    top: float
    curved: float
    straight: float
    top_beta: float
    total: float
    moment: float


class End(NamedTuple):
    """The receiving end of a path, in the units of a ray.

    Attributes
    ----------
    k : int
        Line.
    off : float32
        Line less distance.
    x, step_m : float32
        Distance in lines, and metres per line.
    ground_m, antenna_m, curved_m : float32
        Terrain, antenna, and antenna less the Earth's bulge, m over the mast's antenna.
    bulge, bulge_beta : float32
        Earth's bulge per squared line, m.
    """

    k: int
    off: float
    x: float
    step_m: float
    ground_m: float
    antenna_m: float
    curved_m: float
    bulge: float
    bulge_beta: float


@lean_kernel
def flush(task: Task, kind: int) -> None:
    """Turn a block into losses, write them into the field and empty it.

    Parameters
    ----------
    task : Task
        The calculation.
    kind : int
        `PLAIN` or `FULL`.
    """
    n = task.filled[kind]
    if n == 0:
        return
    links = task.blocks[kind]
    prepare_smooth(links.values, n, task.climate)
    if kind == FULL:
        prepare_statistics(links.values, n, task.climate)
    for band in range(task.frequency_ghz.size):
        losses_into(links.values, n, task.frequency_ghz[band], task.climate, kind == PLAIN)
        field = task.loss_db[band]
        for i in range(n):
            field[links.cell[i]] = links.values[LOSS + np.uint64(i)]
    task.filled[kind] = 0


@inline_kernel
def bullington_edge(
    heights: NDArray[np.float32], tables: Tables, steepest: float, end: End, bulge: float, steps: int
) -> float:
    """Bullington edge of a path, equations (13) to (20): nu times the root of the wavelength.

    Parameters
    ----------
    heights : ndarray of float32
        Heights with clutter by line, bulge subtracted, m over the antenna.
    tables : Tables
        Distances.
    steepest : float32
        Steepest slope from the mast to them, m per line.
    end : End
        The receiver.
    bulge : float32
        Earth's bulge per squared line, m.
    steps : int
        Steps of the face.

    Returns
    -------
    float32
        The edge; far below zero without inner points.
    """
    if end.k < 2:
        return LOW
    receiver = end.antenna_m - bulge * end.x * end.x
    direct = receiver / end.x
    if steepest < direct:
        largest = largest_parameter(heights, tables, direct, end.k, steps)
        return largest * np.sqrt(_TWO * end.x / end.step_m)
    back = receiver_slope(heights, tables, receiver, end.k, steps)
    crossing = (receiver + back * end.x) / fast_max(steepest + back, f4(1e-9))
    crossing = fast_min(fast_max(crossing, tables.x[1]), end.x - _ONE)
    clearance = (steepest - direct) * crossing
    return clearance * np.sqrt(_TWO * end.x / (crossing * (end.x - crossing) * end.step_m))


@inline_kernel
def _smooth_surface(out: Profile, tables: Tables, reach: Reach, end: End, start_m: float) -> tuple[float, float]:
    """Least-squares smooth surface at both ends, equations (85) to (88), m over the antenna."""
    if end.k < 2:
        return start_m, end.ground_m
    x, x1, first = end.x, tables.x[1], out.terrain_m[1]
    v1 = x1 * (first + start_m) + _TWO * reach.total - first + end.ground_m
    v2 = f4(6.0) * reach.moment - first * (f4(3.0) * x1 - _ONE) + end.ground_m * (f4(3.0) * x - _ONE)
    v2 += x1 * x1 * (_TWO * first + start_m)
    return (_TWO * v1 * x - v2) / (x * x), (v2 - v1 * x) / (x * x)


@inline_kernel
def _mrad(slope: float) -> float:
    """Elevation angle of a slope, mrad; the series is within 0.2 mrad up to a slope of one half."""
    square = slope * slope
    series = _ONE - square * (f4(1.0 / 3.0) - square * (f4(0.2) - square * f4(1.0 / 7.0)))
    return f4(1000.0) * slope * series if square < f4(0.16) else f4(1000.0) * np.arctan(slope)


@inline_kernel
def horizon_rows(
    values: NDArray[np.float32],
    i: int,
    out: Profile,
    tables: Tables,
    end: End,
    angles: tuple[float, float, bool],
    low: tuple[float, float],
    steps: int,
) -> None:
    """Fill a link's horizon rows: angles, distances, effective heights and roughness.

    Parameters
    ----------
    values : ndarray of float32
        The block.
    i : uint64
        The link's place in it.
    out : Profile
        Its ray.
    tables : Tables
        Distances.
    end : End
        The receiver.
    angles : tuple
        Horizon slopes of both ends, m per line with the bulge subtracted, and whether the path is trans-horizon.
    low : tuple of float32
        Smooth surface at both ends, never above ground, m over the antenna.
    steps : int
        Steps of the face.
    """
    slope_t, slope_r, hidden = angles
    per_step = _ONE / end.step_m
    values[THETA_T + i] = _mrad(slope_t * per_step)
    values[THETA_R + i] = _mrad((slope_r - _TWO * end.bulge * end.x) * per_step)
    values[HTE + i], values[HRE + i] = -low[0], end.antenna_m - low[1]
    if end.k < 2:
        values[DLT + i], values[DLR + i], values[HM + i] = _ZERO, values[D + i], _ZERO
        return
    if hidden:
        ends = slope_t, slope_r, end.curved_m, end.bulge
        near, far = horizon_distances(out.terrain_m, tables, ends, end.k, steps)
    else:
        near = parameter_distance(out.terrain_m, tables, slope_t, end.bulge, end.k, steps)
        far = near
    step_km = end.step_m * f4(0.001)
    values[DLT + i], values[DLR + i] = near * step_km, (end.x - far) * step_km
    values[HM + i] = roughness_m(out.terrain_m, tables, low[0], (low[1] - low[0]) / end.x, near, far, end.off)


@inline_kernel
def add_link(task: Task, face: Face, out: Profile, tables: Tables, reach: Reach, end: End, cell: int) -> None:
    """Reduce the path to one cell and put it into a block.

    Parameters
    ----------
    task : Task
        The calculation.
    face : Face
        The face.
    out : Profile
        The ray.
    tables : Tables
        Distances.
    reach : Reach
        What lies between.
    end : End
        The receiver.
    cell : int
        Flat index of the cell in the field.
    """
    steps, start_m = face.steps, f4(task.mast.ground_asl_m - task.mast.antenna_asl_m)
    edge = bullington_edge(out.top_m, tables, reach.top, end, end.bulge, steps)
    direct, curved_direct = end.antenna_m / end.x, end.curved_m / end.x
    hidden = end.k >= 2 and reach.curved > curved_direct
    d_km = end.x * end.step_m * f4(0.001)
    plain = not hidden and edge < f4(task.plain_edge) and d_km < f4(PLAIN_KM)
    kind = PLAIN if plain else FULL
    values, i = task.blocks[kind].values, np.uint64(task.filled[kind])
    values[D + i], values[STEP + i] = d_km, end.step_m * f4(0.001)
    rise_km = end.antenna_m * f4(0.001)
    values[DFS2 + i] = fast_max(d_km * d_km + rise_km * rise_km, f4(1e-6))
    values[EDGE + i] = edge
    values[OMEGA + i], values[DTM + i], values[DLM + i], values[COAST + i] = _ZERO, d_km, d_km, _ZERO
    hst, hsr = _smooth_surface(out, tables, reach, end, start_m)
    low = fast_min(hst, start_m), fast_min(hsr, end.ground_m)
    slope_r = -curved_direct
    if end.k >= 2 and (hidden or reach.straight > direct):
        ends = direct, end.antenna_m, end.curved_m, end.bulge
        height, back, slope_back = obstruction(out.terrain_m, tables, ends, end.k, steps)
        slope_r = slope_back if hidden else slope_r
        if height > _ZERO:
            share = (reach.straight - direct) / (reach.straight + back)
            hst -= height * share
            hsr -= height * (_ONE - share)
    values[H1D + i] = -fast_min(hst, start_m)
    values[H2D + i] = end.antenna_m - fast_min(hsr, end.ground_m)
    if not plain:
        slope_t = reach.curved if hidden else curved_direct
        horizon_rows(values, i, out, tables, end, (slope_t, slope_r, hidden), low, steps)
        if task.climate.time_pct < MEDIAN_PCT:
            values[EDGE_BETA + i] = bullington_edge(
                out.top_beta_m, tables, reach.top_beta, end, end.bulge_beta, steps
            )
    task.blocks[kind].cell[i] = cell
    task.filled[kind] += 1
    if task.filled[kind] == BLOCK:
        flush(task, kind)


@lean_kernel
def trace_ray(
    task: Task, face: Face, out: Profile, tables: Tables, slope: float, at: NDArray[np.int32]
) -> None:
    """Sample one ray and add a link for each of its cells.

    Parameters
    ----------
    task : Task
        The calculation.
    face : Face
        The face.
    out : Profile
        Filled with the ray.
    tables : Tables
        Distances.
    slope : float32
        Cells across per cell along.
    at : ndarray of int32
        The ray's cells, outwards, as `list_cells` writes them.
    """
    cell_m, ae_m = f4(task.cell_m), f4(1000.0 * task.climate.ae_km)
    line2_m2 = cell_m * cell_m * (_ONE + slope * slope)
    bulge = line2_m2 / (_TWO * ae_m)
    beta = task.climate.time_pct < MEDIAN_PCT
    bulge_beta = line2_m2 / f4(2000.0 * BETA_RADIUS_KM) if beta else _ZERO
    known = sample_ray(face, tables, out, slope, (at[at.size - 1] >> 16) - 1, bulge, bulge_beta)
    reach = Reach(LOW, LOW, LOW, LOW, _ZERO, _ZERO)
    done = 0
    row0, col0, rows, cols = task.frame
    for c in range(at.size):
        k, j = at[c] >> 16, (at[c] & 65535) - 32768
        row, col = cell_of(task.mast, face.turn, k, j)
        if not (row0 <= row < row0 + rows and col0 <= col < col0 + cols):
            task.filled[BEYOND] += 1
            continue
        ground = face.terrain_m[(j + face.steps + 1) * (face.steps + 1) + k]
        if ground != ground or k - 1 > known:
            task.filled[MISSING] += 1
            continue
        if k - 1 > done:
            part = (
                horizon_sums_of_all(out, tables, k, face.steps, bulge)
                if done == 0
                else horizon_sums(out, tables, done + 1, k - 1, bulge)
            )
            top_beta = steepest_slope(out.top_beta_m, tables, done + 1, k - 1) if beta else LOW
            reach = Reach(
                fast_max(reach.top, part[0]),
                fast_max(reach.curved, part[1]),
                fast_max(reach.straight, part[2]),
                fast_max(reach.top_beta, top_beta),
                reach.total + part[3],
                reach.moment + part[4],
            )
            done = k - 1
        along, across = f4(k) - face.off_major, f4(j) - face.off_minor
        distance_m = fast_max(cell_m * np.sqrt(along * along + across * across), _ONE)
        x = tables.x[k] if k > 0 else _ONE
        antenna = ground + f4(task.receiver_m)
        end = End(k, face.off_major, x, distance_m / x, ground, antenna, antenna - bulge * x * x, bulge, bulge_beta)
        add_link(task, face, out, tables, reach, end, (row - row0) * cols + col - col0)
