"""Key-path exchange and key-vertex elimination after Uchoa and Werneck (Fast local search for Steiner trees, 2010).

A key vertex is a terminal or a branching of the tree, a key path runs between two of them. Taking a path, or a
branching with its paths, away leaves parts of the tree; the cheapest links between the parts come from the boundary
edges of the nearest-tree-node regions: those of one subtree wait in a mergeable heap, those between two subtrees
below a branching in its list, and the regions of the nodes taken away are searched anew. Vertices are visited
bottom-up and every gain is taken at once; what a gain has touched is left alone until the next pass.
"""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.key_parts import Pass, join_parts, note_link, note_outward, part_of, search_regions
from planner.kernels.steiner.types import Ints

MOST_PARTS = 48
"""Branchings of higher degree are not tried for elimination."""


@exact_kernel
def lay_path(state: Pass, number: int, x: int) -> int:
    """Put the nodes from x to the tree inside; the tree number where the path arrives.

    Parameters
    ----------
    state : Pass
        The pass.
    number : int
        Number of the trial.
    x : int
        Node where the path starts, in a region.

    Returns
    -------
    int
        Tree number where the path arrives.
    """
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
    """Pin both places and mark as changed the subtrees that hold only one of them.

    Parameters
    ----------
    state : Pass
        The pass.
    upper : int
        Tree number of the key vertex above what is removed.
    arrival : int
        Tree number where a laid path arrives.
    """
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
    """Remove the tree numbers `gone`, lay the chosen links, and mark what that touches.

    Parameters
    ----------
    state : Pass
        The pass.
    gone : int32 array
        Tree numbers the trial removes.
    upper : int
        Tree number of the key vertex above what is removed.
    n_parts : int
        Number of parts, the rest of the tree the last of them.
    number : int
        Number of the trial.
    pairs : int32 array (n_parts, 2)
        Chosen links as pairs of parts in the first n_parts - 1 rows.
    """
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
    """Whether nothing that the trial relies on was touched by an earlier gain.

    Parameters
    ----------
    state : Pass
        The pass.
    gone : int32 array
        Tree numbers the trial removes.
    below : int32 array (count,)
        Tree numbers of the tops of the lower parts.
    count : int
        Number of lower parts.

    Returns
    -------
    bool
        True where the trial may go ahead.
    """
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
    upper : int
        Tree number of the key vertex above what is removed.
    number : int
        Number of the trial.
    top : int
        Tree number of the subtree whose inner links do not count as ways out of it.
    cost_gone : float
        Cost of the key paths removed.
    across : int32 array
        Links between the lower parts.

    Returns
    -------
    float
        Cost saved, 0 where nothing is.
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
