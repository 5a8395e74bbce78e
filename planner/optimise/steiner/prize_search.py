"""The search behind the prize-collecting solver."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.ascent import Ascent, begin_ascent, reached_freely
from planner.kernels.steiner.prize import grow_to_prizes, improve_prize_tree
from planner.kernels.steiner.shrink import affordable_edges
from planner.kernels.steiner.types import Tree
from planner.optimise.steiner.core import Core, keep_edges, simplify
from planner.optimise.steiner.network import BoolArray, FloatArray
from planner.optimise.steiner.outside import Lap, PrizeProblem, bound_without, bounds_from
from planner.optimise.steiner.pool import (
    FIXING_PER_GROWTH,
    MOST_PASSES,
    PASS_PER_GROWTH,
    SIMPLIFY_PER_GROWTH,
    PoolSearch,
    part_of_node,
)
from planner.optimise.stopping import Watch

FIRST_BOUND_SHARE, ADOPTING_SHARE, OUTSIDE_SHARE = 0.55, 0.6, 0.75
"""Shares of the clock's limit at which the first bound, the search for a root and the bound without it end."""


class PrizeSearch(PoolSearch):
    """Search for a tree of least cost plus missed prizes.

    Parameters
    ----------
    core : Core
        The problem; its terminals are the nodes with prizes, and the root.
    prizes : float64 array (original nodes,)
        Prizes, inf where a node has to be in the tree.
    root : int
        Original node that has to be in the tree, -1 where there is none.
    n_edges : int
        Edges of the network the core came from.
    watch : Watch
        When to stop.
    rng : numpy.random.Generator
        Source of all random draws.
    integral : bool
        Whether all costs and prizes are whole numbers.
    """

    def __init__(
        self,
        core: Core,
        prizes: FloatArray,
        root: int,
        n_edges: int,
        watch: Watch,
        rng: np.random.Generator,
        integral: bool,
    ) -> None:
        self.prizes = prizes
        self.origin = root
        self.anchor = root
        self.inner = 0.0
        self.outer = np.inf
        self._outer_open = False
        super().__init__(core, n_edges, watch, rng, integral)

    def _set_core(self, core: Core) -> None:
        super()._set_core(core)
        held = core.node_of >= 0
        self.prize = np.zeros(core.n_nodes)
        np.add.at(self.prize, core.node_of[held], self.prizes[held])
        self.missed = float(self.prizes[~held].sum())
        self.root = int(core.node_of[self.origin]) if self.origin >= 0 else -1

    def _first_tree(self) -> None:
        for factor in (1.0, 3.0, 1e9):
            for start in self._starts(2):
                self._grow(start, self.slot_cost, self.prize * factor, share=0.5)
                if self._pass_s * 2.0 > self.watch.left_s(0.4):
                    return

    def _grow(self, start: int, guide: FloatArray, prize: FloatArray, share: float = 1.0) -> tuple[BoolArray, float]:
        """Tree grown from a node under given slot costs and prizes, improved under the true ones."""
        inside = np.zeros(self.core.n_nodes, np.bool_)
        inside[start] = True
        began = self.watch.seconds
        grow_to_prizes(self.graph, guide, prize, inside)
        self._growth_s = max(self._growth_s, self.watch.seconds - began)
        if self._pass_s == 0.0:
            self._pass_s = PASS_PER_GROWTH * self._growth_s
        return self._improve(inside, share)

    def _starts(self, count: int) -> list[int]:
        """Root, or the nodes of the largest prizes."""
        if self.root >= 0:
            return [self.root]
        order = np.argsort(-self.prize, kind="stable")
        return [int(x) for x in order[:count]]

    def _improve(self, inside: BoolArray, share: float = 1.0) -> tuple[BoolArray, float]:
        """Local search from the nodes `inside`; the tree's edges as a mask of the original ones, and its value."""
        graph, cost, prize = self.graph, self.slot_cost, self.prize
        tree, value = improve_prize_tree(graph, cost, prize, inside, self.root, 0)
        step = self._passes_at_once(share)
        for made in range(0, MOST_PASSES, step):
            if self._pass_s * step > self.watch.left_s(share if made else 1.0):  # one pass is worth more than a bound
                break
            began, before = self.watch.seconds, value
            tree, value = improve_prize_tree(graph, cost, prize, inside, self.root, step)
            if step == 1:
                self._pass_s = self.watch.seconds - began
            if not value < before - 1e-12 * abs(before):
                break
        return self._keep_tree(tree, value)

    def _keep_tree(self, tree: Tree, value: float) -> tuple[BoolArray, float]:
        """Keep a tree of the core unless it misses a node it must have."""
        if np.isinf(self.prize[tree.order < 0]).any():
            value = np.inf
        elif value + self.missed < self.value:
            self.anchor = int(np.flatnonzero(self.core.node_of == tree.node[0])[0])
        return self._keep(self.core.original_edges(self.graph.edge[tree.up_slot[1:]]), value + self.missed)

    def _from_guide(self, weight: FloatArray) -> tuple[BoolArray, float]:
        start = int(self.rng.choice(self._starts(8)))
        spread = self.rng.uniform(0.0, 0.5)
        factor = self.rng.choice([1.0, 2.0, 4.0, 16.0])
        prize = self.prize * factor * self.rng.uniform(1.0 - spread, 1.0 + spread, len(self.prize))
        return self._grow(start, weight[self.graph.edge], prize)

    def _crossed(self, a: BoolArray, b: BoolArray) -> FloatArray:
        """Costs that favour what two trees share, then what one of them has."""
        shared = self._in_core(a).astype(np.int8) + self._in_core(b)
        factor = np.array([4.0, 1.0, 0.01])[shared]
        random = np.where(shared == 1, self.rng.uniform(0.6, 1.0, len(shared)), 1.0)
        return np.asarray(self.core.cost * factor * random, dtype=np.float64)

    def _ascent_round(self) -> None:
        """Dual ascent, a tree along its free arcs, edges that have become too dear, nodes that must be in."""
        if self.root < 0:
            self._adopt_root()
        elif self._outer_open:
            self._bound_outside(1.0)
        if self.inner >= self._cutoff() or self.watch.escaped():
            return
        others = self._others(self.root)
        state = begin_ascent(self.graph, self.slot_cost, others, self.prize, False)
        complete = self._ascend(state, others, self.root)
        bound = self.missed + float(state.bound[0])
        self._raise_inner(bound)
        if not complete or self.inner >= self._cutoff() or not self._time_for(FIXING_PER_GROWTH):
            return
        self._tree_on_free_arcs(state, self.root)
        slack = self._cutoff() - bound
        self._require(others[(state.budget[others] > slack) & (state.budget[others] < np.inf)])
        keep = affordable_edges(self.graph, state.left, self.root, others, slack, self.core.n_edges)
        if keep.mean() < 0.97 and self._time_for(SIMPLIFY_PER_GROWTH):
            self._shrink(keep)

    def _raise_inner(self, bound: float) -> None:
        """Note a bound of the trees through the root."""
        self.inner = max(self.inner, min(bound, self.value))
        self._raise(min(self.inner, self.outer))

    def _raise(self, bound: float) -> None:
        """Note a bound of all trees."""
        self.bound = max(self.bound, min(bound, self.value))

    def _adopt_root(self) -> None:
        """Take the dearest prize of the best tree as root; trees without it are bounded apart from then on."""
        starts = self._starts(3)
        problem = PrizeProblem(self.graph, self.slot_cost, self.prize)
        self._raise(self.missed + min(bounds_from(problem, starts[0], Lap(self.watch, FIRST_BOUND_SHARE))))
        for start in starts:
            if self.watch.escaped(ADOPTING_SHARE):
                break
            others = self._others(start)
            state = begin_ascent(self.graph, self.slot_cost, others, self.prize, False)
            if not self._ascend(state, others, start):
                break
            self._tree_on_free_arcs(state, start)
        self.root = self._likely_root()
        self.origin = int(np.flatnonzero(self.core.node_of == self.root)[0])
        self.avoided = (problem, self.root, self.missed)
        self.outer = 0.0
        self._bound_outside(OUTSIDE_SHARE)

    def _bound_outside(self, share: float) -> None:
        """Bound the trees that avoid the adopted root; again later where a share of the clock's limit ends it."""
        problem, root, missed = self.avoided
        outer = missed + bound_without(problem, root, self._cutoff() - missed, Lap(self.watch, share))
        self._outer_open = self.watch.left_s(share) <= 0.0
        self.outer = max(self.outer, outer)
        self._raise(min(self.inner, self.outer))

    def _likely_root(self) -> int:
        """Node of the largest prize in the best tree."""
        edges = self._in_core(self.pool[0][1])
        inside = np.zeros(self.core.n_nodes, np.bool_)
        inside[self.core.u[edges]] = True
        inside[self.core.v[edges]] = True
        inside[self.core.node_of[self.anchor]] = True
        return int(np.argmax(np.where(inside, self.prize, -1.0)))

    def _others(self, root: int) -> npt.NDArray[np.int32]:
        nodes = np.flatnonzero(self.prize > 0.0).astype(np.int32)
        return np.asarray(nodes[nodes != root], dtype=np.int32)

    def _tree_on_free_arcs(self, state: Ascent, root: int) -> None:
        reached = reached_freely(self.graph, state.left, root)
        self._grow(root, self._free_slots(state), np.where(reached & (self.prize > 0.0), np.inf, 0.0))

    def _require(self, nodes: npt.NDArray[np.int32]) -> None:
        """Note that every better tree has these nodes of the core."""
        if len(nodes) == 0:
            return
        group = np.isin(self.core.node_of, nodes) & (self.prizes > 0.0)
        self.prizes = np.where(group, np.inf, self.prizes)
        self.prize = self.prize.copy()
        self.prize[nodes] = np.inf

    def _shrink(self, keep: BoolArray) -> None:
        core, _ = part_of_node(keep_edges(self.core, keep), self.root)
        if (np.isinf(self.prizes) & (core.node_of < 0)).any():
            self._raise_inner(self.value)
            return
        self._set_core(simplify(core, all_terminals=False))
