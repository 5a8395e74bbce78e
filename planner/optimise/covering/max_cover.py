"""Maximal covering: the most covered weight for a budget, with a proven bound.

Exact reductions, lazy greedy, drop-and-add search with exact gains, a Lagrangian bound over all columns, fixing by
the prices, and HiGHS on what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.kernels.cover.budget_prices import (
    fractional_choice,
    price_search,
    price_start,
    worth_of_columns,
)
from planner.kernels.cover.exchange import (
    CoverArrays,
    ExchangeState,
    exchange_fill,
    exchange_search,
    exchange_start,
)
from planner.kernels.cover.greedy import greedy_budget
from planner.kernels.cover.structure import cover_counts, select_columns, transpose
from planner.optimise import milp
from planner.optimise.covering.answer import answer
from planner.optimise.covering.incumbent import Most, common_unit, money_left
from planner.optimise.covering.presolve import Matrix, merged_rows, reduced_matrix
from planner.optimise.covering.prices import blank_prices
from planner.optimise.covering.problem import F64, FREE, I8, I32, I64, CoverProblem, CoverResult, checked
from planner.optimise.stopping import CLOCK, PROVED, USER, Pace, Stop, Watch

_MOVES_PER_ITERATION = 200
_WORK_PER_CHUNK = 20_000_000
_PRICE_STEPS = 3_000
_PRICE_WORK_PER_CHUNK = 100_000_000
_PRICE_CHUNK = 50
_CLOSE = 0.01  # of the gap is all that better prices could still take away
_MILP_NNZ, _MILP_NNZ_UNTIMED = 600_000, 100_000
_MILP_NNZ_PER_S = 30_000
_FIRST_PART = 0.25
_SEARCH_PART = 0.3
_PRICE_PART = 0.4
_FIRST_PATIENCE, _PATIENCE = 20_000, 300_000  # swaps without a better plan
_PATIENCE_PER_COLUMN = 1_000


def solve_max_cover(
    problem: CoverProblem,
    *,
    budget: float,
    stop: Stop,
    rng: np.random.Generator,
    start: I64 | None = None,
) -> CoverResult:
    """Cover the most weight for a budget.

    Parameters
    ----------
    problem : CoverProblem
        The problem; groups play no part.
    budget : float
        Cost that the plan, fixed columns included, may not exceed (with costs of 1: how many columns).
    stop : Stop
        Limits; one iteration is 200 swaps tried by the local search and allows one node of the search tree.
    rng : numpy.random.Generator
        Source of every random draw.
    start : int64 array, optional
        Columns of a plan to begin with.

    Returns
    -------
    CoverResult
        The plan, its covered weight (fixed columns included) and a bound that holds for all columns.

    Raises
    ------
    ConfigError
        The problem makes no sense.
    InfeasibleError
        The fixed columns alone cost more than the budget.
    """
    watch = Watch(stop)
    problem = checked(problem)
    left = money_left(problem, budget)
    affordable = problem.cost <= left * (1.0 + 1e-12)
    states = np.where((problem.states() == FREE) & ~affordable, -1, problem.states()).astype(np.int8)
    matrix = reduced_matrix(CoverProblem(**{**problem.__dict__, "fixed": states}), watch, need_all=False)
    best = Most(np.zeros(0, np.int64), 0.0, float(matrix.weight.sum()), common_unit(matrix.weight))
    if matrix.n_cols:
        matrix = _solve(matrix, left, best, start, watch, rng)
    if best.proved:
        best.bound = best.value
        watch.stopped_by = PROVED
    selected = np.sort(np.concatenate((matrix.chosen, matrix.columns[best.plan])))
    count = cover_counts(problem.indptr, problem.rows, selected, problem.n_rows)
    value = float(problem.weights()[count > 0].sum())
    return answer(problem, selected, value, value + max(0.0, best.bound - best.value), watch)


def _arrays(matrix: Matrix) -> CoverArrays:
    return CoverArrays(matrix.cost, matrix.indptr, matrix.rows, matrix.row_start, matrix.row_columns, matrix.weight)


def _solve(
    matrix: Matrix, budget: float, best: Most, start: I64 | None, watch: Watch, rng: np.random.Generator
) -> Matrix:
    """Improve the best plan and its bound; returns the matrix by whose numbers the plan goes."""
    greedy = greedy_budget(_arrays(matrix), np.zeros(matrix.n_rows, np.int32), budget)
    numbers = matrix.columns[greedy]
    matrix = matrix.gathered(greedy)
    arrays = _arrays(matrix)
    _offer(matrix, best, np.flatnonzero(np.isin(matrix.columns, numbers)))
    state = _blank(matrix, rng)
    if start is not None:
        given = np.flatnonzero(np.isin(matrix.columns, start))
        if matrix.cost[given].sum() <= budget:
            exchange_start(arrays, state, given)
            exchange_fill(arrays, state, budget, np.zeros(matrix.n_cols, np.int64))
            _offer(matrix, best, np.flatnonzero(state.taken))
    exchange_start(arrays, state, best.plan)
    state.totals[2] = best.value
    state.best[best.plan] = 1
    most = watch.stop.iterations * _MOVES_PER_ITERATION
    _search(matrix, arrays, state, budget, best, watch, Phase(most // 4, _FIRST_PART, _FIRST_PATIENCE))
    if best.proved or watch.stopped_by == USER:
        return matrix
    price = _prices(matrix, arrays, budget, best, watch)
    core = _core(matrix, budget, best, price)
    exact = core.rows.size <= _milp_size(watch)
    if not best.proved and watch.stopped_by != USER:
        part = _SEARCH_PART if exact else 1.0
        patience = max(_PATIENCE, _PATIENCE_PER_COLUMN * best.plan.size)
        _search(matrix, arrays, state, budget, best, watch, Phase(most - most // 4, part, patience))
    if exact and not best.proved and watch.stopped_by != USER:
        _finish(matrix, budget, best, _core(matrix, budget, best, price), watch)
    return matrix


def _milp_size(watch: Watch) -> float:
    """Entries of a core that HiGHS is given."""
    return min(_MILP_NNZ, _MILP_NNZ_PER_S * watch.left_s()) if watch.stop.seconds else _MILP_NNZ_UNTIMED


def _offer(matrix: Matrix, best: Most, plan: I64) -> bool:
    count = cover_counts(matrix.indptr, matrix.rows, plan, matrix.n_rows)
    value = float(matrix.weight[count > 0].sum())
    if value <= best.value * (1.0 + 1e-12):
        return False
    best.plan, best.value = np.sort(plan), value
    return True


def _blank(matrix: Matrix, rng: np.random.Generator) -> ExchangeState:
    n, m = matrix.n_cols, matrix.n_rows
    return ExchangeState(
        taken=np.zeros(n, np.int8),
        score=np.zeros(n),
        count=np.zeros(m, np.int32),
        owner=np.zeros(m, np.int64),
        open=np.zeros(n, np.int8),
        before=np.zeros(n, np.int8),
        best=np.zeros(n, np.int8),
        totals=np.zeros(5),
        moves=np.zeros(3, np.int64),
        random=rng.integers(1, 2**63, 1, dtype=np.uint64),
    )


def _chunk_trials(matrix: Matrix, plan_size: int) -> int:
    """Swaps whose work is about a chunk's."""
    rows = matrix.rows.size / max(1, matrix.n_cols)
    per_move = 2.0 * rows * matrix.rows.size / max(1, matrix.n_rows) + 2.0 * matrix.n_cols + 4.0 * plan_size
    return max(10, min(2_000, int(_WORK_PER_CHUNK / max(1.0, per_move))))


