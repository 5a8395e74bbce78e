"""Bad input at the command line: a clear message, exit code 2, nothing half written."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.main import app
from planner.data.synthetic import make_province_folder

CONTRADICTION = """
name: x
phases: [{year: 2030, budget_vnd: {}}]
targets:
- {name: a, kind: fibre_communes, share: 0.9, year: 2028}
- {name: b, kind: fibre_communes, share: 0.8, year: 2028}
"""


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    make_province_folder("S", 1, folder)
    return folder


@pytest.fixture
def broken(district: Path, tmp_path: Path) -> Path:
    """A folder with a truncated raster and a site on nobody's network."""
    folder = Path(shutil.copytree(district, tmp_path / "broken"))
    dem = (folder / "dem_synthetic.tif").read_bytes()
    (folder / "dem_synthetic.tif").write_bytes(dem[: len(dem) // 2])
    table = (folder / "bts_synthetic.csv").read_text(encoding="utf-8")
    (folder / "bts_synthetic.csv").write_text(table.replace("Viettel", "Vietel", 1), encoding="utf-8")
    return folder


def _planner(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_check_accepts_the_demo(root: Path) -> None:
    result = _planner("check", root / "scenarios" / "demo.yaml")
    assert result.exit_code == 0, result.output
    assert "0 errors, 0 warnings. The input can be used." in result.output


def test_check_without_data_says_so(root: Path) -> None:
    result = _planner("check", root / "scenarios" / "bac_giang_2030.yaml", "--json")
    assert result.exit_code == 0
    assert [item["rule"] for item in json.loads(result.stdout)["findings"]] == ["P002"]


def test_check_tells_all_errors_as_json(root: Path, broken: Path) -> None:
    result = _planner("check", root / "scenarios" / "demo.yaml", "--data", broken, "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    errors = [item for item in told["findings"] if item["severity"] == "error"]
    assert {item["rule"] for item in errors} == {"P103", "P505"}
    assert told["errors"] == len(errors)
    assert all(item["layer"] and item["message"] and item["fix"] for item in told["findings"])


def test_check_shows_a_table(root: Path, broken: Path) -> None:
    result = _planner("check", root / "scenarios" / "demo.yaml", "--data", broken)
    assert result.exit_code == 2
    assert "P505" in result.output
    assert "The input cannot be used." in result.output


def test_check_tells_what_is_wrong_with_the_scenario(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("name: x\nbas_year: 2024\n", encoding="utf-8")
    result = _planner("check", path, "--json")
    assert result.exit_code == 2
    finding = json.loads(result.stdout)["findings"][0]
    assert finding["rule"] == "P001"
    assert finding["fix"] == "Did you mean 'base_year'?"


def _assert_refused(result: Result, folder: Path, *words: str) -> None:
    assert result.exit_code == 2, result.output
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.output
    assert list(folder.glob(".*.part")) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: [x\n", "not valid YAML"),
        ("extends: [gone.yaml]\nname: x\n", "no file 'gone.yaml'"),
        ("name: x\npropagation: {model: p1821}\n", "Did you mean 'p1812'?"),
        (CONTRADICTION, "'a' and 'b' ask for 90.00% and 80.00%"),
    ],
)
def test_run_refuses_a_bad_scenario(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    result = _planner("run", tmp_path / "bad.yaml", "--out", tmp_path / "out", "--quiet")
    _assert_refused(result, tmp_path, word)
    assert not (tmp_path / "out").exists()


def test_run_refuses_bad_data_and_leaves_an_earlier_run_alone(root: Path, broken: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "out"
    earlier.mkdir()
    (earlier / "manifest.json").write_text("{}", encoding="utf-8")
    result = _planner("run", root / "scenarios" / "demo.yaml", "--data", broken, "--out", earlier, "--quiet")
    _assert_refused(result, tmp_path, "P103 dem", "P505 sites")
    assert [path.name for path in earlier.iterdir()] == ["manifest.json"]


def test_run_refuses_a_missing_folder(root: Path, tmp_path: Path) -> None:
    scenario = root / "scenarios" / "bac_giang_2030.yaml"
    _assert_refused(
        _planner("run", scenario, "--data", tmp_path / "gone", "--out", tmp_path / "out"), tmp_path, "does not exist"
    )
    _assert_refused(_planner("run", scenario, "--out", tmp_path / "out"), tmp_path, "no folder is given")
    assert not (tmp_path / "out").exists()


def test_run_refuses_an_output_folder_that_cannot_be_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = _planner("run", root / "scenarios" / "demo.yaml", "--out", tmp_path / "file" / "out", "--quiet")
    _assert_refused(result, tmp_path, "cannot be written")


def test_run_does_not_overwrite_what_is_no_run(root: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.doc").write_text("x", encoding="utf-8")
    result = _planner("run", root / "scenarios" / "demo.yaml", "--out", tmp_path / "out", "--quiet")
    _assert_refused(result, tmp_path, "not the result of an earlier run")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.doc"]


def test_a_killed_run_leaves_no_result_and_the_next_one_sweeps(root: Path, broken: Path, tmp_path: Path) -> None:
    scenario = root / "scenarios" / "demo.yaml"
    command = [sys.executable, "-m", "planner.cli.main", "run", scenario, "--out", tmp_path / "out", "--quiet"]
    with subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not list(tmp_path.glob(".out.*.part")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out").exists()
    assert len(list(tmp_path.glob(".out.*.part"))) == 1
    result = _planner("run", scenario, "--data", broken, "--out", tmp_path / "out", "--quiet")
    _assert_refused(result, tmp_path, "P103 dem")


def test_synthetic_data_is_written_only_to_a_new_folder(tmp_path: Path) -> None:
    assert _planner("data", "synth", "--size", "S", "--seed", "3", "--out", tmp_path / "new").exit_code == 0
    assert (tmp_path / "new" / "bts_synthetic.csv").is_file()
    again = _planner("data", "synth", "--size", "S", "--out", tmp_path / "new")
    assert again.exit_code == 2
    assert "not empty" in again.stderr
    assert _planner("data", "synth", "--size", "XXL", "--out", tmp_path / "x").exit_code == 2
