"""The region terrain is needed for: the communes and the radius of a site's calculation around them."""

from __future__ import annotations

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from planner.config.schema import Scenario

_SEGMENTS = 16  # of a quarter circle; corners are cut by less than 0.3 % of the radius


def needed_region(communes: gpd.GeoDataFrame, scenario: Scenario) -> BaseGeometry:
    """Communes and the radius around them.

    Parameters
    ----------
    communes : GeoDataFrame
        Polygons in metres.
    scenario : Scenario
        Gives `propagation.radius_km`; absent: the communes alone are required.

    Returns
    -------
    BaseGeometry
        Region in metres.
    """
    radius_m = 1000.0 * (scenario.propagation.radius_km or 0.0)
    return communes.geometry.union_all().buffer(radius_m, quad_segs=_SEGMENTS)
