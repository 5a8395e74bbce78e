"""Thresholded covering for a budget: the most value of served groups, with a proven bound."""

from __future__ import annotations

import numpy as np

from planner.kernels.cover.group_search import budget_search, fill, set_plan
from planner.optimise.covering.answer import answer
from planner.optimise.covering.group_bound import CutBound, CutLoop
from planner.optimise.covering.group_core import CLOSE, Rounds, exact_rounds, few_rounds, full_rounds
from planner.optimise.covering.group_cover import with_groups
from planner.optimise.covering.group_problem import GroupMatrix, blank_state, reduced_groups
from planner.optimise.covering.incumbent import Most, common_unit, money_left
from planner.optimise.covering.problem import I64, CoverProblem, CoverResult
from planner.optimise.stopping import PROVED, USER, Stop, Watch

_ROUNDS_PER_ITERATION = 4
_CHUNK_ROUNDS = 200
_CORE_COLUMNS = 4_000
_BOUND_SHARE = 0.35
_SEARCH_SHARE = 0.45
_FEW_SHARE = 0.5
_FULL_SHARE = 0.85
_FEW_COLUMNS = 1_500
_MOST_OUT = 6
_PATIENCE = 4


def solve_group_budget(
    problem: CoverProblem,
    *,
    budget: float,
    stop: Stop,
    rng: np.random.Generator,
    start: I64 | None = None,
) -> CoverResult:
    """Serve groups of the most value for a budget.

    Parameters
    ----------
    problem : CoverProblem
        The problem, with `group` and `group_need`; where `group_value` has several rows their sum counts.
    budget : float
        Cost that the plan, fixed columns included, may not exceed.
    stop : Stop
        Limits, as for `solve_group_cover`.
    rng : numpy.random.Generator
        Source of every random draw.
    start : int64 array, optional
        Columns of a plan to begin with, within the budget.

    Returns
    -------
    CoverResult
        The plan, the value of the groups it serves (fixed columns included) and a bound for all columns.

    Raises
    ------
    ConfigError
        The problem makes no sense.
    InfeasibleError
        The fixed columns alone cost more than the budget.
    """
    watch = Watch(stop)
    problem = with_groups(problem)
    problem = CoverProblem(**{**problem.__dict__, "group_value": problem.values().sum(axis=0)})
    left = money_left(problem, budget)
    matrix = reduced_groups(problem, None, watch)
    affordable = np.flatnonzero(matrix.cover.cost <= left * (1.0 + 1e-12))
    matrix = matrix.only(affordable)
    top = float(matrix.cover.value.sum())
    best = Most(np.zeros(0, np.int64), 0.0, top, common_unit(matrix.cover.value[0]))
    if top > 0.0 and matrix.n_cols:
        _solve(matrix, left, best, start, watch, rng)
    elif not matrix.n_cols:
        best.bound = 0.0
    if best.proved:
        best.bound = best.value
        watch.stopped_by = PROVED
    selected = np.sort(np.concatenate((matrix.chosen, matrix.columns[best.plan])))
    plain = answer(problem, selected, 0.0, 0.0, watch)
    value = float(problem.values()[0][plain.served].sum())
    return answer(problem, selected, value, value + max(0.0, best.bound - best.value), watch)


def _solve(
    matrix: GroupMatrix, budget: float, best: Most, start: I64 | None, watch: Watch, rng: np.random.Generator
) -> None:
    given = np.zeros(0, np.int64) if start is None else np.flatnonzero(np.isin(matrix.columns, start))
    if matrix.cover.cost[given].sum() > budget:
        given = given[:0]
    for first in (np.zeros(0, np.int64), given):
        _offer(matrix, best, _filled(matrix, first, budget, rng))
    loop = CutLoop(matrix, budget, watch)
    cuts = loop.run(_BOUND_SHARE)
    if cuts is None:
        return
    best.lower_bound(-cuts.bound)
    if best.proved or watch.stopped_by == USER:
        return
    order = np.argsort(cuts.reduced, kind="stable")
    near = np.union1d(order[:_CORE_COLUMNS], best.plan)
    _improve(matrix, near, budget, best, cuts, watch, rng)
    if best.proved or watch.stopped_by == USER:
        return
    _finish(matrix, budget, best, cuts, loop, watch)


