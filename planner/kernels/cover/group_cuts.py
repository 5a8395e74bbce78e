"""Cuts for groups with thresholds: which covered rows to take as given so that a fractional plan is cut off most.

A group g with need b is served (z = 1) only where the covered weight of its rows reaches b. For any set A of its
rows taken as given, what is left, d = b - w(A) > 0, must come from the other rows, and no column can bring more than
it is allowed to count:  d z <= sum_j min(d, w_j(not A)) x_j.  This is a submodular cover inequality with the cap
that makes a column covering nearly everything count as all that is needed. A block is a part of a large group; its
covered weight t obeys  t <= w(A) + sum_j w_j(not A) x_j.
Rows of a group stand side by side: group g holds rows start[g] to start[g + 1] - 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.cover.structure import F64, I8, I32, I64


class CutRows(NamedTuple):
    """The rows of groups and blocks.

    Attributes
    ----------
    start : int64 array, shape (n_groups + 1,)
        First row of each group.
    need : float64 array, shape (n_groups,)
        Weight at which a group is served; infinite for a block.
    weight : float64 array, shape (n_rows,)
        Weight of each row.
    row_start, row_columns : int64 and int32 arrays
        Columns of each row.
    """

    start: I64
    need: F64
    weight: F64
    row_start: I64
    row_columns: I32


@exact_kernel
def choose_given_rows(r: CutRows, x: F64, level: F64, given: I8, violation: F64) -> None:
    """Find for every group the prefix of its best covered rows that gives the most violated cut.

    Parameters
    ----------
    r : CutRows
        The groups.
    x : float64 array, shape (n_cols,)
        Fractional plan.
    level : float64 array, shape (n_groups,)
        z of a group, covered weight t of a block.
    given : int8 array, shape (n_rows,)
        Receives 1 for rows of the set A.
    violation : float64 array, shape (n_groups,)
        Receives by how much the cut is violated, in units of z (of the block's weight for a block).
    """
    inside = np.zeros(x.size)
    listed = np.zeros(x.size, np.int8)
    support = np.empty(x.size, np.int64)
    for group in range(r.need.size):
        first, last = r.start[group], r.start[group + 1]
        size = 0
        cover = np.zeros(last - first)
        for row in range(first, last):
            given[row] = 0
            for entry in range(r.row_start[row], r.row_start[row + 1]):
                column = r.row_columns[entry]
                if x[column] > 1e-9:
                    cover[row - first] += x[column]
                    inside[column] += r.weight[row]
                    if listed[column] == 0:
                        listed[column] = 1
                        support[size] = column
                        size += 1
        if r.need[group] == np.inf:
            total = 0.0
            for row in range(first, last):
                if cover[row - first] >= 1.0:
                    given[row] = 1
                    total += r.weight[row]
                else:
                    total += r.weight[row] * cover[row - first]
            violation[group] = (level[group] - total) / max(1e-12, _sum(r.weight, first, last))
        else:
            violation[group] = _best_prefix(
                r, group, np.argsort(-cover), x, level[group], inside, support[:size], given
            )
        for place in range(size):
            listed[support[place]] = 0
            inside[support[place]] = 0.0


@exact_kernel
def _sum(values: F64, first: int, last: int) -> float:
    total = 0.0
    for place in range(first, last):
        total += values[place]
    return total


@exact_kernel
def _best_prefix(
    r: CutRows, group: int, order: I64, x: F64, level: float, inside: F64, support: I64, given: I8
) -> float:
    """Violation of the best prefix of the rows in this order; marks its rows as given."""
    first, need = r.start[group], r.need[group]
    rest = need
    best, best_size = -np.inf, 0
    for size in range(order.size + 1):
        if size > 0:
            row = first + order[size - 1]
            rest -= r.weight[row]
            for entry in range(r.row_start[row], r.row_start[row + 1]):
                if x[r.row_columns[entry]] > 1e-9:
                    inside[r.row_columns[entry]] -= r.weight[row]
        if rest <= 1e-7 * need:
            break
        total = 0.0
        for place in range(support.size):
            column = support[place]
            total += x[column] * min(1.0, inside[column] / rest)
        if level - total > best + 1e-9:
            best, best_size = level - total, size
    for place in range(best_size):
        given[first + order[place]] = 1
    return best


@exact_kernel
def cut_coefficients(r: CutRows, chosen: I64, given: I8, n_cols: int) -> tuple[I64, I32, F64, F64]:
    """Write out the cuts of some groups, divided by d (for a block: undivided).

    Parameters
    ----------
    r : CutRows
        The groups.
    chosen : int64 array
        Groups whose cuts are wanted.
    given : int8 array, shape (n_rows,)
        1 for rows of the set A.
    n_cols : int
        Number of columns.

    Returns
    -------
    tuple of arrays
        Start of every cut (int64), its columns (int32) and coefficients (float64), and the constant w(A) of a block
        (0 for a group).
    """
    total = np.zeros(n_cols)
    listed = np.zeros(n_cols, np.int8)
    starts = np.zeros(chosen.size + 1, np.int64)
    most = 0
    for place in range(chosen.size):
        for row in range(r.start[chosen[place]], r.start[chosen[place] + 1]):
            most += r.row_start[row + 1] - r.row_start[row]
    columns = np.empty(most, np.int32)
    values = np.empty(most)
    constant = np.zeros(chosen.size)
    size = 0
    for place in range(chosen.size):
        group = chosen[place]
        begin = size
        known = 0.0
        for row in range(r.start[group], r.start[group + 1]):
            if given[row] == 1:
                known += r.weight[row]
                continue
            for entry in range(r.row_start[row], r.row_start[row + 1]):
                column = r.row_columns[entry]
                total[column] += r.weight[row]
                if listed[column] == 0:
                    listed[column] = 1
                    columns[size] = column
                    size += 1
        rest = r.need[group] - known
        for entry in range(begin, size):
            column = columns[entry]
            if r.need[group] == np.inf:
                values[entry] = total[column]
            else:
                values[entry] = min(1.0, total[column] / rest)
            total[column] = 0.0
            listed[column] = 0
        if r.need[group] == np.inf:
            constant[place] = known
        starts[place + 1] = size
    return starts, columns[:size], values[:size], constant
