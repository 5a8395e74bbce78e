"""Parts that a trial removal leaves of a tree, and the cheapest links that join them again.

The links come from the heaps of the subtrees and from the regions of the removed nodes, which are searched anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.regions import Links, Regions, merge_heaps
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints, Tree


class Marks(NamedTuple):
    """What the pass has done: tree numbers gone, not to be removed, of changed subtree; trial removal stamps.

    Attributes
    ----------
    dead : bool array (k,)
        Tree numbers removed by a gain.
    pinned : bool array (k,)
        Tree numbers that a laid path relies on.
    stale : bool array (k,)
        Tree numbers whose subtree a gain has changed.
    trial : int32 array (k,)
        Number of the last trial that removed each tree number, -1 where none did.
    """

    dead: Flags
    pinned: Flags
    stale: Flags
    trial: Ints


class Repair(NamedTuple):
    """Labels of the nodes whose regions are searched anew; valid where `stamp` is the trial's number.

    Attributes
    ----------
    distance : float64 array (n,)
        Cost of the path to the nearest part, inf where none is in reach.
    part : int32 array (n,)
        That part.
    towards : int32 array (n,)
        Slot of the first edge of the path.
    stamp : int32 array (n,)
        Number of the last trial that labelled the node, -1 where none did.
    heap, place : int32 arrays (n,)
        Heap of the search and where each node stands in it.
    listed : int32 array (n,)
        Nodes the trial searches anew.
    """

    distance: Floats
    part: Ints
    towards: Ints
    stamp: Ints
    heap: Ints
    place: Ints
    listed: Ints


class Parts(NamedTuple):
    """Cheapest link of each pair of parts of a trial: length and end nodes.

    Attributes
    ----------
    length : float64 array (parts, parts)
        Cost of the path between the parts, inf where no link is known.
    u, w : int32 arrays (parts, parts)
        End nodes of the link, u on the side of the first part.
    """

    length: Floats
    u: Ints
    w: Ints


class Pass(NamedTuple):
    """Everything one pass works on.

    Attributes
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    tree : Tree
        The tree as it was when the pass began.
    regions : Regions
        Regions of its nodes.
    links : Links
        Boundary edges of the regions.
    marks : Marks
        What the gains have touched.
    repair : Repair
        Labels of the trial at hand.
    parts : Parts
        Links of the trial at hand.
    inside : bool array (n,)
        Nodes of the tree as the gains leave it.
    """

    graph: Graph
    cost: Floats
    tree: Tree
    regions: Regions
    links: Links
    marks: Marks
    repair: Repair
    parts: Parts
    inside: Flags


@exact_kernel
def part_of(state: Pass, below: Ints, count: int, number: int, i: int) -> int:
    """Part of the trial that tree number i lies in: its subtree, `count` for the rest, -1 where removed.

    Parameters
    ----------
    state : Pass
        The pass.
    below : int32 array (count,)
        Tree numbers of the tops of the lower parts.
    count : int
        Number of lower parts; the number of the part that is the rest of the tree.
    number : int
        Number of the trial.
    i : int
        Tree number.

    Returns
    -------
    int
        Place in `below` of the subtree that holds i, `count` for the rest of the tree, -1 where i is removed.
    """
    if state.marks.dead[i] or state.marks.trial[i] == number:
        return -1
    for p in range(count):
        if below[p] <= i <= state.tree.last[below[p]]:
            return p
    return count


@exact_kernel
def note_link(parts: Parts, p: int, q: int, length: float, u: int, w: int) -> None:
    """Keep a link between parts p and q (u on p's side) if it is the shortest yet.

    Parameters
    ----------
    parts : Parts
        Cheapest links of the trial; the pair is changed.
    p, q : int
        The parts.
    length : float
        Cost of the path between the parts by way of the link.
    u, w : int
        End nodes of the link, u in the region of p.
    """
    if length < parts.length[p, q]:
        parts.length[p, q] = length
        parts.length[q, p] = length
        parts.u[p, q] = u
        parts.w[p, q] = w
        parts.u[q, p] = w
        parts.w[q, p] = u


@exact_kernel
def note_outward(state: Pass, below: Ints, count: int, number: int, p: int, top: int) -> None:
    """Note the shortest link that leaves the subtree of `top` from part p; spent links leave the heap for good.

    Parameters
    ----------
    state : Pass
        The pass.
    below : int32 array (count,)
        Tree numbers of the tops of the lower parts.
    count : int
        Number of lower parts; the number of the part that is the rest of the tree.
    number : int
        Number of the trial.
    p : int
        Lower part whose heap is looked through.
    top : int
        Tree number of the subtree whose inner links do not count.
    """
    links, base, marks = state.links, state.regions.base, state.marks
    child = below[p]
    side = links.top[child]
    while side >= 0:
        e = side >> 1
        own = links.u[e] if side & 1 == 0 else links.w[e]
        far = links.w[e] if side & 1 == 0 else links.u[e]
        i = base[far]
        spent = marks.dead[base[own]] or marks.dead[i] or marks.trial[i] == number
        if not spent and not (top <= i <= state.tree.last[top]):
            note_link(state.parts, p, count, links.length[e], own, far)
            break
        side = merge_heaps(links, links.left[side], links.right[side])
    links.top[child] = side


@exact_kernel
def search_regions(state: Pass, gone: Ints, below: Ints, count: int, number: int, limit: float) -> None:
    """Label the regions of the removed tree numbers anew from the parts that stay, and note the links found.

    Parameters
    ----------
    state : Pass
        The pass.
    gone : int32 array
        Tree numbers the trial removes.
    below : int32 array (count,)
        Tree numbers of the tops of the lower parts.
    count : int
        Number of lower parts; the number of the part that is the rest of the tree.
    number : int
        Number of the trial.
    limit : float
        Cost from which on paths and links are of no use to the trial.
    """
    graph, cost, regions, fix = state.graph, state.cost, state.regions, state.repair
    total = 0
    for i in gone:
        for k in range(regions.first[i], regions.first[i + 1]):
            x = regions.member[k]
            fix.stamp[x] = number
            fix.distance[x] = np.inf
            fix.listed[total] = x
            total += 1
    size = 0
    for at in range(total):
        x = fix.listed[at]
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if fix.stamp[y] == number or regions.base[y] < 0:
                continue
            reach = regions.distance[y] + cost[k]
            if reach < fix.distance[x] and reach < limit:
                part = part_of(state, below, count, number, regions.base[y])
                if part >= 0:
                    fix.distance[x] = reach
                    fix.part[x] = part
                    fix.towards[x] = k
        if fix.distance[x] < np.inf:
            size = heap_push(fix.heap, fix.place, fix.distance, size, x)
    while size > 0:
        x = heap_pop(fix.heap, fix.place, fix.distance, size)
        size -= 1
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            if fix.stamp[y] != number:
                continue
            reach = fix.distance[x] + cost[k]
            if reach < fix.distance[y] and reach < limit:
                fix.distance[y] = reach
                fix.part[y] = fix.part[x]
                fix.towards[y] = graph.back[k]
                size = heap_push(fix.heap, fix.place, fix.distance, size, y)
    _note_repaired(state, total, below, count, number, limit)


@exact_kernel
def _note_repaired(state: Pass, total: int, below: Ints, count: int, number: int, limit: float) -> None:
    """Note the links that have an end in the regions searched anew."""
    graph, cost, regions, fix = state.graph, state.cost, state.regions, state.repair
    for at in range(total):
        x = fix.listed[at]
        if fix.distance[x] == np.inf:
            continue
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            length = fix.distance[x] + cost[k]
            if fix.stamp[y] == number:
                length += fix.distance[y]
                part = fix.part[y] if length < limit else -1
            elif regions.base[y] >= 0:
                length += regions.distance[y]
                part = part_of(state, below, count, number, regions.base[y]) if length < limit else -1
            else:
                part = -1
            if part >= 0 and part != fix.part[x]:
                note_link(state.parts, fix.part[x], part, length, x, y)


@exact_kernel
def join_parts(parts: Parts, n_parts: int, limit: float, pairs: Ints) -> float:
    """Least total length that joins all parts (Prim's algorithm).

    Parameters
    ----------
    parts : Parts
        Cheapest links of the trial.
    n_parts : int
        Number of parts, the rest of the tree the last of them.
    limit : float
        Cost the total must stay below.
    pairs : int32 array (n_parts, 2)
        Receives the chosen links as pairs of parts (from, to) in its first n_parts - 1 rows.

    Returns
    -------
    float
        Sum of the costs of the chosen links, inf where it is not below `limit`.
    """
    key = np.full(n_parts, np.inf)
    origin = np.zeros(n_parts, np.int32)
    joined = np.zeros(n_parts, np.bool_)
    key[n_parts - 1] = 0.0
    total = 0.0
    for step in range(n_parts):
        best = -1
        for p in range(n_parts):
            if not joined[p] and (best < 0 or key[p] < key[best]):
                best = p
        total += key[best]
        if not total < limit:
            return np.inf
        joined[best] = True
        if step > 0:
            pairs[step - 1, 0] = origin[best]
            pairs[step - 1, 1] = best
        for p in range(n_parts):
            if not joined[p] and parts.length[best, p] < key[p]:
                key[p] = parts.length[best, p]
                origin[p] = best
    return total
