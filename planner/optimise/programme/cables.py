"""Fibre and undergrounding together: what shares a trench is dug once, improvements only, one joint bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.fibre.plan import FibrePlan, plan_fibre
from planner.optimise.network.backhaul import SiteNeed
from planner.optimise.network.graph import price_edges
from planner.optimise.network.roads import build_network
from planner.optimise.network.runs import Runs, build_runs
from planner.optimise.stopping import Stop
from planner.optimise.underground.plan import UndergroundPlan, plan_undergrounding
from planner.optimise.underground.run_prices import price_runs, scenario_prices

MOST_ROUNDS = 3


@dataclass(frozen=True)
class CablePlan:
    """Fibre and undergrounding.

    Attributes
    ----------
    works : tuple of Work
        Works of both, without years.
    fibre, undergrounding : Bound
        Cost and proven least cost of each, fibre's at the trenches the plan digs.
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
        """Cost of all works with the present value of rents, VND.

        Returns
        -------
        int
            Sum over the works.
        """
        return sum(work.whole_vnd for work in self.works)


def plan_cables(
    province: Province,
    scenario: Scenario,
    needs: Sequence[SiteNeed] = (),
    *,
    should_stop: Callable[[], bool] | None = None,
) -> CablePlan:
    """Plan fibre and undergrounding by turns, each at the price the other leaves it.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets and prices.
    needs : sequence of SiteNeed, optional
        Radio sites to be linked.
    should_stop : callable, optional
        Asked by the solvers now and then; True makes them return the best so far.

    Returns
    -------
    CablePlan
        The cheapest pair of plans met on the way, with a bound on any pair.
    """
    desk = _Desk(province, scenario, build_runs(province), tuple(needs), should_stop)
    fibre = desk.fibre()
    under = desk.undergrounding(fibre)
    separate = fibre.bound.cost_vnd + under.bound.cost_vnd
    alone, dug = fibre.bound.lower_bound_vnd, under.bound.lower_bound_vnd
    if under.works and not scenario.planning.reuse_cables:  # new fibre along roads with cable: trenches can be shared
        dug = min(dug, _least_under_credits(desk, fibre))
        fibre, under = _by_turns(desk, fibre, under)
    without = min(alone, replace(desk, needs=()).fibre(for_bound=True).bound.lower_bound_vnd) if needs else alone
    return CablePlan(
        works=(*_shared(fibre, under), *under.works),
        fibre=fibre.bound,
        undergrounding=under.bound,
        lower_bound_vnd=alone + dug,
        without_sites_vnd=without + dug,
        separate_vnd=separate,
        notes=(*fibre.notes, *under.notes),
    )


@dataclass(frozen=True)
class _Desk:
    """What every one of the plans is made from."""

    province: Province
    scenario: Scenario
    runs: Runs
    needs: tuple[SiteNeed, ...]
    should_stop: Callable[[], bool] | None

    def fibre(self, dug: NDArray[np.int64] | None = None, *, for_bound: bool = False) -> FibrePlan:
        """Fibre plan, given the runs that are dug; quicker where only its bound is wanted."""
        planning = self.scenario.planning
        stop = Stop(planning.fibre_iterations, planning.time_limit_s, self.should_stop)
        share = None if dug is None else _trench_share(self.province, self.runs, dug)
        return plan_fibre(self.province, self.scenario, self.needs, trench_share=share, stop=stop, for_bound=for_bound)

    def undergrounding(self, fibre: FibrePlan, credit_vnd: NDArray[np.float64] | None = None) -> UndergroundPlan:
        """Undergrounding plan, given what fibre saves in each run."""
        planning = self.scenario.planning
        stop = Stop(planning.underground_iterations, planning.time_limit_s, self.should_stop)
        return plan_undergrounding(
            self.province, self.scenario, fibre.works, runs=self.runs, credit_vnd=credit_vnd, stop=stop
        )


def _least_under_credits(desk: _Desk, fibre: FibrePlan) -> int:
    """Bound on undergrounding less all that fibre could save in the trenches, VND.

    A pair of plans costs what fibre costs alone, plus the runs dug, less savings in those runs; granting every run
    dug its largest saving, the two parts can be bounded apart.
    """
    province, scenario, runs = desk.province, desk.scenario, desk.runs
    roads, _ = build_network(province)
    every = np.flatnonzero(runs.aerial > 0)
    prices = price_edges(province, scenario, roads, _trench_share(province, runs, every))
    saving = np.zeros(len(province.roads))
    np.add.at(saving, roads.road, prices.alone_vnd - prices.vnd)
    dug_m = np.bincount(runs.road[every], runs.length_m[every], saving.size)
    per_m = np.divide(saving, dug_m, out=np.zeros_like(saving), where=dug_m > 0.0)
    credit = np.where(runs.aerial > 0, per_m[runs.road] * runs.length_m, 0.0)
    plan = desk.undergrounding(fibre, credit)
    cost = price_runs(runs, scenario_prices(scenario)).whole_vnd
    cut_off = float(np.maximum(0.0, credit - cost)[every].sum())  # the solver takes no cost below 0
    return max(0, plan.bound.lower_bound_vnd - int(np.ceil(cut_off)))


def _by_turns(desk: _Desk, fibre: FibrePlan, under: UndergroundPlan) -> tuple[FibrePlan, UndergroundPlan]:
    """Fibre at the price open trenches leave it, then runs at the price fibre's saving leaves them."""
    best = fibre.bound.cost_vnd + under.bound.cost_vnd
    pair = (fibre, under)
    credit: NDArray[np.float64] | None = None
    for _ in range(MOST_ROUNDS):
        if credit is not None:
            under = desk.undergrounding(pair[0], credit)
        chosen = np.array([int(work.details["run"]) for work in under.works], dtype=np.int64)
        fibre = desk.fibre(chosen)
        cost = fibre.bound.cost_vnd + sum(work.whole_vnd for work in under.works)
        if cost >= best:
            break
        best, pair = cost, (fibre, _recosted(under, pair[1]))
        credit = _credit(desk.province, desk.runs, fibre)
    return pair


def _recosted(plan: UndergroundPlan, first: UndergroundPlan) -> UndergroundPlan:
    """A plan chosen under credits with its true cost and the bound of the plan without credits."""
    cost = sum(work.whole_vnd for work in plan.works)
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
