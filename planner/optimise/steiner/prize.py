"""Prize-collecting Steiner trees: which prizes are worth their connection, and how to connect them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.errors import Complaint, DataError, InfeasibleError
from planner.kernels.steiner.ascent import reached_freely
from planner.kernels.steiner.paths import build_graph
from planner.kernels.steiner.prize import settle_prize_tree
from planner.optimise.steiner.core import Core, simplify, whole_core
from planner.optimise.steiner.network import (
    MOST_COMPLAINTS,
    FloatArray,
    IntArray,
    Network,
    TreeResult,
    share_between,
    tree_nodes,
)
from planner.optimise.steiner.pool import part_of_node
from planner.optimise.steiner.prize_search import PrizeSearch
from planner.optimise.stopping import Stop, Watch


def solve_prize_collecting(
    network: Network, prizes: npt.ArrayLike, stop: Stop, rng: np.random.Generator, root: int | None = None
) -> TreeResult:
    """Find a tree of least cost of its edges plus prizes of the nodes outside, and a proven lower bound.

    Parameters
    ----------
    network : Network
        The network.
    prizes : array_like (n,)
        Prize of each node, not negative; inf where a node has to be in the tree.
    stop : Stop
        Limits; an iteration is one dual ascent or one round of the tree search.
    rng : numpy.random.Generator
        Source of all random draws.
    root : int, optional
        Node that has to be in the tree.

    Returns
    -------
    TreeResult
        The best tree found; it may be a single node.

    Raises
    ------
    DataError
        Where prizes do not fit the network, are negative or NaN, or the root is no node.
    InfeasibleError
        Where no way leads to a node that has to be in the tree.
    """
    watch = Watch(stop)
    prize = checked_prizes(network, prizes)
    if root is None and np.isinf(prize).any():
        root = int(np.argmax(prize))
    if root is not None and not 0 <= root < network.n_nodes:
        raise DataError(f"root {root} is no node; nodes are 0 to {network.n_nodes - 1}")
    origin = -1 if root is None else root
    if network.n_nodes == 0:
        return TreeResult(np.empty(0, np.int64), 0.0, 0.0, 0.0, watch.seconds, "proved", np.empty(0, np.int64))
    wanted = prize > 0.0
    wanted[origin if origin >= 0 else int(np.argmax(prize))] = True
    core = whole_core(network, wanted)
    if origin >= 0:
        core, _ = part_of_node(core, int(core.node_of[origin]))
        _check_reach(prize, core)
    core = simplify(core, all_terminals=False)
    finite = prize[np.isfinite(prize)]
    integral = bool((network.cost == np.rint(network.cost)).all() and (finite == np.rint(finite)).all())
    search = PrizeSearch(core, prize, origin, network.n_edges, watch, rng, integral)
    search.run()
    edges, nodes = best_subtree(network, search.edges, prize, search.anchor, origin)
    inside = np.zeros(network.n_nodes, np.bool_)
    inside[nodes] = True
    value = float(network.cost[edges].sum() + prize[~inside].sum())
    bound = min(search.bound, value)
    return TreeResult(edges, value, bound, share_between(value, bound), watch.seconds, watch.stopped_by, nodes)


def _check_reach(prize: FloatArray, core: Core) -> None:
    """Complain about nodes that have to be in the tree and cannot be."""
    cut_off = np.flatnonzero(np.isinf(prize) & (core.node_of < 0))
    if len(cut_off):
        shown = ", ".join(map(str, cut_off[:10])) + (", ..." if len(cut_off) > 10 else "")
        raise InfeasibleError(f"{len(cut_off)} nodes have to be in the tree but no way leads to them: {shown}")


def checked_prizes(network: Network, prizes: npt.ArrayLike) -> FloatArray:
    """Prizes as an array that fits the network.

    Parameters
    ----------
    network : Network
        The network.
    prizes : array_like (n,)
        Prizes.

    Returns
    -------
    float64 array (n,)
        The prizes.

    Raises
    ------
    DataError
        Where they do not fit the network, are negative or NaN.
    """
    prize = np.asarray(prizes, dtype=np.float64)
    if prize.shape != (network.n_nodes,):
        raise DataError(f"prizes: shape {prize.shape}; one prize for each of {network.n_nodes} nodes is needed")
    wrong = np.flatnonzero(~(prize >= 0.0))
    if len(wrong):
        raise DataError(
            f"prizes: {len(wrong)} cannot be",
            [
                Complaint(f"node {x}", f"prize {prize[x]}", "Prizes are numbers of 0 or more.")
                for x in wrong[:MOST_COMPLAINTS]
            ],
        )
    return prize.copy()


def best_subtree(
    network: Network, edges: IntArray, prize: FloatArray, anchor: int, root: int
) -> tuple[IntArray, IntArray]:
    """Best subtree of the edges connected with a node.

    Parameters
    ----------
    network : Network
        The network.
    edges : int64 array
        Edges to choose from.
    prize : float64 array (n,)
        Prizes.
    anchor : int
        Node in whose part of the edges the tree lies.
    root : int
        Node that has to be in the tree, -1 where there is none.

    Returns
    -------
    edges, nodes : int64 arrays
        The tree, ascending.
    """
    edges = np.unique(edges)
    nodes = tree_nodes(network, edges, [anchor])
    u = np.searchsorted(nodes, network.u[edges]).astype(np.int32)
    v = np.searchsorted(nodes, network.v[edges]).astype(np.int32)
    graph = build_graph(len(nodes), u, v)
    free = np.zeros(len(graph.head))
    inside = reached_freely(graph, free, int(np.searchsorted(nodes, anchor)))
    local_root = int(np.searchsorted(nodes, root)) if root >= 0 else -1
    tree, _ = settle_prize_tree(graph, network.cost[edges][graph.edge], prize[nodes], inside, local_root)
    return np.sort(edges[graph.edge[tree.up_slot[1:]]]), np.sort(nodes[tree.node])
