"""Every parameter of every model: refused outside its limits, doubted outside the stated range."""

from __future__ import annotations

import inspect
import math
from typing import get_args

import numpy as np
import pytest

from planner.config.propagation import ModelName
from planner.errors import ConfigError, DataError, ModelRangeError
from planner.kernels.itm.quantities import ItmSetting
from planner.radio.models.base import Link, ModelCard, Profile, Range
from planner.radio.models.hata import hata_loss
from planner.radio.models.itm import Itm, area_loss, check_setting, point_to_point_loss
from planner.radio.models.p676 import gas_attenuation_db_km
from planner.radio.models.p2108 import statistical_clutter_loss_db, terminal_clutter_loss_db
from planner.radio.models.p2109 import entry_loss_db
from planner.radio.models.registry import ADDITIONS, CARDS, PATH_MODELS, path_model
from planner.radio.models.tr38901 import Tr38901, tr38901_loss

EVERY_RANGE = [
    pytest.param(card, limits, id=f"{card.name}-{limits.name}") for card in CARDS.values() for limits in card.ranges
]
SETTING = ItmSetting(900.0, 30.0, 1.5, True, 340.0, 15.0, 0.005, 2, 3, 50.0, 50.0, 50.0)
HILLS = 100.0 + 20.0 * np.sin(np.linspace(0.0, 9.0, 101))


def _flat(length_km: float = 5.0, count: int = 51) -> Profile:
    return Profile(np.linspace(0.0, length_km, count), np.zeros(count))


@pytest.mark.parametrize(("card", "limits"), EVERY_RANGE)
def test_a_value_outside_is_refused_by_name_value_range_and_source(card: ModelCard, limits: Range) -> None:
    outside = [math.nan]
    if math.isfinite(limits.low):
        outside.append(limits.low if limits.open_ended else limits.low - 0.001 * max(1.0, abs(limits.low)))
    if math.isfinite(limits.high):
        outside.append(limits.high if limits.open_ended else limits.high * 1.001)
    for value in outside:
        with pytest.raises(ModelRangeError) as caught:
            card.check({limits.name: value})
        text = str(caught.value)
        assert f"{card.name}: {limits.name}" in text
        assert f"{value:g}" in text
        assert card.source in text
        assert len(caught.value.complaints) == 1


@pytest.mark.parametrize(("card", "limits"), EVERY_RANGE)
def test_a_value_beyond_the_stated_range_is_doubted(card: ModelCard, limits: Range) -> None:
    low, high = limits.stated
    if high > limits.high or low < limits.low:
        pytest.fail("the stated range must lie within the limits")
    inside = 0.5 * (low + high) if math.isfinite(high) else low + 1.0
    assert card.check({limits.name: inside}) == ()
    if limits.high > high:
        (warning,) = card.check({limits.name: math.nextafter(limits.high, -math.inf)})
        assert limits.name in warning
        assert card.source in warning


def test_all_complaints_come_at_once() -> None:
    with pytest.raises(ModelRangeError) as caught:
        gas_attenuation_db_km(0.5, -1.0, 200.0, 20.0)
    assert len(caught.value.complaints) == 4


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (entry_loss_db, (0.05, 50.0, "traditional")),
        (entry_loss_db, (3.5, 100.0, "traditional")),
        (entry_loss_db, (3.5, 50.0, "wooden")),
        (entry_loss_db, (3.5, 50.0, "efficient", 91.0)),
        (terminal_clutter_loss_db, (4.0, 1.5, 27.0, 10.0, 3)),
        (terminal_clutter_loss_db, (2.0, 0.0, 27.0, 10.0, 3)),
        (terminal_clutter_loss_db, (2.0, 1.5, 0.0, 10.0, 3)),
        (terminal_clutter_loss_db, (2.0, 1.5, 27.0, 10.0, 7)),
        (statistical_clutter_loss_db, (0.4, 1.0, 50.0)),
        (statistical_clutter_loss_db, (3.5, 0.2, 50.0)),
        (statistical_clutter_loss_db, (3.5, 1.0, 0.0)),
        (area_loss, (10.0, -1.0, (0, 0), SETTING)),
        (area_loss, (10.0, 90.0, (0, 3), SETTING)),
        (area_loss, (0.0, 90.0, (0, 0), SETTING)),
        (point_to_point_loss, (HILLS, 50.0, SETTING._replace(frequency_mhz=19.0))),
        (point_to_point_loss, (HILLS, 50.0, SETTING._replace(climate=8))),
        (point_to_point_loss, (HILLS, 50.0, SETTING._replace(variability=5))),
        (point_to_point_loss, (HILLS, 50.0, SETTING._replace(n0=249.0))),
        (point_to_point_loss, (HILLS, 50.0, SETTING._replace(time_pct=100.0))),
        (point_to_point_loss, (HILLS + 8000.0, 50.0, SETTING)),  # refractivity up there is below 150 N-units
        (point_to_point_loss, (np.where(HILLS[7] == HILLS, math.nan, HILLS), 50.0, SETTING)),
        (hata_loss, (HILLS, 50.0, 7000.0, 30.0, 1.5, 0)),
        (hata_loss, (HILLS, 50.0, 1800.0, 0.0, 1.5, 0)),
    ],
)
def test_functions_refuse(function: object, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ModelRangeError):
        function(*arguments)  # type: ignore[operator]


