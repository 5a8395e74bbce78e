"""What-if: proposals read from every format, refused with every fault at once, tested and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer
from shapely.geometry import LineString, MultiPoint, Point

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.coverage.proposed import changed_sectors
from planner.data.proposals import read_proposals
from planner.domain.proposal import Proposal
from planner.domain.province import Province
from planner.errors import DataError
from planner.optimise.trial.what_if import WhatIf

CELL_M, WEST, NORTH = 90.0, 600_000.0, 2_360_000.0
NEW_X, NEW_Y = WEST + 60.0 * CELL_M, NORTH - 38.0 * CELL_M
Maker = Callable[..., Scenario]


def _lonlat(x: float = NEW_X, y: float = NEW_Y) -> tuple[float, float]:
    lon, lat = Transformer.from_crs("EPSG:32648", "EPSG:4326", always_xy=True).transform(x, y)
    return float(lon), float(lat)


def _csv(
    folder: Path, *rows: str, header: str = "action,site_id,operator,carriers,lon,lat,height_m,tilt,power_dbm"
) -> Path:
    path = folder / "proposal.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def _new(**changes: str) -> str:
    lon, lat = _lonlat()
    values = {
        "action": "add", "site_id": "X1", "operator": "Red", "carriers": "4g 5g", "lon": f"{lon:.7f}",
        "lat": f"{lat:.7f}", "height_m": "42", "tilt": "3", "power_dbm": "",
    }  # fmt: skip
    return ",".join({**values, **changes}.values())


@pytest.fixture(scope="module")
def test(province: Province, scenario: Scenario) -> WhatIf:
    return WhatIf(province, scenario, threads=1)


def test_formats_say_the_same(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    from_csv = read_proposals(_csv(tmp_path, _new()), scenario, province)
    table = {
        "action": ["add"], "site_id": ["X1"], "operator": ["red"], "carrier": ["lte;nr"], "height": [42.0],
        "tilt": [3.0],
    }  # fmt: skip
    frame = gpd.GeoDataFrame(table, geometry=[Point(NEW_X, NEW_Y)], crs="EPSG:32648")
    frame.to_file(tmp_path / "p.gpkg", layer="proposal")
    frame.to_crs("EPSG:4326").to_file(tmp_path / "p.geojson")
    for name in ("p.gpkg", "p.geojson"):
        (one,) = read_proposals(tmp_path / name, scenario, province)
        (want,) = from_csv
        assert (one.site_id, one.operator, one.height_agl_m) == (want.site_id, want.operator, want.height_agl_m)
        assert set(one.carriers) == set(want.carriers) == {"lte", "nr"}
        assert one.x_m == pytest.approx(NEW_X, abs=0.05)
        assert want.y_m == pytest.approx(NEW_Y, abs=0.05)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"height_m": "400"}, ["row 2", "400", "3 to 150"]),
        ({"height_m": "4,2"}, []),
        ({"power_dbm": "99"}, ["99", "10 to 60"]),
        ({"tilt": "45"}, ["45", "degrees"]),
        ({"action": "erect"}, ["erect", "add"]),
        ({"site_id": "S1"}, ["exists", "Red"]),
        ({"site_id": ""}, ["no site_id"]),
        ({"operator": "Redd"}, ["Redd", "Red, Blue"]),
        ({"operator": "Green", "carriers": "lte"}, ["Green holds no carrier 'lte'"]),
        ({"carriers": "6g"}, ["6g", "lte"]),
        ({"carriers": ""}, ["no carriers"]),
        ({"lon": "", "lat": ""}, ["no position"]),
        ({"lon": "21.3", "lat": "106.5"}, ["swapped"]),
        ({"lon": "600000", "lat": "2350000"}, ["no degrees"]),
        ({"lon": "110.0"}, ["no terrain"]),
        ({"lon": "east"}, ["east", "number"]),
        ({"lon": ""}, ["half a position"]),
        ({"lon": "nan"}, ["lon is 'nan'"]),
        ({"height_m": "inf"}, ["height_m is 'inf'"]),
        ({"power_dbm": "NaN"}, ["power_dbm is 'NaN'"]),
        ({"action": "move", "site_id": "S1", "lon": "", "lat": ""}, ["'move' without a new value", "lon and lat"]),
        ({"action": "retilt", "site_id": "S1", "tilt": ""}, ["'retilt' without a new value"]),
        ({"action": "retilt", "site_id": "S1", "operator": "Blue"}, ["'S1' is Red's, not Blue's"]),
        ({"action": "remove", "site_id": "S11"}, ["no site 'S11'", "Did you mean 'S1'"]),
    ],
)
def test_bad_rows_are_refused(
    tmp_path: Path, province: Province, scenario: Scenario, changes: dict[str, str], words: list[str]
) -> None:
    path = _csv(tmp_path, _new(**changes))
    with pytest.raises(DataError) as refusal:
        read_proposals(path, scenario, province)
    for word in words:
        assert word in str(refusal.value)


def test_a_site_in_water_is_refused(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    lon, lat = _lonlat(WEST + 15.0 * CELL_M, NORTH - 72.0 * CELL_M)
    with pytest.raises(DataError, match="stands in water"):
        read_proposals(_csv(tmp_path, _new(lon=f"{lon:.6f}", lat=f"{lat:.6f}")), scenario, province)


def test_all_faults_are_told_at_once(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    path = _csv(tmp_path, _new(height_m="400", power_dbm="99"), _new(), _new(operator="Redd", site_id="X2"))
    with pytest.raises(DataError) as refusal:
        read_proposals(path, scenario, province)
    text = str(refusal.value)
    assert "given twice" in text
    assert len(refusal.value.complaints) >= 4
    assert "nothing was changed" in text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("action,site_id,heigth\nadd,X,3\n", "Did you mean 'height'"),
        ("site_id\nX\n", "no column action"),
        ("action,site_id\n", "no row"),
        ("", "empty"),
    ],
)
def test_wrong_tables(tmp_path: Path, province: Province, scenario: Scenario, content: str, word: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=word):
        read_proposals(path, scenario, province)


def test_files_that_are_none(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    with pytest.raises(DataError, match="is not a file"):
        read_proposals(tmp_path / "none.csv", scenario, province)
    broken = tmp_path / "p.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    with pytest.raises(DataError, match=r"p\.geojson"):
        read_proposals(broken, scenario, province)


def _one_feature(geometry: object, **more: object) -> gpd.GeoDataFrame:
    row = {"action": ["add"], "site_id": ["X1"], "operator": ["Red"], "carriers": ["lte"]}
    return gpd.GeoDataFrame({**row, **{name: [value] for name, value in more.items()}}, geometry=[geometry], crs=4326)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg"])
@pytest.mark.parametrize(
    ("geometry", "more", "word"),
    [
        (LineString([_lonlat(), _lonlat(NEW_X + 900.0)]), {}, "feature 1: a LineString"),
        (MultiPoint([_lonlat()]), {}, "feature 1: a MultiPoint"),
        (None, {}, "feature 1: no position"),
        (Point(110.0, 21.0), {}, "stands where there is no terrain"),
        (Point(_lonlat()), {"antena": "omni"}, "Did you mean 'antenna'"),
        (Point(_lonlat()), {"antenna": "omni"}, "unknown antenna 'omni'"),
        (Point(_lonlat()), {"height": 900.0}, "height of 900 m"),
        (Point(_lonlat()), {"height": "high"}, "height_m is 'high'"),
    ],
)
def test_bad_features_are_refused(
    tmp_path: Path, province: Province, scenario: Scenario, suffix: str, geometry: object, more: dict[str, object],
    word: str,
) -> None:  # fmt: skip
    _one_feature(geometry, **more).to_file(tmp_path / f"p.{suffix}")
    with pytest.raises(DataError) as refusal:
        read_proposals(tmp_path / f"p.{suffix}", scenario, province)
    assert word in str(refusal.value)


def test_features_with_ids_and_lists_are_read(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    feature = {
        "type": "Feature",
        "id": "7",
        "properties": {
            "action": "add", "site_id": "X1", "operator": "Red", "carriers": ["4g", "5g"], "azimuths": [0, 120],
        },
        "geometry": {"type": "Point", "coordinates": list(_lonlat())},
    }  # fmt: skip
    path = tmp_path / "p.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    (one,) = read_proposals(path, scenario, province)
    assert (one.site_id, set(one.carriers), one.azimuths_deg) == ("X1", {"lte", "nr"}, (0.0, 120.0))


def test_points_without_a_reference_system_are_refused(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    path = tmp_path / "p.gpkg"
    with pytest.warns(UserWarning, match="crs"):
        _one_feature(Point(_lonlat())).set_crs(None, allow_override=True).to_file(path)
    with pytest.raises(DataError, match="no stated system"):
        read_proposals(path, scenario, province)


def test_a_band_by_its_word_is_the_operators_own(
    tmp_path: Path, province: Province, make_scenario: Maker, scenario: Scenario
) -> None:
    radio = scenario.radio.model_dump()
    radio["carriers"]["nr_blue"] = {**radio["carriers"]["nr"], "band": "3500", "frequency_mhz": 3500.0}
    radio["operators"]["Blue"] = {"carriers": ["lte", "nr_blue"]}
    (one,) = read_proposals(_csv(tmp_path, "band,S2,,4g 5g,,,,,"), make_scenario(radio=radio), province)
    assert one.carriers == ("lte", "nr")


def test_a_position_beside_a_new_tilt_moves_nothing(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    lon, lat = _lonlat()
    (one,) = read_proposals(_csv(tmp_path, f"retilt,S1,,,{lon},{lat},,8,"), scenario, province)
    assert (one.x_m, one.electrical_tilt_deg) == (None, 8.0)


def test_mixed_reference_systems(tmp_path: Path, province: Province, scenario: Scenario) -> None:
    header = "action,site_id,operator,carriers,lon,lat,height_m,tilt,power_dbm,crs"
    path = _csv(tmp_path, f"{_new()},EPSG:4326", f"{_new(site_id='X2')},EPSG:32648", header=header)
    with pytest.raises(DataError, match="one reference system"):
        read_proposals(path, scenario, province)
    frame = gpd.GeoDataFrame(
        {"action": ["add"], "site_id": ["X1"], "operator": ["Red"], "carriers": ["lte"]},
        geometry=[Point(NEW_X, NEW_Y)],
        crs="EPSG:32648",
    )
    frame.to_file(tmp_path / "p.gpkg", layer="one")
    frame.to_crs("EPSG:4326").to_file(tmp_path / "p.gpkg", layer="two")
    with pytest.raises(DataError, match="layers in EPSG:32648, EPSG:4326"):
        read_proposals(tmp_path / "p.gpkg", scenario, province)


def test_a_new_site_gains_and_costs(tmp_path: Path, test: WhatIf, province: Province, scenario: Scenario) -> None:
    before = [layer.level_dbm.tobytes() for layer in test.coverage_map().layers]
    effect = test.apply(test.read(_csv(tmp_path, _new())))
    row = effect.people.set_index(["technology", "operator"]).loc[("5g", "Red")]
    own = effect.areas[(effect.areas["technology"] == "5g") & (effect.areas["operator"] == "Red")]
    assert row["people_gained"] == pytest.approx(own["people_gained"].sum())
    assert row["people_gained"] > 0.0
    assert set(own["name"]) <= set(province.areas["name"])
    (site,) = effect.sites
    assert site.cost.kind == "new_site"
    assert site.cost.capex_vnd > 0
    assert site.exposure is not None
    assert 5.0 < site.exposure.distance_m < 60.0
    assert site.fibre is not None
    assert site.fibre.cost_vnd is not None
    assert site.fibre.lateral_m + site.fibre.route_m >= site.fibre.nearest_fibre_m - 1.0
    assert [hop.distance_m for hop in site.microwave] == sorted(hop.distance_m for hop in site.microwave)
    blocked = {hop.site_id: hop.in_sight for hop in site.microwave}
    assert not blocked["S1"]  # behind the ridge
    assert blocked["S2"]
    test.undo()
    assert [layer.level_dbm.tobytes() for layer in test.coverage_map().layers] == before


def test_removal_loses_and_neighbours_feel_it(tmp_path: Path, test: WhatIf) -> None:
    effect = test.apply(test.read(_csv(tmp_path, "remove,S2,,,,,,,")))
    row = effect.people.set_index(["technology", "operator"]).loc[("4g", "Red")]
    assert row["people_lost"] > 0.0
    assert row["people_gained"] == 0.0
    assert not effect.neighbours["sector_id"].str.startswith("S2/").any()
    assert (effect.neighbours["sinr_change_db"] >= -1e-6).all()  # one interferer less
    test.undo()


@pytest.mark.parametrize(
    "row", ["retilt,S1,,,,,,10,", "power,S1,,,,,,,30", "move,S1,,,{lon},{lat},,,", "band,S2,,4g 5g,,,,,"]
)
def test_changes_change_and_are_undone(tmp_path: Path, test: WhatIf, row: str) -> None:
    lon, lat = _lonlat()
    before = [layer.level_dbm.tobytes() for layer in test.coverage_map().layers]
    effect = test.apply(test.read(_csv(tmp_path, row.format(lon=lon, lat=lat))))
    assert len(effect.areas)
    assert [layer.level_dbm.tobytes() for layer in test.coverage_map().layers] != before
    test.undo()
    assert [layer.level_dbm.tobytes() for layer in test.coverage_map().layers] == before


def test_a_carrier_that_is_there_costs_nothing_again(tmp_path: Path, test: WhatIf) -> None:
    costs = []
    for row in ("band,S2,,4g 5g,,,,,", "change,S2,,4g 5g,,,,6,43", "retilt,S2,,,,,,6,"):
        (site,) = test.apply(test.read(_csv(tmp_path, row))).sites
        costs.append((site.cost.kind, site.cost.capex_vnd))
        test.undo()
    assert costs[0] == costs[1]
    assert costs[0][0] == "upgrade"
    assert costs[2] == ("none", 0)


def test_power_is_paid_where_there_is_no_grid(tmp_path: Path, province: Province, make_scenario: Maker) -> None:
    """A new mast in a settlement without grid brings its power; one that shares a mast, or has grid, does not."""
    scenario = make_scenario(coverage=_levels())
    power = Prices(scenario.costs).vnd(scenario.costs.sites.power_off_grid)
    lon, lat = _lonlat(*province.sites.geometry.iloc[0].coords[0])
    shared = _new(operator="Blue", lon=f"{lon:.7f}", lat=f"{lat:.7f}")
    costs = {}
    for has_grid in (True, False):
        areas = province.areas.assign(has_grid=has_grid)
        test = WhatIf(replace(province, areas=areas), scenario, threads=1)
        for name, row in (("new", _new()), ("shared", shared)):
            (site,) = test.apply(test.read(_csv(tmp_path, row))).sites
            test.undo()
            costs[name, has_grid] = site.cost.capex_vnd
    assert power > 0
    assert costs["new", False] - costs["new", True] == power
    assert costs["shared", False] == costs["shared", True]


def test_further_sectors_are_priced(tmp_path: Path, test: WhatIf, scenario: Scenario) -> None:
    header = "action,site_id,azimuths_deg"
    prices = Prices(scenario.costs)
    costs = []
    for azimuths in ("0 90 180 270", "0 180", "10 130 250"):
        (site,) = test.apply(test.read(_csv(tmp_path, f"change,S2,{azimuths}", header=header))).sites
        test.undo()
        costs.append((site.cost.kind, site.cost.capex_vnd))
    assert costs == [("add_sector", prices.vnd(scenario.costs.sites.add_sector)), ("none", 0), ("none", 0)]


def test_sharing_that_is_not_allowed_is_said(tmp_path: Path, province: Province, make_scenario: Maker) -> None:
    alone = WhatIf(province, make_scenario(coverage={**_levels(), "infrastructure_sharing": False}), threads=1)
    lon, lat = _lonlat(*province.sites.geometry.iloc[0].coords[0])
    effect = alone.apply(alone.read(_csv(tmp_path, _new(operator="Blue", lon=f"{lon:.7f}", lat=f"{lat:.7f}"))))
    assert effect.sites[0].cost.kind == "colocate"
    assert any("infrastructure_sharing" in warning for warning in effect.warnings)


def _levels() -> dict[str, object]:
    return {"thresholds": {"4g": {"level_dbm": -100}, "5g": {"level_dbm": -105}}}


def test_a_refused_change_changes_nothing(test: WhatIf) -> None:
    before = [layer.level_dbm.tobytes() for layer in test.coverage_map().layers]
    rows = (
        Proposal("remove", "nobody"),
        Proposal("change", "S1"),
        Proposal("change", "S1", sector=9, electrical_tilt_deg=8.0),
        Proposal("remove", "S2", carriers=("nr",)),
    )
    for row in rows:
        with pytest.raises(DataError, match="nothing was changed"):
            test.apply([row])
    assert [layer.level_dbm.tobytes() for layer in test.coverage_map().layers] == before


def test_one_sector_can_be_turned(test: WhatIf, scenario: Scenario) -> None:
    present = [sector for sector in test._live.sectors if sector.site_id == "S1" and sector.carrier == "lte"]
    turned = Proposal("change", "S1", sector=2, azimuths_deg=(77.0,))
    off, on = changed_sectors([turned], present, scenario)
    assert [sector.sector_id for sector in off] == ["S1/lte/2"]
    assert [(sector.sector_id, sector.azimuth_deg) for sector in on] == [("S1/lte/2", 77.0)]


def test_better_places_are_at_least_as_good(tmp_path: Path, test: WhatIf) -> None:
    (proposal,) = test.read(_csv(tmp_path, _new(carriers="5g")))
    places = test.better_places(proposal, 700.0, step_m=350.0)
    here = next(place for place in places if place.moved_m == 0.0)
    assert places[0].people_gained >= here.people_gained
    assert (here.lon_deg, here.lat_deg) == pytest.approx(_lonlat(), abs=1e-7)
    assert all(place.moved_m <= 700.0 for place in places)
    ranked = [place.people_gained for place in places[:5]]
    assert ranked == sorted(ranked, reverse=True)
    effect = test.apply([proposal])
    gained = effect.people.set_index(["technology", "operator"]).loc[("5g", "Red")]["people_gained"]
    assert here.people_gained == pytest.approx(gained, rel=0.02)
    test.undo()


def test_better_places_take_the_default_height(tmp_path: Path, test: WhatIf, scenario: Scenario) -> None:
    silent, stated = (
        test.better_places(test.read(_csv(tmp_path, _new(carriers="5g", height_m=height)))[0], 100.0, step_m=100.0)
        for height in ("", f"{scenario.planning.candidates.height_agl_m:g}")
    )
    assert silent == stated


def test_a_moved_site_is_judged_without_itself(tmp_path: Path, test: WhatIf) -> None:
    before = [layer.level_dbm.tobytes() for layer in test.coverage_map().layers]
    lon, lat = _lonlat(WEST + 46.0 * CELL_M, NORTH - 79.0 * CELL_M)  # S5, on air 45 m away
    (move,) = test.read(_csv(tmp_path, f"move,S5,,,{lon:.7f},{lat:.7f},,,"))
    places = test.better_places(move, 200.0, step_m=200.0)
    here = next(place for place in places if place.moved_m == 0.0)
    lost = test.apply(test.read(_csv(tmp_path, "remove,S5,,,,,,,"))).people.set_index(["technology", "operator"])
    test.undo()
    assert here.people_gained == pytest.approx(lost.loc[("4g", "Red"), "people_lost"], rel=0.1)
    assert [layer.level_dbm.tobytes() for layer in test.coverage_map().layers] == before


def test_rows_of_one_site_are_its_sectors(tmp_path: Path, test: WhatIf) -> None:
    header = "action,site_id,operator,carriers,lon,lat,height_m,tilt,power_dbm,azimuth"
    rows = [f"{_new(carriers='nr')},{azimuth}" for azimuth in (30, 150)]
    test.apply(test.read(_csv(tmp_path, *rows, header=header)))
    own = sorted((one.sector_id, one.azimuth_deg) for one in test._live.sectors if one.site_id == "X1")
    assert own == [("X1/nr/1", 30.0), ("X1/nr/2", 150.0)]
    test.undo()


def test_tables_are_plain(tmp_path: Path, test: WhatIf) -> None:
    effect = test.apply(test.read(_csv(tmp_path, _new())))
    assert isinstance(effect.people, pd.DataFrame)
    assert np.isfinite(effect.neighbours[["load_before", "load_after", "sinr_change_db"]].to_numpy()).all()
    test.undo()
