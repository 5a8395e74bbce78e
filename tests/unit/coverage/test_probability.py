"""Probability of coverage: the stated probability at the threshold, the same yes and no beside it."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest

from planner.config.schema import Scenario
from planner.coverage.details import area_details
from planner.coverage.predict import predict_coverage
from planner.coverage.probability import location_probability
from planner.coverage.service import Service
from planner.domain.province import Province
from planner.radio.link_budget import serving_threshold


@pytest.mark.parametrize("receiver", ["outdoor", "indoor"])
def test_probability_and_served_agree(province: Province, scenario: Scenario, receiver: str) -> None:
    coverage = predict_coverage(province, scenario, threads=1)
    every = np.arange(coverage.grid.rows * coverage.grid.cols)
    service = Service(coverage, scenario, every)
    for index, layer in enumerate(coverage.layers):
        probability = location_probability(layer, scenario, coverage.grid.cell_m, receiver)
        assert probability.shape == coverage.grid.shape
        served = service.layer(index, receiver).reshape(coverage.grid.shape)
        clear = np.abs(probability - scenario.coverage.location_probability) > 1e-5
        np.testing.assert_array_equal((probability > scenario.coverage.location_probability)[clear], served[clear])
        assert (probability[layer.best_sector < 0] == 0.0).all()
        limit = serving_threshold(scenario, layer.carrier, receiver, coverage.grid.cell_m)
        at = np.argwhere(layer.best_sector >= 0)[::977]
        for row, col in at:
            spare = float(layer.level_dbm[row, col]) - (limit.level_dbm - limit.margin_db)
            want = NormalDist(0.0, limit.sigma_db).cdf(spare)
            assert float(probability[row, col]) == pytest.approx(want, abs=1e-4)


def test_without_spread_it_is_yes_or_no(province: Province, make_scenario: Callable[..., Scenario]) -> None:
    sharp = make_scenario(propagation={"radius_km": 2.0, "location_sigma_db": 0.0})
    layer = predict_coverage(province, sharp, threads=1).layers[0]
    assert set(np.unique(location_probability(layer, sharp, 90.0))) == {0.0, 1.0}


def test_area_probability_is_in_the_details(province: Province, scenario: Scenario) -> None:
    coverage = predict_coverage(province, scenario, threads=1)
    table = area_details(coverage, province, scenario)
    assert table["area_probability"].between(0.0, 1.0).all()
    assert table["area_probability"].max() > 0.9
