"""Loss and viewing angles around a mast: the scenario's models over the province's terrain, with calibration."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.climate_zones import climate_zones
from planner.coverage.engine import EngineSettings, Surface, allocate_scratch, mast_loss, place_mast
from planner.coverage.masts import Mast
from planner.coverage.offsets import decades, is_fitted, offset_db
from planner.coverage.other_models import model_loss
from planner.coverage.patterns import scenario_patterns
from planner.coverage.radius import mast_radius_m
from planner.data.itu_maps import refractivity
from planner.domain.province import Province
from planner.kernels.antenna import MastFrame, PatternTables
from planner.kernels.best_server import mast_angles
from planner.kernels.p1812.path import effective_radius_km
from planner.kernels.rim import serves_any, survey_disc
from planner.radio.link_budget import receiver_config, serving_threshold


@dataclass(frozen=True)
class MastField:
    """What a mast's surroundings look like from its antennas.

    Attributes
    ----------
    row0, col0 : int
        First cell of the window.
    loss_db : ndarray of float32, shape (n_carriers, rows, cols)
        Median basic transmission loss per carrier of the mast; NaN beyond the radius and where terrain is missing.
    frame : MastFrame
        Where the mast stands in the raster: what its antennas see the cells from.
    radius_m : float
        Radius it was computed to, m.
    cut_carriers : tuple of str
        Carriers whose signal is still usable at the radius.
    missing_cells : int
        Cells within the radius without a loss because terrain on their path is missing.
    """

    row0: int
    col0: int
    loss_db: NDArray[np.float32]
    frame: MastFrame
    radius_m: float
    cut_carriers: tuple[str, ...] = ()
    missing_cells: int = 0


class Propagation:
    """The scenario's propagation over one province; safe to use from several threads.

    Parameters
    ----------
    province : Province
        Terrain and land cover.
    scenario : Scenario
        Models, clutter, antennas, receivers.

    Attributes
    ----------
    mast_threads : int
        Threads that share the work of one mast; more than one where single masts are waited for.
    """

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self.scenario = scenario
        self.terrain = province.terrain
        self.patterns: Mapping[str, PatternTables] = scenario_patterns(scenario)
        self.receiver_agl_m = receiver_config(scenario, scenario.coverage.receiver).height_agl_m
        self.surface = build_surface(province, scenario)
        self.latitude_deg, longitude_deg = _centre_deg(province)
        self.climate = refractivity(scenario.propagation, self.latitude_deg, longitude_deg)
        self.range_warnings: set[str] = set()
        self.mast_threads = 1
        self._memory = threading.local()
        self._thresholds_dbm: dict[str, float] = {}

    @cached_property
    def earth_radius_m(self) -> float:
        """Median effective earth radius, m."""
        given = self.scenario.propagation.earth_k
        if given is not None:
            return given * 6_371_000.0
        return float(effective_radius_km(self.climate.delta_n)) * 1e3

    def settings(self, radius_m: float) -> EngineSettings:
        """Engine settings of the scenario for a radius.

        Parameters
        ----------
        radius_m : float
            Radius, m.

        Returns
        -------
        EngineSettings
            Settings.
        """
        config = self.scenario.propagation
        return EngineSettings(
            mode=config.mode,
            sampling=config.sampling,
            rays_per_cell=config.rays_per_cell,
            radius_m=radius_m,
            time_pct=config.time_pct,
            delta_n=self.climate.delta_n,
            earth_k=config.earth_k,
            n0=self.climate.n0,
            receiver_agl_m=self.receiver_agl_m,
            vertical=config.polarisation == "vertical",
            latitude_deg=self.latitude_deg,
        )

    def field(self, mast: Mast, radius_m: float | None = None) -> MastField:
        """Compute a mast's losses and angles.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float, optional
            Radius, m; the scenario's, or one derived from the link budget, when absent.

        Returns
        -------
        MastField
            Its field.
        """
        radius = mast_radius_m(self, mast) if radius_m is None else radius_m
        return self.field_of(mast, radius, self.losses(mast, radius))

    def field_of(self, mast: Mast, radius_m: float, losses: tuple[int, int, NDArray[np.float32]]) -> MastField:
        """Complete losses with what a reader must know of them.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float
            Radius the losses were computed to, m.
        losses : tuple
            First row and column of the window, and losses per carrier.

        Returns
        -------
        MastField
            The field.
        """
        row0, col0, loss = losses
        frame = self.frame(mast)
        rim = np.empty(loss[0].size, dtype=np.int64)
        missing, listed = survey_disc(loss[0], (row0, col0), frame, radius_m / frame.cell_m, rim)
        field = MastField(row0, col0, loss, frame, radius_m, missing_cells=missing)
        return replace(field, cut_carriers=self._cut_carriers(mast, field, rim[:listed]))

    def angles(self, field: MastField) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Directions in which a mast sees the cells of its field.

        Parameters
        ----------
        field : MastField
            The field.

        Returns
        -------
        tuple of ndarray of float32, shape (rows, cols)
            Azimuth and depression, degrees.
        """
        azimuth = np.empty(field.loss_db.shape[1:], dtype=np.float32)
        depression = np.empty_like(azimuth)
        mast_angles(self.terrain.elevation_asl_m, field.row0, field.col0, field.frame, azimuth, depression)
        return azimuth, depression

    def losses(self, mast: Mast, radius_m: float) -> tuple[int, int, NDArray[np.float32]]:
        """Calibrated losses of a mast's carriers by the models the scenario names.

        Parameters
        ----------
        mast : Mast
            The mast.
        radius_m : float
            Radius, m.

        Returns
        -------
        tuple
            First row and column of the window and losses (n_carriers, rows, cols), dB.
        """
        config = self.scenario.propagation
        carriers = [self.scenario.radio.carriers[name] for name in mast.carriers]
        models = [config.model_by_band.get(carrier.band, config.model) for carrier in carriers]
        everywhere = set(config.model_by_environment.values())
        frequencies = np.array([carrier.frequency_mhz for carrier in carriers], dtype=np.float64)
        by_model: dict[str, NDArray[np.float32]] = {}
        for name in sorted({*models, *everywhere}):
            asked = [i for i, model in enumerate(models) if model == name or name in everywhere]
            if name == "p1812":
                row0, col0, found = self._p1812(mast, frequencies[asked], radius_m)
            else:
                row0, col0, found = model_loss(self, name, mast, frequencies[asked], radius_m)
            by_model[name] = np.full((len(models), *found.shape[1:]), np.nan, dtype=np.float32)
            by_model[name][asked] = found
        loss = by_model[models[0]] if len(by_model) == 1 else np.stack([by_model[m][i] for i, m in enumerate(models)])
        rows, cols = loss.shape[1:]
        classes = self.terrain.land_cover[row0 : row0 + rows, col0 : col0 + cols]
        for environment, name in sorted(config.model_by_environment.items()):
            codes = [code for code, clutter in config.clutter.items() if clutter.environment == environment]
            here = np.isin(classes, codes)
            loss[:, here] = by_model[name][:, here]
        self._calibrate(mast, row0, col0, classes, loss)
        return row0, col0, loss

    def frame(self, mast: Mast) -> MastFrame:
        """Where a mast stands in the raster.

        Parameters
        ----------
        mast : Mast
            The mast.

        Returns
        -------
        MastFrame
            Its frame; the antenna height is NaN where the mast stands outside the terrain.
        """
        surface, grid = self.surface, self.terrain.grid
        placed = place_mast(surface, mast.x_m, mast.y_m, mast.height_agl_m)
        if placed is None:
            x_cells = (mast.x_m - grid.x_west_m) / grid.cell_m
            y_cells = (grid.y_north_m - mast.y_m) / grid.cell_m
            return MastFrame(x_cells, y_cells, grid.cell_m, np.nan, self.receiver_agl_m, self.earth_radius_m)
        return MastFrame(
            placed.col + placed.off_col + 0.5,
            placed.row + placed.off_row + 0.5,
            grid.cell_m,
            float(placed.antenna_asl_m),
            self.receiver_agl_m,
            self.earth_radius_m,
        )

    def threshold_dbm(self, carrier: str) -> float:
        """Median level at which the scenario's receiver counts as served by a carrier, dBm.

        Parameters
        ----------
        carrier : str
            Carrier's name.

        Returns
        -------
        float
            Level, dBm.
        """
        if carrier not in self._thresholds_dbm:
            receiver, cell_m = self.scenario.coverage.receiver, self.terrain.grid.cell_m
            self._thresholds_dbm[carrier] = serving_threshold(self.scenario, carrier, receiver, cell_m).level_dbm
        return self._thresholds_dbm[carrier]

    def _p1812(
        self, mast: Mast, frequencies_mhz: NDArray[np.float64], radius_m: float
    ) -> tuple[int, int, NDArray[np.float32]]:
        """Losses by the engine, with working memory that each thread keeps."""
        settings, size = self.settings(radius_m), (radius_m, self.mast_threads)
        if getattr(self._memory, "size", None) != size:
            self._memory.scratch = [allocate_scratch(self.surface, settings) for _ in range(self.mast_threads)]
            self._memory.size = size
        field = mast_loss(
            self.surface, mast.x_m, mast.y_m, mast.height_agl_m, frequencies_mhz, settings, self._memory.scratch
        )
        return field.row0, field.col0, field.loss_db

    def _calibrate(
        self, mast: Mast, row0: int, col0: int, classes: NDArray[np.uint8], loss: NDArray[np.float32]
    ) -> None:
        """Add offset and slope of each clutter class to the losses of its cells."""
        clutter = self.scenario.propagation.clutter
        fitted = {code: entry for code, entry in clutter.items() if is_fitted(entry)}
        if not fitted:
            return
        rows, cols = classes.shape
        frame = self.frame(mast)
        dy = (row0 + np.arange(rows) + 0.5 - frame.y_cells)[:, None]
        dx = (col0 + np.arange(cols) + 0.5 - frame.x_cells)[None, :]
        from_1_km = decades(np.hypot(dx, dy) * frame.cell_m).astype(np.float32)
        bands = [self.scenario.radio.carriers[name].band for name in mast.carriers]
        for code, entry in sorted(fitted.items()):
            here = classes == code
            for number, band in enumerate(bands):
                loss[number, here] += offset_db(entry, band, from_1_km[here])

    def _cut_carriers(self, mast: Mast, field: MastField, rim: NDArray[np.int64]) -> tuple[str, ...]:
        """Carriers that still serve a cell of the outermost ring."""
        origin = field.row0, field.col0
        cut = {
            name
            for group in mast.groups
            if serves_any(
                field.loss_db[mast.carriers.index(name := group.layer[1])],
                rim,
                self.terrain.elevation_asl_m,
                origin,
                field.frame,
                group.arrays,
                self.patterns[group.antenna],
                self.threshold_dbm(name),
            )
        }
        return tuple(sorted(cut))


