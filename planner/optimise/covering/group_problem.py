"""Groups with thresholds: what is left to decide once fixed columns, served and unreachable groups are out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.errors import Complaint, InfeasibleError
from planner.kernels.cover.group_arrays import GroupCover, GroupState
from planner.kernels.cover.structure import cover_counts, select_columns, transpose
from planner.optimise.covering.answer import group_weights, reachable_need
from planner.optimise.covering.presolve import merged_rows, undominated
from planner.optimise.covering.problem import CHOSEN, F64, FREE, I32, I64, Bool, CoverProblem, name_some
from planner.optimise.stopping import Watch

_DOMINANCE_WORK = 200_000_000
_SLACK = 1e-9
LARGE_GROUP_ROWS = 300


@dataclass(frozen=True)
class GroupMatrix:
    """A reduced problem with groups: the rows of a group stand side by side.

    Attributes
    ----------
    columns : int64 array, shape (n_cols,)
        The problem's number of each column.
    groups : int64 array, shape (n_groups,)
        The problem's number of each group.
    cover : GroupCover
        Arrays for the kernels: what is still needed, by group and by target.
    row_start, row_columns : int64 and int32 arrays
        Columns of each row.
    group_rows : int64 array, shape (n_groups + 1,)
        First row of each group.
    chosen : int64 array
        The problem's columns that are in every plan.
    """

    columns: I64
    groups: I64
    cover: GroupCover
    row_start: I64
    row_columns: I32
    group_rows: I64
    chosen: I64

    @property
    def n_cols(self) -> int:
        """Number of columns."""
        return int(self.columns.size)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return int(self.groups.size)

    @property
    def met(self) -> bool:
        """True where the columns fixed in the plan meet every target already."""
        return bool((self.cover.required <= _SLACK).all())

    def only(self, columns: I64) -> GroupMatrix:
        """Cut down to some columns.

        Parameters
        ----------
        columns : int64 array
            Columns to keep, rising, by this matrix's numbers.

        Returns
        -------
        GroupMatrix
            The same rows and groups, fewer columns.
        """
        c = self.cover
        indptr, rows = select_columns(c.indptr, c.rows, columns, np.arange(c.weight.size))
        return _assemble(
            self.columns[columns],
            self.groups,
            self.chosen,
            c.cost[columns],
            (indptr, rows),
            (c.group, c.weight, c.need, c.value, c.required),
        )


def _assemble(
    columns: I64,
    groups: I64,
    chosen: I64,
    cost: F64,
    matrix: tuple[I64, I32],
    rest: tuple[I32, F64, F64, F64, F64],
) -> GroupMatrix:
    """Derive the transposed views of a matrix by columns."""
    indptr, rows = matrix
    group, weight, need, value, required = rest
    row_start, row_columns = transpose(indptr, rows, weight.size)
    pair_group = group[rows].astype(np.int64)
    pair_column = np.repeat(np.arange(columns.size), np.diff(indptr))
    fresh = np.ones(rows.size, np.bool_)
    fresh[1:] = (pair_group[1:] != pair_group[:-1]) | (pair_column[1:] != pair_column[:-1])
    order = np.argsort(pair_group[fresh], kind="stable")
    group_columns = pair_column[fresh][order].astype(np.int32)
    group_start = np.zeros(need.size + 1, np.int64)
    np.cumsum(np.bincount(pair_group[fresh], minlength=need.size), out=group_start[1:])
    group_rows = np.searchsorted(group, np.arange(need.size + 1)).astype(np.int64)
    cover = GroupCover(
        cost=cost,
        indptr=indptr,
        rows=rows,
        group=group,
        weight=weight,
        need=need,
        value=value,
        required=required,
        group_start=group_start,
        group_columns=group_columns,
        row_start=row_start,
        row_columns=row_columns,
        large=(np.diff(group_rows) > LARGE_GROUP_ROWS).astype(np.int8),
    )
    return GroupMatrix(columns, groups, cover, row_start, row_columns, group_rows, chosen)


def reduced_groups(problem: CoverProblem, required: F64 | None, watch: Watch) -> GroupMatrix:
    """Take out what is decided, unite equal rows of a group, leave out dominated columns.

    Parameters
    ----------
    problem : CoverProblem
        A checked problem with groups.
    required : float64 array, shape (n_targets,), or None
        Value each target asks for; None for as much as a budget allows.
    watch : Watch
        The solve's clock; the search for dominated columns may use a part of its limit.

    Returns
    -------
    GroupMatrix
        The reduced problem.

    Raises
    ------
    InfeasibleError
        A target asks for more than all allowed columns together reach; names the groups beyond reach.
    """
    assert problem.group is not None
    assert problem.group_need is not None
    states = problem.states()
    chosen, free = np.flatnonzero(states == CHOSEN), np.flatnonzero(states == FREE)
    count = cover_counts(problem.indptr, problem.rows, chosen, problem.n_rows)
    able = cover_counts(problem.indptr, problem.rows, free, problem.n_rows) > 0
    covered = group_weights(problem, count)
    limit = reachable_need(problem.group_need)
    served = covered >= limit
    reachable = group_weights(problem, (count > 0) | able) >= limit
    values = problem.values()
    if required is None:
        left = np.ones(values.shape[0])
    else:
        _refuse_unreachable(values, required, served, reachable)
        left = np.maximum(0.0, required - values[:, served].sum(axis=1))
    wanted = ~served & reachable & (values[left > _SLACK] > 0.0).any(axis=0)
    group = problem.group
    inside = (group >= 0) & able & (count == 0) & (problem.weights() > 0.0)
    inside[inside] = wanted[group[inside]]
    row_map, new_group, weight = _united_rows(problem, free, inside)
    indptr, rows = select_columns(problem.indptr, problem.rows, free, row_map)
    turned = transpose(indptr, rows, weight.size)
    indptr, rows = transpose(turned[0], turned[1], free.size)
    turned = transpose(indptr, rows, weight.size)
    keep = np.flatnonzero(undominated((indptr, rows), turned, problem.cost[free], _DOMINANCE_WORK, watch))
    indptr, rows = select_columns(indptr, rows, keep, np.arange(weight.size))
    groups = np.flatnonzero(wanted)
    number = np.cumsum(wanted) - 1
    rest = (
        number[new_group].astype(np.int32),
        weight,
        (problem.group_need - covered)[groups],
        np.ascontiguousarray(values[:, groups]),
        left if required is not None else values[:, groups].sum(axis=1),
    )
    columns = free[keep]
    return _assemble(columns, groups, chosen, problem.cost[columns], (indptr, rows), rest)


def _refuse_unreachable(values: F64, required: F64, served: Bool, reachable: Bool) -> None:
    best = values[:, served | reachable].sum(axis=1)
    complaints = []
    for target in np.flatnonzero(best < required - _SLACK * np.maximum(1.0, np.abs(required))):
        beyond = np.flatnonzero(~(served | reachable) & (values[target] > 0.0))
        found = f"asks for {required[target]:g}, all allowed columns together reach {best[target]:g}"
        remedy = f"lower it, or add columns for the groups beyond reach: {name_some(beyond)}"
        complaints.append(Complaint(f"target {target}", found, remedy))
    if complaints:
        raise InfeasibleError("no plan can meet the targets", complaints)


def _united_rows(problem: CoverProblem, free: I64, inside: Bool) -> tuple[I64, I32, F64]:
    """New number of the first row of each class (-1 for all others), group and weight of each new row."""
    assert problem.group is not None
    renumbered = np.where(inside, np.cumsum(inside) - 1, -1)
    indptr, rows = select_columns(problem.indptr, problem.rows, free, renumbered)
    old = np.flatnonzero(inside)
    kind = problem.group[old].astype(np.int64)
    number = merged_rows(indptr, rows, old.size, np.arange(old.size), kind)
    n_rows = int(number.max(initial=-1)) + 1
    weight = np.bincount(number, problem.weights()[old], n_rows).astype(np.float64)
    heads = np.unique(number, return_index=True)[1]
    order = np.lexsort((heads, kind[heads]))
    row_map = np.full(problem.n_rows, -1, np.int64)
    row_map[old[heads[order]]] = np.arange(n_rows)
    return row_map, kind[heads[order]].astype(np.int32), weight[order]


def blank_state(matrix: GroupMatrix, rng: np.random.Generator) -> GroupState:
    """Arrays for the local search.

    Parameters
    ----------
    matrix : GroupMatrix
        The problem.
    rng : numpy.random.Generator
        Seeds the kernel's own generator.

    Returns
    -------
    GroupState
        To be filled by `set_plan`.
    """
    n = matrix.n_cols
    return GroupState(
        taken=np.zeros(n, np.int8),
        count=np.zeros(matrix.cover.weight.size, np.int32),
        covered=np.zeros(matrix.n_groups),
        reached=np.zeros(matrix.cover.required.size),
        gain=np.zeros(n),
        stale=np.ones(n, np.int8),
        barred=np.zeros(n, np.int64),
        total=np.zeros(1),
        random=rng.integers(1, 2**63, 1, dtype=np.uint64),
    )
