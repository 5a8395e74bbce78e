"""Prize-collecting trees: growth towards worthwhile prizes, strong pruning, local search."""

from __future__ import annotations

import numpy as np

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.heap import heap_pop, heap_push
from planner.kernels.steiner.insertion import insertion_pass
from planner.kernels.steiner.key_pass import key_pass
from planner.kernels.steiner.labels import no_labels
from planner.kernels.steiner.paths import pruned_tree
from planner.kernels.steiner.types import Flags, Floats, Graph, Tree


@exact_kernel
def grow_to_prizes(graph: Graph, cost: Floats, prize: Floats, inside: Flags) -> int:
    """Let prizes join a tree by their shortest path while they are worth it.

    Prizes on the way count towards the path; a prize not worth its own way still helps what lies behind it.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    prize : float64 array (n,)
        Prizes, inf where a node must join.
    inside : bool array (n,)
        Nodes of the tree, at least one; the joined ones are added.

    Returns
    -------
    int
        Nodes added.
    """
    n = graph.first.size - 1
    distance = np.full(n, np.inf)
    towards = np.full(n, -1, np.int32)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int32)
    size = 0
    added = 0
    for x in range(n):
        if inside[x]:
            distance[x] = 0.0
            size = heap_push(heap, place, distance, size, x)
    while size > 0:
        x = heap_pop(heap, place, distance, size)
        size -= 1
        if not inside[x] and prize[x] > distance[x]:
            y = x
            while not inside[y]:
                inside[y] = True
                added += 1
                distance[y] = 0.0
                if y != x:
                    size = heap_push(heap, place, distance, size, y)
                y = graph.head[towards[y]]
        start = distance[x] if inside[x] else distance[x] - prize[x]
        for k in range(graph.first[x], graph.first[x + 1]):
            y = graph.head[k]
            reach = max(start + cost[k], distance[x])
            if reach < distance[y]:
                distance[y] = reach
                towards[y] = graph.back[k]
                size = heap_push(heap, place, distance, size, y)
    return added


@exact_kernel
def prune_strongly(cost: Floats, prize: Floats, tree: Tree, inside: Flags, root: int) -> float:
    """Best subtree of a tree: branches that cost more than they collect go.

    Parameters
    ----------
    cost : float64 array (2 m,)
        Cost of each slot.
    prize : float64 array (n,)
        Prizes, inf where a node must stay.
    tree : Tree
        The tree.
    inside : bool array (n,)
        Nodes of the tree; nodes of the best subtree afterwards.
    root : int
        Node that must stay, the tree's root; -1 where any subtree will do.

    Returns
    -------
    float
        Prizes collected less costs; inf where a node must stay.
    """
    k = tree.node.size
    worth = np.empty(k)
    for i in range(k):
        worth[i] = prize[tree.node[i]]
    best = 0
    for i in range(k - 1, -1, -1):
        if worth[i] >= worth[best] and root < 0:
            best = i
        if i > 0:
            gain = worth[i] - cost[tree.up_slot[i]]
            if gain > 0.0:
                worth[tree.parent[i]] += gain
    taken = np.zeros(k, np.bool_)
    for i in range(k):
        if i == best:
            taken[i] = True
        elif i > best and taken[tree.parent[i]]:
            taken[i] = worth[i] > cost[tree.up_slot[i]]
        inside[tree.node[i]] = taken[i]
    return worth[best]


@exact_kernel
def prize_value(cost: Floats, prize: Floats, tree: Tree) -> float:
    """Cost of the tree's edges plus the prizes of nodes outside (required nodes not counted).

    Parameters
    ----------
    cost : float64 array (2 m,)
        Cost of each slot.
    prize : float64 array (n,)
        Prizes, inf where a node must join.
    tree : Tree
        The tree.

    Returns
    -------
    float
        Edge costs plus the prizes left outside, in the unit of both.
    """
    value = 0.0
    for x in range(prize.size):
        if tree.order[x] < 0 and prize[x] < np.inf:
            value += prize[x]
    for i in range(1, tree.node.size):
        value += cost[tree.up_slot[i]]
    return value


@exact_kernel
def settle_prize_tree(graph: Graph, cost: Floats, prize: Floats, inside: Flags, root: int) -> tuple[Tree, float]:
    """Best subtree of the spanning tree of the nodes `inside`, and its value.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    prize : float64 array (n,)
        Prizes, inf where a node must join.
    inside : bool array (n,)
        Nodes to span, connected; nodes of the tree afterwards.
    root : int
        Node that must stay, -1 where there is none.

    Returns
    -------
    tree : Tree
        The tree.
    value : float
        Its cost plus the prizes outside.
    """
    n = prize.size
    wanted = np.zeros(n, np.bool_)
    top = root
    for x in range(n):
        if inside[x]:
            wanted[x] = prize[x] > 0.0 or x == root
            if root < 0 and (top < 0 or prize[x] > prize[top]):
                top = x
    wanted[top] = True
    tree, _ = pruned_tree(graph, cost, wanted, inside, top)
    prune_strongly(cost, prize, tree, inside, root)
    if not inside[top]:
        top = -1
    for x in range(n):
        wanted[x] = wanted[x] and inside[x]
        if wanted[x] and top < 0:
            top = x
    if top < 0:
        top = tree.node[0]
        inside[top] = True
        wanted[top] = True
    tree, _ = pruned_tree(graph, cost, wanted, inside, top)
    return tree, prize_value(cost, prize, tree)


@exact_kernel
def improve_prize_tree(
    graph: Graph, cost: Floats, prize: Floats, inside: Flags, root: int, passes: int
) -> tuple[Tree, float]:
    """Improve a prize-collecting tree by growth, strong pruning and the moves for Steiner trees.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    prize : float64 array (n,)
        Prizes, inf where a node must join.
    inside : bool array (n,)
        Nodes to start from, connected; nodes of the tree found afterwards.
    root : int
        Node that must stay, -1 where there is none.
    passes : int
        Most rounds of the moves.

    Returns
    -------
    tree : Tree
        The tree.
    value : float
        Its cost plus the prizes outside.
    """
    tree, value = settle_prize_tree(graph, cost, prize, inside, root)
    kept = inside.copy()
    labels = no_labels(inside.size)
    for _ in range(passes):
        grow_to_prizes(graph, cost, prize, inside)
        tree, _ = settle_prize_tree(graph, cost, prize, inside, root)
        insertion_pass(graph, cost, tree, inside, 2)
        tree, _ = settle_prize_tree(graph, cost, prize, inside, root)
        wanted = inside & (prize > 0.0)
        if root >= 0:
            wanted[root] = True
        key_pass(graph, cost, tree, wanted, inside, labels, 1.0)
        tree, now = settle_prize_tree(graph, cost, prize, inside, root)
        if not now < value - 1e-12 * abs(value):
            break
        value = now
        kept[:] = inside
    if (kept != inside).any():
        inside[:] = kept
        tree, value = settle_prize_tree(graph, cost, prize, inside, root)
    return tree, value
