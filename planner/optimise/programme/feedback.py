"""Sites and cables by turns: what routes and trenches cost once planned feeds back into the choice of sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.config.schema import Scenario
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.programme.network_plan import NetworkPlan, plan_networks
from planner.optimise.sites.choice import SiteChoice, choose_sites
from planner.optimise.sites.link_estimate import link_estimates_vnd
from planner.optimise.sites.plan import SitePlan, written_plan
from planner.optimise.sites.repair import repaired

MOST_TURNS = 4


@dataclass(frozen=True)
class JointPlan:
    """Sites with the cables planned for them.

    Attributes
    ----------
    sites : SitePlan
        Radio works.
    networks : NetworkPlan
        Fibre and undergrounding.
    tried_vnd : tuple of int
        Cost of every pair met, in the order they were planned, VND; the cheapest is this one.
    """

    sites: SitePlan
    networks: NetworkPlan
    tried_vnd: tuple[int, ...]

    @property
    def cost_vnd(self) -> int:
        """Cost of all works, VND.

        Returns
        -------
        int
            Radio works, and cables with the present value of rents.
        """
        relief = self.sites.relief_bound
        return self.sites.bound.cost_vnd + (0 if relief is None else relief.cost_vnd) + self.networks.cost_vnd

    @property
    def bounds(self) -> dict[str, Bound]:
        """Bounds of the parts.

        Returns
        -------
        dict of str to Bound
            'sites', 'capacity' (relief of overloaded sectors beside the chosen coverage works) where a capacity target
            was missed, 'fibre' and 'undergrounding'.
        """
        relief = self.sites.relief_bound
        found = {"sites": self.sites.bound} | ({} if relief is None else {"capacity": relief})
        return found | {"fibre": self.networks.fibre, "undergrounding": self.networks.undergrounding}

    @property
    def lower_bound_vnd(self) -> int:
        """Proven least cost of sites and cables together, VND.

        Returns
        -------
        int
            Least radio cost plus least cost of cables whatever sites are linked; nothing for relief, whose bound holds
            beside the chosen coverage works only.
        """
        return min(self.cost_vnd, self.sites.bound.lower_bound_vnd + self.networks.lower_bound_vnd)


def plan_jointly(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    starts: Sequence[SitePlan],
    should_stop: Callable[[], bool] | None = None,
    turns: int = MOST_TURNS,
) -> JointPlan:
    """Plan cables for every start, then choose sites anew at the links the best plan leaves them, until none improves.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets, prices, rules.
    baseline : CoverageMap
        Coverage today.
    starts : sequence of SitePlan
        Site plans to begin from; the same one twice counts once.
    should_stop : callable, optional
        Asked by the solvers now and then; True makes them return the best so far.
    turns : int
        Most times that sites are chosen anew.

    Returns
    -------
    JointPlan
        The cheapest pair met; with a gain of nothing it is the best start.
    """
    best: JointPlan | None = None
    met: set[tuple[str, ...]] = set()
    tried: list[int] = []
    waiting = list(starts)
    while waiting:
        plan = waiting.pop(0)
        key = tuple(sorted(work.work_id for work in plan.works))
        if key in met:
            continue
        met.add(key)
        found = JointPlan(plan, plan_networks(province, scenario, plan, should_stop), ())
        tried.append(found.cost_vnd)
        improves = best is None or found.cost_vnd < best.cost_vnd
        best = found if best is None or improves else best
        ended = should_stop is not None and should_stop()
        if not waiting and improves and len(tried) < len(starts) + turns and not ended:
            again = _chosen_again(province, scenario, best, should_stop)
            waiting += [] if again is None else [repaired(province, scenario, baseline, again, should_stop)]
    assert best is not None
    return replace(best, tried_vnd=tuple(tried))


def _chosen_again(
    province: Province, scenario: Scenario, plan: JointPlan, should_stop: Callable[[], bool] | None
) -> SitePlan | None:
    """Sites chosen at the links that the planned routes and trenches leave them; None where no link costs anything."""
    laid, dug = _laid_anyway(province, plan.networks.works), _trenches(province, plan.networks.works)
    choices: list[SiteChoice] = []
    for choice in plan.sites.choices:
        extra = link_estimates_vnd(province, scenario, choice.study.options, laid=laid, trench_share=dug)
        free = all(extra[option.work_id] == 0 for option in choice.chosen)
        choices.append(
            choice
            if free
            else choose_sites(choice.study, scenario, extra_vnd=extra, should_stop=should_stop, start=choice)
        )
    if all(
        np.array_equal(new.result.selected, old.result.selected)
        for new, old in zip(choices, plan.sites.choices, strict=True)
    ):
        return None
    proven = [choice.bound for choice in plan.sites.choices]
    return written_plan(province, choices, proven, plan.sites.bound.lower_bound_vnd)


def _laid_anyway(province: Province, works: Sequence[Work]) -> frozenset[int]:
    """Rows of the roads whose new fibre serves homes or communes, whatever sites are built."""
    rows = {str(name): row for row, name in enumerate(province.roads["road_id"])}
    return frozenset(
        rows[str(work.details["road_id"])]
        for work in works
        if work.kind == "fibre_route"
        and work.details["road_id"]
        and (work.details.get("homes") or work.details.get("communes"))
    )


def _trenches(province: Province, works: Sequence[Work]) -> dict[int, float]:
    """Row of each road -> share of its length that undergrounding digs."""
    rows = {str(name): row for row, name in enumerate(province.roads["road_id"])}
    length_km = province.roads["length_m"].to_numpy(dtype=np.float64) / 1e3
    share: dict[int, float] = {}
    for work in works:
        if work.kind == "underground" and length_km[rows[str(work.details["road_id"])]] > 0.0:
            row = rows[str(work.details["road_id"])]
            share[row] = min(1.0, share.get(row, 0.0) + work.length_km / float(length_km[row]))
    return share
