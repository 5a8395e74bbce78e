"""Terrain and clutter along a path, cut out of rasters by one of two named rules.

`bilinear`: equal steps of at most a cell; terrain bilinear between cell centres, clutter of the nearest cell.
`grid`: one sample per line of cell centres crossed on the path's major axis, terrain and clutter heights
linear between the two cells beside it. On geographic grids the bilinear rule follows the great circle.

Positions are fractional rows and columns that count from the centre of the first cell, rows southwards. A
raster reaches half a cell beyond its outer centres; there the outermost value holds. NaN is no data.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import exact_kernel
from planner.kernels.great_circle import bearing_rad, distance_km, point_along

PROFILE_OK, PROFILE_OUTSIDE, PROFILE_NO_DATA = 0, 1, 2
_TIE = 1e-9  # nearest-cell ties, common on symmetric paths, go to the larger index whatever the rounding


class Segment(NamedTuple):
    """A straight path in raster coordinates.

    Attributes
    ----------
    row0, col0 : float
        Transmitter, fractional row and column.
    row1, col1 : float
        Receiver.
    """

    row0: float
    col0: float
    row1: float
    col1: float


class GeographicGrid(NamedTuple):
    """Where the nodes of a geographic raster lie.

    Attributes
    ----------
    north_deg, west_deg : float
        Latitude and longitude of the first node.
    lat_step_deg, lon_step_deg : float
        Spacing of rows (southwards) and columns (eastwards), positive, degrees.
    """

    north_deg: float
    west_deg: float
    lat_step_deg: float
    lon_step_deg: float


@exact_kernel
def equal_steps(length: float, largest_step: float) -> int:
    """Number of equal steps of at most a given size.

    Parameters
    ----------
    length, largest_step : float
        Path length and largest step, in one unit.

    Returns
    -------
    int
        At least 1; a path longer than a whole number of steps by less than 1e-9 of a step takes that number.
    """
    return max(1, math.ceil(length / largest_step - 1e-9))


@exact_kernel
def nearest_index(position: float) -> int:
    """Index of the nearest cell, ties to the larger.

    Parameters
    ----------
    position : float
        Fractional row or column.

    Returns
    -------
    int
        Row or column.
    """
    return math.floor(position + (0.5 + _TIE))


@exact_kernel
def inside(raster_rows: int, raster_cols: int, row: float, col: float) -> bool:
    """Whether a position lies on a raster.

    Parameters
    ----------
    raster_rows, raster_cols : int
        Shape of the raster.
    row, col : float
        Position.

    Returns
    -------
    bool
        True up to half a cell beyond the outer centres; False for NaN.
    """
    return -0.5 <= row <= raster_rows - 0.5 and -0.5 <= col <= raster_cols - 0.5


@exact_kernel
def _mix(low: float, high: float, weight: float) -> float:
    """Linear between two values; a value without weight does not count, even when NaN."""
    if weight == 0.0:
        return low
    return low + weight * (high - low) if weight != 1.0 else high


@exact_kernel
def bilinear(raster: NDArray[np.float32], row: float, col: float) -> float:
    """Value between the four cell centres around a position.

    Parameters
    ----------
    raster : ndarray of shape (rows, cols)
        Values at cell centres.
    row, col : float
        Position.

    Returns
    -------
    float
        Interpolated value; NaN outside or where a cell that counts has no data.
    """
    rows, cols = raster.shape
    if not inside(rows, cols, row, col):
        return math.nan
    row, col = min(max(row, 0.0), rows - 1.0), min(max(col, 0.0), cols - 1.0)
    top, left = int(row), int(col)
    below, right = min(top + 1, rows - 1), min(left + 1, cols - 1)
    down, across = row - top, col - left
    upper = _mix(float(raster[top, left]), float(raster[top, right]), across)
    if down == 0.0:
        return upper
    return _mix(upper, _mix(float(raster[below, left]), float(raster[below, right]), across), down)


@exact_kernel
def nearest_height(raster: NDArray[np.float32], row: float, col: float) -> float:
    """Value of the nearest cell.

    Parameters
    ----------
    raster : ndarray of shape (rows, cols)
        Values of cells.
    row, col : float
        Position on the raster.

    Returns
    -------
    float
        The cell's value.
    """
    rows, cols = raster.shape
    i, j = nearest_index(row), nearest_index(col)
    return float(raster[min(max(i, 0), rows - 1), min(max(j, 0), cols - 1)])


@exact_kernel
def _sample(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    row: float,
    col: float,
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
    at: int,
) -> int:
    """Put one sample of the bilinear rule into the profile; its status."""
    rows, cols = elevation.shape
    if not inside(rows, cols, row, col):
        h_m[at], r_m[at] = math.nan, math.nan
        return PROFILE_OUTSIDE
    h_m[at], r_m[at] = bilinear(elevation, row, col), nearest_height(clutter, row, col)
    return PROFILE_OK if math.isfinite(h_m[at]) and math.isfinite(r_m[at]) else PROFILE_NO_DATA


@exact_kernel
def sample_bilinear(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    path: Segment,
    steps: int,
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
) -> int:
    """Profile by the `bilinear` rule on a metric grid.

    Parameters
    ----------
    elevation, clutter : ndarray of shape (rows, cols)
        Terrain, m above sea level, and clutter heights, m.
    path : Segment
        Where the path runs.
    steps : int
        Number of equal steps, from `equal_steps`.
    h_m, r_m : ndarray, at least steps + 1 long
        Receive the samples, terminals included.

    Returns
    -------
    int
        `PROFILE_OK`, `PROFILE_OUTSIDE` or `PROFILE_NO_DATA`, whichever sample is worst.
    """
    d_row, d_col = (path.row1 - path.row0) / steps, (path.col1 - path.col0) / steps
    status = PROFILE_OK
    for i in range(steps):
        row, col = path.row0 + i * d_row, path.col0 + i * d_col
        found = _sample(elevation, clutter, row, col, h_m, r_m, i)
        status = max(status, found)
    return max(status, _sample(elevation, clutter, path.row1, path.col1, h_m, r_m, steps))


@exact_kernel
def sample_zones(
    zones: NDArray[np.uint8], path: Segment, shares: NDArray[np.float64], count: int, out: NDArray[np.uint8]
) -> None:
    """Radio-climatic zone of the nearest cell at each sample.

    Parameters
    ----------
    zones : ndarray of shape (rows, cols)
        Zones as in `planner.kernels.p1812.path`.
    path : Segment
        Where the path runs; on the raster.
    shares : ndarray, at least count long
        Where the samples lie, 0 at the transmitter to 1 at the receiver.
    count : int
        Number of samples.
    out : ndarray, at least count long
        Receives the zones.
    """
    rows, cols = zones.shape
    for i in range(count):
        row = nearest_index(path.row0 + shares[i] * (path.row1 - path.row0))
        col = nearest_index(path.col0 + shares[i] * (path.col1 - path.col0))
        out[i] = zones[min(max(row, 0), rows - 1), min(max(col, 0), cols - 1)]


@exact_kernel
def sample_great_circle(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    grid: GeographicGrid,
    ends_deg: tuple[float, float, float, float],
    steps: int,
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
) -> int:
    """Profile by the `bilinear` rule along the great circle on a geographic grid.

    Parameters
    ----------
    elevation, clutter : ndarray of shape (rows, cols)
        Terrain, m above sea level, and clutter heights, m, at the nodes.
    grid : GeographicGrid
        Where the nodes lie.
    ends_deg : tuple of float
        Latitude and longitude of transmitter, then receiver, degrees.
    steps : int
        Number of equal steps, from `equal_steps`.
    h_m, r_m : ndarray, at least steps + 1 long
        Receive the samples, terminals included.

    Returns
    -------
    int
        `PROFILE_OK`, `PROFILE_OUTSIDE` or `PROFILE_NO_DATA`, whichever sample is worst.
    """
    lat0, lon0, lat1, lon1 = ends_deg
    length, bearing = distance_km(lat0, lon0, lat1, lon1), bearing_rad(lat0, lon0, lat1, lon1)
    status = PROFILE_OK
    for i in range(steps + 1):
        lat, lon = lat1, lon1
        if i < steps:
            lat, lon = point_along(lat0, lon0, bearing, length * i / steps)
        row, col = (grid.north_deg - lat) / grid.lat_step_deg, (lon - grid.west_deg) / grid.lon_step_deg
        status = max(status, _sample(elevation, clutter, row, col, h_m, r_m, i))
    return status


@exact_kernel
def grid_capacity(path: Segment) -> int:
    """Count the samples that the `grid` rule takes at most on a path.

    Parameters
    ----------
    path : Segment
        Where the path runs.

    Returns
    -------
    int
        Count, terminals included.
    """
    rows = abs(nearest_index(path.row1) - nearest_index(path.row0))
    cols = abs(nearest_index(path.col1) - nearest_index(path.col0))
    return max(rows, cols) + 2


@exact_kernel
def sample_grid(
    elevation: NDArray[np.float32],
    clutter: NDArray[np.float32],
    path: Segment,
    shares: NDArray[np.float64],
    h_m: NDArray[np.float64],
    r_m: NDArray[np.float64],
) -> tuple[int, int]:
    """Profile by the `grid` rule on a metric grid.

    The major axis is the one along which more cells lie between the terminals' own cells (columns on a tie);
    no sample lies on the lines of those two cells.

    Parameters
    ----------
    elevation, clutter : ndarray of shape (rows, cols)
        Terrain, m above sea level, and clutter heights, m.
    path : Segment
        Where the path runs.
    shares, h_m, r_m : ndarray, at least `grid_capacity(path)` long
        Receive where the samples lie (0 at the transmitter to 1 at the receiver), terrain and clutter.

    Returns
    -------
    tuple of int
        Number of samples and the worst status, as in `sample_bilinear`.
    """
    rows, cols = elevation.shape
    first_row, last_row = nearest_index(path.row0), nearest_index(path.row1)
    first_col, last_col = nearest_index(path.col0), nearest_index(path.col1)
    along_cols = abs(last_col - first_col) >= abs(last_row - first_row)
    first, last = (first_col, last_col) if along_cols else (first_row, last_row)
    start, end = (path.col0, path.col1) if along_cols else (path.row0, path.row1)
    count = max(2, abs(last - first) + 1)
    direction = 1 if last >= first else -1
    status = PROFILE_OK
    for k in range(count):
        row, col, share = path.row0, path.col0, 0.0
        if k == count - 1:
            row, col, share = path.row1, path.col1, 1.0
        elif k > 0:
            line = float(first + k * direction)
            share = (line - start) / (end - start)
            row = path.row0 + share * (path.row1 - path.row0) if along_cols else line
            col = line if along_cols else path.col0 + share * (path.col1 - path.col0)
        shares[k], h_m[k], r_m[k] = share, bilinear(elevation, row, col), bilinear(clutter, row, col)
        if not inside(rows, cols, row, col):
            status = max(status, PROFILE_OUTSIDE)
        elif not (math.isfinite(h_m[k]) and math.isfinite(r_m[k])):
            status = PROFILE_NO_DATA
    return count, status