def build_surface(province: Province, scenario: Scenario) -> Surface:
    """Terrain, representative clutter heights and radio-climatic zones as the engine takes them.

    Parameters
    ----------
    province : Province
        Terrain and land cover.
    scenario : Scenario
        Clutter classes (a surface model gets no heights on top) and which water is sea.

    Returns
    -------
    Surface
        The surface.
    """
    terrain = province.terrain
    heights = np.zeros(256, dtype=np.float32)
    if terrain.kind == "bare":
        for code, clutter in scenario.propagation.clutter.items():
            if 0 <= code < 256:
                heights[code] = clutter.height_m
    return Surface(
        elevation_asl_m=terrain.elevation_asl_m,
        clutter_height_m=heights[terrain.land_cover],
        cell_m=terrain.grid.cell_m,
        x_west_m=terrain.grid.x_west_m,
        y_north_m=terrain.grid.y_north_m,
        zone=climate_zones(terrain, scenario.propagation),
    )


def _centre_deg(province: Province) -> tuple[float, float]:
    """Latitude and longitude of the middle of the terrain, degrees."""
    from pyproj import Transformer

    west, south, east, north = province.terrain.grid.bounds_m
    to_degrees = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(0.5 * (west + east), 0.5 * (south + north))
    return float(latitude), float(longitude)
