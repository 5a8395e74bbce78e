"""The programme over the years: every work gets the phase in which it is due, possible and paid for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from planner.config.schema import Scenario
from planner.costs.discounting import present_value
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.priority import priority_communes
from planner.optimise.programme.phase_bound import most_person_years, proposed_order
from planner.optimise.programme.placement import SERVING_KINDS, Gain, Placement
from planner.optimise.programme.shortfalls import Shortfall, find_shortfalls, shortfall_notes

PRIORITY_WORTH = 100.0  # people of priority communes count so much more when an order is proposed


class Schedule(NamedTuple):
    """Works with their years.

    Attributes
    ----------
    works : tuple of Work
        Sorted by sub-plan, year and id; year 0 where no phase can pay.
    present_value_vnd : int
        Discounted investment and operation of the placed works, VND of the base year.
    person_years : float
        People (or people in homes) served, times the years left in the programme.
    naive : dict of str to float
        'present_value_vnd', 'person_years', 'unplaced' and 'late' of the same works taken in the order of their ids.
    most_person_years : float
        No order of these works serves more within the budgets and capacities, if it does by its due year what this one
        does.
    shortfalls : tuple of Shortfall
        Payers whose budgets do not do.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    present_value_vnd: int
    person_years: float
    naive: dict[str, float]
    most_person_years: float
    shortfalls: tuple[Shortfall, ...]
    notes: tuple[str, ...]


def schedule_phases(works: Sequence[Work], scenario: Scenario, province: Province) -> Schedule:
    """Lay works out over the phases.

    Works that serve people are done as early as money allows: first what is due first, then priority communes, then
    most people per VND with the routes they still need. Works that serve nobody by themselves (undergrounding) wait
    until they are due, which costs less at present value. Money and capacity left over in a phase are not carried on.

    Parameters
    ----------
    works : sequence of Work
        Works of all sub-plans; `requires` and `details['for_works']` say what hangs on what.
    scenario : Scenario
        Phases with budgets and capacities, discount rate.
    province : Province
        Priority communes and the size of homes.

    Returns
    -------
    Schedule
        The same works with years, what they cost and serve, and what is missing.
    """
    linked = link_backhaul(works)
    gains = _gains(linked, scenario, province)
    placement = Placement(linked, scenario, gains)
    orders = [placement.run(by_gain=True), Placement(linked, scenario, _by_people(gains)).run(by_gain=True)]
    plain = Placement(linked, scenario, gains).run(by_gain=False)
    placed = min(orders, key=lambda works: _rating(works, scenario, gains, placement.due))
    wish = proposed_order(linked, scenario, _worth(gains), _on_time(placed, scenario, placement.due))
    if wish:
        again = Placement(linked, scenario, gains, wish).run(by_gain=True)
        placed = min([placed, again], key=lambda works: _rating(works, scenario, gains, placement.due))
    worth = [_measure(result, scenario, gains) for result in (placed, plain)]
    unplaced, late, *_ = _rating(plain, scenario, gains, placement.due)
    naive = {
        "present_value_vnd": float(worth[1][0]), "person_years": worth[1][1],
        "unplaced": float(unplaced), "late": float(late),
    }  # fmt: skip
    shortfalls = find_shortfalls(placed, linked, scenario, gains)
    order = tuple(sorted(placed, key=lambda work: (work.sub_plan, work.year, work.work_id)))
    most = max(worth[0][1], most_person_years(linked, scenario, gains, _on_time(placed, scenario, placement.due)))
    notes = (*shortfall_notes(shortfalls), *_dearer(linked, placed))
    return Schedule(order, worth[0][0], worth[0][1], naive, most, shortfalls, notes)


def _dearer(works: Sequence[Work], placed: Sequence[Work]) -> list[str]:
    """Say what laying the works out over the phases adds to their cost."""
    more = sum(work.cost_vnd for work in placed) - sum(work.cost_vnd for work in works)
    if more == 0:
        return []
    note = (
        f"laid out over the phases the works cost {more:,} VND more than dug at one time: runs dug in several phases"
        " mobilise in each, and fibre whose trench comes in another phase digs its own"
    )
    return [note]


