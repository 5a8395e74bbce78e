"""Bound of the most covered weight within a budget: prices of the link "covered only by a chosen column".

For any prices 0 <= u <= w the sum of w - u plus the best fractional choice within the budget at those prices bounds
every plan. Good prices solve the dual of the linear relaxation. They are found together with the fractional choice by
the primal-dual hybrid gradient method of Chambolle and Pock, diagonally scaled, with reflected steps that are anchored
at the start of a round (Halpern) and restarted once the steps have become short enough.

With an infinite budget the cost of the choice counts against the weight, one for one. Where every row weighs as much
as the cheapest column that covers it, that is set covering: the weight of all rows less the bound is a lower bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import kernel
from planner.kernels.cover.exchange import CoverArrays
from planner.kernels.cover.structure import F64, I32, I64

_NOW, _IMAGE, _ANCHOR = 0, 1, 2
_LOOK_EVERY = 10
_EDGE_PASSES = 100
_SHORT, _SHORTER = 0.8, 0.2
_LONG_ROUND = 0.36
_MET = 1e-9
_SOLVED = 1e-7


class PriceState(NamedTuple):
    """Three points of the method, in rows: the present one, its image under one step, the anchor of the round.

    Attributes
    ----------
    share : float64 array, shape (3, n_cols)
        Fractional choice; the image's keeps the budget.
    price : float64 array, shape (3, n_rows)
        Prices; the image's are from 0 to the weight.
    worth : float64 array, shape (3, n_cols)
        Sum of the prices of each column's rows.
    cover : float64 array, shape (3, n_rows)
        Sum of the shares of each row's columns.
    reach : float64 array, shape (n_cols,)
        Weight of each column's rows.
    best : float64 array, shape (n_rows,)
        Prices of the best bound.
    totals : float64 array, shape (6,)
        Best bound, value of the best fractional choice, balance of the two step lengths, length of the round's
        first step and of the last one, price of money.
    counts : int64 array, shape (2,)
        Steps made, steps made in the round.
    """

    share: F64
    price: F64
    worth: F64
    cover: F64
    reach: F64
    best: F64
    totals: F64
    counts: I64


@kernel
def worth_of_columns(indptr: I64, rows: I32, price: F64, worth: F64) -> None:
    """Sum the prices of each column's rows.

    Parameters
    ----------
    indptr, rows : int64 and int32 arrays
        Rows of each column.
    price : float64 array, shape (n_rows,)
        Price of each row.
    worth : float64 array, shape (n_cols,)
        Receives the sums.
    """
    for column in range(worth.size):
        total = 0.0
        for entry in range(indptr[column], indptr[column + 1]):
            total += price[rows[entry]]
        worth[column] = total


@kernel
def fractional_choice(worth: F64, cost: F64, budget: float, order: I64, share: F64) -> tuple[float, float]:
    """Choose columns by worth per cost up to the budget, the last one in part.

    Parameters
    ----------
    worth : float64 array, shape (n_cols,)
        Worth of each column, not negative.
    cost : float64 array, shape (n_cols,)
        Cost of each column, positive.
    budget : float
        Budget.
    order : int64 array, shape (n_cols,)
        Columns by falling worth per cost.
    share : float64 array, shape (n_cols,)
        Receives the chosen share of each column.

    Returns
    -------
    tuple of float
        Worth of the choice, and the worth per cost at which the budget ends.
    """
    share[:] = 0.0
    left = budget
    total = 0.0
    edge = 0.0
    for place in range(order.size):
        column = order[place]
        if cost[column] > left:
            share[column] = left / cost[column]
            total += worth[column] * share[column]
            edge = worth[column] / cost[column]
            break
        share[column] = 1.0
        left -= cost[column]
        total += worth[column]
    return total, edge


@kernel
def price_start(p: CoverArrays, s: PriceState, plan: I64, price: F64) -> None:
    """Begin at a plan and some prices.

    Parameters
    ----------
    p : CoverArrays
        The problem.
    s : PriceState
        State, overwritten.
    plan : int64 array
        Columns of a plan within the budget.
    price : float64 array, shape (n_rows,)
        Prices; without any, the weight of each row split among the columns of the plan that cover it.
    """
    worth_of_columns(p.indptr, p.rows, p.weight, s.reach)
    s.share[:] = 0.0
    s.cover[:] = 0.0
    for column in plan:
        s.share[_NOW, column] = 1.0
        for entry in range(p.indptr[column], p.indptr[column + 1]):
            s.cover[_NOW, p.rows[entry]] += 1.0
    for row in range(p.weight.size):
        s.price[_NOW, row] = price[row] if price.size else p.weight[row] / max(1.0, s.cover[_NOW, row])
    worth_of_columns(p.indptr, p.rows, s.price[_NOW], s.worth[_NOW])
    for point in (_IMAGE, _ANCHOR):
        s.share[point] = s.share[_NOW]
        s.price[point] = s.price[_NOW]
        s.worth[point] = s.worth[_NOW]
        s.cover[point] = s.cover[_NOW]
    s.best[:] = s.price[_NOW]
    s.totals[:] = 0.0
    s.totals[0] = np.inf
    s.totals[1] = -np.inf
    s.totals[2] = 0.3
    s.counts[:] = 0


@kernel
def _spent(p: CoverArrays, s: PriceState, money: float) -> tuple[float, float]:
    """Cost of the choice at a price of money, and its rate of change."""
    cost, rate = 0.0, 0.0
    for column in range(p.cost.size):
        step = s.totals[2] / s.reach[column]
        share = s.share[_NOW, column] + step * (s.worth[_NOW, column] - money * p.cost[column])
        if share >= 1.0:
            cost += p.cost[column]
        elif share > 0.0:
            cost += p.cost[column] * share
            rate -= p.cost[column] * p.cost[column] * step
    return cost, rate


@kernel
def _price_of_money(p: CoverArrays, s: PriceState, budget: float) -> float:
    """Price of money at which the choice costs the budget; Newton's steps between bounds that close in."""
    if budget == np.inf:
        return 1.0
    if _spent(p, s, 0.0)[0] <= budget:
        return 0.0
    low, high = 0.0, np.inf
    money = s.totals[5]
    for _ in range(_EDGE_PASSES):
        cost, rate = _spent(p, s, money)
        if abs(cost - budget) <= 1e-12 * budget:
            return money
        if cost > budget:
            low = money
        else:
            high = money
        aimed = money + (budget - cost) / rate if rate < 0.0 else np.inf
        if not low < aimed < high:
            aimed = 0.5 * (low + high) if high < np.inf else 2.0 * low + 1e-9 * s.reach.max()
        money = aimed
        if high - low <= 1e-13 * high:
            break
    return high if high < np.inf else money


