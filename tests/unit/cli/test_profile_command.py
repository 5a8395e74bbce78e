"""`planner profile` on the demo district: values, samples, picture, letters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from planner.cli.main import app

LINK = ("--from", "105.985,21.043,40", "--to", "106.03,21.06")


def profile(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["profile", str(root / "scenarios" / "demo.yaml"), *words])


def test_a_link_is_printed_with_equations_samples_and_picture(root: Path, tmp_path: Path) -> None:
    result = profile(root, *LINK, "--carrier", "2100", "--plot", str(tmp_path / "link.png"))
    assert result.exit_code == 0, result.stderr
    for word in (
        "Eq (8)",
        "Eq (69)",
        "terrain, m",
        "clearance, F1",
        "25 of 53 samples",
        "is what coverage is computed",
    ):
        assert word in result.stdout
    drawn = [line for line in result.stdout.splitlines() if " m |" in line]
    assert len(drawn) == 16
    assert "*" in drawn[-1].split("|")[1][-10:]  # the ray ends at the receiver, low and to the right
    assert "#" * 50 in drawn[-1]
    assert (tmp_path / "link.png").stat().st_size > 10_000


def test_json_has_every_sample_and_the_scenarios_additions(root: Path) -> None:
    offset = "propagation.clutter.50.offset_by_band_db={'1800': 2.5}"
    words = ("--carrier", "lte1800", "--json", "--set", offset, "--set", "propagation.clutter.50.offset_db=1.5")
    found = json.loads(profile(root, *LINK, *words).stdout)
    assert found["frequency_mhz"] == 1842.5
    assert found["additions_db"] == {"calibration of built-up": pytest.approx(4.0)}
    assert found["total_db"] == pytest.approx(found["loss_db"] + 4.0)
    assert {len(values) for values in found["profile"].values()} == {53}
    assert min(found["profile"]["clearance_share"][1:-1]) == pytest.approx(found["clearance_share"])


def test_a_band_brings_its_model_and_a_number_does_not(root: Path) -> None:
    override = ("--set", "propagation.model_by_band={'2100': hata}", "--json")
    by_band, by_number = (
        json.loads(profile(root, *LINK, "--carrier", carrier, *override).stdout) for carrier in ("2100", "2140")
    )
    assert "Hata" in by_band["model"]
    assert "P.1812" in by_number["model"]


def test_gases_count_from_6_ghz(root: Path) -> None:
    words = ("--carrier", "26000", "--model", "tr38901_uma", "--json")
    found = json.loads(profile(root, "--from", "105.985,21.043,40", "--to", "105.99,21.045", *words).stdout)
    (name,) = found["additions_db"]
    assert name == "gases, ITU-R P.676-13"
    length_km = found["profile"]["distance_km"][-1]
    assert 0.05 < found["additions_db"][name] / length_km < 1.0  # dB/km near the water line at 22 GHz


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "105.985", "--to", "106.03,21.06"), "a point cannot be read"),
        (("--from", "105.985,21.043,high", "--to", "106.03,21.06"), "a point cannot be read"),
        (("--from", "105.985,21.043,nan", "--to", "106.03,21.06"), "a point cannot be read"),
        (("--from", "21.043,105.985", "--to", "106.03,21.06"), "longitude first"),
        (("--from", "105.985,21.043", "--to", "105.985,21.043"), "no length"),
        (("--from", "105.985,21.043", "--to", "108.0,21.06"), "leaves the terrain"),
        ((*LINK, "--carrier", "lte18000"), "lte1800"),
        ((*LINK, "--carrier", "nan"), "give MHz"),
        ((*LINK, "--model", "p1813"), "p1812"),
        (("--from", "105.985,21.043,9000", "--to", "106.03,21.06"), "tx_height_agl_m"),
    ],
)
def test_impossible_links_end_in_a_letter(root: Path, words: tuple[str, ...], told: str) -> None:
    result = profile(root, *words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""
