"""Exact reductions of a cover matrix: fixed and forbidden columns, equal rows, dominated columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.errors import Complaint, InfeasibleError
from planner.kernels.cover.structure import (
    begin_dominance,
    cover_counts,
    dominated_columns,
    equal_neighbours,
    homes,
    row_signatures,
    select_columns,
    transpose,
)
from planner.optimise.covering.problem import CHOSEN, F64, FREE, I32, I64, Bool, CoverProblem, name_some
from planner.optimise.stopping import Pace, Watch

DOMINANCE_WORK = 100_000_000
_DOMINANCE_CHUNK = 4_000_000
_DOMINANCE_SHARE = 0.15


@dataclass(frozen=True)
class Matrix:
    """A reduced cover matrix, by columns and by rows.

    Attributes
    ----------
    columns : int64 array, shape (n_cols,)
        The problem's number of each column.
    cost : float64 array, shape (n_cols,)
        Cost of each column.
    indptr, rows : int64 and int32 arrays
        Rows of each column.
    row_start, row_columns : int64 and int32 arrays
        Columns of each row.
    weight : float64 array, shape (n_rows,)
        Sum of the weights of the problem's rows a row stands for.
    chosen : int64 array
        The problem's columns that are in every plan.
    row_of : int64 array, shape (problem rows,)
        The row that stands for each row of the problem, -1 where it needs none.
    """

    columns: I64
    cost: F64
    indptr: I64
    rows: I32
    row_start: I64
    row_columns: I32
    weight: F64
    chosen: I64
    row_of: I64

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.weight.size)

    @property
    def n_cols(self) -> int:
        """Number of columns."""
        return int(self.cost.size)

    def only(self, columns: I64) -> Matrix:
        """Cut down to some columns.

        Parameters
        ----------
        columns : int64 array
            Columns to keep, by this matrix's numbers.

        Returns
        -------
        Matrix
            The same rows, fewer columns.
        """
        indptr, rows = select_columns(self.indptr, self.rows, columns, np.arange(self.n_rows))
        row_start, row_columns = transpose(indptr, rows, self.n_rows)
        return Matrix(
            self.columns[columns],
            self.cost[columns],
            indptr,
            rows,
            row_start,
            row_columns,
            self.weight,
            self.chosen,
            self.row_of,
        )

    def gathered(self, plan: I64) -> Matrix:
        """Renumber rows and columns so that neighbours lie side by side in memory.

        Parameters
        ----------
        plan : int64 array
            Columns around which the others are gathered.

        Returns
        -------
        Matrix
            The same problem.
        """
        row_home, column_home = homes(self.indptr, self.rows, plan, self.n_rows)
        order = np.argsort(row_home, kind="stable")
        number = np.empty(self.n_rows, np.int64)
        number[order] = np.arange(self.n_rows)
        columns = np.argsort(column_home, kind="stable")
        row_start, row_columns = transpose(*select_columns(self.indptr, self.rows, columns, number), self.n_rows)
        indptr, rows = transpose(row_start, row_columns, self.n_cols)  # twice turned: rows rise in every column
        return Matrix(
            self.columns[columns],
            self.cost[columns],
            indptr,
            rows,
            row_start,
            row_columns,
            self.weight[order],
            self.chosen,
            np.append(number, -1)[self.row_of],
        )


def merged_rows(indptr: I64, rows: I32, n_rows: int, wanted: I64, kind: I64 | None = None) -> I64:
    """Number rows so that rows of equal kind and equal columns share a number.

    Parameters
    ----------
    indptr, rows : arrays
        Rows of each column.
    n_rows : int
        Number of rows.
    wanted : int64 array
        Rows to number, rising; all others get -1.
    kind : int64 array, shape (n_rows,), optional
        Rows of different kinds are never united.

    Returns
    -------
    int64 array, shape (n_rows,)
        New number of each row; numbers rise with the first row of each class.
    """
    signature = row_signatures(indptr, rows, n_rows)
    row_start, row_columns = transpose(indptr, rows, n_rows)
    kinds = np.zeros(n_rows, np.int64) if kind is None else kind
    order = wanted[np.lexsort((wanted, signature[wanted], kinds[wanted]))]
    same = equal_neighbours(order, row_start, row_columns)
    same[1:] &= kinds[order[1:]] == kinds[order[:-1]]
    label = np.cumsum(~same) - 1
    first = order[~same]
    rank = np.empty(first.size, np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(first.size)
    number = np.full(n_rows, -1, np.int64)
    number[order] = rank[label]
    return number


def undominated(matrix: tuple[I64, I32], turned: tuple[I64, I32], cost: F64, most: int, watch: Watch) -> Bool:
    """Columns that no other column makes needless.

    Parameters
    ----------
    matrix, turned : tuple of arrays
        Rows of each column, and columns of each row: starts and entries.
    cost : float64 array, shape (n_cols,)
        Cost of each column.
    most : int
        Set elements to look at.
    watch : Watch
        The solve's clock; the search may use a part of its limit.

    Returns
    -------
    bool array, shape (n_cols,)
        False where a column is known to be empty or dominated.
    """
    search = begin_dominance(*matrix, turned[0].size - 1)
    pace = Pace(watch, _DOMINANCE_CHUNK)
    while search.tally[1] < most and not watch.escaped(_DOMINANCE_SHARE):
        if pace.run(lambda work: dominated_columns(*matrix, cost, *turned, search, work), _DOMINANCE_SHARE):
            break
    return np.asarray(~search.dominated, np.bool_)


def reduced_matrix(problem: CoverProblem, watch: Watch, *, need_all: bool) -> Matrix:
    """Take out what is decided and unite what is equal.

    Parameters
    ----------
    problem : CoverProblem
        A checked problem.
    watch : Watch
        The solve's clock; the search for dominated columns may use a part of its limit.
    need_all : bool
        Every row has to be covered: rows no column can cover are an error; without it they are left out.

    Returns
    -------
    Matrix
        The reduced matrix; any plan for it plus `chosen` is a plan for the problem and the other way round.

    Raises
    ------
    InfeasibleError
        Rows that no allowed column covers.
    """
    states = problem.states()
    chosen = np.flatnonzero(states == CHOSEN)
    free = np.flatnonzero(states == FREE)
    done = cover_counts(problem.indptr, problem.rows, chosen, problem.n_rows) > 0
    able = cover_counts(problem.indptr, problem.rows, free, problem.n_rows) > 0
    lost = np.flatnonzero(~done & ~able)
    if need_all and lost.size:
        raise InfeasibleError(
            "some rows cannot be covered",
            [Complaint(f"rows {name_some(lost)}", "no allowed column covers them", "allow or add columns")],
        )
    open_rows = able & ~done
    if not need_all:
        open_rows &= problem.weights() > 0.0
    keep_row = np.where(open_rows, 0, -1)
    renumbered = np.where(open_rows, np.cumsum(open_rows) - 1, -1)
    indptr, rows = select_columns(problem.indptr, problem.rows, free, renumbered)
    n_open = int(open_rows.sum())
    number = merged_rows(indptr, rows, n_open, np.arange(n_open))
    n_rows = int(number.max(initial=-1)) + 1
    keep_row[open_rows] = number
    weight = np.bincount(number, problem.weights()[open_rows], n_rows).astype(np.float64)
    first = np.full(n_open, -1, np.int64)
    heads = np.unique(number, return_index=True)[1]
    first[heads] = number[heads]
    indptr, rows = select_columns(indptr, rows, np.arange(free.size), first)
    cost = problem.cost[free]
    row_start, row_columns = transpose(indptr, rows, n_rows)
    useful = undominated((indptr, rows), (row_start, row_columns), cost, DOMINANCE_WORK, watch)
    matrix = Matrix(free, cost, indptr, rows, row_start, row_columns, weight, chosen, keep_row)
    return matrix.only(np.flatnonzero(useful))
