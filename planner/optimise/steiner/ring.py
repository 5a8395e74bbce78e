"""Protection rings: second ways to the root that share no edge with the first, at least extra cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.errors import DataError
from planner.kernels.steiner.paths import build_graph
from planner.kernels.steiner.rings import cheapest_way, protected_parts
from planner.kernels.steiner.types import Graph
from planner.optimise.steiner.network import FloatArray, IntArray, Network


@dataclass(frozen=True)
class Ring:
    """Two edge-disjoint ways between a node and the root.

    Attributes
    ----------
    edges : int64 array
        Edges to lay in addition to those given, ascending.
    cost : float
        Their cost.
    ways : tuple of two int64 arrays
        Edges of the two ways; both empty where there are none.
    """

    edges: IntArray
    cost: float
    ways: tuple[IntArray, IntArray]


@dataclass(frozen=True)
class Protection:
    """Edges that give several nodes a second way to the root.

    Attributes
    ----------
    edges : int64 array
        Edges to lay in addition to the tree, ascending.
    cost : float
        Their cost.
    unprotected : int64 array
        Nodes that no edges of the network can protect: some edge separates them from the root.
    """

    edges: IntArray
    cost: float
    unprotected: IntArray


def cheapest_ring(network: Network, laid: npt.ArrayLike, node: int, root: int) -> Ring | None:
    """Find two edge-disjoint ways between a node and the root with the least extra cost; edges laid are free.

    Parameters
    ----------
    network : Network
        The network.
    laid : array_like of int
        Edges laid already (a tree).
    node : int
        The node to protect.
    root : int
        The root.

    Returns
    -------
    Ring or None
        The cheapest pair of ways, None where no pair exists.
    """
    _check_nodes(network, [node, root])
    cost = network.cost.copy()
    cost[np.asarray(laid, dtype=np.int64)] = 0.0
    return _ring(network, build_graph(network.n_nodes, network.u, network.v), cost, node, root)


def protect(network: Network, tree_edges: npt.ArrayLike, nodes: Sequence[int], root: int) -> Protection:
    """Give nodes a second way to the root that shares no edge with the first, rings sharing edges among them.

    Nodes are served from the cheapest ring on, edges laid for one being free for the next; then edges are taken
    back, the dearest first, as long as every node stays protected.

    Parameters
    ----------
    network : Network
        The network.
    tree_edges : array_like of int
        Edges of the tree.
    nodes : sequence of int
        Nodes to protect.
    root : int
        The root.

    Returns
    -------
    Protection
        The extra edges, their cost, and the nodes that cannot be protected.
    """
    _check_nodes(network, [*nodes, root])
    graph = build_graph(network.n_nodes, network.u, network.v)
    tree = np.unique(np.asarray(tree_edges, dtype=np.int64))
    cost = network.cost.copy()
    cost[tree] = 0.0
    part = protected_parts(graph)
    listed = np.unique(np.asarray(nodes, dtype=np.int64))
    possible = [int(x) for x in listed if part[x] == part[root] and x != root]
    alone = {x: ring.cost for x in possible if (ring := _ring(network, graph, cost, x, root)) is not None}
    extra: set[int] = set()
    for x in sorted(alone, key=lambda node: (alone[node], node)):
        ring = _ring(network, graph, cost, x, root)
        if ring is not None:
            extra.update(ring.edges.tolist())
            cost[ring.edges] = 0.0
    edges = _needed(network, tree, extra, possible, root)
    unprotected = listed[part[listed] != part[root]]
    return Protection(edges, float(network.cost[edges].sum()), unprotected)


def _check_nodes(network: Network, nodes: Sequence[int]) -> None:
    wrong = [x for x in nodes if not 0 <= x < network.n_nodes]
    if wrong:
        raise DataError(f"protection: {wrong[:10]} are no nodes; nodes are 0 to {network.n_nodes - 1}")


def _ring(network: Network, graph: Graph, cost: FloatArray, node: int, root: int) -> Ring | None:
    """Two units of flow from node to root, cheapest first, the second path free against the first."""
    slot_cost = cost[graph.edge]
    used = np.zeros(len(graph.head), np.int8)
    for _ in range(2):
        length, slots = cheapest_way(graph, slot_cost, used, node, root)
        if not np.isfinite(length):
            return None
        for k in slots:
            if used[k] < 0:
                used[k] = used[graph.back[k]] = 0
            else:
                used[k], used[graph.back[k]] = 1, -1
    flow = np.flatnonzero(used > 0)
    ways = _split(graph, flow, node, root)
    edges = np.unique(np.concatenate(ways))
    edges = edges[cost[edges] > 0.0]
    return Ring(edges, float(network.cost[edges].sum()), ways)


def _split(graph: Graph, flow: IntArray, node: int, root: int) -> tuple[IntArray, IntArray]:
    """Edges of the two ways a flow of two units takes."""
    owner = graph.head[graph.back[flow]]
    leaving: dict[int, list[int]] = {}
    for x, k in zip(owner.tolist(), flow.tolist(), strict=True):
        leaving.setdefault(x, []).append(k)
    ways = []
    for _ in range(2):
        way = []
        x = node
        while x != root:
            k = leaving[x].pop()
            way.append(int(graph.edge[k]))
            x = int(graph.head[k])
        ways.append(np.asarray(way, dtype=np.int64))
    return ways[0], ways[1]


def _needed(network: Network, tree: IntArray, extra: set[int], nodes: list[int], root: int) -> IntArray:
    """Extra edges left after taking back, the dearest first, what no node needs."""
    kept = sorted(extra, key=lambda e: (-network.cost[e], e))
    for e in list(kept):
        trial = [other for other in kept if other != e]
        if _all_protected(network, np.concatenate([tree, np.asarray(trial, dtype=np.int64)]), nodes, root):
            kept = trial
    return np.sort(np.asarray(kept, dtype=np.int64))


def _all_protected(network: Network, edges: IntArray, nodes: list[int], root: int) -> bool:
    """Whether no single edge separates a node from the root."""
    names, ends = np.unique(
        np.concatenate([network.u[edges], network.v[edges], np.asarray([root, *nodes])]), return_inverse=True
    )
    ends = ends.astype(np.int32)
    m = len(edges)
    part = protected_parts(build_graph(len(names), ends[:m], ends[m : 2 * m]))
    return bool((part[ends[2 * m :]] == part[ends[2 * m]]).all())
