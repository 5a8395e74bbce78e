"""What a dual ascent leaves of every edge's cost: what a tree pays beyond the bound for each edge it uses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.ascent import ascend, begin_ascent
from planner.kernels.steiner.paths import build_graph
from planner.optimise.steiner.network import FloatArray, IntArray, Network
from planner.optimise.steiner.pool import PATIENCE

_NO_LIMIT = 1 << 62


def reduced_costs(network: Network, required: IntArray, penalty: FloatArray, root: int) -> tuple[float, FloatArray]:
    """Bound all trees that hold the root and the required nodes, or pay for the optional nodes they leave out.

    Any set of edges that holds such a tree costs, with its penalties, at least the bound and the sum of what is left
    on its edges: the tree is charged arc by arc, and what is laid beside it pays its whole cost.

    Parameters
    ----------
    network : Network
        The network.
    required : int64 array
        Nodes to be reached.
    penalty : float64 array, shape (n,)
        Cost of leaving an optional node out; 0 elsewhere.
    root : int
        The root.

    Returns
    -------
    bound : float
        Sum of the charges.
    left : float64 array, shape (m,)
        What is left of the cost of every edge, in the direction that has less.
    """
    graph = build_graph(network.n_nodes, network.u, network.v)
    budget = penalty.astype(np.float64)
    budget[required] = np.inf
    budget[root] = 0.0
    terminals = np.flatnonzero(budget > 0.0).astype(np.int32)
    state = begin_ascent(graph, network.cost[graph.edge], terminals, budget, False)
    ascend(graph, state, terminals, root, PATIENCE, _NO_LIMIT)
    left: npt.NDArray[np.float64] = np.full(network.n_edges, np.inf)
    np.minimum.at(left, graph.edge, state.left)
    return float(state.bound[0]), np.minimum(left, network.cost)
