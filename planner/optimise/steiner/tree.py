"""Steiner trees: least-cost trees that connect given terminals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.errors import Complaint, DataError, InfeasibleError
from planner.kernels.steiner.paths import build_graph, pruned_tree
from planner.kernels.steiner.shrink import join_by
from planner.optimise.steiner.core import keep_edges, only_nodes, whole_core
from planner.optimise.steiner.network import (
    MOST_COMPLAINTS,
    BoolArray,
    IntArray,
    Network,
    TreeResult,
    share_between,
    tree_nodes,
)
from planner.optimise.steiner.search import SteinerSearch
from planner.optimise.stopping import PROVED, Stop, Watch


def solve_steiner(network: Network, terminals: npt.ArrayLike, stop: Stop, rng: np.random.Generator) -> TreeResult:
    """Find a least-cost tree that connects the terminals, and a proven lower bound.

    Parameters
    ----------
    network : Network
        The network.
    terminals : array_like of int
        Nodes to connect; repeated ones count once.
    stop : Stop
        Limits; an iteration is one dual ascent or one round of the tree search.
    rng : numpy.random.Generator
        Source of all random draws.

    Returns
    -------
    TreeResult
        The best tree found; same result for the same seed unless the clock or the user stopped it.

    Raises
    ------
    DataError
        Where a terminal is no node.
    InfeasibleError
        Where the terminals do not lie in one connected part; names them part by part.
    """
    watch = Watch(stop)
    is_terminal = terminal_mask(network, terminals)
    if is_terminal.sum() < 2:
        watch.stopped_by = PROVED
        return finished(network, np.empty(0, np.int64), 0.0, watch, np.flatnonzero(is_terminal))
    part = _connected_part(network, is_terminal)
    core = whole_core(network, is_terminal)
    if not part.all():
        inside = np.zeros(core.n_nodes, np.bool_)
        inside[core.node_of[part]] = True
        core = only_nodes(keep_edges(core, inside[core.u]), inside)
    integral = bool((network.cost == np.rint(network.cost)).all())
    search = SteinerSearch(core, network.n_edges, watch, rng, integral)
    search.run()
    edges = pruned_edges(network, search.edges, is_terminal)
    return finished(network, edges, search.bound, watch, np.flatnonzero(is_terminal))


def terminal_mask(network: Network, terminals: npt.ArrayLike) -> BoolArray:
    """Mask of the terminals.

    Parameters
    ----------
    network : Network
        The network.
    terminals : array_like of int
        Nodes.

    Returns
    -------
    bool array (n,)
        True at terminals.

    Raises
    ------
    DataError
        Where one is no node.
    """
    listed = np.asarray(terminals, dtype=np.int64).ravel()
    wrong = listed[(listed < 0) | (listed >= network.n_nodes)]
    if len(wrong):
        raise DataError(
            f"terminals: {len(wrong)} are no nodes",
            [Complaint(f"terminal {t}", "no such node", f"Nodes are 0 to {network.n_nodes - 1}.") for t in wrong[:20]],
        )
    mask = np.zeros(network.n_nodes, np.bool_)
    mask[listed] = True
    return mask


def _connected_part(network: Network, is_terminal: BoolArray) -> BoolArray:
    """Nodes connected with the terminals; raises where the terminals lie in several parts."""
    label, _ = join_by(network.n_nodes, network.u, network.v, np.ones(network.n_edges, np.bool_))
    terminals = np.flatnonzero(is_terminal)
    parts = np.unique(label[terminals])
    if len(parts) > 1:
        complaints = []
        for p in parts[:MOST_COMPLAINTS]:
            here = terminals[label[terminals] == p]
            shown = ", ".join(map(str, here[:10])) + (", ..." if len(here) > 10 else "")
            complaints.append(
                Complaint(
                    f"part of {int((label == p).sum())} nodes",
                    f"{len(here)} terminals: {shown}",
                    "Connect the parts by an edge, or solve each alone.",
                )
            )
        raise InfeasibleError(f"the terminals lie in {len(parts)} parts with no way between them", complaints)
    return np.asarray(label == parts[0], dtype=np.bool_)


def pruned_edges(network: Network, edges: IntArray, is_terminal: BoolArray) -> IntArray:
    """Minimum spanning tree of some edges without the branches that reach no terminal.

    Parameters
    ----------
    network : Network
        The network.
    edges : int64 array
        Edges that connect the terminals.
    is_terminal : bool array (n,)
        Terminals.

    Returns
    -------
    int64 array
        Edges of the tree, ascending.
    """
    edges = np.flatnonzero(_marked(network.n_edges, edges))
    nodes = np.flatnonzero(_marked(network.n_nodes, network.u[edges], network.v[edges]))
    if len(nodes) == 0:
        return edges
    number = np.empty(network.n_nodes, np.int32)
    number[nodes] = np.arange(len(nodes))
    graph = build_graph(len(nodes), number[network.u[edges]], number[network.v[edges]])
    here = is_terminal[nodes]
    inside = np.ones(len(nodes), np.bool_)
    tree, _ = pruned_tree(graph, network.cost[edges][graph.edge], here, inside, int(np.argmax(here)))
    return np.sort(edges[graph.edge[tree.up_slot[1:]]])


def _marked(size: int, *listed: npt.NDArray[np.integer]) -> BoolArray:
    """Mask of the listed numbers."""
    mask = np.zeros(size, np.bool_)
    for numbers in listed:
        mask[numbers] = True
    return mask


def finished(network: Network, edges: IntArray, bound: float, watch: Watch, always: IntArray) -> TreeResult:
    """Result of a solve that minimised the cost of edges.

    Parameters
    ----------
    network : Network
        The network.
    edges : int64 array
        The tree.
    bound : float
        Lower bound.
    watch : Watch
        The solve's watch.
    always : int64 array
        Nodes of the tree even without edges.

    Returns
    -------
    TreeResult
        With the value summed anew from the edges.
    """
    value = float(network.cost[edges].sum())
    bound = min(bound, value)
    return TreeResult(
        edges,
        value,
        bound,
        share_between(value, bound),
        watch.seconds,
        watch.stopped_by,
        tree_nodes(network, edges, always.tolist()),
    )
