"""P.1812 and P.452 behind the protocol: answers, intermediates with equations, and every refusal."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from planner.errors import DataError, ModelRangeError
from planner.radio.models import p452, p1812
from planner.radio.models.base import Link, Profile
from planner.radio.models.p452 import P452
from planner.radio.models.p1812 import P1812

D_KM = np.linspace(0.0, 6.0, 101)
HILL = Profile(D_KM, 20.0 + 60.0 * np.exp(-((D_KM - 3.0) ** 2)), np.where(D_KM > 5.0, 12.0, 0.0))
LINK = Link(1800.0, 35.0, 1.5, 6.0, HILL)
MODELS = (P1812(), P452())


def changed(**values):
    return dataclasses.replace(LINK, **values)


@pytest.mark.parametrize(("model", "equations"), [(P1812(), p1812.EQUATIONS), (P452(), p452.EQUATIONS)])
def test_answer_comes_with_every_intermediate(model, equations):
    answer = model.loss(LINK)
    assert answer.warnings == ()
    assert set(answer.intermediates) == set(equations.values())
    assert all(math.isfinite(value) for value in answer.intermediates.values())
    assert answer.intermediates[equations["lb_db"]] == answer.loss_db
    free_db = 32.45 + 20.0 * math.log10(1800.0 * 6.0)
    assert free_db < answer.loss_db < free_db + 60.0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.card.name)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frequency_mhz", 20.0),
        ("frequency_mhz", 60_000.0),
        ("frequency_mhz", math.nan),
        ("tx_height_agl_m", 0.1),
        ("rx_height_agl_m", 4000.0),
        ("time_pct", 0.0005),
        ("time_pct", 51.0),
        ("latitude_deg", 91.0),
        ("delta_n", 157.0),
        ("n0", 50.0),
        ("location_sigma_db", -1.0),
    ],
)
def test_out_of_range_is_refused_by_name(model, name, value):
    with pytest.raises(ModelRangeError) as refusal:
        model.loss(changed(**{name: value}))
    assert name in str(refusal.value)
    assert "ITU-R P." in str(refusal.value)
    assert len(refusal.value.complaints) == 1


def test_every_fault_is_named_at_once():
    with pytest.raises(ModelRangeError) as refusal:
        P1812().loss(changed(frequency_mhz=7000.0, time_pct=0.5, location_pct=99.5))
    assert len(refusal.value.complaints) == 3


def test_nearer_than_the_scope_is_answered_with_a_warning():
    near = Profile(np.linspace(0.0, 0.2, 8), np.full(8, 5.0))
    answer = P1812().loss(changed(profile=near, distance_km=0.2))
    assert any("distance_km" in warning for warning in answer.warnings)
    assert math.isfinite(answer.loss_db)


def test_without_a_profile_there_is_no_answer():
    for model in MODELS:
        with pytest.raises(DataError, match="profile"):
            model.loss(changed(profile=None))


def test_zones_and_clutter_that_cannot_be():
    wet = Profile(D_KM, HILL.terrain_asl_m, HILL.clutter_height_m, np.full(101, 2, np.uint8))
    with pytest.raises(DataError, match="zones"):
        P1812().loss(changed(profile=wet))
    buried = Profile(D_KM, HILL.terrain_asl_m, np.full(101, -3.0))
    with pytest.raises(DataError, match="clutter"):
        P452().loss(changed(profile=buried))


@pytest.mark.parametrize("hole", [math.nan, math.inf])
def test_missing_samples_are_named(hole):
    terrain = HILL.terrain_asl_m.copy()
    terrain[40] = hole
    with pytest.raises(DataError, match=r"missing terrain.*2\.4 km"):
        Profile(D_KM, terrain)


def test_a_path_without_length_is_refused():
    with pytest.raises(DataError):
        Link(1800.0, 30.0, 1.5, 0.0)
    with pytest.raises(DataError):
        Profile(np.zeros(3), np.zeros(3))


def test_locations_use_the_models_own_spread_unless_given():
    own = P1812().loss(changed(location_pct=95.0)).loss_db - P1812().loss(LINK).loss_db
    given = P1812().loss(changed(location_pct=95.0, location_sigma_db=5.5)).loss_db - P1812().loss(LINK).loss_db
    # section 4.7 at 1.8 GHz for 100 m squares below the clutter, times the quantile of 95 %
    assert own == pytest.approx((0.52 + 0.024 * 1.8) * 100.0**0.28 * 1.6452, abs=1e-3)
    assert given == pytest.approx(5.5 * 1.6452, abs=2e-3)


def test_coast_comes_from_the_zones_unless_given():
    zone = np.where(D_KM > 0.5, 1, 3).astype(np.uint8)
    zone[-3:] = 3
    over_sea = Profile(D_KM, np.zeros(101), np.zeros(101), zone)
    found = P1812().loss(changed(profile=over_sea, time_pct=1.0)).intermediates
    assert found[p1812.EQUATIONS["omega"]] > 0.75
    assert found[p1812.EQUATIONS["dct_km"]] == pytest.approx(0.51)
    assert found[p1812.EQUATIONS["dcr_km"]] == pytest.approx(0.15)
    given = P1812().loss(changed(profile=over_sea, time_pct=1.0, tx_coast_km=3.0)).intermediates
    assert given[p1812.EQUATIONS["dct_km"]] == 3.0


def test_gases_matter_above_6_ghz_only():
    low, high = P452().loss(LINK), P452().loss(changed(frequency_mhz=26_000.0))
    line = p452.EQUATIONS["lbfsg_db"]
    free_low = 92.4 + 20.0 * math.log10(1.8 * 6.0)
    free_high = 92.4 + 20.0 * math.log10(26.0 * 6.0)
    assert low.intermediates[line] - free_low < 0.1
    assert 0.5 < high.intermediates[line] - free_high < 2.0
