"""Antenna files: messy headers are read, broken cuts are refused by line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.data.antenna_files import read_antenna
from planner.errors import DataError
from planner.radio.antennas import cut_figures


def _cut(values: np.ndarray, separator: str = "\t", point: str = ".") -> str:
    return "\n".join(f"{angle}{separator}{value:.2f}".replace(".", point) for angle, value in enumerate(values))


def _parabola(width_deg: float, floor_db: float, centre_deg: float = 0.0) -> np.ndarray:
    turn = (np.arange(360) - centre_deg + 180.0) % 360.0 - 180.0
    return np.minimum(12.0 * (turn / width_deg) ** 2, floor_db)


HORIZONTAL, VERTICAL = _parabola(65, 28), _parabola(7, 22, centre_deg=6)


def _file(folder: Path, header: str, horizontal: str = "", vertical: str = "", encoding: str = "utf-8") -> Path:
    path = folder / "panel.msi"
    horizontal = horizontal or _cut(HORIZONTAL)
    vertical = vertical or _cut(VERTICAL)
    path.write_bytes(f"{header}\nHORIZONTAL 360\n{horizontal}\nVERTICAL 360\n{vertical}\n".encode(encoding))
    return path


@pytest.mark.parametrize(("gain", "dbi"), [("17.0 dBi", 17.0), ("14.85 dBd", 17.0), ("14.85", 17.0), ("17,0dBi", 17.0)])
def test_gain_units(tmp_path: Path, gain: str, dbi: float) -> None:
    cuts = read_antenna(_file(tmp_path, f"NAME X\nGAIN {gain}"))
    assert cuts.gain_dbi == pytest.approx(dbi)


def test_figures_are_those_of_the_cuts(tmp_path: Path) -> None:
    figures = cut_figures(read_antenna(_file(tmp_path, "NAME X\nGAIN 17 dBi")))
    assert figures.horizontal_width_deg == pytest.approx(65.0, abs=0.1)
    assert figures.vertical_width_deg == pytest.approx(7.0, abs=0.1)
    assert figures.front_to_back_db == pytest.approx(28.0)
    assert figures.tilt_deg == 6.0


def test_messy_header(tmp_path: Path) -> None:
    header = "\ufeffname\tPanel é 742 215\nMAKE ACME: 2001\nFrequency 1710-1880\nh_width 65\ntilt ELECTRICAL 6\n"
    header += "\nComment gain is high\nGAIN: 17 dbi"
    cuts = read_antenna(_file(tmp_path, header))
    assert cuts.name == "Panel é 742 215"
    assert cuts.frequency_mhz == pytest.approx(1795.0)
    assert cuts.electrical_tilt_deg == 6.0
    latin = read_antenna(_file(tmp_path, "NAME Panel é\nGAIN 17 dBi", encoding="latin-1"))
    assert latin.name == "Panel é"


def test_decimal_commas_are_read_and_said(tmp_path: Path) -> None:
    path = _file(tmp_path, "GAIN 17 dBi", _cut(HORIZONTAL, " ", ","), _cut(VERTICAL, ";", ","))
    cuts = read_antenna(path)
    np.testing.assert_allclose(cuts.horizontal_db, HORIZONTAL, atol=0.005)
    np.testing.assert_allclose(cuts.vertical_db, VERTICAL, atol=0.005)
    assert any("decimal commas" in note and "line 3" in note for note in cuts.notes)


def test_gains_below_the_maximum_are_turned(tmp_path: Path) -> None:
    cuts = read_antenna(_file(tmp_path, "GAIN 17 dBi", _cut(-HORIZONTAL)))
    np.testing.assert_allclose(cuts.horizontal_db, HORIZONTAL, atol=0.005)


@pytest.mark.parametrize(
    ("header", "horizontal", "vertical", "words"),
    [
        ("NAME X", "", "", ["no gain"]),
        ("GAIN seventeen", "", "", ["line 1", "seventeen"]),
        ("GAIN 170 dBi", "", "", ["170"]),
        ("GAIN 17 dBi", _cut(HORIZONTAL[:200]), "", ["announces 360", "holds 200", "truncated"]),
        ("GAIN 17 dBi", _cut(HORIZONTAL) + "\nxx yy", "", []),
        ("GAIN 17 dBi", "0 0\n1 -30\n2 0.1", "", ["line 2", "horizontal"]),
        ("GAIN 17 dBi", "0 abc\n" + _cut(HORIZONTAL), "", ["line 3", "abc"]),
        ("GAIN 17 dBi", "", "0\t0\n400\t1", ["400"]),
    ],
)
def test_broken_files_are_refused_by_line(
    tmp_path: Path, header: str, horizontal: str, vertical: str, words: list[str]
) -> None:
    path = _file(tmp_path, header, horizontal, vertical)
    if not words:
        assert read_antenna(path).gain_dbi == 17.0  # a trailing comment ends the cut and harms nothing
        return
    with pytest.raises(DataError) as refusal:
        read_antenna(path)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"\0\1\2", None])
def test_unreadable_files(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "panel.msi"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"panel\.msi"):
        read_antenna(path)


def test_both_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "panel.msi"
    path.write_text("NAME X\nHORIZONTAL 360\n" + _cut(HORIZONTAL), encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        read_antenna(path)
    assert len(refusal.value.complaints) == 2
