"""Antennas of a scenario: files are read beside the scenario, all faults told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.config.schema import Scenario
from planner.coverage.patterns import scenario_patterns
from planner.errors import DataError


def _panel(path: Path, samples: int = 360) -> Path:
    turn = (np.arange(360) + 180.0) % 360.0 - 180.0
    lines = ["GAIN 15 dBi"]
    for name, width in (("HORIZONTAL", 65.0), ("VERTICAL", 7.0)):
        values = np.minimum(12 * (turn / width) ** 2, 28)
        lines += [f"{name} 360", *(f"{angle} {value:.2f}" for angle, value in enumerate(values[:samples]))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_files_and_parametric_patterns(
    tmp_path: Path, scenario: Scenario, make_scenario: Callable[..., Scenario]
) -> None:
    radio = scenario.radio.model_dump()
    radio["antennas"] |= {"panel": {"kind": "file", "file": str(_panel(tmp_path / "a.msi"))}, "whip": {"kind": "omni"}}
    patterns = scenario_patterns(make_scenario(radio=radio))
    assert patterns["panel"].gain_dbi == 15.0
    assert patterns["whip"].horizontal_db.max() == 0.0
    radio["antennas"]["panel"]["file"] = str(_panel(tmp_path / "b.msi", samples=90))
    radio["antennas"]["other"] = {"kind": "file", "file": str(_panel(tmp_path / "c.msi", samples=10))}
    with pytest.raises(DataError) as refusal:
        scenario_patterns(make_scenario(radio=radio))
    assert {complaint.where[:5] for complaint in refusal.value.complaints} == {"b.msi", "c.msi"}
