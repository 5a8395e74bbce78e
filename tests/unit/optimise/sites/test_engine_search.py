"""What targets miss in the engine, and works put in and taken out until they hold or nothing helps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.service import Service, entry_service
from planner.domain.province import Province
from planner.optimise.sites.choice import SiteChoice, choose_sites, study_sites
from planner.optimise.sites.engine_search import searched
from planner.optimise.sites.explain import site_works
from planner.optimise.sites.missing import Missing
from planner.optimise.sites.options import proposals, total_cost_vnd

TARGETS = [
    {"name": "a", "kind": "coverage_areas", "technology": "5g", "share": 1.0, "year": 2030, "per_commune": True},
    {"name": "p", "kind": "coverage_people", "technology": "5g", "operator": "VNPT", "share": 0.9, "year": 2030},
]


@pytest.fixture
def scenario(root: Path) -> Scenario:
    text = str(TARGETS).replace("'", "").replace("True", "true")
    few = [
        "run.threads=1",
        "planning.candidates.spacing_m=500",
        "coverage.thresholds={5g: {level_dbm: -105, sinr_db: 8}}",
    ]
    return load_scenario(root / "scenarios" / "demo.yaml", [*few, f"targets={text}"])


def chosen(province: Province, scenario: Scenario) -> SiteChoice:
    study = study_sites(province, scenario, predict_coverage(province, scenario, threads=1), "5g")
    assert study is not None
    return choose_sites(study, scenario)


def on_air(province: Province, scenario: Scenario, choice: SiteChoice) -> Service:
    baseline = predict_coverage(province, scenario, threads=1)
    return entry_service(extend_coverage(baseline, province, scenario, proposals(choice.chosen)), province, scenario)


def with_works(choice: SiteChoice, works: list[int]) -> SiteChoice:
    return replace(choice, result=replace(choice.result, selected=np.array(works, dtype=np.int64)))


def test_what_is_missing_counted_by_hand(hamlet: Province, scenario: Scenario) -> None:
    service = on_air(hamlet, scenario, with_works(chosen(hamlet, scenario), []))
    judge = Missing(hamlet, scenario)
    any_served = service.served(technology="5g", operator="any", receiver="outdoor").reshape(3, 4)
    by_vnpt = service.served(technology="5g", operator="VNPT", receiver="outdoor").reshape(3, 4)
    areas = sum(1 for area in any_served if area.mean() < scenario.coverage.area_covered_at) / 3
    people = max(0.0, 0.9 * 300 - by_vnpt.sum() * 25) / 300
    assert judge.share(service) == pytest.approx(areas + people)
    (_, worth), (_, of_vnpt) = judge.worth(service, "5g")
    assert worth.sum() == pytest.approx(sum(0.25 / 0.95 / 3 for served in any_served.ravel() if not served))
    assert of_vnpt.sum() == pytest.approx(25 / 300 * (~by_vnpt).sum())
    assert judge.worth(service, "4g") == []


def test_the_search_never_misses_more_and_drops_what_is_of_no_use(hamlet: Province, scenario: Scenario) -> None:
    choice = chosen(hamlet, scenario)
    judge = Missing(hamlet, scenario)
    everything = with_works(choice, list(range(len(choice.study.options))))
    for start in (with_works(choice, []), choice, everything):
        missing, (found,) = searched(hamlet, scenario, [start])
        before = judge.share(on_air(hamlet, scenario, start))
        after = judge.share(on_air(hamlet, scenario, found))
        assert missing == pytest.approx(after)
        assert after <= before + 1e-12
        if after == pytest.approx(before):
            assert total_cost_vnd(found.chosen) <= total_cost_vnd(start.chosen)
        if found is not start:
            assert len(found.result.alone.groups) == found.result.selected.size
            assert {one.work_id for one in site_works(hamlet, found)} == {one.work_id for one in found.chosen}
        _, (again,) = searched(hamlet, scenario, [start])
        assert again.result.selected.tolist() == found.result.selected.tolist()
        for work in found.result.selected.tolist():  # nothing in the plan is of no use
            rest = with_works(found, [one for one in found.result.selected.tolist() if one != work])
            assert judge.share(on_air(hamlet, scenario, rest)) > after
    _, (crowded,) = searched(hamlet, scenario, [everything])
    assert len(crowded.chosen) < len(everything.chosen)


def test_a_fixed_work_stays_and_a_stopped_search_changes_nothing(hamlet: Province, scenario: Scenario) -> None:
    free = chosen(hamlet, scenario)
    spare = next(i for i in range(len(free.study.options)) if i not in free.result.selected)
    told = scenario.with_commitments([free.study.options[spare].work_id], [])
    fixed = chosen(hamlet, told)
    assert spare in fixed.result.selected
    _, (found,) = searched(hamlet, told, [fixed])
    assert spare in found.result.selected
    _, (same,) = searched(hamlet, told, [fixed], lambda: True)
    assert same is fixed
