"""Choosing again with works fixed or forbidden, Ctrl-C, and areas that nothing can serve."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from planner.cli.console import stopping_early
from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.domain.province import Province
from planner.errors import ConfigError
from planner.optimise.sites import repair
from planner.optimise.sites.choice import SiteStudy, choose_sites, study_sites
from planner.optimise.sites.plan import plan_sites

LONELY = ["planning.candidates.max_candidates=0", "coverage.infrastructure_sharing=false"]


@pytest.fixture(scope="module")
def demo_file(root: Path) -> Path:
    return root / "scenarios" / "demo.yaml"


def asked(demo_file: Path, *overrides: str) -> Scenario:
    return load_scenario(demo_file, ["run.threads=1", "planning.candidates.spacing_m=400", *overrides])


def committed(scenario: Scenario, **lists: list[str]) -> Scenario:
    commitments = scenario.planning.commitments.model_copy(update=lists)
    return scenario.model_copy(update={"planning": scenario.planning.model_copy(update={"commitments": commitments})})


def studied(province: Province, scenario: Scenario) -> SiteStudy:
    study = study_sites(province, scenario, predict_coverage(province, scenario, threads=1), "5g")
    assert study is not None
    return study


def test_a_planner_fixes_or_forbids_works_and_solves_again_in_seconds(hamlet: Province, demo_file: Path) -> None:
    scenario = asked(demo_file)
    study = studied(hamlet, scenario)
    first = choose_sites(study, scenario)
    taken = {option.work_id for option in first.chosen}
    assert taken
    spare = next(option.work_id for option in study.options if option.work_id not in taken)
    began_s = time.process_time()
    for work_id in sorted(taken):
        without = choose_sites(study, committed(scenario, forbidden=[work_id]), start=first)
        assert work_id not in {option.work_id for option in without.chosen}
        assert without.bound.cost_vnd >= first.bound.lower_bound_vnd
    with_more = choose_sites(study, committed(scenario, fixed=[spare]), start=first)
    assert spare in {option.work_id for option in with_more.chosen}
    assert with_more.bound.cost_vnd >= first.bound.lower_bound_vnd
    assert time.process_time() - began_s < 5.0  # 0.01 s measured; the study, which takes longest, is not made again


def test_targets_of_two_years_stand_beside_a_plan_made_year_by_year(hamlet: Province, demo_file: Path) -> None:
    first = {"name": "a", "kind": "coverage_areas", "technology": "5g", "share": 0.34, "year": 2027}
    later = {"name": "b", "kind": "coverage_people", "technology": "5g", "share": 1.0, "year": 2030}
    scenario = asked(demo_file, f"targets=[{first}, {later}]".replace("'", ""))
    plan, _ = plan_sites(hamlet, scenario, predict_coverage(hamlet, scenario, threads=1))
    assert plan.works
    assert plan.bound.naive_vnd["phase_by_phase"] >= plan.bound.lower_bound_vnd
    one_year = asked(demo_file, f"targets=[{later}]".replace("'", ""))
    plain, _ = plan_sites(hamlet, one_year, predict_coverage(hamlet, one_year, threads=1))
    assert "phase_by_phase" not in plain.bound.naive_vnd


def test_ctrl_c_returns_the_best_so_far_with_its_bound(hamlet: Province, demo_file: Path) -> None:
    scenario = asked(demo_file)
    baseline = predict_coverage(hamlet, scenario, threads=1)
    with stopping_early() as should_stop:
        os.kill(os.getpid(), signal.SIGINT)
        stopped, _ = plan_sites(hamlet, scenario, baseline, should_stop=should_stop)
    whole, _ = plan_sites(hamlet, scenario, baseline)
    assert stopped.works
    assert set(stopped.bound.stopped_by.split("+")) <= {"user", "proved"}
    assert stopped.bound.lower_bound_vnd <= whole.bound.cost_vnd
    assert stopped.bound.cost_vnd >= whole.bound.lower_bound_vnd


def test_ctrl_c_ends_the_repair_too(hamlet: Province, demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = asked(demo_file, "coverage.thresholds.5g.sinr_db=5")
    baseline = predict_coverage(hamlet, scenario, threads=1)
    plan, _ = plan_sites(hamlet, scenario, baseline)
    rounds: list[int] = []
    extend = repair.extend_coverage
    monkeypatch.setattr(repair, "extend_coverage", lambda *given: rounds.append(1) or extend(*given))
    assert repair.repaired(hamlet, scenario, baseline, plan, lambda: True) is plan
    assert rounds == []
    repair.repaired(hamlet, scenario, baseline, plan)
    assert rounds


def test_forbidden_works_are_named_as_the_reason(hamlet: Province, demo_file: Path) -> None:
    scenario = committed(asked(demo_file, *LONELY), forbidden=["S1", "S2"])
    plan, _ = plan_sites(hamlet, scenario, predict_coverage(hamlet, scenario, threads=1))
    assert plan.works == ()
    assert set(plan.unserved.values()) == {"5G: works that could serve it are forbidden"}


def test_no_candidates_at_all_is_told_not_raised(hamlet: Province, demo_file: Path) -> None:
    bare = replace(hamlet, sites=hamlet.sites.iloc[:0])
    scenario = asked(demo_file, *LONELY)
    plan, _ = plan_sites(bare, scenario, predict_coverage(bare, scenario, threads=1))
    assert (plan.works, plan.bound.cost_vnd) == ((), 0)
    assert set(plan.unserved) == {"A1", "A2", "A3"}
    assert all("there is no candidate" in why for why in plan.unserved.values())


def test_distance_power_and_terrain_are_told_apart(hamlet: Province, demo_file: Path) -> None:
    only = replace(hamlet, sites=hamlet.sites.iloc[:1])  # beside the first village, 2.4 km from the third
    near = asked(demo_file, *LONELY, "propagation.radius_km=0.6", "coverage.consider_uplink=false")
    plan, _ = plan_sites(only, near, predict_coverage(only, near, threads=1))
    assert plan.unserved["A3"].startswith("5G: distance: the nearest candidate stands 2.")
    deaf = asked(demo_file, *LONELY, "coverage.thresholds={4g: {level_dbm: -40}, 5g: {level_dbm: -40}}")
    plan, _ = plan_sites(only, deaf, predict_coverage(only, deaf, threads=1))
    assert plan.unserved["A3"].startswith("5G: power: the nearest candidate stands 2.")
    ground = hamlet.terrain.elevation_asl_m.copy()
    ground[5:7, 15:17] = -800.0  # the second village lies in a pit between the first and the third
    pit = replace(only, terrain=replace(hamlet.terrain, elevation_asl_m=ground))
    scenario = asked(demo_file, *LONELY)
    plan, _ = plan_sites(pit, scenario, predict_coverage(pit, scenario, threads=1))
    assert list(plan.unserved) == ["A2"]
    assert plan.unserved["A2"].startswith("5G: terrain: the nearest candidate stands 1.0 km away")


def test_works_of_no_cost_are_refused_with_their_key(demo_file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        asked(demo_file, "costs.sites.upgrade_5g={value: 0}", "costs.sites.colocate={value: 0}")
    told = "\n".join(str(complaint) for complaint in caught.value.complaints)
    assert "costs.sites.upgrade_5g" in told
    assert "costs.sites.colocate" in told
