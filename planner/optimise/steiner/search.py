"""The search behind the Steiner solver: trees, bounds and reductions that feed each other on a shrinking core."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.ascent import Ascent, ascend, begin_ascent
from planner.kernels.steiner.local_search import improve_tree
from planner.kernels.steiner.paths import grow_tree
from planner.kernels.steiner.shrink import affordable_edges, join_by
from planner.kernels.steiner.types import Tree
from planner.optimise.steiner.core import Core, keep_edges, only_nodes, simplify
from planner.optimise.steiner.network import BoolArray, FloatArray, IntArray
from planner.optimise.stopping import PROVED, Watch

PATIENCE = 0.25
"""How much larger than the next cut a dual ascent lets the cut under way grow."""
WORK_CHUNK = 4_000_000
"""Slots a dual ascent looks at between two glances at the clock."""
MOST_PASSES = 60
POOL_SIZE = 12
SMALL_CORE = 20_000
"""Edges up to which a whole local search runs between two glances at the clock."""


def terminal_part(core: Core) -> tuple[Core, bool]:
    """Part of a core that its first terminal lies in, and whether all terminals do.

    Parameters
    ----------
    core : Core
        The problem, with a terminal.

    Returns
    -------
    core : Core
        Without the nodes and edges out of the terminal's reach.
    connected : bool
        False where some terminal is out of reach.
    """
    label, _ = join_by(core.n_nodes, core.u, core.v, np.ones(core.n_edges, np.bool_))
    keep = label == label[core.terminals[0]]
    if keep.all():
        return core, True
    connected = bool(keep[core.is_terminal].all())
    return only_nodes(keep_edges(core, keep[core.u]), keep), connected


class Search:
    """Best tree, bound and reduced core of one solve.

    Parameters
    ----------
    core : Core
        The problem: connected, simple, costs positive.
    n_edges : int
        Edges of the network the core came from.
    watch : Watch
        When to stop.
    rng : numpy.random.Generator
        Source of all random draws.
    integral : bool
        Whether all costs are whole numbers: then a better tree is better by at least 1.
    """

    def __init__(self, core: Core, n_edges: int, watch: Watch, rng: np.random.Generator, integral: bool) -> None:
        self.watch = watch
        self.rng = rng
        self.integral = integral
        self.n_edges = n_edges
        self.value = np.inf
        self.edges: IntArray = np.empty(0, np.int64)
        self.bound = 0.0
        self.pool: list[tuple[float, BoolArray]] = []
        self._pass_s = 0.0
        self._set_core(core)

    @property
    def proved(self) -> bool:
        """Whether no better tree exists."""
        return self.bound > self._cutoff() or self.core.n_edges == 0

    def run(self) -> None:
        """Search until the tree is proved best or the limits are reached."""
        self._first_tree()
        calm = 0
        for turn in range(self.watch.stop.iterations):
            if self.proved or self.watch.escaped():
                break
            if calm < 2 or turn % 6 == 0:
                before, edges, value = self.bound, self.core.n_edges, self.value
                self._ascent_round()
                gained = self.bound - before > 0.02 * (self.value - before) or self.core.n_edges < 0.95 * edges
                calm = 0 if gained or self.value < value else calm + 1
            else:
                value = self.value
                self._tree_round()
                calm = 0 if self.value < value else calm
        if self.proved:
            self.bound = self.value
            self.watch.stopped_by = PROVED

    def _cutoff(self) -> float:
        """Value that a better tree cannot exceed."""
        return self.value - (1.0 - 1e-6 if self.integral else 1e-9 * abs(self.value))

    def _set_core(self, core: Core) -> None:
        self.core = core
        self.graph = core.graph()
        self.slot_cost = core.cost[self.graph.edge]

    def _first_tree(self) -> None:
        if self.core.n_edges == 0:
            self._offer(np.empty(0, np.int64), 0.0)
            return
        root = int(self.core.terminals[0])
        began = self.watch.seconds
        inside = grow_tree(self.graph, self.slot_cost, self.core.is_terminal, root)
        self._pass_s = 6.0 * (self.watch.seconds - began)
        self._improve(inside, root, share=0.6)

    def _improve(self, inside: BoolArray, root: int, share: float = 1.0) -> tuple[BoolArray, float]:
        """Local search from the nodes `inside`; the tree's edges as a mask of the original ones, and its value."""
        graph, cost, is_terminal = self.graph, self.slot_cost, self.core.is_terminal
        tree, value = improve_tree(graph, cost, is_terminal, inside, root, 0)
        step = MOST_PASSES if self.core.n_edges <= SMALL_CORE else 1
        for _ in range(0, MOST_PASSES, step):
            if self._pass_s * step > self.watch.left_s(share):
                break
            began, before = self.watch.seconds, value
            tree, value = improve_tree(graph, cost, is_terminal, inside, root, step)
            if step == 1:
                self._pass_s = self.watch.seconds - began
            if not value < before * (1.0 - 1e-12):
                break
        return self._offer(tree_edges(self.core, self.graph.edge, tree), value)

    def _offer(self, edges: IntArray, value: float) -> tuple[BoolArray, float]:
        """Keep a tree (original edges, value within the core) in the pool, and as the best one if it is."""
        value += self.core.offset
        mask = np.zeros(self.n_edges, np.bool_)
        mask[edges] = True
        if value < self.value:
            self.value, self.edges = value, edges
        if all(abs(value - other) > 1e-12 * value for other, _ in self.pool):
            self.pool.append((value, mask))
            self.pool.sort(key=lambda entry: entry[0])
            del self.pool[POOL_SIZE:]
        return mask, value

    def _ascent_round(self) -> None:
        """Dual ascent from a random root, a tree along its free arcs, and the edges that have become too dear."""
        terminals = self.core.terminals
        root = int(self.rng.choice(terminals))
        others = terminals[terminals != root]
        state = begin_ascent(self.graph, self.slot_cost, others, np.full(self.core.n_nodes, np.inf))
        complete = self._ascend(state, others, root)
        bound = self.core.offset + float(state.bound[0])
        self.bound = max(self.bound, min(bound, self.value))
        if not complete or self.proved:
            return
        self._tree_on_free_arcs(state, root)
        slack = self._cutoff() - bound
        keep = affordable_edges(self.graph, state.left, root, others, slack, self.core.n_edges)
        if keep.mean() < 0.97:
            self._shrink(keep)

    def _ascend(self, state: Ascent, others: npt.NDArray[np.int32], root: int) -> bool:
        """Run an ascent to its end, False where an escape struck first."""
        while not ascend(self.graph, state, others, root, PATIENCE, WORK_CHUNK):
            if self.watch.escaped():
                return False
        return True

    def _tree_on_free_arcs(self, state: Ascent, root: int) -> None:
        free = np.zeros(self.core.n_edges, np.bool_)
        free[self.graph.edge[state.left <= 0.0]] = True
        guide = np.where(free[self.graph.edge], self.slot_cost, np.inf)
        inside = grow_tree(self.graph, guide, self.core.is_terminal, root)
        if inside[self.core.is_terminal].all():
            self._improve(inside, root)

    def _shrink(self, keep: BoolArray) -> None:
        core, connected = terminal_part(keep_edges(self.core, keep))
        if not connected:
            self.bound = self.value
            return
        self._set_core(simplify(core))
        if self.core.n_edges == 0 and self.core.offset < self.value:
            self._offer(self.core.settled, 0.0)

    def _tree_round(self) -> None:
        """Tree from perturbed costs, then recombined with trees of the pool while that helps."""
        mask, value = self._from_guide(self._perturbed())
        for _ in range(3):
            if self.proved or self.watch.escaped() or not self.pool:
                return
            other = self.pool[int(self.rng.integers(len(self.pool)))][1]
            child, child_value = self._from_guide(self._crossed(mask, other))
            if child_value < value:
                mask, value = child, child_value

    def _from_guide(self, weight: FloatArray) -> tuple[BoolArray, float]:
        root = int(self.rng.choice(self.core.terminals))
        inside = grow_tree(self.graph, weight[self.graph.edge], self.core.is_terminal, root)
        return self._improve(inside, root)

    def _in_core(self, mask: BoolArray) -> BoolArray:
        """Edges of the core that a mask of original edges holds."""
        return mask[self.core.piece[self.core.first[:-1]]]

    def _perturbed(self) -> FloatArray:
        factor = 1.0 + self.rng.uniform(0.1, 0.6) * self.rng.random(self.core.n_nodes)
        weight = self.core.cost * (factor[self.core.u] + factor[self.core.v])
        if self.rng.random() < 0.5:
            weight[self._in_core(self.pool[0][1])] *= self.rng.uniform(0.7, 0.95)
        return weight

    def _crossed(self, a: BoolArray, b: BoolArray) -> FloatArray:
        """Costs that favour what two trees share, then what one of them has."""
        shared = self._in_core(a).astype(np.int8) + self._in_core(b)
        factor = np.array([1000.0, 1.0, 0.01])[shared]
        return self.core.cost * factor * np.where(shared == 1, 1.0 + self.rng.random(len(shared)), 1.0)


def tree_edges(core: Core, edge: npt.NDArray[np.signedinteger[npt.NBitBase]], tree: Tree) -> IntArray:
    """Original edges of a tree in the core.

    Parameters
    ----------
    core : Core
        The problem.
    edge : int32 array (2 m,)
        Edge of each slot of its graph.
    tree : Tree
        The tree.

    Returns
    -------
    int64 array
        Edges of the network the core came from, the settled ones included.
    """
    return core.original_edges(edge[tree.up_slot[1:]])
