"""Which relief works to build next: most overloaded customers per dong, judged by what moves to each work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.optimise.sites.busy_hour import BusyHour, Crowd
from planner.optimise.sites.options import SiteOption
from planner.optimise.sites.relief_offers import ReliefDesk
from planner.optimise.sites.relief_table import ReliefTable, relief_table

LIKELY_SHARE_OF_PEAK = 0.3  # of the rate a new carrier could reach at best, over the places it serves


class Pick(NamedTuple):
    """A work that was picked.

    Attributes
    ----------
    option : SiteOption
        The work.
    people : float
        Customers it brings onto calm sectors, by estimate.
    crowd : Crowd or None
        Sector it takes most off; None where it only serves new customers.
    """

    option: SiteOption
    people: float
    crowd: Crowd | None


def relief_picks(
    scenario: Scenario, desk: ReliefDesk, now: BusyHour, target: Target, may: NDArray[np.bool_], came_true: float
) -> list[Pick]:
    """Pick works until, by estimate, a capacity target holds.

    Parameters
    ----------
    scenario : Scenario
        Carriers and demand.
    desk : ReliefDesk
        Works to choose from.
    now : BusyHour
        What is on air.
    target : Target
        A target that is missed.
    may : ndarray of bool, shape (n_options,)
        Which of the desk's options may be picked.
    came_true : float
        How much of the last round's estimate has come true, above 0 to 1: so much more is picked.

    Returns
    -------
    list of Pick
        Best first; empty where nothing relieves anybody.
    """
    options = desk.options
    taken = desk.taken(now)
    table = relief_table(scenario, now, target, options, taken, share_of_peak=LIKELY_SHARE_OF_PEAK)
    fresh = (1.0 - target.share) * desk.newly_served(now, target.technology, target.operator, taken)
    cost = np.array([max(option.whole_vnd, 1) for option in options], dtype=np.float64)
    greedy = _Greedy(table, cost, fresh, may.copy(), options)
    need = now.too_many(target, target.share) / came_true
    picks = []
    while need > 0.0 or (need == 0.0 and target.strictly_over):
        number, gain, crowd = greedy.take()
        if number < 0:
            break
        need -= gain
        picks.append(Pick(options[number], gain, crowd))
    return picks


class _Greedy:
    """Excess and customers that are left on every sector while works are picked."""

    def __init__(
        self,
        table: ReliefTable,
        cost: NDArray[np.float64],
        fresh: NDArray[np.float64],
        may: NDArray[np.bool_],
        options: list[SiteOption],
    ) -> None:
        self._table, self._cost, self._fresh, self._may = table, cost, fresh, may
        self._excess, self._people = table.excess.copy(), table.people.copy()
        order = np.argsort(table.work, kind="stable")
        self._sector, self._work = table.sector[order], table.work[order]
        self._load, self._moved = table.load[order], table.moved[order]
        self._start = np.searchsorted(self._work, np.arange(cost.size + 1))
        self._site = [(option.host, option.owner) for option in options]
        self._replaces = np.array([option.aim.replaces for option in options], dtype=bool)

    def take(self) -> tuple[int, float, Crowd | None]:
        """Number of the best work, customers it relieves and the sector it relieves most; -1 where none helps."""
        each = self._relief(self._sector, self._load, self._moved)
        gain = np.bincount(self._work, weights=each, minlength=self._cost.size) + self._fresh
        score = np.where(self._may, gain / self._cost, 0.0)
        best = int(np.argmax(score)) if score.size else -1
        if best < 0 or score[best] <= 0.0:
            return -1, 0.0, None
        self._close(best)
        own = slice(int(self._start[best]), int(self._start[best + 1]))
        sector = self._sector[own]
        crowd = self._table.crowds[sector[int(np.argmax(each[own]))]] if sector.size else None
        before = self._people.sum()
        self._people[sector] -= np.minimum(self._people[sector], self._moved[own])
        self._excess[sector] -= self._load[own]
        self._people[self._excess <= 0.0] = 0.0
        return best, float(before - self._people.sum() + self._fresh[best]), crowd

    def _relief(
        self, sector: NDArray[np.int64], load: NDArray[np.float64], moved: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Customers that move, and of those who stay the part by which the excess falls."""
        people, excess = self._people[sector], self._excess[sector]
        gone = np.minimum(people, moved)
        return gone + (people - gone) * np.minimum(1.0, load / np.maximum(excess, 1e-9))

    def _close(self, best: int) -> None:
        """A work is built once; new panels and new carriers do not come onto one mast in the same round."""
        self._may[best] = False
        for number in np.flatnonzero(self._may):
            if self._site[number] == self._site[best] and (self._replaces[number] or self._replaces[best]):
                self._may[number] = False
