"""Live coverage: changes equal a prediction of the changed network, undo is exact to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.config.schema import Scenario
from planner.coverage.live import LiveCoverage
from planner.coverage.predict import predict_coverage
from planner.coverage.sectors import proposed_sectors
from planner.domain.coverage import CoverageMap, ProposedSite
from planner.domain.province import Province

CELL_M, WEST, NORTH = 90.0, 600_000.0, 2_360_000.0
RASTERS = ("level_dbm", "second_dbm", "best_sector", "interference_mw")


@pytest.fixture(scope="module")
def live(province: Province, scenario: Scenario) -> LiveCoverage:
    return LiveCoverage(province, scenario, threads=1)


def _raw(coverage: CoverageMap) -> dict[tuple[str, str], list[bytes]]:
    return {
        (layer.operator, layer.carrier): [getattr(layer, name).tobytes() for name in RASTERS]
        for layer in coverage.layers
    }


def test_begins_as_a_prediction(live: LiveCoverage, province: Province, scenario: Scenario) -> None:
    assert _raw(live.coverage_map()) == _raw(predict_coverage(province, scenario, threads=2))


def test_added_sites_equal_a_prediction_with_them(live: LiveCoverage, province: Province, scenario: Scenario) -> None:
    new = [
        ProposedSite("Z1", "Red", carrier, WEST + 55.3 * CELL_M, NORTH - 50.6 * CELL_M, 38.0)
        for carrier in ("lte", "nr")
    ]
    before = _raw(live.coverage_map())
    live.change([], list(proposed_sectors(new, scenario)))
    want = predict_coverage(province, scenario, extra_sites=new, threads=1)
    for got, full in zip(live.coverage_map().layers, want.layers, strict=True):
        np.testing.assert_allclose(got.level_dbm, full.level_dbm, atol=0.01)
        np.testing.assert_allclose(got.interference_mw, full.interference_mw, rtol=5e-3, atol=1e-18)
    served = live.service.served(technology="5g")
    live.undo()
    assert _raw(live.coverage_map()) == before
    assert served.sum() >= live.service.served(technology="5g").sum()


def test_removed_sites_equal_a_prediction_without(live: LiveCoverage, province: Province, scenario: Scenario) -> None:
    before = _raw(live.coverage_map())
    live.change([sector for sector in live.sectors if sector.site_id == "S4"], [])
    fewer = replace(province, sites=province.sites[province.sites["site_id"] != "S4"])
    want = predict_coverage(fewer, scenario, threads=1)
    kept = {(layer.operator, layer.carrier): layer for layer in want.layers}
    for got in live.coverage_map().layers:
        full = kept.get((got.operator, got.carrier))
        if full is None:
            assert (got.best_sector == -1).all()
            continue
        for name in ("level_dbm", "second_dbm", "interference_mw"):
            np.testing.assert_array_equal(getattr(got, name), getattr(full, name))
    live.undo()
    assert _raw(live.coverage_map()) == before


def test_undo_goes_back_step_by_step(live: LiveCoverage, scenario: Scenario) -> None:
    states = [_raw(live.coverage_map())]
    new = ProposedSite("Z2", "Blue", "nr", WEST + 20.0 * CELL_M, NORTH - 30.0 * CELL_M, 30.0)
    live.change([], list(proposed_sectors([new], scenario)))
    states.append(_raw(live.coverage_map()))
    tilted = [sector for sector in live.sectors if sector.site_id == "S1"]
    live.change(tilted, [replace(sector, electrical_tilt_deg=9.0) for sector in tilted])
    assert _raw(live.coverage_map()) != states[-1]
    live.undo()
    assert _raw(live.coverage_map()) == states[1]
    live.undo()
    assert _raw(live.coverage_map()) == states[0]
