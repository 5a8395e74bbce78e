"""The search behind the prize-collecting solver."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.kernels.steiner.ascent import Ascent, begin_ascent
from planner.kernels.steiner.prize import grow_to_prizes, improve_prize_tree
from planner.kernels.steiner.shrink import affordable_edges
from planner.kernels.steiner.types import Tree
from planner.optimise.steiner.core import Core, keep_edges, simplify
from planner.optimise.steiner.network import BoolArray, FloatArray
from planner.optimise.steiner.pool import MOST_PASSES, SMALL_CORE, PoolSearch, part_of_node
from planner.optimise.stopping import Watch

MOST_BRANCHES = 6
"""Nodes taken away one after the other when no node is known to be in a best tree."""


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
        self, core: Core, prizes: FloatArray, root: int, n_edges: int, watch: Watch, rng: np.random.Generator,
        integral: bool,
    ) -> None:
        self.prizes = prizes
        self.origin = root
        self.anchor = root
        super().__init__(core, n_edges, watch, rng, integral)

    def _set_core(self, core: Core) -> None:
        super()._set_core(core)
        held = core.node_of >= 0
        self.prize = np.zeros(core.n_nodes)
        np.add.at(self.prize, core.node_of[held], self.prizes[held])
        self.missed = float(self.prizes[~held].sum())
        self.root = int(core.node_of[self.origin]) if self.origin >= 0 else -1

    def _first_tree(self) -> None:
        for start in self._starts(4):
            inside = np.zeros(self.core.n_nodes, np.bool_)
            inside[start] = True
            self._improve(inside, share=0.5)
            if self._pass_s * 2.0 > self.watch.left_s(0.4):
                break

    def _starts(self, count: int) -> list[int]:
        """Root, or the nodes of the largest prizes."""
        if self.root >= 0:
            return [self.root]
        order = np.argsort(-self.prize, kind="stable")
        return [int(x) for x in order[:count]]

    def _improve(self, inside: BoolArray, share: float = 1.0) -> tuple[BoolArray, float]:
        """Local search from the nodes `inside`; the tree's edges as a mask of the original ones, and its value."""
        graph, cost, prize = self.graph, self.slot_cost, self.prize
        grow_to_prizes(graph, cost, prize, inside)
        tree, value = improve_prize_tree(graph, cost, prize, inside, self.root, 0)
        step = MOST_PASSES if self.core.n_edges <= SMALL_CORE else 1
        for _ in range(0, MOST_PASSES, step):
            if self._pass_s * step > self.watch.left_s(share):
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
        inside = np.zeros(self.core.n_nodes, np.bool_)
        inside[self._starts(8)[0] if self.root >= 0 else self.rng.choice(self._starts(8))] = True
        spread = self.rng.uniform(0.0, 0.5)
        prize = self.prize * self.rng.uniform(1.0 - spread, 1.0 + spread, len(self.prize))
        grow_to_prizes(self.graph, weight[self.graph.edge], prize, inside)
        return self._improve(inside)

    def _crossed(self, a: BoolArray, b: BoolArray) -> FloatArray:
        """Costs that favour what two trees share, then what one of them has."""
        shared = self._in_core(a).astype(np.int8) + self._in_core(b)
        factor = np.array([4.0, 1.0, 0.01])[shared]
        random = np.where(shared == 1, self.rng.uniform(0.6, 1.0, len(shared)), 1.0)
        return np.asarray(self.core.cost * factor * random, dtype=np.float64)

    def _ascent_round(self) -> None:
        """Dual ascent, a tree along its free arcs, edges that have become too dear, nodes that must be in."""
        if self.root < 0:
            self._unrooted_round()
            return
        others = self._others(self.root)
        state = begin_ascent(self.graph, self.slot_cost, others, self.prize, True)
        complete = self._ascend(state, others, self.root)
        bound = self.missed + float(state.bound[0])
        self.bound = max(self.bound, min(bound, self.value))
        if not complete or self.proved:
            return
        self._tree_on_free_arcs(state)
        slack = self._cutoff() - bound
        self._require(others[(state.budget[others] > slack) & (state.budget[others] < np.inf)])
        keep = affordable_edges(self.graph, state.left, self.root, others, slack, self.core.n_edges)
        if keep.mean() < 0.97:
            self._shrink(keep)

    def _others(self, root: int) -> npt.NDArray[np.int32]:
        nodes = np.flatnonzero(self.prize > 0.0).astype(np.int32)
        return nodes[nodes != root]

    def _tree_on_free_arcs(self, state: Ascent) -> None:
        inside = np.zeros(self.core.n_nodes, np.bool_)
        inside[self.root] = True
        grow_to_prizes(self.graph, self._free_slots(state), self.prize, inside)
        self._improve(inside)

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
            self.bound = self.value
            return
        self._set_core(simplify(core, all_terminals=False))

    def _unrooted_round(self) -> None:
        """Bound over the first few possible roots; a root that every better tree needs is adopted."""
        root = self._likely_root()
        inner = self._bound_through(root)
        outer = self._bound_without([root])
        if self.watch.escaped():
            self.bound = max(self.bound, min(inner, outer, self.value))
            return
        if outer > self._cutoff():
            self.bound = max(self.bound, min(inner, self.value))
            self.origin = int(np.flatnonzero(self.core.node_of == root)[0])
            self.root = root
            return
        without = [root]
        least = inner
        while outer < least and len(without) < MOST_BRANCHES and not self.watch.escaped():
            following = int(np.argmax(np.where(np.isin(np.arange(len(self.prize)), without), -1.0, self.prize)))
            least = min(least, self._bound_through(following, without))
            without.append(following)
            outer = self._bound_without(without)
        self.bound = max(self.bound, min(least, outer, self.value))

    def _likely_root(self) -> int:
        """Node of the largest prize in the best tree."""
        edges = self._in_core(self.pool[0][1])
        inside = np.zeros(self.core.n_nodes, np.bool_)
        inside[self.core.u[edges]] = True
        inside[self.core.v[edges]] = True
        inside[self.core.node_of[self.anchor]] = True
        return int(np.argmax(np.where(inside, self.prize, -1.0)))

    def _closed(self, without: list[int]) -> tuple[FloatArray, FloatArray, float]:
        """Slot costs and prizes with some nodes taken away, and the prizes that takes away."""
        gone = np.zeros(self.core.n_nodes, np.bool_)
        gone[without] = True
        shut = gone[self.core.u] | gone[self.core.v]
        cost = np.where(shut[self.graph.edge], np.inf, self.slot_cost)
        return cost, np.where(gone, 0.0, self.prize), float(self.prize[without].sum())

    def _bound_through(self, root: int, without: list[int] | None = None) -> float:
        """Bound of all trees with a root and without some nodes; partial where an escape strikes."""
        cost, prize, lost = self._closed(without or [])
        others = np.flatnonzero(prize > 0.0).astype(np.int32)
        others = others[others != root]
        state = begin_ascent(self.graph, cost, others, prize, True)
        self._ascend(state, others, root)
        return self.missed + lost + float(state.bound[0])

    def _bound_without(self, without: list[int]) -> float:
        """Bound of all trees that have none of some nodes."""
        cost, prize, lost = self._closed(without)
        others = np.flatnonzero(prize > 0.0).astype(np.int32)
        state = begin_ascent(self.graph, cost, others, prize, False)
        if not self._ascend(state, others, -1):
            return self.missed + lost
        through = float(state.bound[0]) - float(np.delete(state.load, without).max(initial=0.0))
        return self.missed + lost + through
