"""Coverage targets as covering problems, checked by counting on three villages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.asked_points import asked_entries
from planner.domain.province import AreaCells, Province
from planner.optimise.counting import count_required
from planner.optimise.sites.coverage_targets import reached_coverage
from planner.optimise.sites.demand import site_demand


def target(**changes: object) -> Target:
    base = {"name": "t", "kind": "coverage_areas", "technology": "5g", "year": 2030}
    return Target.model_validate(base | changes)


def test_an_area_asks_only_for_what_it_lacks(hamlet: Province) -> None:
    served = np.zeros(12, dtype=bool)
    served[0:4] = True  # the first village has everything
    served[4] = True  # the second a quarter
    demand = site_demand(hamlet, target(), served, 0.95)
    assert demand.group_area.tolist() == [1, 2]
    assert demand.entry.tolist() == [5, 6, 7, 8, 9, 10, 11]
    assert demand.group_need == pytest.approx([0.70, 0.95])
    assert demand.required_value.tolist() == [2.0]


def test_a_share_of_areas_rounds_up(hamlet: Province) -> None:
    served = np.zeros(12, dtype=bool)
    assert site_demand(hamlet, target(share=0.5), served, 0.95).required_value.tolist() == [2.0]
    assert site_demand(hamlet, target(share=0.0), served, 0.95).is_met


def test_over_a_share_is_more_than_reaching_it() -> None:
    assert count_required(0.8, 10, strictly_over=False) == 8
    assert count_required(0.8, 10, strictly_over=True) == 9
    assert count_required(1.0, 10, strictly_over=True) == 10


def test_people_are_one_group_or_one_per_commune(hamlet: Province) -> None:
    served = np.zeros(12, dtype=bool)
    served[0:4] = True
    together = site_demand(hamlet, target(kind="coverage_people", share=0.9), served, 0.95)
    assert together.group_need == pytest.approx([170.0])
    each = site_demand(hamlet, target(kind="coverage_people", share=0.9, per_commune=True), served, 0.95)
    assert each.group_need == pytest.approx([80.0, 90.0])
    assert each.required_value.tolist() == [2.0]


def test_per_commune_shares_of_areas_are_separate_requirements(hamlet: Province) -> None:
    demand = site_demand(hamlet, target(share=0.5, per_commune=True), np.zeros(12, dtype=bool), 0.95)
    assert demand.group_value.tolist() == [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert demand.required_value.tolist() == [1.0, 1.0]


def test_only_the_kinds_in_scope_count(hamlet: Province) -> None:
    demand = site_demand(hamlet, target(area_kinds=["tdp"]), np.zeros(12, dtype=bool), 0.95)
    assert demand.group_area.tolist() == [2]


def test_the_centre_cannot_be_made_up_for(hamlet: Province) -> None:
    asked = asked_entries(hamlet, Scenario(name="x", coverage={"require_centre": True}))
    demand = site_demand(hamlet, target(), np.zeros(12, dtype=bool), 0.5, asked)
    weights = demand.weight[demand.group == 0]
    assert sorted(weights) == pytest.approx([0.25, 0.25, 0.25, 1.25])
    without_centre = weights.sum() - weights.max()
    assert without_centre < demand.group_need[0] <= weights.max() + 0.25


class _Told:
    """Service that was told who is served."""

    def __init__(self, served: NDArray[np.bool_]) -> None:
        self._served = served

    def served(self, **_: object) -> NDArray[np.bool_]:
        return self._served


@pytest.fixture
def parted(hamlet: Province) -> Province:
    """The hamlet with the fourth cell of its first village far from the other three."""
    cell = hamlet.area_cells.cell.copy()
    cell[3] = 18 * hamlet.terrain.grid.cols + 2
    return replace(hamlet, area_cells=AreaCells(hamlet.area_cells.indptr, cell, hamlet.area_cells.share))


def test_no_cluster_can_be_left_out(parted: Province) -> None:
    scenario = Scenario(name="x", coverage={"require_clusters": True, "area_covered_at": 0.5})
    asked = asked_entries(parted, scenario)
    assert np.flatnonzero(asked).tolist() == [0, 3, 4, 8]
    served = np.zeros(12, dtype=bool)
    served[[0, 1, 2]] = True
    demand = site_demand(parted, target(), served, 0.5, asked)
    assert demand.group_need == pytest.approx([2.5 - 1.75, 1.5, 1.5])
    assert demand.weight[demand.entry == 3] == pytest.approx([1.25])


def test_the_engine_asks_for_the_clusters_too(parted: Province) -> None:
    served = np.zeros(12, dtype=bool)
    served[[0, 1, 2]] = True
    plain, strict = (
        Scenario(name="x", coverage={"require_clusters": asked, "area_covered_at": 0.5}) for asked in (False, True)
    )
    assert reached_coverage(parted, plain, target(), _Told(served)) == pytest.approx(1 / 3)
    assert reached_coverage(parted, strict, target(), _Told(served)) == 0.0
    served[3] = True
    assert reached_coverage(parted, strict, target(), _Told(served)) == pytest.approx(1 / 3)