def _filled(matrix: GroupMatrix, plan: I64, budget: float, rng: np.random.Generator) -> I64:
    """A plan within the budget, with what is left spent greedily."""
    state = blank_state(matrix, rng)
    set_plan(matrix.cover, state, plan)
    fill(matrix.cover, state, budget, 0)
    return np.flatnonzero(state.taken)


def _offer(matrix: GroupMatrix, best: Most, plan: I64) -> None:
    state = blank_state(matrix, np.random.default_rng(0))
    set_plan(matrix.cover, state, plan)
    if state.reached[0] > best.value + 1e-9 * max(1.0, best.value):
        best.plan, best.value = np.sort(plan), float(state.reached[0])


def _rounded_plan(x: np.ndarray, cost: np.ndarray, budget: float) -> I64:
    """Columns of the fractional plan in falling order, as far as the budget goes."""
    order = np.argsort(-x, kind="stable")
    order = order[x[order] > 0.3]
    return order[np.cumsum(cost[order]) <= budget]


def _improve(
    matrix: GroupMatrix,
    near: I64,
    budget: float,
    best: Most,
    cuts: CutBound,
    watch: Watch,
    rng: np.random.Generator,
) -> None:
    core = matrix.only(near)
    plan = _filled(core, _rounded_plan(cuts.x[near], core.cover.cost, budget), budget, rng)
    _offer(matrix, best, near[plan])
    state = blank_state(core, rng)
    kept = np.isin(near, best.plan).astype(np.int8)
    set_plan(core.cover, state, np.flatnonzero(kept))
    spent = idle = 0
    while spent < watch.stop.iterations * _ROUNDS_PER_ITERATION and idle < _PATIENCE:
        if best.proved or watch.escaped(_SEARCH_SHARE):
            break
        before = best.value
        budget_search(core.cover, state, kept, budget, _CHUNK_ROUNDS, spent, _MOST_OUT)
        _offer(matrix, best, near[np.flatnonzero(kept)])
        spent += _CHUNK_ROUNDS
        idle = 0 if best.value > before else idle + 1


def _finish(matrix: GroupMatrix, budget: float, best: Most, cuts: CutBound, loop: CutLoop, watch: Watch) -> None:
    """Exact rounds: on few columns for a good plan, on all that can be in a better plan, on few once more."""

    seen = [best.plan]

    def offer(plan: I64) -> float:
        seen.append(plan)
        if matrix.cover.cost[plan].sum() <= budget * (1.0 + 1e-9):
            _offer(matrix, best, plan)
            _offer(matrix, best, _filled(matrix, plan, budget, np.random.default_rng(0)))
        return -best.value

    nodes = watch.stop.iterations
    order = np.argsort(cuts.reduced, kind="stable")
    few = order[: min(_FEW_COLUMNS, matrix.n_cols // 3)]

    def on_few(rounds: Rounds) -> None:
        columns = np.unique(np.concatenate((few, best.plan, *seen)))
        exact_rounds(loop, columns, lambda: best.plan, offer, watch, rounds)

    on_few(few_rounds(_FEW_SHARE, nodes, first=True))
    if watch.stopped_by == USER:
        return
    room = -best.value - best.unit - cuts.bound + 1e-7 * max(1.0, best.value)
    kept = np.union1d(np.flatnonzero(cuts.reduced <= room), best.plan)
    rounds = full_rounds(_FULL_SHARE, nodes, kept.size)
    best.lower_bound(-exact_rounds(loop, kept, lambda: best.plan, offer, watch, rounds))
    if best.bound - best.value > CLOSE * best.value and watch.stopped_by != USER:
        on_few(few_rounds(1.0, nodes, first=False))
