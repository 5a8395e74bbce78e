"""How far coverage targets are reached on a coverage map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Phase, Target
from planner.config.schema import Scenario
from planner.coverage.areas import covered_areas
from planner.coverage.asked_points import all_asked_served, asked_entries
from planner.coverage.service import Service
from planner.domain.province import Province
from planner.optimise.sites.demand import areas_in_scope, entry_owner


def reached_coverage(province: Province, scenario: Scenario, target: Target, service: Service) -> float:
    """Share of areas or people a coverage target reaches.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Its `coverage.area_covered_at` decides when an area counts.
    target : Target
        A target of kind 'coverage_areas' or 'coverage_people'.
    service : Service
        Who is served, on the entries of `area_cells`.

    Returns
    -------
    float
        Share, 0 to 1; the least commune's where every commune must reach it. 1 where there is nothing to count.
    """
    served = service.served(
        technology=str(target.technology),
        operator=target.operator,
        receiver=target.receiver or scenario.coverage.receiver,
    )
    weight = np.ones(len(province.areas))
    value = area_shares(province, served)
    if target.kind == "coverage_areas":
        asked = asked_entries(province, scenario)
        has_points = all_asked_served(province, asked, served[asked])
        value = covered_areas(value, has_points, scenario.coverage.area_covered_at).astype(np.float64)
    else:
        weight = province.areas["population"].to_numpy(dtype=np.float64)
    weight = weight * areas_in_scope(province, target)
    if not target.per_commune:
        return float((value * weight).sum() / weight.sum()) if weight.sum() > 0 else 1.0
    _, commune = np.unique(province.areas["commune_code"].to_numpy(dtype=str), return_inverse=True)
    total = np.bincount(commune, weights=weight)
    reached = np.bincount(commune, weights=weight * value)
    counted = total > 0
    return float((reached[counted] / total[counted]).min()) if counted.any() else 1.0


def area_shares(province: Province, served: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of each area that is served.

    Parameters
    ----------
    province : Province
        The province.
    served : ndarray of bool, shape (n_entries,)
        Entries of `area_cells`.

    Returns
    -------
    ndarray of float64, shape (n_areas,)
        Shares, 0 to 1.
    """
    weights = province.area_cells.share * served
    return np.bincount(entry_owner(province), weights=weights, minlength=len(province.areas)).astype(np.float64)


def due_phase(phases: list[Phase], year: int) -> int:
    """Phase a target must be reached in.

    Parameters
    ----------
    phases : list of Phase
        Phases, years rising.
    year : int
        Year the target is due.

    Returns
    -------
    int
        Index of the last phase that ends by then; the first phase where the year is already past.
    """
    return max((index for index, phase in enumerate(phases) if phase.year <= year), default=0)
