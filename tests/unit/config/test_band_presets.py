"""The band presets are channels 3GPP defines, on every band the planner promises."""

from __future__ import annotations

from pathlib import Path

import yaml

from planner.config.load import load_scenario
from planner.radio.numerology import resource_blocks


def test_every_preset_is_a_channel(root: Path, tmp_path: Path) -> None:
    configs = root / "configs"
    names = ["radio/bands.yaml", "radio/vietnam.yaml", "costs/vietnam.yaml", "coverage/planning.yaml"]
    text = yaml.safe_dump({"extends": [str(configs / name) for name in names], "name": "bands"})
    path = tmp_path / "bands.yaml"
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    carriers = scenario.radio.carriers
    for name, carrier in carriers.items():
        assert resource_blocks(name, carrier) > 0
    assert {"700", "900", "1800", "2100", "2600", "3500", "3700", "3850", "26000"} <= {
        c.band for c in carriers.values()
    }
    assert scenario.propagation.model_by_band["26000"] == "tr38901_umi"
