"""The demo end to end: the contract of summary.json, figures that follow from the works, the same answer every time."""

from __future__ import annotations

import json
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio

from planner.config.load import load_scenario
from planner.data.load import load_province
from planner.workflow import run_scenario

OUTPUTS = {
    "results.gpkg", "areas.csv", "areas_by_operator.csv", "works.csv", "summary.json", "manifest.json", "report.html",
    "area_details.csv", "area_details_by_operator.csv", "sectors.csv", "bill_of_quantities.csv",
    "network.graphml", "network.gpkg",
    "coverage_4g_before.tif", "coverage_4g_after.tif", "coverage_5g_before.tif", "coverage_5g_after.tif",
    "coverage_4g.png", "coverage_5g.png", "plan.png", "money.png",
    "benefit.png", "costs_by_operator.csv", "fibre_routes.csv", "underground_runs.csv", "network_nodes.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "demo"
    run_scenario(root / "scenarios" / "demo.yaml", None, out, overrides=["run.threads=1"])
    return out


@pytest.fixture(scope="module")
def summary(demo: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((demo / "summary.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def works(demo: Path) -> pd.DataFrame:
    return pd.read_csv(demo / "works.csv", dtype={"work_id": str, "area_ids": str}, keep_default_na=False)


def check_coverage(coverage: dict[str, Any]) -> None:
    assert set(coverage) == {"4g", "5g", "any"}
    for found in coverage.values():
        for row in (found, *found["by_operator"].values()):
            assert 0.0 <= row["areas_share"] <= 1.0
            assert 0.0 <= row["population_share"] <= 1.0
            assert isinstance(row["white_areas"], int)


def check_state(state: dict[str, Any]) -> None:
    check_coverage(state["coverage"])
    assert {"communes_share", "households_share"} <= set(state["fibre"])
    assert {"total_km", "underground_share", "zones"} <= set(state["cables"])
    for kinds in state["cables"]["zones"].values():
        for row in kinds.values():
            assert 0 <= row["underground_count"] <= row["count"]


def test_summary_keeps_its_contract(summary: dict[str, Any]) -> None:
    assert summary["scenario"] == "demo"
    assert all(isinstance(note, str) for note in summary["data_notes"])
    for state in (summary["baseline"], summary["final"], *summary["phases"]):
        check_state(state)
    for phase in summary["phases"]:
        assert {"year", "budget_vnd", "cost_vnd", "new_sites", "upgrades", "fibre_km", "underground_km"} <= set(phase)
        assert phase["cost_vnd"] <= phase["budget_vnd"]
    for target in summary["targets"]:
        assert isinstance(target["met"], bool)
        assert {"name", "year", "required", "reached"} <= set(target)
    for name in ("sites", "fibre", "undergrounding"):
        bound = summary["bounds"][name]
        assert 0 <= bound["lower_bound_vnd"] <= bound["cost_vnd"]
        assert 0.0 <= bound["gap_share"] <= 0.25


def test_every_output_is_there(demo: Path) -> None:
    assert {path.name for path in demo.iterdir()} == OUTPUTS
    assert [path.name for path in demo.parent.iterdir()] == ["demo"]


def test_costs_and_kilometres_follow_from_the_works(summary: dict[str, Any], works: pd.DataFrame) -> None:
    for name in ("sites", "fibre", "undergrounding"):
        planned = int(works.loc[works["sub_plan"] == name, "cost_vnd"].sum())
        assert planned >= summary["bounds"][name]["lower_bound_vnd"]
    for phase in summary["phases"]:
        mine = works[works["year"] == phase["year"]]
        assert int(mine["cost_vnd"].sum()) == phase["cost_vnd"]
        assert (mine["kind"] == "new_site").sum() == phase["new_sites"]
        assert mine["kind"].isin(["upgrade", "colocate"]).sum() == phase["upgrades"]
        assert mine.loc[mine["kind"] == "fibre_route", "length_km"].sum() == pytest.approx(phase["fibre_km"], abs=1e-9)
        buried = mine.loc[mine["kind"] == "underground", "length_km"].sum()
        assert buried == pytest.approx(phase["underground_km"], abs=1e-9)
        for payer, row in phase["by_payer"].items():
            assert int(mine.loc[mine["payer"] == payer, "cost_vnd"].sum()) == row["cost_vnd"] <= row["budget_vnd"]


def test_quantities_operators_and_cables_add_up(demo: Path, summary: dict[str, Any], works: pd.DataFrame) -> None:
    for name in ("bill_of_quantities", "costs_by_operator"):
        table = pd.read_csv(demo / f"{name}.csv")
        assert table.groupby("year")["cost_vnd"].sum().to_dict() == works.groupby("year")["cost_vnd"].sum().to_dict()
    operators = pd.read_csv(demo / "costs_by_operator.csv")
    assert not operators["operator"].str.contains("+", regex=False).any()
    for name, kind in (("fibre_routes", "fibre_route"), ("underground_runs", "underground")):
        assert set(pd.read_csv(demo / f"{name}.csv")["work_id"]) == set(works.loc[works["kind"] == kind, "work_id"])
    for state in (summary["baseline"], summary["final"]):
        cables = state["cables"]
        for key in ("by_level", "by_zone_kind"):
            rows = cables[key].values()
            assert sum(row["total_km"] for row in rows) == pytest.approx(cables["total_km"], rel=1e-9)
            buried = sum(row["total_km"] * row["underground_share"] for row in rows)
            assert buried == pytest.approx(cables["total_km"] * cables["underground_share"], rel=1e-6)


@pytest.mark.parametrize("technology", ["4g", "5g"])
@pytest.mark.parametrize(("when", "key"), [("before", "baseline"), ("after", "final")])
def test_coverage_follows_from_the_rasters(
    root: Path, demo: Path, summary: dict[str, Any], technology: str, when: str, key: str
) -> None:
    province = load_province(load_scenario(root / "scenarios" / "demo.yaml", []), None)
    with rasterio.open(demo / f"coverage_{technology}_{when}.tif") as raster:
        assert raster.crs.to_string() == province.crs
        assert math.isnan(raster.nodata)
        assert raster.units == ("dBm", "dB", "dB", "Mbit/s", "1")
        assert raster.tags()["MODEL"].startswith("p1812")
        margin = raster.read(2).reshape(-1)
    cells = province.area_cells
    served = np.nan_to_num(margin[cells.cell], nan=-1.0) >= 0.0
    owner = np.repeat(np.arange(len(province.areas)), np.diff(cells.indptr))
    share = np.bincount(owner, weights=cells.share * served)
    people = province.areas["population"].to_numpy(dtype=float)
    found = summary[key]["coverage"][technology]
    assert found["population_share"] == pytest.approx((share * people).sum() / people.sum(), abs=1e-6)
    assert found["areas_share"] == pytest.approx((share >= 0.95 - 1e-9).mean(), abs=1e-9)


def test_homes_on_fibre_follow_from_the_works(root: Path, summary: dict[str, Any], works: pd.DataFrame) -> None:
    province = load_province(load_scenario(root / "scenarios" / "demo.yaml", []), None)
    done = works[(works["kind"] == "distribution") & (works["year"] > 0)]
    homes = province.areas["households"].sum()
    connected = province.areas["households_fibre"].sum() + pd.to_numeric(done["homes"]).sum()
    assert summary["final"]["fibre"]["households_share"] == pytest.approx(connected / homes, abs=1e-9)


def test_two_threads_give_the_same_summary(
    root: Path, tmp_path: Path, demo: Path, summary: dict[str, Any], works: pd.DataFrame
) -> None:
    again = run_scenario(root / "scenarios" / "demo.yaml", None, tmp_path / "two", overrides=["run.threads=2"])
    assert json.loads(json.dumps(again)) | {"elapsed_s": 0} == summary | {"elapsed_s": 0}
    assert (tmp_path / "two" / "works.csv").read_bytes() == (demo / "works.csv").read_bytes()
    for name in ("coverage_5g_after.tif", "coverage_4g_before.tif"):
        with rasterio.open(tmp_path / "two" / name) as one, rasterio.open(demo / name) as other:
            np.testing.assert_array_equal(one.read(), other.read())


def test_the_geopackage_opens_with_styles(demo: Path) -> None:
    layers = set(gpd.list_layers(demo / "results.gpkg")["name"])
    assert {
        "residential_areas",
        "communes",
        "sites",
        "proposed_sites",
        "fibre_works",
        "underground_runs",
        "zones",
        "white_zones_today",
    } <= layers
    areas = gpd.read_file(demo / "results.gpkg", layer="residential_areas")
    assert {"5g_people_share_before", "5g_people_share_after", "4g_centre_served_after"} <= set(areas.columns)
    assert areas["commune_code"].str.len().eq(5).all()
    with sqlite3.connect(demo / "results.gpkg") as database:
        styled = {row[0] for row in database.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault")}
        notes = [row[0] for row in database.execute("SELECT note FROM notes")]
    database.close()
    assert {"residential_areas", "proposed_sites", "zones"} <= styled
    assert any("nothing here is measured" in note for note in notes)


def test_the_report_is_one_file_that_says_what_is_assumed(demo: Path) -> None:
    html = (demo / "report.html").read_text(encoding="utf-8")
    assert 'src="http' not in html
    assert 'href="http' not in html
    assert html.count("data:image/png;base64,") >= 4
    for words in (
        "Are the targets met?",
        "How good is this plan?",
        "What is assumed, invented, not modelled",
        "Phases",
        "White zones, and why",
        "Load at the busy hour, and exposure",
    ):
        assert words in html


def test_a_small_budget_is_no_error(root: Path, tmp_path: Path) -> None:
    overrides = [
        f"phases.{number}.budget_vnd={{operator: 1000000, province: 0, universal_service_fund: 0}}"
        for number in range(3)
    ]
    found = run_scenario(root / "scenarios" / "demo.yaml", None, tmp_path / "poor", overrides=overrides)
    missed = [target for target in found["targets"] if not target["met"]]
    assert missed
    assert all("billion VND" in target["shortfall"] for target in missed)
    works = pd.read_csv(tmp_path / "poor" / "works.csv")
    assert (works["year"] == 0).any()


def test_a_killed_run_leaves_the_earlier_result(root: Path, tmp_path: Path, demo: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / "manifest.json").write_text("{}", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "planner.cli.main",
        "run",
        str(root / "scenarios" / "demo.yaml"),
        "--out",
        str(out),
        "--quiet",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60.0
    while not list(tmp_path.glob(".run.*.part")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert [path.name for path in out.iterdir()] == ["manifest.json"]
    assert (out / "manifest.json").read_text(encoding="utf-8") == "{}"


def test_the_sum_of_works_follows_from_the_bounds(demo: Path, summary: dict[str, Any], works: pd.DataFrame) -> None:
    extras = summary["plan_extras"]
    parts = extras["works_vnd"]
    assert parts["sum_of_works"] == works["cost_vnd"].sum()
    assert sum(value for name, value in parts.items() if name != "sum_of_works") == parts["sum_of_works"]
    assert parts["in_bounds"] == sum(bound["cost_vnd"] for bound in summary["bounds"].values())
    joint = extras["joint"]
    assert joint["lower_bound_vnd"] <= joint["cost_vnd"] == min(joint["tried_vnd"])
    assert extras["person_years"] <= extras["most_person_years"]
    for name, regret in extras["regret_vnd"].items():
        bound = summary["bounds"][name]
        assert regret == bound["naive_vnd"]["phase_by_phase"] - bound["cost_vnd"]
    text = (demo / "report.html").read_text(encoding="utf-8")
    assert "no plan can cost less than" in text
    assert "No order that keeps the budgets" in text
