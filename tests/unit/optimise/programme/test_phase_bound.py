"""The most any order can serve, against all orders of small programmes; what phases add to the cost of works."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from planner.domain.plan import Work
from planner.optimise.programme.cables import plan_cables
from planner.optimise.programme.phase_bound import most_person_years, proposed_order
from planner.optimise.programme.phases import schedule_phases
from planner.optimise.programme.placement import Gain
from planner.optimise.underground.plan import plan_undergrounding

YEARS = (2026, 2028, 2030)


def _work(name, kind, cost, people, requires=(), km=0.0):
    return Work(
        name, kind, "sites", "Viettel", "operator", cost, 0, 0, km, (), people, "", None, {}, tuple(requires), 0
    )


def _best_by_hand(works, budgets):
    """Most people times years over all placements that keep the budgets and requirements."""
    best = 0.0
    for phase in product(range(len(YEARS) + 1), repeat=len(works)):  # the last stands for never
        placed = {work.work_id: p for work, p in zip(works, phase, strict=True)}
        spent = [sum(work.cost_vnd for work, p in zip(works, phase, strict=True) if p == q) for q in range(len(YEARS))]
        if any(cost > money for cost, money in zip(spent, budgets, strict=True)):
            continue
        if any(placed[need] > placed[work.work_id] for work in works for need in work.requires):
            continue
        served = sum(
            work.people * (YEARS[-1] - YEARS[p] + 1) for work, p in zip(works, phase, strict=True) if p < len(YEARS)
        )
        best = max(best, served)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_no_order_beats_the_bound_and_the_schedule_stays_below_it(town, wishes, seed):
    rng = np.random.default_rng(seed)
    works = []
    for number in range(6):
        route = number < 2
        kind = "fibre_route" if route else "upgrade"
        people = 0 if route else int(rng.integers(1, 50))
        requires = (f"w{rng.integers(2)}",) if not route and rng.random() < 0.5 else ()
        works.append(_work(f"w{number}", kind, int(rng.integers(5, 60)), people, requires, km=1.0 if route else 0.0))
    budgets = rng.integers(20, 90, 3).tolist()
    phases = [{"year": year, "budget_vnd": {"operator": int(b)}} for year, b in zip(YEARS, budgets, strict=True)]
    scenario = wishes([], phases=phases)
    gains = {work.work_id: Gain(float(work.people), float(work.people), False) for work in works}
    bound = most_person_years(works, scenario, gains, {})
    best = _best_by_hand(works, budgets)
    assert best - 1e-6 <= bound <= sum(work.people for work in works) * 5.0 + 1e-6
    schedule = schedule_phases(works, scenario, town())
    assert schedule.person_years <= best + 1e-9
    assert schedule.person_years - 1e-6 <= schedule.most_person_years <= bound + 1e-6


def test_many_people_come_first_where_all_stay_on_time(town, wishes):
    """What is due first is dear and serves few; both can be on time with the many served first."""
    dear = replace(_work("a", "upgrade", 60, 5), due_year=2028)
    cheap = replace(_work("b", "upgrade", 50, 500), due_year=2030)
    phases = [{"year": year, "budget_vnd": {"operator": 70}} for year in YEARS]
    schedule = schedule_phases([dear, cheap], wishes([], phases=phases), town())
    assert {work.work_id: work.year for work in schedule.works} == {"a": 2028, "b": 2026}
    assert schedule.person_years == pytest.approx(500 * 5 + 5 * 3)
    assert schedule.most_person_years == pytest.approx(schedule.person_years)
    strict = [replace(dear, due_year=2026), cheap]
    late = schedule_phases(strict, wishes([], phases=phases), town())
    assert {work.work_id: work.year for work in late.works} == {"a": 2026, "b": 2028}


def test_priority_communes_come_before_more_people(town, wishes):
    few = replace(_work("a", "upgrade", 60, 5), area_ids=("A01",))  # commune 00000
    many = replace(_work("b", "upgrade", 60, 50), area_ids=("A11",))  # commune 00001
    phases = [{"year": year, "budget_vnd": {"operator": 70}} for year in YEARS]
    plain = schedule_phases([few, many], wishes([], phases=phases), town())
    assert {work.work_id: work.year for work in plain.works} == {"a": 2028, "b": 2026}
    first = wishes([], phases=phases, planning={"priority_communes": ["00000"]})
    assert {work.work_id: work.year for work in schedule_phases([few, many], first, town()).works} == {
        "a": 2026, "b": 2028,
    }  # fmt: skip


def test_the_proposed_order_is_the_best_of_small_programmes(wishes):
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        works = [_work(f"w{i}", "upgrade", int(rng.integers(5, 60)), int(rng.integers(1, 50))) for i in range(5)]
        budgets = rng.integers(20, 90, 3).tolist()
        phases = [{"year": year, "budget_vnd": {"operator": int(b)}} for year, b in zip(YEARS, budgets, strict=True)]
        scenario = wishes([], phases=phases)
        order = proposed_order(works, scenario, {work.work_id: float(work.people) for work in works}, {})
        for number, money in enumerate(budgets):
            assert sum(work.cost_vnd for work in works if order[work.work_id] == number) <= money
        served = sum(
            work.people * (YEARS[-1] - YEARS[order[work.work_id]] + 1)
            for work in works
            if order[work.work_id] < len(YEARS)
        )
        assert served == pytest.approx(_best_by_hand(works, budgets))
        gains = {work.work_id: Gain(float(work.people), 1.0, False) for work in works}
        assert most_person_years(works, scenario, gains, {}) == pytest.approx(served)
    assert proposed_order([], wishes([]), {}, {}) == {}


def test_enough_money_makes_the_bound_exact(town, wishes):
    works = [_work("a", "upgrade", 10, 7), _work("b", "upgrade", 10, 3)]
    scenario = wishes([], phases=[{"year": year, "budget_vnd": {"operator": 100}} for year in YEARS])
    gains = {work.work_id: Gain(float(work.people), 1.0, False) for work in works}
    assert most_person_years(works, scenario, gains, {}) == pytest.approx(10 * 5.0)
    assert schedule_phases(works, scenario, town()).person_years == pytest.approx(50.0)
    capped = wishes([], phases=[{"year": 2026, "budget_vnd": {"operator": 5}}])
    assert most_person_years(works, capped, gains, {}) == 0.0


def test_what_phases_add_to_the_cost_is_told(town, wishes):
    zone = (499_500.0, 2_299_500.0, 502_500.0, 2_300_500.0)
    cabled = {"A00-A01": ["Viettel:aerial"], "A01-A02": ["Viettel:aerial"]}
    province = town(cabled=cabled, zones=[("Z", "urban", "new", False, zone)])
    cost = 1_000 * 600_000
    phases = [{"year": year, "budget_vnd": {"province": cost + 50_000_000}} for year in (2026, 2028)]
    scenario = wishes([{"kind": "underground_zones", "zone_status": "new"}], phases=phases)
    planned = plan_undergrounding(province, scenario).works
    schedule = schedule_phases(planned, scenario, province)
    assert sorted(work.year for work in schedule.works) == [2026, 2028]
    more = sum(work.cost_vnd for work in schedule.works) - sum(work.cost_vnd for work in planned)
    assert more == 40_000_000  # a second mobilisation
    assert any("40,000,000 VND more" in note for note in schedule.notes)


def test_planning_year_by_year_costs_no_less(town, wishes):
    east = (501_500.0, 2_299_500.0, 502_500.0, 2_300_500.0)
    west = (499_500.0, 2_299_500.0, 500_500.0, 2_300_500.0)
    cabled = {"A00-A01": ["Viettel:aerial"], "A01-A02": ["Viettel:aerial"], "A02-A03": ["Viettel:aerial"]}
    zones = [("E", "urban", "new", False, east), ("W", "residential", "existing", False, west)]
    province = town(cabled=cabled, zones=zones)
    targets = [
        {"kind": "underground_zones", "zone_status": "new", "year": 2026},
        {"kind": "underground_zones", "zone_status": "existing", "year": 2030},
    ]
    bound = plan_undergrounding(province, wishes(targets)).bound
    assert bound.naive_vnd["phase_by_phase"] >= bound.cost_vnd
    alone = plan_undergrounding(province, wishes(targets[:1])).bound
    assert "phase_by_phase" not in alone.naive_vnd
    joined = plan_cables(province, wishes(targets))
    assert joined.undergrounding.naive_vnd["phase_by_phase"] >= joined.undergrounding.lower_bound_vnd
