"""Lagrangian bound of the most covered weight within a budget: the link "covered only by a chosen column" is priced."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import kernel
from planner.kernels.cover.structure import F64, I32, I64


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
def budget_subgradient(
    indptr: I64,
    rows: I32,
    cost: F64,
    weight: F64,
    budget: float,
    price: F64,
    best: F64,
    state: F64,
    lower: float,
    steps: int,
) -> int:
    """Lower the Lagrangian bound by deflected subgradient steps on the row prices.

    Parameters
    ----------
    indptr, rows : int64 and int32 arrays
        Rows of each column.
    cost : float64 array, shape (n_cols,)
        Cost of each column, positive.
    weight : float64 array, shape (n_rows,)
        Weight of each row.
    budget : float
        Budget.
    price : float64 array, shape (n_rows,)
        Present prices, 0 to the row's weight, changed in place.
    best : float64 array, shape (n_rows,)
        Prices of the best bound so far, changed in place.
    state : float64 array, shape (2,)
        Best bound and step factor, changed in place.
    lower : float
        Covered weight of the best known plan.
    steps : int
        Largest number of steps.

    Returns
    -------
    int
        Steps made: fewer than asked where the bound met `lower` or stopped moving.
    """
    n_rows = weight.size
    worth = np.empty(cost.size)
    share = np.empty(cost.size)
    slope = np.empty(n_rows)
    direction = np.zeros(n_rows)
    since = 0
    for step in range(steps):
        worth_of_columns(indptr, rows, price, worth)
        order = np.argsort(-worth / cost)
        bound = fractional_choice(worth, cost, budget, order, share)[0]
        for row in range(n_rows):
            bound += weight[row] - price[row]
        since += 1
        if bound < state[0]:
            if state[0] - bound > 1e-5 * abs(bound):
                since = 0
            state[0] = bound
            best[:] = price
        if state[0] <= lower * (1.0 + 1e-9):
            return step + 1
        if since >= 20:
            state[1] *= 0.6
            since = 0
            price[:] = best
            direction[:] = 0.0
            if state[1] < 1e-3:
                return step + 1
            continue
        slope[:] = 1.0
        for column in range(cost.size):
            if share[column] > 0.0:
                for entry in range(indptr[column], indptr[column + 1]):
                    slope[rows[entry]] -= share[column]
        norm = 0.0
        for row in range(n_rows):
            if (price[row] <= 0.0 and slope[row] < 0.0) or (price[row] >= weight[row] and slope[row] > 0.0):
                slope[row] = 0.0
            direction[row] = 0.15 * slope[row] + 0.85 * direction[row]
            norm += weight[row] * direction[row] * direction[row]
        if norm <= 0.0:
            return step + 1
        length = state[1] * (bound - lower) / norm
        for row in range(n_rows):
            moved = price[row] + length * weight[row] * direction[row]
            price[row] = min(weight[row], max(0.0, moved))
    return steps
