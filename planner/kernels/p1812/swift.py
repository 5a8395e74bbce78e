"""Path analysis in float32 for profiles of equal steps: the fast twin of `planner.kernels.p1812.path`.

Heights count from the transmitting antenna and distances in profile steps, so that most of Attachment 1 is one
product with a table over the points. Loops run over slices of one length, which LLVM vectorises.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import inline_kernel
from planner.kernels.intrinsics import fast_max, fast_min
from planner.kernels.p1812.room import Room, Steps

f4 = np.float32
LOWEST = f4(-1e30)
_HALF_THOUSANDTH = 0.002  # equation (16)


class Horizon(NamedTuple):
    """What the bare terrain tells of a path.

    Attributes
    ----------
    theta_t_mrad, theta_r_mrad : float
        Horizon elevation angles, mrad.
    first, last : int
        Horizon points of transmitter and receiver.
    hst_m, hsr_m : float
        Least-squares smooth surface at the terminals, over the transmitting antenna, m.
    hidden : bool
        Trans-horizon path.
    """

    theta_t_mrad: float
    theta_r_mrad: float
    first: int
    last: int
    hst_m: float
    hsr_m: float
    hidden: bool


@inline_kernel
def slopes_into(room: Room, path: Steps) -> tuple[float, float, float, float]:
    """Find the slopes from both antennas to every inner point of the bare terrain, m per step, and the fit's sums.

    Parameters
    ----------
    room : Room
        Holds the profile; receives `toward` and `away`.
    path : Steps
        The path.

    Returns
    -------
    tuple of float
        Largest slope from transmitter and from receiver, sums of heights and of heights times index.
    """
    n = path.n
    m = room.per.size
    bulge, rise = f4(500.0 * path.step_km * path.step_km / path.ae_km), f4(path.rise_m)
    terrain = room.terrain[1:n]
    at, back = room.at4[1:n], room.back4[m - n : m - 1]
    per, per_back = room.per[1:n], room.per_back[m - n : m - 1]
    toward, away = room.toward[1:n], room.away[1:n]
    most_t, most_r = LOWEST, LOWEST
    total, moment = f4(0.0), f4(0.0)
    for k in range(terrain.size):
        h = terrain[k]
        slope_t = h * per[k] - bulge * at[k]
        slope_r = (h - rise) * per_back[k] - bulge * back[k]
        toward[k] = slope_t
        away[k] = slope_r
        most_t = fast_max(most_t, slope_t)
        most_r = fast_max(most_r, slope_r)
        total += h
        moment += h * at[k]
    return most_t, most_r, total, moment


@inline_kernel
def _clearances_into(room: Room, heights: NDArray[np.float32], path: Steps, radius_km: float) -> float:
    """Diffraction parameters of every inner point, in units of `_per_root(path)`; the largest."""
    n = path.n
    m = room.per.size
    bulge = f4(500.0 * path.step_km * path.step_km / radius_km)
    per_step = f4(path.rise_m / n)
    inner, out = heights[1:n], room.toward[1:n]
    at, back = room.at4[1:n], room.back4[m - n : m - 1]
    root, root_back = room.root[1:n], room.root_back[m - n : m - 1]
    most = LOWEST
    for k in range(inner.size):
        clearance = inner[k] - per_step * at[k] + bulge * at[k] * back[k]
        nu = clearance * (root[k] * root_back[k])
        out[k] = nu
        most = fast_max(most, nu)
    return most


@inline_kernel
def _per_root(path: Steps) -> float:
    """Factor from clearance / sqrt(i (n - i)) to the diffraction parameter times the root of the wavelength."""
    return math.sqrt(_HALF_THOUSANDTH * path.n / path.step_km)


@inline_kernel
def _crossing(excess_t: float, excess_r: float, path: Steps) -> float:
    """Edge at the Bullington point, from the slopes over the straight line between the antennas, m per step.

    With slopes a and b the rays cross at the share b / (a + b) of the path, a b n / (a + b) over the line, and
    equation (19) reduces to sqrt(0.002 d a b) with slopes in m/km.
    """
    return math.sqrt(_HALF_THOUSANDTH * path.n * max(excess_t * excess_r, 0.0) / path.step_km)


@inline_kernel
def edge_of(room: Room, heights: NDArray[np.float32], path: Steps, radius_km: float) -> float:
    """Bullington edge of a profile, as `planner.kernels.diffraction.bullington_edge`.

    Parameters
    ----------
    room : Room
        Tables; `toward` is overwritten.
    heights : ndarray of float32, shape (m,)
        Heights over the transmitting antenna, m; inner points from index 1.
    path : Steps
        The path.
    radius_km : float
        Effective Earth radius, km.

    Returns
    -------
    float
        Diffraction parameter times the root of the wavelength; very negative without inner points.
    """
    n = path.n
    if n < 2:
        return LOWEST
    m = room.per.size
    bulge, rise = f4(500.0 * path.step_km * path.step_km / radius_km), f4(path.rise_m)
    inner, at, back = heights[1:n], room.at4[1:n], room.back4[m - n : m - 1]
    per, per_back = room.per[1:n], room.per_back[m - n : m - 1]
    most_t, most_r = LOWEST, LOWEST
    for k in range(inner.size):
        h = inner[k]
        most_t = fast_max(most_t, h * per[k] + bulge * back[k])
        most_r = fast_max(most_r, (h - rise) * per_back[k] + bulge * at[k])
    slope_t, slope_r = float(most_t), float(most_r)
    if slope_t < path.rise_m / n:
        return _clearances_into(room, heights, path, radius_km) * _per_root(path)
    return _crossing(slope_t - path.rise_m / n, slope_r + path.rise_m / n, path)


@inline_kernel
def smooth_edge_of(room: Room, path: Steps, hte_m: float, hre_m: float, radius_km: float) -> float:
    """Bullington edge of the smooth surface, as `bullington_edge` of a profile of zeros.

    Parameters
    ----------
    room : Room
        Tables.
    path : Steps
        The path.
    hte_m, hre_m : float
        Antennas over the smooth surface, m.
    radius_km : float
        Effective Earth radius, km.

    Returns
    -------
    float
        Diffraction parameter times the root of the wavelength.
    """
    n = path.n
    if n < 2:
        return LOWEST
    m = room.per.size
    curve = 500.0 * path.step_km * path.step_km / radius_km
    # a concave function of the point: the best point is beside its top
    top_t = min(max(int(math.sqrt(hte_m / curve)), 1), n - 1)
    next_t = min(top_t + 1, n - 1)
    top_r = min(max(int(math.sqrt(hre_m / curve)), 1), n - 1)
    next_r = min(top_r + 1, n - 1)
    slope_t = max(curve * (n - top_t) - hte_m / top_t, curve * (n - next_t) - hte_m / next_t)
    if slope_t >= (hre_m - hte_m) / n:
        slope_r = max(curve * (n - top_r) - hre_m / top_r, curve * (n - next_r) - hre_m / next_r)
        fall = (hre_m - hte_m) / n
        return _crossing(slope_t - fall, slope_r + fall, path)
    bulge, start, per_step = f4(curve), f4(hte_m), f4((hre_m - hte_m) / n)
    at, back = room.at4[1:n], room.back4[m - n : m - 1]
    root, root_back = room.root[1:n], room.root_back[m - n : m - 1]
    most = LOWEST
    for k in range(at.size):
        clearance4 = bulge * at[k] * back[k] - start - per_step * at[k]
        most = fast_max(most, clearance4 * (root[k] * root_back[k]))
    return most * _per_root(path)


@inline_kernel
def _obstruction(room: Room, path: Steps) -> tuple[float, float, float]:
    """Largest height over the straight line between the antennas, and slopes to it, equation (87)."""
    n = path.n
    m = room.per.size
    per_step, rise = f4(path.rise_m / n), f4(path.rise_m)
    inner, at = room.terrain[1:n], room.at4[1:n]
    per, per_back = room.per[1:n], room.per_back[m - n : m - 1]
    most, most_t, most_r = LOWEST, LOWEST, LOWEST
    for k in range(inner.size):
        h = inner[k]
        most = fast_max(most, h - per_step * at[k])
        most_t = fast_max(most_t, h * per[k])
        most_r = fast_max(most_r, (h - rise) * per_back[k])
    return float(most), float(most_t) - path.rise_m / n, float(most_r) + path.rise_m / n


@inline_kernel
def diffraction_heights(room: Room, path: Steps, view: Horizon) -> tuple[float, float]:
    """Antenna heights over the diffraction model's smooth surface, equations (37) and (87) to (89).

    Parameters
    ----------
    room : Room
        Holds the profile.
    path : Steps
        The path.
    view : Horizon
        What `look` found.

    Returns
    -------
    tuple of float
        Heights of transmitter and receiver, m.
    """
    hst, hsr = view.hst_m, view.hsr_m
    if view.hidden:  # only then can terrain rise over the straight line
        most, alpha_t, alpha_r = _obstruction(room, path)
        if most > 0.0:
            hst -= most * alpha_t / (alpha_t + alpha_r)
            hsr -= most * alpha_r / (alpha_t + alpha_r)
    return -min(hst, path.start_m), path.rise_m - min(hsr, path.end_m)


@inline_kernel
def _elevation_mrad(slope: float) -> float:
    """Elevation angle of a slope; the series is exact to 1e-9 mrad where it stands in."""
    if abs(slope) < 0.02:
        square = slope * slope
        return 1000.0 * slope * (1.0 - square * (1.0 / 3.0 - 0.2 * square))
    return 1000.0 * math.atan(slope)


@inline_kernel
def _first_equal(values: NDArray[np.float32], at: NDArray[np.float32], most: float) -> int:
    """Where the largest value stands first, as a table of indices numbers it."""
    found = f4(1e9)
    for k in range(values.size):
        found = fast_min(found, at[k] if values[k] == most else f4(1e9))
    return int(found)


@inline_kernel
def _last_equal(values: NDArray[np.float32], at: NDArray[np.float32], most: float) -> int:
    """Where the largest value stands last, as a table of indices numbers it."""
    found = f4(0.0)
    for k in range(values.size):
        found = fast_max(found, at[k] if values[k] == most else f4(0.0))
    return int(found)


@inline_kernel
def look(room: Room, path: Steps) -> Horizon:
    """Find horizons and smooth surface of a profile, as `planner.kernels.p1812.path` finds them.

    No sample may be missing: the fast comparisons below mean nothing on NaN.

    Parameters
    ----------
    room : Room
        Holds the profile.
    path : Steps
        The path.

    Returns
    -------
    Horizon
        Angles, points and surface.
    """
    n = path.n
    most_t, most_r, total, moment = slopes_into(room, path)
    v1 = 2.0 * total + path.start_m + path.end_m
    v2 = 6.0 * moment + path.end_m * (3.0 * n - 1.0) + path.start_m
    hst, hsr = (2.0 * v1 * n - v2) / (n * n), (v2 - v1 * n) / (n * n)
    bulge = 500.0 * path.step_km * path.step_km / path.ae_km
    direct_t, direct_r = path.rise_m / n - bulge * n, -path.rise_m / n - bulge * n
    per_km = 0.001 / path.step_km
    hidden = most_t > direct_t
    first, last = 0, 0
    at = room.at4[1:n]
    if hidden:
        first, last = _first_equal(room.toward[1:n], at, most_t), _last_equal(room.away[1:n], at, most_r)
        direct_t, direct_r = float(most_t), float(most_r)
    elif n > 1:
        most = _clearances_into(room, room.terrain, path, path.ae_km)
        last = _last_equal(room.toward[1:n], at, most)
        first = last
    theta_t, theta_r = _elevation_mrad(direct_t * per_km), _elevation_mrad(direct_r * per_km)
    return Horizon(theta_t, theta_r, first, last, hst, hsr, hidden)


@inline_kernel
def roughness_of(room: Room, path: Steps, view: Horizon) -> float:
    """Terrain roughness between the horizons, equation (93).

    Parameters
    ----------
    room : Room
        Holds the profile.
    path : Steps
        The path.
    view : Horizon
        What `look` found.

    Returns
    -------
    float
        Largest height over the smooth surface, m.
    """
    low_t, low_r = min(view.hst_m, path.start_m), min(view.hsr_m, path.end_m)
    if view.first == 0:
        return path.start_m - low_t
    slope, start = f4((low_r - low_t) / path.n), f4(low_t)
    inner, at = room.terrain[view.first : view.last + 1], room.at4[view.first : view.last + 1]
    most = LOWEST
    for k in range(inner.size):
        most = fast_max(most, inner[k] - slope * at[k])
    return float(most) - start