@pytest.mark.parametrize(
    "changes", [{"distance_m": 6e4}, {"frequency_ghz": 0.4}, {"bs_height_m": 2.0}, {"ut_height_m": 0.5}]
)
def test_tr38901_refuses(changes: dict[str, float]) -> None:
    values = {"distance_m": 100.0, "frequency_ghz": 3.5, "bs_height_m": 25.0, "ut_height_m": 1.5} | changes
    with pytest.raises(ModelRangeError, match=next(iter(changes))):
        tr38901_loss("uma", **values, los=True)  # type: ignore[arg-type]


def test_itm_warns_below_a_kilometre_and_names_its_own_doubts() -> None:
    link = Link(900.0, 30.0, 1.5, 0.6, _flat(0.6, 13))
    answer = Itm().loss(link)
    assert any("distance_km 0.6 km" in warning for warning in answer.warnings)
    assert answer.intermediates["mode 1 LoS 2 diffraction 3 scatter"] == 1.0
    assert check_setting(SETTING, 5.0) == ()


def test_uneven_profiles_are_interpolated() -> None:
    uneven = np.sort(np.r_[np.linspace(0.0, 5.0, 41), 0.0601, 3.333])
    link = Link(900.0, 30.0, 1.5, 5.0, Profile(uneven, 10.0 + 4.0 * uneven))
    even = Link(900.0, 30.0, 1.5, 5.0, Profile(np.linspace(0, 5, 43), 10.0 + 4.0 * np.linspace(0, 5, 43)))
    assert Itm().loss(link).loss_db == pytest.approx(Itm().loss(even).loss_db, abs=1e-9)


def test_sight_comes_from_the_profile() -> None:
    clear = Link(3500.0, 25.0, 1.5, 1.0, _flat(1.0, 35))
    wall = np.zeros(35)
    wall[17] = 40.0
    blocked = Link(3500.0, 25.0, 1.5, 1.0, Profile(np.linspace(0.0, 1.0, 35), np.zeros(35), wall))
    model = Tr38901("uma")
    assert model.loss(clear).loss_db == Tr38901("uma", "yes").loss(clear).loss_db
    assert model.loss(blocked).loss_db == Tr38901("uma", "no").loss(clear).loss_db
    without = Link(3500.0, 25.0, 1.5, 1.0)
    assert model.loss(without).loss_db == Tr38901("uma", "probability").loss(without).loss_db


@pytest.mark.parametrize(
    ("distance", "terrain", "words"),
    [
        ([0.0, 1.0, 2.0], [1.0, math.nan, 3.0], "1 missing terrain samples, the first at 1 km"),
        ([0.0, 1.0, 1.0], [1.0, 2.0, 3.0], "do not rise at sample 2"),
        ([0.5, 1.0, 2.0], [1.0, 2.0, 3.0], "start at 0.5 km"),
        ([0.0], [1.0], "2 or more"),
        ([0.0, 1.0], [1.0, 2.0, 3.0], "2 or more"),
    ],
)
def test_broken_profiles_are_refused(distance: list[float], terrain: list[float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        Profile(np.array(distance), np.array(terrain))


def test_links_without_length_or_with_another_profile_are_refused() -> None:
    with pytest.raises(DataError, match="longer than zero"):
        Link(900.0, 30.0, 1.5, 0.0)
    with pytest.raises(DataError, match="same length"):
        Link(900.0, 30.0, 1.5, 4.0, _flat(5.0))
    with pytest.raises(DataError, match="needs a terrain profile"):
        Itm().loss(Link(900.0, 30.0, 1.5, 4.0))


def test_the_registry_knows_every_model_a_scenario_may_name() -> None:
    assert set(get_args(ModelName)) == set(PATH_MODELS)
    for name, model in PATH_MODELS.items():
        assert model.card.name == name
        assert path_model(name) is model
    for card in CARDS.values():
        assert all((card.title, card.source, card.gives, card.ranges, card.notes))


def test_additions_take_the_parameters_their_cards_range() -> None:
    for name, addition in ADDITIONS.items():
        parameters = inspect.signature(addition.evaluate).parameters
        assert {limits.name for limits in addition.card.ranges} <= set(parameters)
        assert CARDS[name] is addition.card


def test_an_unknown_model_gets_a_hint() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'p1812'"):
        path_model("p1821")
