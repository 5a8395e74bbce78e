"""Ray profiles and the reductions over them, all in float32 and in units of grid lines along the major axis.

Heights are relative to the mast's antenna. Subtracting the Earth's bulge x^2 / (2 a_e) turns Bullington's
construction into straight-line geometry: the transmitter's horizon is a running maximum, the receiver's slope and
the largest diffraction parameter are single reductions (ITU-R P.1812-8 section 4.3.1 and Attachment 1).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel, kernel
from planner.kernels.fast_math import f4
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.sweep.faces import Face

LOW = f4(-1e9)  # below any slope or height; squares stay finite
_ONE = f4(1.0)


class Tables(NamedTuple):
    """Functions of the distance along a face, index = step from the mast's cell.

    Attributes
    ----------
    x, x2, inverse, inverse_root : ndarray of float32, shape (steps + 1,)
        Distance from the mast to each grid line, its square, inverse, and inverse root; lines.
    back, back_root : ndarray of float32, shape (steps + 1,)
        Inverse and inverse root of whole distances, reversed: index `steps - m` holds that of m lines.
    """

    x: NDArray[np.float32]
    x2: NDArray[np.float32]
    inverse: NDArray[np.float32]
    inverse_root: NDArray[np.float32]
    back: NDArray[np.float32]
    back_root: NDArray[np.float32]


class Profile(NamedTuple):
    """Samples of one ray, index = step.

    Attributes
    ----------
    terrain_m : ndarray of float32
        Bare terrain, m over the antenna.
    top_m, top_beta_m : ndarray of float32
        Terrain with clutter less the Earth's bulge, for the median and the beta0 radius, m over the antenna.
    zone : ndarray of uint8
        Radio-climatic zone; used where the face has zones.
    """

    terrain_m: NDArray[np.float32]
    top_m: NDArray[np.float32]
    top_beta_m: NDArray[np.float32]
    zone: NDArray[np.uint8]


@kernel
def fill_tables(tables: Tables, off_major: float, steps: int) -> None:
    """Work out a face's distance tables.

    Parameters
    ----------
    tables : Tables
        Filled.
    off_major : float32
        Offset of the mast along the face, cells.
    steps : int
        Steps to the rim.
    """
    for i in range(1, steps + 1):
        x = f4(i) - off_major
        tables.x[i] = x
        tables.x2[i] = x * x
        tables.inverse[i] = _ONE / x
        tables.inverse_root[i] = _ONE / np.sqrt(x)
        tables.back[steps - i] = _ONE / f4(i)
        tables.back_root[steps - i] = _ONE / np.sqrt(f4(i))


@kernel
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
        Filled from index 1 to `last`.
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
    width = np.uint64(face.steps + 1)
    origin = face.off_minor + f4(face.steps + 1)
    for i in range(np.uint64(1), np.uint64(last + 1)):
        x = tables.x[i]
        across = origin + slope * x
        below = np.floor(across)
        weight = across - below
        at = np.uint64(np.int64(below)) * width + i
        near, far = face.terrain_m[at], face.terrain_m[at + width]
        terrain = near + weight * (far - near) if weight > f4(0.0) else near
        near, far = face.top_m[at], face.top_m[at + width]
        top = near + weight * (far - near) if weight > f4(0.0) else near
        out.terrain_m[i] = terrain
        out.top_m[i] = top - bulge * tables.x2[i]
        out.top_beta_m[i] = top - bulge_beta * tables.x2[i]
    if face.broken:
        for i in range(1, last + 1):
            if out.terrain_m[i] != out.terrain_m[i]:
                return i - 1
    return last


@inline_kernel
def horizon_sums(
    out: Profile, tables: Tables, first: int, last: int, bulge: float
) -> tuple[float, float, float, float, float]:
    """Transmitter-side reductions over lines `first` to `last` of a ray.

    Parameters
    ----------
    out : Profile
        The ray.
    tables : Tables
        Distances.
    first, last : int
        Lines, both included.
    bulge : float32
        Earth's bulge per squared line, m.

    Returns
    -------
    tuple of float32
        Steepest slope to the tops, to the terrain with the Earth's bulge, to the terrain without (m per line);
        sum of terrain heights and of height times distance.
    """
    top, curved, straight = LOW, LOW, LOW
    total, moment = f4(0.0), f4(0.0)
    for i in range(np.uint64(first), np.uint64(last + 1)):
        x, inverse, terrain = tables.x[i], tables.inverse[i], out.terrain_m[i]
        top = fast_max(top, out.top_m[i] * inverse)
        rise = terrain * inverse
        straight = fast_max(straight, rise)
        curved = fast_max(curved, rise - bulge * x)
        total += terrain
        moment += terrain * x
    return top, curved, straight, total, moment


@kernel
def steepest_slope(heights: NDArray[np.float32], tables: Tables, first: int, last: int) -> float:
    """Steepest slope from the antenna to the heights of a ray, m per line.

    Parameters
    ----------
    heights : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    first, last : int
        Lines, both included.

    Returns
    -------
    float32
        The slope.
    """
    steepest = LOW
    for i in range(np.uint64(first), np.uint64(last + 1)):
        steepest = fast_max(steepest, heights[i] * tables.inverse[i])
    return steepest


@kernel
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
    k : int
        Line of the receiver; lines 1 to k - 1 count.
    steps : int
        Steps of the face.

    Returns
    -------
    float32
        The maximum, m per line.
    """
    largest = LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), np.uint64(k)):
        height = (heights[i] - slope * tables.x[i]) * tables.inverse_root[i]
        largest = fast_max(largest, height * tables.back_root[i + shift])
    return largest


