"""Tables of rates, loads and exposure that a run writes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.domain.province import Province
from planner.report.radio_tables import write_radio_tables


def test_every_sector_and_area_has_its_row(province: Province, scenario: Scenario, tmp_path: Path) -> None:
    coverage = predict_coverage(province, scenario, threads=1)
    programme: Any = SimpleNamespace(baseline_map=coverage, final_map=coverage)
    write_radio_tables(tmp_path, scenario, province, programme)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    assert len(sectors) == 2 * 21
    assert (sectors["mast_exposure_m"] >= sectors["exposure_m"]).all()
    assert (sectors["overloaded"] == (sectors["load"] > 1.0)).all()
    details = pd.read_csv(tmp_path / "area_details.csv")
    assert len(details) == 24
    assert (details["rate_p50_mbps_before"] == details["rate_p50_mbps_after"]).all()
