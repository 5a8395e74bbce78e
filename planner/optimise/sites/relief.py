"""Relief of overloaded sectors until the capacity targets hold in the engine, with a bound on what it must cost.

Three kinds of works are used up one after the other: further carriers of the technology or 5G beside 4G on masts near
by; sectors in directions a site leaves open, and two narrow panels in place of each wide one; co-locations and new
masts. What a work would take off the overloaded sectors is estimated from where it would be the best server; for
carriers that is near what the engine finds, for panels and masts far above it, because their own sectors fill up and
disturb the neighbours: hence the order. A round takes the works that relieve most customers per dong, as many as the
missed targets still need; then coverage and loads are computed anew. A round that does not raise what the capacity
targets reach, or costs a coverage target or customers their service, is tried with half its works, and not built where
one alone does not help; the last round is cut to the fewest works with which the targets hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.sites.busy_hour import BusyHour, busy_hour
from planner.optimise.sites.explain import plain_work
from planner.optimise.sites.options import SiteOption, proposals
from planner.optimise.sites.plan import SitePlan
from planner.optimise.sites.relief_bound import least_relief_vnd
from planner.optimise.sites.relief_offers import ReliefDesk
from planner.optimise.sites.relief_picks import Pick, relief_picks


def relieved(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    plan: SitePlan,
    should_stop: Callable[[], bool] | None = None,
) -> SitePlan:
    """Add works for overloaded sectors while a capacity target is missed and something helps.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets, demand, spectrum, prices and the most rounds of repair.
    baseline : CoverageMap
        Coverage today.
    plan : SitePlan
        Chosen works.
    should_stop : callable, optional
        Asked between rounds; True ends relief with what it has.

    Returns
    -------
    SitePlan
        The same plan where no capacity target is missed; else one with relief works, their bound beside that of the
        coverage works, and a note on what stays overloaded.
    """
    targets = [target for target in scenario.targets if target.kind == "capacity_people"]
    if not targets:
        return plan
    coverage = extend_coverage(baseline, province, scenario, proposals(plan.options))
    start = busy_hour(province, scenario, coverage, targets)
    if not start.missed():
        return plan
    desk = ReliefDesk(province, scenario, start)
    rounds = _Rounds(province, scenario, desk, plan, start)
    rounds.build_fixed()
    for kinds in RUNGS:
        most = scenario.planning.repair_rounds
        for number in range(most):
            if (should_stop is not None and should_stop()) or not rounds.build(kinds, hurried=2 * number >= most):
                break
        else:
            rounds.stopped_by = "repair_rounds"
    works = rounds.works
    cost = sum(work.whole_vnd for work in works)
    lower = min(cost, least_relief_vnd(scenario, desk, start, rounds.now))
    bound = Bound(
        cost,
        lower,
        (cost - lower) / cost if cost else 0.0,
        rounds.stopped_by if rounds.now.missed() else "targets hold",
    )
    return replace(
        plan,
        works=(*plan.works, *works),
        notes=(*plan.notes, *_remarks(start, rounds.now, bound)),
        relief=tuple(rounds.chosen),
        relief_bound=bound,
    )


RUNGS = (("upgrade",), ("add_sector", "split_sectors"), ("colocate", "new_site"))  # cheapest kind of relief first
WORTH_A_ROUND = 1e-3  # added to the shares reached; after less no other round of the kind is tried
LEAST_COME_TRUE = 0.5  # in its later rounds relief picks up to twice what its estimates ask for
_Chosen = tuple[Target, Pick, SiteOption]


class _Rounds:
    """Builds round after round and keeps those that help."""

    def __init__(
        self, province: Province, scenario: Scenario, desk: ReliefDesk, plan: SitePlan, start: BusyHour
    ) -> None:
        self._province, self._scenario, self._desk = province, scenario, desk
        self._have = {work.work_id for work in plan.works}
        self._works_at: dict[tuple[str, str], tuple[str, ...]] = {}
        for work in plan.works:
            site = str(work.details["site_id"]), work.owner
            self._works_at[site] = (*self._works_at.get(site, ()), work.work_id)
        self._came_true: dict[tuple[str, ...], float] = {}
        self.now = start
        self.stopped_by = "nothing helps any more"
        self.chosen: list[SiteOption] = []
        self.works: list[Work] = []

    def build(self, kinds: tuple[str, ...], *, hurried: bool) -> bool:
        """One round of some kinds of works; False where another would be in vain: nothing is offered or helps much."""
        picks = self._picks(kinds, max(LEAST_COME_TRUE, self._came_true.get(kinds, 1.0)) if hurried else 1.0)
        while picks:
            after = self._with(picks)
            if after.improves_on(self.now):
                came_true = self._came_true[kinds] = self._learnt(after, picks)
                if not after.missed():
                    picks, after = self._fewest(picks, after)
                gain = after.reached() - self.now.reached()
                self.now = after
                for target, pick, option in picks:
                    self._keep(target, pick._replace(people=came_true * pick.people), option)
                return gain >= WORTH_A_ROUND
            picks = picks[: len(picks) // 2]
        return False

    def build_fixed(self) -> None:
        """Relief works the planner has fixed, whether they help or not."""
        fixed = set(self._scenario.planning.commitments.fixed) - self._have
        target = self.now.missed()[0]
        picks = [(target, Pick(one, 0.0, None), one) for one in self._desk.options if one.work_id in fixed]
        if picks:
            self.now = self._with(picks)
            for pick in picks:
                self._keep(*pick)

    def _with(self, picks: list[_Chosen]) -> BusyHour:
        """The busy hour with some works more."""
        new = proposals([option for _, _, option in picks])
        coverage = extend_coverage(self.now.coverage, self._province, self._scenario, new)
        return busy_hour(self._province, self._scenario, coverage, self.now.targets)

    def _fewest(self, picks: list[_Chosen], enough: BusyHour) -> tuple[list[_Chosen], BusyHour]:
        """As few of the first picks as make the targets hold, found by halving."""
        too_few, count = 0, len(picks)
        while count - too_few > 1:
            middle = (too_few + count) // 2
            tried = self._with(picks[:middle])
            if tried.missed() or not tried.improves_on(self.now):
                too_few = middle
            else:
                count, enough = middle, tried
        return picks[:count], enough

    def _picks(self, kinds: tuple[str, ...], come_true: float) -> list[_Chosen]:
        """Works of the next round, over all missed targets, each once, as things are on air now."""
        options = self._desk.options
        may = np.array([one.kind in kinds and one.work_id not in self._have for one in options], dtype=bool)
        found: dict[str, _Chosen] = {}
        for target in self.now.missed():
            for pick in relief_picks(self._scenario, self._desk, self.now, target, may, come_true):
                option = self._desk.renewed(pick.option, self.now)
                if option is not None:
                    found.setdefault(option.work_id, (target, pick, option))
        return list(found.values())

    def _learnt(self, after: BusyHour, picks: list[_Chosen]) -> float:
        """What a round has done, as a share of what its picks were estimated to do."""
        hoped = sum(pick.people for _, pick, _ in picks)
        done = sum(self.now.too_many(one, one.share) - after.too_many(one, one.share) for one in self.now.missed())
        return min(1.0, max(0.0, done / hoped)) if hoped > 0.0 else 1.0

    def _keep(self, target: Target, pick: Pick, option: SiteOption) -> None:
        """Write a pick as a work; it comes after the operator's other works on the mast."""
        site = option.host, option.owner
        work = replace(_work(target, pick, option), requires=self._works_at.get(site, ()))
        self._works_at[site] = (*self._works_at.get(site, ()), option.work_id)
        self._have.add(option.work_id)
        self.chosen.append(option)
        self.works.append(work)


