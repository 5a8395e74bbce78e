"""Rain on microwave hops: printed tables of ITU-R P.838-3 and P.530, and the ITU's worked examples."""

from __future__ import annotations

import math

import pytest

from planner.radio.microwave import RAIN_REGION_MM_H
from planner.radio.models.p530 import hop_rain_attenuation_db, share_of_time_factor
from planner.radio.models.p838 import rain_attenuation_db_km, rain_coefficients


@pytest.mark.parametrize(
    ("ghz", "k_h", "alpha_h", "k_v", "alpha_v"),
    [  # ITU-R P.838-3 table 5
        (1, 0.0000259, 0.9691, 0.0000308, 0.8592),
        (2, 0.0000847, 1.0664, 0.0000998, 0.9490),
        (4, 0.0001071, 1.6009, 0.0002461, 1.2476),
        (6, 0.0007056, 1.5900, 0.0004878, 1.5728),
        (7, 0.001915, 1.4810, 0.001425, 1.4745),
        (8, 0.004115, 1.3905, 0.003450, 1.3797),
        (10, 0.01217, 1.2571, 0.01129, 1.2156),
        (12, 0.02386, 1.1825, 0.02455, 1.1216),
        (15, 0.04481, 1.1233, 0.05008, 1.0440),
        (18, 0.07078, 1.0818, 0.07708, 1.0025),
        (20, 0.09164, 1.0568, 0.09611, 0.9847),
        (25, 0.1571, 0.9991, 0.1533, 0.9491),
        (30, 0.2403, 0.9485, 0.2291, 0.9129),
        (40, 0.4431, 0.8673, 0.4274, 0.8421),
        (60, 0.8606, 0.7656, 0.8515, 0.7486),
        (80, 1.1704, 0.7115, 1.1668, 0.7021),
        (100, 1.3671, 0.6815, 1.3680, 0.6765),
    ],
)
def test_coefficients_are_those_of_table_5(ghz: float, k_h: float, alpha_h: float, k_v: float, alpha_v: float) -> None:
    for polarisation, k, alpha in (("horizontal", k_h, alpha_h), ("vertical", k_v, alpha_v)):
        found = rain_coefficients(ghz, polarisation)  # type: ignore[arg-type]
        assert found[0] == pytest.approx(k, rel=4e-4)  # the table is rounded to three or four digits
        assert found[1] == pytest.approx(alpha, abs=6e-5)


@pytest.mark.parametrize(
    ("elevation_deg", "ghz", "rain_mm_h", "tilt_deg", "k", "alpha", "expected"),
    [  # ITU validation examples, sheet P.838-3: slant paths, so the two polarisations are mixed by equations (4), (5)
        (31.07699124, 14.25, 26.48052, 0, 0.03975488, 1.12418043, 1.58130839),
        (40.232036, 14.25, 33.936232, 0, 0.04007624, 1.11804138, 2.06173213),
        (31.07699124, 29, 26.48052, 0, 0.22106804, 0.95320005, 5.02180189),
        (52.67898486, 29, 78.2994993, 0, 0.21923716, 0.9464763, 13.59290086),
        (48.24117054, 14.25, 63.62668149, 90, 0.04226474, 1.07871664, 3.72901264),
        (20.14335809, 29, 42.91007183, 90, 0.21298877, 0.92265917, 6.83364556),
    ],
)
def test_the_itus_own_examples(
    elevation_deg: float, ghz: float, rain_mm_h: float, tilt_deg: float, k: float, alpha: float, expected: float
) -> None:
    (k_h, alpha_h), (k_v, alpha_v) = (rain_coefficients(ghz, way) for way in ("horizontal", "vertical"))  # type: ignore[arg-type]
    tilt = math.cos(math.radians(elevation_deg)) ** 2 * math.cos(math.radians(2 * tilt_deg))
    mixed = (k_h + k_v + (k_h - k_v) * tilt) / 2
    power = (k_h * alpha_h + k_v * alpha_v + (k_h * alpha_h - k_v * alpha_v) * tilt) / (2 * mixed)
    assert (mixed, power) == pytest.approx((k, alpha), abs=6e-9)
    assert mixed * rain_mm_h**power == pytest.approx(expected, abs=1e-7)


def test_shares_of_time_lie_between_the_two_curves_of_the_older_editions() -> None:
    """P.530-9 prints 0.12, 0.39, 1, 2.14 for middle and 0.07, 0.36, 1, 1.44 for low latitudes; today C0 mixes them."""
    printed = {1.0: (0.07, 0.12), 0.1: (0.36, 0.39), 0.01: (0.99, 1.01), 0.001: (1.44, 2.14)}
    for time_pct, (low, high) in printed.items():
        for ghz in (6.0, 10.0, 23.0, 80.0):
            assert low - 0.005 <= share_of_time_factor(ghz, time_pct) <= high + 0.005


def test_a_hop_by_hand() -> None:
    """15 GHz, 5 km, 95 mm/h, vertical: k and alpha of table 5, then equations (32) and (33) with a desk calculator."""
    per_km = 0.05008 * 95**1.0440
    assert per_km == pytest.approx(5.813, abs=0.001)
    divisor = 0.477 * 5**0.633 * 95 ** (0.073 * 1.0440) * 15**0.123 - 10.579 * (1 - math.exp(-0.12))
    assert divisor == pytest.approx(1.412, abs=0.001)
    expected = per_km * 5 / divisor * share_of_time_factor(15.0, 0.01)
    assert hop_rain_attenuation_db(15.0, 5.0, 95.0) == pytest.approx(expected, abs=0.002)


def test_very_short_hops_stop_at_two_and_a_half_times_their_length() -> None:
    factor = share_of_time_factor(38.0, 0.01)
    assert hop_rain_attenuation_db(38.0, 0.05, 95.0) == pytest.approx(
        2.5 * 0.05 * rain_attenuation_db_km(38.0, 95.0) * factor, rel=1e-12
    )


def test_rain_regions_are_those_of_p837_1() -> None:
    assert [RAIN_REGION_MM_H[name] for name in "ABCDEFGHJKLMNPQ"] == [
        8, 12, 15, 19, 22, 28, 30, 32, 35, 42, 60, 63, 95, 145, 115,
    ]  # fmt: skip
