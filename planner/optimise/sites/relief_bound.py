"""Least cost of relief: a linear relaxation in which every work removes as much overload as it could at best.

Left out is what works do to the rates of places they do not take over (interference), as in the bound of the coverage
works. Then the load of a sector j, L_j > 1 with p_j customers, falls only at places that a work w takes over: where,
alone on air, it would be the best server of its layer. There only a part of its traffic can move: all of it where w
takes over j's own layer, P / (R + P) where it adds carriers of peak rate P to the rate R that is there, and what 5G
carries where w brings 5G to a place without. So w relieves at most

    c_wj = min(p_j, b_wj + p_j min(1, a_wj / (L_j - 1)))

customers of j, with a_wj and b_wj the load and the customers that move: those who move themselves, and all of j's once
its load has fallen to 1. All 5G works together take no more off j than h_j, what 5G carries at its places that have
none; where h_j < L_j - 1 other works have to take the rest, L_j - 1 - h_j, which then stands below a_wj, and 5G alone
relieves nobody. Effects of several works together are no more than their sum. Hence no plan costs less than

    minimise   sum_w cost_w x_w
    such that  sum_j r_j + (1 - share) sum_w n_w x_w >= need
               r_j <= sum_w c_wj x_w,   0 <= r_j <= p_j,   0 <= x_w <= 1

with n_w the customers w may serve whom nobody serves, and need the overloaded customers beyond those the share allows,
less those who lose their service in the plan. The bound is the value of the Lagrangian at the solver's prices, right
whatever they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.optimise.milp import LinearModel, solve_lp
from planner.optimise.sites.busy_hour import BusyHour
from planner.optimise.sites.relief_offers import ReliefDesk
from planner.optimise.sites.relief_table import ReliefTable, counted_parts, relief_table


def least_relief_vnd(scenario: Scenario, desk: ReliefDesk, start: BusyHour, end: BusyHour) -> int:
    """Bound the cost of relief from below, for the shares that are asked for or, where missed, for those reached.

    Parameters
    ----------
    scenario : Scenario
        Carriers and demand.
    desk : ReliefDesk
        The works that may be built.
    start, end : BusyHour
        The busy hour before and with relief.

    Returns
    -------
    int
        VND; the largest of the capacity targets' bounds.
    """
    return max((_least(scenario, desk, start, end, target) for target in start.missed()), default=0)


def _least(scenario: Scenario, desk: ReliefDesk, start: BusyHour, end: BusyHour, target: Target) -> int:
    share = min(target.share, end.share(target))
    need = start.too_many(target, share) - _lost(start, end, target)
    if need <= 0.0 or not desk.options:
        return 0
    taken = desk.taken(start)
    table = relief_table(scenario, start, target, desk.options, taken, share_of_peak=1.0)
    most = most_relieved(table, np.array([option.technology == "5g" for option in desk.options]))
    fresh = (1.0 - share) * desk.newly_served(start, target.technology, target.operator, taken)
    relief = sparse.csr_array(
        sparse.coo_array((most, (table.sector, table.work)), shape=(table.people.size, len(desk.options)))
    )
    whole = sparse.csr_array(sparse.vstack([relief, sparse.csr_array(fresh[None, :])]))
    cost = np.array([option.whole_vnd for option in desk.options], dtype=np.float64)
    return int(least_cost(cost, whole, np.append(table.people, fresh.sum()), need))


def most_relieved(table: ReliefTable, brings_5g: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Most customers of a sector that a work relieves, for every pair of a table.

    Parameters
    ----------
    table : ReliefTable
        What works take off sectors at most.
    brings_5g : ndarray of bool, shape (n_works,)
        Which works bring 5G.

    Returns
    -------
    ndarray of float64, shape (n,)
        Customers, c_wj.
    """
    heavy = table.offload < table.excess  # 5G alone never calms these: the rest has to come from other works
    left = np.where(heavy, table.excess - table.offload, table.excess)[table.sector]
    on_4g = np.array([crowd.technology == "4g" for crowd in table.crowds], dtype=bool)
    idle = (heavy & on_4g)[table.sector] & brings_5g[table.work]
    own = table.people[table.sector]
    return np.asarray(np.minimum(own, table.moved + own * np.minimum(1.0, np.where(idle, 0.0, table.load) / left)))


def least_cost(cost: NDArray[np.float64], relief: sparse.csr_array, people: NDArray[np.float64], need: float) -> float:
    """Least cost of works that relieve enough customers, whatever else they do.

    Parameters
    ----------
    cost : ndarray of float64, shape (n_works,)
        Cost of each work.
    relief : csr_array, shape (n_sectors, n_works)
        Most customers of each sector that each work relieves.
    people : ndarray of float64, shape (n_sectors,)
        Customers of each sector.
    need : float
        Customers to be relieved.

    Returns
    -------
    float
        Lower bound, 0 or more.
    """
    n_sectors, n_works = relief.shape
    unit = float(cost.mean())
    rows = sparse.hstack([-relief, sparse.csr_array(sparse.identity(n_sectors))])
    total = sparse.csr_array(np.append(np.zeros(n_works), np.ones(n_sectors))[None, :])
    whole = sparse.csr_array(sparse.vstack([rows, total]))
    model = LinearModel(
        cost=np.append(cost / unit, np.zeros(n_sectors)),
        lower=np.zeros(n_works + n_sectors),
        upper=np.append(np.ones(n_works), people),
        integer=np.zeros(n_works + n_sectors, dtype=bool),
        row_lower=np.append(np.full(n_sectors, -np.inf), min(need, _most(relief, people))),
        row_upper=np.append(np.zeros(n_sectors), np.inf),
        indptr=whole.indptr.astype(np.int64),
        columns=whole.indices.astype(np.int32),
        values=whole.data.astype(np.float64),
    )
    outcome = solve_lp(model)
    if outcome.duals is None:
        return 0.0
    head = max(0.0, float(outcome.duals[-1])) * unit
    price = np.clip(-outcome.duals[:-1] * unit, 0.0, head)
    works = np.minimum(0.0, cost - relief.T @ price).sum()
    return max(0.0, float(head * model.row_lower[-1] - ((head - price) * people).sum() + works))


def _most(relief: sparse.csr_array, people: NDArray[np.float64]) -> float:
    """Customers that all works together relieve."""
    return float(np.minimum(people, relief.sum(axis=1)).sum())


def _lost(start: BusyHour, end: BusyHour, target: Target) -> float:
    """Customers a target counts before relief and no longer with it, because nobody serves them any more."""
    before, after = _heads(start, target), _heads(end, target)
    return float(sum(np.maximum(0.0, heads - after.get(key, 0.0)).sum() for key, heads in before.items()))


def _heads(now: BusyHour, target: Target) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Customers on every entry by operator and technology of the network that serves them."""
    found: dict[tuple[str, str], NDArray[np.float64]] = {}
    for part in counted_parts(now, target):
        layer = now.coverage.layers[part.index]
        heads = found.setdefault((layer.operator, layer.technology), np.zeros(now.service.cells.size))
        heads[part.entry] += part.people
    return found
