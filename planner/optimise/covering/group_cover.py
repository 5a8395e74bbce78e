"""Thresholded covering: the cheapest columns that serve enough groups, with a proven bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.errors import Complaint, ConfigError
from planner.kernels.cover.group_search import cover_search, drop_unneeded, mend, set_plan
from planner.optimise.covering.answer import answer
from planner.optimise.covering.group_bound import CutBound, CutLoop
from planner.optimise.covering.group_core import CLOSE, Rounds, exact_rounds, few_rounds, full_rounds
from planner.optimise.covering.group_problem import GroupMatrix, blank_state, reduced_groups
from planner.optimise.covering.incumbent import common_unit, rounded_up
from planner.optimise.covering.problem import F64, I64, CoverProblem, CoverResult, checked
from planner.optimise.stopping import PROVED, USER, Stop, Watch

_ROUNDS_PER_ITERATION = 4
_CHUNK_ROUNDS = 200
_CORE_COLUMNS = 4_000
_BOUND_SHARE = 0.35
_SEARCH_SHARE = 0.4
_MOST_OUT = 6
_FEW_COLUMNS = 1_500
_FEW_SHARE = 0.5
_FULL_SHARE = 0.85
_PATIENCE = 4


@dataclass
class Best:
    """Best plan and bound so far, in the numbers of the reduced problem."""

    plan: I64
    value: float
    bound: float
    unit: float

    @property
    def proved(self) -> bool:
        """True where no cheaper plan exists."""
        return self.value - self.bound <= max(self.unit * (1.0 - 1e-6), 1e-9 * abs(self.value))

    def raise_bound(self, bound: float) -> None:
        """Take a better bound, rounded up to the unit of cost.

        Parameters
        ----------
        bound : float
            A proven lower bound.
        """
        self.bound = min(self.value, max(self.bound, rounded_up(bound, self.unit)))


def solve_group_cover(
    problem: CoverProblem,
    *,
    required_value: float | F64,
    stop: Stop,
    rng: np.random.Generator,
    start: I64 | None = None,
    exact: bool = True,
) -> CoverResult:
    """Serve enough groups at least cost.

    Parameters
    ----------
    problem : CoverProblem
        The problem, with `group` and `group_need`.
    required_value : float or float64 array, shape (n_targets,)
        Sum of `group_value` over served groups that each target asks for.
    stop : Stop
        Limits; one iteration is four rounds of the local search and allows one node of the search tree.
    rng : numpy.random.Generator
        Source of every random draw.
    start : int64 array, optional
        Columns of a plan to begin with; completed where it misses a target.
    exact : bool
        Whether a MILP solver follows the local search; without it the answer takes seconds and the bound is looser.

    Returns
    -------
    CoverResult
        The plan, its cost and a bound that holds for all columns.

    Raises
    ------
    ConfigError
        The problem makes no sense.
    InfeasibleError
        A target is beyond what all allowed columns together reach.
    """
    watch = Watch(stop)
    problem = with_groups(problem)
    required = np.atleast_1d(np.asarray(required_value, np.float64))
    if required.shape != (problem.values().shape[0],) or not np.isfinite(required).all():
        found = f"{required.size} numbers for {problem.values().shape[0]} targets"
        raise ConfigError("bad targets", [Complaint("required_value", found, "give one number a target")])
    matrix = reduced_groups(problem, required, watch)
    unit = common_unit(matrix.cover.cost)
    best = Best(np.zeros(0, np.int64), 0.0, 0.0, unit)
    if not matrix.met:
        _solve(matrix, best, start, watch, rng, exact=exact)
    if best.proved:
        best.bound = best.value
        watch.stopped_by = PROVED
    fixed_cost = float(problem.cost[matrix.chosen].sum())
    selected = np.sort(np.concatenate((matrix.chosen, matrix.columns[best.plan])))
    return answer(problem, selected, float(problem.cost[selected].sum()), best.bound + fixed_cost, watch)


def with_groups(problem: CoverProblem) -> CoverProblem:
    """Check a problem that must have groups.

    Parameters
    ----------
    problem : CoverProblem
        The problem as given.

    Returns
    -------
    CoverProblem
        The checked problem.

    Raises
    ------
    ConfigError
        It has no groups, or makes no sense otherwise.
    """
    if problem.group is None or problem.group_need is None:
        raise ConfigError("no groups", [Complaint("group", "missing", "give group and group_need")])
    return checked(problem)


def _solve(
    matrix: GroupMatrix, best: Best, start: I64 | None, watch: Watch, rng: np.random.Generator, *, exact: bool
) -> None:
    given = np.zeros(0, np.int64) if start is None else np.flatnonzero(np.isin(matrix.columns, start))
    best.plan, best.value = _first_plan(matrix, given, rng)
    loop = CutLoop(matrix, None, watch)
    cuts = loop.run(_BOUND_SHARE)
    if cuts is not None:
        best.raise_bound(cuts.bound)
    if best.proved or watch.stopped_by == USER:
        return
    order = np.arange(matrix.n_cols) if cuts is None else np.argsort(cuts.reduced, kind="stable")
    near = np.union1d(order[:_CORE_COLUMNS], best.plan)
    _improve(matrix, near, best, cuts, watch, rng)
    if not exact or best.proved or watch.stopped_by == USER or cuts is None:
        return
    _finish(matrix, best, cuts, loop, watch)


def _first_plan(matrix: GroupMatrix, given: I64, rng: np.random.Generator) -> tuple[I64, float]:
    state = blank_state(matrix, rng)
    set_plan(matrix.cover, state, given)
    mend(matrix.cover, state, 0)
    drop_unneeded(matrix.cover, state, 0.0)
    plan = np.flatnonzero(state.taken)
    return plan, float(matrix.cover.cost[plan].sum())


def _improve(
    matrix: GroupMatrix,
    near: I64,
    best: Best,
    cuts: CutBound | None,
    watch: Watch,
    rng: np.random.Generator,
) -> None:
    """Local search on the columns of least reduced cost, from the best plan and from the rounded fractional one."""
    core = matrix.only(near)
    state = blank_state(core, rng)
    starts = [np.flatnonzero(np.isin(near, best.plan))]
    if cuts is not None:
        starts += [np.flatnonzero(cuts.x[near] > share) for share in (0.9, 0.5, 0.3)]
    for plan in starts:
        set_plan(core.cover, state, plan)
        if mend(core.cover, state, 0):
            drop_unneeded(core.cover, state, 0.0)
            _offer(best, near[np.flatnonzero(state.taken)], matrix)
    kept = np.isin(near, best.plan).astype(np.int8)
    set_plan(core.cover, state, np.flatnonzero(kept))
    spent = idle = 0
    while spent < watch.stop.iterations * _ROUNDS_PER_ITERATION and idle < _PATIENCE:
        if best.proved or watch.escaped(_SEARCH_SHARE):
            break
        better = cover_search(core.cover, state, kept, _CHUNK_ROUNDS, spent, _MOST_OUT)
        _offer(best, near[np.flatnonzero(kept)], matrix)
        spent += _CHUNK_ROUNDS
        idle = 0 if better else idle + 1


def _offer(best: Best, plan: I64, matrix: GroupMatrix) -> None:
    value = float(matrix.cover.cost[plan].sum())
    if value < best.value - 1e-9:
        best.plan, best.value = np.sort(plan), value


def _finish(matrix: GroupMatrix, best: Best, cuts: CutBound, loop: CutLoop, watch: Watch) -> None:
    """Exact rounds: on few columns for a good plan, on all that can be in a cheaper plan, on few once more."""

    seen = [best.plan]

    def offer(plan: I64) -> float:
        seen.append(plan)
        _offer(best, _repaired(matrix, plan), matrix)
        return best.value

    nodes = watch.stop.iterations
    order = np.argsort(cuts.reduced, kind="stable")
    few = order[: min(_FEW_COLUMNS, matrix.n_cols // 3)]

    def on_few(rounds: Rounds) -> None:
        columns = np.unique(np.concatenate((few, best.plan, *seen)))
        exact_rounds(loop, columns, lambda: best.plan, offer, watch, rounds)

    on_few(few_rounds(_FEW_SHARE, nodes, first=True))
    if watch.stopped_by == USER:
        return
    room = best.value - best.unit - cuts.bound + 1e-7 * max(1.0, best.value)
    kept = np.union1d(np.flatnonzero(cuts.reduced <= room), best.plan)
    rounds = full_rounds(_FULL_SHARE, nodes, kept.size)
    best.raise_bound(exact_rounds(loop, kept, lambda: best.plan, offer, watch, rounds))
    if best.value - best.bound > CLOSE * best.value and watch.stopped_by != USER:
        on_few(few_rounds(1.0, nodes, first=False))


def _repaired(matrix: GroupMatrix, plan: I64) -> I64:
    """A plan of the MILP, mended where the solver's tolerance let a need slip."""
    state = blank_state(matrix, np.random.default_rng(0))
    set_plan(matrix.cover, state, plan)
    mend(matrix.cover, state, 0)
    drop_unneeded(matrix.cover, state, 0.0)
    return np.flatnonzero(state.taken)
