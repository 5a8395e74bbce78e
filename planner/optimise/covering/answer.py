"""From selected columns to a result: what is covered, what is served, and by whom alone."""

from __future__ import annotations

import numpy as np

from planner.kernels.cover.structure import cover_counts, select_columns
from planner.optimise.covering.problem import (
    F64,
    I32,
    I64,
    Alone,
    Bool,
    CoverProblem,
    CoverResult,
    gap_share,
)
from planner.optimise.stopping import Watch


def group_weights(problem: CoverProblem, count: I32 | Bool) -> F64:
    """Covered weight of every group.

    Parameters
    ----------
    problem : CoverProblem
        The problem.
    count : int32 or bool array, shape (n_rows,)
        Times each row is covered, or whether it is.

    Returns
    -------
    float64 array, shape (n_groups,)
        Sum of the weights of covered rows.
    """
    if problem.group is None:
        return np.zeros(0)
    inside = (problem.group >= 0) & (count > 0)
    return np.bincount(problem.group[inside], problem.weights()[inside], problem.n_groups).astype(np.float64)


def served_groups(problem: CoverProblem, count: I32) -> Bool:
    """Groups whose covered weight reaches their need.

    Parameters
    ----------
    problem : CoverProblem
        The problem.
    count : int32 array, shape (n_rows,)
        Times each row is covered.

    Returns
    -------
    bool array, shape (n_groups,)
        True where served; a billionth of the need is forgiven to rounding.
    """
    if problem.group_need is None:
        return np.zeros(0, np.bool_)
    return group_weights(problem, count) >= reachable_need(problem.group_need)


def reachable_need(need: F64) -> F64:
    """Need less the rounding of a long sum.

    Parameters
    ----------
    need : float64 array
        Needs of groups.

    Returns
    -------
    float64 array
        Needs, a billionth lower.
    """
    return need * (1.0 - 1e-9)


def _alone(problem: CoverProblem, selected: I64, count: I32) -> Alone:
    """What each selected column covers and serves alone."""
    indptr, entries = select_columns(problem.indptr, problem.rows, selected, np.arange(problem.n_rows))
    only = count[entries] == 1
    ends = np.concatenate(([0], np.cumsum(only)))[indptr[1:-1]]
    rows_alone = np.split(entries[only].astype(np.int64), ends) if selected.size else []
    if problem.group is None or problem.group_need is None:
        return Alone(rows_alone, [])
    covered = group_weights(problem, count)
    weights = problem.weights()
    groups_alone: list[I64] = []
    for rows in rows_alone:
        own = rows[problem.group[rows] >= 0]
        groups, place = np.unique(problem.group[own], return_inverse=True)
        loss = np.bincount(place, weights[own], groups.size)
        need = reachable_need(problem.group_need[groups])
        lost = (covered[groups] >= need) & (covered[groups] - loss < need)
        groups_alone.append(groups[lost].astype(np.int64))
    return Alone(rows_alone, groups_alone)


def answer(problem: CoverProblem, selected: I64, value: float, bound: float, watch: Watch) -> CoverResult:
    """Put a result together.

    Parameters
    ----------
    problem : CoverProblem
        The checked problem.
    selected : int64 array
        Columns in the plan, rising.
    value : float
        Objective of the plan.
    bound : float
        Proven bound of the objective.
    watch : Watch
        The solve's clock; says what stopped it.

    Returns
    -------
    CoverResult
        The result.
    """
    count = cover_counts(problem.indptr, problem.rows, selected, problem.n_rows)
    return CoverResult(
        selected=selected,
        value=value,
        bound=bound,
        gap_share=gap_share(value, bound),
        seconds=watch.seconds,
        stopped_by=watch.stopped_by,
        alone=_alone(problem, selected, count),
        served=served_groups(problem, count),
        cost=float(problem.cost[selected].sum()),
    )
