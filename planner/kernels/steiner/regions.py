"""Regions nearest to each node of a tree, and the boundary edges between them in mergeable heaps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.labels import update_labels
from planner.kernels.steiner.types import Floats, Graph, Ints, Labels, Tree


class Links(NamedTuple):
    """Boundary edges: length between the tree nodes they join, end nodes, and skew heaps over both their sides.

    Attributes
    ----------
    length : float64 array (c,)
        Cost of the path between the two tree nodes by way of the edge.
    u, w : int32 arrays (c,)
        End nodes.
    left, right : int32 arrays (2 c,)
        Children of each side in its skew heap, -1 for none; link e has the sides 2 e (at u) and 2 e + 1 (at w).
    top : int32 array (k,)
        Side at the top of the heap of each tree number, -1 where it is empty.
    """

    length: Floats
    u: Ints
    w: Ints
    left: Ints
    right: Ints
    top: Ints


class Regions(NamedTuple):
    """Nearest tree node of each node; the nodes of each region in rows.

    Attributes
    ----------
    distance : float64 array (n,)
        Cost of the path to the nearest tree node, inf where none is in reach.
    base : int32 array (n,)
        Tree number of that node, -1 where none is in reach.
    towards : int32 array (n,)
        Slot of the first edge of the path, -1 at tree nodes and where none is in reach.
    first : int32 array (k + 1,)
        Where the row of each tree number starts.
    member : int32 array
        Nodes of each region.
    """

    distance: Floats
    base: Ints
    towards: Ints
    first: Ints
    member: Ints


@exact_kernel
def merge_heaps(links: Links, a: int, b: int) -> int:
    """Top of the union of two skew heaps of link sides (-1 is the empty heap).

    Parameters
    ----------
    links : Links
        The links; the children of the sides are changed.
    a, b : int
        Sides at the tops of the two heaps.

    Returns
    -------
    int
        Side at the top of the union.
    """
    if a < 0:
        return b
    if b < 0:
        return a
    if links.length[b >> 1] < links.length[a >> 1]:
        a, b = b, a
    top = a
    while True:
        rest = links.right[a]
        links.right[a] = links.left[a]
        if rest < 0:
            links.left[a] = b
            return top
        if links.length[b >> 1] < links.length[rest >> 1]:
            rest, b = b, rest
        links.left[a] = rest
        a = rest


@exact_kernel
def find_regions(graph: Graph, cost: Floats, tree: Tree, labels: Labels, limit: float) -> Regions:
    """Nearest tree node (preorder number) of every node within `limit`, and the nodes of each region.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree.
    labels : Labels
        Labels of an earlier tree, or none; brought up to date.
    limit : float
        Cost; nodes further from the tree need not belong to a region.

    Returns
    -------
    Regions
        The regions of the tree nodes.
    """
    update_labels(graph, cost, tree.order >= 0, labels, limit)
    k = tree.node.size
    n = tree.order.size
    base = np.empty(n, np.int32)
    first = np.zeros(k + 1, np.int32)
    for x in range(n):
        base[x] = tree.order[labels.base[x]] if labels.distance[x] <= limit and labels.base[x] >= 0 else -1
        if base[x] >= 0:
            first[base[x] + 1] += 1
    for i in range(k):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    member = np.empty(first[k], np.int32)
    for x in range(n):
        if base[x] >= 0:
            member[fill[base[x]]] = x
            fill[base[x]] += 1
    return Regions(labels.distance, base, labels.towards, first, member)


@exact_kernel
def find_links(graph: Graph, cost: Floats, tree: Tree, regions: Regions, limit: float) -> Links:
    """Boundary edges shorter than `limit`, heaped by the tree node at each side.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree.
    regions : Regions
        The regions of the tree nodes.
    limit : float
        Cost of the path between two tree nodes from which on a link is left out.

    Returns
    -------
    Links
        The links, one heap for each tree number.
    """
    base = regions.base
    count = 0
    for sweep in range(2):
        if sweep == 1:
            length = np.empty(count, np.float64)
            u = np.empty(count, np.int32)
            w = np.empty(count, np.int32)
            count = 0
        for x in range(base.size):
            for k in range(graph.first[x], graph.first[x + 1]):
                y = graph.head[k]
                if x > y or base[x] < 0 or base[y] < 0 or base[x] == base[y]:
                    continue
                far = regions.distance[x] + cost[k] + regions.distance[y]
                if far >= limit or _is_tree_edge(tree, x, y, k, graph.back[k]):
                    continue
                if sweep == 1:
                    length[count] = far
                    u[count] = x
                    w[count] = y
                count += 1
    links = Links(
        length,
        u,
        w,
        np.full(2 * count, -1, np.int32),
        np.full(2 * count, -1, np.int32),
        np.full(tree.node.size, -1, np.int32),
    )
    for e in range(count):
        i = base[u[e]]
        links.top[i] = merge_heaps(links, links.top[i], 2 * e)
        i = base[w[e]]
        links.top[i] = merge_heaps(links, links.top[i], 2 * e + 1)
    return links


@exact_kernel
def _is_tree_edge(tree: Tree, x: int, y: int, k: int, back: int) -> bool:
    """Whether slot k of x (slot `back` of y) is an edge of the tree."""
    i = tree.order[x]
    j = tree.order[y]
    return (i >= 0 and tree.up_slot[i] == k) or (j >= 0 and tree.up_slot[j] == back)