@kernel
def _step_shares(p: CoverArrays, s: PriceState, budget: float) -> None:
    """Image of the choice: a step along the worths, back to the budget; the cover follows."""
    money = _price_of_money(p, s, budget)
    s.totals[5] = money
    for column in range(p.cost.size):
        step = s.totals[2] / s.reach[column]
        share = s.share[_NOW, column] + step * (s.worth[_NOW, column] - money * p.cost[column])
        share = min(1.0, max(0.0, share))
        change = share - s.share[_IMAGE, column]
        if change != 0.0:
            s.share[_IMAGE, column] = share
            for entry in range(p.indptr[column], p.indptr[column + 1]):
                s.cover[_IMAGE, p.rows[entry]] += change


@kernel
def _step_prices(p: CoverArrays, s: PriceState) -> None:
    """Image of the prices: up where the extrapolated choice covers less than once, down where more."""
    for row in range(p.weight.size):
        degree = p.row_start[row + 1] - p.row_start[row]
        step = p.weight[row] / (s.totals[2] * degree)
        short = 1.0 - 2.0 * s.cover[_IMAGE, row] + s.cover[_NOW, row]
        s.price[_IMAGE, row] = min(p.weight[row], max(0.0, s.price[_NOW, row] + step * short))
    worth_of_columns(p.indptr, p.rows, s.price[_IMAGE], s.worth[_IMAGE])


