"""Set covering: the cheapest columns that cover every row, with a proven bound.

Exact reductions, lazy greedy, a Lagrangian bound with pricing on a core of columns, a local search whose row weights
start from the Lagrangian multipliers, reduced-cost fixing, and HiGHS on what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.kernels.cover.greedy import drop_redundant, greedy_cover
from planner.kernels.cover.lagrangian import Multipliers, cheapest_of_rows, reduced_costs, subgradient
from planner.kernels.cover.structure import cover_counts
from planner.kernels.cover.weighting import SearchState, start_search, weighting_search
from planner.optimise import milp
from planner.optimise.covering.answer import answer
from planner.optimise.covering.incumbent import common_unit, rounded_up
from planner.optimise.covering.presolve import Matrix, reduced_matrix
from planner.optimise.covering.problem import F64, I64, CoverProblem, CoverResult, checked
from planner.optimise.stopping import CLOCK, PROVED, USER, Pace, Stop, Watch

_ALL_COLUMNS_NNZ = 1_500_000
_CORE_PER_ROW = 6
_SUBGRADIENT_CHUNK = 100
_SUBGRADIENT_STEPS = 4_000
_MOVES_PER_ITERATION = 1_000
_CHUNK_MOVES = 2_000
_PRIMED_MOVES = 20_000
_PRIMED_WEIGHT = 2_000.0
_PRIMED_NOISE = 0.1
_CORE_COLUMNS_PER_ROW = 1.6
_SEARCH_SHARE = 0.35
_MILP_NNZ = 600_000
_PATIENCE = 4
_PATIENCE_MOVES = 400_000
_MILP_NNZ_PER_S = 40_000


@dataclass
class Incumbent:
    """Best cover and best bound so far, in the numbers of the reduced matrix.

    Attributes
    ----------
    cover : int64 array
        Columns of the best cover.
    value : float
        Its cost.
    bound : float
        Proven lower bound.
    unit : float
        Costs are whole multiples of this; 0 where they have no common unit.
    """

    cover: I64
    value: float
    bound: float
    unit: float

    @property
    def proved(self) -> bool:
        """True where no cheaper cover exists."""
        return self.value - self.bound <= max(self.unit, 1e-9 * abs(self.value)) - 1e-6 * self.unit

    @property
    def target(self) -> float:
        """Cost that a better cover cannot exceed."""
        return self.value - self.unit if self.unit else self.value * (1.0 - 1e-9)

    def offer(self, cover: I64, cost: F64) -> bool:
        """Take a cover if it is cheaper.

        Parameters
        ----------
        cover : int64 array
            Columns.
        cost : float64 array
            Cost of every column.

        Returns
        -------
        bool
            True where it was taken.
        """
        value = float(cost[cover].sum())
        if value >= self.value - 1e-9:
            return False
        self.cover, self.value = np.sort(cover), value
        return True


@dataclass(frozen=True)
class Prices:
    """Multipliers behind the best Lagrangian bound and the reduced costs they leave."""

    multiplier: F64
    reduced: F64
    bound: float


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
    prices = _lagrangian(matrix, best, watch)
    exact = _core_size(matrix, best, prices) <= min(_MILP_NNZ, _MILP_NNZ_PER_S * watch.left_s())
    if not best.proved and watch.stopped_by != USER:
        _search(matrix, best, prices, watch, rng, exact)
    if exact and not best.proved and watch.stopped_by != USER:
        _finish_exactly(matrix, best, prices, watch)
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


def _greedy(matrix: Matrix, price: F64, weight: F64, given: I64) -> I64:
    """Greedy completion of a partial cover, then removal of what is redundant, dearest first."""
    count = cover_counts(matrix.indptr, matrix.rows, given, matrix.n_rows)
    added = greedy_cover(matrix.indptr, matrix.rows, price, weight, count)
    cover = np.unique(np.concatenate((given, added)))
    order = cover[np.argsort(-matrix.cost[cover], kind="stable")]
    return np.sort(drop_redundant(matrix.indptr, matrix.rows, order, count))


def _first_cover(matrix: Matrix, start: I64 | None) -> Incumbent:
    ones = np.ones(matrix.n_rows)
    cover = _greedy(matrix, matrix.cost, ones, np.zeros(0, np.int64))
    best = Incumbent(cover, float(matrix.cost[cover].sum()), 0.0, common_unit(matrix.cost))
    if start is not None:
        given = np.flatnonzero(np.isin(matrix.columns, start))
        best.offer(_greedy(matrix, matrix.cost, ones, given), matrix.cost)
    return best


def _first_prices(matrix: Matrix) -> Prices:
    """Multipliers that share the cost of each column among its rows, the least share for each row."""
    size = np.diff(matrix.indptr)
    multiplier = np.full(matrix.n_rows, np.inf)
    np.minimum.at(multiplier, matrix.rows, np.repeat(matrix.cost / np.maximum(1, size), size))
    reduced = np.empty(matrix.n_cols)
    return Prices(multiplier, reduced, reduced_costs(matrix.indptr, matrix.rows, matrix.cost, multiplier, reduced))


def _lagrangian(matrix: Matrix, best: Incumbent, watch: Watch) -> Prices:
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
    while made < _SUBGRADIENT_STEPS and not best.proved and not watch.escaped(_SEARCH_SHARE):
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
            best.offer(named[_greedy(core, primed, m.best + 1e-6, np.zeros(0, np.int64))], matrix.cost)
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

    while made < _SUBGRADIENT_CHUNK and not pace.watch.escaped(_SEARCH_SHARE):
        if pace.run(steps, _SEARCH_SHARE):
            return True
    return False


def _useful(best: Incumbent, prices: Prices) -> I64:
    """Columns that a cover cheaper than the best may contain, by reduced cost."""
    room = best.target - prices.bound + 1e-7 * max(1.0, abs(best.value))
    return np.flatnonzero(prices.reduced <= room)


def _core_size(matrix: Matrix, best: Incumbent, prices: Prices) -> int:
    """Entries of the columns that reduced costs leave."""
    return int(np.diff(matrix.indptr)[_useful(best, prices)].sum())


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
        own = _greedy(m, m.cost, np.ones(m.n_rows), inside)
        self.state.weight[:] = weight
        start_search(self.state, m.indptr, m.rows, m.row_start, m.row_columns, own)
        self.state.values[0] = m.cost[own].sum()
        self.state.counters[:] = (0, -1)

    def go(self, best: Incumbent, cost: F64, moves: int) -> None:
        """Some moves; offers what they find."""
        m, s = self.matrix, self.state
        s.values[1:] = best.value, best.bound
        weighting_search(s, m.indptr, m.rows, m.cost, m.row_start, m.row_columns, moves)
        if s.values[1] < best.value - 1e-9:
            best.offer(self.columns[np.flatnonzero(s.best)], cost)


def _search(
    matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch, rng: np.random.Generator, patient: bool
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
    flat = _Walk(matrix, np.union1d(useful, np.flatnonzero(marked)), best, rng)
    flat.begin(best.cover, np.ones(matrix.n_rows))
    primed = _Walk(matrix, np.flatnonzero(marked), best, rng)
    spent, since, found_at = 0, _PRIMED_MOVES, 0
    pace = Pace(watch, _CHUNK_MOVES)

    def go(walk: _Walk) -> int:
        def moves(count: int) -> int:
            walk.go(best, matrix.cost, count)
            return count

        return pace.run(moves, share)

    while spent < watch.stop.iterations * _MOVES_PER_ITERATION and not best.proved:
        if patient and spent > _PATIENCE * found_at + _PATIENCE_MOVES:
            break
        before = best.value
        if watch.escaped(share):
            break
        spent += go(flat)
        if watch.escaped(share):
            break
        if since >= _PRIMED_MOVES:
            noise = 1.0 + _PRIMED_NOISE * rng.uniform(-1.0, 1.0, matrix.n_rows)
            scale = _PRIMED_WEIGHT / max(1e-12, float(prices.multiplier.max()))
            primed.begin(best.cover, np.rint((prices.multiplier * scale + 1.0) * noise))
            since = 0
        made = go(primed)
        since += made
        spent += made
        found_at = spent if best.value < before else found_at


def _finish_exactly(matrix: Matrix, best: Incumbent, prices: Prices, watch: Watch) -> None:
    """HiGHS on the columns that reduced costs leave, with the best cover as start and cutoff."""
    left = matrix.only(_useful(best, prices))
    if watch.escaped():
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
        seconds=watch.left_s(),
        should_stop=watch.stop.should_stop,
    )
    if out.x is not None:
        best.offer(np.flatnonzero(np.isin(matrix.columns, left.columns[out.x > 0.5])), matrix.cost)
    if out.status in ("cutoff", "optimal"):
        best.bound = best.value
    else:
        best.bound = min(best.value, max(best.bound, rounded_up(out.bound, best.unit)))
        if out.status == CLOCK or watch.escaped():
            watch.stopped_by = USER if watch.stopped_by == USER else CLOCK
