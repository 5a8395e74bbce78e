"""From rays to links: what the loss formulas need of the path to each cell, and the blocks it is gathered in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import f4
from planner.kernels.intrinsics import fast_max, fast_min, tag_of
from planner.kernels.p1812.path import BETA_RADIUS_KM
from planner.kernels.sweep.blocks import (
    MEDIAN_PCT,
    Climate,
    losses_into,
    prepare_paths,
    prepare_smooth,
    prepare_statistics,
)
from planner.kernels.sweep.faces import Face, Mast, cell_of
from planner.kernels.sweep.links import (
    ANTENNA,
    BACK,
    BACK_BETA,
    BLOCK,
    BLOCKING,
    COAST,
    CURVED,
    CURVED_BETA,
    DLM,
    DTM,
    FAR,
    GROUND_R,
    GROUND_T,
    HM,
    HSR,
    HST,
    LOSS,
    NEAR,
    NO_SLOPE,
    OMEGA,
    ROW,
    SLOPE_R,
    SLOPE_T,
    STEP,
    STRAIGHT,
    STRAIGHT_BACK,
    TOP,
    TOP_BETA,
    TRACED,
    X_FIRST,
    D,
    Links,
    X,
    whole_groups,
)
from planner.kernels.sweep.rays import (
    Profile,
    Reach,
    extend_reach,
    largest_parameter,
    largest_parameter_line,
    look_back,
    reach_of_all,
    receiver_slope,
    roughness_m,
    sample_ray,
)
from planner.kernels.sweep.tables import LOW, Tables, tag_mask
from planner.kernels.sweep.unfold import unfold_diffraction, unfold_horizons
from planner.kernels.sweep.zones import ZoneRuns, trace_zones, zone_rows

PLAIN_NU = 1.7  # below this diffraction stays under 33 dB, where neither ducting nor scatter counts (0.006 dB)
HIGHEST_GHZ = 6.0  # the least loss at which that is so, whatever frequencies a call asks for
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
    plain_edge2 : float
        Squared edge below which a path in line of sight is plain; negative where none is.
    blocks : tuple of Links
        The blocks `PLAIN` and `FULL`.
    filled : ndarray of int64, shape (4,)
        Links waiting in either block, cells whose path holds unknown terrain, cells outside the field.
    loss_db : ndarray of float32, shape (frequencies, rows * cols)
        The field, filled with NaN before.
    frame : tuple of int
        First row, first column, rows and columns of the field.
    runs : ZoneRuns
        Room for the zones of a ray.
    """

    mast: Mast
    climate: Climate
    frequency_ghz: NDArray[np.float64]
    cell_m: float
    receiver_m: float
    plain_edge2: float
    blocks: tuple[Links, Links]
    filled: NDArray[np.int64]
    loss_db: NDArray[np.float32]
    frame: tuple[int, int, int, int]
    runs: ZoneRuns


class Ray(NamedTuple):
    """A sampled ray.

    Attributes
    ----------
    face : Face
        Its face.
    out : Profile
        Its samples.
    tables : Tables
        Distances.
    bulge, bulge_beta : float32
        Earth's bulge per squared line, m, for the median and the beta0 radius; the second 0 at 50 % of time.
    keep : int32
        Mask from `tag_mask`.
    runs : ZoneRuns
        Zones along it; used where the face has zones.
    """

    face: Face
    out: Profile
    tables: Tables
    bulge: float
    bulge_beta: float
    keep: int
    runs: ZoneRuns


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
    whole = whole_groups(n)
    unfold_diffraction(links.values, whole, task.climate.time_pct < MEDIAN_PCT)
    prepare_smooth(links.values, whole, task.climate)
    prepare_paths(links.values, whole, task.climate)
    if kind == FULL:
        unfold_horizons(links.values, whole)
        prepare_statistics(links.values, whole, task.climate)
    for band in range(task.frequency_ghz.size):
        losses_into(links.values, whole, task.frequency_ghz[band], task.climate, kind == PLAIN)
        field = task.loss_db[band]
        for i in range(n):
            field[links.cell[i]] = links.values[LOSS + np.uint64(i)]
    task.filled[kind] = 0


@inline_kernel
def smooth_surface(
    reach: Reach, ends: tuple[float, float], x: float, inverse: float, first: tuple[float, float]
) -> tuple[float, float]:
    """Least-squares smooth surface at both ends, equations (85) to (88), from sums over equal steps.

    Parameters
    ----------
    reach : Reach
        Sums over the samples.
    ends : tuple of float32
        Terrain at mast and receiver, m over the antenna.
    x, inverse : float32
        Distance of the receiver, lines, and its inverse.
    first : tuple of float32
        Distance of the first sample, lines, and its height, m over the antenna.

    Returns
    -------
    tuple of float32
        The surface at mast and receiver, m over the antenna.
    """
    x1, height = first
    v1 = x1 * (height + ends[0]) + _TWO * reach.total - height + ends[1]
    v2 = f4(6.0) * reach.moment - height * (f4(3.0) * x1 - _ONE) + ends[1] * (f4(3.0) * x - _ONE)
    v2 += x1 * x1 * (_TWO * height + ends[0])
    scale = inverse * inverse
    return (_TWO * v1 * x - v2) * scale, (v2 - v1 * x) * scale


