"""Placing works into phases one goal after the other, with money and capacity kept."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.optimise.programme.purse import Purse
from planner.optimise.underground.mobilisation import charge_mobilisation

EQUIPPING_KINDS = frozenset({"upgrade", "add_sector", "split_sectors", "colocate"})  # radio on masts that stand
SERVING_KINDS = EQUIPPING_KINDS | {"new_site", "distribution", "commune_terminal"}


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


class Placement:
    """Places works one after the other, each with what it still requires.

    Parameters
    ----------
    works : sequence of Work
        Works whose requirements are among them.
    scenario : Scenario
        Phases with budgets and capacities.
    gains : mapping of str to Gain
        Work id -> what it is worth.
    wish : mapping of str to int, optional
        Work id -> phase it should be done in, which then comes before its due phase.
    """

    def __init__(
        self,
        works: Sequence[Work],
        scenario: Scenario,
        gains: Mapping[str, Gain],
        wish: Mapping[str, int] | None = None,
    ) -> None:
        self._works = {work.work_id: work for work in works}
        self._gains = gains
        self._wish = wish or {}
        self._purse = Purse(scenario.phases)
        self.due = self._deadlines(scenario)
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
        """Place everything.

        Parameters
        ----------
        by_gain : bool
            Best goals first; otherwise plainly in the order of ids.

        Returns
        -------
        list of Work
            With years; 0 where no phase can pay.
        """
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
        for name in sorted(self._works, key=lambda item: (self.due[item], item)):
            if name not in self._phase and not self._is_serving(name) and not self._heirs.get(name):
                self._place(name, eager=False)

    def _is_serving(self, name: str) -> bool:
        return self._works[name].kind in SERVING_KINDS

    def _is_goal(self, name: str) -> bool:
        return self._gains[name].rank > 0.0

    def _key(self, name: str) -> tuple[int, bool, float]:
        """Earlier is better: wished or due phase, priority commune, gain per VND of what is still to be paid."""
        cost = sum(self._works[item].cost_vnd for item in self._closure(name))
        return self._wish.get(name, self.due[name]), not self._gains[name].first, -self._gains[name].rank / max(1, cost)

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
        due, count = self.due[name], len(self._purse.phases)
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
