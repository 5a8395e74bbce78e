"""`planner check` finds beforehand what would stop a prediction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.main import app

DEMO = Path(__file__).resolve().parents[3] / "scenarios" / "demo.yaml"


def test_the_demo_is_sound() -> None:
    result = CliRunner().invoke(app, ["check", str(DEMO), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["errors"] == 0


@pytest.mark.parametrize(
    ("override", "word"),
    [
        ("propagation.dn50_file=missing.txt", "missing.txt"),
        ("radio.carriers.nr2600.scs_khz=45", "scs_khz"),
        ("radio.carriers.nr3700.bandwidth_mhz=97", "bandwidth_mhz"),
        ("radio.antennas.active_64tr={kind: file, file: missing.msi}", "missing.msi"),
        ("propagation.model_by_band={'2600': hata, '1800': tr38901_inh, '2100': p452}", ""),
        ("propagation.model_by_environment={trees: tr38901_rma}", ""),
    ],
)
def test_radio_faults_are_named_before_a_run(override: str, word: str) -> None:
    result = CliRunner().invoke(app, ["check", str(DEMO), "--set", override, "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == (2 if word else 0)
    assert any(word in item["feature"] + item["message"] for item in found["findings"])


def test_a_frequency_beyond_its_model_is_an_error() -> None:
    overrides = ["radio.carriers.lte1800.frequency_mhz=7000", "radio.carriers.lte1800.band='7000'"]
    bands = "radio.enabled_bands=['7000', '2100', '2600', '3700', '3850']"
    arguments = [item for text in (*overrides, bands) for item in ("--set", text)]
    result = CliRunner().invoke(app, ["check", str(DEMO), *arguments, "--json"])
    assert result.exit_code == 2
    assert any("p1812" in item["feature"] for item in json.loads(result.stdout)["findings"])
