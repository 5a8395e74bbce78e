"""Local search for the most covered weight within a budget: swaps with exact gains, local disturbance, restarts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.cover.structure import F64, I8, I32, I64, U64
from planner.kernels.cover.weighting import next_random

_PATIENCE = 200
_PATIENCE_PER_COLUMN = 5
_HEAT_OF_COLUMN = 0.03


class CoverArrays(NamedTuple):
    """The problem.

    Attributes
    ----------
    cost : float64 array, shape (n_cols,)
        Cost of each column, positive.
    indptr, rows : int64 and int32 arrays
        Rows of each column.
    row_start, row_columns : int64 and int32 arrays
        Columns of each row.
    weight : float64 array, shape (n_rows,)
        Weight of each row.
    """

    cost: F64
    indptr: I64
    rows: I32
    row_start: I64
    row_columns: I32
    weight: F64


class ExchangeState(NamedTuple):
    """A plan and the gains that follow from it.

    Attributes
    ----------
    taken : int8 array, shape (n_cols,)
        1 where a column is in the plan.
    score : float64 array, shape (n_cols,)
        Weight a column would newly cover, or alone covers where it is taken.
    count : int32 array, shape (n_rows,)
        Times a row is covered.
    owner : int64 array, shape (n_rows,)
        Sum of the taken columns of a row: the only one where the count is 1.
    open : int8 array, shape (n_cols,)
        1 where taking a column of the plan out may be worth trying: something near it changed since the last time.
    before : int8 array, shape (n_cols,)
        The plan before the last disturbance.
    best : int8 array, shape (n_cols,)
        The best plan found.
    totals : float64 array, shape (5,)
        Covered weight and cost of the present plan, covered weight of the best plan, covered weight and cost of the
        plan before the last disturbance.
    moves : int64 array, shape (3,)
        Descents made, the one at which the best plan was found, and 1 while a descent goes on.
    random : uint64 array, shape (1,)
        State of the generator.
    """

    taken: I8
    score: F64
    count: I32
    owner: I64
    open: I8
    before: I8
    best: I8
    totals: F64
    moves: I64
    random: U64


@exact_kernel
def exchange_add(column: int, p: CoverArrays, s: ExchangeState) -> None:
    """Take a column into the plan.

    Parameters
    ----------
    column : int
        A column that is not in the plan.
    p : CoverArrays
        The problem.
    s : ExchangeState
        State, changed in place.
    """
    gain = s.score[column]
    for entry in range(p.indptr[column], p.indptr[column + 1]):
        row = p.rows[entry]
        if s.count[row] == 0:
            weight = p.weight[row]
            for place in range(p.row_start[row], p.row_start[row + 1]):
                s.score[p.row_columns[place]] -= weight
        elif s.count[row] == 1:
            s.score[s.owner[row]] -= p.weight[row]
        s.count[row] += 1
        s.owner[row] += column
    s.score[column] = gain
    s.taken[column] = 1
    s.totals[0] += gain
    s.totals[1] += p.cost[column]


@exact_kernel
def exchange_drop(column: int, p: CoverArrays, s: ExchangeState) -> None:
    """Take a column out of the plan.

    Parameters
    ----------
    column : int
        A column of the plan.
    p : CoverArrays
        The problem.
    s : ExchangeState
        State, changed in place.
    """
    loss = s.score[column]
    for entry in range(p.indptr[column], p.indptr[column + 1]):
        row = p.rows[entry]
        s.count[row] -= 1
        s.owner[row] -= column
        if s.count[row] == 0:
            weight = p.weight[row]
            for place in range(p.row_start[row], p.row_start[row + 1]):
                s.score[p.row_columns[place]] += weight
        elif s.count[row] == 1:
            s.score[s.owner[row]] += p.weight[row]
    s.score[column] = loss
    s.taken[column] = 0
    s.totals[0] -= loss
    s.totals[1] -= p.cost[column]


@exact_kernel
def exchange_start(p: CoverArrays, s: ExchangeState, plan: I64) -> None:
    """Begin from a plan.

    Parameters
    ----------
    p : CoverArrays
        The problem.
    s : ExchangeState
        State, overwritten; the generator and the best plan's value go on.
    plan : int64 array
        Columns.
    """
    s.taken[:] = 0
    s.count[:] = 0
    s.owner[:] = 0
    s.open[:] = 0
    s.totals[0] = 0.0
    s.totals[1] = 0.0
    s.totals[3] = 0.0
    s.moves[2] = 1
    for column in range(p.cost.size):
        gain = 0.0
        for entry in range(p.indptr[column], p.indptr[column + 1]):
            gain += p.weight[p.rows[entry]]
        s.score[column] = gain
    for place in range(plan.size):
        exchange_add(plan[place], p, s)
        s.open[plan[place]] = 1


@exact_kernel
def _best_addition(p: CoverArrays, s: ExchangeState, room: float, barred: int) -> int:
    """Column of most gain per cost that fits the room; -1 for none."""
    best, found = 0.0, -1
    for column in range(p.cost.size):
        gain = s.score[column]
        if gain > best * p.cost[column] and s.taken[column] == 0:
            if p.cost[column] <= room and column != barred:
                best, found = gain / p.cost[column], column
    return found


@exact_kernel
def exchange_fill(p: CoverArrays, s: ExchangeState, budget: float, added: I64, barred: int = -1) -> int:
    """Add columns of most gain per cost as far as the budget goes.

    Parameters
    ----------
    p : CoverArrays
        The problem.
    s : ExchangeState
        State, changed in place.
    budget : float
        Cost that may not be exceeded.
    added : int64 array
        Receives the columns added, as many as it holds.
    barred : int
        A column that may not come in, -1 for none.

    Returns
    -------
    int
        Columns added.
    """
    made = 0
    while made < added.size:
        column = _best_addition(p, s, budget - s.totals[1] + 1e-9 * budget, barred)
        if column < 0:
            break
        exchange_add(column, p, s)
        added[made] = column
        made += 1
    return made


@exact_kernel
def _reopen(column: int, p: CoverArrays, s: ExchangeState) -> None:
    """Open the columns of the plan that share a row with a column that came or went."""
    for entry in range(p.indptr[column], p.indptr[column + 1]):
        row = p.rows[entry]
        if s.count[row] == 1:
            s.open[s.owner[row]] = 1
        elif s.count[row] > 1:
            for place in range(p.row_start[row], p.row_start[row + 1]):
                s.open[p.row_columns[place]] |= s.taken[p.row_columns[place]]


@exact_kernel
def _swap(column: int, p: CoverArrays, s: ExchangeState, budget: float, added: I64) -> None:
    """Take a column out and fill the budget again; undo it where nothing is gained."""
    before, spent, loss = s.totals[0], s.totals[1], s.score[column]
    exchange_drop(column, p, s)
    room = budget - s.totals[1] + 1e-9 * budget
    first = _best_addition(p, s, room, column)
    made = 0
    # gains only fall as columns come in: the best gain per cost limits what the whole room can bring
    if first >= 0 and s.score[first] * room >= loss * p.cost[first]:
        made = exchange_fill(p, s, budget, added, column)
    if s.totals[0] > before * (1.0 + 1e-12) or (s.totals[0] >= before and s.totals[1] < spent - 1e-9 * budget):
        _reopen(column, p, s)
        for place in range(made):
            s.open[added[place]] = 1
            _reopen(added[place], p, s)
        return
    for last in range(made - 1, -1, -1):
        exchange_drop(added[last], p, s)
    exchange_add(column, p, s)
    s.totals[0], s.totals[1] = before, spent


@exact_kernel
def _descend(p: CoverArrays, s: ExchangeState, budget: float, work: int, added: I64) -> int:
    """Try the open columns of the plan until none is left or the work is done; returns the work left."""
    while work > 0:
        listed = np.flatnonzero(s.open & s.taken)
        if listed.size == 0:
            s.moves[2] = 0
            break
        for last in range(listed.size - 1, 0, -1):
            other = next_random(s.random, last + 1)
            listed[last], listed[other] = listed[other], listed[last]
        for column in listed:
            if work > 0 and s.taken[column] == 1 and s.open[column] == 1:
                work -= 1
                s.open[column] = 0
                _swap(column, p, s, budget, added)
    return work


@exact_kernel
def _least_loss(p: CoverArrays, s: ExchangeState, kept: I8) -> int:
    """Column of the plan with the least loss per cost, those just put in aside; -1 for none."""
    best, found = np.inf, -1
    for column in range(p.cost.size):
        if s.taken[column] == 1 and kept[column] == 0 and s.score[column] < best * p.cost[column]:
            best, found = s.score[column] / p.cost[column], column
    return found


@exact_kernel
def _disturb(p: CoverArrays, s: ExchangeState, budget: float, kept: I8, added: I64) -> None:
    """Put in a few columns near a random row, and let the least useful ones go until the budget holds."""
    near = next_random(s.random, p.weight.size)
    number = 1 + next_random(s.random, 5)
    kept[:] = 0
    for _ in range(number):
        span = p.row_start[near + 1] - p.row_start[near]
        column = p.row_columns[p.row_start[near] + next_random(s.random, span)]
        kept[column] = 1
        if s.taken[column] == 0:
            exchange_add(column, p, s)
        span = p.indptr[column + 1] - p.indptr[column]
        near = p.rows[p.indptr[column] + next_random(s.random, span)]
    while s.totals[1] > budget * (1.0 + 1e-9):
        column = _least_loss(p, s, kept)
        if column < 0:
            kept[:] = 0
            continue
        exchange_drop(column, p, s)
    exchange_fill(p, s, budget, added)


@exact_kernel
def _begin_anew(p: CoverArrays, s: ExchangeState, budget: float, added: I64) -> None:
    """Empty the plan, put in random columns for a third of the budget, fill the rest greedily."""
    for column in range(p.cost.size):
        if s.taken[column] == 1:
            exchange_drop(column, p, s)
    for _ in range(p.cost.size):
        column = next_random(s.random, p.cost.size)
        if s.totals[1] + p.cost[column] > budget / 3.0:
            break
        if s.taken[column] == 0:
            exchange_add(column, p, s)
    exchange_fill(p, s, budget, added)
    s.open[:] = s.taken
    s.totals[3] = 0.0
    s.moves[2] = 1


@exact_kernel
def _go_back(p: CoverArrays, s: ExchangeState, wanted: I8) -> None:
    """Return to an earlier plan."""
    for column in range(p.cost.size):
        if s.taken[column] == 1 and wanted[column] == 0:
            exchange_drop(column, p, s)
    for column in range(p.cost.size):
        if s.taken[column] == 0 and wanted[column] == 1:
            exchange_add(column, p, s)


@exact_kernel
def _judge(p: CoverArrays, s: ExchangeState, budget: float, added: I64) -> None:
    """Keep the local optimum, or go back to the plan before, to the best one, or begin anew."""
    if s.totals[0] > s.totals[2] * (1.0 + 1e-12):
        s.totals[2] = s.totals[0]
        s.best[:] = s.taken
        s.moves[1] = s.moves[0]
        return
    if s.totals[0] >= s.totals[3]:
        return
    taken = s.taken.sum()
    if s.moves[0] - s.moves[1] > max(_PATIENCE, _PATIENCE_PER_COLUMN * taken):
        s.moves[1] = s.moves[0]
        if next_random(s.random, 4) > 0:
            _begin_anew(p, s, budget, added)
        else:
            _go_back(p, s, s.best)
        return
    heat = min(0.2 * (p.weight.sum() - s.totals[2]), 0.002 * s.totals[2], _HEAT_OF_COLUMN * s.totals[2] / taken)
    if s.totals[0] < s.totals[3] - heat * (next_random(s.random, 1024) / 1024.0) ** 3:
        _go_back(p, s, s.before)
        s.totals[0], s.totals[1] = s.totals[3], s.totals[4]


@exact_kernel
def exchange_search(p: CoverArrays, s: ExchangeState, budget: float, trials: int) -> None:
    """Descend by swaps, disturb the plan near a random row, descend again near the change, and so on.

    A disturbed plan is kept where it is no worse than before, or by a drawn chance little worse; after many without
    a better plan the search returns to the best one or begins anew. A descent cut off by the end of the work goes
    on with the next call.

    Parameters
    ----------
    p : CoverArrays
        The problem.
    s : ExchangeState
        State, changed in place.
    budget : float
        Cost that may not be exceeded.
    trials : int
        Swaps to try.
    """
    kept = np.zeros(p.cost.size, np.int8)
    added = np.empty(p.cost.size, np.int64)
    work = trials
    while work > 0:
        if s.moves[2] == 0:
            s.before[:] = s.taken
            s.totals[3], s.totals[4] = s.totals[0], s.totals[1]
            _disturb(p, s, budget, kept, added)
            for column in range(p.cost.size):
                if s.taken[column] != s.before[column]:
                    s.open[column] = 1
                    _reopen(column, p, s)
            s.moves[0] += 1
            s.moves[2] = 1
            work -= 1
        work = _descend(p, s, budget, work, added)
        if s.moves[2] == 0:
            _judge(p, s, budget, added)
