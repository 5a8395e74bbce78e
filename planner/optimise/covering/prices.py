"""Row prices of set covering: a Lagrangian bound by subgradient steps with pricing, polished by primal-dual steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.kernels.cover.budget_prices import PriceState, price_search, price_start
from planner.kernels.cover.exchange import CoverArrays
from planner.kernels.cover.greedy import drop_redundant, greedy_cover
from planner.kernels.cover.lagrangian import Multipliers, cheapest_of_rows, reduced_costs, subgradient
from planner.kernels.cover.structure import cover_counts
from planner.optimise.covering.incumbent import Incumbent, rounded_up
from planner.optimise.covering.presolve import Matrix
from planner.optimise.covering.problem import F64, I64
from planner.optimise.stopping import Pace, Watch

_STEP_SHARE = 0.2
_ALL_COLUMNS_NNZ = 1_500_000
_CORE_PER_ROW = 6
_SUBGRADIENT_CHUNK = 100
_SUBGRADIENT_STEPS = 4_000
_POLISH_STEPS = 3_000
_POLISH_CHUNK = 50
_POLISH_WORK = 2_000_000_000
_POLISH_PART, _POLISH_PART_MOST, _NNZ_PER_PART = 0.05, 0.25, 5e6
_CLOSE = 0.01  # of the gap is all that better prices could still take away


@dataclass(frozen=True)
class Prices:
    """Multipliers behind the best Lagrangian bound and the reduced costs they leave."""

    multiplier: F64
    reduced: F64
    bound: float


def blank_prices(matrix: Matrix) -> PriceState:
    """Arrays for `price_start` to fill.

    Parameters
    ----------
    matrix : Matrix
        The problem.

    Returns
    -------
    PriceState
        Of the right shapes.
    """
    n, m = matrix.n_cols, matrix.n_rows
    return PriceState(
        share=np.zeros((3, n)),
        price=np.zeros((3, m)),
        worth=np.zeros((3, n)),
        cover=np.zeros((3, m)),
        reach=np.zeros(n),
        best=np.zeros(m),
        totals=np.zeros(6),
        counts=np.zeros(2, np.int64),
    )


def best_prices(matrix: Matrix, best: Incumbent, watch: Watch) -> Prices:
    """Raise the Lagrangian bound of set covering.

    Parameters
    ----------
    matrix : Matrix
        The problem.
    best : Incumbent
        Its bound is raised; cheaper covers found on the way are offered.
    watch : Watch
        The solve's clock.

    Returns
    -------
    Prices
        The best multipliers found.
    """
    prices = _by_subgradient(matrix, best, watch)
    if best.proved or matrix.rows.size > _ALL_COLUMNS_NNZ or matrix.n_cols == 0 or watch.escaped():
        return prices
    return _polished(matrix, best, prices, watch)


def _first_prices(matrix: Matrix) -> Prices:
    """Multipliers that share the cost of each column among its rows, the least share for each row."""
    size = np.diff(matrix.indptr)
    multiplier = np.full(matrix.n_rows, np.inf)
    np.minimum.at(multiplier, matrix.rows, np.repeat(matrix.cost / np.maximum(1, size), size))
    reduced = np.empty(matrix.n_cols)
    return Prices(multiplier, reduced, reduced_costs(matrix.indptr, matrix.rows, matrix.cost, multiplier, reduced))


def _by_subgradient(matrix: Matrix, best: Incumbent, watch: Watch) -> Prices:
    """Best multipliers found, by rounds of steps on a core of columns that is priced afresh each round."""
    prices = _first_prices(matrix)
    best.bound = rounded_up(prices.bound, best.unit)
    whole = matrix.rows.size <= _ALL_COLUMNS_NNZ
    core, named = matrix, np.arange(matrix.n_cols)
    first = prices.multiplier
    m = Multipliers(first.copy(), first.copy(), np.zeros(matrix.n_rows), np.array([-np.inf, 1.0, 0.0]))
    reduced = prices.reduced.copy()
    pace = Pace(watch, _SUBGRADIENT_CHUNK)
    made = 0
    while made < _SUBGRADIENT_STEPS and not best.proved and not watch.escaped(_STEP_SHARE):
        if not whole:
            least = 1e-3 * float(matrix.cost.mean())
            named = np.flatnonzero(
                cheapest_of_rows(matrix.row_start, matrix.row_columns, reduced, _CORE_PER_ROW, least)
            )
            core = matrix.only(named)
            m.totals[0] = -np.inf
        ended = _round(core, m, best.value, pace)
        made += _SUBGRADIENT_CHUNK
        bound = reduced_costs(matrix.indptr, matrix.rows, matrix.cost, m.best, reduced)
        if bound > prices.bound:
            prices = Prices(m.best.copy(), reduced.copy(), bound)
            best.bound = max(best.bound, rounded_up(bound, best.unit))
            primed = np.maximum(reduced[named], 0.0) + 0.05 * core.cost
            best.offer(named[greedy_plan(core, primed, m.best + 1e-6, np.zeros(0, np.int64))], matrix.cost)
        if ended:
            break
    return prices


def _round(core: Matrix, m: Multipliers, upper: float, pace: Pace) -> bool:
    """One round of steps; True where more of them lead nowhere."""
    made = 0

    def steps(count: int) -> bool:
        nonlocal made
        made += count
        return subgradient(core.indptr, core.rows, core.cost, m, upper, count) < count

    while made < _SUBGRADIENT_CHUNK and not pace.watch.escaped(_STEP_SHARE):
        if pace.run(steps, _STEP_SHARE):
            return True
    return False


def _polished(matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch) -> Prices:
    """Primal-dual steps from the best multipliers, as long as they may raise the bound by much."""
    size = np.diff(matrix.indptr)
    weight = np.full(matrix.n_rows, np.inf)
    np.minimum.at(weight, matrix.rows, np.repeat(matrix.cost, size))  # no dearer way to cover a row is worth it
    total = float(weight.sum())
    arrays = CoverArrays(matrix.cost, matrix.indptr, matrix.rows, matrix.row_start, matrix.row_columns, weight)
    state = blank_prices(matrix)
    price_start(arrays, state, best.cover, np.minimum(prices.multiplier, weight))
    most = min(_POLISH_STEPS, _POLISH_WORK // matrix.rows.size)
    share = watch.share_at(min(_POLISH_PART_MOST, _POLISH_PART + matrix.rows.size / _NNZ_PER_PART))
    pace = Pace(watch, _POLISH_CHUNK)
    while state.counts[0] < most and not watch.escaped(share):
        ended = pace.run(lambda steps: price_search(arrays, state, np.inf, total - best.value, steps) < steps, share)
        low, high = max(prices.bound, total - state.totals[0]), total - state.totals[1]
        if (
            ended
            or rounded_up(low, best.unit) >= rounded_up(high, best.unit)
            or high - low <= _CLOSE * (best.value - low)
        ):
            break
    reduced = np.empty(matrix.n_cols)
    bound = reduced_costs(matrix.indptr, matrix.rows, matrix.cost, state.best, reduced)
    if bound <= prices.bound:
        return prices
    best.bound = max(best.bound, rounded_up(bound, best.unit))
    primed = np.maximum(reduced, 0.0) + 0.05 * matrix.cost
    best.offer(greedy_plan(matrix, primed, state.best + 1e-6, np.zeros(0, np.int64)), matrix.cost)
    return Prices(state.best.copy(), reduced, bound)


def greedy_plan(matrix: Matrix, price: F64, weight: F64, given: I64) -> I64:
    """Complete a partial cover greedily, then remove what is redundant, dearest first.

    Parameters
    ----------
    matrix : Matrix
        The problem.
    price : float64 array, shape (n_cols,)
        What the greedy choice takes for the cost of a column, positive.
    weight : float64 array, shape (n_rows,)
        What it takes for the weight of a row, positive.
    given : int64 array
        Columns to begin with.

    Returns
    -------
    int64 array
        Columns of a cover, rising.
    """
    count = cover_counts(matrix.indptr, matrix.rows, given, matrix.n_rows)
    added = greedy_cover(matrix.indptr, matrix.rows, price, weight, count)
    cover = np.unique(np.concatenate((given, added)))
    order = cover[np.argsort(-matrix.cost[cover], kind="stable")]
    return np.sort(drop_redundant(matrix.indptr, matrix.rows, order, count))
