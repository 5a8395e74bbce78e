"""The network new fibre is laid in: what a metre costs where, and everything already on fibre joined to one root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.fibre import FibrePrices, fibre_prices, slope_multiplier
from planner.costs.ground import ground_along
from planner.domain.province import Province
from planner.optimise.network import RoadNetwork
from planner.optimise.steiner.network import Network
from planner.optimise.zone_duty import zone_groups

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
    """

    vnd: NDArray[np.float64]
    buried_m: NDArray[np.float64]
    aerial_m: NDArray[np.float64]
    ground: NDArray[np.int8]
    slope_deg: NDArray[np.float64]
    free: NDArray[np.bool_]


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
    province: Province, scenario: Scenario, roads: RoadNetwork, trench_roads: frozenset[int] = frozenset()
) -> EdgePrices:
    """Price new fibre along every edge.

    Inside zones that are underground or have an undergrounding target new fibre is buried, elsewhere it is laid as
    `costs.fibre.placement` says. On a road whose cables are put underground anyway it goes into the open trench and
    pays for the cable alone.

    Parameters
    ----------
    province : Province
        Terrain, zones.
    scenario : Scenario
        Prices and targets.
    roads : RoadNetwork
        The network, laterals included.
    trench_roads : frozenset of int, optional
        Rows of roads that get a trench over their whole length.

    Returns
    -------
    EdgePrices
        Costs and placement.
    """
    prices = fibre_prices(Prices(scenario.costs))
    ground = ground_along(province, gpd.GeoSeries(roads.line, crs=province.crs))
    inside = _share_inside(roads.line, _buried_zones(province, scenario))
    free = roads.cabled & scenario.planning.reuse_cables
    buried_m = np.where(prices.outside_buried, roads.length_m, roads.length_m * inside)
    in_trench = np.isin(roads.road, sorted(trench_roads)) & ~free
    buried_m = np.where(in_trench, roads.length_m, buried_m)
    aerial_m = roads.length_m - buried_m
    vnd = edge_vnd(prices, ground.ground, ground.slope_deg, buried_m, aerial_m, in_trench)
    nothing = np.zeros(roads.n_edges)
    return EdgePrices(
        vnd=np.where(free, nothing, vnd),
        buried_m=np.where(free, nothing, buried_m),
        aerial_m=np.where(free, nothing, aerial_m),
        ground=ground.ground,
        slope_deg=ground.slope_deg,
        free=free,
    )


def edge_vnd(
    prices: FibrePrices,
    ground: NDArray[np.int8],
    slope_deg: NDArray[np.float64],
    buried_m: NDArray[np.float64],
    aerial_m: NDArray[np.float64],
    in_trench: NDArray[np.bool_],
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
    in_trench : ndarray of bool, shape (m,)
        Whether the buried part lies in a trench somebody else pays for.

    Returns
    -------
    ndarray of float64, shape (m,)
        Whole VND.
    """
    per_m = np.where(in_trench, prices.in_open_trench_per_m[ground], prices.buried_per_m[ground])
    flat = buried_m * per_m + aerial_m * prices.aerial_per_m[ground]
    steep = np.where(in_trench, 1.0, slope_multiplier(slope_deg, prices.slope_factor))
    return np.asarray(np.rint(flat * steep))


def join_to_root(roads: RoadNetwork, prices: EdgePrices, lit_nodes: NDArray[np.int64], *, reuse: bool) -> RootedNetwork:
    """Join every node on fibre to one root and drop what no way leads to.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    prices : EdgePrices
        Cost of each edge.
    lit_nodes : ndarray of int64
        Nodes where new fibre may begin besides those a cable touches.
    reuse : bool
        Whether it may begin on any cable; otherwise only at `lit_nodes`.

    Returns
    -------
    RootedNetwork
        Node 0 is the existing network; free edges and edges within it are left out.
    """
    source = roads.on_fibre() if reuse else np.zeros(roads.n_nodes, dtype=bool)
    source[lit_nodes] = True
    piece = roads.components()
    reached = np.isin(piece, np.unique(piece[source]))
    node_of = np.full(roads.n_nodes, -1, dtype=np.int64)
    node_of[source] = ROOT
    others = np.flatnonzero(reached & ~source)
    node_of[others] = np.arange(1, others.size + 1)
    u, v = node_of[roads.u], node_of[roads.v]
    keep = np.flatnonzero((u >= 0) & (v >= 0) & (u != v))
    network = Network(others.size + 1, u[keep].astype(np.int32), v[keep].astype(np.int32), prices.vnd[keep])
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
