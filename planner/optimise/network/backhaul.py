"""How a radio site reaches the network: fibre along the road, or microwave over the terrain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.constants import EARTH_RADIUS_KM, SPEED_OF_LIGHT_M_S
from planner.costs.catalogue import Prices
from planner.domain.province import Province
from planner.radio.microwave import HopLimit, hop_limits, spare_margin_db

K_FACTOR = 4.0 / 3.0  # median effective earth radius factor, ITU-R P.530
CLEARANCE = 0.6  # share of the first Fresnel zone kept clear, ITU-R P.530
NEAREST_HOSTS = 12


@dataclass(frozen=True)
class SiteNeed:
    """A site that must be linked to the network.

    Attributes
    ----------
    site_id : str
        Existing site, or id of the proposal.
    operator : str
        Its operator.
    x_m, y_m : float
        Position, m.
    height_agl_m : float
        Height of the microwave antenna, m above ground.
    work_ids : tuple of str
        Radio works that wait for the link.
    must_be_fibre : bool
        Whether microwave will not do.
    due_year : int
        Year the site's target is due; 0 for none.
    what : str
        'radio site' or 'place' (school, clinic, camera, data centre ...).
    """

    site_id: str
    operator: str
    x_m: float
    y_m: float
    height_agl_m: float
    work_ids: tuple[str, ...] = ()
    must_be_fibre: bool = False
    due_year: int = 0
    what: str = "radio site"


@dataclass(frozen=True)
class MicrowaveLink:
    """The cheapest microwave link of a site.

    Attributes
    ----------
    cost_vnd : int
        Cost of all its hops, VND.
    hosts : tuple of str
        Sites it runs over, the last one on fibre.
    hop_km : tuple of float
        Length of each hop, km.
    limits : tuple of HopLimit
        Frequency of each hop with the longest it may be.
    spare_db : float
        Least margin that rain leaves on any hop, dB.
    """

    cost_vnd: int
    hosts: tuple[str, ...]
    hop_km: tuple[float, ...]
    limits: tuple[HopLimit, ...]
    spare_db: float


def place_needs(province: Province, scenario: Scenario) -> list[SiteNeed]:
    """List the places that want fibre: all that the data lists, once a target asks for communes or homes on fibre.

    Parameters
    ----------
    province : Province
        Its `places`, where given.
    scenario : Scenario
        Targets; the earliest fibre target's year counts for places.

    Returns
    -------
    list of SiteNeed
        Sorted by id.
    """
    years = [target.year for target in scenario.targets if target.kind.startswith("fibre")]
    if province.places is None or not years:
        return []
    places = province.places.sort_values("place_id")
    return [
        SiteNeed(f"place:{name}", "any", point.x, point.y, 0.0, (), True, min(years), "place")
        for name, point in zip(places["place_id"], places.geometry, strict=True)
    ]


def merge_needs(needs: Sequence[SiteNeed]) -> tuple[SiteNeed, ...]:
    """Join the needs of one mast: its operators share the link.

    Parameters
    ----------
    needs : sequence of SiteNeed
        One entry per mast and operator, in any order.

    Returns
    -------
    tuple of SiteNeed
        One entry per mast, sorted by id; the first operator by name owns the link, the earliest year counts.
    """
    grouped: dict[str, list[SiteNeed]] = {}
    for need in sorted(needs, key=lambda item: (item.site_id, item.operator)):
        grouped.setdefault(need.site_id, []).append(need)
    return tuple(
        replace(
            group[0],
            work_ids=tuple(name for need in group for name in need.work_ids),
            must_be_fibre=any(need.must_be_fibre for need in group),
            due_year=min((need.due_year for need in group if need.due_year), default=0),
        )
        for group in grouped.values()
    )


def fibre_is_needed(scenario: Scenario, technology: str) -> bool:
    """Tell whether a site of a technology has to be on fibre.

    Parameters
    ----------
    scenario : Scenario
        Keys `planning.backhaul_needs_fibre_5g` and `planning.microwave_allowed`.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    bool
        True where microwave will not do.
    """
    planning = scenario.planning
    return not planning.microwave_allowed or (technology == "5g" and planning.backhaul_needs_fibre_5g)


def microwave_links(province: Province, scenario: Scenario, needs: Sequence[SiteNeed]) -> list[MicrowaveLink | None]:
    """Find each site's cheapest microwave link: one hop to a site on fibre, or two over an existing mast.

    Parameters
    ----------
    province : Province
        Terrain, land cover and existing sites.
    scenario : Scenario
        Frequencies, link budget, rain, clutter heights, price of a hop.
    needs : sequence of SiteNeed
        Sites to link.

    Returns
    -------
    list of MicrowaveLink or None
        None where nothing is in sight or microwave is not allowed for the site.
    """
    if not scenario.planning.microwave_allowed or all(need.must_be_fibre for need in needs):
        return [None] * len(needs)
    sky = _Sky(province, scenario)
    return [None if need.must_be_fibre else sky.link(need) for need in needs]


def line_of_sight(
    surface_asl_m: NDArray[np.float64],
    distance_m: float,
    start_asl_m: float,
    end_asl_m: float,
    frequency_ghz: float,
) -> bool:
    """Tell whether a hop keeps 0.6 of the first Fresnel zone clear over a bulging earth.

    Parameters
    ----------
    surface_asl_m : ndarray of float64, shape (n,)
        Ground with what stands on it at evenly spaced points from start to end, m; NaN counts as blocked.
    distance_m : float
        Length of the hop, m.
    start_asl_m, end_asl_m : float
        Antenna heights, m above sea level.
    frequency_ghz : float
        Frequency, GHz.

    Returns
    -------
    bool
        True where the path is clear; the ends themselves are not tested.
    """
    share = np.linspace(0.0, 1.0, surface_asl_m.size)[1:-1]
    d1, d2 = share * distance_m, (1.0 - share) * distance_m
    wavelength_m = SPEED_OF_LIGHT_M_S / (frequency_ghz * 1e9)
    fresnel_m = np.sqrt(wavelength_m * d1 * d2 / distance_m)
    bulge_m = d1 * d2 / (2.0 * K_FACTOR * EARTH_RADIUS_KM * 1e3)
    ray_m = start_asl_m + share * (end_asl_m - start_asl_m)
    return bool((ray_m - CLEARANCE * fresnel_m >= surface_asl_m[1:-1] + bulge_m).all())


class _Sky:
    """Existing masts and what stands between them."""

    def __init__(self, province: Province, scenario: Scenario) -> None:
        sites = province.sites
        self._limits = hop_limits(scenario)
        self._microwave = scenario.planning.microwave
        self._vapour_g_m3 = scenario.propagation.vapour_density_g_m3
        self._hop_vnd = Prices(scenario.costs).vnd(scenario.costs.sites.microwave_hop)
        self._grid = province.terrain.grid
        heights = np.zeros(256)
        for code, clutter in scenario.propagation.clutter.items():
            heights[code] = clutter.height_m if province.terrain.kind == "bare" else 0.0
        self._ground = province.terrain.elevation_asl_m
        self._surface = self._ground + heights[province.terrain.land_cover]
        self._id = sites["site_id"].to_numpy(dtype=str)
        self._xy = np.column_stack([sites.geometry.x, sites.geometry.y]).reshape(-1, 2)
        self._top_asl_m = self._height_at(self._xy) + sites["height_agl_m"].to_numpy(dtype=np.float64)
        on_fibre = (sites["backhaul"] == "fibre").to_numpy()
        self._fibre = np.flatnonzero(on_fibre & np.isfinite(self._top_asl_m))
        self._masts = np.flatnonzero(np.isfinite(self._top_asl_m))
        self._trees = {id(part): cKDTree(self._xy[part]) for part in (self._fibre, self._masts) if part.size}

    def link(self, need: SiteNeed) -> MicrowaveLink | None:
        """Cheapest link of one site."""
        here = np.array([need.x_m, need.y_m])
        top = float(self._height_at(here[None])[0]) + need.height_agl_m
        if not np.isfinite(top):
            return None
        for host, metres in self._near(here, self._fibre, need.site_id):
            limit = self._clear(here, top, host, metres)
            if limit is not None:
                return self._link((host,), (metres,), (limit,))
        for relay, first in self._near(here, self._masts, need.site_id):
            near = self._clear(here, top, relay, first)
            if near is None:
                continue
            for host, second in self._near(self._xy[relay], self._fibre, str(self._id[relay])):
                far = self._clear(self._xy[relay], float(self._top_asl_m[relay]), host, second)
                if far is not None:
                    return self._link((relay, host), (first, second), (near, far))
        return None

    def _link(self, masts: tuple[int, ...], metres: tuple[float, ...], limits: tuple[HopLimit, ...]) -> MicrowaveLink:
        """A link over some masts."""
        spare = [
            spare_margin_db(self._microwave, limit.frequency_ghz, max(length, 1.0) / 1e3, self._vapour_g_m3)
            for length, limit in zip(metres, limits, strict=True)
        ]
        hosts = tuple(str(self._id[mast]) for mast in masts)
        return MicrowaveLink(
            len(masts) * self._hop_vnd, hosts, tuple(length / 1e3 for length in metres), limits, min(spare)
        )

    def _near(self, here: NDArray[np.float64], masts: NDArray[np.int64], own: str) -> list[tuple[int, float]]:
        """Nearest masts within the longest hop, nearest first, without the site itself."""
        if not masts.size:
            return []
        reach_m = max(limit.longest_km for limit in self._limits) * 1e3
        count = min(NEAREST_HOSTS + 1, masts.size)
        distance, index = self._trees[id(masts)].query(here, k=count, distance_upper_bound=reach_m)
        pairs = zip(np.atleast_1d(index).tolist(), np.atleast_1d(distance).tolist(), strict=True)
        return [(int(masts[i]), metres) for i, metres in pairs if np.isfinite(metres) and self._id[masts[i]] != own]

    def _clear(self, here: NDArray[np.float64], top_asl_m: float, host: int, metres: float) -> HopLimit | None:
        """Highest frequency that bears a hop's length and sees the mast; masts that share a roof always do."""
        bearing = [limit for limit in self._limits if metres <= limit.longest_km * 1e3]
        if metres < self._grid.cell_m:
            return bearing[0] if bearing else None
        count = int(np.ceil(metres / (0.5 * self._grid.cell_m))) + 1
        share = np.linspace(0.0, 1.0, count)[:, None]
        path = self._surface_at(here + share * (self._xy[host] - here)) if bearing else np.empty(0)
        end = float(self._top_asl_m[host])
        for limit in bearing:
            if line_of_sight(path, metres, top_asl_m, end, limit.frequency_ghz):
                return limit
        return None

    def _height_at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._sample(self._ground, xy)

    def _surface_at(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._sample(self._surface, xy)

    def _sample(self, raster: NDArray[np.floating], xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raster values at points; NaN outside."""
        row, col = self._grid.cells(xy[:, 0], xy[:, 1])
        inside = (row >= 0) & (row < self._grid.rows) & (col >= 0) & (col < self._grid.cols)
        values = raster[row.clip(0, self._grid.rows - 1), col.clip(0, self._grid.cols - 1)].astype(np.float64)
        return np.where(inside, values, np.nan)
