"""Four-ary heaps on arrays: the queues of the searches in this package.

The indexed heap lets a key fall in place: `heap` holds node numbers, `place` the position of each node in it (-1
outside), `key` the sort values. The plain `Queue` carries its keys along, which saves a third of the time of a search
over a large graph; a node whose distance falls is queued again, and its older entries are passed over when they come.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.types import Floats, Ints


class Queue(NamedTuple):
    """Nodes by distance, an entry for every time a distance fell.

    Attributes
    ----------
    key : float64 array
        Distance of each entry.
    node : int32 array
        Node of each entry.
    """

    key: Floats
    node: Ints


@exact_kernel
def empty_queue(n_nodes: int) -> Queue:
    """Room for the search of a graph.

    Parameters
    ----------
    n_nodes : int
        Number of nodes.

    Returns
    -------
    Queue
        With room for two entries a node; `enqueue` drops what is out of date when it is full.
    """
    return Queue(np.empty(2 * n_nodes + 2), np.empty(2 * n_nodes + 2, np.int32))


@exact_kernel
def _sift_up(queue: Queue, at: int, value: float, node: int) -> None:
    """Put an entry at place `at` or above."""
    key, nodes = queue.key, queue.node
    while at > 0:
        up = (at - 1) >> 2
        if key[up] <= value:
            break
        key[at] = key[up]
        nodes[at] = nodes[up]
        at = up
    key[at] = value
    nodes[at] = node


@exact_kernel
def enqueue(queue: Queue, size: int, distance: Floats, node: int) -> int:
    """Queue a node whose distance has fallen.

    Parameters
    ----------
    queue : Queue
        The queue; changed.
    size : int
        Entries in it.
    distance : float64 array (n,)
        Distance of every node; entries above it are out of date.
    node : int
        The node.

    Returns
    -------
    int
        New number of entries.
    """
    if size == queue.key.size:
        kept = 0
        for i in range(size):
            if queue.key[i] <= distance[queue.node[i]]:
                _sift_up(queue, kept, queue.key[i], queue.node[i])
                kept += 1
        size = kept
    _sift_up(queue, size, distance[node], node)
    return size + 1


@exact_kernel
def dequeue(queue: Queue, size: int) -> None:
    """Take the first entry away; the queue is one shorter afterwards.

    Parameters
    ----------
    queue : Queue
        The queue; changed. Its first entry is the nearest node.
    size : int
        Entries in it, at least one.
    """
    key, nodes = queue.key, queue.node
    size -= 1
    value = key[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if key[other] < key[least]:
                least = other
        if key[least] >= value:
            break
        key[at] = key[least]
        nodes[at] = nodes[least]
        at = least
    key[at] = value
    nodes[at] = nodes[size]


@exact_kernel
def heap_push(heap: Ints, place: Ints, key: Floats, size: int, node: int) -> int:
    """Insert a node, or move it up after its key fell.

    Parameters
    ----------
    heap, place : int32 arrays
        Queue and positions.
    key : float64 array
        Key of every node.
    size : int
        Nodes in the queue.
    node : int
        The node.

    Returns
    -------
    int
        New number of nodes in the queue.
    """
    at = place[node]
    if at < 0:
        at = size
        size += 1
    value = key[node]
    while at > 0:
        up = (at - 1) >> 2
        other = heap[up]
        if key[other] <= value:
            break
        heap[at] = other
        place[other] = at
        at = up
    heap[at] = node
    place[node] = at
    return size


@exact_kernel
def heap_pop(heap: Ints, place: Ints, key: Floats, size: int) -> int:
    """Take the node of least key; the queue is one shorter afterwards.

    Parameters
    ----------
    heap, place : int32 arrays
        Queue and positions.
    key : float64 array
        Key of every node.
    size : int
        Nodes in the queue, at least one.

    Returns
    -------
    int
        The node taken.
    """
    best = heap[0]
    place[best] = -1
    size -= 1
    if size == 0:
        return best
    node = heap[size]
    value = key[node]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if key[heap[other]] < key[heap[least]]:
                least = other
        if key[heap[least]] >= value:
            break
        heap[at] = heap[least]
        place[heap[at]] = at
        at = least
    heap[at] = node
    place[node] = at
    return best
