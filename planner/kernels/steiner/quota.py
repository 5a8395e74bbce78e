"""Trees that must collect a quota of prizes: growth up to it and trimming down to it."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.prize import grow_to_prizes
from planner.kernels.steiner.types import Flags, Floats, Graph, Tree

STEP = 1.25
MOST_STEPS = 400


@exact_kernel
def collected(prize: Floats, inside: Flags) -> float:
    """Sum of the prizes of the nodes inside.

    Parameters
    ----------
    prize : float64 array (n,)
        Prizes.
    inside : bool array (n,)
        Nodes that count.

    Returns
    -------
    float
        The sum.
    """
    total = 0.0
    for x in range(prize.size):
        if inside[x]:
            total += prize[x]
    return total


@exact_kernel
def grow_to_quota(graph: Graph, cost: Floats, prize: Floats, inside: Flags, quota: float, scale: float) -> bool:
    """Grow a tree, worth of prizes rising step by step, until it collects the quota.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot.
    prize : float64 array (n,)
        Prizes.
    inside : bool array (n,)
        Nodes of the tree; the joined ones are added.
    quota : float
        Prizes wanted.
    scale : float
        Worth of one unit of prize at the beginning, above 0.

    Returns
    -------
    bool
        False where the quota is out of reach.
    """
    for _ in range(MOST_STEPS):
        if collected(prize, inside) >= quota:
            return True
        grow_to_prizes(graph, cost, prize * scale, inside)
        scale *= STEP
    return False


@exact_kernel
def trim_to_quota(cost: Floats, prize: Floats, tree: Tree, inside: Flags, quota: float) -> float:
    """Take branches away, the dearest per prize first, while the quota is kept.

    Parameters
    ----------
    cost : float64 array (2 m,)
        Cost of each slot.
    prize : float64 array (n,)
        Prizes.
    tree : Tree
        The tree; its root stays.
    inside : bool array (n,)
        Nodes of the tree; nodes of the trimmed tree afterwards.
    quota : float
        Prizes to keep.

    Returns
    -------
    float
        Cost saved.
    """
    k = tree.node.size
    kept = np.ones(k, np.bool_)
    weight = np.empty(k)
    worth = np.empty(k)
    spare = collected(prize, inside) - quota
    saved = 0.0
    while True:
        for i in range(k):
            weight[i] = prize[tree.node[i]] if kept[i] else 0.0
            worth[i] = cost[tree.up_slot[i]] if kept[i] and i > 0 else 0.0
        best = -1
        ratio = 0.0
        for i in range(k - 1, 0, -1):
            weight[tree.parent[i]] += weight[i]
            worth[tree.parent[i]] += worth[i]
            if kept[i] and weight[i] <= spare and worth[i] > ratio * weight[i]:
                best = i
                ratio = worth[i] / weight[i] if weight[i] > 0.0 else np.inf
                if ratio == np.inf:
                    break
        if best < 0:
            return saved
        spare -= weight[best]
        saved += worth[best]
        for i in range(best, tree.last[best] + 1):
            kept[i] = False
            inside[tree.node[i]] = False
