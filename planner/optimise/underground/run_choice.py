"""Which runs to put underground at least cost, with a charge per contiguous group and a proven bound.

Minimise  sum_r c_r x_r + M (sum_p v_p - sum_r f_r)
with x_r whether run r is buried, v_p >= x_r for both ends p of r, f a forest among the buried runs (f <= x), so
that v minus f counts contiguous groups; y_z <= x_r for every aerial run r of zone z; sum_{z in g} y_z >= need_g
for every target g; sum_r km_r x_r >= need_km. Forest rows are added for cycles only where a solution uses them,
so every solve is a relaxation and its bound holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from planner.optimise.milp import LinearModel, Outcome, solve_milp
from planner.optimise.network.runs import contiguous
from planner.optimise.stopping import PROVED, WORK_DONE, Stop, Watch

GAP_SHARE = 1e-4
MOST_ROUNDS = 8
FOREST_TOLERANCE = 1e-6


@dataclass(frozen=True)
class RunChoice:
    """A choice among runs.

    Attributes
    ----------
    cost : ndarray of float64, shape (r,)
        Cost of burying each run, VND, 0 or more.
    ends : ndarray of int32, shape (r, 2)
        Points where runs meet.
    mobilisation : float
        Cost of each contiguous group, VND.
    must : ndarray of bool, shape (r,)
        Runs that are buried whatever they cost.
    zone_runs : tuple of ndarray
        Runs of each zone that may be chosen.
    groups : tuple of tuple
        (zones counted, how many are needed) for every target.
    km : ndarray of float64, shape (r,)
        Cable kilometres each run brings.
    need_km : float
        Cable kilometres needed, those of `must` included.
    """

    cost: NDArray[np.float64]
    ends: NDArray[np.int32]
    mobilisation: float
    must: NDArray[np.bool_]
    zone_runs: tuple[NDArray[np.int64], ...]
    groups: tuple[tuple[tuple[int, ...], int], ...]
    km: NDArray[np.float64]
    need_km: float

    def value(self, chosen: NDArray[np.bool_]) -> float:
        """Cost of a choice with its mobilisations, VND.

        Parameters
        ----------
        chosen : ndarray of bool, shape (r,)
            Runs buried.

        Returns
        -------
        float
            VND.
        """
        groups = contiguous(self.ends, np.flatnonzero(chosen).tolist())
        return float(self.cost[chosen].sum() + self.mobilisation * len(groups))


@dataclass(frozen=True)
class RunAnswer:
    """The choice made.

    Attributes
    ----------
    chosen : ndarray of bool, shape (r,)
        Runs to bury.
    value, bound : float
        Cost, and proven least cost of any choice, VND.
    stopped_by : str
        'proved', 'work', 'clock' or 'user'.
    """

    chosen: NDArray[np.bool_]
    value: float
    bound: float
    stopped_by: str


def choose_runs(problem: RunChoice, stop: Stop) -> RunAnswer:
    """Choose the runs to bury.

    Parameters
    ----------
    problem : RunChoice
        The choice; every need must be attainable.
    stop : Stop
        `iterations` limits the nodes of the search tree of every solve.

    Returns
    -------
    RunAnswer
        The best choice found and a bound no choice can beat.
    """
    watch = Watch(stop)
    best = greedy_runs(problem)
    value, bound = problem.value(best), 0.0
    cycles: list[list[int]] = []
    for _ in range(MOST_ROUNDS):
        outcome = solve_runs(problem, cycles, stop, watch)
        bound = max(bound, min(outcome.bound, value))
        if outcome.x is not None:
            found = _pruned(problem, outcome.x[: problem.cost.size] > 0.5)
            if problem.value(found) < value:
                best, value = found, problem.value(found)
            fresh = [cycle for cycle in used_cycles(problem, outcome.x) if cycle not in cycles]
            cycles += fresh
        if outcome.x is None or not fresh or value - bound <= GAP_SHARE * value or watch.escaped():
            break
    proved = value - bound <= max(1.0, GAP_SHARE * value)
    return RunAnswer(best, value, bound, PROVED if proved else watch.stopped_by or WORK_DONE)


def greedy_runs(problem: RunChoice) -> NDArray[np.bool_]:
    """Choose zone by zone, then kilometre by kilometre, always the cheapest next one.

    Parameters
    ----------
    problem : RunChoice
        The choice.

    Returns
    -------
    ndarray of bool, shape (r,)
        Runs to bury; feasible where the needs are attainable.
    """
    chosen = problem.must.copy()
    for zones, need in problem.groups:
        done = {z for z in zones if chosen[problem.zone_runs[z]].all()}
        while len(done) < need:
            left = [z for z in zones if z not in done]
            costs = [_added(problem, chosen, problem.zone_runs[z]) for z in left]
            zone = left[int(np.argmin(costs))]
            chosen[problem.zone_runs[zone]] = True
            done = {z for z in zones if chosen[problem.zone_runs[z]].all()}
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(np.where(problem.km > 0, problem.cost / problem.km, np.inf), kind="stable")
    missing = problem.need_km - problem.km[chosen].sum()
    for run in order.tolist():
        if missing <= 0.0:
            break
        if not chosen[run] and problem.km[run] > 0.0:
            chosen[run] = True
            missing -= problem.km[run]
    return chosen


def _added(problem: RunChoice, chosen: NDArray[np.bool_], runs: NDArray[np.int64]) -> float:
    """Cost that more runs add to a choice, without mobilisations."""
    return float(problem.cost[runs[~chosen[runs]]].sum())


def _pruned(problem: RunChoice, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Drop runs that no need calls for, dearest first, where that saves money."""
    kept = chosen | problem.must
    spare_km = problem.km[kept].sum() - problem.need_km
    needed = problem.must.copy()
    for zones, need in problem.groups:
        done = [z for z in zones if kept[problem.zone_runs[z]].all()]
        done.sort(key=lambda zone: (problem.cost[problem.zone_runs[zone]].sum(), zone))
        for zone in done[:need]:
            needed[problem.zone_runs[zone]] = True
    value = problem.value(kept)
    for run in np.argsort(-problem.cost, kind="stable").tolist():
        if kept[run] and not needed[run] and problem.km[run] <= spare_km:
            kept[run] = False
            smaller = problem.value(kept)
            if smaller < value:
                value, spare_km = smaller, spare_km - problem.km[run]
            else:
                kept[run] = True
    return kept


