"""One link on the scenario's terrain: its profile by a named rule, and every intermediate value of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from planner.config.propagation import PropagationConfig
from planner.config.schema import Scenario
from planner.constants import SPEED_OF_LIGHT_M_S
from planner.coverage.end_losses import gases_db, receiver_clutter_db
from planner.coverage.offsets import decades, is_fitted, offset_db
from planner.coverage.propagation import Propagation
from planner.domain.province import Province
from planner.errors import Complaint, DataError
from planner.kernels.profile import (
    PROFILE_OK,
    PROFILE_OUTSIDE,
    Segment,
    equal_steps,
    grid_capacity,
    sample_bilinear,
    sample_grid,
)
from planner.radio.models.base import INLAND, Environment, Link, Loss, Profile
from planner.radio.models.registry import path_model

Sampling = Literal["bilinear", "grid"]
_STANDARD_N_KM = 157.0  # ITU-R P.1812-8 equation (6): k = 157 / (157 - DN)


@dataclass(frozen=True)
class LinkEnds:
    """Where a link runs and what it transmits.

    Attributes
    ----------
    tx_lonlat_deg, rx_lonlat_deg : tuple of float
        Longitude and latitude of both ends, degrees (WGS 84).
    tx_height_agl_m, rx_height_agl_m : float
        Antenna heights above ground, m.
    frequency_mhz : float
        Frequency, MHz.
    band : str or None
        Band label, which may have a model and a calibration offset of its own.
    """

    tx_lonlat_deg: tuple[float, float]
    rx_lonlat_deg: tuple[float, float]
    tx_height_agl_m: float
    rx_height_agl_m: float
    frequency_mhz: float
    band: str | None = None


@dataclass(frozen=True)
class LinkReport:
    """A link worked out.

    Attributes
    ----------
    link : Link
        The question put to the model, profile included.
    loss : Loss
        The answer with all intermediates.
    model : str
        Title of the model.
    fresnel_m : ndarray of float64, shape (n,)
        Radius of the first Fresnel zone at every sample, m.
    ray_asl_m : ndarray of float64, shape (n,)
        Height of the straight ray over the curved earth, m above sea level: bent down by the earth's bulge.
    additions_db : dict of str to float
        What coverage adds to the model's loss, by name, dB: gases, clutter at the receiver, calibration.
    sampling : str
        Rule the profile was taken by.
    """

    link: Link
    loss: Loss
    model: str
    fresnel_m: NDArray[np.float64]
    ray_asl_m: NDArray[np.float64]
    additions_db: dict[str, float]
    sampling: str

    @property
    def total_db(self) -> float:
        """Loss coverage is computed from, dB.

        Returns
        -------
        float
            The model's loss and all additions.
        """
        return self.loss.loss_db + sum(self.additions_db.values())

    @property
    def clearance_share(self) -> float:
        """Least clearance over terrain and clutter, as a share of the first Fresnel zone.

        Returns
        -------
        float
            1 and more is free; 0 touches; negative is shadowed. Terminals are not counted.
        """
        return float(np.nanmin(self.clearances, initial=np.inf))

    @property
    def clearances(self) -> NDArray[np.float64]:
        """Clearance over terrain and clutter at every sample, shares of the first Fresnel zone.

        Returns
        -------
        ndarray of float64, shape (n,)
            NaN at the terminals.
        """
        profile = self.link.needed_profile
        found = np.full(len(profile.terrain_asl_m), np.nan)
        inner = slice(1, -1)
        top = profile.terrain_asl_m[inner] + profile.clutter_height_m[inner]
        found[inner] = (self.ray_asl_m[inner] - top) / self.fresnel_m[inner]
        return found


def explain_link(
    province: Province,
    scenario: Scenario,
    ends: LinkEnds,
    *,
    sampling: Sampling | None = None,
    model: str | None = None,
) -> LinkReport:
    """Work one link out by hand's reach: profile, Fresnel zone, every intermediate.

    Parameters
    ----------
    province : Province
        Terrain and land cover.
    scenario : Scenario
        Clutter heights, atmosphere, model.
    ends : LinkEnds
        Where and what.
    sampling : {'bilinear', 'grid'}, optional
        Rule the profile is taken by; the scenario's when absent.
    model : str, optional
        Model's name; when absent the scenario's for the receiver's environment or the band.

    Returns
    -------
    LinkReport
        Question and answer.

    Raises
    ------
    DataError
        If an end or the path leaves the terrain.
    ModelRangeError
        If the model does not answer for such a link.
    """
    propagation = Propagation(province, scenario)
    config = scenario.propagation
    rule = sampling or config.sampling
    profile = _profile(propagation, province, ends, rule)
    code = _receiver_class(province, ends)
    clutter = config.clutter.get(code)
    environment: Environment = "open" if clutter is None else clutter.environment
    link = Link(
        frequency_mhz=ends.frequency_mhz,
        tx_height_agl_m=ends.tx_height_agl_m,
        rx_height_agl_m=ends.rx_height_agl_m,
        distance_km=profile.length_km,
        profile=profile,
        polarisation=config.polarisation,
        time_pct=config.time_pct,
        delta_n=_delta_n(propagation),
        n0=propagation.climate.n0,
        latitude_deg=0.5 * (ends.tx_lonlat_deg[1] + ends.rx_lonlat_deg[1]),
        environment=environment,
    )
    name = model or config.model_by_environment.get(environment) or config.model_by_band.get(ends.band or "")
    chosen = path_model(name or config.model)
    fresnel_m, ray_asl_m = _ray(link, propagation.earth_radius_m / 1e3)
    added_db = _additions_db(config, name or config.model, ends, code, profile.length_km)
    return LinkReport(link, chosen.loss(link), chosen.card.title, fresnel_m, ray_asl_m, added_db, rule)


def _additions_db(
    config: PropagationConfig, model: str, ends: LinkEnds, code: int, length_km: float
) -> dict[str, float]:
    """What coverage adds to a model's loss, by name; nothing that is zero by the scenario's own choice."""
    distance_km, classes = np.array([length_km]), np.array([code], np.uint8)
    where = ends.frequency_mhz, ends.rx_height_agl_m
    parts = {
        "gases, ITU-R P.676-13": gases_db(config, model, where[0], distance_km),
        "clutter at the receiver, ITU-R P.2108-1": receiver_clutter_db(config, model, *where, classes, distance_km),
    }
    clutter = config.clutter.get(code)
    if clutter is not None and is_fitted(clutter):
        parts[f"calibration of {clutter.name}"] = offset_db(clutter, ends.band, decades(distance_km * 1e3))
    return {name: float(part[0]) for name, part in parts.items() if part[0] != 0.0}


def _delta_n(propagation: Propagation) -> float:
    """Refractivity lapse rate; the one that gives the configured k factor where there is one."""
    earth_k = propagation.scenario.propagation.earth_k
    if earth_k is None:
        return propagation.climate.delta_n
    return _STANDARD_N_KM * (1.0 - 1.0 / earth_k)


def _receiver_class(province: Province, ends: LinkEnds) -> int:
    """Land-cover class of the receiver's cell."""
    terrain = province.terrain
    to_metres = Transformer.from_crs("EPSG:4326", province.crs, always_xy=True)
    row, col = terrain.grid.cells(*to_metres.transform(*ends.rx_lonlat_deg))
    return int(terrain.land_cover[min(int(row), terrain.grid.rows - 1), min(int(col), terrain.grid.cols - 1)])


