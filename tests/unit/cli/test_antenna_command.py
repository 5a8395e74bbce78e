"""`planner antenna`: figures, picture, and letters about broken files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from planner.cli.main import app


def _panel(folder: Path, *, gain: str = "GAIN 15 dBi", samples: int = 360) -> Path:
    turn = (np.arange(360) + 180.0) % 360.0 - 180.0
    cuts = {"HORIZONTAL": np.minimum(12 * (turn / 65) ** 2, 28), "VERTICAL": np.minimum(12 * (turn / 7) ** 2, 25)}
    lines = ["NAME Panel", gain]
    for name, values in cuts.items():
        lines += [f"{name} 360", *(f"{angle} {value:.2f}" for angle, value in enumerate(values[:samples]))]
    path = folder / "panel.msi"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_figures_and_picture(tmp_path: Path) -> None:
    picture = tmp_path / "cuts.png"
    result = CliRunner().invoke(app, ["antenna", str(_panel(tmp_path)), "--out", str(picture), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["gain_dbi"] == 15.0
    assert abs(found["horizontal_width_deg"] - 65.0) < 0.2
    assert found["front_to_back_db"] == 28.0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_words_for_people(tmp_path: Path) -> None:
    path = _panel(tmp_path, gain="GAIN 12.85")
    result = CliRunner().invoke(app, ["antenna", str(path), "--out", str(tmp_path / "a.png")])
    assert result.exit_code == 0
    assert "gain: 15.00 dBi" in result.stdout
    assert "read as dBd" in result.stderr


def test_broken_files_end_in_a_letter(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["antenna", str(_panel(tmp_path, samples=100))])
    assert result.exit_code == 2
    assert "announces 360 samples and holds 100" in result.stderr.replace("\n", " ")
    assert CliRunner().invoke(app, ["antenna", str(tmp_path / "none.msi")]).exit_code == 2
    out = tmp_path / "no" / "such" / "folder.png"
    assert CliRunner().invoke(app, ["antenna", str(_panel(tmp_path)), "--out", str(out)]).exit_code == 2
