"""Which nodes to reach and by which edges: required ones, optional ones at a price, and quotas of homes.

Minimise the cost of a tree from the root plus the penalty of every optional node it leaves out, such that it holds
every required node and, for every quota g, homes worth at least need_g. Relaxing the quotas with multipliers mu_g >= 0
gives a prize-collecting tree with prizes penalty_v + sum_g mu_g homes_gv, whose proven bound plus
sum_g mu_g (need_g - total_g) bounds every choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.fibre_graph import ROOT
from planner.optimise.steiner.network import Network, TreeResult
from planner.optimise.steiner.prize import solve_prize_collecting
from planner.optimise.steiner.tree import solve_steiner
from planner.optimise.stopping import PROVED, WORK_DONE, Stop

HALVING_ROUNDS = 12
CLIMBING_ROUNDS = 24
IDLE_ROUNDS = 3
SMALLEST_GAP_SHARE = 1e-4


@dataclass(frozen=True)
class NodeQuota:
    """Homes wanted from nodes off the root.

    Attributes
    ----------
    homes : ndarray of int64, shape (n,)
        Homes each node brings; 0 at the root.
    need : int
        Homes wanted, not more than all.
    """

    homes: NDArray[np.int64]
    need: int


@dataclass(frozen=True)
class NodeChoice:
    """The choice.

    Attributes
    ----------
    network : Network
        Nodes and edges; node 0 is the root.
    required : ndarray of int64
        Nodes that must be reached.
    penalty : ndarray of float64, shape (n,)
        Cost of leaving an optional node out, VND; 0 elsewhere.
    quotas : tuple of NodeQuota
        Homes wanted.
    """

    network: Network
    required: NDArray[np.int64]
    penalty: NDArray[np.float64]
    quotas: tuple[NodeQuota, ...]

    def value(self, edges: NDArray[np.int64]) -> float:
        """Cost of a tree and of what it leaves out, VND.

        Parameters
        ----------
        edges : ndarray of int64
            Edges of the tree.

        Returns
        -------
        float
            VND.
        """
        reached = self.reached(edges)
        return float(self.network.cost[edges].sum() + self.penalty[~reached].sum())

    def reached(self, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which nodes a tree reaches.

        Parameters
        ----------
        edges : ndarray of int64
            Edges of a tree that holds the root, or none.

        Returns
        -------
        ndarray of bool, shape (n,)
            True at its nodes and at the root.
        """
        found = np.zeros(self.network.n_nodes, dtype=bool)
        found[ROOT] = True
        found[self.network.u[edges]] = True
        found[self.network.v[edges]] = True
        return found


@dataclass(frozen=True)
class NodeAnswer:
    """The tree chosen.

    Attributes
    ----------
    edges : ndarray of int64
        Its edges, rising.
    value, bound : float
        Cost with penalties, and proven least, VND.
    stopped_by : str
        'proved', 'work', 'clock' or 'user'.
    """

    edges: NDArray[np.int64]
    value: float
    bound: float
    stopped_by: str


def choose_nodes(choice: NodeChoice, stop: Stop, rng: np.random.Generator) -> NodeAnswer:
    """Choose the tree.

    Parameters
    ----------
    choice : NodeChoice
        What must, may and should be reached.
    stop : Stop
        Limits of every single tree solve.
    rng : Generator
        Source of random draws.

    Returns
    -------
    NodeAnswer
        The best tree found and a bound no tree can beat.
    """
    quotas = tuple(quota for quota in choice.quotas if quota.need > 0)
    optional = choice.penalty > 0.0
    if not quotas and not optional.any():
        return _answer(solve_steiner(choice.network, [ROOT, *choice.required.tolist()], stop, rng))
    if not quotas:
        result = _collect(choice, choice.penalty, stop, rng)
        edges = _polish(choice, result.edges, (), stop, rng)
        return _closed(choice, edges, result.bound, result.stopped_by)
    return _with_quotas(choice, quotas, stop, rng)


def nearest_first(choice: NodeChoice) -> NDArray[np.int64]:
    """Reach what is asked by always joining the nearest node: what a planner does by hand.

    Parameters
    ----------
    choice : NodeChoice
        The choice; optional nodes are reached too, quotas are met by the most homes per VND.

    Returns
    -------
    ndarray of int64
        Edges of a tree.
    """
    wanted = np.union1d(choice.required, np.flatnonzero(choice.penalty > 0.0))
    edges = _extend(choice.network, wanted, choice.reached, np.empty(0, np.int64), ())
    quotas = tuple(quota for quota in choice.quotas if quota.need > 0)
    return _extend(choice.network, wanted, choice.reached, edges, quotas)


@dataclass
class _Incumbent:
    """Best tree and best bound so far."""

    edges: NDArray[np.int64]
    value: float
    bound: float = 0.0
    stopped_by: str = WORK_DONE

    @property
    def closed(self) -> bool:
        """Whether the gap is too small to go on."""
        return self.value - self.bound <= SMALLEST_GAP_SHARE * self.value


