"""`planner models`: every model with its range, and the named thresholds."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from planner.cli.main import app


def test_models_have_ranges_and_sources() -> None:
    result = CliRunner().invoke(app, ["models", "--json"])
    assert result.exit_code == 0
    found = {card["name"]: card for card in json.loads(result.stdout)["models"]}
    assert {"p1812", "itm", "hata", "free_space", "tr38901_uma", "p2109", "p676", "p452"} <= set(found)
    assert any(name.startswith("p2108") for name in found)
    assert all(card["source"] and card["ranges"] for card in found.values())


def test_presets_are_listed_with_what_they_ask_for() -> None:
    result = CliRunner().invoke(app, ["models", "--presets", "--json"])
    assert result.exit_code == 0
    found = {entry["name"]: entry for entry in json.loads(result.stdout)["presets"]}
    assert {"ofcom", "ofcom_very_high", "fcc", "fcc_35", "arcep", "qcvn126", "vnpt", "planning"} <= set(found)
    assert found["fcc"]["location_probability"] == 0.9
    assert found["qcvn126"]["thresholds"]["5g"]["downlink_mbps"] == 30
    assert "Ofcom" in found["ofcom"]["meaning"]


def test_presets_are_readable_on_a_terminal() -> None:
    result = CliRunner().invoke(app, ["models", "--presets"])
    assert result.exit_code == 0
    assert "fcc_35" in result.stdout
    assert "dBm" in result.stdout
