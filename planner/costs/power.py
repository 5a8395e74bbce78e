"""Where a new mast has to bring its own power."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from planner.domain.province import Province


def lacks_grid(province: Province, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Places whose settlement has no grid power.

    Parameters
    ----------
    province : Province
        `areas.has_grid` where grid power is known.
    x_m, y_m : ndarray of float64, shape (n,)
        Places, m.

    Returns
    -------
    ndarray of bool, shape (n,)
        True where the area a place lies in, or the nearest one, has no grid; nowhere where nothing is known.
    """
    if "has_grid" not in province.areas or not len(x_m):
        return np.zeros(len(x_m), dtype=bool)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x_m, y_m, crs=province.crs))
    joined = gpd.sjoin_nearest(points, province.areas[["has_grid", "geometry"]], how="left")
    nearest = joined[~joined.index.duplicated()].sort_index()
    return ~np.asarray(nearest["has_grid"], dtype=bool)
