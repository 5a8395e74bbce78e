"""A sound folder becomes a province whose figures can be checked by hand."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
import shapely

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.data.area_cells import area_cells
from planner.data.checks import audit
from planner.data.files import fingerprint
from planner.data.load import load_province
from planner.domain.grid import Grid
from planner.domain.province import Province

GEOD = pyproj.Geod(ellps="WGS84")


def _data(scenario: Scenario, **changes: object) -> Scenario:
    return scenario.model_copy(update={"data": scenario.data.model_copy(update=changes)})


@pytest.fixture(scope="module")
def province(demo: Scenario, district: Path) -> Province:
    return load_province(demo, district)


def test_counts_and_sums_are_those_of_the_files(province: Province, district: Path) -> None:
    villages = gpd.read_file(district / "villages_synthetic.gpkg")
    cables = pd.read_csv(district / "cables_synthetic.csv")
    assert len(province.areas) == len(villages)
    assert province.areas["population"].sum() == villages["population"].sum()
    assert province.areas["households_fibre"].sum() == villages["households_fibre"].sum()
    assert province.communes["population"].sum() == villages["population"].sum()
    assert province.cables["length_m"].sum() == pytest.approx(cables["length_m"].sum(), rel=1e-4)
    assert province.sites["inside"].all()
    assert list(province.areas["area_id"]) == list(villages["village_id"])
    assert set(province.communes["kind"]) == {"ward", "commune"}


def test_codes_are_text_with_their_zeros(province: Province) -> None:
    for codes in (province.communes["commune_code"], province.areas["commune_code"], province.sites["commune_code"]):
        assert all(isinstance(code, str) and code.startswith("0") and len(code) == 5 for code in codes)
    assert all(isinstance(name, str) for name in province.roads["road_id"])
    assert set(province.cables["road_id"]) <= set(province.roads["road_id"])


def test_lengths_are_on_the_ellipsoid(province: Province) -> None:
    there = province.roads.to_crs(4326).geometry
    lengths = [GEOD.geometry_length(line) for line in there]
    np.testing.assert_allclose(province.roads["length_m"], lengths, rtol=1e-9)
    flat = province.roads.geometry.length
    assert np.abs(flat / province.roads["length_m"] - 1).max() < 1e-3  # UTM 48N is within a thousandth here


def test_every_layer_is_in_the_working_metres(province: Province) -> None:
    for frame in (province.communes, province.areas, province.roads, province.sites, province.zones):
        assert frame.crs == pyproj.CRS.from_user_input(province.crs)


def test_the_grid_holds_the_communes_and_the_radius(province: Province, demo: Scenario) -> None:
    west, south, east, north = province.terrain.grid.bounds_m
    home = province.communes.total_bounds
    radius_m = 1000 * demo.propagation.radius_km
    for side, margin in zip(
        (home[0] - west, home[1] - south, east - home[2], north - home[3]), [radius_m] * 4, strict=True
    ):
        assert margin * 0.995 <= side <= margin + 2 * province.terrain.grid.cell_m


def test_terrain_is_the_bilinear_value_of_the_source(province: Province, district: Path) -> None:
    grid, heights = province.terrain.grid, province.terrain.elevation_asl_m
    assert np.isfinite(heights).all()
    with rasterio.open(district / "dem_synthetic.tif") as source:
        values, inverse = source.read(1).astype(float), ~source.transform
    rng = np.random.default_rng(1)
    rows, cols = rng.integers(0, grid.rows, 300), rng.integers(0, grid.cols, 300)
    x, y = grid.centres(rows, cols)
    a, b, c, d, e, f = tuple(inverse)[:6]
    col, row = a * x + b * y + c - 0.5, d * x + e * y + f - 0.5
    left, top = np.floor(col).astype(int), np.floor(row).astype(int)
    dx, dy = col - left, row - top
    expected = (
        values[top, left] * (1 - dx) * (1 - dy)
        + values[top, left + 1] * dx * (1 - dy)
        + values[top + 1, left] * (1 - dx) * dy
        + values[top + 1, left + 1] * dx * dy
    )
    np.testing.assert_allclose(heights[rows, cols], expected, atol=2e-4)


def test_no_finer_detail_is_claimed(province: Province) -> None:
    assert province.terrain.source_resolution_m == pytest.approx(90.0, abs=0.2)


def test_a_finer_grid_than_the_terrain_is_told(demo: Scenario, district: Path) -> None:
    rules = [item.rule for item in audit(_data(demo, cell_m=30.0), district)]
    assert "P304" in rules
    notes = load_province(_data(demo, cell_m=30.0), district).notes
    assert any("cells of 30 m from terrain of 90 m" in note for note in notes)


def test_shares_of_areas_sum_to_one_and_lie_in_their_polygon(province: Province) -> None:
    cells, grid = province.area_cells, province.terrain.grid
    assert len(cells.indptr) == len(province.areas) + 1
    sums = np.add.reduceat(cells.share, cells.indptr[:-1])
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    for area in range(0, len(province.areas), 17):
        part = slice(cells.indptr[area], cells.indptr[area + 1])
        assert (np.diff(cells.cell[part]) > 0).all()
        for cell, share in zip(cells.cell[part], cells.share[part], strict=True):
            box = _cell_box(grid, int(cell))
            shape = province.areas.geometry.iloc[area]
            assert share == pytest.approx(shape.intersection(box).area / shape.area, abs=1e-5)


def _cell_box(grid: Grid, cell: int) -> shapely.Polygon:
    west, north = grid.x_west_m + cell % grid.cols * grid.cell_m, grid.y_north_m - cell // grid.cols * grid.cell_m
    return shapely.box(west, north - grid.cell_m, west + grid.cell_m, north)


@pytest.mark.parametrize("size_m", [0.01, 1.0, 10.0])
def test_areas_far_smaller_than_a_cell_keep_their_people(size_m: float) -> None:
    grid = Grid("EPSG:32648", 600_000.0, 2_330_000.0, 90.0, 20, 20)
    shapes = gpd.GeoDataFrame(
        geometry=[shapely.box(600_500, 2_329_500, 600_500 + size_m, 2_329_500 + size_m)], crs=grid.crs
    )
    cells = area_cells(shapes, grid)
    assert cells.share.sum() == pytest.approx(1.0)
    assert cells.cell[0] == 5 * 20 + 5


def test_what_is_invented_and_what_is_not_modelled_is_said(province: Province) -> None:
    assert any(text.startswith("villages (villages_synthetic.gpkg): invented") for text in province.invented)
    told = " ".join(province.not_modelled)
    for word in ("ducts", "exchanges", "rivers", "rain", "building footprints", "grid power", "neighbouring provinces"):
        assert word in told
    assert province.notes[0].startswith("Everything is invented")


def test_atoll_like_columns_are_understood(folder: Path, demo: Scenario, province: Province) -> None:
    path = folder / "bts_synthetic.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    renamed = {"site_id": "NAME", "lon": "LONGITUDE", "lat": "Latitude", "height_m": "HEIGHT", "operator": "Network"}
    table = table.rename(columns=renamed).assign(AZIMUT="30/150/270", STATUS="existing")
    table.loc[0, "STATUS"] = "planned"
    table.to_csv(path, index=False, sep=";")
    sites = load_province(demo, folder).sites
    assert len(sites) == len(province.sites) - 1
    assert sites["azimuths_deg"][0] == (30.0, 150.0, 270.0)
    np.testing.assert_array_equal(sites["height_agl_m"], province.sites["height_agl_m"][1:])


def test_the_scenario_names_columns_and_operators(folder: Path, demo: Scenario) -> None:
    path = folder / "bts_synthetic.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns={"site_id": "Mã trạm"})
    table["operator"] = table["operator"].replace({"Viettel": "VTL"}).str.upper()
    table.to_csv(path, index=False)
    named = _data(demo, columns={"sites": {"site_id": ["ma", "Mã Trạm"]}}, operator_aliases={"vtl": "Viettel"})
    sites = load_province(named, folder).sites
    assert set(sites["operator"]) == {"Viettel", "VNPT", "MobiFone", "Vietnamobile"}


def test_what_the_inventory_lacks_is_assumed_and_counted(folder: Path, demo: Scenario) -> None:
    path = folder / "bts_synthetic.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[:2, "height_m"] = ""
    table.drop(columns=["backhaul", "structure"]).to_csv(path, index=False)
    province = load_province(demo, folder)
    assert province.assumed == {"antenna height": 3, "backhaul 'unknown'": 80, "structure 'tower'": 80}
    assert (province.sites["height_agl_m"][:3] == demo.radio.site_defaults.height_agl_m).all()


def test_other_formats_and_reference_systems_give_the_same_province(
    folder: Path, demo: Scenario, province: Province
) -> None:
    roads = gpd.read_file(folder / "roads_synthetic.gpkg")
    backwards = roads.set_geometry(
        gpd.GeoSeries(np.where(roads.index % 3 == 0, roads.geometry.reverse(), roads.geometry), crs=roads.crs)
    )
    backwards.to_crs(3405).to_file(folder / "roads_synthetic.geojson", driver="GeoJSON", engine="pyogrio", RFC7946="NO")
    (folder / "roads_synthetic.gpkg").unlink()
    gpd.read_file(folder / "zones_synthetic.gpkg").to_crs(9214).to_file(folder / "zones.fgb", driver="FlatGeobuf")
    named = _data(
        demo, synthetic=None, files={**_synthetic_files(), "roads": "roads_synthetic.geojson", "zones": "zones.fgb"}
    )
    other = load_province(named, folder)
    np.testing.assert_allclose(other.roads["length_m"], province.roads["length_m"], rtol=1e-6)
    assert shapely.hausdorff_distance(other.roads.geometry.values, province.roads.geometry.values).max() < 0.01
    np.testing.assert_allclose(other.zones["area_ha"].sort_values(), province.zones["area_ha"].sort_values(), rtol=1e-6)
    first = [shapely.get_point(line, 0) for line in other.roads.geometry]
    same = [shapely.get_point(line, 0) for line in province.roads.geometry]
    assert max(a.distance(b) for a, b in zip(first, same, strict=True)) < 0.01


def _synthetic_files() -> dict[str, str]:
    from planner.data.synthetic import SYNTHETIC_FILES

    return dict(SYNTHETIC_FILES)


def test_islands_are_accepted_when_the_scenario_says_so(folder: Path, demo: Scenario) -> None:
    path = folder / "roads_synthetic.gpkg"
    roads = gpd.read_file(path)
    lonely = roads["u"].mode()[0]
    kept = roads[(roads["u"] != lonely) & (roads["v"] != lonely)]
    loop = gpd.GeoDataFrame(kept.iloc[[0]].assign(road_id=9999, u="ISLAND_A", v="ISLAND_B"), crs=roads.crs)
    path.unlink()
    pd.concat([kept, loop]).to_file(path, driver="GPKG")
    cables = pd.read_csv(folder / "cables_synthetic.csv", dtype=str)
    cables[cables["road_id"].isin(kept["road_id"].astype(str))].to_csv(folder / "cables_synthetic.csv", index=False)
    province = load_province(_data(demo, accept_road_pieces=True), folder)
    assert any("2 pieces" in note and "ISLAND_A" in note for note in province.notes)
    assert any(f"{lonely}: no road starts or ends at it" in note for note in province.notes)


def test_optional_layers(folder: Path, demo: Scenario, province: Province) -> None:
    sites = pd.read_csv(folder / "bts_synthetic.csv", dtype=str, keep_default_na=False)
    neighbours = sites[:2].assign(site_id=["N1", "N2"], lat=["20.96", "20.95"], commune_code="")
    neighbours.to_csv(folder / "neighbour_bts.csv", index=False)
    villages = province.areas["area_id"]
    pd.DataFrame({"village_id": villages[:3], "grid": ["yes", "no", "1"]}).to_csv(
        folder / "grid_power.csv", index=False
    )
    point = province.areas.geometry[:1].centroid.values
    gpd.GeoDataFrame({"name": ["school"]}, geometry=point, crs=32648).to_file(folder / "places.gpkg")
    gpd.GeoDataFrame({"id": [7], "height": ["9.5"]}, geometry=point, crs=32648).to_file(folder / "poles.gpkg")
    files = {
        **_synthetic_files(),
        "neighbour_sites": "neighbour*.csv",
        "grid_power": "grid_power.csv",
        "places": "places.gpkg",
        "poles": "poles*.gpkg",
    }
    full = load_province(_data(demo, synthetic=None, files=files), folder)
    assert list(full.sites["inside"][-2:]) == [False, False]
    assert list(full.areas["has_grid"][:4]) == [True, False, True, True]
    assert full.places[["place_id", "kind"]].to_numpy().tolist() == [["0", ""]]
    assert full.poles[["pole_id", "owner", "height_m"]].to_numpy().tolist() == [["7", "", 9.5]]
    assert not any("grid power" in text or "neighbouring" in text for text in full.not_modelled)


@pytest.mark.parametrize(
    ("layer", "height", "told"),
    [
        ("places", -3.0, ("P510", "height -3 m")),
        ("poles", 900.0, ("P510", "height 900 m")),
        ("poles", "tall", ("P106", "height_m is 'tall'")),
    ],
)
def test_heights_of_poles_and_places_are_checked(
    folder: Path, demo: Scenario, province: Province, layer: str, height: float | str, told: tuple[str, str]
) -> None:
    point = province.areas.geometry[:1].centroid.values
    gpd.GeoDataFrame({"id": [7], "height_m": [height]}, geometry=point, crs=32648).to_file(folder / f"{layer}.gpkg")
    named = _data(demo, synthetic=None, files={**_synthetic_files(), layer: f"{layer}.gpkg"})
    found = [one for one in audit(named, folder) if one.layer == layer]
    assert [(one.rule, one.severity, one.feature) for one in found] == [(told[0], "error", "7")]
    assert told[1] in found[0].message


def test_fingerprints_follow_the_bytes(folder: Path) -> None:
    files = {"sites": folder / "bts_synthetic.csv"}
    before = fingerprint(files)[0]
    (folder / "bts_synthetic.csv").write_bytes((folder / "bts_synthetic.csv").read_bytes() + b"\n")
    after = fingerprint(files)[0]
    assert before.layer == "sites"
    assert after.sha256 != before.sha256
    assert after.size_bytes == before.size_bytes + 1


def _assert_terrain_reaches(province: Province, radius_m: float) -> None:
    grid = province.terrain.grid
    row, col = (index.ravel() for index in np.mgrid[0 : grid.rows : 9, 0 : grid.cols : 9])
    home = province.communes.geometry.simplify(100).union_all()
    near = shapely.dwithin(home, shapely.points(*grid.centres(row, col)), radius_m - 200)
    assert np.isfinite(province.terrain.elevation_asl_m[row[near], col[near]]).all()
    assert (province.terrain.land_cover[row[near], col[near]] > 0).all()


FOLDERS = {  # figures of the folders' own README
    "bac_giang": (58, 2126, 3618, 3922, 1420, 1361, 150, 5143, 0.102, 0.800, 48),
    "bac_ninh": (41, 730, 1271, 1337, 1100, 1055, 234, 1698, 0.112, 0.850, 45),
    "hung_yen": (39, 832, 1444, 1525, 1050, 1015, 120, 1624, 0.082, 0.700, 41),
    "ha_long": (12, 241, 333, 483, 620, 591, 2, 920, 0.212, 0.939, 35),
}


@pytest.mark.parametrize("area", FOLDERS)
def test_the_four_folders_load_with_the_figures_they_state(root: Path, shared: Path, area: str) -> None:
    communes, villages, roads, road_km, sites, with_4g, with_5g, cable_km, below, fibre, zones = FOLDERS[area]
    scenario = load_scenario(root / "scenarios" / f"{area}_2030.yaml", ["propagation.radius_km=15"])
    province = load_province(scenario, shared / "data" / area)
    assert (len(province.communes), len(province.areas), len(province.roads)) == (communes, villages, roads)
    assert (len(province.sites), len(province.zones)) == (sites, zones)
    assert province.roads["length_m"].sum() / 1000 == pytest.approx(road_km, abs=1)
    assert province.sites["has_5g"].sum() == with_5g
    assert abs(int(province.sites["has_4g"].sum()) - with_4g) <= 2  # Ha Long: 591 in its README, 593 in the file
    length = province.cables.groupby("placement")["length_m"].sum()
    assert length.sum() / 1000 == pytest.approx(cable_km, abs=1)
    assert length["underground"] / length.sum() == pytest.approx(below, abs=5e-4)
    homes = province.areas[["households", "households_fibre"]].sum()
    assert homes["households_fibre"] / homes["households"] == pytest.approx(fibre, abs=5e-4)
    _assert_terrain_reaches(province, 15_000)
    assert set(scenario.planning.priority_communes) <= set(province.communes["commune_code"])
    assert json.dumps(province.invented).count("invented") >= 7