@inline_kernel
def _trace_beta(values: NDArray[np.float32], i: int, ray: Ray, reach: Reach, k: int, antenna: float) -> None:
    """Fill a link's rows of the beta0 radius."""
    tables, steps = ray.tables, ray.face.steps
    receiver = antenna - ray.bulge_beta * tables.x2[k]
    values[CURVED_BETA + i] = receiver
    direct = receiver * tables.inverse[k]
    if reach.top_beta < direct:
        values[TOP_BETA + i] = largest_parameter(ray.out.top_beta_m, tables, direct, k, steps)
        values[BACK_BETA + i] = NO_SLOPE
    else:
        values[TOP_BETA + i] = reach.top_beta
        values[BACK_BETA + i] = receiver_slope(ray.out.top_beta_m, tables, receiver, k, steps)


@inline_kernel
def _trace_horizons(
    values: NDArray[np.float32], i: int, ray: Ray, reach: Reach, k: int, curved: tuple[bool, float, float]
) -> None:
    """Fill a link's rows of horizon slopes, horizon distances and roughness.

    `curved` says whether the terrain hides the receiver, and gives the tagged slope back and the direct slope.
    """
    tables, steps, terrain = ray.tables, ray.face.steps, ray.out.terrain_m
    hidden, back, direct = curved
    if hidden:
        near, far = np.int64(tag_of(reach.curved, ray.keep)), np.int64(tag_of(back, ray.keep))
        slope_t = terrain[near] * tables.inverse[near] - ray.bulge * tables.x[near]
        receiver = values[CURVED + i]
        height = terrain[far] - ray.bulge * tables.x2[far] - receiver
        values[SLOPE_T + i], values[SLOPE_R + i] = slope_t, height * tables.back[far + steps - k]
    else:
        near = largest_parameter_line(terrain, tables, (direct, ray.bulge), k, steps, ray.keep)
        far = near
        values[SLOPE_T + i], values[SLOPE_R + i] = direct, -direct
    values[NEAR + i], values[FAR + i] = tables.x[near], tables.x[far]
    low_t, low_r = fast_min(values[HST + i], values[GROUND_T + i]), fast_min(values[HSR + i], values[GROUND_R + i])
    surface = low_t, (low_r - low_t) * tables.inverse[k]
    values[HM + i] = roughness_m(terrain, tables, surface, near, far, steps)


@inline_kernel
def _trace_neighbour(values: NDArray[np.float32], i: int) -> None:
    """Fill the rows of a link without samples between its ends."""
    values[X_FIRST + i] = _ONE
    values[HST + i], values[HSR + i] = values[GROUND_T + i], values[GROUND_R + i]
    values[TOP + i], values[TOP_BETA + i] = LOW, LOW
    values[BACK + i], values[BACK_BETA + i] = NO_SLOPE, NO_SLOPE
    values[BLOCKING + i], values[STRAIGHT + i], values[STRAIGHT_BACK + i] = _ZERO, _ZERO, _ZERO
    direct = values[CURVED + i] / values[X + i]
    values[SLOPE_T + i], values[SLOPE_R + i] = direct, -direct
    values[NEAR + i], values[FAR + i], values[HM + i] = _ZERO, _ZERO, _ZERO


@inline_kernel
def _trace_path(values: NDArray[np.float32], i: int, ray: Ray, reach: Reach, k: int, task: Task) -> bool:
    """Fill a link's rows from its samples; return whether its loss is plain."""
    tables, steps = ray.tables, ray.face.steps
    x, inverse = tables.x[k], tables.inverse[k]
    antenna, curved = values[ANTENNA + i], values[CURVED + i]
    ends = values[GROUND_T + i], values[GROUND_R + i]
    values[X_FIRST + i] = tables.x[1]
    surface = smooth_surface(reach, ends, x, inverse, (tables.x[1], ray.out.terrain_m[1]))
    values[HST + i], values[HSR + i] = surface
    direct, curved_direct = antenna * inverse, curved * inverse
    values[BLOCKING + i], values[STRAIGHT + i], values[STRAIGHT_BACK + i] = _ZERO, _ZERO, _ZERO
    hidden, back_tagged = False, LOW
    if reach.top < curved_direct:
        parameter = largest_parameter(ray.out.top_m, tables, curved_direct, k, steps)
        values[TOP + i], values[BACK + i] = parameter, NO_SLOPE
        scaled = fast_max(parameter, _ZERO)
        if f4(2.0) * scaled * scaled * x < f4(task.plain_edge2) * f4(1000.0) * values[STEP + i]:
            if values[D + i] < f4(PLAIN_KM):
                return True
    else:
        looks = direct, antenna, curved, ray.bulge
        tops, blocking, straight, back_tagged = look_back(ray.out, tables, looks, k, steps, ray.keep)
        values[TOP + i], values[BACK + i] = reach.top, tops
        if blocking > _ZERO and reach.straight > direct:
            values[BLOCKING + i] = blocking
            values[STRAIGHT + i], values[STRAIGHT_BACK + i] = reach.straight, straight
        line = np.int64(tag_of(reach.curved, ray.keep))
        slope = ray.out.terrain_m[line] * tables.inverse[line] - ray.bulge * tables.x[line]
        hidden = slope > curved_direct
    _trace_horizons(values, i, ray, reach, k, (hidden, back_tagged, curved_direct))
    if ray.bulge_beta > _ZERO:
        _trace_beta(values, i, ray, reach, k, antenna)
    return False