@kernel
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
    k : int
        Line of the receiver; lines 1 to k - 1 count.
    steps : int
        Steps of the face.

    Returns
    -------
    float32
        The slope, m per line.
    """
    steepest = LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), np.uint64(k)):
        steepest = fast_max(steepest, (heights[i] - receiver_m) * tables.back[i + shift])
    return steepest


@kernel
def obstruction(
    terrain: NDArray[np.float32], tables: Tables, ends: tuple[float, float, float, float], k: int, steps: int
) -> tuple[float, float, float]:
    """Receiver-side reductions over bare terrain.

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    ends : tuple of float32
        Slope of the direct ray (m per line), receiver without and with the Earth's bulge (m), bulge per squared line.
    k : int
        Line of the receiver; lines 1 to k - 1 count.
    steps : int
        Steps of the face.

    Returns
    -------
    tuple of float32
        Largest height over the direct ray (m), steepest slope back to the terrain without and with the bulge (m per line).
    """
    slope, straight_m, curved_m, bulge = ends
    largest, straight, curved = LOW, LOW, LOW
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), np.uint64(k)):
        height, back = terrain[i], tables.back[i + shift]
        largest = fast_max(largest, height - slope * tables.x[i])
        straight = fast_max(straight, (height - straight_m) * back)
        curved = fast_max(curved, (height - bulge * tables.x2[i] - curved_m) * back)
    return largest, straight, curved


@kernel
def horizon_lines(
    terrain: NDArray[np.float32], tables: Tables, ends: tuple[float, float, float, float], k: int, steps: int
) -> tuple[int, int]:
    """Lines of the first terrain that meets the transmitter's horizon slope and of the last that meets the receiver's.

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    ends : tuple of float32
        Both horizon slopes (m per line), receiver with the bulge (m), bulge per squared line.
    k : int
        Line of the receiver.
    steps : int
        Steps of the face.

    Returns
    -------
    tuple of int
        The lines.
    """
    slope_t, slope_r, curved_m, bulge = ends
    slope_t -= f4(1e-6) * abs(slope_t) + f4(1e-7)  # the two loops may round differently
    slope_r -= f4(1e-6) * abs(slope_r) + f4(1e-7)
    first, last = f4(k), f4(0.0)
    shift = np.uint64(steps - k)
    for i in range(np.uint64(1), np.uint64(k)):
        height = terrain[i] - bulge * tables.x2[i]
        line = f4(i)
        first = fast_min(first, line if height * tables.inverse[i] >= slope_t else f4(1e9))
        last = fast_max(last, line if (height - curved_m) * tables.back[i + shift] >= slope_r else f4(0.0))
    return min(np.int64(first), k - 1), max(np.int64(last), 1)


@kernel
def parameter_line(
    terrain: NDArray[np.float32], tables: Tables, slope: float, bulge: float, k: int, steps: int
) -> int:
    """Line of the largest diffraction parameter of bare terrain, the horizon point of a path in line of sight.

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    slope : float32
        Slope of the direct ray with the bulge subtracted, m per line.
    bulge : float32
        Earth's bulge per squared line, m.
    k : int
        Line of the receiver.
    steps : int
        Steps of the face.

    Returns
    -------
    int
        The line; the last of equals.
    """
    largest, line = LOW, k - 1
    for i in range(1, k):
        height = (terrain[i] - bulge * tables.x2[i] - slope * tables.x[i]) * tables.inverse_root[i]
        parameter = height * tables.back_root[i + steps - k]
        if parameter >= largest:
            largest, line = parameter, i
    return line


@kernel
def roughness_m(
    terrain: NDArray[np.float32], tables: Tables, low_t_m: float, slope: float, first: int, last: int
) -> float:
    """Largest terrain height over the smooth surface between two lines, equation (95).

    Parameters
    ----------
    terrain : ndarray of float32
        Heights by line, m over the antenna.
    tables : Tables
        Distances.
    low_t_m, slope : float32
        Smooth surface at the mast (m over the antenna) and its slope (m per line).
    first, last : int
        Lines, both included.

    Returns
    -------
    float32
        Roughness, m.
    """
    largest = LOW
    for i in range(np.uint64(first), np.uint64(last + 1)):
        largest = fast_max(largest, terrain[i] - low_t_m - slope * tables.x[i])
    return largest