@dataclass(frozen=True)
class Phase:
    """How long one part of the search may last: swaps to try, part of the time left, swaps without a better plan."""

    trials: int
    part: float
    patience: int


def _search(
    matrix: Matrix,
    arrays: CoverArrays,
    state: ExchangeState,
    budget: float,
    best: Most,
    watch: Watch,
    phase: Phase,
) -> None:
    chunk = _chunk_trials(matrix, best.plan.size)
    spent = idle = 0
    share = watch.share_at(phase.part)
    pace = Pace(watch, chunk)

    def trials(count: int) -> int:
        exchange_search(arrays, state, budget, count)
        return count

    while spent < phase.trials and idle < phase.patience:
        if best.proved or watch.escaped(share):
            break
        made = pace.run(trials, share)
        idle = 0 if _offer(matrix, best, np.flatnonzero(state.best)) else idle + made
        spent += made


def _prices(matrix: Matrix, arrays: CoverArrays, budget: float, best: Most, watch: Watch) -> F64:
    """Row prices of the best bound."""
    state = blank_prices(matrix)
    price_start(arrays, state, best.plan, np.zeros(0))
    share = watch.share_at(_PRICE_PART)
    chunk = max(1, min(_PRICE_CHUNK, _PRICE_WORK_PER_CHUNK // max(1, matrix.rows.size)))
    pace = Pace(watch, chunk)
    while state.counts[0] < _PRICE_STEPS:
        ended = pace.run(lambda count: price_search(arrays, state, budget, best.value, count) < count, share)
        best.lower_bound(_bound(matrix, budget, state.best)[0])
        bound, value = state.totals[:2]
        within = np.isfinite(bound) and bound - value <= _CLOSE * (bound - best.value)
        if ended or within or best.proved or watch.escaped(share):
            break
    return state.best


def _bound(matrix: Matrix, budget: float, price: F64) -> tuple[float, float, F64, F64]:
    """Bound at some prices, the price of money, and worth and share of every column."""
    worth, share = np.empty(matrix.n_cols), np.empty(matrix.n_cols)
    worth_of_columns(matrix.indptr, matrix.rows, price, worth)
    order = np.argsort(-worth / matrix.cost, kind="stable")
    total, edge = fractional_choice(worth, matrix.cost, budget, order, share)
    return total + float((matrix.weight - price).sum()), edge, worth, share


def _fixed_by_price(matrix: Matrix, budget: float, best: Most, price: F64) -> I8:
    """0 where open, -1 (out) or 1 (in) where the other choice cannot lead to a better plan."""
    bound, edge, worth, share = _bound(matrix, budget, price)
    loss = np.abs(worth - edge * matrix.cost)
    hopeless = bound - loss < best.value + best.unit - 1e-7 * max(1.0, best.value)
    fixed = np.zeros(matrix.n_cols, np.int8)
    fixed[hopeless & (share == 0.0)] = -1
    fixed[hopeless & (share == 1.0)] = 1
    return fixed


@dataclass(frozen=True)
class Core:
    """What the prices leave open, with rows that have become equal united.

    Attributes
    ----------
    inside, free : int64 arrays
        Columns fixed in every better plan, and columns still open.
    indptr, rows : int64 and int32 arrays
        Rows of each open column.
    weight : float64 array
        Weight of each row left.
    base, money : float
        Weight the fixed columns cover, and budget they leave.
    """

    inside: I64
    free: I64
    indptr: I64
    rows: I32
    weight: F64
    base: float
    money: float


def _core(matrix: Matrix, budget: float, best: Most, price: F64) -> Core:
    fixed = _fixed_by_price(matrix, budget, best, price)
    inside, free = np.flatnonzero(fixed == 1), np.flatnonzero(fixed == 0)
    done = cover_counts(matrix.indptr, matrix.rows, inside, matrix.n_rows) > 0
    able = cover_counts(matrix.indptr, matrix.rows, free, matrix.n_rows) > 0
    left = np.flatnonzero(able & ~done)
    row_map = np.full(matrix.n_rows, -1, np.int64)
    row_map[left] = np.arange(left.size)
    indptr, rows = select_columns(matrix.indptr, matrix.rows, free, row_map)
    number = merged_rows(indptr, rows, left.size, np.arange(left.size))
    n_rows = int(number.max(initial=-1)) + 1
    weight = np.bincount(number, matrix.weight[left], n_rows).astype(np.float64)
    heads = np.full(left.size, -1, np.int64)
    first = np.unique(number, return_index=True)[1]
    heads[first] = number[first]
    indptr, rows = select_columns(indptr, rows, np.arange(free.size), heads)
    base = float(matrix.weight[done].sum())
    return Core(inside, free, indptr, rows, weight, base, budget - float(matrix.cost[inside].sum()))


def _finish(matrix: Matrix, budget: float, best: Most, core: Core, watch: Watch) -> None:
    """HiGHS on the core, with the best plan as start and cutoff."""
    if watch.escaped():
        return
    if core.free.size == 0:
        _offer(matrix, best, core.inside)
        best.bound = best.value
        return
    begin = np.isin(core.free, best.plan).astype(np.float64)
    covered = cover_counts(core.indptr, core.rows, np.flatnonzero(begin), core.weight.size) > 0
    fits = bool(np.isin(core.inside, best.plan).all())
    out = milp.solve_milp(
        _model(core.indptr, core.rows, core.weight, matrix.cost[core.free], core.money),
        start=np.concatenate((begin, covered.astype(np.float64))) if fits else None,
        cutoff=-(best.value + best.unit - core.base) + 1e-6 * max(1.0, best.unit),
        nodes=watch.stop.iterations,
        seconds=watch.left_s(),
        should_stop=watch.stop.should_stop,
        aim="bound",
    )
    if out.x is not None:
        plan = np.concatenate((core.inside, core.free[out.x[: core.free.size] > 0.5]))
        if matrix.cost[plan].sum() <= budget * (1.0 + 1e-9):
            _offer(matrix, best, plan)
    if out.status in ("cutoff", "optimal"):
        best.bound = best.value
    else:
        best.lower_bound(max(best.value, core.base - out.bound))
        if out.status == CLOCK or watch.escaped():
            watch.stopped_by = USER if watch.stopped_by == USER else CLOCK


def _model(indptr: I64, rows: I32, weight: F64, cost: F64, budget: float) -> milp.LinearModel:
    """Maximise the weight of covered rows: x whole, y continuous; a row of one column is counted at its x."""
    n, m = cost.size, weight.size
    row_start, row_columns = transpose(indptr, rows, m)
    degree = np.diff(row_start)
    lengths = np.append(degree + 1, n)
    start = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    columns = np.empty(start[-1], np.int32)
    values = np.ones(start[-1])
    y_place = start[1:-1] - 1
    is_x = np.ones(start[-1], np.bool_)
    is_x[y_place] = False
    is_x[start[-2] :] = False
    columns[is_x] = row_columns
    columns[y_place] = n + np.arange(m)
    values[y_place] = -1.0
    columns[start[-2] :] = np.arange(n)
    values[start[-2] :] = -cost
    whole = np.zeros(n + m, np.bool_)
    whole[:n] = True
    return milp.LinearModel(
        np.concatenate((np.zeros(n), -weight)),
        np.zeros(n + m),
        np.ones(n + m),
        whole,
        np.append(np.zeros(m), -budget * (1.0 + 1e-12)),
        np.full(m + 1, np.inf),
        start,
        columns,
        values,
    )
