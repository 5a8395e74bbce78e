"""The synthetic district: the same bytes each time, and something to plan in every respect."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from planner.config.schema import Scenario
from planner.data.checks import audit
from planner.data.load import load_province
from planner.data.synthetic import SIZES, SYNTHETIC_FILES, make_province_folder


def _hashes(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in SYNTHETIC_FILES.values()}


def test_a_seed_gives_the_same_bytes_and_another_seed_others(district: Path, tmp_path: Path) -> None:
    make_province_folder("S", 1, tmp_path / "again")
    make_province_folder("S", 2, tmp_path / "other")
    assert _hashes(tmp_path / "again") == _hashes(district)
    other = _hashes(tmp_path / "other")
    assert not set(other.values()) & set(_hashes(district).values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_district_passes_the_audit_and_gives_the_plan_something_to_do(
    seed: int, tmp_path: Path, demo: Scenario
) -> None:
    make_province_folder("S", seed, tmp_path)
    assert [item for item in audit(demo, tmp_path) if item.severity != "info"] == []
    province = load_province(demo, tmp_path)
    size = SIZES["S"]
    assert (len(province.communes), len(province.areas), len(province.sites)) == (
        size.communes,
        size.villages,
        size.sites,
    )
    fibre = province.areas.groupby("commune_code")["households_fibre"].sum()
    assert (fibre == 0).any()
    assert (fibre > 0).any()
    assert 0 < province.sites["has_5g"].sum() < 0.25 * size.sites
    assert set(province.sites.loc[province.sites["has_5g"], "operator"]) <= {"Viettel", "VNPT", "MobiFone"}
    assert (province.sites["colocated_with"] != "").any()
    assert set(province.cables["placement"]) == {"aerial", "underground"}
    assert set(province.zones["kind"]) == {"industrial_park", "urban", "residential"}
    heights = province.terrain.elevation_asl_m
    assert heights.max() - heights.min() > 150


def test_new_zones_hold_aerial_cable(district: Path) -> None:
    zones = gpd.read_file(district / "zones_synthetic.gpkg")
    roads = gpd.read_file(district / "roads_synthetic.gpkg")
    cables = pd.read_csv(district / "cables_synthetic.csv")
    aerial = roads[roads["road_id"].isin(cables.loc[cables["placement"] == "aerial", "road_id"])]
    new = zones[zones["status"] == "new"]
    assert len(new) >= 3
    assert all(aerial.intersects(shape).any() for shape in new.geometry)


def test_villages_and_zones_do_not_overlap_and_communes_fill_the_square(district: Path) -> None:
    for name in ("villages", "zones", "communes"):
        shapes = gpd.read_file(district / f"{name}_synthetic.gpkg").to_crs(32648).geometry.values
        union = shapely.union_all(shapes).area
        assert shapely.area(shapes).sum() == pytest.approx(union, rel=1e-6)
        if name == "communes":
            assert union == pytest.approx((1000 * SIZES["S"].side_km) ** 2, rel=1e-5)


def test_sizes_grow_to_a_province() -> None:
    sizes = [SIZES[name] for name in ("S", "M", "L", "XL")]
    assert [size.villages for size in sizes] == sorted(size.villages for size in sizes)
    largest = SIZES["XL"]
    assert (largest.villages, largest.sites, largest.cell_m) == (3000, 1400, 30.0)
    assert (largest.side_m / largest.cell_m) ** 2 == pytest.approx(4.3e6, rel=0.02)


def test_a_scenario_makes_its_district_by_itself(demo: Scenario, district: Path) -> None:
    made, read = load_province(demo), load_province(demo, district)
    np.testing.assert_array_equal(made.terrain.elevation_asl_m, read.terrain.elevation_asl_m)
    assert made.sites.drop(columns="azimuths_deg", errors="ignore").equals(read.sites)