def _profile(propagation: Propagation, province: Province, ends: LinkEnds, sampling: Sampling) -> Profile:
    grid = province.terrain.grid
    to_metres = Transformer.from_crs("EPSG:4326", province.crs, always_xy=True)
    xy = [to_metres.transform(*lonlat) for lonlat in (ends.tx_lonlat_deg, ends.rx_lonlat_deg)]
    (row0, col0), (row1, col1) = [
        ((grid.y_north_m - y) / grid.cell_m - 0.5, (x - grid.x_west_m) / grid.cell_m - 0.5) for x, y in xy
    ]
    path = Segment(row0, col0, row1, col1)
    length_m = float(np.hypot(xy[1][0] - xy[0][0], xy[1][1] - xy[0][1]))
    if not length_m > 0.0 or not np.isfinite(length_m):
        raise DataError(
            "the link has no length", [Complaint("--from, --to", "the same point twice", "give two points")]
        )
    surface = propagation.surface
    if sampling == "bilinear":
        steps = equal_steps(length_m, grid.cell_m)
        share = np.arange(steps + 1) / steps
        heights, clutter = np.empty(steps + 1), np.empty(steps + 1)
        status = sample_bilinear(surface.elevation_asl_m, surface.clutter_height_m, path, steps, heights, clutter)
    else:
        room = grid_capacity(path)
        share, heights, clutter = np.empty(room), np.empty(room), np.empty(room)
        count, status = sample_grid(surface.elevation_asl_m, surface.clutter_height_m, path, share, heights, clutter)
        share, heights, clutter = share[:count], heights[:count], clutter[:count]
    if status != PROFILE_OK:
        found = "the path leaves the terrain" if status == PROFILE_OUTSIDE else "the path crosses cells without terrain"
        raise DataError(
            "the link has no profile", [Complaint("--from, --to", found, "choose points inside the terrain")]
        )
    return Profile(share * length_m / 1e3, heights, clutter, _zones(propagation, path, share))


def _zones(propagation: Propagation, path: Segment, share: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Radio-climatic zone of the cell nearest to each sample."""
    zone = propagation.surface.zone
    if not zone.size:
        return np.full(share.size, INLAND, np.uint8)
    row = np.floor(path.row0 + share * (path.row1 - path.row0) + 0.5).astype(np.int64)
    col = np.floor(path.col0 + share * (path.col1 - path.col0) + 0.5).astype(np.int64)
    return np.asarray(zone[np.clip(row, 0, zone.shape[0] - 1), np.clip(col, 0, zone.shape[1] - 1)])


def _ray(link: Link, radius_km: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First Fresnel radius and height of the ray at every sample."""
    profile = link.needed_profile
    d1, total = profile.distance_km * 1e3, profile.length_km * 1e3
    d2 = total - d1
    wavelength_m = SPEED_OF_LIGHT_M_S / (link.frequency_mhz * 1e6)
    fresnel_m = np.sqrt(wavelength_m * d1 * d2 / total)
    start = profile.terrain_asl_m[0] + link.tx_height_agl_m
    end = profile.terrain_asl_m[-1] + link.rx_height_agl_m
    bulge_m = d1 * d2 / (2.0 * radius_km * 1e3)
    return fresnel_m, start + (end - start) * d1 / total - bulge_m
