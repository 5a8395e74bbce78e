"""How far homes are from the trunk along fibre, and the line terminals that serve those out of reach."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.network.roads import RoadNetwork

SHORTEST_M = 1e-3  # an edge of no length would be no edge to scipy
SOURCES_AT_ONCE = 256


def distance_along_fibre_km(
    roads: RoadNetwork, laid: NDArray[np.int64], core: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Distance from every node to the nearest trunk node along existing and new fibre.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    laid : ndarray of int64
        New edges.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk, where the exchanges are taken to be.

    Returns
    -------
    ndarray of float64, shape (n,)
        Kilometres; inf where no fibre leads to the trunk.
    """
    if not core.any():
        return np.full(roads.n_nodes, np.inf)
    graph = fibre_graph(roads, np.union1d(np.flatnonzero(roads.cabled), laid))
    metres = dijkstra(graph, directed=False, indices=np.flatnonzero(core), min_only=True)
    return np.asarray(metres / 1e3)


def fibre_graph(roads: RoadNetwork, edges: NDArray[np.int64]) -> csr_array:
    """Lengths along some edges as a graph.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    edges : ndarray of int64
        Edges with fibre, rising.

    Returns
    -------
    csr_array, shape (n, n)
        Metres, in one direction; of parallel edges the shortest.
    """
    low, high = np.minimum(roads.u, roads.v)[edges], np.maximum(roads.u, roads.v)[edges]
    order = np.lexsort((roads.length_m[edges], high, low))
    first = np.ones(order.size, dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = order[first]
    length = np.maximum(roads.length_m[edges][best], SHORTEST_M)
    return coo_array((length, (low[best], high[best])), shape=(roads.n_nodes, roads.n_nodes)).tocsr()


def line_terminals(
    roads: RoadNetwork,
    laid: NDArray[np.int64],
    far: Mapping[int, int],
    reach_km: float,
    places: NDArray[np.bool_] | None = None,
) -> dict[int, int]:
    """Place line terminals so that every far node has one within reach along fibre: always where it serves most homes.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    laid : ndarray of int64
        New edges.
    far : mapping of int to int
        Nodes out of reach of the trunk's terminals -> homes there.
    reach_km : float
        Reach of a passive network, km.
    places : ndarray of bool, shape (n,), optional
        Where one may stand, every far node included; anywhere by default.

    Returns
    -------
    dict of int to int
        Every far node -> the node of its terminal.
    """
    nodes = np.array(sorted(far), dtype=np.int64)
    homes = np.array([far[node] for node in nodes.tolist()], dtype=np.int64)
    if not nodes.size:
        return {}
    graph = fibre_graph(roads, np.union1d(np.flatnonzero(roads.cabled), laid))
    reach_m = reach_km * 1e3
    within = np.empty((nodes.size, roads.n_nodes), dtype=bool)
    for first in range(0, nodes.size, SOURCES_AT_ONCE):
        part = nodes[first : first + SOURCES_AT_ONCE]
        away_m = dijkstra(graph, directed=False, indices=part, limit=reach_m)
        within[first : first + part.size] = away_m <= reach_m
    if places is not None:
        within &= places
    terminal = np.full(nodes.size, -1, dtype=np.int64)
    while (terminal < 0).any():
        left = terminal < 0
        best = int(np.argmax(np.maximum(homes, 1)[left] @ within[left]))
        terminal[left & within[:, best]] = best
    return dict(zip(nodes.tolist(), terminal.tolist(), strict=True))
