"""Local search for Steiner trees: passes of the moves until none gains."""

from __future__ import annotations

from planner.kernels._jit import exact_kernel
from planner.kernels.steiner.insertion import insertion_pass
from planner.kernels.steiner.key_pass import key_pass
from planner.kernels.steiner.paths import pruned_tree
from planner.kernels.steiner.types import Flags, Floats, Graph, Labels, Tree


@exact_kernel
def improve_tree(
    graph: Graph, cost: Floats, is_terminal: Flags, inside: Flags, root: int, labels: Labels, passes: int, reach: float
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
    labels : Labels
        Labels of an earlier tree under the same costs, or none; brought up to date.
    passes : int
        Most passes of the moves.
    reach : float
        As for `key_pass`, 1 for a full search; less leaves out the insertion of nodes as well.

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
        if reach >= 1.0 and insertion_pass(graph, cost, tree, inside, 3) > 0.0:
            tree, value = pruned_tree(graph, cost, is_terminal, inside, root)
        if key_pass(graph, cost, tree, is_terminal, inside, labels, reach) > 0.0:
            tree, value = pruned_tree(graph, cost, is_terminal, inside, root)
        if not value < before * (1.0 - 1e-12):
            break
    return tree, value
