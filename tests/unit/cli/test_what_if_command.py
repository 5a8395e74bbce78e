"""`planner what-if` on the demo district, from file to answer."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Transformer
from typer.testing import CliRunner

from planner.cli.main import app
from planner.config.load import load_scenario
from planner.data.load import load_province


def test_from_file_to_answer(root: Path, tmp_path: Path) -> None:
    demo = root / "scenarios" / "demo.yaml"
    province = load_province(load_scenario(demo), None)
    site = province.sites.iloc[0]
    back = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True)
    centre = province.areas.geometry.representative_point().iloc[3]
    lon, lat = back.transform(centre.x, centre.y)
    proposal = tmp_path / "proposal.csv"
    proposal.write_text(
        "action,site_id,operator,carriers,lon,lat,height_m\n"
        f"add,NEW,Viettel,5g,{lon:.6f},{lat:.6f},42\n"
        f"remove,{site.site_id},,,,,\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(app, ["what-if", str(demo), "--proposal", str(proposal), "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert {row["technology"] for row in found["people"]} >= {"5g", "any"}
    new = next(one for one in found["sites"] if one["site_id"] == "NEW")
    assert new["cost"]["capex_vnd"] > 0
    assert new["exposure"]["distance_m"] > 10.0
    assert found["invented"]


def test_the_answer_in_words(root: Path, tmp_path: Path) -> None:
    demo = root / "scenarios" / "demo.yaml"
    province = load_province(load_scenario(demo), None)
    lon, lat = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True).transform(
        *province.areas.geometry.representative_point().iloc[3].coords[0]
    )
    site = province.sites[(province.sites["operator"] == "Viettel") & province.sites["has_4g"]].iloc[0]
    proposal = tmp_path / "proposal.csv"
    proposal.write_text(
        "action,site_id,operator,carriers,lon,lat,height_m,tilt\n"
        f"add,NEW,Viettel,4g 5g,{lon:.6f},{lat:.6f},42,\nretilt,{site.site_id},,,,,,9\n",
        encoding="utf-8",
    )
    words = ["what-if", str(demo), "--proposal", str(proposal), "--better-within-m", "200", "--quiet"]
    result = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.stderr
    for word in (
        "people gained", "Areas that change most", "SINR change", "NEW: new_site", "exposure limit met",
        "km of new fibre", "microwave to", "Fresnel radii", f"{lon:.6f}, {lat:.6f} (0 m away)",
    ):  # fmt: skip
        assert word in result.stdout


def test_three_formats_have_one_answer(root: Path, tmp_path: Path) -> None:
    demo = root / "scenarios" / "demo.yaml"
    province = load_province(load_scenario(demo), None)
    site = province.sites[(province.sites["operator"] == "VNPT") & province.sites["has_4g"]].iloc[0]
    row = {"action": "add", "site_id": "NEW", "operator": "VNPT", "carriers": "4g", "height": 38.0, "tilt": 5.0}
    frame = pd.DataFrame([row, {"action": "power", "site_id": site.site_id, "operator": "VNPT", "power_dbm": 43.0}])
    lon, lat = [105.985, 106.01], [21.043, 21.05]
    frame.assign(lon=lon, lat=lat).to_csv(tmp_path / "p.csv", index=False)
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    points.to_file(tmp_path / "p.geojson")
    points.to_file(tmp_path / "p.gpkg")
    answers = []
    for suffix in ("csv", "geojson", "gpkg"):
        words = ["what-if", str(demo), "--proposal", str(tmp_path / f"p.{suffix}"), "--json"]
        result = CliRunner().invoke(app, [*words, "--set", f"run.store={tmp_path / 'store'}"])
        assert result.exit_code == 0, result.stderr
        answers.append(json.loads(result.stdout))
    assert answers[0] == answers[1] == answers[2]
    assert [one["site_id"] for one in answers[0]["sites"]] == ["NEW", site.site_id]


@pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg"])
def test_an_empty_file_ends_in_a_letter(root: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"p.{suffix}"
    path.write_bytes(b"")
    result = CliRunner().invoke(app, ["what-if", str(root / "scenarios" / "demo.yaml"), "--proposal", str(path)])
    assert result.exit_code == 2
    assert f"p.{suffix}" in result.stderr
    assert "nothing was changed" in result.stderr
    assert result.stdout == ""


def test_bad_proposals_end_in_a_letter(root: Path, tmp_path: Path) -> None:
    proposal = tmp_path / "proposal.csv"
    proposal.write_text("action,site_id,height\nremove,NOBODY,3\n", encoding="utf-8")
    demo = str(root / "scenarios" / "demo.yaml")
    result = CliRunner().invoke(app, ["what-if", demo, "--proposal", str(proposal)])
    assert result.exit_code == 2
    assert "no site 'NOBODY'" in result.stderr
    assert result.stdout == ""
