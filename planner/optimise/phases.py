"""The programme over the years: every work gets the phase in which it is due, possible and paid for."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from planner.config.schema import Scenario
from planner.costs.discounting import present_value
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.priority import priority_communes
from planner.optimise.purse import Purse
from planner.optimise.undergrounding import charge_mobilisation

SERVING_KINDS = frozenset({"upgrade", "colocate", "new_site", "distribution", "commune_terminal"})


@dataclass(frozen=True)
class Shortfall:
    """Money a payer lacks.

    Attributes
    ----------
    payer : str
        Who pays.
    unplaced_vnd : int
        Cost of works no phase can pay for, VND.
    unplaced, late : int
        Works that fall in no phase, and works that come after their year.
    extra_by_phase_vnd : dict of int to int
        Phase -> money that would have to be added there so that all works come in time.
    """

    payer: str
    unplaced_vnd: int
    unplaced: int
    late: int
    extra_by_phase_vnd: dict[int, int]


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
        'present_value_vnd', 'person_years' and 'unplaced' of the same works taken in the order of their ids.
    shortfalls : tuple of Shortfall
        Payers whose budgets do not do.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    present_value_vnd: int
    person_years: float
    naive: dict[str, float]
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
    placed = _Placement(linked, scenario, gains).run(by_gain=True)
    plain = _Placement(linked, scenario, gains).run(by_gain=False)
    worth = [_measure(result, scenario, gains) for result in (placed, plain)]
    naive = {
        "present_value_vnd": float(worth[1][0]), "person_years": worth[1][1],
        "unplaced": float(sum(work.year == 0 for work in plain)),
    }  # fmt: skip
    shortfalls = _shortfalls(placed, scenario)
    order = tuple(sorted(placed, key=lambda work: (work.sub_plan, work.year, work.work_id)))
    return Schedule(order, worth[0][0], worth[0][1], naive, shortfalls, _notes(shortfalls))


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


class Gain(NamedTuple):
    """What a work is worth to the order of works.

    Attributes
    ----------
    people : float
        People it serves by itself.
    rank : float
        Share of its sub-plan's gain.
    first : bool
        Whether it stands in a priority commune.
    """

    people: float
    rank: float
    first: bool


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


class _Placement:
    """Places works one after the other, each with what it still requires."""

    def __init__(self, works: Sequence[Work], scenario: Scenario, gains: Mapping[str, Gain]) -> None:
        self._works = {work.work_id: work for work in works}
        self._gains = gains
        self._purse = Purse(scenario.phases)
        self._due = self._deadlines(scenario)
        self._heirs: dict[str, list[str]] = defaultdict(list)
        for work in works:
            for name in work.requires:
                self._heirs[name].append(work.work_id)
        self._together: dict[str, list[str]] = defaultdict(list)
        for work in works:
            for zone in str(work.details.get("zone_ids", "")).split(",") if work.kind == "underground" else ():
                if zone:
                    self._together[zone].append(work.work_id)
        self._phase: dict[str, int] = {}

    def _deadlines(self, scenario: Scenario) -> dict[str, int]:
        """Phase by whose end each work is due: the last one not after its year, the first where that is past."""
        years = [phase.year for phase in scenario.phases]
        last = len(years) - 1
        due = {
            name: max([i for i, year in enumerate(years) if year <= work.due_year], default=0)
            if work.due_year
            else last
            for name, work in self._works.items()
        }
        waiting = sorted(due, key=lambda name: due[name])
        while waiting:  # what a work requires is due with it
            ahead = []
            for name in waiting:
                for need in self._works[name].requires:
                    if due[need] > due[name]:
                        due[need] = due[name]
                        ahead.append(need)
            waiting = ahead
        return due

    def run(self, *, by_gain: bool) -> list[Work]:
        """Place everything; by gain, or plainly in the order of ids."""
        if self._purse.phases:
            if by_gain:
                self._by_gain()
            else:
                for name in sorted(self._works):
                    self._place(name, eager=True)
        years = [phase.year for phase in self._purse.phases]
        placed = [
            replace(work, year=years[self._phase[name]] if name in self._phase else 0)
            for name, work in self._works.items()
        ]
        return list(charge_mobilisation([_full_price(work, placed) for work in placed]))

    def _by_gain(self) -> None:
        """Goals first, the best next one each time; what no goal asked for comes last."""
        heap = [(self._key(name), name) for name in self._works if self._is_goal(name)]
        heapq.heapify(heap)
        tried: set[str] = set()
        while heap:
            key, name = heapq.heappop(heap)
            if name in self._phase or name in tried:
                continue
            if key != self._key(name):
                heapq.heappush(heap, (self._key(name), name))
                continue
            newly = self._place(name, eager=self._is_serving(name))
            tried.add(name)
            for done in newly:
                for heir in self._descendants(done):
                    if heir not in self._phase and heir not in tried and self._is_goal(heir):
                        heapq.heappush(heap, (self._key(heir), heir))
        for name in sorted(self._works, key=lambda item: (self._due[item], item)):
            if name not in self._phase and not self._is_serving(name) and not self._heirs.get(name):
                self._place(name, eager=False)

    def _is_serving(self, name: str) -> bool:
        return self._works[name].kind in SERVING_KINDS

    def _is_goal(self, name: str) -> bool:
        return self._gains[name].rank > 0.0

    def _key(self, name: str) -> tuple[int, bool, float]:
        """Earlier is better: due phase, priority commune, gain per VND of what is still to be paid."""
        cost = sum(self._works[item].cost_vnd for item in self._closure(name))
        return self._due[name], not self._gains[name].first, -self._gains[name].rank / max(1, cost)

    def _descendants(self, name: str) -> list[str]:
        found: list[str] = []
        seen = {name}
        ahead = [name]
        while ahead:
            for heir in self._heirs.get(ahead.pop(), ()):
                if heir not in seen:
                    seen.add(heir)
                    found.append(heir)
                    ahead.append(heir)
        return found

    def _closure(self, name: str) -> list[str]:
        """The work, its zone's other runs, and what they still require; requirements first."""
        order: list[str] = []
        seen: set[str] = set()
        work = self._works[name]
        zones = str(work.details.get("zone_ids", "")).split(",") if work.kind == "underground" else []
        stack = [(item, False) for zone in zones for item in reversed(self._together.get(zone, ()))]
        stack.append((name, False))
        while stack:
            item, opened = stack.pop()
            if opened:
                order.append(item)
            elif item not in seen and item not in self._phase:
                seen.add(item)
                stack.append((item, True))
                stack += [(need, False) for need in reversed(self._works[item].requires)]
        return order

    def _place(self, name: str, *, eager: bool) -> list[str]:
        """Place a work with all it still requires, or nothing; returns what was placed."""
        closure = self._closure(name)
        mark = self._purse.mark()
        placed: list[str] = []
        for item in closure:
            phase = self._phase_for(item, eager=eager)
            if phase is None:
                self._purse.back_to(mark)
                for undone in placed:
                    del self._phase[undone]
                return []
            self._phase[item] = phase
            placed.append(item)
        return placed

    def _phase_for(self, name: str, *, eager: bool) -> int | None:
        """First phase that can pay: from the front for what serves people, else from its due phase backwards."""
        work = self._works[name]
        earliest = max((self._phase[need] for need in work.requires), default=0)
        due, count = self._due[name], len(self._purse.phases)
        if eager:
            order = list(range(earliest, count))
        else:
            order = [*range(due, earliest - 1, -1), *range(max(due + 1, earliest), count)]
        for phase in order:
            if self._purse.take(work, phase):
                return phase
        return None