def link_backhaul(works: Sequence[Work]) -> list[Work]:
    """Let radio works require the link that is built for them.

    Parameters
    ----------
    works : sequence of Work
        Works; those with `details['for_works']` serve the works named there.

    Returns
    -------
    list of Work
        In the same order; requirements that are not among the works are dropped.
    """
    links: dict[str, list[str]] = defaultdict(list)
    for work in works:
        for name in str(work.details.get("for_works", "")).split(","):
            if name:
                links[name].append(work.work_id)
    names = {work.work_id for work in works}
    return [
        replace(work, requires=tuple(sorted(({*work.requires} | {*links.get(work.work_id, ())}) & names)))
        for work in works
    ]


def _gains(works: Sequence[Work], scenario: Scenario, province: Province) -> dict[str, Gain]:
    """Gain of every work, comparable between sub-plans as shares of the sub-plan's whole."""
    areas = province.areas
    home = float(areas["population"].sum()) / max(1.0, float(areas["households"].sum()))
    first = priority_communes(province, scenario)
    commune = dict(zip(areas["area_id"].astype(str), areas["commune_code"], strict=True))
    own: dict[str, float] = {}
    for work in works:
        if work.kind == "distribution":
            own[work.work_id] = work.people * home
        elif work.kind in SERVING_KINDS:
            own[work.work_id] = float(work.people)
        else:
            own[work.work_id] = work.length_km if work.kind == "underground" else 0.0
    total: dict[str, float] = defaultdict(float)
    for work in works:
        total[work.sub_plan] += own[work.work_id]
    found = {}
    for work in works:
        gain = own[work.work_id]
        urgent = any(commune.get(area) in first for area in work.area_ids)
        urgent |= work.details.get("commune_code") in first
        rank = gain / total[work.sub_plan] if total[work.sub_plan] else 0.0
        found[work.work_id] = Gain(gain if work.kind in SERVING_KINDS else 0.0, rank, urgent)
    return found


def _by_people(gains: Mapping[str, Gain]) -> dict[str, Gain]:
    """The same gains ranked by people served, whatever sub-plan serves them; what serves nobody keeps its place."""
    most = max((gain.people for gain in gains.values()), default=0.0)
    return {name: gain._replace(rank=gain.people / most) if gain.people > 0.0 else gain for name, gain in gains.items()}


def _worth(gains: Mapping[str, Gain]) -> dict[str, float]:
    """What a year of each work is worth to the order: people, those of priority communes before all others."""
    return {name: gain.people * (PRIORITY_WORTH if gain.first else 1.0) for name, gain in gains.items()}


def _on_time(works: Sequence[Work], scenario: Scenario, due: Mapping[str, int]) -> dict[str, int]:
    """Works placed no later than due -> the phase they are due in."""
    number = {phase.year: index for index, phase in enumerate(scenario.phases)}
    placed = {work.work_id: number[work.year] for work in works if work.year}
    return {name: due[name] for name, phase in placed.items() if phase <= due[name]}


def _rating(
    works: Sequence[Work], scenario: Scenario, gains: Mapping[str, Gain], due: Mapping[str, int]
) -> tuple[int, int, float, float]:
    """Works without a phase, works late, and with a minus people times years served, in priority communes, then all."""
    number = {phase.year: index for index, phase in enumerate(scenario.phases)}
    late = sum(number[work.year] > due[work.work_id] for work in works if work.year)
    first = [work for work in works if gains[work.work_id].first]
    unplaced = sum(work.year == 0 for work in works)
    return unplaced, late, -_measure(first, scenario, gains)[1], -_measure(works, scenario, gains)[1]


def _measure(works: Sequence[Work], scenario: Scenario, gains: Mapping[str, Gain]) -> tuple[int, float]:
    """Present value, and people times years served."""
    costs = scenario.costs
    value, served = 0.0, 0.0
    end = scenario.phases[-1].year if scenario.phases else scenario.base_year
    for work in works:
        if work.year:
            value += present_value(
                work.cost_vnd, work.opex_vnd_per_year, rate=costs.discount_rate,
                years_to_start=work.year - scenario.base_year, horizon_years=costs.horizon_years,
            )  # fmt: skip
            served += gains[work.work_id].people * (end - work.year + 1)
    return round(value), served