def _remarks(start: BusyHour, now: BusyHour, bound: Bound) -> list[str]:
    """What relief costs and is proven to cost, and what of missed targets stays overloaded."""
    notes = []
    if bound.cost_vnd:
        text = (
            f"Relief of overloaded sectors: works for {bound.cost_vnd:,} VND beside those for coverage; no works of the"
        )
        notes.append(f"{text} kinds offered reach the same shares for less than {bound.lower_bound_vnd:,} VND.")
    why = "what their operators could still add does not exist, does not help, or is forbidden"
    if bound.stopped_by == "repair_rounds":
        why = "more rounds (planning.repair_rounds) might relieve some"
    for target in now.missed():
        counted = now.counted(target)
        busy = counted[counted["overloaded"]]
        notes.append(
            f"target '{target.name}': {now.share(target):.1%} can be reached instead of {target.share:.1%}, from"
            f" {start.share(target):.1%} without relief; {len(busy)} sectors on {busy['site_id'].nunique()} sites stay"
            f" overloaded in {target.year} (heaviest load {busy['load'].max():.1f}): {why}."
        )
    return notes


def _work(target: Target, pick: Pick, option: SiteOption) -> Work:
    crowd = pick.crowd
    if crowd is None:
        does = f"serves {pick.people:,.0f} more customers by {target.year}" if pick.people else "fixed by the planner"
        reason = f"{does}; {option.reason}"
    else:
        where = "here" if option.host == crowd.site_id else f"at {crowd.site_id}"
        reason = (
            f"{crowd.technology.upper()} of {crowd.operator} is overloaded {where} in {target.year} (load"
            f" {crowd.load:.1f}, {crowd.people:,.0f} customers); {option.reason}"
        )
    return replace(plain_work(option, people=round(pick.people), reason=reason), due_year=target.year)
