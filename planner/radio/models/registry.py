"""Every propagation model by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from planner.errors import Complaint, ConfigError
from planner.radio.models import p530, p676, p838, p2108, p2109
from planner.radio.models.base import Addition, ModelCard, PathModel
from planner.radio.models.free_space import FreeSpace
from planner.radio.models.hata import Hata
from planner.radio.models.itm import Itm
from planner.radio.models.p452 import P452
from planner.radio.models.p1812 import P1812
from planner.radio.models.tr38901 import SCENARIOS, Tr38901

_PATH_MODELS: tuple[PathModel, ...] = (
    P1812(),
    Itm(),
    Hata(),
    *(Tr38901(scenario) for scenario in SCENARIOS),
    P452(),
    FreeSpace(),
)

#: Models of the loss between two antennas, with their default settings.
PATH_MODELS: Mapping[str, PathModel] = MappingProxyType({model.card.name: model for model in _PATH_MODELS})

#: Models of what is added to a path's loss.
ADDITIONS: Mapping[str, Addition] = MappingProxyType(
    {
        addition.card.name: addition
        for addition in (
            Addition(p2108.HEIGHT_GAIN_CARD, p2108.terminal_clutter_loss_db),
            Addition(p2108.TERRESTRIAL_CARD, p2108.statistical_clutter_loss_db),
            Addition(p2109.CARD, p2109.entry_loss_db),
            Addition(p676.CARD, p676.gas_attenuation_db_km),
            Addition(p838.CARD, p838.rain_attenuation_db_km),
            Addition(p530.CARD, p530.hop_rain_attenuation_db),
        )
    }
)

#: Every model's card: the path models, then what is added to a path.
CARDS: Mapping[str, ModelCard] = MappingProxyType(
    {name: model.card for name, model in PATH_MODELS.items()}
    | {name: addition.card for name, addition in ADDITIONS.items()}
)


def path_model(name: str) -> PathModel:
    """The path model of a name.

    Parameters
    ----------
    name : str
        Name as in `propagation.model`.

    Returns
    -------
    PathModel
        The model with its default settings.

    Raises
    ------
    ConfigError
        For a name that is none, with the nearest one.
    """
    if name not in PATH_MODELS:
        near = difflib.get_close_matches(name, PATH_MODELS, 1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        remedy = f"{hint}Known: {', '.join(PATH_MODELS)}"
        raise ConfigError("Unknown propagation model", [Complaint("propagation.model", f"'{name}'", remedy)])
    return PATH_MODELS[name]
