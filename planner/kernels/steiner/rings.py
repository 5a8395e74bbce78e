"""Second ways: edge-disjoint paths over what is laid, and what a set of edges protects."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.types import Floats, Graph, Ints


@exact_kernel
def cheapest_way(graph: Graph, cost: Floats, used: Ints, start: int, end: int) -> tuple[float, Ints]:
    """Cheapest path that does not run along used slots; against them it is free.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of leaving each slot's owner by the slot.
    used : int8 array (2 m,)
        1 where a first path leaves the slot's owner by it, -1 where it arrives by it, else 0.
    start, end : int
        Ends of the path.

    Returns
    -------
    length : float
        Its cost, inf where there is none.
    slots : int32 array
        Slots by which the path leaves its nodes, in order.
    """
    n = graph.first.size - 1
    distance = np.full(n, np.inf)
    by = np.full(n, -1, np.int32)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    distance[start] = 0.0
    size = heap_push(heap, place, distance, 0, start)
    while size > 0:
        x = heap_pop(heap, place, distance, size)
        size -= 1
        if x == end:
            break
        for k in range(graph.first[x], graph.first[x + 1]):
            if used[k] > 0:
                continue
            y = graph.head[k]
            reach = distance[x] + (0.0 if used[k] < 0 else cost[k])
            if reach < distance[y]:
                distance[y] = reach
                by[y] = k
                size = heap_push(heap, place, distance, size, y)
    count = 0
    if distance[end] < np.inf:
        x = end
        while x != start:
            count += 1
            x = graph.head[graph.back[by[x]]]
    slots = np.empty(count, np.int32)
    x = end
    for i in range(count - 1, -1, -1):
        slots[i] = by[x]
        x = graph.head[graph.back[by[x]]]
    return distance[end], slots


@exact_kernel
def protected_parts(graph: Graph) -> Ints:
    """Number of each node's part when the bridges are cut: within a part no single edge separates two nodes.

    Parameters
    ----------
    graph : Graph
        The graph.

    Returns
    -------
    int32 array (n,)
        Part numbers.
    """
    n = graph.first.size - 1
    found = np.full(n, -1, np.int32)
    low = np.zeros(n, np.int32)
    by = np.full(n, -1, np.int32)
    following = graph.first[:-1].copy()
    part = np.full(n, -1, np.int32)
    path = np.empty(n, np.int32)
    pending = np.empty(n, np.int32)
    depth = 0
    waiting = 0
    clock = 0
    parts = 0
    for start in range(n):
        if found[start] >= 0:
            continue
        path[0] = start
        depth = 1
        while depth > 0:
            x = path[depth - 1]
            if found[x] < 0:
                found[x] = clock
                low[x] = clock
                clock += 1
                pending[waiting] = x
                waiting += 1
            if following[x] < graph.first[x + 1]:
                k = following[x]
                following[x] += 1
                y = graph.head[k]
                if by[x] >= 0 and graph.edge[k] == graph.edge[by[x]]:
                    continue
                if found[y] < 0:
                    by[y] = graph.back[k]
                    path[depth] = y
                    depth += 1
                else:
                    low[x] = min(low[x], found[y])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[x])
            if low[x] == found[x]:
                while part[x] < 0:
                    waiting -= 1
                    part[pending[waiting]] = parts
                parts += 1
    return part
