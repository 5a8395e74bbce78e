"""Planning again from an earlier run: works fixed or forbidden, the bound carried over, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from planner.cli.main import app


@pytest.fixture(scope="module")
def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("earlier")
    assert called(root, folder, "first").exit_code == 0
    return folder


def called(root: Path, folder: Path, out: str, *options: str) -> Any:
    return CliRunner().invoke(
        app,
        ["run", str(root / "scenarios" / "demo.yaml"), "--out", str(folder / out), "--quiet", "--threads", "1",
         "--store", str(folder / "store"), *options],
    )  # fmt: skip


def works(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "works.csv", dtype={"work_id": str}, keep_default_na=False).set_index("work_id")


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def test_a_forbidden_work_leaves_the_plan_and_the_bound_stays(root: Path, place: Path) -> None:
    before = works(place / "first")
    sites = before[before["sub_plan"] == "sites"]
    gone, kept = sites.index[0], sites.index[1]
    found = called(root, place, "second", "--start", str(place / "first"), "--forbid", str(gone), "--fix", str(kept))
    assert found.exit_code == 0, found.output
    after = works(place / "second")
    assert gone not in after.index
    assert kept in after.index
    then, now = summary(place / "first"), summary(place / "second")
    assert now["bounds"]["sites"]["lower_bound_vnd"] <= now["bounds"]["sites"]["cost_vnd"]
    assert now["bounds"]["sites"]["cost_vnd"] >= then["bounds"]["sites"]["lower_bound_vnd"]
    for target in now["targets"]:
        assert target["met"] or not next(old for old in then["targets"] if old["name"] == target["name"])["met"]
    assert any("first" in note for note in now["data_notes"])


def test_without_new_commitments_the_plan_is_no_dearer(root: Path, place: Path) -> None:
    assert called(root, place, "same", "--start", str(place / "first")).exit_code == 0
    then, now = summary(place / "first")["bounds"]["sites"], summary(place / "same")["bounds"]["sites"]
    assert now["lower_bound_vnd"] == then["lower_bound_vnd"]
    assert now["cost_vnd"] <= then["cost_vnd"]


def test_a_start_under_other_targets_or_commitments_is_refused_by_key(root: Path, place: Path) -> None:
    other = called(
        root, place, "other", "--start", str(place / "first"), "--set", "costs.discount_rate=0.2",
        "--set", "planning.iterations=7",
    )  # fmt: skip
    assert other.exit_code == 2
    assert "costs.discount_rate" in other.output
    assert "planning.iterations" in other.output
    assert not (place / "other").exists()
    first = works(place / "first")
    name = str(first[first["sub_plan"] == "sites"].index[0])
    assert called(root, place, "tight", "--forbid", name).exit_code == 0
    loose = called(root, place, "loose", "--start", str(place / "tight"))
    assert loose.exit_code == 2
    assert f"{name} was forbidden and is not now" in " ".join(loose.output.split())
    no_run = called(root, place, "no_run", "--start", str(root / "docs"))
    assert no_run.exit_code == 2
    assert "lacks manifest.json" in no_run.output
