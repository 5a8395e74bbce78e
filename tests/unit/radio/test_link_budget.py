"""Link budget: figures worked by hand, channels 3GPP does not define, laws of margins and areas."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from planner.config.radio import CarrierConfig, RadioConfig, ReceiverConfig
from planner.config.schema import Scenario
from planner.errors import ConfigError
from planner.radio.emf import exposure_distance_m
from planner.radio.entry_loss import entry_loss
from planner.radio.link_budget import (
    area_probability,
    element_noise_dbm,
    max_uplink_loss_db,
    power_per_element_dbm,
    reference_power_dbm,
    serving_threshold,
)
from planner.radio.numerology import resource_blocks
from planner.radio.throughput import downlink_mbps, sinr_db, sinr_for_rate, spectral_efficiency

LTE = CarrierConfig(technology="4g", band="1800", frequency_mhz=1842.5, bandwidth_mhz=20)
NR = CarrierConfig(
    technology="5g", band="2600", frequency_mhz=2550, bandwidth_mhz=100, scs_khz=30, duplex="tdd",
    power_dbm=53, ssb_gain_offset_db=-3, layers=4,
)  # fmt: skip


def _scenario(**coverage: object) -> Scenario:
    return Scenario(
        name="t",
        radio=RadioConfig(carriers={"lte": LTE, "nr": NR}),
        coverage={"thresholds": {"4g": {"level_dbm": -105}, "5g": {"level_dbm": -110}}, **coverage},
        propagation={"location_sigma_db": 6.0},
    )


@pytest.mark.parametrize(
    ("technology", "mhz", "width", "spacing", "blocks"),
    [
        ("4g", 1800, 1.4, 15, 6), ("4g", 1800, 20, 15, 100), ("5g", 700, 10, 15, 52), ("5g", 3500, 100, 30, 273),
        ("5g", 3500, 100, 60, 135), ("5g", 26000, 100, 120, 66), ("5g", 26000, 400, 120, 264),
    ],
)  # fmt: skip
def test_resource_blocks(technology: str, mhz: float, width: float, spacing: int, blocks: int) -> None:
    carrier = CarrierConfig(technology=technology, band="b", frequency_mhz=mhz, bandwidth_mhz=width, scs_khz=spacing)
    assert resource_blocks("b", carrier) == blocks


@pytest.mark.parametrize(
    ("technology", "mhz", "width", "spacing", "word"),
    [
        ("4g", 1800, 12, 15, "bandwidth_mhz"), ("4g", 1800, 20, 30, "scs_khz"), ("5g", 3500, 100, 15, "bandwidth_mhz"),
        ("5g", 26000, 100, 30, "scs_khz"),
    ],
)  # fmt: skip
def test_channels_3gpp_does_not_define(technology: str, mhz: float, width: float, spacing: int, word: str) -> None:
    carrier = CarrierConfig(technology=technology, band="b", frequency_mhz=mhz, bandwidth_mhz=width, scs_khz=spacing)
    with pytest.raises(ConfigError, match=f"radio.carriers.odd.{word}"):
        resource_blocks("odd", carrier)


def test_power_per_element_by_hand() -> None:
    assert power_per_element_dbm("lte", LTE) == pytest.approx(46.0 - 30.7918, abs=1e-4)
    assert reference_power_dbm("nr", NR, None, 0.5) == pytest.approx(53.0 - 35.1534 - 0.5 - 3.0, abs=1e-4)
    assert element_noise_dbm(LTE, 7.0) == pytest.approx(-173.975 + 41.7609 + 7.0, abs=1e-4)


def test_threshold_by_hand() -> None:
    scenario = _scenario()
    z = NormalDist().inv_cdf(0.95)
    found = serving_threshold(scenario, "lte", "outdoor", 90.0)
    assert found.margin_db == pytest.approx(6.0 * z, abs=1e-9)
    assert found.downlink_dbm == pytest.approx(-105.0 + 6.0 * z)
    loss = 23.0 - (-173.975 + 10 * math.log10(15e3) + 3.0 + 10 * math.log10(48) - 3.0 + 2.0)
    assert max_uplink_loss_db(scenario, "lte") == pytest.approx(loss)
    assert found.uplink_dbm == pytest.approx(46.0 - 10 * math.log10(1200) - loss + 3.0 + 6.0 * z)
    assert found.level_dbm == max(found.downlink_dbm, found.uplink_dbm)


def test_the_weaker_direction_limits() -> None:
    strong = serving_threshold(_scenario(), "lte", "outdoor", 90.0, power_dbm=60.0)
    weak = serving_threshold(_scenario(), "lte", "outdoor", 90.0, power_dbm=30.0)
    assert (strong.limited_by, weak.limited_by) == ("uplink", "downlink")
    assert strong.level_dbm > weak.level_dbm
    ignored = serving_threshold(_scenario(consider_uplink=False), "lte", "outdoor", 90.0, power_dbm=60.0)
    assert ignored.level_dbm == weak.level_dbm


def test_receivers_add_loss_and_spread() -> None:
    outdoor, vehicle, indoor = (
        serving_threshold(_scenario(), "nr", name, 90.0) for name in ("outdoor", "in_vehicle", "indoor")
    )
    assert vehicle.level_dbm - outdoor.level_dbm == pytest.approx(8.0)
    assert indoor.sigma_db == pytest.approx(math.hypot(6.0, 4.0))
    assert indoor.level_dbm > vehicle.level_dbm


def test_entry_loss_of_p2109() -> None:
    traditional = entry_loss(ReceiverConfig(entry_loss_model="p2109_traditional"), 2600.0)
    efficient = entry_loss(ReceiverConfig(entry_loss_model="p2109_efficient"), 2600.0)
    assert 10.0 < traditional[0] < 20.0
    assert efficient[0] > traditional[0] + 10.0
    assert traditional[1] > 3.0


def test_margin_grows_with_probability() -> None:
    levels = [
        serving_threshold(_scenario(location_probability=p), "lte", "outdoor", 90.0).level_dbm
        for p in (0.5, 0.75, 0.9, 0.95, 0.98)
    ]
    assert levels == sorted(levels)
    assert levels[0] == pytest.approx(-105.0)


def test_missing_threshold_and_receiver_are_named() -> None:
    bare = Scenario(name="t", radio=RadioConfig(carriers={"lte": LTE}))
    with pytest.raises(ConfigError, match=r"coverage\.thresholds\.4g"):
        serving_threshold(bare, "lte", "outdoor", 90.0)
    with pytest.raises(ConfigError, match=r"radio\.receivers\.cellar"):
        serving_threshold(_scenario(), "lte", "cellar", 90.0)


def test_area_probability_against_its_integral() -> None:
    sigma, exponent, edge = 8.0, 3.5, 0.75
    radius = np.linspace(0.0, 1.0, 20001)[1:]
    z = NormalDist()
    at = [z.cdf(z.inv_cdf(edge) - 10 * exponent * math.log10(r) / sigma) for r in radius[::10]]
    numeric = float(np.trapezoid(2.0 * radius[::10] * np.array(at), radius[::10]))
    assert area_probability(edge, sigma, exponent) == pytest.approx(numeric, abs=1e-3)
    assert area_probability(edge, 0.0, exponent) == 1.0


def test_sinr_by_hand() -> None:
    scenario = _scenario(cell_load=0.5)
    noise = 10 ** (0.1 * element_noise_dbm(LTE, 7.0))
    wanted, others = 10 ** (-9.0 - 0.3), 0.5 * 10 ** (-10.0 - 0.3)
    want = 10 * math.log10(wanted / (others + noise))
    assert sinr_db(np.array([-90.0]), np.array([1e-10]), LTE, scenario)[0] == pytest.approx(want)
    assert sinr_db(np.array([-90.0]), np.array([1e-10]), LTE, scenario, load=0.0)[0] > want
    assert np.isnan(sinr_db(np.array([np.nan]), np.array([0.0]), LTE, scenario)[0])


def test_rate_is_truncated_shannon_and_invertible() -> None:
    sinr = np.arange(-20.0, 45.0, 0.5)
    for name, carrier in (("lte", LTE), ("nr", NR)):
        rate = downlink_mbps(sinr, name, carrier)
        assert np.all(np.diff(rate) >= 0.0)
        assert rate[0] == 0.0
        assert sinr_for_rate(30.0, name, carrier) == pytest.approx(float(np.interp(30.0, rate, sinr)), abs=0.5)
    assert sinr_for_rate(1e6, "lte", LTE) == math.inf
    assert spectral_efficiency(np.array([0.0]), "4g")[0] == pytest.approx(0.6)


@pytest.mark.parametrize(("eirp", "distance"), [(66.0, 12.6), (72.0, 25.1), (78.0, 50.1)])
def test_exposure_distance_of_qcvn_8(eirp: float, distance: float) -> None:
    assert exposure_distance_m([eirp], _scenario()) == pytest.approx(distance, abs=0.05)
    assert exposure_distance_m([eirp - 3.0103, eirp - 3.0103], _scenario()) == pytest.approx(distance, abs=0.05)
