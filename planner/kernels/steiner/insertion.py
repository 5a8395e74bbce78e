"""Insertion of Steiner nodes: a node outside joins the tree where its edges replace dearer ones."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints, Tree


@exact_kernel
def _dearest_between(cost: Floats, graph: Graph, up_slot: Ints, a: int, b: int, seen: Ints, number: int) -> int:
    """Node whose upward edge is the dearest on the tree path from a to b; the sign tells b's side by ~node."""
    x = a
    while True:
        seen[x] = number
        if up_slot[x] < 0:
            break
        x = graph.head[up_slot[x]]
    best = -1
    value = -1.0
    x = b
    while seen[x] != number:
        if cost[up_slot[x]] > value:
            value = cost[up_slot[x]]
            best = ~x
        x = graph.head[up_slot[x]]
    meet = x
    x = a
    while x != meet:
        if cost[up_slot[x]] > value:
            value = cost[up_slot[x]]
            best = x
        x = graph.head[up_slot[x]]
    return best


@exact_kernel
def _hang(graph: Graph, up_slot: Ints, low: int, top: int, slot: int) -> None:
    """Turn the upward edges from `low` to `top` around and hang `low` on `slot`."""
    x = low
    carry = slot
    while True:
        old = up_slot[x]
        up_slot[x] = carry
        if x == top:
            return
        carry = graph.back[old]
        x = graph.head[old]


@exact_kernel
def _undo(up_slot: Ints, trail_node: Ints, trail_slot: Ints, count: int) -> None:
    for i in range(count - 1, -1, -1):
        up_slot[trail_node[i]] = trail_slot[i]


@exact_kernel
def _record(graph: Graph, up_slot: Ints, low: int, top: int, nodes: Ints, slots: Ints, count: int) -> int:
    """Note the upward edges from `low` to `top` so that they can be restored; -1 where there is no room."""
    x = low
    while True:
        if count == nodes.size:
            return -1
        nodes[count] = x
        slots[count] = up_slot[x]
        count += 1
        if x == top:
            return count
        x = graph.head[up_slot[x]]


@exact_kernel
def insertion_pass(graph: Graph, cost: Floats, tree: Tree, inside: Flags, least_neighbours: int) -> float:
    """Try every node outside that has several neighbours in the tree, keeping what makes the tree cheaper.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree.
    inside : bool array (n,)
        Nodes of the tree; the inserted ones are added.
    least_neighbours : int
        Neighbours in the tree from which a node is tried.

    Returns
    -------
    float
        Sum of the gains.
    """
    n = graph.first.size - 1
    up_slot = np.full(n, -1, np.int32)
    for i in range(tree.node.size):
        up_slot[tree.node[i]] = tree.up_slot[i]
    seen = np.full(n, -1, np.int32)
    nodes = np.empty(8 * n + 64, np.int32)
    slots = np.empty(8 * n + 64, np.int32)
    gain = 0.0
    number = 0
    for v in range(n):
        if inside[v]:
            continue
        nearest = -1
        count = 0
        for k in range(graph.first[v], graph.first[v + 1]):
            if inside[graph.head[k]]:
                count += 1
                if nearest < 0 or cost[k] < cost[nearest]:
                    nearest = k
        if count < least_neighbours or not cost[nearest] < np.inf:
            continue
        up_slot[v] = nearest
        delta, trail, number = _replace_edges(graph, cost, up_slot, inside, v, seen, number, nodes, slots)
        if delta < -1e-9 * cost[nearest]:
            gain -= delta
            inside[v] = True
        else:
            _undo(up_slot, nodes, slots, trail)
            up_slot[v] = -1
    return gain


@exact_kernel
def _replace_edges(
    graph: Graph,
    cost: Floats,
    up_slot: Ints,
    inside: Flags,
    v: int,
    seen: Ints,
    number: int,
    nodes: Ints,
    slots: Ints,
) -> tuple[float, int, int]:
    """Cost change of hanging v in and swapping its other edges for dearer ones; trail length; next stamp."""
    nearest = up_slot[v]
    delta = cost[nearest]
    trail = 0
    for k in range(graph.first[v], graph.first[v + 1]):
        w = graph.head[k]
        if k == nearest or not inside[w] or not cost[k] < np.inf:
            continue
        worst = _dearest_between(cost, graph, up_slot, v, w, seen, number)
        number += 1
        cut = worst if worst >= 0 else ~worst
        if cost[up_slot[cut]] <= cost[k]:
            continue
        low = v if worst >= 0 else w
        more = _record(graph, up_slot, low, cut, nodes, slots, trail)
        if more < 0:
            break
        trail = more
        delta += cost[k] - cost[up_slot[cut]]
        _hang(graph, up_slot, low, cut, k if low == v else graph.back[k])
    return delta, trail, number
