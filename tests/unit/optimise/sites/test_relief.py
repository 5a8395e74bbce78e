"""Capacity targets: counted on the engine's loads, relieved by carriers the operator holds, told where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.config.load import load_scenario
from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.extend import extend_coverage
from planner.coverage.predict import predict_coverage
from planner.coverage.service import entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Bound
from planner.domain.province import Province
from planner.optimise.sites.busy_hour import busy_hour
from planner.optimise.sites.capacity_targets import reached_capacity
from planner.optimise.sites.options import proposals
from planner.optimise.sites.plan import SitePlan, link_needs
from planner.optimise.sites.relief import relieved

NOTHING = SitePlan((), Bound(0, 0, 0.0, "nothing to do"), (), (), {})


def wish(**changes: object) -> Target:
    base = {"name": "busy hour", "kind": "capacity_people", "technology": "4g", "year": 2030}
    return Target.model_validate(base | changes)


@pytest.fixture(scope="module")
def demo(root: Path) -> Scenario:
    found = load_scenario(root / "scenarios" / "demo.yaml", ["run.threads=1"])
    return found.model_copy(update={"targets": [wish()]})


def crowded(hamlet: Province, times: int) -> Province:
    return replace(hamlet, areas=hamlet.areas.assign(population=hamlet.areas["population"] * times))


def reached(province: Province, scenario: Scenario, coverage: CoverageMap, target: Target) -> float:
    loads = sector_loads(entry_service(coverage, province, scenario), province, scenario, year=target.year)
    return reached_capacity(loads, target)


def test_customers_of_calm_sectors_are_counted() -> None:
    loads = pd.DataFrame(
        {"operator": ["A", "A", "B"], "technology": ["4g", "5g", "4g"], "people": [30.0, 50.0, 10.0],
         "overloaded": [True, False, False]}
    )  # fmt: skip
    assert reached_capacity(loads, wish()) == pytest.approx(10 / 40)
    assert reached_capacity(loads, wish(technology=None)) == pytest.approx(60 / 90)
    assert reached_capacity(loads, wish(operator="B")) == 1.0
    assert reached_capacity(loads.iloc[:0], wish()) == 1.0


def test_a_quiet_network_needs_nothing(hamlet: Province, demo: Scenario) -> None:
    baseline = predict_coverage(hamlet, demo, threads=1)
    assert reached(hamlet, demo, baseline, wish()) == 1.0
    plan = relieved(hamlet, demo, baseline, NOTHING)
    assert (plan.works, plan.notes, plan.relief) == ((), (), ())


def least_crowd(hamlet: Province, demo: Scenario) -> Province:
    """The first of ever larger hamlets whose 4G is overloaded in 2030."""
    for times in 2 ** np.arange(3, 12):
        busy = crowded(hamlet, int(times))
        if reached(busy, demo, predict_coverage(busy, demo, threads=1), wish()) < 1.0:
            return busy
    raise AssertionError("no crowd overloads the hamlet")


def test_overloaded_sites_get_what_their_operator_holds(hamlet: Province, demo: Scenario) -> None:
    busy = least_crowd(hamlet, demo)
    baseline = predict_coverage(busy, demo, threads=1)
    before = reached(busy, demo, baseline, wish())
    plan = relieved(busy, demo, baseline, NOTHING)
    assert plan.works
    assert {work.kind for work in plan.works} == {"upgrade"}
    assert {work.due_year for work in plan.works} == {2030}
    assert [option.work_id for option in plan.options] == [work.work_id for work in plan.works]
    assert plan.bound == NOTHING.bound  # the coverage works have their own
    assert plan.relief_bound is not None
    assert plan.relief_bound.cost_vnd == sum(work.cost_vnd for work in plan.works)
    assert 0 < plan.relief_bound.lower_bound_vnd <= plan.relief_bound.cost_vnd
    after = extend_coverage(baseline, busy, demo, proposals(plan.options))
    assert reached(busy, demo, after, wish()) > before
    assert (reached(busy, demo, after, wish()) == 1.0) == (len(plan.notes) == 1)  # what relief costs is always said
    for option in plan.options:
        assert set(option.carriers) <= set(demo.radio.operators[option.owner].carriers)
    assert {need.site_id for need in link_needs(demo, plan)} <= {option.host for option in plan.options}


def test_what_cannot_be_relieved_is_told(hamlet: Province, demo: Scenario) -> None:
    huge = crowded(hamlet, 20_000)
    baseline = predict_coverage(huge, demo, threads=1)
    told = relieved(huge, demo, baseline, NOTHING)
    assert len(told.notes) == 1
    assert "stay overloaded in 2030" in told.notes[0]
    assert told.works == ()  # a crowd of millions: nothing that may be built brings one sector below its capacity
    assert told.relief_bound is not None
    assert told.relief_bound.stopped_by == "nothing helps any more"
    commitments = demo.planning.commitments.model_copy(update={"forbidden": ["S1", "S2"]})
    planning = demo.planning.model_copy(update={"commitments": commitments})
    forbidden = relieved(huge, demo.model_copy(update={"planning": planning}), baseline, NOTHING)
    assert forbidden.works == ()
    assert len(forbidden.notes) == 1


def test_fixed_relief_is_built_and_forbidden_relief_is_not(hamlet: Province, demo: Scenario) -> None:
    busy = least_crowd(hamlet, demo)
    baseline = predict_coverage(busy, demo, threads=1)
    first = relieved(busy, demo, baseline, NOTHING)
    chosen = first.works[0].work_id
    panels = f"D:{first.relief[0].host}:{first.relief[0].owner}:4g"
    lists = {"fixed": [panels], "forbidden": [chosen]}
    planning = demo.planning.model_copy(update={"commitments": demo.planning.commitments.model_copy(update=lists)})
    second = relieved(busy, demo.model_copy(update={"planning": planning}), baseline, NOTHING)
    works = {work.work_id: work for work in second.works}
    assert chosen not in works
    assert works[panels].kind == "split_sectors"
    assert "fixed by the planner" in works[panels].reason
    assert second.relief_bound is not None
    assert second.relief_bound.lower_bound_vnd <= second.relief_bound.cost_vnd


def test_relief_keeps_what_coverage_targets_have_reached(hamlet: Province, demo: Scenario) -> None:
    """Works of later rounds on one mast wait for those of earlier ones, and nobody's coverage target pays for them."""
    cover = Target.model_validate({"name": "4G", "kind": "coverage_people", "technology": "4g", "year": 2030})
    both = demo.model_copy(update={"targets": [wish(), cover]})
    busy = least_crowd(hamlet, both)
    baseline = predict_coverage(busy, both, threads=1)
    start = busy_hour(busy, both, baseline, [wish()])
    plan = relieved(busy, both, baseline, NOTHING)
    end = busy_hour(busy, both, extend_coverage(baseline, busy, both, proposals(plan.options)), [wish()])
    assert plan.works
    assert end.kept >= start.kept - 1e-9
    assert end.reached() > start.reached()
    place = {work.work_id: number for number, work in enumerate(plan.works)}
    for work in plan.works:
        assert all(place[need] < place[work.work_id] for need in work.requires)


