"""How far homes are from the trunk along fibre: the reach of a passive optical network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.network import RoadNetwork

SHORTEST_M = 1e-3  # an edge of no length would be no edge to scipy


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
    edges = np.union1d(np.flatnonzero(roads.cabled), laid)
    low, high = np.minimum(roads.u, roads.v)[edges], np.maximum(roads.u, roads.v)[edges]
    order = np.lexsort((roads.length_m[edges], high, low))
    first = np.ones(order.size, dtype=bool)
    first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    best = order[first]
    length = np.maximum(roads.length_m[edges][best], SHORTEST_M)
    graph = coo_array((length, (low[best], high[best])), shape=(roads.n_nodes, roads.n_nodes)).tocsr()
    metres = dijkstra(graph, directed=False, indices=np.flatnonzero(core), min_only=True)
    return np.asarray(metres / 1e3)
