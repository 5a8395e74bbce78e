"""Which communes come first: those the scenario names, and those that lie high."""

from __future__ import annotations

import numpy as np

from planner.config.schema import Scenario
from planner.domain.province import Province


def area_elevation_asl_m(province: Province) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Mean ground height of every residential area.

    Parameters
    ----------
    province : Province
        The province.

    Returns
    -------
    ndarray of float64, shape (n_areas,)
        Mean over the area's polygon, m above sea level; NaN where the terrain has no data.
    """
    cells = province.area_cells
    height = province.terrain.elevation_asl_m.reshape(-1)[cells.cell].astype(np.float64)
    owner = np.repeat(np.arange(len(cells.indptr) - 1), np.diff(cells.indptr))
    return np.bincount(owner, weights=height * cells.share, minlength=len(cells.indptr) - 1).astype(np.float64)


def priority_communes(province: Province, scenario: Scenario) -> frozenset[str]:
    """Communes served first.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Its `planning.priority_communes` names them; `planning.priority_min_elevation_m` adds those whose areas lie
        higher in the mean over their people.

    Returns
    -------
    frozenset of str
        Commune codes.
    """
    named = set(scenario.planning.priority_communes)
    limit_m = scenario.planning.priority_min_elevation_m
    if limit_m is not None:
        areas = province.areas.assign(height=area_elevation_asl_m(province))
        areas = areas.assign(weighted=areas["height"] * areas["population"])
        sums = areas.groupby("commune_code")[["weighted", "population"]].sum()
        high = sums["weighted"] / sums["population"].clip(lower=1) >= limit_m
        named |= set(high.index[high])
    return frozenset(named)