class _Relaxed:
    """The choice with its quotas relaxed; homes are cut at the need, which loses no tree and tightens the bound."""

    def __init__(self, choice: NodeChoice, quotas: tuple[NodeQuota, ...], stop: Stop, rng: np.random.Generator) -> None:
        self._choice = choice
        self._quotas = quotas
        self._stop = stop
        self._rng = rng
        self.need = np.array([quota.need for quota in quotas], dtype=np.float64)
        self._homes = np.stack([np.minimum(quota.homes, quota.need) for quota in quotas]).astype(np.float64)
        start = _polish(choice, nearest_first(choice), quotas, stop, rng)
        self.best = _Incumbent(start, choice.value(start))

    def solve(self, multiplier: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Bound at some multipliers, and what each quota lacks in the relaxed tree; keeps the best repaired tree."""
        choice = self._choice
        result = _collect(choice, choice.penalty + multiplier @ self._homes, self._stop, self._rng)
        bound = result.bound + float(multiplier @ (self.need - self._homes.sum(axis=1)))
        self.best.bound = max(self.best.bound, bound)
        reached = choice.reached(result.edges)
        whole = _extend(choice.network, choice.required, choice.reached, result.edges, self._quotas)
        edges = _polish(choice, whole, self._quotas, self._stop, self._rng)
        value = choice.value(edges)
        if value < self.best.value:
            self.best.edges, self.best.value = edges, value
        if result.stopped_by != PROVED:
            self.best.stopped_by = result.stopped_by
        return bound, self.need - self._homes[:, reached].sum(axis=1)


def _with_quotas(choice: NodeChoice, quotas: tuple[NodeQuota, ...], stop: Stop, rng: np.random.Generator) -> NodeAnswer:
    """Search the multipliers: halving first, then subgradient steps where several quotas pull at each other."""
    relaxed = _Relaxed(choice, quotas, stop, rng)
    best = relaxed.best
    peak = _halve(relaxed)
    if len(quotas) > 1 and not best.closed:
        _climb(relaxed, peak)
    return _closed(choice, best.edges, best.bound, best.stopped_by)


def _halve(relaxed: _Relaxed) -> NDArray[np.float64]:
    """Raise every multiplier while its quota is missed, lower it while it is exceeded; the best ones found."""
    size = relaxed.need.size
    low, high = np.zeros(size), np.full(size, np.inf)
    multiplier = np.zeros(size)
    guess = max(1.0, relaxed.best.value / max(1.0, relaxed.need.sum()))
    peak, top = multiplier, -np.inf
    for _ in range(HALVING_ROUNDS):
        bound, lacking = relaxed.solve(multiplier)
        if bound > top:
            peak, top = multiplier, bound
        missed = lacking > 0.0
        if relaxed.best.closed or (not missed.any() and not multiplier.any()):
            break
        low[missed] = multiplier[missed]
        high[~missed] = multiplier[~missed]
        raised = np.where(multiplier > 0.0, 2.0 * multiplier, guess)
        multiplier = np.where(np.isfinite(high), 0.5 * (low + high), raised)
    return peak


def _climb(relaxed: _Relaxed, multiplier: NDArray[np.float64]) -> None:
    """Subgradient steps after Polyak on quotas scaled to 1, shorter after rounds without gain."""
    top, stretch, idle = -np.inf, 1.0, 0
    here = multiplier
    for _ in range(CLIMBING_ROUNDS):
        bound, lacking = relaxed.solve(here)
        if bound > top:
            top, multiplier, idle = bound, here, 0
        else:
            idle += 1
        if relaxed.best.closed:
            return
        if idle == IDLE_ROUNDS:
            stretch, idle, here = 0.5 * stretch, 0, multiplier
            continue
        scaled = lacking / relaxed.need
        scaled[(here == 0.0) & (scaled < 0.0)] = 0.0
        norm = float(scaled @ scaled)
        if norm == 0.0:
            return
        step = stretch * (relaxed.best.value - bound) / norm
        here = np.maximum(0.0, here + step * scaled / relaxed.need)


def _collect(choice: NodeChoice, prizes: NDArray[np.float64], stop: Stop, rng: np.random.Generator) -> TreeResult:
    """Prize-collecting tree that holds the required nodes."""
    worth = prizes.copy()
    worth[choice.required] = np.inf
    worth[ROOT] = np.inf
    return solve_prize_collecting(choice.network, worth, stop, rng, root=ROOT)


def _polish(
    choice: NodeChoice,
    edges: NDArray[np.int64],
    quotas: tuple[NodeQuota, ...],
    stop: Stop,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Drop branches that do not pay, then lay the tree anew for the nodes that are wanted."""
    trimmed = _trim(choice, edges, quotas)
    reached = choice.reached(trimmed)
    wanted = reached & (choice.penalty > 0.0)
    for quota in quotas:
        wanted |= reached & (quota.homes > 0)
    wanted[choice.required] = True
    wanted[ROOT] = True
    again = solve_steiner(choice.network, np.flatnonzero(wanted), stop, rng).edges
    again = _trim(choice, again, quotas)
    return again if choice.value(again) < choice.value(trimmed) else trimmed


def _trim(choice: NodeChoice, edges: NDArray[np.int64], quotas: tuple[NodeQuota, ...]) -> NDArray[np.int64]:
    """Cut leaves, the dearest per home first, as long as nothing required and no quota is lost."""
    network = choice.network
    kept = set(edges.tolist())
    at: dict[int, set[int]] = {}
    for edge in kept:
        at.setdefault(int(network.u[edge]), set()).add(edge)
        at.setdefault(int(network.v[edge]), set()).add(edge)
    reached = choice.reached(edges)
    spare = [int(quota.homes[reached].sum()) - quota.need for quota in quotas]
    fixed = np.zeros(network.n_nodes, dtype=bool)
    fixed[choice.required] = True
    fixed[ROOT] = True
    while True:
        best, best_gain = -1, 0.0
        for node, edges_here in at.items():
            if len(edges_here) != 1 or fixed[node]:
                continue
            if any(quota.homes[node] > left for quota, left in zip(quotas, spare, strict=True)):
                continue
            gain = float(network.cost[next(iter(edges_here))]) - float(choice.penalty[node])
            worth = sum(int(quota.homes[node]) for quota in quotas)
            if gain > 0.0 and (worth == 0 or gain / worth > best_gain):
                best, best_gain = node, gain / worth if worth else np.inf
            if best_gain == np.inf:
                break
        if best < 0:
            return np.array(sorted(kept), dtype=np.int64)
        edge = at.pop(best).pop()
        kept.discard(edge)
        other = int(network.u[edge]) if int(network.v[edge]) == best else int(network.v[edge])
        at[other].discard(edge)
        spare = [left - int(quota.homes[best]) for quota, left in zip(quotas, spare, strict=True)]


def _extend(
    network: Network,
    required: NDArray[np.int64],
    reached_by: Callable[[NDArray[np.int64]], NDArray[np.bool_]],
    edges: NDArray[np.int64],
    quotas: Sequence[NodeQuota],
) -> NDArray[np.int64]:
    """Add the path that brings most per VND until nothing required and no quota is missing."""
    paths = _Paths(network)
    kept = set(edges.tolist())
    reached = reached_by(edges)
    while True:
        lacking = _lacking(required, quotas, reached)
        if not lacking.any():
            return np.array(sorted(kept), dtype=np.int64)
        distance, before = paths.from_nodes(np.flatnonzero(reached))
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(lacking > 0.0, (distance + 1.0) / lacking, np.inf)
        node = int(np.argmin(score))
        if not np.isfinite(score[node]):
            return np.array(sorted(kept), dtype=np.int64)
        while not reached[node]:
            reached[node] = True
            kept.add(paths.edge_between(int(before[node]), node))
            node = int(before[node])


def _lacking(
    required: NDArray[np.int64], quotas: Sequence[NodeQuota], reached: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What reaching each node would bring: required nodes first, then homes missing quotas still need."""
    lacking = np.zeros(reached.size)
    lacking[required] = 1.0
    lacking[reached] = 0.0
    if not lacking.any():
        for quota in quotas:
            missing = quota.need - int(quota.homes[reached].sum())
            if missing > 0:
                lacking += np.where(reached, 0, np.minimum(quota.homes, missing))
    return lacking


class _Paths:
    """Shortest paths from a set of nodes."""

    def __init__(self, network: Network) -> None:
        self._n = network.n_nodes
        low, high = np.minimum(network.u, network.v), np.maximum(network.u, network.v)
        order = np.lexsort((network.cost, high, low))
        first = np.ones(order.size, dtype=bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        best = order[first]
        best = best[low[best] != high[best]]
        self._edge = {(int(low[e]), int(high[e])): int(e) for e in best}
        cost = np.maximum(network.cost[best], 1e-6)  # a stored zero would be no edge to scipy
        self._graph = coo_array((cost, (low[best], high[best])), shape=(self._n, self._n)).tocsr()

    def from_nodes(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distance to the nearest of some nodes, and the node before on the way."""
        distance, before, _ = dijkstra(
            self._graph, directed=False, indices=nodes, return_predecessors=True, min_only=True
        )
        return distance, before

    def edge_between(self, a: int, b: int) -> int:
        """Cheapest edge between two neighbours."""
        return self._edge[(min(a, b), max(a, b))]


def _answer(result: TreeResult) -> NodeAnswer:
    return NodeAnswer(result.edges, result.value, result.bound, result.stopped_by)


def _closed(choice: NodeChoice, edges: NDArray[np.int64], bound: float, word: str) -> NodeAnswer:
    """Answer with its value counted anew."""
    value = choice.value(edges)
    bound = min(value, max(0.0, bound))
    return NodeAnswer(edges, value, bound, PROVED if value - bound <= 0.5 else word)
