"""Rasters say the same as the tables: margins decide, whatever a scenario asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.coverage.rasters import layer_rasters, technology_rasters
from planner.coverage.service import Service
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.report.cog import write_carrier_cogs, write_coverage_cogs

MakeScenario = Callable[..., Scenario]
LEVELS = {"4g": {"level_dbm": -100}, "5g": {"level_dbm": -105}}
RATES = {"4g": {"level_dbm": -105, "downlink_mbps": 15}, "5g": {"level_dbm": -108, "sinr_db": 3.0}}


def _nsa(scenario: Scenario) -> dict[str, Any]:
    carriers = {name: carrier.model_dump() for name, carrier in scenario.radio.carriers.items()}
    return {"carriers": {**carriers, "nr": {**carriers["nr"], "anchor": "nsa"}}}


@pytest.fixture(scope="module")
def coverage(province: Province, scenario: Scenario) -> CoverageMap:
    return predict_coverage(province, scenario, threads=1)


@pytest.mark.parametrize("receiver", ["outdoor", "indoor"])
@pytest.mark.parametrize(("thresholds", "nsa"), [(LEVELS, False), (RATES, False), (LEVELS, True), (RATES, True)])
def test_a_cell_is_served_where_its_margin_is_not_negative(
    coverage: CoverageMap, make_scenario: MakeScenario, thresholds: dict[str, Any], nsa: bool, receiver: str
) -> None:
    asked = make_scenario(coverage={"thresholds": thresholds, "receiver": receiver})
    if nsa:
        asked = make_scenario(coverage={"thresholds": thresholds, "receiver": receiver}, radio=_nsa(asked))
    service = Service(coverage, asked, np.arange(coverage.grid.rows * coverage.grid.cols))
    for technology in ("4g", "5g"):
        margin = technology_rasters(coverage, asked, technology).margin_db.reshape(-1)
        served = service.served(technology=technology)
        assert 0 < served.sum() < served.size
        np.testing.assert_array_equal(margin >= 0.0, served)


def test_probability_at_the_threshold_is_the_scenarios(coverage: CoverageMap, scenario: Scenario) -> None:
    found = layer_rasters(coverage, scenario, coverage.layers[0])
    edge = np.abs(found.margin_db) < 0.02
    assert edge.any()
    np.testing.assert_allclose(found.probability[edge], scenario.coverage.location_probability, atol=0.002)
    known = np.isfinite(found.sinr_db)
    by_sinr = found.rate_mbps[known][np.argsort(found.sinr_db[known])]
    assert (np.diff(by_sinr) >= 0.0).all()
    assert by_sinr[0] < by_sinr[-1]


def test_files_name_their_bands_and_servers(coverage: CoverageMap, scenario: Scenario, tmp_path: Path) -> None:
    write_coverage_cogs(tmp_path, scenario, coverage, coverage)
    names = write_carrier_cogs(tmp_path, scenario, "before", coverage)
    with rasterio.open(tmp_path / "coverage_5g_after.tif") as raster:
        assert raster.units == ("dBm", "dB", "dB", "Mbit/s", "1")
        assert raster.descriptions[2].startswith("SINR")
    assert names[0] == "carriers/Blue_lte_before.tif"
    first = 0
    for name, layer in zip(names, coverage.layers, strict=True):
        with rasterio.open(tmp_path / name) as raster:
            assert raster.count == 8
            np.testing.assert_array_equal(raster.read(6), layer.second_dbm)
            number = raster.read(7)
            others = np.where(np.isnan(raster.read(8)), 0.0, 10.0 ** (raster.read(8) / 10.0))
        np.testing.assert_allclose(others, layer.interference_mw, rtol=0.012)  # to 0.1 dB
        assert np.nanmin(number) >= first + 1
        first += len(layer.sectors)
        assert np.nanmax(number) <= first
        np.testing.assert_array_equal(np.isnan(number), layer.best_sector < 0)
