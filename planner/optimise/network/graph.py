"""The network new fibre is laid in: what a metre costs where, and everything already on fibre joined to one root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.discounting import annuity_factor
from planner.costs.fibre import FibrePrices, fibre_prices, slope_multiplier
from planner.costs.ground import ground_along
from planner.costs.supports import DUCT, OWN, POLE, crossing_vnd, has_poles, spare_ducts
from planner.domain.province import Province
from planner.optimise.network.roads import RoadNetwork
from planner.optimise.network.zone_duty import zone_groups
from planner.optimise.steiner.network import Network

ROOT = 0


@dataclass(frozen=True)
class EdgePrices:
    """What new fibre costs along every edge of the road network.

    Attributes
    ----------
    vnd : ndarray of float64, shape (m,)
        Whole VND; 0 where existing cable is used.
    buried_m, aerial_m : ndarray of float64, shape (m,)
        How it is laid, m; both 0 where existing cable is used.
    ground : ndarray of int8, shape (m,)
        0 urban, 1 suburban, 2 rural.
    slope_deg : ndarray of float64, shape (m,)
        Mean slope, degrees.
    free : ndarray of bool, shape (m,)
        Whether existing cable is used.
    alone_vnd : ndarray of float64, shape (m,)
        Whole VND without any trench to share.
    support : ndarray of int8, shape (m,)
        0 built anew, 1 in an existing duct, 2 on existing poles.
    rent_vnd : ndarray of float64, shape (m,)
        Whole VND a year for that duct or those poles.
    rent_present_vnd : ndarray of float64, shape (m,)
        Present value of the rent over the horizon, whole VND.
    crossing_vnd : ndarray of float64, shape (m,)
        Part of `vnd` for crossings of rivers and railways.
    """

    vnd: NDArray[np.float64]
    buried_m: NDArray[np.float64]
    aerial_m: NDArray[np.float64]
    ground: NDArray[np.int8]
    slope_deg: NDArray[np.float64]
    free: NDArray[np.bool_]
    alone_vnd: NDArray[np.float64]
    support: NDArray[np.int8]
    rent_vnd: NDArray[np.float64]
    rent_present_vnd: NDArray[np.float64]
    crossing_vnd: NDArray[np.float64]

    @property
    def whole_vnd(self) -> NDArray[np.float64]:
        """Investment and present value of rents: what the tree is chosen by.

        Returns
        -------
        ndarray of float64, shape (m,)
            Whole VND.
        """
        return self.vnd + self.rent_present_vnd


@dataclass(frozen=True)
class RootedNetwork:
    """The road network with everything on fibre joined to node 0.

    Attributes
    ----------
    network : Network
        Nodes and edges for the solvers.
    node_of : ndarray of int64, shape (n_road_nodes,)
        Solver node of each road node; -1 where no way leads to the root.
    edge_of : ndarray of int64, shape (m,)
        Road edge of each solver edge.
    """

    network: Network
    node_of: NDArray[np.int64]
    edge_of: NDArray[np.int64]


def price_edges(
    province: Province, scenario: Scenario, roads: RoadNetwork, trench_share: Mapping[int, float] | None = None
) -> EdgePrices:
    """Price new fibre along every edge.

    Inside zones that are underground or have an undergrounding target new fibre is buried, elsewhere it is laid as
    `costs.fibre.placement` says. Where the cables of a road are put underground anyway it goes into the open trench
    and pays for the cable alone, if that is cheaper.

    Parameters
    ----------
    province : Province
        Terrain, zones.
    scenario : Scenario
        Prices and targets.
    roads : RoadNetwork
        The network, laterals included.
    trench_share : mapping of int to float, optional
        Row of the roads table -> share of its length that gets a trench.

    Returns
    -------
    EdgePrices
        Costs and placement.
    """
    prices = fibre_prices(Prices(scenario.costs))
    ground = ground_along(province, gpd.GeoSeries(roads.line, crs=province.crs))
    inside = _share_inside(roads.line, _buried_zones(province, scenario))
    free = roads.cabled & scenario.planning.reuse_cables
    laid_m = np.where(free, 0.0, roads.length_m)
    buried_m = laid_m if prices.outside_buried else laid_m * inside
    crossing = np.where(free, 0.0, crossing_vnd(province, roads.road, roads.line, prices))
    built = edge_vnd(prices, ground.ground, ground.slope_deg, buried_m, laid_m - buried_m)
    built = np.rint(built * _class_factor(province, scenario, roads.road)) + crossing
    reuse = _reused(province, scenario, roads, prices, ground.ground, laid_m, buried_m, built)
    alone = reuse.vnd
    crossing = np.where(reuse.support == DUCT, 0.0, crossing)
    buried_m = np.where(reuse.support == DUCT, laid_m, buried_m)
    share = np.array([(trench_share or {}).get(int(row), 0.0) for row in roads.road])
    open_vnd = laid_m * share * prices.in_open_trench_per_m[ground.ground]
    shared = np.asarray(np.rint(open_vnd + (1.0 - share) * alone))
    shares = (share > 0.0) & (shared < alone) & (reuse.support == OWN)
    buried_m = np.where(shares, laid_m * share + (1.0 - share) * buried_m, buried_m)
    return EdgePrices(
        vnd=np.where(shares, shared, alone),
        buried_m=buried_m,
        aerial_m=laid_m - buried_m,
        ground=ground.ground,
        slope_deg=ground.slope_deg,
        free=free,
        alone_vnd=alone,
        support=reuse.support,
        rent_vnd=reuse.rent_vnd,
        rent_present_vnd=np.rint(reuse.rent_vnd * _rent_factor(scenario)),
        crossing_vnd=crossing,
    )


class _Reuse(NamedTuple):
    """Price of every edge once existing ducts and poles are used where that is cheaper."""

    vnd: NDArray[np.float64]
    support: NDArray[np.int8]
    rent_vnd: NDArray[np.float64]


def _reused(
    province: Province,
    scenario: Scenario,
    roads: RoadNetwork,
    prices: FibrePrices,
    ground: NDArray[np.int8],
    laid_m: NDArray[np.float64],
    buried_m: NDArray[np.float64],
    built: NDArray[np.float64],
) -> _Reuse:
    """Weigh ducts with room and known poles, their rent over the horizon counted, against building anew."""
    vnd, support, rent = built.copy(), np.full(built.size, OWN, np.int8), np.zeros(built.size)
    on_road = roads.road >= 0
    row = np.maximum(roads.road, 0)
    ducts = on_road & (spare_ducts(province)[row] > 0) if len(province.roads) else on_road
    poles = on_road & has_poles(province)[row] & (buried_m == 0.0) if len(province.roads) else on_road
    whole = built.copy()
    ways = (
        (DUCT, ducts, laid_m * prices.in_duct_per_m[ground], prices.duct_rent_per_m_year),
        (POLE, poles, built * prices.on_poles_share, prices.pole_rent_per_m_year),
    )
    for code, possible, capex, rent_per_m in ways:
        yearly = np.rint(laid_m * rent_per_m)
        total = np.rint(capex) + np.rint(yearly * _rent_factor(scenario))
        better = possible & (laid_m > 0.0) & (total < whole)
        vnd = np.where(better, np.rint(capex), vnd)
        support = np.where(better, np.int8(code), support)
        rent = np.where(better, yearly, rent)
        whole = np.where(better, total, whole)
    return _Reuse(vnd, support, rent)


def _rent_factor(scenario: Scenario) -> float:
    """Present value of one VND of yearly rent over the horizon."""
    return annuity_factor(scenario.costs.discount_rate, scenario.costs.horizon_years)


def _class_factor(province: Province, scenario: Scenario, road: NDArray[np.int32]) -> NDArray[np.float64]:
    """Factor on the price by road class; laterals cost 1."""
    given = scenario.costs.fibre.road_class_factor
    if not given or not len(province.roads):
        return np.ones(road.size)
    by_road = province.roads["road_class"].map(given).fillna(1.0).to_numpy(dtype=np.float64)
    return np.where(road >= 0, by_road[np.maximum(road, 0)], 1.0)


def edge_vnd(
    prices: FibrePrices,
    ground: NDArray[np.int8],
    slope_deg: NDArray[np.float64],
    buried_m: NDArray[np.float64],
    aerial_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Price fibre by ground, slope and placement.

    Parameters
    ----------
    prices : FibrePrices
        Prices by ground.
    ground : ndarray of int8, shape (m,)
        0 urban, 1 suburban, 2 rural.
    slope_deg : ndarray of float64, shape (m,)
        Mean slope, degrees.
    buried_m, aerial_m : ndarray of float64, shape (m,)
        Lengths, m.

    Returns
    -------
    ndarray of float64, shape (m,)
        Whole VND.
    """
    flat = buried_m * prices.buried_per_m[ground] + aerial_m * prices.aerial_per_m[ground]
    return np.asarray(np.rint(flat * slope_multiplier(slope_deg, prices.slope_factor)))


