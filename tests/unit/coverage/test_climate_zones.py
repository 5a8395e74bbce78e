"""Sea, coastal land and inland: the rule by hand-made waters, and that every path model is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from planner.config.load import load_scenario
from planner.config.propagation import PropagationConfig, SeaConfig
from planner.config.schema import Scenario
from planner.coverage.climate_zones import climate_zones, sea_cells, sea_notes
from planner.coverage.link import LinkEnds, explain_link
from planner.coverage.masts import Mast
from planner.coverage.propagation import Propagation
from planner.coverage.store import context_hash
from planner.coverage.surface import Surface
from planner.data.load import load_province
from planner.domain.grid import Grid
from planner.domain.province import Province, Terrain

CRS = "EPSG:32648"
MakeScenario = Callable[..., Scenario]
WATER, CROPS, SEA, COASTAL, INLAND = 80, 40, 1, 3, 4


def flat(rows: int, cols: int, cell_m: float) -> Terrain:
    """Crops at 20 m."""
    heights, cover = np.full((rows, cols), 20.0, np.float32), np.full((rows, cols), CROPS, np.uint8)
    return Terrain(Grid(CRS, 0.0, rows * cell_m, cell_m, rows, cols), heights, cover, "bare", cell_m)


def flood(terrain: Terrain, where: tuple[slice, slice], surface_asl_m: float) -> None:
    terrain.land_cover[where] = WATER
    terrain.elevation_asl_m[where] = surface_asl_m


def test_sea_is_large_water_at_sea_level() -> None:
    terrain = flat(60, 100, 1000.0)
    flood(terrain, np.s_[:, :10], 0.3)  # 600 km2 at sea level
    flood(terrain, np.s_[10:19, 40:50], 0.0)  # 90 km2: a pond
    flood(terrain, np.s_[40:55, 30:60], 12.0)  # 450 km2, but a lake above the sea
    sea = sea_cells(terrain, PropagationConfig())
    assert sea.sum() == 600
    assert sea[:, :10].all()
    small = PropagationConfig(sea=SeaConfig(smallest_km2=90.0))
    assert sea_cells(terrain, small).sum() == 690
    high = PropagationConfig(sea=SeaConfig(highest_asl_m=12.0))
    assert sea_cells(terrain, high).sum() == 1050
    assert not sea_cells(terrain, PropagationConfig(sea=SeaConfig(highest_asl_m=None))).any()


def test_water_that_touches_by_a_corner_is_one_and_land_cover_decides() -> None:
    terrain = flat(20, 20, 1000.0)
    flood(terrain, np.s_[:10, :10], 0.0)
    flood(terrain, np.s_[10:, 10:], 0.0)
    terrain.elevation_asl_m[:10, 10:] = -1.0  # polders are land
    config = PropagationConfig(sea=SeaConfig(smallest_km2=150.0))
    assert sea_cells(terrain, config).sum() == 200


def test_a_lake_as_large_as_the_recommendation_says_is_sea_at_any_height() -> None:
    terrain = flat(100, 100, 1000.0)
    flood(terrain, np.s_[:78, :], 300.0)
    assert sea_cells(terrain, PropagationConfig()).sum() == 7800
    terrain.land_cover[0, 0] = CROPS
    assert not sea_cells(terrain, PropagationConfig()).any()


def test_coastal_land_is_near_the_sea_and_low() -> None:
    terrain = flat(20, 100, 1000.0)
    flood(terrain, np.s_[:, :20], 0.0)
    terrain.elevation_asl_m[5, 30] = 100.5
    terrain.elevation_asl_m[6, 30] = 100.0
    terrain.elevation_asl_m[7, 30] = np.nan
    zone = climate_zones(terrain, PropagationConfig())
    assert (zone[0, :20] == SEA).all()
    assert (zone[0, 20:70] == COASTAL).all()  # the fiftieth cell lies 50 km from the last of the sea
    assert (zone[0, 70:] == INLAND).all()
    assert zone[5:8, 30].tolist() == [INLAND, COASTAL, INLAND]


def test_without_sea_nothing_is_read_and_nothing_said() -> None:
    terrain = flat(5, 5, 90.0)
    zone = climate_zones(terrain, PropagationConfig())
    assert zone.shape == (0, 0)
    assert sea_notes(Surface(terrain.elevation_asl_m, terrain.elevation_asl_m, 90.0, zone=zone)) == []


def test_the_reader_is_told_how_much_is_sea() -> None:
    terrain = flat(20, 100, 1000.0)
    flood(terrain, np.s_[:, :20], 0.0)
    zone = climate_zones(terrain, PropagationConfig())
    (note,) = sea_notes(Surface(terrain.elevation_asl_m, terrain.elevation_asl_m, 1000.0, zone=zone))
    assert "400 km2 of the terrain are sea and 1,000 km2 coastal land" in note


def coastal(province: Province) -> Province:
    """The small province with the sea over its western third."""
    terrain = province.terrain
    heights, cover = terrain.elevation_asl_m.copy(), terrain.land_cover.copy()
    heights[:, :30], cover[:, :30] = 0.0, WATER
    return replace(province, terrain=replace(terrain, elevation_asl_m=heights, land_cover=cover))


@pytest.mark.parametrize("model", ["p1812", "p452"])
def test_coverage_and_the_link_by_hand_know_the_same_zones(
    province: Province, make_scenario: MakeScenario, model: str
) -> None:
    wet = coastal(province)
    found = {}
    for kind, least in (("sea", 10.0), ("land", 1e6)):
        settings = {"model": model, "mode": "exact", "sampling": "bilinear", "time_pct": 1.0}
        scenario = make_scenario(propagation={**settings, "sea": {"smallest_km2": least}})
        propagation = Propagation(wet, scenario)
        grid = wet.terrain.grid
        (x, far_x), (y, far_y) = grid.centres(np.array([75, 78]), np.array([40, 3]))
        row0, col0, loss = propagation.losses(Mast(float(x), float(y), 3.0, ("lte",), ()), 3500.0)
        to_degrees = Transformer.from_crs(wet.crs, "EPSG:4326", always_xy=True).transform
        ends = LinkEnds(to_degrees(x, y), to_degrees(far_x, far_y), 3.0, 1.5, 1842.5)
        report = explain_link(wet, scenario, ends)
        assert float(loss[0, 78 - row0, 3 - col0]) == pytest.approx(report.loss.loss_db, abs=1e-3)
        assert (set(report.link.needed_profile.zone.tolist()) == {INLAND}) == (kind == "land")
        found[kind] = report.loss
    assert abs(found["sea"].loss_db - found["land"].loss_db) > 0.01


def test_a_kept_field_depends_on_the_zones(province: Province, make_scenario: MakeScenario) -> None:
    wet = coastal(province)
    keys = {
        context_hash(scenario, Propagation(wet, scenario))
        for scenario in (make_scenario(propagation={"sea": {"smallest_km2": least}}) for least in (10.0, 1e6))
    }
    assert len(keys) == 2


def test_ha_long_lies_at_the_sea(root: Path, shared: Path) -> None:
    scenario = load_scenario(root / "scenarios" / "ha_long_2030.yaml", [])
    terrain = load_province(scenario, shared / "data" / "ha_long").terrain
    zone = climate_zones(terrain, scenario.propagation)
    km2 = np.bincount(zone.reshape(-1), minlength=5) * (terrain.grid.cell_m / 1e3) ** 2
    assert 1600.0 < km2[SEA] < 1750.0
    assert km2[COASTAL] > 500.0
    assert km2[INLAND] > 500.0
