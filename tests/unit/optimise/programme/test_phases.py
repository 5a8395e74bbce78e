"""Works over the phases: due years, requirements, budgets, capacities, what does not fit."""

from __future__ import annotations

from planner.domain.plan import Work
from planner.optimise.programme.cables import plan_cables
from planner.optimise.programme.phases import schedule_phases
from planner.optimise.programme.quantities import bill_of_quantities

PHASES = [
    {"year": 2026, "budget_vnd": {"operator": 100}},
    {"year": 2028, "budget_vnd": {"operator": 100}},
    {"year": 2030, "budget_vnd": {"operator": 100}},
]


def _work(name, kind="upgrade", cost=10, people=10, due=0, requires=(), areas=(), km=0.0, **details):
    sub_plan = "sites" if kind in ("upgrade", "new_site", "colocate") else "fibre"
    return Work(
        name, kind, sub_plan, "Viettel", "operator", cost, 0, 0, km, tuple(areas), people, "", None, details,
        tuple(requires), due,
    )  # fmt: skip


def _years(schedule):
    return {work.work_id: work.year for work in schedule.works}


def test_due_years_come_first_and_a_past_year_means_the_first_phase(town, wishes):
    scenario = wishes([], phases=PHASES)
    works = [_work("late", people=1000, cost=60, due=2030), _work("past", cost=60, due=2020)]
    assert _years(schedule_phases(works, scenario, town())) == {"past": 2026, "late": 2028}


def test_requirements_come_before_or_with_what_needs_them(town, wishes):
    works = [
        _work("route", "fibre_route", 90, 0, km=1.0, for_works="site"),
        _work("site", cost=50, people=100),
        _work("other", cost=40, people=1),
    ]
    years = _years(schedule_phases(works, wishes([], phases=PHASES), town()))
    assert years["route"] <= years["site"]
    assert years == {"route": 2026, "site": 2028, "other": 2028}


def test_what_fits_nowhere_gets_no_year_and_its_price_is_told(town, wishes):
    works = [_work("big", cost=150, people=1, due=2026), _work("small", cost=80, people=5, due=2026)]
    schedule = schedule_phases(works, wishes([], phases=PHASES), town())
    assert _years(schedule) == {"small": 2026, "big": 0}
    (short,) = schedule.shortfalls
    assert (short.unplaced_vnd, short.unplaced, short.extra_by_phase_vnd) == (150, 1, {2026: 130})
    assert "130 VND by 2026 more would do" in schedule.notes[0]


def test_people_per_money_decides_and_priority_communes_go_first(town, wishes):
    works = [_work("few", cost=90, people=1, areas=("A20",)), _work("many", cost=90, people=9, areas=("A00",))]
    plain = schedule_phases(works, wishes([], phases=PHASES), town())
    assert _years(plain) == {"many": 2026, "few": 2028}
    first = wishes([], phases=PHASES, planning={"priority_communes": ["00002"]})
    assert _years(schedule_phases(works, first, town())) == {"few": 2026, "many": 2028}


def test_capacity_of_works_is_kept(town, wishes):
    phases = [{**phase, "max_new_sites": 1} for phase in PHASES]
    works = [_work(f"n{i}", "new_site", 10, 10 + i) for i in range(4)]
    years = _years(schedule_phases(works, wishes([], phases=phases), town()))
    assert sorted(years.values()) == [0, 2026, 2028, 2030]
    assert years["n0"] == 0


def test_order_by_gain_serves_no_fewer_person_years_than_the_order_of_ids(town, wishes):
    works = [_work(f"w{i}", cost=40 + i, people=10 * i) for i in range(1, 8)]
    schedule = schedule_phases(works, wishes([], phases=PHASES), town())
    assert schedule.person_years > schedule.naive["person_years"]
    spent = {}
    for work in schedule.works:
        spent[work.year] = spent.get(work.year, 0) + work.cost_vnd
    assert all(spent.get(year, 0) <= 100 for year in (2026, 2028, 2030))


