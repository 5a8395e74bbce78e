"""The region terrain is needed for: the communes and the radius of a site's calculation around them."""

from __future__ import annotations

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from planner.config.schema import Scenario

_SEGMENTS = 16  # of a quarter circle: an arc is at most 0.12 % of the radius short
_COAST_SHARE = 0.002  # of the radius: finer bends of the outline do not matter at that distance


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
    outline: BaseGeometry = communes.geometry.union_all()
    if radius_m == 0:
        return outline
    # Island by island: one buffer of a coast with hundreds of islands takes half a minute.
    parts = shapely.get_parts(outline.simplify(_COAST_SHARE * radius_m))
    region: BaseGeometry = shapely.union_all(shapely.buffer(parts, radius_m, quad_segs=_SEGMENTS))
    return region
