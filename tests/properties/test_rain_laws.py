"""Laws of rain on microwave hops."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.config.microwave import MicrowaveConfig
from planner.config.schema import Scenario
from planner.errors import ModelRangeError
from planner.radio.microwave import dish_gain_dbi, fade_margin_db, hop_limits, spare_margin_db
from planner.radio.models.p530 import hop_rain_attenuation_db
from planner.radio.models.p838 import rain_attenuation_db_km

quick = settings(deadline=None, max_examples=60, derandomize=True)
ghz = st.floats(6.0, 90.0)
rain = st.floats(5.0, 200.0)
more = st.floats(1.0, 1.5)
way = st.sampled_from(["vertical", "horizontal"])


def _limits(**microwave: object) -> tuple[float, ...]:
    planning = {"microwave": microwave, "microwave_max_hop_km": 60.0}
    scenario = Scenario.model_validate({"name": "x", "planning": planning})
    return tuple(limit.longest_km for limit in hop_limits(scenario))


@quick
@given(ghz, rain, more, way)
def test_more_rain_and_higher_frequencies_attenuate_more(f: float, mm_h: float, factor: float, how: str) -> None:
    here = rain_attenuation_db_km(f, mm_h, how)  # type: ignore[arg-type]
    assert rain_attenuation_db_km(f, mm_h * factor, how) >= here  # type: ignore[arg-type]
    assert rain_attenuation_db_km(f * factor, mm_h, how) >= here * (1 - 1e-9)  # type: ignore[arg-type]


@quick
@given(ghz, st.floats(0.05, 39.0), rain, more)
def test_rain_on_a_hop_grows_with_all_it_depends_on(f: float, km: float, mm_h: float, factor: float) -> None:
    """Beyond 39 km in light rain the formula falls by some hundredths of a decibel: the law ends there."""
    here = hop_rain_attenuation_db(f, km, mm_h)
    assert hop_rain_attenuation_db(f, min(39.0, km * factor), mm_h) >= here * (1 - 1e-9)
    assert hop_rain_attenuation_db(f, km, mm_h * factor) >= here * (1 - 1e-9)
    assert hop_rain_attenuation_db(f, km, mm_h, 0.01 / factor) >= here * (1 - 1e-9)
    assert hop_rain_attenuation_db(f, km, mm_h, polarisation="horizontal") >= here * 0.95


@quick
@given(st.floats(11.0, 38.0), rain)
def test_the_longest_hop_spends_its_margin(f: float, mm_h: float) -> None:
    config = MicrowaveConfig(rain_mm_h=mm_h)
    planning = {"microwave": config.model_dump(), "microwave_frequency_ghz": f, "microwave_max_hop_km": 60.0}
    (limit,) = hop_limits(Scenario.model_validate({"name": "x", "planning": planning}))
    vapour = Scenario(name="x").propagation.vapour_density_g_m3
    if limit.longest_km < 60.0:
        assert spare_margin_db(config, f, limit.longest_km, vapour) == pytest.approx(0.0, abs=0.01)
    for share in (0.05, 0.3, 0.7, 0.99):
        assert spare_margin_db(config, f, share * limit.longest_km, vapour) > 0.0


def test_limits_fall_with_rain_availability_and_frequency() -> None:
    by_region = [_limits(rain_region=region)[0] for region in "AEKNQP"]
    assert by_region == sorted(by_region, reverse=True)
    by_share = [_limits(availability_pct=share)[0] for share in (99.0, 99.9, 99.99, 99.999)]
    assert by_share == sorted(by_share, reverse=True)
    assert by_share[0] > 2.0 * by_share[-1]
    highest_first = _limits(further_frequencies_ghz=[23, 38, 11])
    assert list(highest_first) == sorted(highest_first)
    assert len(highest_first) == 4
    assert _limits(antenna_diameter_m=1.2)[0] > _limits()[0]


def test_a_dry_budget_by_hand() -> None:
    """15 GHz, 10 km: free space 135.97 dB; a dish of 0.6 m has 36.9 dBi; no vapour leaves oxygen alone."""
    assert dish_gain_dbi(0.6, 15.0) == pytest.approx(36.9, abs=0.05)
    margin = fade_margin_db(MicrowaveConfig(), 15.0, 10.0, 0.0)
    assert margin == pytest.approx(20 + 2 * 36.9 - 135.97 - 2 + 68, abs=0.25)


def test_the_sentence_says_what_limits() -> None:
    scenario = Scenario.model_validate({"name": "x"})
    (limit,) = hop_limits(scenario)
    assert str(limit) == "15 GHz, 95 mm/h: at most 7.2 km for 99.99 %"
    planning = {"microwave_max_hop_km": 5.0}
    (capped,) = hop_limits(Scenario.model_validate({"name": "x", "planning": planning}))
    assert str(capped) == "15 GHz, 95 mm/h: at most 5 km (rain would bear 7.2 km for 99.99 %)"


def test_ranges_are_kept() -> None:
    with pytest.raises(ModelRangeError, match="time_pct"):
        hop_rain_attenuation_db(15.0, 5.0, 95.0, 2.0)
    with pytest.raises(ModelRangeError, match="frequency_ghz"):
        hop_rain_attenuation_db(101.0, 5.0, 95.0)
