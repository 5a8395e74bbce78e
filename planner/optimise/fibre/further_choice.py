"""Further roads and line terminals at least cost: solutions of a relaxation repaired, pruned and improved."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.fibre.commune_rings import ring_rows
from planner.optimise.fibre.further import FurtherCase, Search
from planner.optimise.fibre.lazy_cover import cover_lazily
from planner.optimise.network.pon import SHORTEST_M, line_terminals
from planner.optimise.steiner.network import Network
from planner.optimise.steiner.ring import protect

ROUNDS, FEW_ROUNDS = 6, 2  # of the relaxation, and with many homes out of reach
MANY_HOMES = 300  # nodes with homes out of reach: from here on rows are few and repairs set all terminals at once
MOST_PARTS = 40  # taken away once to see whether it goes without
METRE_PRICES = (0.0, 0.1, 1.0, 10.0)  # of a terminal over the reach: how much a way's length counts beside its cost


class Further(NamedTuple):
    """Further roads and line terminals.

    Attributes
    ----------
    edges : ndarray of int64
        Edges to lay, rising.
    terminals : ndarray of int64
        Nodes that get a line terminal, rising.
    cost_vnd : float
        Cost of both.
    """

    edges: NDArray[np.int64]
    terminals: NDArray[np.int64]
    cost_vnd: float


def least_further_vnd(case: FurtherCase, should_stop: Callable[[], bool] | None = None) -> float:
    """Bound what any choice costs.

    Parameters
    ----------
    case : FurtherCase
        The case.
    should_stop : callable, optional
        True ends the search with the bound so far.

    Returns
    -------
    float
        VND.
    """
    search = Search(case)
    return _relaxed(search, should_stop)[0]


def _relaxed(search: Search, should_stop: Callable[[], bool] | None) -> tuple[float, list[NDArray[np.bool_]]]:
    """Bound and solutions of the relaxation; fewer rows and rounds where many homes are out of reach."""
    nothing = np.empty(0, np.int64)
    many = search.out_of_reach(nothing, nothing).size > MANY_HOMES
    rows = search.broken(np.zeros(search.case.column_cost.size, dtype=bool)) if many else search.first_rows()
    return cover_lazily(search.case.column_cost, rows, search.broken, FEW_ROUNDS if many else ROUNDS, should_stop)


def simple_further(case: FurtherCase) -> Further:
    """Line terminals where each serves most homes, second ways from the cheapest ring on: what is done by hand.

    Parameters
    ----------
    case : FurtherCase
        The case.

    Returns
    -------
    Further
        A choice that keeps every row.
    """
    nothing = np.empty(0, np.int64)
    search = Search(case)
    terminals = _terminals(case, nothing, search.out_of_reach(nothing, nothing))
    return _priced(case, _with_rings(search, nothing), terminals)


def choose_further(case: FurtherCase, should_stop: Callable[[], bool] | None = None) -> Further:
    """Choose further roads and line terminals.

    Parameters
    ----------
    case : FurtherCase
        The case.
    should_stop : callable, optional
        True ends the search with the best so far.

    Returns
    -------
    Further
        The cheapest choice found that keeps every row.
    """
    search = Search(case)
    best = _pruned(search, simple_further(case))
    for choice in _relaxed(search, should_stop)[1]:
        found = _pruned(search, _repaired(search, *search.chosen(choice)))
        best = found if found.cost_vnd < best.cost_vnd else best
    return _improved(search, best, should_stop)


def _priced(case: FurtherCase, edges: NDArray[np.int64], terminals: NDArray[np.int64]) -> Further:
    cost = float(case.cost[edges].sum()) + case.terminal_vnd * terminals.size
    return Further(np.sort(edges), np.sort(terminals), cost)


def _terminals(case: FurtherCase, edges: NDArray[np.int64], lost: NDArray[np.int64]) -> NDArray[np.int64]:
    """Line terminals for some nodes, always where one serves most of them."""
    lying = np.union1d(np.flatnonzero(case.lies), edges)
    placed = line_terminals(case.roads, lying, dict.fromkeys(lost.tolist(), 1), case.reach_m / 1e3, case.places)
    return np.unique(np.array([*placed.values()], dtype=np.int64))


def _repaired(search: Search, edges: NDArray[np.int64], terminals: NDArray[np.int64]) -> Further:
    """Complete a choice: a way or a terminal for what is out of reach, whichever costs less per node; then rings."""
    case = search.case
    while True:
        lost = search.out_of_reach(edges, terminals)
        if lost.size > MANY_HOMES:
            terminals = np.union1d(terminals, _terminals(case, edges, lost))
            continue
        if not lost.size:
            return _priced(case, _with_rings(search, edges), terminals)
        place, served = search.best_place(edges, lost)
        way = _cheapest_way(search, edges, terminals, lost)
        if way is not None:
            brought = lost.size - search.out_of_reach(np.union1d(edges, way), terminals).size
            if brought and float(case.cost[way].sum()) / brought < case.terminal_vnd / served:
                edges = np.union1d(edges, way)
                continue
        terminals = np.append(terminals, place)


def _cheapest_way(
    search: Search, edges: NDArray[np.int64], terminals: NDArray[np.int64], lost: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Edges of the cheapest way found from trunk or terminals to a node out of reach that is short enough."""
    case, roads = search.case, search.case.roads
    sources = np.union1d(np.flatnonzero(case.core), terminals)
    if not sources.size:
        return None
    price = np.where(case.lies, 0.0, case.cost)
    price[edges] = 0.0
    length_m = np.maximum(roads.length_m, SHORTEST_M)
    best, best_vnd = None, np.inf
    for per_reach in METRE_PRICES:
        weight = price + (per_reach * case.terminal_vnd / case.reach_m + 1e-6) * length_m
        edge_between = _cheapest_between(roads.u, roads.v, weight)
        ends = np.array([*edge_between], dtype=np.int64).reshape(-1, 2)
        kept = np.array([*edge_between.values()], dtype=np.int64)
        graph = coo_array((weight[kept], (ends[:, 0], ends[:, 1])), shape=(roads.n_nodes, roads.n_nodes)).tocsr()
        away, before, _ = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)
        for node in lost[np.isfinite(away[lost])].tolist():
            way, here = [], node
            while before[here] >= 0:
                there = int(before[here])
                way.append(edge_between[min(here, there), max(here, there)])
                here = there
            cost = float(price[way].sum())
            if cost < best_vnd and float(length_m[way].sum()) <= case.reach_m:
                best, best_vnd = np.array(way, dtype=np.int64), cost
    return None if best is None else best[price[best] > 0.0]


