"""Set covering: the cheapest columns that cover every row, with a proven bound.

Exact reductions, lazy greedy, row prices with their Lagrangian bound, a local search whose row weights start from the
prices, reduced-cost fixing, and HiGHS on what is left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.kernels.cover.lagrangian import cheapest_of_rows
from planner.kernels.cover.weighting import SearchState, start_search, weighting_search
from planner.optimise import milp
from planner.optimise.covering.answer import answer
from planner.optimise.covering.incumbent import Incumbent, common_unit, rounded_up
from planner.optimise.covering.presolve import Matrix, reduced_matrix
from planner.optimise.covering.prices import Prices, best_prices, greedy_plan
from planner.optimise.covering.problem import F64, I64, CoverProblem, CoverResult, checked
from planner.optimise.stopping import CLOCK, PROVED, USER, Pace, Stop, Watch

_MOVES_PER_ITERATION = 1_000
_CHUNK_WORK = 20_000_000
_PRIMED_MOVES = 20_000
_PRIMED_WEIGHT = 2_000.0
_PRIMED_NOISE = 0.1
_CORE_COLUMNS_PER_ROW = 1.6
_SEARCH_SHARE = 0.35
_EXACT_SHARE = 0.7
_MILP_NNZ, _SMALL_NNZ = 600_000, 12_000
_PATIENCE = 4
_PATIENCE_MOVES = 400_000
_MILP_NNZ_PER_S = 40_000
_FEW_COLUMNS, _FEW_UNITS, _WIDE_GAP = 500, 30, 0.2


def solve_set_cover(
    problem: CoverProblem, stop: Stop, rng: np.random.Generator, start: I64 | None = None
) -> CoverResult:
    """Cover every row at least cost.

    Parameters
    ----------
    problem : CoverProblem
        The problem; weights and groups play no part.
    stop : Stop
        Limits; one iteration is 1,000 moves of the local search, and allows one node of the search tree.
    rng : numpy.random.Generator
        Source of every random draw.
    start : int64 array, optional
        Columns of a plan to begin with; completed where it leaves rows uncovered.

    Returns
    -------
    CoverResult
        The plan, its cost and a bound that holds for all columns.

    Raises
    ------
    ConfigError
        The problem makes no sense.
    InfeasibleError
        Rows that no allowed column covers.
    """
    watch = Watch(stop)
    problem = checked(problem)
    matrix = reduced_matrix(problem, watch, need_all=True)
    scale = _scale(matrix.cost)
    matrix = replace(matrix, cost=matrix.cost * scale)
    best = _first_cover(matrix, start)
    prices = best_prices(matrix, best, watch)
    exact = _within_reach(matrix, best, prices, watch)
    if not best.proved and watch.stopped_by != USER:
        _search(matrix, best, prices, watch, rng, patient=exact)
    if exact and not best.proved and watch.stopped_by != USER:
        _finish_exactly(matrix, best, prices, watch)
        if watch.stop.seconds is not None and not best.proved and not watch.escaped():
            _search(matrix, best, prices, watch, rng, patient=False)
    if best.proved:
        watch.stopped_by = PROVED
        best.bound = best.value
    fixed_cost = float(problem.cost[matrix.chosen].sum())
    selected = np.sort(np.concatenate((matrix.chosen, matrix.columns[best.cover])))
    bound = best.bound / scale + fixed_cost
    return answer(problem, selected, float(problem.cost[selected].sum()), bound, watch)


def _scale(cost: F64) -> float:
    """Power of two that makes the least cost at least 1 where costs are not whole: tolerances are for such numbers."""
    if common_unit(cost) > 0.0 or cost.size == 0:
        return 1.0
    return float(2.0 ** np.ceil(-np.log2(cost.min())))


def _first_cover(matrix: Matrix, start: I64 | None) -> Incumbent:
    ones = np.ones(matrix.n_rows)
    cover = greedy_plan(matrix, matrix.cost, ones, np.zeros(0, np.int64))
    best = Incumbent(cover, float(matrix.cost[cover].sum()), 0.0, common_unit(matrix.cost))
    if start is not None:
        given = np.flatnonzero(np.isin(matrix.columns, start))
        best.offer(greedy_plan(matrix, matrix.cost, ones, given), matrix.cost)
    return best


def _useful(best: Incumbent, prices: Prices) -> I64:
    """Columns that a cover cheaper than the best may contain, by reduced cost."""
    room = best.target - prices.bound + 1e-7 * max(1.0, abs(best.value))
    return np.flatnonzero(prices.reduced <= room)


def _within_reach(matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch) -> bool:
    """Tell whether HiGHS may come to something: few entries are left, or neither many columns nor a wide gap."""
    useful = _useful(best, prices)
    entries = int(np.diff(matrix.indptr)[useful].sum())
    if entries > min(_MILP_NNZ, _MILP_NNZ_PER_S * watch.left_s()):
        return False
    gap = best.value - best.bound
    return bool(useful.size <= _FEW_COLUMNS or gap <= _WIDE_GAP * best.value or gap <= _FEW_UNITS * best.unit)


def _search_state(matrix: Matrix, best: Incumbent, rng: np.random.Generator) -> SearchState:
    n, m = matrix.n_cols, matrix.n_rows
    return SearchState(
        taken=np.zeros(n, np.int8),
        listed=np.zeros(n + 1, np.int64),
        place=np.zeros(n, np.int64),
        score=np.zeros(n),
        stamp=np.zeros(n, np.int64),
        allowed=np.ones(n, np.int8),
        count=np.zeros(m, np.int32),
        owner=np.zeros(m, np.int64),
        weight=np.ones(m),
        bare=np.zeros(m + 1, np.int64),
        bare_place=np.zeros(m, np.int64),
        best=np.zeros(n, np.int8),
        values=np.array([0.0, best.value, best.bound]),
        counters=np.array([0, -1]),
        random=rng.integers(1, 2**63, 1, dtype=np.uint64),
    )


class _Walk:
    """A weighting search on some columns, resumed in chunks."""

    def __init__(self, matrix: Matrix, columns: I64, best: Incumbent, rng: np.random.Generator) -> None:
        self.columns = columns
        self.matrix = matrix.only(columns) if columns.size < matrix.n_cols else matrix
        self.state = _search_state(self.matrix, best, rng)

    def begin(self, cover: I64, weight: F64) -> None:
        """Start from a cover, in the numbers of the whole matrix, with these row weights."""
        m = self.matrix
        inside = np.flatnonzero(np.isin(self.columns, cover))
        own = greedy_plan(m, m.cost, np.ones(m.n_rows), inside)
        self.state.weight[:] = weight
        start_search(self.state, m.indptr, m.rows, m.row_start, m.row_columns, own)
        self.state.values[0] = m.cost[own].sum()
        self.state.counters[:] = (0, -1)

    def go(self, best: Incumbent, cost: F64, work: int) -> int:
        """Some moves, whose number is returned; offers what they find."""
        m, s = self.matrix, self.state
        s.values[1:] = best.value, best.bound
        before = int(s.counters[0])
        weighting_search(s, m.indptr, m.rows, m.cost, m.row_start, m.row_columns, work)
        if s.values[1] < best.value - 1e-9:
            best.offer(self.columns[np.flatnonzero(s.best)], cost)
        return max(1, int(s.counters[0]) - before)


def _search(
    matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch, rng: np.random.Generator, *, patient: bool
) -> None:
    """Two weighting searches in turns: flat weights on all columns, and weights primed with the multipliers.

    Where an exact phase follows (`patient`), the search ends once it has found nothing for long.
    """
    share = _SEARCH_SHARE if patient else 1.0
    useful = _useful(best, prices)
    keep = int(_CORE_COLUMNS_PER_ROW * matrix.n_rows)
    marked = cheapest_of_rows(matrix.row_start, matrix.row_columns, prices.reduced, 5, -np.inf)
    marked[np.argsort(prices.reduced, kind="stable")[:keep]] = 1
    marked[best.cover] = 1
    primed = _Walk(matrix, np.flatnonzero(marked), best, rng)
    marked[useful] = 1
    flat = _Walk(matrix, np.flatnonzero(marked), best, rng)
    flat.begin(best.cover, np.ones(matrix.n_rows))
    spent, since, found_at = 0, _PRIMED_MOVES, 0
    paces = Pace(watch, _CHUNK_WORK), Pace(watch, _CHUNK_WORK)
    while spent < watch.stop.iterations * _MOVES_PER_ITERATION and not best.proved:
        if patient and spent > _PATIENCE * found_at + _PATIENCE_MOVES:
            break
        before = best.value
        if watch.escaped(share):
            break
        spent += paces[0].run(lambda work: flat.go(best, matrix.cost, work), share)
        if watch.escaped(share):
            break
        if since >= _PRIMED_MOVES:
            noise = 1.0 + _PRIMED_NOISE * rng.uniform(-1.0, 1.0, matrix.n_rows)
            scale = _PRIMED_WEIGHT / max(1e-12, float(prices.multiplier.max()))
            primed.begin(best.cover, np.rint((prices.multiplier * scale + 1.0) * noise))
            since = 0
        made = paces[1].run(lambda work: primed.go(best, matrix.cost, work), share)
        since += made
        spent += made
        found_at = spent if best.value < before else found_at


def _finish_exactly(matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch) -> None:
    """HiGHS on the columns that reduced costs leave, with the best cover as cutoff; many get part of the time only."""
    left = matrix.only(_useful(best, prices))
    share = 1.0 if left.rows.size <= _SMALL_NNZ else _EXACT_SHARE
    if watch.escaped(share):
        return
    model = milp.LinearModel(
        cost=left.cost,
        lower=np.zeros(left.n_cols),
        upper=np.ones(left.n_cols),
        integer=np.ones(left.n_cols, np.bool_),
        row_lower=np.ones(left.n_rows),
        row_upper=np.full(left.n_rows, np.inf),
        indptr=left.row_start,
        columns=left.row_columns,
        values=np.ones(left.row_columns.size),
    )
    if (np.diff(left.row_start) == 0).any():
        best.bound = best.value
        return
    out = milp.solve_milp(
        model,
        cutoff=best.target + 1e-6 * max(1.0, best.unit),
        nodes=watch.stop.iterations,
        seconds=watch.left_s(share),
        should_stop=watch.stop.should_stop,
        aim="bound",
    )
    if out.x is not None:
        best.offer(np.flatnonzero(np.isin(matrix.columns, left.columns[out.x > 0.5])), matrix.cost)
    if out.status in ("cutoff", "optimal"):
        best.bound = best.value
    else:
        best.bound = min(best.value, max(best.bound, rounded_up(out.bound, best.unit)))
        if out.status == CLOCK or watch.escaped(share):
            watch.stopped_by = USER if watch.stopped_by == USER else CLOCK