def join_to_root(
    roads: RoadNetwork, prices: EdgePrices, source: NDArray[np.bool_], fixed: NDArray[np.bool_] | None = None
) -> RootedNetwork:
    """Join every node on fibre to one root and drop what no way leads to.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    prices : EdgePrices
        Cost of each edge.
    source : ndarray of bool, shape (n,)
        Nodes where new fibre may begin.
    fixed : ndarray of bool, shape (m,), optional
        Edges that are built in any case: they cost the choice nothing.

    Returns
    -------
    RootedNetwork
        Node 0 is the existing network; free edges and edges within it are left out.
    """
    piece = roads.components()
    reached = np.isin(piece, np.unique(piece[source]))
    node_of = np.full(roads.n_nodes, -1, dtype=np.int64)
    node_of[source] = ROOT
    others = np.flatnonzero(reached & ~source)
    node_of[others] = np.arange(1, others.size + 1)
    u, v = node_of[roads.u], node_of[roads.v]
    keep = np.flatnonzero((u >= 0) & (v >= 0) & (u != v))
    cost = prices.whole_vnd if fixed is None else np.where(fixed, 0.0, prices.whole_vnd)
    network = Network(others.size + 1, u[keep].astype(np.int32), v[keep].astype(np.int32), cost[keep])
    return RootedNetwork(network, node_of, keep)


def _buried_zones(province: Province, scenario: Scenario) -> NDArray[Any]:
    """Polygons of zones in which new fibre is buried."""
    zones = province.zones
    keep = zones["underground_today"].to_numpy(dtype=bool).copy()
    for group in zone_groups(province, scenario):
        keep[list(group.members)] = True
    polygons: NDArray[Any] = zones.geometry.to_numpy()[keep]
    return polygons


def _share_inside(lines: NDArray[Any], zones: NDArray[Any]) -> NDArray[np.float64]:
    """Share of each line's length inside any of the polygons."""
    share = np.zeros(lines.size)
    if not zones.size:
        return share
    hit = np.unique(shapely.STRtree(zones).query(lines, predicate="intersects")[0])
    whole = shapely.length(lines[hit])
    part = shapely.length(shapely.intersection(lines[hit], shapely.union_all(zones)))
    with np.errstate(divide="ignore", invalid="ignore"):
        share[hit] = np.where(whole > 0.0, part / whole, 0.0)
    return np.clip(share, 0.0, 1.0)
