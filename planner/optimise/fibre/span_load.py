"""Fibres the plan takes on existing cable, counted span by span, and what relieves the spans that do not hold them.

What begins at a node runs the shortest way over fibre to the trunk, or to its line terminal. Where that fills a span,
either more cable is laid beside it (on its poles, in its duct, or in a new trench where neither is to be had), or part
of the fibres goes another way: over spans with room, which costs nothing, or over a new route. What takes fibres over
a full span is led anew one after the other, in two orders, each the cheapest way that is left; the cheapest answer
counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices, slope_multiplier
from planner.costs.supports import DUCT, POLE, room_beside
from planner.domain.province import Province
from planner.optimise.network.graph import EdgePrices
from planner.optimise.network.pon import SHORTEST_M
from planner.optimise.network.roads import RoadNetwork

NO_LIMIT = np.iinfo(np.int64).max // 4
MOST_LED_ANEW = 400
PER_M = 1e-3  # VND: of ways that cost the same the shortest


@dataclass(frozen=True)
class Spans:
    """What existing cable holds, and what more of it costs.

    Attributes
    ----------
    room : ndarray of int64, shape (m,)
        Fibres free along every edge; without limit where there is no cable, it is not used, or it is not known.
    beside : ndarray of int8, shape (m,)
        Where further cable goes: 0 into a new trench, 1 into the duct, 2 on the poles.
    vnd : ndarray of float64, shape (m,)
        Price of one further cable along every edge, whole VND.
    used_is_known : bool
        Whether the data says how many fibres are in use.
    """

    room: NDArray[np.int64]
    beside: NDArray[np.int8]
    vnd: NDArray[np.float64]
    used_is_known: bool


class SpanNeed(NamedTuple):
    """Fibres that begin at a node.

    Attributes
    ----------
    node : int
        Where.
    terminal : int
        Node of the line terminal they run to; -1 for the trunk.
    fibres : int
        How many.
    reach_m : float
        How long their way may be, m.
    due_year : int
        Year they are due; 0 for none.
    """

    node: int
    terminal: int
    fibres: int
    reach_m: float
    due_year: int


class Relief(NamedTuple):
    """What full spans need.

    Attributes
    ----------
    lacking : dict of int to int
        Edge with full cable -> fibres that further cable has to hold.
    detours : dict of int to int
        Edge without fibre -> fibres of a new route along it.
    due : dict of int to int
        Edge of either -> first year it is needed; 0 for none.
    cost_vnd : float
        Cost of both.
    stranded : int
        Fibres on cable that does not lead to the trunk.
    """

    lacking: dict[int, int]
    detours: dict[int, int]
    due: dict[int, int]
    cost_vnd: float
    stranded: int


def existing_spans(province: Province, scenario: Scenario, roads: RoadNetwork, prices: EdgePrices) -> Spans:
    """Read what existing cable holds.

    Parameters
    ----------
    province : Province
        Cables with `fibres` and, where known, `fibres_used`.
    scenario : Scenario
        Whether existing cable is used; prices.
    roads : RoadNetwork
        The network.
    prices : EdgePrices
        Ground and slope of every edge.

    Returns
    -------
    Spans
        Nothing is limited where existing cable is not used or its fibres are not known.
    """
    cables, catalogue = province.cables, fibre_prices(Prices(scenario.costs))
    room = np.full(roads.n_edges, NO_LIMIT, dtype=np.int64)
    row = np.maximum(roads.road, 0)
    used_is_known = "fibres_used" in cables
    if scenario.planning.reuse_cables and len(province.roads):
        held = cables.groupby("road_id")["fibres"].sum()
        used = cables.groupby("road_id")["fibres_used"].sum() if used_is_known else 0 * held
        names = province.roads["road_id"]
        known = names.map(held).fillna(0).to_numpy(dtype=np.int64)
        free = names.map((held - used).clip(lower=0)).fillna(0).to_numpy(dtype=np.int64)
        limited = roads.cabled & (roads.road >= 0) & (known[row] > 0)
        room = np.where(limited, free[row], room)
    beside = np.where(roads.road >= 0, room_beside(province)[row], 0) if len(province.roads) else 0 * roads.road
    slope = slope_multiplier(prices.slope_deg, catalogue.slope_factor)
    per_m = np.select(
        [beside == POLE, beside == DUCT],
        [
            catalogue.aerial_per_m[prices.ground] * catalogue.on_poles_share * slope,
            catalogue.in_duct_per_m[prices.ground],
        ],
        catalogue.buried_per_m[prices.ground] * slope,
    )
    return Spans(room, beside.astype(np.int8), np.rint(per_m * roads.length_m), used_is_known)


def relieve(
    roads: RoadNetwork,
    spans: Spans,
    lies: NDArray[np.bool_],
    core: NDArray[np.bool_],
    needs: Sequence[SpanNeed],
    route_vnd: NDArray[np.float64] | None,
) -> Relief:
    """Lead all fibres and relieve the spans they fill.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    spans : Spans
        What existing cable holds.
    lies : ndarray of bool, shape (m,)
        Edges with fibre, existing or planned.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk.
    needs : sequence of SpanNeed
        Fibres and where they begin.
    route_vnd : ndarray of float64, shape (m,) or None
        Cost of a new route along every edge; None leaves all on their shortest ways.

    Returns
    -------
    Relief
        Nothing where every span holds what is asked.
    """
    desk = _Desk(roads, spans, lies, core)
    ways, stranded = desk.shortest(needs)
    straight = desk.bought(needs, ways, stranded, None)
    if not straight.lacking or route_vnd is None:
        return straight
    full = set(straight.lacking)
    again = [i for i, way in enumerate(ways) if full & set(way)]
    if len(again) > MOST_LED_ANEW:
        return straight
    large_first = sorted(again, key=lambda i: (-needs[i].fibres, i))
    near_first = sorted(again, key=lambda i: (desk.length_m(ways[i]), i))
    best = straight
    for order in (large_first, near_first):
        led = desk.led_anew(needs, ways, order, route_vnd)
        found = desk.bought(needs, led, stranded, route_vnd)
        best = found if found.cost_vnd < best.cost_vnd else best
    return best


class _Desk:
    """Leads fibres over a network."""

    def __init__(self, roads: RoadNetwork, spans: Spans, lies: NDArray[np.bool_], core: NDArray[np.bool_]) -> None:
        self._roads, self._spans, self._lies = roads, spans, lies
        self._core = np.flatnonzero(core)
        self._length_m = np.maximum(roads.length_m, SHORTEST_M)

    def shortest(self, needs: Sequence[SpanNeed]) -> tuple[list[list[int]], int]:
        """Edges of every need's shortest way over fibre, and the fibres that have none."""
        places = np.unique(np.array([need.terminal for need in needs if need.terminal >= 0], dtype=np.int64))
        weight = np.where(self._lies, self._length_m, np.inf)
        trees = {sources is self._core: self._tree(weight, sources) for sources in (self._core, places)}
        ways: list[list[int]] = []
        stranded = 0
        for need in needs:
            tree = trees[need.terminal < 0]
            way = None if tree is None else _walk(tree, need.node)
            stranded += need.fibres if way is None else 0
            ways.append(way or [])
        return ways, stranded

    def length_m(self, way: Sequence[int]) -> float:
        """Length of a way."""
        return float(self._length_m[list(way)].sum())

    def led_anew(
        self, needs: Sequence[SpanNeed], ways: list[list[int]], again: Sequence[int], route_vnd: NDArray[np.float64]
    ) -> list[list[int]]:
        """The same ways with some led anew in an order, each the cheapest at what the others leave and have bought."""
        left = self._spans.room.copy()
        fixed = set(again)
        for i, (need, way) in enumerate(zip(needs, ways, strict=True)):
            if i not in fixed:
                left[way] -= need.fibres
        bought = left < 0
        price = np.where(self._lies, self._spans.vnd, route_vnd)
        found = list(ways)
        for i in again:
            need = needs[i]
            pays = ~bought & np.where(self._lies, left < need.fibres, True)
            sources = self._core if need.terminal < 0 else np.array([need.terminal])
            tree = self._tree(np.where(pays, price, 0.0) + PER_M * self._length_m, sources)
            other = None if tree is None else _walk(tree, need.node)
            way = ways[i] if other is None or self.length_m(other) > need.reach_m else other
            found[i] = way
            left[way] -= need.fibres
            bought[way] |= pays[way]
        return found

    def bought(
        self, needs: Sequence[SpanNeed], ways: Sequence[Sequence[int]], stranded: int,
        route_vnd: NDArray[np.float64] | None,
    ) -> Relief:  # fmt: skip
        """What all ways together need."""
        taken = np.zeros(self._roads.n_edges, dtype=np.int64)
        due: dict[int, int] = {}
        for need, way in zip(needs, ways, strict=True):
            taken[list(way)] += need.fibres
            for edge in way:
                if need.due_year:
                    due[edge] = min(due.get(edge, need.due_year), need.due_year)
        over = np.flatnonzero(self._lies & (taken > self._spans.room)).tolist()
        new = np.flatnonzero(~self._lies & (taken > 0)).tolist()
        cost = float(self._spans.vnd[over].sum()) + (0.0 if route_vnd is None else float(route_vnd[new].sum()))
        lacking = {edge: int(taken[edge] - self._spans.room[edge]) for edge in over}
        return Relief(
            lacking, {edge: int(taken[edge]) for edge in new}, {edge: due.get(edge, 0) for edge in [*over, *new]},
            cost, stranded,
        )  # fmt: skip

    def _tree(self, weight: NDArray[np.float64], sources: NDArray[np.int64]) -> _Tree | None:
        """Cheapest ways from some nodes; edges of infinite weight are shut."""
        if not sources.size:
            return None
        u, v, n = self._roads.u, self._roads.v, self._roads.n_nodes
        low, high = np.minimum(u, v), np.maximum(u, v)
        usable = np.flatnonzero(np.isfinite(weight) & (low != high))
        order = usable[np.lexsort((weight[usable], high[usable], low[usable]))]
        first = np.ones(order.size, dtype=bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        best = order[first]
        graph = coo_array((weight[best], (low[best], high[best])), shape=(n, n)).tocsr()
        away, before, _ = dijkstra(graph, directed=False, indices=sources, min_only=True, return_predecessors=True)
        key = low[best].astype(np.int64) * n + high[best]
        return _Tree(np.asarray(away), np.asarray(before), key, best, n)


class _Tree(NamedTuple):
    """Cheapest ways: distance, node before, and edges by the numbers of their ends."""

    away: NDArray[np.float64]
    before: NDArray[np.int32]
    key: NDArray[np.int64]
    edge: NDArray[np.int64]
    n_nodes: int


def _walk(tree: _Tree, node: int) -> list[int] | None:
    """Edges from a node back to where its way begins; None where no way leads there."""
    if not np.isfinite(tree.away[node]):
        return None
    way, here = [], node
    while tree.before[here] >= 0:
        there = int(tree.before[here])
        at = int(np.searchsorted(tree.key, min(here, there) * tree.n_nodes + max(here, there)))
        way.append(int(tree.edge[at]))
        here = there
    return way
