"""Local search for Steiner trees: passes of the moves until none gains."""

from __future__ import annotations

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.insertion import insertion_pass
from planner.kernels.steiner.key_pass import key_pass
from planner.kernels.steiner.paths import grow_tree, pruned_tree
from planner.kernels.steiner.types import Flags, Floats, Graph, Tree


@exact_kernel
def improve_tree(
    graph: Graph, cost: Floats, is_terminal: Flags, inside: Flags, root: int, passes: int
) -> tuple[Tree, float]:
    """Spanning tree of the nodes `inside`, pruned and improved by local search.

    Parameters
    ----------
    graph : Graph
        The graph.
    cost : float64 array (2 m,)
        Cost of each slot; inf closes it.
    is_terminal : bool array (n,)
        Terminals, all inside.
    inside : bool array (n,)
        Nodes to start from, connected; nodes of the tree found afterwards.
    root : int
        A terminal.
    passes : int
        Most passes of the moves.

    Returns
    -------
    tree : Tree
        The tree.
    value : float
        Its cost.
    """
    tree, value = pruned_tree(graph, cost, is_terminal, inside, root)
    for _ in range(passes):
        before = value
        if insertion_pass(graph, cost, tree, inside, 3) > 0.0:
            tree, value = pruned_tree(graph, cost, is_terminal, inside, root)
        if key_pass(graph, cost, tree, is_terminal, inside) > 0.0:
            tree, value = pruned_tree(graph, cost, is_terminal, inside, root)
        if not value < before * (1.0 - 1e-12):
            break
    return tree, value


@exact_kernel
def start_and_improve(
    graph: Graph, guide: Floats, cost: Floats, is_terminal: Flags, root: int, passes: int
) -> tuple[Tree, float]:
    """Shortest-path heuristic under the costs `guide`, then local search under the true costs.

    Parameters
    ----------
    graph : Graph
        The graph.
    guide : float64 array (2 m,)
        Cost of each slot for the heuristic.
    cost : float64 array (2 m,)
        True cost of each slot.
    is_terminal : bool array (n,)
        Terminals, connected by finite slots.
    root : int
        A terminal.
    passes : int
        Most passes of the moves.

    Returns
    -------
    tree : Tree
        The tree.
    value : float
        Its true cost.
    """
    inside = grow_tree(graph, guide, is_terminal, root)
    return improve_tree(graph, cost, is_terminal, inside, root, passes)
