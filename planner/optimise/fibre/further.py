"""What a tree alone does not give: homes within reach of a line terminal, and second ways for communes.

Given the fibre that lies or is laid, choose further roads and places of line terminals at least cost such that every
home is within reach of the trunk or of a line terminal along fibre, and every commune that wants two ways has them.

Both are rows 'so many of these'. Reach: whatever roads K get fibre, as long as no terminal and no trunk is within
reach of a home over K, either a terminal stands where K reaches, or fibre lies on a road that leads out of there or
makes a way shorter. Second ways: so many edges lead out of every set of nodes that holds the commune and not the
trunk. Such rows are found where a choice breaks them (`lazy_cover`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from planner.optimise.fibre.commune_rings import protectable, ring_rows
from planner.optimise.fibre.lazy_cover import Row
from planner.optimise.network.pon import SHORTEST_M
from planner.optimise.network.roads import RoadNetwork

LEVELS = (0.0, 0.2, 0.5, 0.9)  # of a terminal's price: how far the first rows look along the cheapest roads
EDGE, TERMINAL = 0, 1


@dataclass(frozen=True)
class FurtherCase:
    """The choice of further roads and line terminals.

    Attributes
    ----------
    roads : RoadNetwork
        The network.
    cost : ndarray of float64, shape (m,)
        Cost of fibre along every edge, VND.
    lies, serves_rings : ndarray of bool, shape (m,)
        Edges with fibre, existing or laid: what homes are fed over, and what may carry second ways.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk.
    homes : ndarray of int64
        Nodes with homes that must be within reach.
    reach_m : float
        Reach of a passive network, m.
    terminal_vnd : float
        Price of a line terminal.
    places : ndarray of bool, shape (n,)
        Where one may stand.
    ring_nodes : tuple of int
        Nodes that want two ways to the trunk, none on it.
    """

    roads: RoadNetwork
    cost: NDArray[np.float64]
    lies: NDArray[np.bool_]
    serves_rings: NDArray[np.bool_]
    core: NDArray[np.bool_]
    homes: NDArray[np.int64]
    reach_m: float
    terminal_vnd: float
    places: NDArray[np.bool_]
    ring_nodes: tuple[int, ...]

    @property
    def open_edges(self) -> NDArray[np.int64]:
        """Edges that may be laid.

        Returns
        -------
        ndarray of int64
            Rising; the first columns of a choice, behind them the places.
        """
        return np.flatnonzero(~(self.lies & self.serves_rings))

    @property
    def column_cost(self) -> NDArray[np.float64]:
        """Cost of every column of a choice.

        Returns
        -------
        ndarray of float64
            Open edges, then places.
        """
        places = int(self.places.sum())
        return np.concatenate([self.cost[self.open_edges], np.full(places, self.terminal_vnd)])


class Search:
    """Reads choices of a case and finds the rows they break.

    Parameters
    ----------
    case : FurtherCase
        The case.
    """

    def __init__(self, case: FurtherCase) -> None:
        self.case = case
        self._edges = case.open_edges
        self._place = np.flatnonzero(case.places)
        self._edge_column = np.full(case.roads.n_edges, -1, dtype=np.int64)
        self._edge_column[self._edges] = np.arange(self._edges.size)
        self._place_column = np.full(case.roads.n_nodes, -1, dtype=np.int64)
        self._place_column[self._place] = self._edges.size + np.arange(self._place.size)
        self._length_m = np.maximum(case.roads.length_m, SHORTEST_M)
        self._graph = _Lengths(case.roads, self._length_m)
        wanted = [node for node in case.ring_nodes if not case.core[node]]
        self.rings = protectable(case.roads, case.core, wanted)

    def chosen(self, choice: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Edges and places of a choice.

        Parameters
        ----------
        choice : ndarray of bool
            By column.

        Returns
        -------
        edges, places : ndarray of int64
            Rising.
        """
        return self._edges[choice[: self._edges.size]], self._place[choice[self._edges.size :]]

    def out_of_reach(self, edges: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Nodes with homes that neither trunk nor terminal reaches.

        Parameters
        ----------
        edges, places : ndarray of int64
            Edges laid beside what lies, and nodes with a terminal.

        Returns
        -------
        ndarray of int64
            Some of the case's homes.
        """
        case = self.case
        sources = np.union1d(np.flatnonzero(case.core), places)
        if not sources.size:
            return case.homes
        laid = case.lies.copy()
        laid[edges] = True
        graph = self._graph.over(laid)
        away_m = dijkstra(graph, directed=False, indices=sources, min_only=True, limit=case.reach_m)
        return case.homes[~(away_m[case.homes] <= case.reach_m)]

    def best_place(self, edges: NDArray[np.int64], lost: NDArray[np.int64]) -> tuple[int, int]:
        """Place from which one more terminal serves most nodes.

        Parameters
        ----------
        edges : ndarray of int64
            Edges laid beside what lies.
        lost : ndarray of int64
            Nodes with homes out of reach; every one of them is a place.

        Returns
        -------
        tuple of int
            Node, the first of equals, and how many it serves.
        """
        laid = self.case.lies.copy()
        laid[edges] = True
        served = (self._balls(laid, lost) <= self.case.reach_m).sum(axis=0)
        served[~self.case.places] = 0
        place = int(np.argmax(served))
        return place, int(served[place])

    def broken(self, choice: NDArray[np.bool_]) -> list[Row]:
        """Rows that a choice breaks.

        Parameters
        ----------
        choice : ndarray of bool
            By column.

        Returns
        -------
        list of Row
            At most one for every home node and two for every ring node.
        """
        edges, places = self.chosen(choice)
        case = self.case
        laid = case.lies.copy()
        laid[edges] = True
        lost = self.out_of_reach(edges, places)
        away_m = self._balls(laid, lost)
        rows = [self._reach_row(laid, metres) for metres in away_m]
        ringed = case.serves_rings.copy()
        ringed[edges] = True
        for cut, need in ring_rows(case.roads, case.core, ringed, self.rings):
            free = case.serves_rings[cut]
            rows.append(Row(tuple(self._edge_column[cut[~free]].tolist()), need - int(free.sum())))
        return [row for row in rows if row.need > 0]

    def first_rows(self) -> list[Row]:
        """Rows to begin with: what every home sees when the cheapest roads around it were laid.

        Returns
        -------
        list of Row
            Some for every home node out of reach; those of an empty choice.
        """
        case, roads = self.case, self.case.roads
        lost = self.out_of_reach(np.empty(0, np.int64), np.empty(0, np.int64))
        if not lost.size:
            return self.broken(np.zeros(case.column_cost.size, dtype=bool))
        price = np.where(case.lies, 0.0, case.cost)
        graph = coo_array((np.maximum(price, 1e-6), (roads.u, roads.v)), shape=(roads.n_nodes, roads.n_nodes))
        dear = dijkstra(graph.tocsr(), directed=False, indices=lost, limit=case.terminal_vnd)
        rows: list[Row] = []
        for node, away_vnd in zip(lost.tolist(), dear, strict=True):
            for level in LEVELS:
                way = np.minimum(away_vnd[roads.u], away_vnd[roads.v]) + price
                laid = case.lies | (way <= level * case.terminal_vnd)
                metres = self._balls(laid, np.array([node]))[0]
                if (metres[case.core] <= case.reach_m).any():
                    break
                rows.append(self._reach_row(laid, metres))
        return rows + self.broken(np.zeros(case.column_cost.size, dtype=bool))

    def _balls(self, laid: NDArray[np.bool_], nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Metres from some nodes to all within reach over laid edges, shape (nodes, n)."""
        if not nodes.size:
            return np.empty((0, self.case.roads.n_nodes))
        return np.asarray(dijkstra(self._graph.over(laid), directed=False, indices=nodes, limit=self.case.reach_m))

    def _reach_row(self, laid: NDArray[np.bool_], metres: NDArray[np.float64]) -> Row:
        """One terminal within reach, or one edge that leads out of there or makes a way shorter."""
        roads, reach_m = self.case.roads, self.case.reach_m
        a, b = metres[roads.u], metres[roads.v]
        there, back = a + self._length_m, b + self._length_m
        opens = ~laid & (((there <= reach_m) & (there < b)) | ((back <= reach_m) & (back < a)))
        places = self._place_column[metres <= reach_m]
        columns = np.concatenate([self._edge_column[opens], places[places >= 0]])
        return Row(tuple(np.sort(columns).tolist()), 1)


class _Lengths:
    """Lengths along any choice of edges as a graph whose shape is made once; what is not laid is infinitely long."""

    def __init__(self, roads: RoadNetwork, length_m: NDArray[np.float64]) -> None:
        low, high = np.minimum(roads.u, roads.v).astype(np.int64), np.maximum(roads.u, roads.v)
        pairs, self._slot = np.unique(low * roads.n_nodes + high, return_inverse=True)
        rows = np.searchsorted(pairs, np.arange(roads.n_nodes + 1) * roads.n_nodes)
        self._indptr, self._indices = rows.astype(np.int32), (pairs % max(1, roads.n_nodes)).astype(np.int32)
        self._length_m, self._shape = length_m, (roads.n_nodes, roads.n_nodes)

    def over(self, laid: NDArray[np.bool_]) -> csr_array:
        """The graph of some edges, one direction, of parallel ones the shortest; to be searched with a limit."""
        data = np.full(self._indices.size, np.inf)
        np.minimum.at(data, self._slot[laid], self._length_m[laid])
        return csr_array((data, self._indices, self._indptr), shape=self._shape)


def as_bound(
    case: FurtherCase, left: NDArray[np.float64], homes: NDArray[np.int64], ring_nodes: Sequence[int]
) -> FurtherCase:
    """The case that bounds any plan: edges cost what a tree's bound leaves of them, terminals may stand anywhere.

    Parameters
    ----------
    case : FurtherCase
        A case of a plan; its existing fibre is `lies` at no cost.
    left : ndarray of float64, shape (m,)
        What the bound leaves of every edge's cost; less than half a VND is nothing.
    homes : ndarray of int64
        Nodes whose homes every plan connects.
    ring_nodes : sequence of int
        Nodes to which every plan gives two ways.

    Returns
    -------
    FurtherCase
        No plan's further cost is below its least cost.
    """
    nothing = left < 0.5
    return replace(
        case, cost=left, lies=case.lies | nothing, serves_rings=case.serves_rings | nothing, homes=homes,
        places=np.ones_like(case.places), ring_nodes=tuple(ring_nodes),
    )  # fmt: skip
