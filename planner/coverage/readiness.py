"""What only shows when coverage is computed, asked beforehand: antennas, channels, climate maps, model ranges."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from planner.config.radio import CarrierConfig
from planner.config.schema import Scenario
from planner.coverage.patterns import scenario_patterns
from planner.data.itu_maps import refractivity
from planner.errors import Complaint, PlannerError
from planner.radio.link_budget import serving_threshold
from planner.radio.models.registry import CARDS

_SOMEWHERE_DEG = (21.0, 106.0)  # the maps cover the earth: any place shows whether they can be read


def radio_complaints(scenario: Scenario) -> list[Complaint]:
    """Everything that would stop a prediction with this scenario, whatever the data.

    Parameters
    ----------
    scenario : Scenario
        The scenario.

    Returns
    -------
    list of Complaint
        Broken antenna files, channels that do not exist, maps that cannot be read, frequencies outside their model.
    """
    steps: list[Callable[[], object]] = [
        partial(scenario_patterns, scenario),
        partial(refractivity, scenario.propagation, *_SOMEWHERE_DEG),
    ]
    radio = scenario.radio
    for name in sorted({name for operator in radio.operators.values() for name in operator.carriers}):
        carrier = radio.carriers[name]
        if radio.enabled_bands is None or carrier.band in radio.enabled_bands:
            steps.append(partial(_budgets, scenario, name))
            steps += [partial(_in_range, model, carrier) for model in _models(scenario, carrier)]
    found: dict[Complaint, None] = {}
    for step in steps:
        try:
            step()
        except PlannerError as error:
            found.update(dict.fromkeys(error.complaints))
    return list(found)


def _budgets(scenario: Scenario, carrier: str) -> None:
    """Work out the link budget of a carrier at every receiver."""
    for receiver in scenario.radio.receivers:
        serving_threshold(scenario, carrier, receiver, scenario.data.cell_m)


def _models(scenario: Scenario, carrier: CarrierConfig) -> list[str]:
    """Models a carrier's losses are computed by."""
    config = scenario.propagation
    return sorted({config.model_by_band.get(carrier.band, config.model), *config.model_by_environment.values()})


def _in_range(model: str, carrier: CarrierConfig) -> None:
    """Ask a model's card about a carrier's frequency."""
    CARDS[model].check({"frequency_mhz": carrier.frequency_mhz, "frequency_ghz": carrier.frequency_mhz / 1e3})
