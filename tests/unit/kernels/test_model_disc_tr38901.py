"""TR 38.901 over a disc: what the disc gives is what the model gives cell by cell."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.config.propagation import PropagationConfig
from planner.kernels.model_disc import Disc, tr38901_disc, tr38901_probable_disc
from planner.radio.models.base import Link
from planner.radio.models.itm import CLIMATES
from planner.radio.models.tr38901 import SCENARIOS, Scenario, Tr38901


def _disc() -> Disc:
    ground = np.full((21, 21), 10.0, np.float32)
    ground[0, 0] = np.nan
    return Disc(ground, np.zeros_like(ground), 10.0, 10.0, 25.0, 1.5, 30.0, 250.0, 0, 0)


@pytest.mark.parametrize("scenario", ["rma", "uma", "umi"])
def test_cells_equal_the_model(scenario: Scenario) -> None:
    disc = _disc()
    probable, seen = np.empty((21, 21), np.float32), np.empty((21, 21), np.float32)
    tr38901_probable_disc(disc, SCENARIOS[scenario], 3.5, probable)
    tr38901_disc(disc, SCENARIOS[scenario], 3.5, 8500.0, seen)
    for row, col in ((10, 14), (3, 8), (10, 11), (15, 15)):
        link = Link(3500.0, 25.0, 1.5, math.hypot(row - 10, col - 10) * 0.03)
        assert probable[row, col] == pytest.approx(Tr38901(scenario, "probability").loss(link).loss_db, abs=1e-4)
        assert seen[row, col] == pytest.approx(Tr38901(scenario, "yes").loss(link).loss_db, abs=1e-4)
    assert np.isnan(probable[0, 0])
    assert np.isnan(probable[10, 19]), "beyond the radius"
    assert np.nanmax(seen - probable) <= 0.0


def test_every_climate_of_the_schema_is_one_of_the_model() -> None:
    for climate in CLIMATES:
        assert PropagationConfig(itm_climate=climate).itm_climate == climate  # type: ignore[arg-type]
