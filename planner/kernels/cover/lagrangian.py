"""Lagrangian bound of set covering: subgradient steps on the row multipliers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import kernel
from planner.kernels.cover.structure import F64, I8, I32, I64


@kernel
def reduced_costs(indptr: I64, rows: I32, cost: F64, multiplier: F64, out: F64) -> float:
    """Price every column: its cost less the multipliers of its rows.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    cost : float64 array, shape (n_cols,)
        Cost of a column.
    multiplier : float64 array, shape (n_rows,)
        Multiplier of each row, not negative.
    out : float64 array, shape (n_cols,)
        Receives the reduced costs.

    Returns
    -------
    float
        The Lagrangian bound: sum of multipliers plus the sum of negative reduced costs.
    """
    bound = 0.0
    for row in range(multiplier.size):
        bound += multiplier[row]
    for column in range(cost.size):
        price = 0.0
        for entry in range(indptr[column], indptr[column + 1]):
            price += multiplier[rows[entry]]
        reduced = cost[column] - price
        out[column] = reduced
        if reduced < 0.0:
            bound += reduced
    return bound


class Multipliers(NamedTuple):
    """Row multipliers between two calls of `subgradient`.

    Attributes
    ----------
    now, best, direction : float64 arrays, shape (n_rows,)
        Present multipliers, those of the best bound so far, and the last direction.
    totals : float64 array, shape (3,)
        Best bound, step factor, and steps since the bound last moved.
    """

    now: F64
    best: F64
    direction: F64
    totals: F64


@kernel
def subgradient(indptr: I64, rows: I32, cost: F64, m: Multipliers, upper: float, steps: int) -> int:
    """Raise the Lagrangian bound of min c x, A x >= 1 by deflected subgradient steps.

    The direction is the subgradient plus a share of the last direction; the step length is the Held-Karp rule with
    a factor that shrinks when the bound stalls.

    Parameters
    ----------
    indptr : int64 array, shape (n_cols + 1,)
        Start of every column in `rows`.
    rows : int32 array
        Rows covered, column after column.
    cost : float64 array, shape (n_cols,)
        Cost of a column.
    m : Multipliers
        Changed in place.
    upper : float
        Value of the best known cover.
    steps : int
        Largest number of steps.

    Returns
    -------
    int
        Steps made: fewer than asked where the bound reached `upper` or stopped moving.
    """
    slack = np.empty(m.now.size)
    reduced = np.empty(cost.size)
    for step in range(steps):
        bound = reduced_costs(indptr, rows, cost, m.now, reduced)
        if bound > m.totals[0]:
            if bound - m.totals[0] > 1e-5 * abs(bound):
                m.totals[2] = 0.0
            m.totals[0] = bound
            m.best[:] = m.now
        m.totals[2] += 1.0
        if m.totals[0] >= upper - 1e-9:
            return step
        slack[:] = 1.0
        for column in range(cost.size):
            if reduced[column] < 0.0:
                for entry in range(indptr[column], indptr[column + 1]):
                    slack[rows[entry]] -= 1.0
        if m.totals[2] >= 30.0:
            m.totals[1] *= 0.6
            m.totals[2] = 0.0
            m.now[:] = m.best
            m.direction[:] = 0.0
            if m.totals[1] < 2e-4:
                return step
            continue
        norm = 0.0
        for row in range(slack.size):
            if m.now[row] <= 0.0 and slack[row] < 0.0:
                slack[row] = 0.0
            m.direction[row] = 0.7 * slack[row] + 0.3 * m.direction[row]
            norm += m.direction[row] * m.direction[row]
        if norm < 1e-18:
            return step
        length = m.totals[1] * max(upper - bound, 1e-3 * abs(upper)) / norm
        for row in range(slack.size):
            m.now[row] = max(0.0, m.now[row] + length * m.direction[row])
    return steps


@kernel
def cheapest_of_rows(row_start: I64, row_columns: I32, reduced: F64, keep: int, limit: float) -> I8:
    """Mark the columns of least reduced cost of every row, and all below a limit.

    Parameters
    ----------
    row_start : int64 array, shape (n_rows + 1,)
        Start of every row in `row_columns`.
    row_columns : int32 array
        Columns row after row.
    reduced : float64 array, shape (n_cols,)
        Reduced costs.
    keep : int
        Columns to keep for each row.
    limit : float
        Columns below this reduced cost are kept too.

    Returns
    -------
    int8 array, shape (n_cols,)
        1 where kept.
    """
    marked = np.zeros(reduced.size, np.int8)
    for column in range(reduced.size):
        if reduced[column] < limit:
            marked[column] = 1
    least = np.empty(keep)
    which = np.empty(keep, np.int64)
    for row in range(row_start.size - 1):
        size = 0
        for entry in range(row_start[row], row_start[row + 1]):
            column = row_columns[entry]
            if size == keep and reduced[column] >= least[size - 1]:
                continue
            place = size if size < keep else keep - 1
            while place > 0 and least[place - 1] > reduced[column]:
                least[place] = least[place - 1]
                which[place] = which[place - 1]
                place -= 1
            least[place] = reduced[column]
            which[place] = column
            if size < keep:
                size += 1
        for place in range(size):
            marked[which[place]] = 1
    return marked
