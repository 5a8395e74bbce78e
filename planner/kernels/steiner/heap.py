"""An indexed four-ary heap on arrays: the queue of every search in this package.

`heap` holds node numbers, `place` the position of each node in it (-1 outside), `key` the sort values.
"""

from __future__ import annotations

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.types import Floats, Ints


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
