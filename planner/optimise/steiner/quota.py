"""Quota trees: the cheapest tree that collects enough prizes (targets such as "over 80% of households")."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.errors import DataError, InfeasibleError
from planner.kernels.steiner.labels import no_labels
from planner.kernels.steiner.local_search import improve_tree
from planner.kernels.steiner.paths import build_graph, pruned_tree
from planner.kernels.steiner.quota import grow_to_quota, trim_to_quota
from planner.kernels.steiner.shrink import join_by
from planner.optimise.steiner.network import FloatArray, IntArray, Network, TreeResult, share_between
from planner.optimise.steiner.prize import checked_prizes, solve_prize_collecting
from planner.optimise.steiner.tree import finished
from planner.optimise.stopping import PROVED, Stop, Watch

ROUNDS = 8
"""Rounds of the prize-collecting solver for the first worths; later ones get more."""
MOST_DOUBLINGS = 60
SMALLEST_STEP = 0.01
"""Share of the worth from which on the best one is solved more thoroughly instead of narrowing further."""


@dataclass(frozen=True)
class _Best:
    """Best tree and bound so far."""

    edges: IntArray
    value: float
    bound: float


def solve_quota(
    network: Network, prizes: npt.ArrayLike, quota: float, root: int, stop: Stop, rng: np.random.Generator
) -> TreeResult:
    """Find a least-cost tree that holds the root and collects the quota, and a proven lower bound.

    The worth of a unit of prize is searched: for every worth w, a prize-collecting tree with prizes w p bounds the
    cost from below by its own bound less w times what may be missed, and gives a tree that is grown or trimmed to
    the quota.

    Parameters
    ----------
    network : Network
        The network.
    prizes : array_like (n,)
        Finite prize of each node, not negative.
    quota : float
        Sum of prizes the tree has to collect.
    root : int
        Node the tree has to hold.
    stop : Stop
        Limits; an iteration is one worth tried.
    rng : numpy.random.Generator
        Source of all random draws.

    Returns
    -------
    TreeResult
        The best tree found.

    Raises
    ------
    DataError
        Where prizes do not fit, are negative or not finite, or the root is no node.
    InfeasibleError
        Where the prizes within reach of the root do not add up to the quota.
    """
    watch = Watch(stop)
    prize = _checked(network, prizes, quota, root)
    if prize[root] >= quota:
        return finished(network, np.empty(0, np.int64), 0.0, watch, np.array([root]))
    search = _QuotaSearch(network, prize, quota, root, watch, rng)
    best = search.run()
    result = finished(network, best.edges, best.bound, watch, np.array([root]))
    return replace(result, gap_share=share_between(result.value, result.bound))


def _checked(network: Network, prizes: npt.ArrayLike, quota: float, root: int) -> FloatArray:
    """Prizes within reach of the root."""
    prize = checked_prizes(network, prizes)
    if not np.isfinite(prize).all() or not np.isfinite(quota):
        raise DataError("quota: prizes and quota are finite numbers; give nodes that must be in a large prize")
    if not 0 <= root < network.n_nodes:
        raise DataError(f"root {root} is no node; nodes are 0 to {network.n_nodes - 1}")
    label, _ = join_by(network.n_nodes, network.u, network.v, np.ones(network.n_edges, np.bool_))
    near = np.where(label == label[root], prize, 0.0)
    if near.sum() < quota:
        raise InfeasibleError(
            f"quota {quota:g}: only {near.sum():g} of {prize.sum():g} can be reached from root {root}; "
            f"{int(((near == 0.0) & (prize > 0.0)).sum())} nodes with prizes lie in other parts of the network"
        )
    return near


class _QuotaSearch:
    """Search over the worth of a unit of prize."""

    def __init__(
        self, network: Network, prize: FloatArray, quota: float, root: int, watch: Watch, rng: np.random.Generator
    ) -> None:
        self.network, self.prize, self.quota, self.root = network, prize, quota, root
        self.watch, self.rng = watch, rng
        self.graph = build_graph(network.n_nodes, network.u, network.v)
        self.slot_cost = network.cost[self.graph.edge]
        self.best = _Best(np.empty(0, np.int64), np.inf, 0.0)
        self.best_worth = 1.0

    def run(self) -> _Best:
        """Raise the worth until the quota is collected, then close in on the worth of the best bound."""
        inside = np.zeros(self.network.n_nodes, np.bool_)
        inside[self.root] = True
        worth = max(float(self.network.cost.sum()), 1.0) / self.network.n_edges / float(self.prize.max())
        self._offer(inside, worth)
        worth = max(self.best.value / self.quota, worth * SMALLEST_STEP)
        self.best_worth = worth
        low, high = 0.0, np.inf
        for turn in range(self.watch.stop.iterations):
            if self.watch.escaped() or self.best.value <= self.best.bound:
                break
            enough = self._try(worth, ROUNDS * (1 + turn // 4))
            low, high = (low, min(high, worth)) if enough else (max(low, worth), high)
            if turn > MOST_DOUBLINGS or (np.isfinite(high) and high - low <= SMALLEST_STEP * high):
                worth = self.best_worth
            elif np.isinf(high):
                worth *= 2.0
            else:
                worth = (low + high) / 2.0 if low > 0.0 else high / 4.0
        if self.best.value <= self.best.bound:
            self.watch.stopped_by = PROVED
        return self.best

    def _try(self, worth: float, rounds: int) -> bool:
        """Bound and tree of one worth; whether its prize-collecting tree meets the quota."""
        left = self.watch.left_s()
        stop = Stop(rounds, None if np.isinf(left) else max(left / 4.0, 0.01), self.watch.stop.should_stop)
        found = solve_prize_collecting(self.network, self.prize * worth, stop, self.rng, self.root)
        bound = found.bound - worth * float(self.prize.sum() - self.quota)
        if bound > self.best.bound:
            self.best = replace(self.best, bound=bound)
            self.best_worth = worth
        inside = np.zeros(self.network.n_nodes, np.bool_)
        inside[found.nodes] = True
        enough = bool(self.prize[inside].sum() >= self.quota)
        self._offer(inside, worth)
        return enough

    def _offer(self, inside: npt.NDArray[np.bool_], worth: float) -> None:
        """Grow or trim a tree to the quota, improve it, and keep it if it is the best."""
        graph, cost, prize = self.graph, self.slot_cost, self.prize
        if not grow_to_quota(graph, cost, prize, inside, self.quota, worth):
            return
        value = np.inf
        while True:
            wanted = inside & (prize > 0.0)
            wanted[self.root] = True
            labels = no_labels(self.network.n_nodes)
            tree, now = improve_tree(graph, cost, wanted, inside, self.root, labels, 40, 1.0)
            trim_to_quota(cost, prize, tree, inside, self.quota)
            wanted &= inside
            tree, now = pruned_tree(graph, cost, wanted, inside, self.root)
            if not now < value * (1.0 - 1e-12):
                break
            value = now
            if value < self.best.value:
                edges = np.sort(graph.edge[tree.up_slot[1:]]).astype(np.int64)
                self.best = replace(self.best, edges=edges, value=value)
