"""The ground a road runs over: urban, suburban or rural, and how steep."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.domain.grid import Grid
from planner.domain.province import Province

URBAN, SUBURBAN, RURAL = 0, 1, 2
BUILT_UP_CODE = 50  # ESA WorldCover v200
BUILT_UP_SHARE = 0.5  # assumption: a road counts as built-up when half of it is


class RoadGround(NamedTuple):
    """Ground along lines.

    Attributes
    ----------
    ground : ndarray of int8, shape (n,)
        0 urban, 1 suburban, 2 rural.
    slope_deg : ndarray of float64, shape (n,)
        Mean ground slope along the line, degrees; NaN where there is no terrain.
    """

    ground: NDArray[np.int8]
    slope_deg: NDArray[np.float64]


def ground_along(province: Province, lines: gpd.GeoSeries) -> RoadGround:
    """Classify the ground under lines.

    A line is urban where it lies in a ward and at least half of it is built-up, suburban where only one of
    the two holds, rural otherwise. Slope is the mean climb between samples one cell apart: the road's, not
    the hillside's.

    Parameters
    ----------
    province : Province
        Terrain and communes.
    lines : GeoSeries
        Lines in the working reference system.

    Returns
    -------
    RoadGround
        Class and slope of each line.
    """
    grid = province.terrain.grid
    geometry = lines.to_numpy()
    length_m = shapely.length(geometry)
    pieces = np.maximum(1, np.ceil(length_m / grid.cell_m)).astype(np.int64)
    owner = np.repeat(np.arange(len(geometry)), pieces + 1)
    first = np.concatenate([[0], np.cumsum(pieces + 1)[:-1]])
    step = np.arange(owner.size) - first[owner]
    points = shapely.line_interpolate_point(geometry[owner], step / pieces[owner], normalized=True)
    row, col = grid.cells(shapely.get_x(points), shapely.get_y(points))
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    row, col = row.clip(0, grid.rows - 1), col.clip(0, grid.cols - 1)
    built = inside & (province.terrain.land_cover[row, col] == BUILT_UP_CODE)
    built_share = np.bincount(owner, built, len(geometry)) / (pieces + 1)
    ward = _in_ward(province, geometry)
    ground = np.where(ward & (built_share >= BUILT_UP_SHARE), URBAN, RURAL)
    ground[ward ^ (built_share >= BUILT_UP_SHARE)] = SUBURBAN
    height = np.where(inside, province.terrain.elevation_asl_m[row, col].astype(np.float64), np.nan)
    return RoadGround(ground.astype(np.int8), _mean_slope(height, owner, length_m / pieces, grid))


def _mean_slope(
    height_m: NDArray[np.float64], owner: NDArray[np.int64], step_m: NDArray[np.float64], grid: Grid
) -> NDArray[np.float64]:
    """Mean absolute slope between neighbouring samples of each line, degrees."""
    same = owner[1:] == owner[:-1]
    climb = np.abs(np.diff(height_m))
    run = np.maximum(step_m[owner[1:]], 0.5 * grid.cell_m)  # two samples closer than that share a cell
    slope = np.degrees(np.arctan2(climb, run))
    use = same & np.isfinite(slope)
    total = np.bincount(owner[1:][use], slope[use], step_m.size)
    count = np.bincount(owner[1:][use], minlength=step_m.size)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = total / count
    return mean


def _in_ward(province: Province, geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which lines have their middle in a ward."""
    wards = province.communes.geometry[province.communes["kind"] == "ward"].to_numpy()
    found = np.zeros(len(geometry), dtype=bool)
    if wards.size:
        middle = shapely.line_interpolate_point(geometry, 0.5, normalized=True)
        found[shapely.STRtree(wards).query(middle, predicate="intersects")[0]] = True
    return found