def _full_price(work: Work, works: Sequence[Work]) -> Work:
    """A route whose open trench is dug in another phase, or never, digs its own."""
    trench = str(work.details.get("trench_works", ""))
    if not trench:
        return work
    years = {other.work_id: other.year for other in works}
    if work.year and any(years.get(name) == work.year for name in trench.split(",")):
        return work
    return replace(work, cost_vnd=int(work.details["alone_vnd"]))


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


def _shortfalls(works: Sequence[Work], scenario: Scenario) -> tuple[Shortfall, ...]:
    """What each payer lacks, and what would do phase by phase."""
    years = [phase.year for phase in scenario.phases]
    found = []
    for payer in sorted({work.payer for work in works}):
        mine = [work for work in works if work.payer == payer]
        unplaced = [work for work in mine if work.year == 0]
        late = [work for work in mine if work.due_year and work.year > max(work.due_year, years[0] if years else 0)]
        if not unplaced and not late:
            continue
        extra: dict[int, int] = {}
        carried = 0
        for index, phase in enumerate(scenario.phases):
            due = sum(
                work.cost_vnd
                for work in mine
                if index == max([i for i, year in enumerate(years) if year <= (work.due_year or years[-1])], default=0)
            )
            have = phase.budget_vnd.get(payer, 0) + carried  # type: ignore[call-overload]
            missing = due - have
            carried = max(0, -missing) if index + 1 < len(years) else 0
            if missing > 0:
                extra[phase.year] = missing
        found.append(Shortfall(payer, sum(work.cost_vnd for work in unplaced), len(unplaced), len(late), extra))
    return tuple(found)


def _notes(shortfalls: Sequence[Shortfall]) -> tuple[str, ...]:
    """Shortfalls in words."""
    notes = []
    for item in shortfalls:
        text = f"{item.payer}: "
        if item.unplaced:
            text += f"{item.unplaced} works worth {item.unplaced_vnd:,} VND fit in no phase"
        if item.late:
            text += f"{', ' if item.unplaced else ''}{item.late} works come after their year"
        if item.extra_by_phase_vnd:
            parts = ", ".join(f"{money:,} VND by {year}" for year, money in item.extra_by_phase_vnd.items())
            text += f"; {parts} more would do"
        else:
            text += "; the sums would do, but capacities or works larger than a phase's budget stand in the way"
        notes.append(text)
    return tuple(notes)
