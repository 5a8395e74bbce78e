"""What the searches for Steiner and prize-collecting trees share: best tree, bound, pool, reduced core."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.ascent import Ascent, ascend
from planner.kernels.steiner.shrink import join_by
from planner.optimise.steiner.core import Core, keep_edges, only_nodes
from planner.optimise.steiner.network import BoolArray, FloatArray, IntArray
from planner.optimise.stopping import PROVED, Watch

PATIENCE = 0.25
"""How much larger than the next cut a dual ascent lets the cut under way grow."""
WORK_CHUNK = 1_000_000
"""Slots a dual ascent looks at between two glances at the clock."""
SIMPLIFY_PER_GROWTH = 4.0
"""Time to simplify the core against that of the shortest-path heuristic, at most."""
FIXING_PER_GROWTH = 4.0
"""Time to grow a tree along free arcs and to find edges that are too dear against that of the heuristic, at most."""
PASS_PER_GROWTH = 4.0
"""Time of a pass of the local search against that of the shortest-path heuristic, at most."""
MOST_PASSES = 60
POOL_SIZE = 12
SMALL_CORE = 20_000
"""Edges up to which a whole local search runs between two glances at the clock."""


def part_of_node(core: Core, node: int) -> tuple[Core, bool]:
    """Part of a core that a node lies in, and whether all terminals do.

    Parameters
    ----------
    core : Core
        The problem.
    node : int
        The node.

    Returns
    -------
    core : Core
        Without the nodes and edges out of the node's reach.
    connected : bool
        False where some terminal is out of reach.
    """
    label, _ = join_by(core.n_nodes, core.u, core.v, np.ones(core.n_edges, np.bool_))
    keep = label == label[node]
    if keep.all():
        return core, True
    connected = bool(keep[core.is_terminal].all())
    return only_nodes(keep_edges(core, keep[core.u]), keep), connected


class PoolSearch(ABC):
    """Best tree, bound, pool of trees and reduced core of one solve.

    Parameters
    ----------
    core : Core
        The problem: simple, costs positive.
    n_edges : int
        Edges of the network the core came from.
    watch : Watch
        When to stop.
    rng : numpy.random.Generator
        Source of all random draws.
    integral : bool
        Whether all values are whole numbers: then a better tree is better by at least 1.
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
        self._growth_s = 0.0
        self.core = core
        self._set_core(core)

    @property
    def proved(self) -> bool:
        """Whether no better tree exists."""
        return bool(self.bound >= self._cutoff())

    def run(self) -> None:
        """Search until the tree is proved best or the limits are reached."""
        self._first_tree()
        calm = 0
        for turn in range(self.watch.stop.iterations):
            if self.proved or self.watch.escaped():
                break
            value, bound, edges = self.value, self.bound, self.core.n_edges
            if calm < 2 or turn % 6 == 0:
                self._ascent_round()
                gained = self.bound - bound > 0.02 * (value - bound) or self.core.n_edges < 0.95 * edges
                calm = 0 if gained else calm + 1
            else:
                self._tree_round()
            if self.value < value:
                calm = 0
        if self.proved:
            self.bound = self.value
            self.watch.stopped_by = PROVED

    @abstractmethod
    def _first_tree(self) -> None: ...

    @abstractmethod
    def _ascent_round(self) -> None: ...

    @abstractmethod
    def _from_guide(self, weight: FloatArray) -> tuple[BoolArray, float]:
        """Tree from the costs `weight` of the core's edges, improved: original edges as a mask, value."""

    def _cutoff(self) -> float:
        """Value that a better tree cannot exceed."""
        return self.value - (1.0 - 1e-6 if self.integral else 1e-9 * abs(self.value))

    def _set_core(self, core: Core) -> None:
        part = core.n_edges / max(1, self.core.n_edges)
        self._pass_s *= part
        self._growth_s *= part
        self.core = core
        self.graph = core.graph()
        self.slot_cost = core.cost[self.graph.edge]

    def _keep(self, edges: IntArray, value: float) -> tuple[BoolArray, float]:
        """Keep a tree (original edges, value) in the pool, and as the best one if it is."""
        mask = np.zeros(self.n_edges, np.bool_)
        mask[edges] = True
        if value < self.value:
            self.value, self.edges = value, edges
        if all(abs(value - other) > 1e-12 * abs(value) for other, _ in self.pool):
            self.pool.append((value, mask))
            self.pool.sort(key=lambda entry: entry[0])
            del self.pool[POOL_SIZE:]
        return mask, value

    def _time_for(self, growths: float) -> bool:
        """Whether the clock leaves time for a step as long as some runs of the shortest-path heuristic."""
        return growths * self._growth_s < self.watch.left_s()

    def _passes_at_once(self, share: float) -> int:
        """Passes of the local search between two glances at the clock."""
        plenty = self._pass_s * MOST_PASSES < self.watch.left_s(share)
        return MOST_PASSES if self.core.n_edges <= SMALL_CORE and plenty else 1

    def _ascend(self, state: Ascent, others: npt.NDArray[np.int32], root: int) -> bool:
        """Run an ascent to its end, False where an escape struck first."""
        while not ascend(self.graph, state, others, root, PATIENCE, WORK_CHUNK):
            if self.watch.escaped():
                return False
        return True

    def _free_slots(self, state: Ascent) -> FloatArray:
        """Slot costs with every edge closed that has no free arc after an ascent."""
        free = np.zeros(self.core.n_edges, np.bool_)
        free[self.graph.edge[state.left <= 0.0]] = True
        return np.where(free[self.graph.edge], self.slot_cost, np.inf)

    def _tree_round(self) -> None:
        """Tree from perturbed costs, then recombined with trees of the pool while that helps."""
        mask, value = self._from_guide(self._perturbed())
        for _ in range(3):
            if self.proved or self.watch.escaped():
                return
            other = self.pool[int(self.rng.integers(len(self.pool)))][1]
            child, child_value = self._from_guide(self._crossed(mask, other))
            if child_value < value:
                mask, value = child, child_value

    def _in_core(self, mask: BoolArray) -> BoolArray:
        """Edges of the core that a mask of original edges holds."""
        return np.asarray(mask[self.core.piece[self.core.first[:-1]]], dtype=np.bool_)

    def _perturbed(self) -> FloatArray:
        """Costs of the core's edges disturbed in one of three ways."""
        return (self._rough_edges, self._rough_nodes, self._kicked)[int(self.rng.integers(3))]()

    def _rough_edges(self) -> FloatArray:
        """Every edge made dearer at random."""
        spread = self.rng.choice([0.2, 0.5, 1.0, 2.0])
        return np.asarray(self.core.cost * (1.0 + spread * self.rng.random(self.core.n_edges)), dtype=np.float64)

    def _rough_nodes(self) -> FloatArray:
        """Every node's surroundings made dearer at random, often with a good tree made cheaper."""
        spread = self.rng.choice([0.2, 0.5, 1.0])
        factor = 1.0 + spread * self.rng.random(self.core.n_nodes)
        weight = self.core.cost * (factor[self.core.u] + factor[self.core.v])
        weight *= 1.0 + 0.3 * self.rng.random(self.core.n_edges)
        if self.rng.random() < 0.7:
            weight[self._in_core(self._good_tree())] *= self.rng.uniform(0.5, 0.9)
        return np.asarray(weight, dtype=np.float64)

    def _kicked(self) -> FloatArray:
        """A good tree made cheaper but for some of its edges, which become dear."""
        held = self._in_core(self._good_tree())
        weight = self.core.cost * (1.0 + 0.2 * self.rng.random(self.core.n_edges))
        share = self.rng.choice([0.05, 0.1, 0.3])
        kicked = held & (self.rng.random(self.core.n_edges) < share)
        weight[held] *= 0.7
        weight[kicked] *= 2.5
        return np.asarray(weight, dtype=np.float64)

    def _good_tree(self) -> BoolArray:
        """One of the best trees of the pool."""
        return self.pool[int(self.rng.integers(min(4, len(self.pool))))][1]

    def _crossed(self, a: BoolArray, b: BoolArray) -> FloatArray:
        """Costs that favour what two trees share, then what one of them has."""
        shared = self._in_core(a).astype(np.int8) + self._in_core(b)
        factor = np.array([1000.0, 1.0, 0.01])[shared]
        random = np.where(shared == 1, 1.0 + self.rng.random(len(shared)), 1.0)
        return np.asarray(self.core.cost * factor * random, dtype=np.float64)
