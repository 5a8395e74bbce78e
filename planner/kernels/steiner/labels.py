"""Labels of the nearest tree node, kept up to date while the tree changes.

A local search changes little of a tree at a time: only what hung on a node that left, or is nearer to one that joined,
is searched anew.
"""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import Queue, dequeue, empty_queue, enqueue
from planner.kernels.steiner.types import Flags, Floats, Graph, Labels


@exact_kernel
def no_labels(n_nodes: int) -> Labels:
    """Labels before any search.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.

    Returns
    -------
    Labels
        Nothing within reach of anything.
    """
    return Labels(
        np.full(n_nodes, np.inf), np.full(n_nodes, -1, np.int32), np.full(n_nodes, -1, np.int32), np.full(1, -1.0)
    )


@exact_kernel
def update_labels(graph: Graph, cost: Floats, inside: Flags, labels: Labels, reach: float) -> None:
    """Label every node within reach of a tree with its nearest tree node.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot, the same at every update; inf closes it.
    inside : bool array (n,)
        Nodes of the tree.
    labels : Labels
        Labels of an earlier tree, or none; brought up to date.
    reach : float
        Cost up to which labels are needed; where they did not go so far they are made anew.
    """
    if reach > labels.reach[0]:
        labels.distance[:] = np.inf
        labels.towards[:] = -1
        labels.base[:] = -1
        labels.reach[0] = reach
    queue = empty_queue(inside.size)
    size = _queue_changes(graph, cost, inside, labels, queue)
    if size > 0:
        _spread(graph, cost, labels, queue, size)
    find_bases(graph, inside, labels)


@exact_kernel
def _queue_changes(graph: Graph, cost: Floats, inside: Flags, labels: Labels, queue: Queue) -> int:
    """Queue the nodes that joined the tree and those that lost their tree node but see another; entries queued."""
    distance, towards, base, limit = labels.distance, labels.towards, labels.base, labels.reach[0]
    size = 0
    for x in range(inside.size):
        if inside[x] and base[x] != x:
            base[x] = x
            distance[x] = 0.0
            towards[x] = -1
            size = enqueue(queue, size, distance, x)
        elif base[x] >= 0 and not inside[base[x]]:
            distance[x] = np.inf
            towards[x] = -1
            for k in range(graph.first[x], graph.first[x + 1]):
                y = graph.head[k]
                reach = distance[y] + cost[k]
                if base[y] >= 0 and inside[base[y]] and reach < distance[x] and reach <= limit:
                    distance[x] = reach
                    towards[x] = k
            if towards[x] >= 0:
                size = enqueue(queue, size, distance, x)
    return size


@exact_kernel
def _spread(graph: Graph, cost: Floats, labels: Labels, queue: Queue, size: int) -> None:
    """Search on from the queued nodes."""
    distance, towards, limit = labels.distance, labels.towards, labels.reach[0]
    while size > 0:
        x = queue.node[0]
        current = queue.key[0] <= distance[x]
        dequeue(queue, size)
        size -= 1
        if not current:
            continue
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            reach = distance[x] + cost[k]
            if reach < distance[y] and reach <= limit:
                distance[y] = reach
                towards[y] = graph.back[k]
                size = enqueue(queue, size, distance, y)


@exact_kernel
def find_bases(graph: Graph, inside: Flags, labels: Labels) -> None:
    """Follow the paths of all labels to the tree nodes they end at.

    Parameters
    ----------
    graph : Graph
        The graph.
    inside : bool array (n,)
        Nodes of the tree.
    labels : Labels
        Distances and slots; the tree nodes are written.
    """
    towards, base = labels.towards, labels.base
    unknown = -2
    for x in range(inside.size):
        base[x] = unknown if towards[x] >= 0 else (x if inside[x] else -1)
    for x in range(inside.size):
        y = x
        while base[y] == unknown:
            y = graph.head[towards[y]]
        end = base[y]
        y = x
        while base[y] == unknown:
            base[y] = end
            y = graph.head[towards[y]]
