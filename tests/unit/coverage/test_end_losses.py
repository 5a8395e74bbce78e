"""Clutter at the receiver and gases come on top only where a model has neither."""

from __future__ import annotations

import numpy as np
import pytest

from planner.config.propagation import PropagationConfig
from planner.coverage.end_losses import end_losses_db
from planner.errors import ModelRangeError
from planner.radio.models.p676 import gas_attenuation_db_km
from planner.radio.models.p2108 import statistical_clutter_loss_db, terminal_clutter_loss_db

CLASSES = np.array([[10, 50, 80, 40]], np.uint8)  # trees 15 m, built-up 10 m, water, cropland
DISTANCE_KM = np.array([[0.1, 1.0, 2.0, 5.0]])


def _extra(model: str, frequency_mhz: float, **changes: object) -> np.ndarray:
    config = PropagationConfig.model_validate(changes)
    return end_losses_db(config, model, frequency_mhz, 1.5, CLASSES, DISTANCE_KM)


@pytest.mark.parametrize("model", ["p1812", "p452", "hata", "tr38901_uma", "itm", "free_space"])
def test_nothing_comes_on_top_unasked(model: str) -> None:
    assert np.all(_extra(model, 1800.0) == 0.0)


@pytest.mark.parametrize("model", ["p1812", "p452", "hata", "tr38901_umi"])
def test_models_with_clutter_never_get_it_twice(model: str) -> None:
    for correction in ("p2108_height_gain", "p2108_terrestrial"):
        assert np.all(_extra(model, 1800.0, end_correction=correction) == 0.0)


def test_height_gain_by_class() -> None:
    trees, built, water, crops = _extra("itm", 1800.0, end_correction="p2108_height_gain")[0]
    assert trees == pytest.approx(terminal_clutter_loss_db(1.8, 1.5, 27.0, 15.0, 5))
    assert built == pytest.approx(terminal_clutter_loss_db(1.8, 1.5, 27.0, 10.0, 3))
    assert water == crops == 0.0
    with pytest.raises(ModelRangeError, match="frequency_ghz"):
        _extra("itm", 3500.0, end_correction="p2108_height_gain")


def test_statistical_clutter_in_built_up_land() -> None:
    config = PropagationConfig(end_correction="p2108_terrestrial")
    built = np.full(DISTANCE_KM.shape, 50, np.uint8)
    extra = end_losses_db(config, "free_space", 3500.0, 1.5, built, DISTANCE_KM)[0]
    expected = [statistical_clutter_loss_db(3.5, km, 50.0) for km in (0.25, 1.0, 2.0, 5.0)]
    assert extra == pytest.approx(expected, abs=1e-4)  # linear between 351 distances


def test_gases_from_6_ghz() -> None:
    per_km = sum(gas_attenuation_db_km(26.0, vapour_density_g_m3=20.0))
    assert _extra("tr38901_umi", 26_000.0)[0] == pytest.approx(per_km * DISTANCE_KM[0])
    assert np.all(_extra("p452", 26_000.0) == 0.0)
    assert np.all(_extra("tr38901_umi", 26_000.0, vapour_density_g_m3=0.0) < _extra("tr38901_umi", 26_000.0))
