"""Reductions that keep a best tree: free edges, leaves, chains, parallel edges, and edges too dear for the bound."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints


@exact_kernel
def find_label(label: Ints, x: int) -> int:
    """Representative of x's set, halving the path.

    Parameters
    ----------
    label : int32 array (n,)
        Parent of each node in its set, itself at the representative; paths are shortened in place.
    x : int
        Node.

    Returns
    -------
    int
        Representative of the set that holds x.
    """
    while label[x] != x:
        label[x] = label[label[x]]
        x = label[x]
    return x


@exact_kernel
def join_by(n_nodes: int, u: Ints, v: Ints, chosen: Flags) -> tuple[Ints, Flags]:
    """Sets of nodes joined by the chosen edges, and the chosen edges that form their forest.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.
    u, v : int32 arrays (m,)
        Ends of the edges.
    chosen : bool array (m,)
        Edges to join by.

    Returns
    -------
    label : int32 array (n,)
        Number of each node's set, 0, 1, ... in order of first node.
    used : bool array (m,)
        Chosen edges that joined two sets.
    """
    label = np.arange(n_nodes).astype(np.int32)
    used = np.zeros(u.size, np.bool_)
    for e in range(u.size):
        if chosen[e]:
            a = find_label(label, u[e])
            b = find_label(label, v[e])
            if a != b:
                label[max(a, b)] = min(a, b)
                used[e] = True
    number = np.full(n_nodes, -1, np.int32)
    count = 0
    for x in range(n_nodes):
        a = find_label(label, x)
        if number[a] < 0:
            number[a] = count
            count += 1
        number[x] = number[a]
    return number, used


@exact_kernel
def strip_leaves(n_nodes: int, u: Ints, v: Ints, is_terminal: Flags, hand_over: bool) -> Ints:
    """Take leaves away until none is left; a terminal leaf hands its duty to its neighbour, or stays.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.
    u, v : int32 arrays (m,)
        Ends of the edges, no self-loops.
    is_terminal : bool array (n,)
        Terminals; updated.
    hand_over : bool
        Whether terminal leaves go too (all terminals have to be connected).

    Returns
    -------
    int8 array (m,)
        0 for edges that stay, 1 for edges every tree needs, -1 for edges no tree needs.
    """
    degree = np.zeros(n_nodes, np.int32)
    mixed = np.zeros(n_nodes, np.int32)
    fate = np.zeros(u.size, np.int8)
    for e in range(u.size):
        degree[u[e]] += 1
        degree[v[e]] += 1
        mixed[u[e]] ^= e
        mixed[v[e]] ^= e
    duties = is_terminal.sum()
    for start in range(n_nodes):
        x = start
        while degree[x] == 1 and not (is_terminal[x] and (duties <= 1 or not hand_over)):
            e = mixed[x]
            y = u[e] + v[e] - x
            fate[e] = -1
            if is_terminal[x]:
                fate[e] = 1
                is_terminal[x] = False
                if is_terminal[y]:
                    duties -= 1
                is_terminal[y] = True
            degree[x] = 0
            degree[y] -= 1
            mixed[y] ^= e
            x = y
    return fate


@exact_kernel
def join_chains(graph: Graph, cost: Floats, keep: Flags) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    """Edges between the nodes to keep, with every chain through other nodes (of degree 2) made one edge.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot.
    keep : bool array (n,)
        Nodes that stay; all others have degree 0 or 2.

    Returns
    -------
    u, v : int32 arrays
        Ends of the new edges; chains back to their own start are left out.
    length : float64 array
        Their costs.
    first, piece : int32 arrays
        Old edges of each new edge, in rows.
    """
    most = graph.head.size // 2
    u = np.empty(most, np.int32)
    v = np.empty(most, np.int32)
    length = np.empty(most, np.float64)
    first = np.zeros(most + 1, np.int32)
    piece = np.empty(most + 1, np.int32)
    count = 0
    used = 0
    for x in range(keep.size):
        if not keep[x]:
            continue
        for start in range(graph.first[x], graph.first[x + 1]):
            k = start
            total = cost[k]
            at = used
            piece[at] = graph.edge[k]
            at += 1
            y = graph.head[k]
            while not keep[y]:
                back = graph.back[k]
                k = graph.first[y] if graph.first[y] != back else graph.first[y] + 1
                total += cost[k]
                if at < most:
                    piece[at] = graph.edge[k]
                at += 1
                y = graph.head[k]
            if y <= x:
                continue
            u[count] = x
            v[count] = y
            length[count] = total
            count += 1
            used = at
            first[count] = used
    return u[:count], v[:count], length[:count], first[: count + 1], piece[:used]


@exact_kernel
def cheapest_parallel(graph: Graph, cost: Floats, n_edges: int) -> Flags:
    """Edges that are no self-loops and the cheapest (the first of equals) between their ends.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (m,)
        Cost of each edge.
    n_edges : int
        Number of edges.

    Returns
    -------
    bool array (m,)
        True for edges to keep.
    """
    keep = np.zeros(n_edges, np.bool_)
    best = np.full(graph.first.size - 1, -1, np.int32)
    for x in range(best.size):
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if y < x:
                continue
            e = graph.edge[k]
            if best[y] < 0 or cost[e] < cost[best[y]]:
                if best[y] >= 0:
                    keep[best[y]] = False
                best[y] = e
                keep[e] = True
        for k in range(graph.first[x], graph.first[x + 1]):
            best[graph.head[k]] = -1
    return keep


@exact_kernel
def reduced_distances(graph: Graph, left: Floats, sources: Ints, outward: bool) -> Floats:
    """Reduced-cost distance from the sources to every node (`outward`), or from every node to the sources.

    Parameters
    ----------
    graph : Graph
        The graph.
    left : float64 array (2 m,)
        Reduced cost of the arc into the owner of each slot.
    sources : int32 array
        The sources.
    outward : bool
        Direction.

    Returns
    -------
    float64 array (n,)
        Distances, inf where there is no way.
    """
    n = graph.first.size - 1
    distance = np.full(n, np.inf)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    size = 0
    for s in sources:
        distance[s] = 0.0
        size = heap_push(heap, place, distance, size, s)
    while size > 0:
        x = heap_pop(heap, place, distance, size)
        size -= 1
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            reach = distance[x] + (left[graph.back[k]] if outward else left[k])
            if reach < distance[y]:
                distance[y] = reach
                size = heap_push(heap, place, distance, size, y)
    return distance


@exact_kernel
def affordable_edges(graph: Graph, left: Floats, root: int, terminals: Ints, slack: float, n_edges: int) -> Flags:
    """Edges that a tree better than the best one known may use.

    A tree that uses an arc costs at least the bound plus the reduced costs of a way from the root through the arc
    to some terminal.

    Parameters
    ----------
    graph : Graph
        The graph.
    left : float64 array (2 m,)
        Reduced costs of a dual ascent.
    root : int
        Its root.
    terminals : int32 array
        The other terminals.
    slack : float
        Value to stay below, less the ascent's bound.
    n_edges : int
        Number of edges.

    Returns
    -------
    bool array (m,)
        False where the edge may go.
    """
    source = np.full(1, root, np.int32)
    out = reduced_distances(graph, left, source, True)
    back = reduced_distances(graph, left, terminals, False)
    keep = np.zeros(n_edges, np.bool_)
    for x in range(graph.first.size - 1):
        for k in range(graph.first[x], graph.first[x + 1]):
            if out[graph.head[k]] + left[k] + back[x] < slack:
                keep[graph.edge[k]] = True
    return keep
