"""Second ways for communes: routes to the trunk network that share no edge with the first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.domain.province import Province
from planner.kernels.steiner.paths import build_graph
from planner.kernels.steiner.rings import protected_parts
from planner.optimise.network.graph import ROOT
from planner.optimise.network.roads import RoadNetwork


def trunk_nodes(province: Province, roads: RoadNetwork) -> NDArray[np.bool_]:
    """Tell which nodes a trunk cable touches: exchanges are not in the inventory, so the trunk stands for them.

    Parameters
    ----------
    province : Province
        Roads and cables.
    roads : RoadNetwork
        The network.

    Returns
    -------
    ndarray of bool, shape (n,)
        True at nodes of the trunk.
    """
    cables = province.cables
    trunk = set(cables.loc[cables["level"] == "trunk", "road_id"])
    rows = np.flatnonzero(province.roads["road_id"].isin(trunk).to_numpy())
    on_trunk = np.isin(roads.road, rows)
    found = np.zeros(roads.n_nodes, dtype=bool)
    found[roads.u[on_trunk]] = True
    found[roads.v[on_trunk]] = True
    return found


def protectable(roads: RoadNetwork, core: NDArray[np.bool_], nodes: list[int]) -> list[int]:
    """Pick the nodes that all roads together give two ways to the trunk.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk.
    nodes : list of int
        Nodes that want a second way.

    Returns
    -------
    list of int
        Some of them, in their order.
    """
    if not core.any() or not nodes:
        return []
    number = np.where(core, ROOT, np.cumsum(~core))
    part = _parts(number, roads, np.arange(roads.n_edges))
    return [node for node in nodes if part[number[node]] == part[ROOT]]


def ring_rows(
    roads: RoadNetwork, core: NDArray[np.bool_], laid: NDArray[np.bool_], nodes: list[int]
) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Find sets of nodes around badly connected ones out of which two ways have to lead.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk.
    laid : ndarray of bool, shape (m,)
        Edges with fibre.
    nodes : list of int
        Nodes that want two ways, none of the trunk.

    Yields
    ------
    tuple of ndarray of int64 and int
        All edges that lead out of such a set, of which fewer than two are laid, and 2.
    """
    if not nodes:
        return
    number = np.where(core, ROOT, np.cumsum(~core))
    u, v = number[roads.u], number[roads.v]
    edges = np.flatnonzero(laid & (u != v))
    part = _parts(number, roads, edges)
    bridges = edges[part[u[edges]] != part[v[edges]]]
    around = _Bridges(part, u[bridges], v[bridges])
    for node in nodes:
        here = int(part[number[node]])
        if here == part[ROOT]:
            continue
        for parts in around.sets(here):
            inside = np.isin(part, parts)
            yield np.flatnonzero(inside[u] != inside[v]), 2


def _parts(number: NDArray[np.int64], roads: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.int32]:
    """Number of the part, within which no single edge separates two nodes, of every node."""
    u, v = number[roads.u[edges]].astype(np.int32), number[roads.v[edges]].astype(np.int32)
    return np.asarray(protected_parts(build_graph(int(number.max()) + 1, u, v)), dtype=np.int32)


class _Bridges:
    """The parts behind bridges, seen from the root: nearest to a part and nearest to the root."""

    def __init__(self, part: NDArray[np.int32], u: NDArray[np.int64], v: NDArray[np.int64]) -> None:
        self._next: dict[int, list[int]] = {}
        for a, b in zip(part[u].tolist(), part[v].tolist(), strict=True):
            self._next.setdefault(a, []).append(b)
            self._next.setdefault(b, []).append(a)
        self._root = int(part[ROOT])

    def sets(self, here: int) -> list[list[int]]:
        """Parts beyond the last and the first bridge on the way to a part; all it hangs on where there is no way."""
        way = self._way(here)
        if way is None:
            return [self._behind(here, -1)]
        last, first = self._behind(here, way[-2]), self._behind(way[1], self._root)
        return [last] if sorted(last) == sorted(first) else [last, first]

    def _way(self, here: int) -> list[int] | None:
        """Parts from the root to a part."""
        before = {self._root: -1}
        front = [self._root]
        while front and here not in before:
            ahead = []
            for at in front:
                for there in self._next.get(at, ()):
                    if there not in before:
                        before[there] = at
                        ahead.append(there)
            front = ahead
        if here not in before:
            return None
        way = [here]
        while way[-1] != self._root:
            way.append(before[way[-1]])
        return way[::-1]

    def _behind(self, here: int, shut: int) -> list[int]:
        """Parts that hang on a part without going back over another."""
        found, ahead = {here, shut}, [here]
        while ahead:
            for there in self._next.get(ahead.pop(), ()):
                if there not in found:
                    found.add(there)
                    ahead.append(there)
        return sorted(found - {shut})
