"""Ray profiles and the reductions over them, all in float32 and in units of grid lines along the major axis.

Heights are relative to the mast's antenna. Subtracting the Earth's bulge x^2 / (2 a_e) turns Bullington's
construction into straight-line geometry: the transmitter's horizon is a running maximum, the receiver's slope and
the largest diffraction parameter are single reductions (ITU-R P.1812-8 section 4.3.1 and Attachment 1). Where the
place of a maximum is wanted too, its line number rides in the low bits of the compared value (`tagged`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, lean_kernel
from planner.kernels.fast_math import f4
from planner.kernels.intrinsics import fast_max, fast_min, tag_of, tagged
from planner.kernels.sweep.faces import Face
from planner.kernels.sweep.tables import LOW, Tables, padded

_ZERO = f4(0.0)


class Profile(NamedTuple):
    """Samples of one ray, index = step.

    Attributes
    ----------
    terrain_m : ndarray of float32
        Bare terrain, m over the antenna.
    top_m, top_beta_m : ndarray of float32
        Terrain with clutter less the Earth's bulge, for the median and the beta0 radius, m over the antenna.
    weight, near, far : ndarray
        Places of the two cells beside each sample in the face's arrays, and the weight of the second.
    """

    terrain_m: NDArray[np.float32]
    top_m: NDArray[np.float32]
    top_beta_m: NDArray[np.float32]
    weight: NDArray[np.float32]
    near: NDArray[np.int32]
    far: NDArray[np.int32]


class Reach(NamedTuple):
    """What lies between the mast and a line of a ray.

    Attributes
    ----------
    top, top_beta : float32
        Steepest slope to the tops, bulge subtracted, m per line.
    curved : float32
        Steepest slope to the terrain with the bulge subtracted, tagged with its line.
    straight : float32
        Steepest slope to the terrain without it.
    total, moment : float32
        Sums of terrain height, and of height times distance.
    """

    top: float
    top_beta: float
    curved: float
    straight: float
    total: float
    moment: float


@lean_kernel
def sample_ray(
    face: Face, tables: Tables, out: Profile, slope: float, last: int, bulge: float, bulge_beta: float
) -> int:
    """Sample a ray at every grid line of its major axis, heights linear between the two cells beside it.

    Parameters
    ----------
    face : Face
        The face.
    tables : Tables
        Its distances.
    out : Profile
        Filled from index 1 to `last`, zero to the end of the group.
    slope : float32
        Cells across per cell along.
    last : int
        Last line sampled.
    bulge, bulge_beta : float32
        Earth's bulge per squared line, m, for the two radii; 0 leaves out the second.

    Returns
    -------
    int
        Lines with known terrain before the first unknown one.
    """
    width, top_row = np.int32(face.steps + 1), f4(2 * face.steps + 1)
    origin = face.off_minor + f4(face.steps + 1)
    end = padded(1, last)
    for i in range(np.uint64(1), end):
        across = fast_max(fast_min(origin + slope * tables.x[i], top_row), _ZERO)
        below = np.floor(across)
        weight = across - below
        out.weight[i] = weight
        out.near[i] = np.int32(below) * width + tables.line[i]
        out.far[i] = out.near[i] + (width if weight > _ZERO else np.int32(0))
    known = last
    # plain loads beat the vector gather; leaving the loop at a hole keeps the compiler from using it
    for i in range(np.uint64(1), np.uint64(last + 1)):
        near, far = np.uint64(out.near[i]), np.uint64(out.far[i])
        weight, terrain, top = out.weight[i], face.terrain_m[near], face.top_m[near]
        terrain += weight * (face.terrain_m[far] - terrain)
        if terrain != terrain:
            known = np.int64(i) - 1
            break
        out.terrain_m[i] = terrain
        out.top_m[i] = top + weight * (face.top_m[far] - top)
    for i in range(np.uint64(known + 1), end):
        out.terrain_m[i], out.top_m[i] = _ZERO, _ZERO
    if bulge_beta > _ZERO:
        for i in range(np.uint64(1), end):
            out.top_beta_m[i] = out.top_m[i] - bulge_beta * tables.x2[i]
    for i in range(np.uint64(1), end):
        out.top_m[i] -= bulge * tables.x2[i]
    return known


@inline_kernel
def extend_reach(
    reach: Reach, out: Profile, tables: Tables, lines: tuple[int, int], bulge: float, beta: bool, keep: int
) -> Reach:
    """Take further lines of a ray into what lies between.

    Parameters
    ----------
    reach : Reach
        What lay between before.
    out : Profile
        The ray.
    tables : Tables
        Distances.
    lines : tuple of int
        First line taken in and the one after the last.
    bulge : float32
        Earth's bulge per squared line, m.
    beta : bool
        Whether the beta0 radius is wanted.
    keep : int32
        Mask from `tag_mask`.

    Returns
    -------
    Reach
        What lies between now.
    """
    top, top_beta, curved, straight = reach.top, reach.top_beta, reach.curved, reach.straight
    total, moment = reach.total, reach.moment
    for i in range(np.uint64(lines[0]), np.uint64(lines[1])):
        x, inverse, terrain = tables.x[i], tables.inverse[i], out.terrain_m[i]
        top = fast_max(top, out.top_m[i] * inverse)
        rise = terrain * inverse
        straight = fast_max(straight, rise)
        curved = fast_max(curved, tagged(rise - bulge * x, keep, tables.line[i]))
        total += terrain
        moment += terrain * x
    if beta:
        for i in range(np.uint64(lines[0]), np.uint64(lines[1])):
            top_beta = fast_max(top_beta, out.top_beta_m[i] * tables.inverse[i])
    return Reach(top, top_beta, curved, straight, total, moment)


@inline_kernel
def reach_of_all(out: Profile, tables: Tables, k: int, steps: int, bulge: float, beta: bool, keep: int) -> Reach:
    """What lies between the mast and a line, from the start and in whole groups.

    Parameters
    ----------
    out : Profile
        The ray.
    tables : Tables
        Distances.
    k, steps : int
        Line of the receiver, steps of the face.
    bulge : float32
        Earth's bulge per squared line, m.
    beta : bool
        Whether the beta0 radius is wanted.
    keep : int32
        Mask from `tag_mask`.

    Returns
    -------
    Reach
        What lies between.
    """
    top, top_beta, curved, straight = LOW, LOW, LOW, LOW
    total, moment = _ZERO, _ZERO
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), padded(1, k - 1)):
        x, inverse, off, on = tables.x[i], tables.inverse[i], tables.off[i + shift], tables.on[i + shift]
        terrain = out.terrain_m[i] * on
        top = fast_max(top, out.top_m[i] * inverse + off)
        rise = terrain * inverse + off
        straight = fast_max(straight, rise)
        curved = fast_max(curved, tagged(rise - bulge * x, keep, tables.line[i]))
        total += terrain
        moment += terrain * x
    if beta:
        for i in range(np.uint64(1), padded(1, k - 1)):
            top_beta = fast_max(top_beta, out.top_beta_m[i] * tables.inverse[i] + tables.off[i + shift])
    return Reach(top, top_beta, curved, straight, total, moment)


@inline_kernel
def largest_parameter(heights: NDArray[np.float32], tables: Tables, slope: float, k: int, steps: int) -> float:
    """Largest clearance over the direct ray, divided by the root of the product of the distances to both ends.

    Parameters
    ----------
    heights : ndarray of float32
        Heights by line, bulge subtracted, m over the antenna.
    tables : Tables
        Distances.
    slope : float32
        Slope of the direct ray, m per line.
    k, steps : int
        Line of the receiver (lines 1 to k - 1 count), steps of the face.

    Returns
    -------
    float32
        The maximum, m per line.
    """
    largest = LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), padded(1, k - 1)):
        height = (heights[i] - slope * tables.x[i]) * tables.inverse_root[i]
        largest = fast_max(largest, height * tables.back_root[i + shift] + tables.off[i + shift])
    return largest


@inline_kernel
def largest_parameter_line(
    terrain: NDArray[np.float32], tables: Tables, direct: tuple[float, float], k: int, steps: int, keep: int
) -> int:
    """Line of the largest diffraction parameter of bare terrain, the horizon point of a path in line of sight.

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    direct : tuple of float32
        Slope of the direct ray with the bulge subtracted (m per line), bulge per squared line (m).
    k, steps : int
        Line of the receiver, steps of the face.
    keep : int32
        Mask from `tag_mask`.

    Returns
    -------
    int
        The line.
    """
    slope, bulge = direct
    largest = LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), padded(1, k - 1)):
        height = (terrain[i] - bulge * tables.x2[i] - slope * tables.x[i]) * tables.inverse_root[i]
        parameter = height * tables.back_root[i + shift] + tables.off[i + shift]
        largest = fast_max(largest, tagged(parameter, keep, tables.line[i]))
    return np.int64(tag_of(largest, keep))


@inline_kernel
def receiver_slope(heights: NDArray[np.float32], tables: Tables, receiver_m: float, k: int, steps: int) -> float:
    """Steepest slope from the receiver back to the heights of a ray.

    Parameters
    ----------
    heights : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    receiver_m : float32
        The receiver in the same heights, m.
    k, steps : int
        Line of the receiver (lines 1 to k - 1 count), steps of the face.

    Returns
    -------
    float32
        The slope, m per line.
    """
    steepest = LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), padded(1, k - 1)):
        back = (heights[i] - receiver_m) * tables.back[i + shift] + tables.off[i + shift]
        steepest = fast_max(steepest, back)
    return steepest


@inline_kernel
def look_back(
    out: Profile, tables: Tables, ends: tuple[float, float, float, float], k: int, steps: int, keep: int
) -> tuple[float, float, float, float]:
    """All reductions of a path whose direct ray is blocked, seen from the receiver.

    Parameters
    ----------
    out : Profile
        The ray.
    tables : Tables
        Distances.
    ends : tuple of float32
        Slope of the direct ray (m per line), receiver without and with the Earth's bulge (m), bulge per squared
        line (m).
    k, steps : int
        Line of the receiver (lines 1 to k - 1 count), steps of the face.
    keep : int32
        Mask from `tag_mask`.

    Returns
    -------
    tuple of float32
        Steepest slope back to the tops (m per line), largest terrain height over the direct ray (m), steepest slope
        back to the terrain without the bulge, and with it, tagged with its line.
    """
    slope, straight_m, curved_m, bulge = ends
    tops, largest, straight, curved = LOW, LOW, LOW, LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), padded(1, k - 1)):
        back, off = tables.back[i + shift], tables.off[i + shift]
        height, top = out.terrain_m[i] + off, out.top_m[i] + off
        tops = fast_max(tops, (top - curved_m) * back)
        largest = fast_max(largest, height - slope * tables.x[i])
        straight = fast_max(straight, (height - straight_m) * back)
        curved = fast_max(curved, tagged((height - bulge * tables.x2[i] - curved_m) * back, keep, tables.line[i]))
    return tops, largest, straight, curved


@inline_kernel
def roughness_m(
    terrain: NDArray[np.float32], tables: Tables, surface: tuple[float, float], near: int, far: int, steps: int
) -> float:
    """Largest terrain height over the smooth surface between two lines, equation (95).

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    surface : tuple of float32
        Smooth surface at the mast (m over the antenna) and its slope (m per line).
    near, far : int
        Lines of the horizon points, both included.
    steps : int
        Steps of the face.

    Returns
    -------
    float32
        Roughness, m.
    """
    low_t_m, slope = surface
    largest = LOW
    shift = np.uint64(steps - far - 1)
    for i in range(np.uint64(near), padded(near, far + 1 - near)):
        height = terrain[i] - low_t_m - slope * tables.x[i]
        largest = fast_max(largest, height + tables.off[i + shift])
    return largest
