"""Key-path exchange and key-vertex elimination after Uchoa and Werneck (Fast local search for Steiner trees, 2010).

A key vertex is a terminal or a branching of the tree, a key path runs between two of them. Taking a path, or a
branching with its paths, away leaves parts of the tree; the cheapest links between the parts come from the boundary
edges of the nearest-tree-node regions: those of one subtree wait in a mergeable heap, those between two subtrees
below a branching in its list, and the regions of the nodes taken away are searched anew. Vertices are visited
bottom-up and every gain is taken at once; what a gain has touched is left alone until the next pass.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.paths import nearest_source
from planner.kernels.steiner.types import Flags, Floats, Graph, Ints, Tree

MOST_PARTS = 48
"""Branchings of higher degree are not tried for elimination."""


class Links(NamedTuple):
    """Boundary edges: length between the tree nodes they join, end nodes, and skew heaps over both their sides."""

    length: Floats
    u: Ints
    w: Ints
    left: Ints
    right: Ints
    top: Ints


class Regions(NamedTuple):
    """Nearest tree node of each node; the nodes of each region in rows."""

    distance: Floats
    base: Ints
    towards: Ints
    first: Ints
    member: Ints


class Marks(NamedTuple):
    """What the pass has done: tree numbers gone, not to be removed, of changed subtree; trial removal stamps."""

    dead: Flags
    pinned: Flags
    stale: Flags
    trial: Ints


class Repair(NamedTuple):
    """Labels of the nodes whose regions are searched anew; valid where `stamp` is the trial's number."""

    distance: Floats
    part: Ints
    towards: Ints
    stamp: Ints
    heap: Ints
    place: Ints
    listed: Ints


class Parts(NamedTuple):
    """Cheapest link of each pair of parts of a trial: length and end nodes."""

    length: Floats
    u: Ints
    w: Ints


class Pass(NamedTuple):
    """Everything one pass works on."""

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
def merge_heaps(links: Links, a: int, b: int) -> int:
    """Top of the union of two skew heaps of link sides (-1 is the empty heap)."""
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
def find_regions(graph: Graph, cost: Floats, tree: Tree, limit: float) -> Regions:
    """Nearest tree node (preorder number) of every node within `limit`, and the nodes of each region."""
    distance, base, towards = nearest_source(graph, cost, tree.node, limit)
    k = tree.node.size
    first = np.zeros(k + 1, np.int32)
    for x in range(base.size):
        if base[x] >= 0:
            first[base[x] + 1] += 1
    for i in range(k):
        first[i + 1] += first[i]
    fill = first[:-1].copy()
    member = np.empty(first[k], np.int32)
    for x in range(base.size):
        if base[x] >= 0:
            member[fill[base[x]]] = x
            fill[base[x]] += 1
    return Regions(distance, base, towards, first, member)


@exact_kernel
def find_links(graph: Graph, cost: Floats, tree: Tree, regions: Regions, limit: float) -> Links:
    """Boundary edges shorter than `limit`, heaped by the tree node at each side."""
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


@exact_kernel
def part_of(state: Pass, below: Ints, count: int, number: int, i: int) -> int:
    """Part of the trial that tree number i lies in: its subtree, `count` for the rest, -1 where removed."""
    if state.marks.dead[i] or state.marks.trial[i] == number:
        return -1
    for p in range(count):
        if below[p] <= i <= state.tree.last[below[p]]:
            return p
    return count


@exact_kernel
def note_link(parts: Parts, p: int, q: int, length: float, u: int, w: int) -> None:
    """Keep a link between parts p and q (u on p's side) if it is the shortest yet."""
    if length < parts.length[p, q]:
        parts.length[p, q] = length
        parts.length[q, p] = length
        parts.u[p, q] = u
        parts.w[p, q] = w
        parts.u[q, p] = w
        parts.w[q, p] = u


