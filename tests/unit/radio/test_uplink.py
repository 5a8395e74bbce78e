"""Uplink rates: the cheapest allocation by a plain search, and what it does to who is served."""

from __future__ import annotations

import math

import pytest

from planner.config.radio import CarrierConfig
from planner.config.schema import Scenario
from planner.radio.link_budget import max_uplink_loss_db, serving_threshold
from planner.radio.uplink import rate_snr_db, uplink_share

LTE = CarrierConfig(technology="4g", band="1800", frequency_mhz=1842.5, bandwidth_mhz=20)
NR = CarrierConfig(technology="5g", band="3500", frequency_mhz=3500, bandwidth_mhz=100, scs_khz=30, duplex="tdd")


def slow_snr_db(rate_mbps: float, blocks: int, block_hz: float, share: float, ceiling: float) -> float:
    """Least total ratio by trying every allocation and bisecting its SINR."""
    best = math.inf
    for n in range(1, blocks + 1):
        low, high = -10.0, 60.0

        def rate(sinr_db: float, n: int = n) -> float:
            efficiency = min(0.4 * math.log2(1.0 + 10.0 ** (sinr_db / 10.0)), ceiling)
            return efficiency * n * block_hz * share / 1e6

        if rate(high) < rate_mbps:
            continue
        for _ in range(60):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if rate(middle) >= rate_mbps else (middle, high)
        best = min(best, high + 10.0 * math.log10(n))
    return best


@pytest.mark.parametrize("rate_mbps", [0.1, 1.0, 3.0, 20.0])
def test_the_cheapest_allocation_is_found(rate_mbps: float) -> None:
    assert uplink_share(LTE) == pytest.approx(0.8)
    assert uplink_share(NR) == pytest.approx(0.92 * 0.25)
    assert rate_snr_db(rate_mbps, "lte", LTE) == pytest.approx(slow_snr_db(rate_mbps, 100, 180e3, 0.8, 2.0), abs=1e-6)
    assert rate_snr_db(rate_mbps, "nr", NR) == pytest.approx(slow_snr_db(rate_mbps, 273, 360e3, 0.23, 5.55), abs=1e-6)


def test_more_rate_needs_more_and_too_much_is_out_of_reach() -> None:
    needs = [rate_snr_db(rate, "lte", LTE) for rate in (0.5, 1.0, 2.0, 5.0, 20.0, 28.0)]
    assert needs == sorted(needs)
    assert rate_snr_db(100 * 0.18 * 0.8 * 2.0 + 0.01, "lte", LTE) == math.inf
    down_only = NR.model_copy(update={"tdd_downlink_share": 1.0})
    assert rate_snr_db(0.1, "nr", down_only) == math.inf


def scenario(uplink_mbps: float | None, **coverage: object) -> Scenario:
    return Scenario.model_validate(
        {
            "name": "x",
            "radio": {"carriers": {"lte": LTE.model_dump()}, "operators": {"Red": {"carriers": ["lte"]}}},
            "coverage": {"thresholds": {"4g": {"level_dbm": -120, "uplink_mbps": uplink_mbps}}, **coverage},
        }
    )


def test_the_rate_raises_the_threshold_and_nothing_when_it_is_small() -> None:
    plain, slow, fast = (scenario(rate) for rate in (None, 0.01, 3.0))
    levels = [serving_threshold(one, "lte", "outdoor", 90.0) for one in (plain, slow, fast)]
    assert levels[0] == levels[1]
    assert levels[2].limited_by == "uplink"
    edge_db = 10.0 * math.log10(4) - 3.0
    rise = rate_snr_db(3.0, "lte", LTE) - edge_db
    assert rise > 0.0
    assert levels[2].uplink_dbm - levels[0].uplink_dbm == pytest.approx(rise)
    assert max_uplink_loss_db(plain, "lte") - max_uplink_loss_db(fast, "lte") == pytest.approx(rise)
    ignored = serving_threshold(scenario(3.0, consider_uplink=False), "lte", "outdoor", 90.0)
    assert ignored.level_dbm == ignored.downlink_dbm
