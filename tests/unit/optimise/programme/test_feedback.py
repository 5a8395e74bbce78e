"""Sites and cables by turns, with cable plans of known cost in place of the real ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from planner.domain.plan import Bound, Work
from planner.optimise.programme import feedback
from planner.optimise.programme.feedback import plan_jointly
from planner.optimise.programme.network_plan import NetworkPlan
from planner.optimise.sites.plan import SitePlan


def _work(name):
    return Work(name, "new_site", "sites", "Viettel", "operator", 10, 0, 0, 0.0, (), 1, "")


def _sites(*names):
    cost = 10 * len(names)
    return SitePlan((), Bound(cost, 10, 0.0, "proved"), tuple(_work(name) for name in names), (), {})


@dataclass
class _Desk:
    """Cable costs by the sites linked, and the sites chosen next."""

    cost: dict[tuple[str, ...], int]
    following: dict[tuple[str, ...], SitePlan]

    def cables(self, province, scenario, sites, should_stop=None):
        vnd = self.cost[tuple(work.work_id for work in sites.works)]
        route = replace(_work("F"), kind="fibre_route", cost_vnd=vnd)
        return NetworkPlan((route,), Bound(vnd, vnd, 0.0, "proved"), Bound(0, 0, 0.0, "proved"), 5, ())

    def again(self, province, scenario, plan, should_stop):
        return self.following.get(tuple(work.work_id for work in plan.sites.works))


@pytest.fixture
def desk(monkeypatch):
    def make(cost, following):
        desk = _Desk(cost, following)
        monkeypatch.setattr(feedback, "plan_networks", desk.cables)
        monkeypatch.setattr(feedback, "_chosen_again", desk.again)
        monkeypatch.setattr(feedback, "repaired", lambda province, scenario, baseline, plan, should_stop: plan)

    return make


def test_turns_go_on_while_the_sum_falls(desk):
    desk({("a",): 100, ("b",): 80, ("c",): 90}, {("a",): _sites("b"), ("b",): _sites("c"), ("c",): _sites("a")})
    found = plan_jointly(None, None, None, [_sites("a")])
    assert found.tried_vnd == (110, 90, 100)
    assert [work.work_id for work in found.sites.works] == ["b"]
    assert (found.cost_vnd, found.lower_bound_vnd) == (90, 15)
    assert sum(bound.cost_vnd for bound in found.bounds.values()) == 90


def test_all_starts_are_tried_and_none_twice(desk):
    desk({("a",): 100, ("b",): 80}, {("b",): _sites("a")})
    found = plan_jointly(None, None, None, [_sites("a"), _sites("b"), _sites("b")])
    assert found.tried_vnd == (110, 90)
    assert [work.work_id for work in found.sites.works] == ["b"]


def test_relief_counts_in_the_cost_and_has_a_bound_of_its_own(desk):
    desk({("a",): 100}, {})
    relief = Bound(30, 12, 0.6, "targets hold")
    found = plan_jointly(None, None, None, [replace(_sites("a"), relief_bound=relief)])
    assert found.cost_vnd == 140
    assert found.lower_bound_vnd == 15  # other coverage works might relieve more: nothing is proven for both
    assert list(found.bounds) == ["sites", "capacity", "fibre", "undergrounding"]
    assert sum(bound.cost_vnd for bound in found.bounds.values()) == 140
