"""One bottom-up pass of the key-path and key-vertex moves over a tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.key_moves import MOST_PARTS, removable, try_removal
from planner.kernels.steiner.key_parts import Marks, Parts, Pass, Repair
from planner.kernels.steiner.regions import Links, Regions, find_links, find_regions, merge_heaps
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints, Labels, Tree


class KeyTree(NamedTuple):
    """The tree seen from its key vertices (preorder numbers).

    Attributes
    ----------
    is_key : bool array (k,)
        Terminals, branchings and the root.
    above : int32 array (k,)
        Nearest key vertex strictly above, -1 at the root.
    path_cost : float64 array (k,)
        Cost of the path to it, at key vertices.
    first, child : int32 arrays
        Key vertices whose `above` is each vertex, in rows.
    around : float64 array (k,)
        Cost of all key paths that end at a key vertex.
    """

    is_key: Flags
    above: Ints
    path_cost: Floats
    first: Ints
    child: Ints
    around: Floats


@exact_kernel
def find_keys(cost: Floats, tree: Tree, is_terminal: Flags) -> KeyTree:
    """Key vertices and key paths of a tree.

    Parameters
    ----------
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree, pruned.
    is_terminal : bool array (n,)
        Terminals.

    Returns
    -------
    KeyTree
        The key vertices, the key paths above them and what these cost.
    """
    k = tree.node.size
    n_children = np.zeros(k, np.int32)
    for i in range(1, k):
        n_children[tree.parent[i]] += 1
    is_key = np.zeros(k, np.bool_)
    above = np.full(k, -1, np.int32)
    run = np.zeros(k)
    around = np.zeros(k)
    first = np.zeros(k + 1, np.int32)
    for i in range(k):
        is_key[i] = i == 0 or n_children[i] != 1 or is_terminal[tree.node[i]]
        if i > 0:
            p = tree.parent[i]
            above[i] = p if is_key[p] else above[p]
            run[i] = cost[tree.up_slot[i]] + (0.0 if is_key[p] else run[p])
            if is_key[i]:
                around[i] += run[i]
                around[above[i]] += run[i]
                first[above[i] + 1] += 1
    for i in range(k):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    child = np.empty(first[k], np.int32)
    for i in range(1, k):
        if is_key[i]:
            child[fill[above[i]]] = i
            fill[above[i]] += 1
    return KeyTree(is_key, above, run, first, child, around)


@exact_kernel
def links_across(tree: Tree, keys: KeyTree, regions: Regions, links: Links) -> tuple[Ints, Ints]:
    """Links whose two sides meet first at a branching, in rows by branching.

    Parameters
    ----------
    tree : Tree
        The tree.
    keys : KeyTree
        Its key vertices.
    regions : Regions
        The regions of its nodes.
    links : Links
        Boundary edges of the regions.

    Returns
    -------
    first : int32 array (k + 1,)
        Where the row of each tree number starts.
    listed : int32 array
        Links in rows; those as dear as all key paths around the branching are left out.
    """
    k = tree.node.size
    meet = np.full(links.length.size, -1, np.int32)
    first = np.zeros(k + 1, np.int32)
    for e in range(links.length.size):
        a = regions.base[links.u[e]]
        b = regions.base[links.w[e]]
        i = a if keys.is_key[a] else keys.above[a]
        while i >= 0 and not (i <= b <= tree.last[i]):
            i = keys.above[i]
        if i >= 0 and i != a and i != b and links.length[e] < keys.around[i]:
            meet[e] = i
            first[i + 1] += 1
    for i in range(k):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    listed = np.empty(first[k], np.int32)
    for e in range(meet.size):
        if meet[e] >= 0:
            listed[fill[meet[e]]] = e
            fill[meet[e]] += 1
    return first, listed


@exact_kernel
def start_pass(
    graph: Graph, cost: Floats, tree: Tree, keys: KeyTree, inside: Flags, labels: Labels, reach: float
) -> Pass:
    """Regions, links and empty marks for a pass over the tree.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree.
    keys : KeyTree
        Its key vertices.
    inside : bool array (n,)
        Nodes of the tree; the pass changes it in place.
    labels : Labels
        Labels of an earlier tree, or none; brought up to date.
    reach : float
        Share of the key vertices whose surroundings are searched as far as they can matter, 0 to 1.

    Returns
    -------
    Pass
        What the pass works on.
    """
    n = graph.first.size - 1
    k = tree.node.size
    around = np.sort(keys.around[keys.is_key])
    limit = around[int(reach * (around.size - 1))]
    regions = find_regions(graph, cost, tree, labels, limit / 2.0)
    links = find_links(graph, cost, tree, regions, limit)
    marks = Marks(np.zeros(k, np.bool_), np.zeros(k, np.bool_), np.zeros(k, np.bool_), np.full(k, -1, np.int32))
    repair = Repair(
        np.empty(n),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.full(n, -1, np.int32),
        np.empty(n, np.int32),
        np.full(n, -1, np.int32),
        np.empty(n, np.int32),
    )
    shape = (MOST_PARTS + 1, MOST_PARTS + 1)
    parts = Parts(np.empty(shape), np.empty(shape, np.int32), np.empty(shape, np.int32))
    return Pass(graph, cost, tree, regions, links, marks, repair, parts, inside)


@exact_kernel
def gather_inner(tree: Tree, keys: KeyTree, low: int, gone: Ints, count: int) -> int:
    """Append the inner vertices of the key path above `low` to `gone`; the new count.

    Parameters
    ----------
    tree : Tree
        The tree.
    keys : KeyTree
        Its key vertices.
    low : int
        Tree number of the key vertex at the lower end.
    gone : int32 array (k,)
        Tree numbers to remove; receives those of the path from `count` on.
    count : int
        Numbers in `gone` so far.

    Returns
    -------
    int
        Numbers in `gone` afterwards.
    """
    i = tree.parent[low]
    while not keys.is_key[i]:
        gone[count] = i
        count += 1
        i = tree.parent[i]
    return count


@exact_kernel
def key_pass(
    graph: Graph, cost: Floats, tree: Tree, is_terminal: Flags, inside: Flags, labels: Labels, reach: float
) -> float:
    """Improve a tree by one pass of key-path exchanges and key-vertex eliminations.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree, pruned.
    is_terminal : bool array (n,)
        Terminals.
    inside : bool array (n,)
        Nodes of the tree; nodes of the improved tree afterwards (its edges: a minimum spanning tree of them).
    labels : Labels
        Labels of an earlier tree under the same costs, or none; brought up to date.
    reach : float
        Share of the key vertices whose surroundings are searched as far as they can matter; 1 searches all, less
        is faster and may miss gains of long paths.

    Returns
    -------
    float
        Sum of the gains taken.
    """
    if tree.node.size < 2:
        return 0.0
    keys = find_keys(cost, tree, is_terminal)
    state = start_pass(graph, cost, tree, keys, inside, labels, reach)
    first, listed = links_across(tree, keys, state.regions, state.links)
    gone = np.empty(tree.node.size, np.int32)
    nothing = np.empty(0, np.int32)
    gain = 0.0
    number, one, none = np.int64(0), np.int64(1), np.int64(0)  # one integer type: each helper is compiled once
    for place in range(tree.node.size - 1, -1, -1):
        v = np.int64(place)
        if not keys.is_key[v]:
            continue
        below = keys.child[keys.first[v] : keys.first[v + 1]]
        for at in range(below.size):
            low = below[at : at + 1]
            child = np.int64(low[0])
            count = gather_inner(tree, keys, child, gone, none)
            if removable(state, gone[:count], low, one):
                gain += try_removal(state, gone[:count], low, one, v, number, child, keys.path_cost[child], nothing)
                number += one
        if v > 0 and not is_terminal[tree.node[v]] and 0 < below.size < MOST_PARTS:
            gone[0] = v
            count = gather_inner(tree, keys, v, gone, one)
            for c in below:
                count = gather_inner(tree, keys, np.int64(c), gone, count)
            parts = np.int64(below.size)
            if removable(state, gone[:count], below, parts):
                across = listed[first[v] : first[v + 1]]
                above = np.int64(keys.above[v])
                gain += try_removal(state, gone[:count], below, parts, above, number, v, keys.around[v], across)
                number += one
        lift_heaps(state, keys, v)
    return gain


@exact_kernel
def lift_heaps(state: Pass, keys: KeyTree, v: int) -> None:
    """Merge the heaps of the subtrees and key paths below v into v's.

    Parameters
    ----------
    state : Pass
        The pass; its heaps are changed.
    keys : KeyTree
        Key vertices of its tree.
    v : int
        Tree number of a key vertex whose lower key vertices are done.
    """
    top = state.links.top[v]
    for c in keys.child[keys.first[v] : keys.first[v + 1]]:
        top = merge_heaps(state.links, top, state.links.top[c])
        i = state.tree.parent[c]
        while i != v:
            top = merge_heaps(state.links, top, state.links.top[i])
            i = state.tree.parent[i]
    state.links.top[v] = top
