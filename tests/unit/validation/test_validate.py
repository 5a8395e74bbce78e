"""Vector files are found by their columns, judged case by case, and refused when they are damaged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from planner.cli.models import models
from planner.cli.validate import validate as validate_command
from planner.errors import ConfigError, DataError
from planner.kernels.free_space import free_space_loss_db
from planner.radio.models.p2108 import statistical_clutter_loss_db
from planner.radio.models.p2109 import entry_loss_db
from planner.validation.judge import Criterion, Outcome, judge
from planner.validation.run import known_models, validate

P2109_HEADER = "case,freqency (GHz),probability (%),building type,elevation angle (deg),building entry loss (dB)"


def _entry_loss_file(path: Path, *, error_db: float = 0.0, blank: bool = False) -> None:
    lines = [P2109_HEADER]
    for i, (f, p) in enumerate([(0.7, 50.0), (3.5, 90.0), (26.0, 10.0)]):
        value = entry_loss_db(f, p, "traditional") + (error_db if i == 1 else 0.0)
        lines.append(f"row_{i},{f},{p},1,0,{'' if blank and i == 2 else repr(value)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _clutter_file(path: Path, *, code: int) -> None:
    row = statistical_clutter_loss_db(3.5, 1.0, 50.0)
    text = f"case,f__ghz,d__km,p,rtn,L_ctt__db\na,3.5,1,50,0,{row}\nb,{70 if code else 3.5},1,50,48,0\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def app() -> typer.Typer:
    application = typer.Typer()
    application.command()(validate_command)
    application.command()(models)
    return application


def test_files_are_known_by_columns_wherever_they_lie(tmp_path: Path) -> None:
    _entry_loss_file(tmp_path / "deep" / "p2109" / "anything.csv")
    _entry_loss_file(tmp_path / "elsewhere" / "x.csv")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    verdicts = validate(tmp_path)
    assert [verdict.file for verdict in verdicts] == ["deep/p2109/anything.csv", "elsewhere/x.csv"]
    assert all(verdict.passed and verdict.model == "p2109" and verdict.cases == 3 for verdict in verdicts)


def test_a_wrong_value_fails_and_names_its_case(tmp_path: Path) -> None:
    _entry_loss_file(tmp_path / "p2109" / "x.csv", error_db=0.01)
    (verdict,) = validate(tmp_path)
    assert not verdict.passed
    assert verdict.max_abs_db == pytest.approx(0.01)
    assert verdict.worst_case == "row_1"


def test_a_row_without_reference_is_skipped_with_the_reason(tmp_path: Path) -> None:
    _entry_loss_file(tmp_path / "p2109" / "x.csv", blank=True)
    (verdict,) = validate(tmp_path)
    assert verdict.passed
    assert (verdict.cases, verdict.skipped, dict(verdict.skip_reasons)) == (2, 1, {"no reference value": 1})


def test_refusals_pass_by_refusing(tmp_path: Path) -> None:
    _clutter_file(tmp_path / "p2108" / "good.csv", code=48)
    _clutter_file(tmp_path / "p2108" / "wrong.csv", code=0)
    good, wrong = validate(tmp_path)
    assert good.passed
    assert good.cases == 2
    assert not wrong.passed
    assert "refuses with code 48" in wrong.faults[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no cases"),
        (P2109_HEADER + "\n", "no cases"),
        ("case,frequency\n1,2\n", "P.2109 building entry loss lacks"),
        (P2109_HEADER + "\na,1.0,50\n", "x.csv:2: 3 cells under 6 columns"),
        (P2109_HEADER + "\na,fast,50,1,0,3\n", "'fast'"),
        (P2109_HEADER + "\na,1.0,50,7,0,3\n", "building type 7"),
    ],
)
def test_damaged_tables_are_named_with_their_line(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "p2109" / "x.csv"
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        validate(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.jsonl", "{broken\n", "x.jsonl:1: not JSON"),
        ("x.jsonl", "[1, 2]\n", "not a JSON object"),
        ("x.jsonl", '{"pfl_m": [1, 2]}\n', "lacks"),
        ("x.npz", "not a zip", "not a readable NumPy archive"),
    ],
)
def test_damaged_json_and_archives_are_named(tmp_path: Path, name: str, content: str, words: str) -> None:
    path = tmp_path / "itm" / name
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=words):
        validate(tmp_path)


def test_all_damage_is_told_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        path = tmp_path / "p2109" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        validate(tmp_path)
    assert len(caught.value.complaints) == 2


def test_profiles_must_lie_beside_their_cases(tmp_path: Path) -> None:
    path = tmp_path / "ehata" / "x.csv"
    path.parent.mkdir()
    header = "case,f_mhz,h_b_m,h_m_m,nlcd_env,profile,dist_km,L_db_winnforum_ref,L_db_ntia_cpp_r50,agree_0p01db"
    path.write_text(f"{header}\na,1800,30,3,23,gone,5,150,150,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="profile 'gone'"):
        validate(tmp_path)
    profile = {"gone": {"np": 2, "xi_m": 1000.0, "pfl_m": [1, "high", 3]}}
    path.with_name("p.json").write_text(json.dumps(profile), encoding="utf-8")
    with pytest.raises(DataError, match="not a list of numbers"):
        validate(tmp_path)


def test_nothing_to_validate_and_unknown_models(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no vector file"):
        validate(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        validate(tmp_path / "none")
    _entry_loss_file(tmp_path / "p2109" / "x.csv")
    with pytest.raises(ConfigError, match="p1812"):
        validate(tmp_path, "okumura")
    with pytest.raises(DataError, match="no vector file of itm"):
        validate(tmp_path, "itm")
    assert validate(tmp_path, "P2109")[0].passed
    assert {"p1812", "p452", "itm", "hata", "tr38901", "p2108", "p2109", "p676"} == set(known_models())


def test_an_area_grid_is_weighed_whole(tmp_path: Path) -> None:
    """A flat tile whose reference is free space: P.1812 stays within 0.1 dB of it nowhere, so it must fail."""
    path = tmp_path / "area" / "grid.npz"
    path.parent.mkdir()
    lat, lon = np.array([21.01, 21.02]), np.array([106.01, 106.02, 106.03])
    grid = {"dem_m": np.zeros((61, 61), np.int16), "dem_north": 21.03, "dem_south": 20.99}
    grid |= {"dem_west": 106.0, "dem_east": 106.04, "rx_lat": lat, "rx_lon": lon}
    free = free_space_loss_db(700.0, 2.0)
    np.savez(path, **grid, path_loss_db=np.full((2, 3), free))
    scenario = {"model": "p1812", "tx_lat": 21.0, "tx_lon": 106.01, "f_mhz": 700, "h_tx_m": 30, "h_rx_m": 1.5}
    scenario |= {"pol": "vertical", "profile_step_m": 30, "p_pct": 50, "pL_pct": 50, "DN": 50, "N0": 350}
    path.with_suffix(".json").write_text(json.dumps(scenario), encoding="utf-8")
    (verdict,) = validate(tmp_path, "p1812")
    assert verdict.cases == 6
    assert not verdict.passed
    path.with_suffix(".json").unlink()
    with pytest.raises(DataError, match=r"grid.json"):
        validate(tmp_path)


def test_a_nan_is_the_worst_difference() -> None:
    verdict = judge("f", "m", [Outcome("a", 0.0), Outcome("b", float("nan"))], 1.0)
    assert not verdict.passed
    assert verdict.worst_case == "b"
    assert verdict.as_json()["max_abs_db"] is None
    assert not Criterion("x", float("nan"), 1.0).passed


def test_command_line_exit_codes_and_json(tmp_path: Path, app: typer.Typer) -> None:
    runner = CliRunner()
    good, bad = tmp_path / "good" / "p2109", tmp_path / "bad" / "p2109"
    _entry_loss_file(good / "x.csv")
    _entry_loss_file(bad / "x.csv", error_db=1.0)
    passed = runner.invoke(app, ["validate", "--vectors", str(good.parent), "--json"])
    assert passed.exit_code == 0
    (entry,) = json.loads(passed.stdout)["files"]
    keys = {"file", "model", "cases", "skipped", "max_abs_db", "p99_abs_db", "bar_db", "passed"}
    assert keys <= set(entry)
    assert entry["passed"] is True
    failed = runner.invoke(app, ["validate", "--vectors", str(bad.parent)])
    assert failed.exit_code == 1
    assert "fail" in failed.stdout
    assert "row_1" in failed.stdout
    assert runner.invoke(app, ["validate", "--vectors", str(tmp_path / "none")]).exit_code == 2


def test_models_command_lists_every_card(app: typer.Typer) -> None:
    runner = CliRunner()
    listed = json.loads(runner.invoke(app, ["models", "--json"]).stdout)["models"]
    names = {model["name"] for model in listed}
    assert {"p1812", "p452", "itm", "hata", "tr38901_umi", "p2109", "p676", "free_space"} <= names
    assert all(model["ranges"] and model["source"] for model in listed)
    assert runner.invoke(app, ["models"]).exit_code == 0
