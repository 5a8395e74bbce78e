"""What every propagation model is given: a scenario over the ground of its province."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.climate_zones import climate_zones
from planner.coverage.engine import place_mast
from planner.coverage.masts import Mast
from planner.coverage.patterns import scenario_patterns
from planner.coverage.surface import EngineSettings, Surface
from planner.data.itu_maps import refractivity
from planner.domain.province import Province
from planner.kernels.antenna import MastFrame, PatternTables
from planner.kernels.p1812.path import effective_radius_km
from planner.radio.link_budget import receiver_config, serving_threshold


class Scene:
    """Terrain, clutter, zones, climate, antennas and receiver of a scenario in its province.

    Parameters
    ----------
    province : Province
        Terrain and land cover.
    scenario : Scenario
        Clutter, climate, antennas, receivers.

    Attributes
    ----------
    range_warnings : set of str
        What models said about inputs near the edge of their range.
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