@inline_kernel
def trace_link(
    task: Task, ray: Ray, reach: Reach, at: tuple[int, int], ground_m: float, distance_m: float, cell: int
) -> None:
    """Reduce the path to one cell and put it into a block.

    Parameters
    ----------
    task : Task
        The calculation.
    ray : Ray
        The ray.
    reach : Reach
        What lies between.
    at : tuple of int
        Line of the receiver and offset of its cell.
    ground_m : float32
        Terrain at the receiver, m over the mast's antenna.
    distance_m : float32
        Path length, m.
    cell : int
        Flat index of the cell in the field.
    """
    kind, k = FULL, at[0]
    values, i = task.blocks[FULL].values, np.uint64(task.filled[FULL])
    x = ray.tables.x[k] if k > 0 else _ONE
    d_km = distance_m * f4(0.001)
    values[D + i], values[X + i] = d_km, x
    values[STEP + i] = d_km * (ray.tables.inverse[k] if k > 0 else _ONE)
    antenna = ground_m + f4(task.receiver_m)
    values[GROUND_T + i], values[GROUND_R + i] = f4(task.mast.ground_asl_m - task.mast.antenna_asl_m), ground_m
    values[ANTENNA + i], values[CURVED + i] = antenna, antenna - ray.bulge * x * x
    values[OMEGA + i], values[DTM + i], values[DLM + i], values[COAST + i] = _ZERO, d_km, d_km, _ZERO
    if k < 2:
        values[CURVED_BETA + i] = antenna
        _trace_neighbour(values, i)
    elif _trace_path(values, i, ray, reach, k, task):
        kind = PLAIN
    if task.climate.sea:
        heights = task.mast.antenna_asl_m, task.mast.antenna_asl_m + antenna
        zone_rows(values, i, ray.face, ray.runs, (k, at[1], x, values[STEP + i]), heights)
    if kind == PLAIN:
        other, j = task.blocks[PLAIN].values, np.uint64(task.filled[PLAIN])
        for row in range(TRACED):
            other[np.uint64(row * ROW) + j] = values[np.uint64(row * ROW) + i]
    task.blocks[kind].cell[task.filled[kind]] = cell
    task.filled[kind] += 1
    if task.filled[kind] == BLOCK:
        flush(task, kind)


@lean_kernel
def trace_ray(task: Task, face: Face, out: Profile, tables: Tables, slope: float, at: NDArray[np.int32]) -> None:
    """Sample one ray and trace the path to each of its cells.

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
    cell_m = f4(task.cell_m)
    line2_m2 = cell_m * cell_m * (_ONE + slope * slope)
    bulge = line2_m2 / f4(2000.0 * task.climate.ae_km)
    beta = task.climate.time_pct < MEDIAN_PCT
    bulge_beta = line2_m2 / f4(2000.0 * BETA_RADIUS_KM) if beta else _ZERO
    known = sample_ray(face, tables, out, slope, (at[at.size - 1] >> 16) - 1, bulge, bulge_beta)
    if task.climate.sea:
        trace_zones(face, tables, out, task.runs, known)
    ray = Ray(face, out, tables, bulge, bulge_beta, tag_mask(face.steps), task.runs)
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
            if done == 0:
                reach = reach_of_all(out, tables, k, face.steps, bulge, beta, ray.keep)
            else:
                reach = extend_reach(reach, out, tables, (done + 1, k), bulge, beta, ray.keep)
            done = k - 1
        along, across = f4(k) - face.off_major, f4(j) - face.off_minor
        distance_m = fast_max(cell_m * np.sqrt(along * along + across * across), _ONE)
        trace_link(task, ray, reach, (k, j), ground, distance_m, (row - row0) * cols + col - col0)