class _Rows:
    """Rows of a model, collected one by one."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.values: list[float] = []
        self.indptr = [0]
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, columns: Sequence[int], values: Sequence[float], lower: float, upper: float) -> None:
        self.columns += columns
        self.values += values
        self.indptr.append(len(self.columns))
        self.lower.append(lower)
        self.upper.append(upper)


def solve_runs(
    problem: RunChoice, cycles: list[list[int]], stop: Stop, watch: Watch, budget: float | None = None
) -> Outcome:
    """Build and solve the model; columns are x, f, v, y in this order.

    Parameters
    ----------
    problem : RunChoice
        The choice.
    cycles : list of list of int
        Cycles that must not count as forest.
    stop : Stop
        Limits of the solve.
    watch : Watch
        The clock.
    budget : float, optional
        Money, VND: then the number of complete zones is maximised (as the least of its negative) instead.

    Returns
    -------
    Outcome
        Solution of the relaxation with its bound.
    """
    n = problem.cost.size
    n_points = int(problem.ends.max(initial=-1)) + 1
    n_zones = len(problem.zone_runs)
    forest, point, zone = n, 2 * n, 2 * n + n_points
    rows = _Rows()
    for run in range(n):
        rows.add([run, forest + run], [1.0, -1.0], 0.0, np.inf)
        for end in problem.ends[run].tolist():
            rows.add([point + end, run], [1.0, -1.0], 0.0, np.inf)
    for number, runs in enumerate(problem.zone_runs):
        for run in runs.tolist():
            rows.add([run, zone + number], [1.0, -1.0], 0.0, np.inf)
    for zones, need in problem.groups:
        rows.add([zone + z for z in zones], [1.0] * len(zones), float(need), np.inf)
    if problem.need_km > 0.0:
        rows.add(list(range(n)), problem.km.tolist(), problem.need_km, np.inf)
    for cycle in cycles:
        rows.add([forest + run for run in cycle], [1.0] * len(cycle), -np.inf, len(cycle) - 1.0)
    charge = problem.mobilisation
    size = zone + n_zones
    cost = np.concatenate([problem.cost, np.full(n, -charge), np.full(n_points, charge), np.zeros(n_zones)])
    if budget is not None:
        scale = max(1.0, float(cost.max(initial=0.0)))
        rows.add(list(range(size)), (cost / scale).tolist(), -np.inf, budget / scale)
        cost = np.concatenate([np.zeros(zone), np.full(n_zones, -1.0)])
    model = LinearModel(
        cost=cost,
        lower=np.concatenate([problem.must.astype(np.float64), np.zeros(size - n)]),
        upper=np.ones(size),
        integer=np.concatenate([np.ones(n, bool), np.zeros(n + n_points, bool), np.ones(n_zones, bool)]),
        row_lower=np.array(rows.lower),
        row_upper=np.array(rows.upper),
        indptr=np.array(rows.indptr, dtype=np.int64),
        columns=np.array(rows.columns, dtype=np.int32),
        values=np.array(rows.values),
    )
    left_s = watch.left_s()
    return solve_milp(
        model,
        nodes=stop.iterations,
        seconds=left_s if np.isfinite(left_s) else None,
        should_stop=stop.should_stop,
        gap_share=GAP_SHARE,
    )


def used_cycles(problem: RunChoice, x: NDArray[np.float64]) -> list[list[int]]:
    """List the cycles among the runs a solution counts as forest.

    Parameters
    ----------
    problem : RunChoice
        The choice.
    x : ndarray of float64
        Solution of its model.

    Returns
    -------
    list of list of int
        Runs of each cycle, rising; none where the solution is exact.
    """
    n = problem.cost.size
    used = np.flatnonzero(x[n : 2 * n] > 1.0 - FOREST_TOLERANCE)
    graph: nx.Graph[int] = nx.Graph()
    found: list[list[int]] = []
    for run in used.tolist():
        a, b = problem.ends[run].tolist()
        if a == b:
            found.append([run])
        elif graph.has_edge(a, b):
            found.append(sorted([graph.edges[a, b]["run"], run]))
        else:
            graph.add_edge(a, b, run=run)
    for cycle in nx.cycle_basis(graph):
        pairs = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        found.append(sorted(graph.edges[a, b]["run"] for a, b in pairs))
    return found
