"""Areas near the border whose service from beyond it nobody supplied."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province

_SEAM_M = 250.0  # simplified commune borders leave slivers of this width


def border_areas(province: Province, scenario: Scenario) -> NDArray[np.bool_]:
    """Areas that sites of neighbouring provinces might serve, while none are given.

    Parameters
    ----------
    province : Province
        Communes, areas, sites.
    scenario : Scenario
        `coverage.border_margin_km`.

    Returns
    -------
    ndarray of bool, shape (n_areas,)
        True within the margin of the outer border; all False where neighbouring sites are given.
    """
    if "inside" in province.sites and not bool(province.sites["inside"].all()):
        return np.zeros(len(province.areas), dtype=bool)
    land = province.communes.geometry.buffer(_SEAM_M).union_all().buffer(-_SEAM_M)
    margin_m = scenario.coverage.border_margin_km * 1e3
    outline = land.boundary
    shapely.prepare(outline)
    return np.asarray(shapely.dwithin(outline, province.areas.geometry.array, margin_m))
