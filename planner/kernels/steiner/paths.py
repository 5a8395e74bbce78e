"""Graph rows, spanning trees and the shortest-path heuristic of Takahashi and Matsuyama (1980)."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import dequeue, empty_queue, enqueue, heap_pop, heap_push
from planner.kernels.steiner.labels import find_bases, no_labels
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints, Labels, Tree


@exact_kernel
def build_graph(n_nodes: int, u: Ints, v: Ints) -> Graph:
    """Rows of a graph from its edge list; self-loops are left out.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.
    u, v : int32 arrays (m,)
        Ends of the edges.

    Returns
    -------
    Graph
        The rows.
    """
    first = np.zeros(n_nodes + 1, np.int32)
    for e in range(u.size):
        if u[e] != v[e]:
            first[u[e] + 1] += 1
            first[v[e] + 1] += 1
    for i in range(n_nodes):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    head = np.empty(first[n_nodes], np.int32)
    edge = np.empty(first[n_nodes], np.int32)
    back = np.empty(first[n_nodes], np.int32)
    for e in range(u.size):
        if u[e] != v[e]:
            a = fill[u[e]]
            fill[u[e]] += 1
            b = fill[v[e]]
            fill[v[e]] += 1
            head[a] = v[e]
            head[b] = u[e]
            edge[a] = e
            edge[b] = e
            back[a] = b
            back[b] = a
    return Graph(first, head, edge, back)


@exact_kernel
def grow_tree(graph: Graph, cost: Floats, is_terminal: Flags, root: int) -> Flags:
    """Nodes of the shortest-path heuristic's tree: the nearest terminal joins by its shortest path, one by one.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    is_terminal : bool array (n,)
        Terminals.
    root : int
        Where the tree begins.

    Returns
    -------
    bool array (n,)
        Nodes of the tree; terminals out of reach are missing.
    """
    labels = no_labels(is_terminal.size)
    return _grow(graph, cost, is_terminal, root, labels, False)


@exact_kernel
def grow_labelled_tree(graph: Graph, cost: Floats, is_terminal: Flags, root: int) -> tuple[Flags, Labels]:
    """Grow the same tree, and label the nodes around it as far as the longest path by which a terminal joined.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    is_terminal : bool array (n,)
        Terminals.
    root : int
        Where the tree begins.

    Returns
    -------
    inside : bool array (n,)
        Nodes of the tree; terminals out of reach are missing.
    labels : Labels
        Nearest tree node of each node: a by-product of the growth that saves the local search its own.
    """
    labels = no_labels(is_terminal.size)
    inside = _grow(graph, cost, is_terminal, root, labels, True)
    distance, towards = labels.distance, labels.towards
    for x in range(inside.size):
        if inside[x]:
            towards[x] = -1
        elif distance[x] > labels.reach[0]:
            distance[x] = np.inf
            towards[x] = -1
    find_bases(graph, inside, labels)
    return inside, labels


@exact_kernel
def _grow(graph: Graph, cost: Floats, is_terminal: Flags, root: int, labels: Labels, settle: bool) -> Flags:
    """Nodes of the tree; `labels` holds the search, and is settled as far as the longest path where asked."""
    distance, towards = labels.distance, labels.towards
    inside = np.zeros(is_terminal.size, np.bool_)
    queue = empty_queue(inside.size)
    missing = is_terminal.sum() - (1 if is_terminal[root] else 0)
    longest = 0.0
    inside[root] = True
    distance[root] = 0.0
    size = enqueue(queue, 0, distance, root)
    while size > 0 and (missing > 0 or (settle and queue.key[0] <= longest)):
        x = queue.node[0]
        current = queue.key[0] <= distance[x]
        dequeue(queue, size)
        size -= 1
        if not current:
            continue
        if is_terminal[x] and not inside[x]:
            missing -= 1
            longest = max(longest, distance[x])
            y = x
            while not inside[y]:
                inside[y] = True
                distance[y] = 0.0
                if y != x:
                    size = enqueue(queue, size, distance, y)
                y = graph.head[towards[y]]
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            reach = distance[x] + cost[k]
            if reach < distance[y]:
                distance[y] = reach
                towards[y] = graph.back[k]
                size = enqueue(queue, size, distance, y)
    labels.reach[0] = longest if size > 0 else np.inf
    return inside


@exact_kernel
def spanning_order(graph: Graph, cost: Floats, inside: Flags, root: int) -> tuple[Ints, Ints]:
    """Minimum spanning tree of the nodes `inside` (Prim), in the order the nodes join.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    inside : bool array (n,)
        Nodes to span.
    root : int
        A node inside.

    Returns
    -------
    order : int32 array
        Nodes reached, parents before children.
    up_slot : int32 array (n,)
        Slot, in the node's own row, of the edge to its parent; -1 at the root and outside.
    """
    n = graph.first.size - 1
    key = np.full(n, np.inf)
    up_slot = np.full(n, -1, np.int32)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    done = np.zeros(n, np.bool_)
    order = np.empty(n, np.int32)
    count = 0
    key[root] = 0.0
    size = heap_push(heap, place, key, 0, root)
    while size > 0:
        x = heap_pop(heap, place, key, size)
        size -= 1
        done[x] = True
        order[count] = x
        count += 1
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if inside[y] and not done[y] and cost[k] < key[y]:
                key[y] = cost[k]
                up_slot[y] = graph.back[k]
                size = heap_push(heap, place, key, size, y)
    return order[:count], up_slot


@exact_kernel
def pruned_tree(graph: Graph, cost: Floats, is_terminal: Flags, inside: Flags, root: int) -> tuple[Tree, float]:
    """Minimum spanning tree of the nodes `inside` without the branches that reach no terminal.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    is_terminal : bool array (n,)
        Terminals.
    inside : bool array (n,)
        Nodes to span; the tree's own nodes afterwards.
    root : int
        A terminal inside.

    Returns
    -------
    tree : Tree
        The tree in preorder.
    value : float
        Its cost.
    """
    n = graph.first.size - 1
    order, up_slot = spanning_order(graph, cost, inside, root)
    size = np.zeros(n, np.int32)
    kept = 0
    for i in range(order.size - 1, -1, -1):
        x = order[i]
        if size[x] > 0 or is_terminal[x]:
            size[x] += 1
            kept += 1
            if x != root:
                size[graph.head[up_slot[x]]] += size[x]
    return _preorder(graph, cost, order, up_slot, size, kept, inside)


@exact_kernel
def _preorder(
    graph: Graph, cost: Floats, order: Ints, up_slot: Ints, size: Ints, kept: int, inside: Flags
) -> tuple[Tree, float]:
    """Number the kept nodes in preorder from their subtree sizes and sum the edges."""
    n = size.size
    inside[:] = False
    number = np.full(n, -1, np.int32)
    following = np.zeros(n, np.int32)
    node = np.empty(kept, np.int32)
    parent = np.empty(kept, np.int32)
    slot = np.empty(kept, np.int32)
    last = np.empty(kept, np.int32)
    value = 0.0
    for i in range(order.size):
        x = order[i]
        if size[x] == 0:
            continue
        at = 0
        above = -1
        if up_slot[x] >= 0:
            p = graph.head[up_slot[x]]
            at = following[p]
            following[p] += size[x]
            above = number[p]
            value += cost[up_slot[x]]
        inside[x] = True
        number[x] = at
        following[x] = at + 1
        node[at] = x
        parent[at] = above
        slot[at] = up_slot[x]
        last[at] = at + size[x] - 1
    return Tree(node, parent, slot, last, number), value
