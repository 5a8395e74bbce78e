"""Local search for set covering: drop and add columns under row weights that grow while a row stays uncovered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import kernel
from planner.kernels.cover.structure import F64, I8, I32, I64, U64


class SearchState(NamedTuple):
    """Arrays a weighting search keeps between its chunks of work.

    Attributes
    ----------
    taken : int8 array, shape (n_cols,)
        1 where a column is in the present cover.
    listed : int64 array, shape (n_cols + 1,)
        The taken columns; the last element is their number.
    place : int64 array, shape (n_cols,)
        Where a taken column stands in `listed`.
    score : float64 array, shape (n_cols,)
        Weight a column would newly cover, or alone covers where it is taken.
    stamp : int64 array, shape (n_cols,)
        Move at which a column last changed sides.
    allowed : int8 array, shape (n_cols,)
        1 where a row of the column changed since it was dropped.
    count : int32 array, shape (n_rows,)
        Times a row is covered.
    owner : int64 array, shape (n_rows,)
        Sum of the taken columns that cover a row: the only one where the count is 1.
    weight : float64 array, shape (n_rows,)
        Row weights.
    bare : int64 array, shape (n_rows + 1,)
        The uncovered rows; the last element is their number.
    bare_place : int64 array, shape (n_rows,)
        Where an uncovered row stands in `bare`.
    best : int8 array, shape (n_cols,)
        The best cover found.
    values : float64 array, shape (3,)
        Cost of the present cover, of the best cover, and the value at which to stop.
    counters : int64 array, shape (2,)
        Moves made, and the column that may not be dropped next (-1 for none).
    random : uint64 array, shape (1,)
        State of the generator.
    """

    taken: I8
    listed: I64
    place: I64
    score: F64
    stamp: I64
    allowed: I8
    count: I32
    owner: I64
    weight: F64
    bare: I64
    bare_place: I64
    best: I8
    values: F64
    counters: I64
    random: U64


@kernel
def next_random(random: U64, below: int) -> int:
    """Draw a whole number from 0 to below - 1 and advance the generator (xorshift64*).

    Parameters
    ----------
    random : uint64 array, shape (1,)
        State, not zero; changed in place.
    below : int
        Number of outcomes.

    Returns
    -------
    int
        The draw.
    """
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64(((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % np.uint64(below))


@kernel
def _add(column: int, s: SearchState, indptr: I64, rows: I32, row_start: I64, row_columns: I32) -> None:
    gain = s.score[column]
    for entry in range(indptr[column], indptr[column + 1]):
        row = rows[entry]
        if s.count[row] == 0:
            last = s.bare[s.bare.size - 1] - 1
            moved = s.bare[last]
            s.bare[s.bare_place[row]] = moved
            s.bare_place[moved] = s.bare_place[row]
            s.bare[s.bare.size - 1] = last
            for place in range(row_start[row], row_start[row + 1]):
                other = row_columns[place]
                s.score[other] -= s.weight[row]
                s.allowed[other] = 1
        elif s.count[row] == 1:
            s.score[s.owner[row]] -= s.weight[row]
        s.count[row] += 1
        s.owner[row] += column
    s.score[column] = gain
    s.taken[column] = 1
    size = s.listed[s.listed.size - 1]
    s.listed[size] = column
    s.place[column] = size
    s.listed[s.listed.size - 1] = size + 1


@kernel
def _drop(column: int, s: SearchState, indptr: I64, rows: I32, row_start: I64, row_columns: I32) -> None:
    loss = s.score[column]
    for entry in range(indptr[column], indptr[column + 1]):
        row = rows[entry]
        s.count[row] -= 1
        s.owner[row] -= column
        if s.count[row] == 0:
            size = s.bare[s.bare.size - 1]
            s.bare[size] = row
            s.bare_place[row] = size
            s.bare[s.bare.size - 1] = size + 1
            for place in range(row_start[row], row_start[row + 1]):
                other = row_columns[place]
                s.score[other] += s.weight[row]
                s.allowed[other] = 1
        elif s.count[row] == 1:
            s.score[s.owner[row]] += s.weight[row]
    s.score[column] = loss
    s.taken[column] = 0
    s.allowed[column] = 0
    last = s.listed[s.listed.size - 1] - 1
    moved = s.listed[last]
    s.listed[s.place[column]] = moved
    s.place[moved] = s.place[column]
    s.listed[s.listed.size - 1] = last


@kernel
def _cheapest_loss(s: SearchState, cost: F64, tabu: int) -> int:
    """Taken column with the least loss per cost, the oldest of equals; -1 where none may go."""
    found = -1
    for place in range(s.listed[s.listed.size - 1]):
        column = s.listed[place]
        if column == tabu:
            continue
        if found < 0:
            found = column
            continue
        left = s.score[column] * cost[found]
        right = s.score[found] * cost[column]
        if left < right or (left == right and s.stamp[column] < s.stamp[found]):
            found = column
    return found


@kernel
def _best_gain(row: int, s: SearchState, cost: F64, row_start: I64, row_columns: I32) -> int:
    """Column of a row with the most gain per cost, the oldest of equals; -1 where none may come."""
    found = -1
    for place in range(row_start[row], row_start[row + 1]):
        column = row_columns[place]
        if s.allowed[column] == 0:
            continue
        if found < 0:
            found = column
            continue
        left = s.score[column] * cost[found]
        right = s.score[found] * cost[column]
        if left > right or (left == right and s.stamp[column] < s.stamp[found]):
            found = column
    return found


@kernel
def start_search(s: SearchState, indptr: I64, rows: I32, row_start: I64, row_columns: I32, cover: I64) -> None:
    """Fill the state for a first cover.

    Parameters
    ----------
    s : SearchState
        Arrays of the right shapes with `weight` and `random` set; the others are overwritten.
    indptr, rows : arrays
        Columns -> rows.
    row_start, row_columns : arrays
        Rows -> columns.
    cover : int64 array
        Columns that cover every row.
    """
    s.taken[:] = 0
    s.listed[:] = 0
    s.place[:] = 0
    s.stamp[:] = 0
    s.allowed[:] = 1
    s.count[:] = 0
    s.owner[:] = 0
    n_rows = s.count.size
    for row in range(n_rows):
        s.bare[row] = row
        s.bare_place[row] = row
    s.bare[n_rows] = n_rows
    for column in range(s.score.size):
        total = 0.0
        for entry in range(indptr[column], indptr[column + 1]):
            total += s.weight[rows[entry]]
        s.score[column] = total
    for position in range(cover.size):
        _add(cover[position], s, indptr, rows, row_start, row_columns)


@kernel
def weighting_search(
    s: SearchState, indptr: I64, rows: I32, cost: F64, row_start: I64, row_columns: I32, work: int
) -> bool:
    """Search for cheaper covers.

    While everything is covered the best cover is noted and the column with the least loss per cost is dropped.
    Then one more column goes, and uncovered rows drawn at random bring in their best column as long as the cost
    stays below the best; each time, the rows still uncovered gain weight.

    Parameters
    ----------
    s : SearchState
        State, changed in place.
    indptr, rows : arrays
        Columns -> rows.
    cost : float64 array, shape (n_cols,)
        Cost of a column, positive.
    row_start, row_columns : arrays
        Rows -> columns.
    work : int
        Array elements to look at, about, before returning.

    Returns
    -------
    bool
        True where the target value is reached.
    """
    n_rows = s.count.size
    of_drop = rows.size * rows.size // (n_rows * cost.size) + 1
    while work > 0:
        work -= s.listed[cost.size] + of_drop
        while s.bare[n_rows] == 0:
            if s.values[0] < s.values[1] - 1e-9:
                s.values[1] = s.values[0]
                s.best[:] = s.taken
                if s.values[1] <= s.values[2] + 1e-9:
                    return True
            column = _cheapest_loss(s, cost, -1)
            if column < 0:
                return True
            _drop(column, s, indptr, rows, row_start, row_columns)
            s.values[0] -= cost[column]
            s.stamp[column] = s.counters[0]
        column = _cheapest_loss(s, cost, s.counters[1])
        if column >= 0:
            _drop(column, s, indptr, rows, row_start, row_columns)
            s.values[0] -= cost[column]
            s.stamp[column] = s.counters[0]
        s.counters[1] = -1
        while s.bare[n_rows] > 0:
            row = s.bare[next_random(s.random, s.bare[n_rows])]
            column = _best_gain(row, s, cost, row_start, row_columns)
            if column < 0 or s.values[0] + cost[column] >= s.values[1] - 1e-9:
                break
            _add(column, s, indptr, rows, row_start, row_columns)
            s.values[0] += cost[column]
            s.stamp[column] = s.counters[0]
            s.counters[1] = column
            work -= of_drop
            for place in range(s.bare[n_rows]):
                uncovered = s.bare[place]
                s.weight[uncovered] += 1.0
                work -= row_start[uncovered + 1] - row_start[uncovered]
                for entry in range(row_start[uncovered], row_start[uncovered + 1]):
                    s.score[row_columns[entry]] += 1.0
            s.counters[0] += 1
        s.counters[0] += 1
    return False