@exact_kernel
def note_outward(state: Pass, below: Ints, count: int, number: int, p: int, top: int) -> None:
    """Note the shortest link that leaves the subtree of `top` from part p; spent links leave the heap for good."""
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
    """Label the regions of the removed tree numbers anew from the parts that stay, and note the links found."""
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
    """Least total length that joins all parts (Prim); inf at `limit`. `pairs` receives the links as (from, to)."""
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


@exact_kernel
def lay_path(state: Pass, number: int, x: int) -> int:
    """Put the nodes from x to the tree inside; the tree number where the path arrives."""
    while state.repair.stamp[x] == number:
        state.inside[x] = True
        x = state.graph.head[state.repair.towards[x]]
    while state.regions.towards[x] >= 0:
        state.inside[x] = True
        x = state.graph.head[state.regions.towards[x]]
    state.inside[x] = True
    return state.regions.base[x]


@exact_kernel
def touch(state: Pass, upper: int, arrival: int) -> None:
    """Pin both places and mark as changed the subtrees that hold only one of them."""
    state.marks.pinned[upper] = True
    state.marks.pinned[arrival] = True
    _mark_up_to(state, upper, arrival)
    _mark_up_to(state, arrival, upper)


@exact_kernel
def _mark_up_to(state: Pass, start: int, other: int) -> None:
    """Mark as changed the subtrees from `start` upwards that do not hold `other`."""
    i = start
    while not (i <= other <= state.tree.last[i]):
        state.marks.stale[i] = True
        i = state.tree.parent[i]


@exact_kernel
def take_move(state: Pass, gone: Ints, upper: int, n_parts: int, number: int, pairs: Ints) -> None:
    """Remove the tree numbers `gone`, lay the chosen links, and mark what that touches."""
    for i in gone:
        state.marks.dead[i] = True
        state.inside[state.tree.node[i]] = False
    for step in range(n_parts - 1):
        p = pairs[step, 0]
        q = pairs[step, 1]
        a = lay_path(state, number, state.parts.u[p, q])
        b = lay_path(state, number, state.parts.w[p, q])
        if p == n_parts - 1:
            touch(state, upper, a)
        if q == n_parts - 1:
            touch(state, upper, b)


@exact_kernel
def removable(state: Pass, gone: Ints, below: Ints, count: int) -> bool:
    """Whether nothing that the trial relies on was touched by an earlier gain."""
    marks = state.marks
    for i in gone:
        if marks.dead[i] or marks.pinned[i] or marks.stale[i]:
            return False
    for p in range(count):
        if marks.dead[below[p]] or marks.stale[below[p]]:
            return False
    return True


@exact_kernel
def try_removal(
    state: Pass,
    gone: Ints,
    below: Ints,
    count: int,
    upper: int,
    number: int,
    top: int,
    cost_gone: float,
    across: Ints,
) -> float:
    """Gain of removing `gone` and joining the parts again (0 where none); a gain is taken.

    `below` holds the tops of the `count` lower parts, `top` the subtree whose inner links do not count, `across`
    the links between the lower parts.
    """
    n_parts = count + 1
    for i in gone:
        state.marks.trial[i] = number
    for p in range(n_parts):
        state.parts.length[p, :n_parts] = np.inf
    for p in range(count):
        note_outward(state, below, count, number, p, top)
    for e in across:
        p = part_of(state, below, count, number, state.regions.base[state.links.u[e]])
        q = part_of(state, below, count, number, state.regions.base[state.links.w[e]])
        if p >= 0 and q >= 0 and p != q:
            note_link(state.parts, p, q, state.links.length[e], state.links.u[e], state.links.w[e])
    search_regions(state, gone, below, count, number, cost_gone)
    pairs = np.empty((n_parts, 2), np.int32)
    limit = cost_gone * (1.0 - 1e-12)
    total = join_parts(state.parts, n_parts, limit, pairs)
    if not total < limit:
        return 0.0
    take_move(state, gone, upper, n_parts, number, pairs)
    return cost_gone - total
