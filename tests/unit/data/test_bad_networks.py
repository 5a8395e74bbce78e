"""Zones that overlap or enclose nothing, unknown words on roads and cables, negative prices; crossings from layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.data.checks import audit
from planner.data.findings import Finding
from planner.data.load import load_province
from planner.data.synthetic import SYNTHETIC_FILES
from planner.errors import ConfigError


def _changed(folder: Path, name: str, **values: Any) -> None:
    """Put values into the first feature of a layer, as new columns where there are none."""
    frame = gpd.read_file(folder / name)
    for column, value in values.items():
        if column not in frame:
            frame[column] = ""
        frame.loc[0, column] = value
    (folder / name).unlink()
    frame.to_file(folder / name, driver="GPKG")


def _found(demo: Scenario, folder: Path, rule: str, layer: str) -> list[Finding]:
    return [finding for finding in audit(demo, folder) if (finding.rule, finding.layer) == (rule, layer)]


def test_zones_that_overlap_are_a_warning_with_both_names(folder: Path, demo: Scenario) -> None:
    zones = gpd.read_file(folder / "zones_synthetic.gpkg")
    _changed(folder, "zones_synthetic.gpkg", geometry=zones.geometry[1].buffer(0.0001))
    (first, *_) = _found(demo, folder, "P801", "zones")
    assert first.severity == "warning"
    assert {"SYZ000", "SYZ001"} <= set((first.feature + " " + first.message).replace(",", " ").split())


def test_a_zone_that_encloses_nothing_is_an_error(folder: Path, demo: Scenario) -> None:
    flat = shapely.Polygon([(106.0, 21.0), (106.01, 21.0), (106.0, 21.0)])
    _changed(folder, "zones_synthetic.gpkg", geometry=flat)
    (found,) = _found(demo, folder, "P203", "zones")
    assert (found.severity, found.feature) == ("error", "SYZ000")
    assert "encloses nothing" in found.message


def test_no_zones_at_all_is_an_error(folder: Path, demo: Scenario) -> None:
    zones = gpd.read_file(folder / "zones_synthetic.gpkg")
    (folder / "zones_synthetic.gpkg").unlink()
    zones.iloc[:0].to_file(folder / "zones_synthetic.gpkg", driver="GPKG")
    assert [finding.severity for finding in _found(demo, folder, "P104", "zones")] == ["error"]


def test_an_unknown_crossing_is_told_with_the_likely_word(folder: Path, demo: Scenario) -> None:
    _changed(folder, "roads_synthetic.gpkg", crossing="brigde")
    (found,) = _found(demo, folder, "P108", "roads")
    assert "did you mean 'bridge'?" in found.message


@pytest.mark.parametrize(
    ("column", "value", "rule", "told"),
    [("support", "dukt", "P108", "did you mean 'duct'?"), ("spare_ducts", "-1", "P106", "spare_ducts is -1")],
)
def test_ducts_and_poles_are_checked(
    folder: Path, demo: Scenario, column: str, value: str, rule: str, told: str
) -> None:
    table = pd.read_csv(folder / "cables_synthetic.csv", dtype=str)
    table[column] = "duct" if column == "support" else "0"
    table.loc[0, column] = value
    table.to_csv(folder / "cables_synthetic.csv", index=False)
    (found,) = _found(demo, folder, rule, "cables")
    assert told in found.message


@pytest.mark.parametrize("key", ["costs.fibre.river_crossing", "costs.undergrounding.mobilisation"])
def test_negative_prices_are_refused_with_their_key(root: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=key.replace(".", r"\.") + r"\.value"):
        load_scenario(root / "scenarios" / "demo.yaml", [f"{key}={{value: -5}}"])


def test_crossings_of_a_river_layer_reach_the_province(folder: Path, demo: Scenario) -> None:
    roads = gpd.read_file(folder / "roads_synthetic.gpkg")
    files = {**SYNTHETIC_FILES, "rivers": "rivers*.gpkg"}
    demo = demo.model_copy(update={"data": demo.data.model_copy(update={"synthetic": None, "files": files})})
    whole = load_province(demo, folder)
    assert whole.crossings is None
    assert any(text.startswith("crossings of rivers") for text in whole.not_modelled)
    middle = roads.to_crs(3857).geometry[0].interpolate(0.5, normalized=True)
    bank = gpd.GeoSeries([middle.buffer(20)], crs=3857).to_crs(roads.crs)
    gpd.GeoDataFrame({"name": ["Cầu"]}, geometry=bank).to_file(folder / "rivers.gpkg", driver="GPKG")
    wet = load_province(demo, folder)
    assert wet.crossings is not None
    assert str(roads["road_id"][0]) in set(wet.crossings["road_id"])
    assert set(wet.crossings["kind"]) == {"river"}
    assert "rivers" in wet.inputs
    assert not any(text.startswith("crossings of rivers") for text in wet.not_modelled)
