"""Cost against areas and people, and the most for a budget, beside all subsets of works tried one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.errors import ConfigError
from planner.optimise.sites.choice import SiteStudy, study_sites
from planner.optimise.sites.frontier import as_rows, coverage_frontier, most_for_budget

MOST_WORKS = 3


@pytest.fixture
def scenario(root: Path) -> Scenario:
    few = ["run.threads=1", "planning.candidates.spacing_m=900", "planning.candidates.operators=['Viettel']"]
    return load_scenario(root / "scenarios" / "demo.yaml", few)


@pytest.fixture
def baseline(hamlet: Province, scenario: Scenario) -> CoverageMap:
    return predict_coverage(hamlet, scenario, threads=1)


def studied(province: Province, scenario: Scenario, baseline: CoverageMap) -> SiteStudy:
    target = scenario.targets[0].model_validate(
        {"name": "all", "kind": "coverage_areas", "technology": "5g", "year": 2100}
    )
    found = study_sites(province, scenario.model_copy(update={"targets": [target]}), baseline, "5g")
    assert found is not None
    return found


def plans(study: SiteStudy) -> Iterator[tuple[int, set[int]]]:
    """Cost and entries served of every plan of a few works."""
    reach = next(iter(study.reach.values()))
    wanted = set(study.demands[0][1].entry.tolist())
    served = [set(reach.of(i).tolist()) & wanted for i in range(len(study.options))]
    for size in range(MOST_WORKS + 1):
        for works in itertools.combinations(range(len(served)), size):
            yield sum(study.options[i].cost_vnd for i in works), set().union(*(served[i] for i in works))


def counts(province: Province, study: SiteStudy, entries: set[int]) -> tuple[int, float]:
    """Areas and people a plan adds, counted entry by entry."""
    demand = study.demands[0][1]
    here = np.isin(demand.entry, list(entries))
    gain = np.bincount(demand.group, weights=demand.weight * here, minlength=demand.group_need.size)
    owner = np.repeat(np.arange(len(province.areas)), np.diff(province.area_cells.indptr))
    people = province.areas["population"].to_numpy()[owner] * province.area_cells.share
    return int((gain >= demand.group_need - 1e-9).sum()), float(people[list(entries)].sum())


def test_points_of_the_curve_are_the_cheapest_plans(
    hamlet: Province, scenario: Scenario, baseline: CoverageMap
) -> None:
    study = studied(hamlet, scenario, baseline)
    tried = [(cost, *counts(hamlet, study, entries)) for cost, entries in plans(study)]
    areas = coverage_frontier(hamlet, scenario, baseline, "5g", steps=3)
    people = coverage_frontier(hamlet, scenario, baseline, "5g", counted="people", steps=4)
    assert len(areas) > 1
    assert len(people) > 1
    for point in areas[1:]:
        more = round((point.share - areas[0].share) * len(hamlet.areas))
        least = min(cost for cost, count, _ in tried if count >= more)
        assert point.lower_bound_vnd <= least == point.cost_vnd
    everybody = float(hamlet.areas["population"].sum())
    for point in people[1:]:
        more_people = (point.share - people[0].share) * everybody
        least = min(cost for cost, _, count in tried if count >= more_people - 1e-6)
        assert point.lower_bound_vnd <= least == point.cost_vnd
    assert [row["people_share"] for row in as_rows(people, "people")] == [point.share for point in people]


def test_a_budget_buys_the_most_areas_and_the_most_people(
    hamlet: Province, scenario: Scenario, baseline: CoverageMap
) -> None:
    study = studied(hamlet, scenario, baseline)
    tried = [(cost, *counts(hamlet, study, entries)) for cost, entries in plans(study)]
    dearest = max(option.cost_vnd for option in study.options)
    everybody = float(hamlet.areas["population"].sum())
    for budget in (dearest // 2, dearest, 2 * dearest):
        areas = most_for_budget(hamlet, scenario, baseline, "5g", budget)
        people = most_for_budget(hamlet, scenario, baseline, "5g", budget, counted="people")
        none = most_for_budget(hamlet, scenario, baseline, "5g", 0, counted="people")
        best_areas = max(count for cost, count, _ in tried if cost <= budget)
        best_people = max(count for cost, _, count in tried if cost <= budget)
        assert max(areas.cost_vnd, people.cost_vnd) <= budget
        today = most_for_budget(hamlet, scenario, baseline, "5g", 0).share
        assert areas.share == pytest.approx(today + best_areas / len(hamlet.areas))
        assert people.share == pytest.approx(none.share + best_people / everybody)
        assert areas.most_share >= areas.share
        assert people.most_share >= people.share


def test_a_negative_budget_is_refused(hamlet: Province, scenario: Scenario, baseline: CoverageMap) -> None:
    with pytest.raises(ConfigError, match="negative"):
        most_for_budget(hamlet, scenario, baseline, "5g", -1, counted="people")