@kernel
def _distances(p: CoverArrays, s: PriceState, point: int) -> tuple[float, float]:
    """Squared scaled distances of the image's choice and prices to another point's."""
    shares, prices = 0.0, 0.0
    for column in range(p.cost.size):
        shares += s.reach[column] * (s.share[_IMAGE, column] - s.share[point, column]) ** 2
    for row in range(p.weight.size):
        degree = p.row_start[row + 1] - p.row_start[row]
        prices += degree * (s.price[_IMAGE, row] - s.price[point, row]) ** 2 / p.weight[row]
    return shares, prices


@kernel
def _look(p: CoverArrays, s: PriceState, budget: float) -> None:
    """Bound at the image's prices and value of its choice."""
    bound, value = 0.0, 0.0
    if budget == np.inf:
        for column in range(p.cost.size):
            bound += max(0.0, s.worth[_IMAGE, column] - p.cost[column])
            value -= p.cost[column] * s.share[_IMAGE, column]
    else:
        order = np.argsort(-s.worth[_IMAGE] / p.cost)
        bound = fractional_choice(s.worth[_IMAGE], p.cost, budget, order, np.empty(p.cost.size))[0]
    for row in range(p.weight.size):
        bound += p.weight[row] - s.price[_IMAGE, row]
        value += p.weight[row] * min(1.0, s.cover[_IMAGE, row])
    s.totals[1] = max(s.totals[1], value)
    if bound < s.totals[0]:
        s.totals[0] = bound
        s.best[:] = s.price[_IMAGE]


@kernel
def _restart(p: CoverArrays, s: PriceState) -> None:
    """Anchor the next round at the image; balance the step lengths by how far choice and prices have come."""
    shares, prices = _distances(p, s, _ANCHOR)
    if shares > 0.0 and prices > 0.0:
        s.totals[2] = np.sqrt(s.totals[2] * np.sqrt(shares / prices))
    for point in (_NOW, _ANCHOR):
        s.share[point] = s.share[_IMAGE]
        s.price[point] = s.price[_IMAGE]
        s.worth[point] = s.worth[_IMAGE]
        s.cover[point] = s.cover[_IMAGE]
    s.counts[1] = 0
    s.totals[4] = np.inf


@kernel
def _towards_image(points: F64, part: float) -> None:
    """Go twice as far as the image, then back towards the anchor."""
    for place in range(points.shape[1]):
        reflected = 2.0 * points[_IMAGE, place] - points[_NOW, place]
        points[_NOW, place] = part * reflected + (1.0 - part) * points[_ANCHOR, place]


@kernel
def price_search(p: CoverArrays, s: PriceState, budget: float, lower: float, steps: int) -> int:
    """Lower the bound by primal-dual steps.

    Parameters
    ----------
    p : CoverArrays
        The problem; every column and row has an entry, every weight is positive.
    s : PriceState
        State from `price_start`, changed in place.
    budget : float
        Budget, positive; infinite where the cost counts against the weight instead.
    lower : float
        Covered weight of the best known plan.
    steps : int
        Largest number of steps.

    Returns
    -------
    int
        Steps made: fewer than asked where the bound met `lower` or the linear relaxation is solved.
    """
    for made in range(steps):
        _step_shares(p, s, budget)
        _step_prices(p, s)
        s.counts[0] += 1
        if s.counts[0] % _LOOK_EVERY == 0:
            _look(p, s, budget)
            if s.totals[0] - max(lower, s.totals[1]) <= _SOLVED * s.totals[0] or s.totals[0] <= lower * (1.0 + _MET):
                return made + 1
        shares, prices = _distances(p, s, _NOW)
        length = np.sqrt(shares / s.totals[2] + s.totals[2] * prices)
        done = s.counts[1]
        if done == 0:
            s.totals[3] = length
        elif (
            length <= _SHORTER * s.totals[3]
            or (length <= _SHORT * s.totals[3] and length > s.totals[4])
            or done >= _LONG_ROUND * s.counts[0] + 20
        ):
            _restart(p, s)
            continue
        s.totals[4] = length
        s.counts[1] += 1
        part = (done + 1.0) / (done + 2.0)
        _towards_image(s.share, part)
        _towards_image(s.price, part)
        _towards_image(s.worth, part)
        _towards_image(s.cover, part)
    return steps