def _cheapest_between(
    u: NDArray[np.int32], v: NDArray[np.int32], weight: NDArray[np.float64]
) -> dict[tuple[int, int], int]:
    """Edge of least weight between any two neighbours."""
    order = np.argsort(-weight, kind="stable")
    pairs = zip(np.minimum(u, v)[order].tolist(), np.maximum(u, v)[order].tolist(), strict=True)
    return {pair: edge for pair, edge in zip(pairs, order.tolist(), strict=True) if pair[0] != pair[1]}


def _with_rings(search: Search, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same edges with those that give every ring node its second way."""
    if not search.rings:
        return edges
    case, roads = search.case, search.case.roads
    number = np.where(case.core, 0, np.cumsum(~case.core))
    network = Network(
        int((~case.core).sum()) + 1, number[roads.u].astype(np.int32), number[roads.v].astype(np.int32), case.cost
    )
    laid = np.union1d(np.flatnonzero(case.serves_rings), edges)
    return np.union1d(edges, protect(network, laid, [int(number[node]) for node in search.rings], 0).edges)


def _holds(search: Search, edges: NDArray[np.int64], terminals: NDArray[np.int64]) -> bool:
    """Whether every home is within reach and every ring node has two ways."""
    if search.out_of_reach(edges, terminals).size:
        return False
    laid = search.case.serves_rings.copy()
    laid[edges] = True
    return next(ring_rows(search.case.roads, search.case.core, laid, search.rings), None) is None


def _pruned(search: Search, choice: Further) -> Further:
    """Take back what is not needed, the dearest first."""
    case = search.case
    edges, terminals = choice.edges, choice.terminals
    for terminal in terminals.tolist():
        fewer = terminals[terminals != terminal]
        if _holds(search, edges, fewer):
            terminals = fewer
    for edge in edges[np.argsort(-case.cost[edges], kind="stable")].tolist():
        fewer = edges[edges != edge]
        if _holds(search, fewer, terminals):
            edges = fewer
    return _priced(case, edges, terminals)


def _improved(search: Search, choice: Further, should_stop: Callable[[], bool] | None) -> Further:
    """Take each part away once, the dearest edges first, and repair without it; cheaper ones stay."""
    best = choice
    for terminal in choice.terminals[:MOST_PARTS].tolist():
        if terminal in best.terminals and not (should_stop is not None and should_stop()):
            without = _repaired(search, best.edges, best.terminals[best.terminals != terminal])
            found = _pruned(search, without)
            best = found if found.cost_vnd < best.cost_vnd else best
    for edge in choice.edges[np.argsort(-search.case.cost[choice.edges], kind="stable")][:MOST_PARTS].tolist():
        if edge in best.edges and not (should_stop is not None and should_stop()):
            found = _pruned(search, _repaired(search, best.edges[best.edges != edge], best.terminals))
            best = found if found.cost_vnd < best.cost_vnd else best
    return best
