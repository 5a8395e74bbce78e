"""Works put in and taken out one by one, each judged by the coverage engine itself, interference included.

The covering model knows what a work serves alone. Where thresholds ask for a SINR or a rate, further masts disturb each
other, and a plan that only grows may even lose coverage. Here a work stays only if less is missing with it, and goes if
nothing more is missing without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.live import LiveCoverage
from planner.coverage.sectors import proposed_sectors
from planner.coverage.service import Service
from planner.domain.coverage import Sector
from planner.domain.province import Province
from planner.optimise.sites.choice import SiteChoice, chosen_instead
from planner.optimise.sites.missing import Missing
from planner.optimise.sites.options import SiteOption, proposals

TRIALS_PER_ROUND = 60
PATIENCE = 24  # works refused in a row before no more are sought
OFFERS = 8  # works tried before what they would serve is reckoned anew
_EPS = 1e-12


def searched(
    province: Province,
    scenario: Scenario,
    choices: Sequence[SiteChoice],
    should_stop: Callable[[], bool] | None = None,
) -> tuple[float, list[SiteChoice]]:
    """Improve chosen works in the engine until the coverage targets hold or nothing helps.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets; `planning.repair_rounds` times 60 trials are made at the most.
    choices : sequence of SiteChoice
        One per technology with an open target.
    should_stop : callable, optional
        Asked between trials; True ends the search with what it has.

    Returns
    -------
    missing : float
        What the targets still miss.
    choices : list of SiteChoice
        No more missing than before, and no dearer where as much is missing.
    """
    search = _Search(province, scenario, choices, should_stop)
    before = np.inf
    while search.missing < before - _EPS:
        before = search.missing
        search.add()
        search.drop()
        if search.missing <= _EPS:
            break
    found = [
        choice if np.array_equal(works, choice.result.selected) else chosen_instead(choice, works)
        for choice, works in zip(choices, search.selections(), strict=True)
    ]
    return search.missing, found


class _Search:
    """A plan on air: works go in and out, and what is missing follows."""

    def __init__(
        self,
        province: Province,
        scenario: Scenario,
        choices: Sequence[SiteChoice],
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self._scenario, self._choices, self._should_stop = scenario, choices, should_stop
        self._judge = Missing(province, scenario)
        self._live = LiveCoverage(province, scenario)
        self._on_air: list[dict[int, tuple[Sector, ...]]] = [{} for _ in choices]
        for number, choice in enumerate(choices):
            for index in choice.result.selected.tolist():
                self._on_air[number][index] = self._sectors(choice.study.options[index])
        every = [sector for chosen in self._on_air for sectors in chosen.values() for sector in sectors]
        if every:
            self._live.change([], every)
            self._live.keep()
        self._trials = TRIALS_PER_ROUND * scenario.planning.repair_rounds
        self.missing = self._judge.share(self._live.service)

    def selections(self) -> list[NDArray[np.int64]]:
        """Works on air per choice, rising."""
        return [np.array(sorted(chosen), dtype=np.int64) for chosen in self._on_air]

    def add(self) -> None:
        """Put works in while an offer lessens what is missing; one that does not is not tried again."""
        refused: set[tuple[int, int]] = set()
        in_a_row = 0
        while self.missing > _EPS and self._may_go_on() and in_a_row < PATIENCE:
            offers = self._offers(refused)
            if not offers:
                return
            for offer in offers:
                if self._put_in(*offer):
                    in_a_row = 0
                    break
                in_a_row += 1
                refused.add(offer)

    def drop(self) -> None:
        """Take works out, dearest first, where nothing more is missing without them."""
        works = [
            (-choice.study.options[index].whole_vnd, number, index)
            for number, choice in enumerate(self._choices)
            for index in self._on_air[number]
            if choice.joined.problem.states()[index] == 0
        ]
        for _, number, index in sorted(works):
            if not self._may_go_on():
                return
            sectors = self._on_air[number][index]
            if self._try(sectors, (), self.missing + _EPS):
                del self._on_air[number][index]

    def _put_in(self, number: int, index: int) -> bool:
        sectors = self._sectors(self._choices[number].study.options[index])
        kept = self._may_go_on() and self._try((), sectors, self.missing - _EPS)
        if kept:
            self._on_air[number][index] = sectors
        return kept

    def _try(self, removed: Sequence[Sector], added: Sequence[Sector], most: float) -> bool:
        """Make a change, and take it back where more than a limit is missing after it."""
        self._trials -= 1
        self._live.change(removed, added)
        missing = self._judge.share(self._live.service)
        if missing > most:
            self._live.undo()
            return False
        self._live.keep()
        self.missing = missing
        return True

    def _offers(self, refused: set[tuple[int, int]]) -> list[tuple[int, int]]:
        """Works that alone would serve most of what is missing per dong, best first."""
        offers: list[tuple[float, int, int]] = []
        for number, choice in enumerate(self._choices):
            gain = self._gain(choice, self._live.service)
            cost = np.array([max(option.whole_vnd, 1) for option in choice.study.options], dtype=np.float64)
            score = np.where(choice.joined.problem.states() == 0, gain / cost, 0.0)
            score[[*self._on_air[number], *(index for at, index in refused if at == number)]] = 0.0
            best = np.argsort(-score, kind="stable")[:OFFERS]
            offers += [(-float(score[index]), number, index) for index in best.tolist() if score[index] > 0.0]
        return [(number, index) for _, number, index in sorted(offers)[:OFFERS]]

    def _gain(self, choice: SiteChoice, service: Service) -> NDArray[np.float64]:
        """What each option would serve of what is missing, by itself."""
        gain = np.zeros(len(choice.study.options))
        owners = np.array([option.owner for option in choice.study.options])
        for target, worth in self._judge.worth(service, choice.study.technology):
            reach = choice.study.reach.get(str(target.receiver))
            if reach is None:
                continue
            column = np.repeat(np.arange(gain.size), np.diff(reach.indptr))
            part = np.bincount(column, weights=worth[reach.entry], minlength=gain.size)
            gain += part if target.operator == "any" else np.where(owners == target.operator, part, 0.0)
        return gain

    def _sectors(self, option: SiteOption) -> tuple[Sector, ...]:
        return proposed_sectors(proposals([option]), self._scenario)

    def _may_go_on(self) -> bool:
        return self._trials > 0 and not (self._should_stop is not None and self._should_stop())