def test_shared_trenches_are_dug_once_or_paid_in_full(town, wishes):
    row = {"A00-A01": ["VNPT:underground"], "A01-A02": ["Viettel:aerial"], "A02-A03": ["Viettel:aerial"]}
    zone = ("Z", "urban", "new", False, (500_900.0, 2_299_900.0, 503_100.0, 2_300_100.0))
    province = town(rows=1, cols=5, cabled=row, zones=[zone])  # A04 is dark, the spare fibres are not to be used
    cables = province.cables.assign(level=["trunk", "access", "access"])
    province = type(province)(**{**province.__dict__, "cables": cables})
    targets = [{"kind": "underground_zones"}, {"kind": "fibre_households"}]
    rich = [{"year": 2030, "budget_vnd": {"operator": 10**12, "province": 10**12}}]
    scenario = wishes(targets, planning={"reuse_cables": False}, phases=rich)
    plan = plan_cables(province, scenario)
    shared = [work for work in plan.works if "trench_works" in work.details]
    assert [work.details["road_id"] for work in shared] == ["A01-A02", "A02-A03"]
    assert plan.lower_bound_vnd <= plan.cost_vnd < plan.separate_vnd
    placed = schedule_phases(plan.works, scenario, province)
    assert sum(work.cost_vnd for work in placed.works) == plan.cost_vnd
    poor = [{"year": 2030, "budget_vnd": {"operator": 10**12, "province": 0}}]
    apart = schedule_phases(plan.works, wishes(targets, phases=poor), province)
    routes = [work for work in apart.works if "trench_works" in work.details]
    assert all(work.cost_vnd == work.details["alone_vnd"] for work in routes)


def test_bill_of_quantities_adds_up_to_the_works(town, wishes):
    row = {"A00-A01": ["VNPT:underground"], "A01-A02": ["Viettel:aerial"]}
    zone = ("Z", "urban", "new", False, (500_900.0, 2_299_900.0, 503_100.0, 2_300_100.0))
    scenario = wishes([{"kind": "underground_zones"}, {"kind": "fibre_households"}, {"kind": "fibre_communes"}])
    works = plan_cables(town(cabled=row, zones=[zone]), scenario).works
    bill = bill_of_quantities(works)
    assert bill["cost_vnd"].sum() == sum(work.cost_vnd for work in works)
    homes = bill.loc[bill["item"].str.startswith("home"), "quantity"].sum()
    assert homes == sum(work.people for work in works if work.kind == "distribution")


def test_no_phases_place_nothing(town, wishes):
    schedule = schedule_phases([_work("a")], wishes([], phases=[]), town())
    assert _years(schedule) == {"a": 0}


def test_what_would_do_is_tried_and_routes_are_due_with_what_needs_them(town, wishes):
    works = [
        _work("route", "fibre_route", 90, 0, km=1.0),
        _work("homes", "distribution", 60, 9, due=2026, requires=("route",), homes=9),
        _work("lump", cost=90, people=1, due=2028),
    ]
    schedule = schedule_phases(works, wishes([], phases=PHASES), town())
    (short,) = schedule.shortfalls
    richer = [
        {**phase, "budget_vnd": {"operator": 100 + short.extra_by_phase_vnd.get(phase["year"], 0)}} for phase in PHASES
    ]
    again = schedule_phases(works, wishes([], phases=richer), town())
    assert short.extra_by_phase_vnd[2026] == 50
    assert again.shortfalls == ()


def test_no_money_helps_where_capacity_is_missing(town, wishes):
    phases = [{**phase, "max_new_sites": 0} for phase in PHASES]
    schedule = schedule_phases([_work("n", "new_site")], wishes([], phases=phases), town())
    assert schedule.shortfalls[0].extra_by_phase_vnd == {}
    assert "capacity" in schedule.notes[0]
