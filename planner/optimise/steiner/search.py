"""The search behind the Steiner solver: trees, bounds and reductions that feed each other on a shrinking core."""

from __future__ import annotations

import numpy as np

from planner.kernels.steiner.ascent import Ascent, begin_ascent
from planner.kernels.steiner.labels import no_labels
from planner.kernels.steiner.local_search import improve_tree
from planner.kernels.steiner.paths import grow_labelled_tree, grow_tree, pruned_tree
from planner.kernels.steiner.shrink import affordable_edges
from planner.kernels.steiner.types import Labels
from planner.optimise.steiner.core import keep_edges, simplify
from planner.optimise.steiner.network import BoolArray, FloatArray
from planner.optimise.steiner.pool import (
    FIXING_PER_GROWTH,
    MOST_PASSES,
    PASS_PER_GROWTH,
    SIMPLIFY_PER_GROWTH,
    SMALL_CORE,
    PoolSearch,
    part_of_node,
)

SIMPLIFY_S = 4e-6
"""Time per edge that must be left to simplify the core before the first tree, s."""
QUICK_REACH = 0.5
"""Reach of the passes that are made when time is short."""
LEAST_SHARE = 0.35
"""Share of the time of a short-sighted pass that must be left to make one of less reach."""
QUICK_PER_GROWTH = 1.0
"""The same of a short-sighted pass that starts from the heuristic's own labels."""
SLOWER_PASS = 1.2
"""Time of a short-sighted pass against the one before, at most."""


class SteinerSearch(PoolSearch):
    """Search for a tree that connects all terminals of the core."""

    @property
    def proved(self) -> bool:
        """Whether no better tree exists."""
        return super().proved or self.core.n_edges == 0

    def _first_tree(self) -> None:
        """Simplify the core and improve a first tree; with little time, a tree of the whole core comes first."""
        short = self.watch.left_s() < SIMPLIFY_S * self.core.n_edges
        if short:
            self._quick_passes(*self._grown())
            if not self._time_for(SIMPLIFY_PER_GROWTH):
                return
        self._set_core(simplify(self.core))
        if self.core.n_edges == 0:
            self._keep(self.core.settled, self.core.offset)
        if short or self.core.n_edges == 0:
            return
        inside, labels = self._grown()
        if self.core.n_edges <= SMALL_CORE:  # often proved before the local search is needed (or even compiled)
            self._keep_pruned(inside, int(self.core.terminals[0]))
            self._ascent_round(polish=False)
            if self.proved:
                return
            inside, labels = self._grown()
        self._improve(inside, int(self.core.terminals[0]), labels, share=0.6)

    def _grown(self) -> tuple[BoolArray, Labels]:
        """Nodes of the shortest-path heuristic's tree, and what is nearest to which."""
        root = int(self.core.terminals[0])
        began = self.watch.seconds
        inside, labels = grow_labelled_tree(self.graph, self.slot_cost, self.core.is_terminal, root)
        self._growth_s = self.watch.seconds - began
        self._pass_s = PASS_PER_GROWTH * self._growth_s
        return inside, labels

    def _keep_pruned(self, inside: BoolArray, root: int) -> None:
        """Keep the tree on some nodes, without local search."""
        tree, value = pruned_tree(self.graph, self.slot_cost, self.core.is_terminal, inside, root)
        edges = self.core.original_edges(self.graph.edge[tree.up_slot[1:]])
        self._keep(edges, value + self.core.offset)

    def _quick_passes(self, inside: BoolArray, labels: Labels) -> None:
        """Improve a tree by short-sighted passes while the clock allows another."""
        graph, cost, is_terminal, root = self.graph, self.slot_cost, self.core.is_terminal, int(self.core.terminals[0])
        self._pass_s *= QUICK_PER_GROWTH / PASS_PER_GROWTH
        before = np.inf
        while True:
            began, share = self.watch.seconds, min(1.0, self.watch.left_s() / max(self._pass_s, 1e-9))
            passes = 1 if share >= LEAST_SHARE else 0
            tree, value = improve_tree(graph, cost, is_terminal, inside, root, labels, passes, share * QUICK_REACH)
            self._keep(self.core.original_edges(graph.edge[tree.up_slot[1:]]), value + self.core.offset)
            if share < 1.0 or not value < before * (1.0 - 1e-12):
                break
            before, self._pass_s = value, SLOWER_PASS * (self.watch.seconds - began)

    def _improve(
        self, inside: BoolArray, root: int, labels: Labels | None = None, share: float = 1.0
    ) -> tuple[BoolArray, float]:
        """Local search from the nodes `inside`; the tree's edges as a mask of the original ones, and its value."""
        graph, cost, is_terminal = self.graph, self.slot_cost, self.core.is_terminal
        labels = no_labels(self.core.n_nodes) if labels is None else labels
        tree, value = improve_tree(graph, cost, is_terminal, inside, root, labels, 0, 1.0)
        step = self._passes_at_once(share)
        for made in range(0, MOST_PASSES, step):
            if self._pass_s * step > self.watch.left_s(share if made else 1.0):  # one pass is worth more than a bound
                break
            began, before = self.watch.seconds, value
            tree, value = improve_tree(graph, cost, is_terminal, inside, root, labels, step, 1.0)
            if step == 1:
                self._pass_s = self.watch.seconds - began
            if not value < before * (1.0 - 1e-12):
                break
        edges = self.core.original_edges(graph.edge[tree.up_slot[1:]])
        return self._keep(edges, value + self.core.offset)

    def _ascent_round(self, *, polish: bool = True) -> None:
        """Dual ascent from a random root, a tree along its free arcs, and the edges that have become too dear."""
        terminals = self.core.terminals
        root = int(self.rng.choice(terminals))
        others = terminals[terminals != root]
        budget = np.full(self.core.n_nodes, np.inf)
        state = begin_ascent(self.graph, self.slot_cost, others, budget, False)
        complete = self._ascend(state, others, root)
        bound = self.core.offset + float(state.bound[0])
        self.bound = max(self.bound, min(bound, self.value))
        if not complete or self.proved or not self._time_for(FIXING_PER_GROWTH):
            return
        self._tree_on_free_arcs(state, root, polish=polish)
        slack = self._cutoff() - bound
        keep = affordable_edges(self.graph, state.left, root, others, slack, self.core.n_edges)
        if keep.mean() < 0.97 and self._time_for(SIMPLIFY_PER_GROWTH):
            self._shrink(keep)

    def _tree_on_free_arcs(self, state: Ascent, root: int, *, polish: bool) -> None:
        inside = grow_tree(self.graph, self._free_slots(state), self.core.is_terminal, root)
        if not inside[self.core.is_terminal].all():
            return
        if polish:
            self._improve(inside, root)
        else:
            self._keep_pruned(inside, root)

    def _shrink(self, keep: BoolArray) -> None:
        core, connected = part_of_node(keep_edges(self.core, keep), int(self.core.terminals[0]))
        if not connected:
            self.bound = self.value
            return
        self._set_core(simplify(core))
        if self.core.n_edges == 0 and self.core.offset < self.value:
            self._keep(self.core.settled, self.core.offset)

    def _from_guide(self, weight: FloatArray) -> tuple[BoolArray, float]:
        root = int(self.rng.choice(self.core.terminals))
        inside = grow_tree(self.graph, weight[self.graph.edge], self.core.is_terminal, root)
        return self._improve(inside, root)
