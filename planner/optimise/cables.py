"""Fibre and undergrounding together: what shares a trench is dug once, improvements only, one joint bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.backhaul import SiteNeed
from planner.optimise.fibre import FibrePlan, plan_fibre
from planner.optimise.runs import Runs, build_runs
from planner.optimise.undergrounding import UndergroundPlan, plan_undergrounding

MOST_ROUNDS = 3


@dataclass(frozen=True)
class CablePlan:
    """Fibre and undergrounding.

    Attributes
    ----------
    works : tuple of Work
        Works of both, without years.
    fibre, undergrounding : Bound
        Cost and proven least cost of each; fibre's bound grants it every trench that could be dug.
    lower_bound_vnd : int
        No pair of plans for the same demands costs less, VND.
    without_sites_vnd : int
        No pair of plans costs less whatever radio sites are linked, VND.
    separate_vnd : int
        Cost of the two planned apart, each digging its own trench, VND.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    fibre: Bound
    undergrounding: Bound
    lower_bound_vnd: int
    without_sites_vnd: int
    separate_vnd: int
    notes: tuple[str, ...]

    @property
    def cost_vnd(self) -> int:
        """Cost of all works, VND."""
        return sum(work.cost_vnd for work in self.works)


def plan_cables(province: Province, scenario: Scenario, needs: Sequence[SiteNeed] = ()) -> CablePlan:
    """Plan fibre and undergrounding by turns, each at the price the other leaves it.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets and prices.
    needs : sequence of SiteNeed, optional
        Radio sites to be linked.

    Returns
    -------
    CablePlan
        The cheapest pair of plans met on the way, with a bound on any pair.
    """
    runs = build_runs(province)
    fibre = plan_fibre(province, scenario, needs)
    under = plan_undergrounding(province, scenario, fibre.works, runs=runs)
    separate = fibre.bound.cost_vnd + under.bound.cost_vnd
    fibre_bound = fibre.bound.lower_bound_vnd
    if under.works and not scenario.planning.reuse_cables:  # new fibre along roads with cable: trenches can be shared
        every = _trench_share(province, runs, np.flatnonzero(runs.aerial > 0))
        granted = plan_fibre(province, scenario, needs, trench_share=every).bound.lower_bound_vnd
        fibre_bound = min(fibre_bound, granted)
        fibre, under = _by_turns(province, scenario, needs, runs, fibre, under)
    without = fibre_bound
    if needs:
        every = _trench_share(province, runs, np.flatnonzero(runs.aerial > 0)) if under.works else {}
        without = min(fibre_bound, plan_fibre(province, scenario, trench_share=every).bound.lower_bound_vnd)
    return CablePlan(
        works=(*_shared(fibre, under), *under.works),
        fibre=_rebound(fibre.bound, fibre_bound),
        undergrounding=under.bound,
        lower_bound_vnd=fibre_bound + under.bound.lower_bound_vnd,
        without_sites_vnd=without + under.bound.lower_bound_vnd,
        separate_vnd=separate,
        notes=(*fibre.notes, *under.notes),
    )


def _by_turns(
    province: Province,
    scenario: Scenario,
    needs: Sequence[SiteNeed],
    runs: Runs,
    fibre: FibrePlan,
    under: UndergroundPlan,
) -> tuple[FibrePlan, UndergroundPlan]:
    """Fibre at the price open trenches leave it, then runs at the price fibre's saving leaves them."""
    best = fibre.bound.cost_vnd + under.bound.cost_vnd
    pair = (fibre, under)
    credit: NDArray[np.float64] | None = None
    for _ in range(MOST_ROUNDS):
        if credit is not None:
            under = plan_undergrounding(province, scenario, pair[0].works, runs=runs, credit_vnd=credit)
        chosen = np.array([int(work.details["run"]) for work in under.works], dtype=np.int64)
        fibre = plan_fibre(province, scenario, needs, trench_share=_trench_share(province, runs, chosen))
        cost = fibre.bound.cost_vnd + sum(work.cost_vnd for work in under.works)
        if cost >= best:
            break
        best, pair = cost, (fibre, _recosted(under, pair[1]))
        credit = _credit(province, runs, fibre)
    return pair


def _recosted(plan: UndergroundPlan, first: UndergroundPlan) -> UndergroundPlan:
    """A plan chosen under credits with its true cost and the bound of the plan without credits."""
    cost = sum(work.cost_vnd for work in plan.works)
    lower = min(cost, first.bound.lower_bound_vnd)
    bound = Bound(cost, lower, (cost - lower) / cost if cost else 0.0, plan.bound.stopped_by, first.bound.naive_vnd)
    return plan._replace(bound=bound)


def _trench_share(province: Province, runs: Runs, chosen: NDArray[np.int64]) -> dict[int, float]:
    """Share of each road's length that chosen runs dig up."""
    whole = province.roads["length_m"].to_numpy(dtype=np.float64)
    dug = np.bincount(runs.road[chosen], runs.length_m[chosen], whole.size)
    rows = np.flatnonzero(dug > 0.0)
    return {int(row): float(min(1.0, dug[row] / whole[row])) for row in rows if whole[row] > 0.0}


def _credit(province: Province, runs: Runs, fibre: FibrePlan) -> NDArray[np.float64]:
    """What fibre on the same road saves when a run is dug, spread over the road's runs by length."""
    saved: dict[str, float] = {}
    for work in fibre.works:
        if work.kind == "fibre_route" and work.details["road_id"]:
            saving = int(work.details["alone_vnd"]) - work.cost_vnd
            saved[work.details["road_id"]] = saved.get(work.details["road_id"], 0.0) + saving
    names = province.roads["road_id"].to_numpy()
    whole = province.roads["length_m"].to_numpy(dtype=np.float64)
    per_road = np.array([saved.get(name, 0.0) for name in names])
    share = runs.length_m / np.maximum(whole[runs.road], 1e-9)
    return np.asarray(per_road[runs.road] * np.where(runs.aerial > 0, share, 0.0))


def _shared(fibre: FibrePlan, under: UndergroundPlan) -> list[Work]:
    """Fibre works that name the trenches they share."""
    dug: dict[str, list[str]] = {}
    for work in under.works:
        dug.setdefault(str(work.details["road_id"]), []).append(work.work_id)
    found = []
    for work in fibre.works:
        trenches = dug.get(str(work.details.get("road_id", "")), [])
        shares = trenches and work.kind == "fibre_route" and int(work.details["alone_vnd"]) > work.cost_vnd
        found.append(replace(work, details={**work.details, "trench_works": ",".join(trenches)}) if shares else work)
    return found


def _rebound(bound: Bound, lower: int) -> Bound:
    """The bound with a lower proof."""
    lower = min(lower, bound.cost_vnd)
    gap = (bound.cost_vnd - lower) / bound.cost_vnd if bound.cost_vnd else 0.0
    return replace(bound, lower_bound_vnd=lower, gap_share=gap)
