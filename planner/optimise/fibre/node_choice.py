"""A tree that must hold some nodes, may hold others at a price, and has quotas to meet; growing and trimming it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.network.graph import ROOT
from planner.optimise.steiner.network import Network


@dataclass(frozen=True)
class NodeQuota:
    """Homes wanted from nodes off the root.

    Attributes
    ----------
    homes : ndarray of int64, shape (n,)
        Homes each node brings; 0 at the root.
    need : int
        Homes wanted, not more than all.
    """

    homes: NDArray[np.int64]
    need: int


@dataclass(frozen=True)
class NodeChoice:
    """The choice.

    Attributes
    ----------
    network : Network
        Nodes and edges; node 0 is the root.
    required : ndarray of int64
        Nodes that must be reached.
    penalty : ndarray of float64, shape (n,)
        Cost of leaving an optional node out, VND; 0 elsewhere.
    quotas : tuple of NodeQuota
        Homes wanted.
    """

    network: Network
    required: NDArray[np.int64]
    penalty: NDArray[np.float64]
    quotas: tuple[NodeQuota, ...]

    def value(self, edges: NDArray[np.int64]) -> float:
        """Cost of a tree and of what it leaves out, VND.

        Parameters
        ----------
        edges : ndarray of int64
            Edges of the tree.

        Returns
        -------
        float
            VND.
        """
        reached = self.reached(edges)
        return float(self.network.cost[edges].sum() + self.penalty[~reached].sum())

    def reached(self, edges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which nodes a tree reaches.

        Parameters
        ----------
        edges : ndarray of int64
            Edges of a tree that holds the root, or none.

        Returns
        -------
        ndarray of bool, shape (n,)
            True at its nodes and at the root.
        """
        found = np.zeros(self.network.n_nodes, dtype=bool)
        found[ROOT] = True
        found[self.network.u[edges]] = True
        found[self.network.v[edges]] = True
        return found


def farthest_needed(choice: NodeChoice, quotas: Sequence[NodeQuota]) -> float:
    """Bound the cost by one path: a quota cannot be met by nodes nearer to the root than this alone.

    Parameters
    ----------
    choice : NodeChoice
        The choice.
    quotas : sequence of NodeQuota
        Quotas to be met.

    Returns
    -------
    float
        VND no tree that meets every quota can cost less than; infinite where one cannot be met.
    """
    distance, _ = _Paths(choice.network).from_nodes(np.array([ROOT]))
    order = np.argsort(distance, kind="stable")
    least = 0.0
    for quota in quotas:
        within = np.searchsorted(np.cumsum(quota.homes[order]), quota.need)
        least = max(least, float(distance[order[within]]) if within < order.size else np.inf)
    return least


def trim(choice: NodeChoice, edges: NDArray[np.int64], quotas: tuple[NodeQuota, ...]) -> NDArray[np.int64]:
    """Cut leaves, the dearest per home first, as long as nothing required and no quota is lost.

    Parameters
    ----------
    choice : NodeChoice
        The choice.
    edges : ndarray of int64
        Edges of a tree that holds the root.
    quotas : tuple of NodeQuota
        Quotas it meets.

    Returns
    -------
    ndarray of int64
        Edges that stay, rising.
    """
    network = choice.network
    kept = set(edges.tolist())
    at: dict[int, set[int]] = {}
    for edge in kept:
        at.setdefault(int(network.u[edge]), set()).add(edge)
        at.setdefault(int(network.v[edge]), set()).add(edge)
    reached = choice.reached(edges)
    spare = [int(quota.homes[reached].sum()) - quota.need for quota in quotas]
    fixed = np.zeros(network.n_nodes, dtype=bool)
    fixed[choice.required] = True
    fixed[ROOT] = True
    while True:
        best, best_gain = -1, 0.0
        for node, edges_here in at.items():
            if len(edges_here) != 1 or fixed[node]:
                continue
            if any(quota.homes[node] > left for quota, left in zip(quotas, spare, strict=True)):
                continue
            gain = float(network.cost[next(iter(edges_here))]) - float(choice.penalty[node])
            worth = sum(int(quota.homes[node]) for quota in quotas)
            if gain > 0.0 and (worth == 0 or gain / worth > best_gain):
                best, best_gain = node, gain / worth if worth else np.inf
            if best_gain == np.inf:
                break
        if best < 0:
            return np.array(sorted(kept), dtype=np.int64)
        edge = at.pop(best).pop()
        kept.discard(edge)
        other = int(network.u[edge]) if int(network.v[edge]) == best else int(network.v[edge])
        at[other].discard(edge)
        spare = [left - int(quota.homes[best]) for quota, left in zip(quotas, spare, strict=True)]


def extend(
    choice: NodeChoice, required: NDArray[np.int64], edges: NDArray[np.int64], quotas: Sequence[NodeQuota]
) -> NDArray[np.int64]:
    """Add the path that brings most per VND until nothing required and no quota is missing.

    Parameters
    ----------
    choice : NodeChoice
        The choice.
    required : ndarray of int64
        Nodes that must be reached.
    edges : ndarray of int64
        Edges of a tree that holds the root, or none.
    quotas : sequence of NodeQuota
        Homes wanted.

    Returns
    -------
    ndarray of int64
        Edges of the grown tree, rising; what no path leads to stays out.
    """
    paths = _Paths(choice.network)
    kept = set(edges.tolist())
    reached = choice.reached(edges)
    while True:
        lacking = _lacking(required, quotas, reached)
        if not lacking.any():
            return np.array(sorted(kept), dtype=np.int64)
        distance, before = paths.from_nodes(np.flatnonzero(reached))
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(lacking > 0.0, (distance + 1.0) / lacking, np.inf)
        node = int(np.argmin(score))
        if not np.isfinite(score[node]):
            return np.array(sorted(kept), dtype=np.int64)
        while not reached[node]:
            reached[node] = True
            kept.add(paths.edge_between(int(before[node]), node))
            node = int(before[node])


def _lacking(
    required: NDArray[np.int64], quotas: Sequence[NodeQuota], reached: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What reaching each node would bring: required nodes first, then homes missing quotas still need."""
    lacking = np.zeros(reached.size)
    lacking[required] = 1.0
    lacking[reached] = 0.0
    if not lacking.any():
        for quota in quotas:
            missing = quota.need - int(quota.homes[reached].sum())
            if missing > 0:
                lacking += np.where(reached, 0, np.minimum(quota.homes, missing))
    return lacking


class _Paths:
    """Shortest paths from a set of nodes."""

    def __init__(self, network: Network) -> None:
        self._n = network.n_nodes
        low, high = np.minimum(network.u, network.v), np.maximum(network.u, network.v)
        order = np.lexsort((network.cost, high, low))
        first = np.ones(order.size, dtype=bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        best = order[first]
        best = best[low[best] != high[best]]
        self._edge = {(int(low[e]), int(high[e])): int(e) for e in best}
        cost = np.maximum(network.cost[best], 1e-6)  # a stored zero would be no edge to scipy
        self._graph = coo_array((cost, (low[best], high[best])), shape=(self._n, self._n)).tocsr()

    def from_nodes(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distance to the nearest of some nodes, and the node before on the way."""
        distance, before, _ = dijkstra(
            self._graph, directed=False, indices=nodes, return_predecessors=True, min_only=True
        )
        return distance, before

    def edge_between(self, a: int, b: int) -> int:
        """Cheapest edge between two neighbours."""
        return self._edge[(min(a, b), max(a, b))]