def test_sectors_keep_their_own_numbers_whatever_comes_first(hamlet: Province, demo: Scenario) -> None:
    """A site that looks one way, crowded: gaps are filled or panels split, never both over each other."""
    busy = least_crowd(replace(hamlet, sites=hamlet.sites.assign(azimuths_deg=[(90.0,), None])), demo)
    baseline = predict_coverage(busy, demo, threads=1)
    commitments = demo.planning.commitments.model_copy(update={"forbidden": ["U:S1:5g", "U:S2:5g"]})
    planning = demo.planning.model_copy(update={"commitments": commitments})
    plan = relieved(busy, demo.model_copy(update={"planning": planning}), baseline, NOTHING)
    kinds = {work.kind for work in plan.works}
    assert "add_sector" in kinds or "split_sectors" in kinds
    after = extend_coverage(baseline, busy, demo, proposals(plan.options))
    for layer in after.layers:
        names = [sector.sector_id for sector in layer.sectors]
        assert len(set(names)) == len(names)
    done = {work.work_id for work in plan.works}
    assert all(set(work.requires) <= done - {work.work_id} for work in plan.works)


def test_nobody_is_calmed_by_losing_service(hamlet: Province, demo: Scenario) -> None:
    busy = least_crowd(hamlet, demo)
    now = busy_hour(busy, demo, predict_coverage(busy, demo, threads=1), [wish()])
    table = now.tables[2030]
    gone = {2030: table[~table["overloaded"]]}  # as if the crowded had been switched off
    switched_off = replace(now, tables=gone)
    assert switched_off.reached() > now.reached()
    assert not switched_off.improves_on(now)
    assert not now.improves_on(now)
    calm = {2030: table.assign(overloaded=False)}
    assert replace(now, tables=calm).improves_on(now)
    assert not replace(now, tables=calm, kept=now.kept - 0.01).improves_on(now)
