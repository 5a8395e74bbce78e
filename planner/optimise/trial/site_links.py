"""How a proposed site could be linked: fibre along roads and its cost, and microwave to existing masts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.constants import EARTH_RADIUS_KM, SPEED_OF_LIGHT_M_S
from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices
from planner.domain.province import Province
from planner.optimise.network.backhaul import CLEARANCE, K_FACTOR
from planner.optimise.network.graph import price_edges
from planner.optimise.network.roads import build_network
from planner.radio.microwave import HopLimit, hop_limits

NEAREST_MASTS = 10
_RURAL = 2


@dataclass(frozen=True)
class FibreLink:
    """Cheapest way to existing fibre.

    Attributes
    ----------
    nearest_fibre_m : float
        Straight distance to the nearest junction on fibre, m.
    lateral_m : float
        From the site to the nearest road junction, m.
    route_m : float
        Along roads from there, m on the ellipsoid.
    cost_vnd : int or None
        Cost of lateral and route, VND; None where no road leads to fibre.
    """

    nearest_fibre_m: float
    lateral_m: float
    route_m: float
    cost_vnd: int | None


@dataclass(frozen=True)
class MicrowavePath:
    """One possible hop to an existing mast.

    Attributes
    ----------
    site_id : str
        The far mast.
    distance_m : float
        Length, m.
    clearance : float
        Least clearance over terrain and clutter in radii of the first Fresnel zone; negative where blocked.
    in_sight : bool
        Whether 0.6 radii are clear, ITU-R P.530.
    on_fibre : bool
        Whether the far mast is on fibre.
    limit : HopLimit
        Frequency the hop would take, with the longest it may be there.
    """

    site_id: str
    distance_m: float
    clearance: float
    in_sight: bool
    on_fibre: bool
    limit: HopLimit


class SiteLinks:
    """Looks up links of proposed sites; builds its graph once.

    Parameters
    ----------
    province : Province
        Roads, cables, terrain, sites.
    scenario : Scenario
        Prices and microwave rules.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._province = province
        self._scenario = scenario
        network, _ = build_network(province)
        self._network = network
        self._nodes = cKDTree(np.column_stack([network.x_m, network.y_m])) if network.n_nodes else None
        self._sources = np.flatnonzero(network.on_fibre())
        if not self._sources.size:
            return
        cost = np.maximum(price_edges(province, scenario, network).vnd, 1.0)  # a stored zero would be no edge
        order = np.argsort(cost, kind="stable")  # of parallel roads the cheapest counts
        ends = np.sort(np.column_stack([network.u, network.v])[order], axis=1)
        self._ends, first = np.unique(ends, axis=0, return_index=True)
        self._length_m = network.length_m[order][first]
        shape = (network.n_nodes, network.n_nodes)
        graph = sparse.coo_array((cost[order][first], (self._ends[:, 0], self._ends[:, 1])), shape=shape).tocsr()
        self._cost, self._before, _ = dijkstra(
            graph, directed=False, indices=self._sources, min_only=True, return_predecessors=True
        )

    def fibre(self, x_m: float, y_m: float) -> FibreLink | None:
        """Cheapest fibre to a point.

        Parameters
        ----------
        x_m, y_m : float
            Position, m.

        Returns
        -------
        FibreLink or None
            None where there is no road or no fibre at all.
        """
        if self._nodes is None or not self._sources.size:
            return None
        away, node = self._nodes.query((x_m, y_m))
        away_m = float(away)
        xy = np.column_stack([self._network.x_m, self._network.y_m])[self._sources]
        nearest = float(np.hypot(xy[:, 0] - x_m, xy[:, 1] - y_m).min())
        if not np.isfinite(self._cost[node]):
            return FibreLink(nearest, away_m, float("nan"), None)
        per_m = float(fibre_prices(Prices(self._scenario.costs)).aerial_per_m[_RURAL])
        route_vnd = 0.0 if self._before[node] < 0 else float(self._cost[node])
        return FibreLink(nearest, away_m, self._route_m(int(node)), round(route_vnd + per_m * away_m))

    def microwave(self, x_m: float, y_m: float, height_agl_m: float, own: str = "") -> list[MicrowavePath]:
        """Hops to the nearest masts within reach, nearest first.

        Parameters
        ----------
        x_m, y_m, height_agl_m : float
            The site's antenna, m.
        own : str, optional
            Site that is not a partner.

        Returns
        -------
        list of MicrowavePath
            At most ten.
        """
        sites = self._province.sites
        sites = sites[sites["site_id"] != own]
        if sites.empty:
            return []
        limits = hop_limits(self._scenario)
        reach_m = max(limit.longest_km for limit in limits) * 1e3
        tree = cKDTree(np.column_stack([sites.geometry.x, sites.geometry.y]))
        count = min(NEAREST_MASTS, len(sites))
        distance, index = tree.query((x_m, y_m), k=[*range(1, count + 1)], distance_upper_bound=reach_m)
        found = []
        for metres, row in zip(np.asarray(distance).tolist(), np.asarray(index).tolist(), strict=True):
            if not np.isfinite(metres):
                continue
            site = sites.iloc[row]
            far = (float(site.geometry.x), float(site.geometry.y), float(site["height_agl_m"]))
            bearing = [limit for limit in limits if metres <= limit.longest_km * 1e3]
            rooms = [self._clearance((x_m, y_m, height_agl_m), far, metres, limit.frequency_ghz) for limit in bearing]
            best = next((i for i, room in enumerate(rooms) if room >= CLEARANCE), 0)
            found.append(
                MicrowavePath(
                    str(site["site_id"]),
                    metres,
                    rooms[best],
                    rooms[best] >= CLEARANCE,
                    str(site["backhaul"]) == "fibre",
                    bearing[best],
                )
            )
        return found

    def _route_m(self, node: int) -> float:
        """Length along the cheapest route back to fibre."""
        metres = 0.0
        while self._before[node] >= 0:
            previous = int(self._before[node])
            pair = np.array(sorted((node, previous)))
            at = int(np.flatnonzero((self._ends == pair).all(axis=1))[0])
            metres += float(self._length_m[at])
            node = previous
        return metres

    def _clearance(
        self, near: tuple[float, float, float], far: tuple[float, float, float], metres: float, frequency_ghz: float
    ) -> float:
        """Least clearance in Fresnel radii; infinite where both stand in one cell, NaN without terrain."""
        grid = self._province.terrain.grid
        if metres <= grid.cell_m:
            return float("inf")
        share = np.linspace(0.0, 1.0, int(np.ceil(2.0 * metres / grid.cell_m)) + 1)
        ground, cover = self._ground(near, far, share)
        ray = ground[0] + near[2] + share * (ground[-1] + far[2] - ground[0] - near[2])
        d1, d2 = share[1:-1] * metres, (1.0 - share[1:-1]) * metres
        wavelength_m = SPEED_OF_LIGHT_M_S / (frequency_ghz * 1e9)
        bulge = d1 * d2 / (2.0 * K_FACTOR * EARTH_RADIUS_KM * 1e3)
        room = ray[1:-1] - ground[1:-1] - cover[1:-1] - bulge
        return float((room / np.sqrt(wavelength_m * d1 * d2 / metres)).min())

    def _ground(
        self, near: tuple[float, float, float], far: tuple[float, float, float], share: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Terrain and clutter heights along a straight path, NaN outside the raster."""
        terrain, grid = self._province.terrain, self._province.terrain.grid
        row, col = grid.cells(near[0] + share * (far[0] - near[0]), near[1] + share * (far[1] - near[1]))
        inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
        at = row.clip(0, grid.rows - 1), col.clip(0, grid.cols - 1)
        heights = np.zeros(256)
        if terrain.kind == "bare":
            for code, clutter in self._scenario.propagation.clutter.items():
                heights[code] = clutter.height_m
        ground = np.where(inside, terrain.elevation_asl_m[at].astype(np.float64), np.nan)
        return ground, heights[terrain.land_cover[at]]
