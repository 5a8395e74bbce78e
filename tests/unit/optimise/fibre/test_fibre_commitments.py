"""Fibre works that a planner fixes or forbids, and fibres counted on existing cable."""

from __future__ import annotations

from itertools import product

import pytest

from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.network.backhaul import SiteNeed
from planner.optimise.programme.commitments import broken_commitments

COMMUNES = [{"kind": "fibre_communes"}]


def _planned(town, wishes, targets, fixed=(), forbidden=(), **more):
    scenario = wishes(targets, planning={"commitments": {"fixed": list(fixed), "forbidden": list(forbidden)}})
    return scenario, plan_fibre(town(**more), scenario)


def _ids(plan, kind):
    return {work.work_id for work in plan.works if work.kind == kind}


def test_a_forbidden_road_is_gone_round(town, wishes):
    _, free = _planned(town, wishes, COMMUNES)
    for name in sorted(_ids(free, "fibre_route")):
        _, bent = _planned(town, wishes, COMMUNES, forbidden=[name])
        assert name not in _ids(bent, "fibre_route")
        assert len(_ids(bent, "commune_terminal")) == 3
        assert bent.bound.cost_vnd >= free.bound.cost_vnd
        assert bent.bound.lower_bound_vnd <= bent.bound.cost_vnd
    every = [f"F:{name}" for name in town().roads["road_id"] if name != "A00-A01"]
    _, cut_off = _planned(town, wishes, COMMUNES, forbidden=every)
    assert not _ids(cut_off, "fibre_route")
    assert any("cannot be reached" in note for note in cut_off.notes)


def test_a_fixed_route_is_built_and_paid_and_the_rest_follows_it(town, wishes):
    scenario, plan = _planned(town, wishes, COMMUNES, fixed=["F:A10-A20", "F:A11-A12"])
    assert {"F:A10-A20", "F:A11-A12"} <= _ids(plan, "fibre_route")
    assert plan.bound.cost_vnd == sum(work.cost_vnd for work in plan.works)
    assert plan.bound.lower_bound_vnd == plan.bound.cost_vnd
    assert broken_commitments(scenario, plan.works) == ()
    _, free = _planned(town, wishes, COMMUNES)
    metre = free.works[0].cost_vnd
    assert all(work.cost_vnd == metre for work in plan.works if work.kind == "fibre_route")


def test_homes_and_terminals_fixed_or_forbidden(town, wishes):
    some = [{"kind": "fibre_households", "share": 0.2}]
    _, plan = _planned(town, wishes, some, fixed=["D:A23", "T:00002"], forbidden=["D:A00"])
    homes = {work.work_id: work.people for work in plan.works if work.kind == "distribution"}
    assert homes["D:A23"] == 100
    assert "D:A00" not in homes
    assert sum(homes.values()) == 240
    assert _ids(plan, "commune_terminal") == {"T:00002"}
    _, never = _planned(town, wishes, COMMUNES, forbidden=["T:00002"])
    assert _ids(never, "commune_terminal") == {"T:00000", "T:00001"}


@pytest.mark.parametrize("fixed", [True, False])
def test_a_microwave_link_fixed_or_forbidden(town, wishes, fixed):
    need = SiteNeed("N", "Viettel", 500_500.0, 2_300_050.0 if fixed else 2_304_000.0, 40.0)
    key = "fixed" if fixed else "forbidden"
    scenario = wishes([], planning={"commitments": {key: ["M:N"]}})
    works, bound, notes = plan_fibre(town(), scenario, [need])
    kinds = [work.kind for work in works]
    assert ("backhaul_microwave" in kinds) == fixed
    assert bound.lower_bound_vnd <= bound.cost_vnd == sum(work.cost_vnd for work in works)
    if not fixed:
        assert "fibre_route" in kinds or any("has no link" in note for note in notes)


def test_forbidden_routes_match_enumeration(town, wishes):
    roads = ["A00-A10", "A01-A11"]
    costs = {}
    for shut in product([False, True], repeat=2):
        names = [f"F:{name}" for name, no in zip(roads, shut, strict=True) if no]
        costs[shut] = _planned(town, wishes, COMMUNES, forbidden=names, rows=2, cols=2)[1].bound.cost_vnd
    assert costs[False, False] == costs[True, False] < costs[False, True]  # the office is at A11: one road or two
    assert costs[True, True] < costs[True, False]  # no way: nothing is built, and the plan says so
