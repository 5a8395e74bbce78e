"""3GPP TR 38.901 path loss: RMa, UMa, UMi street canyon and InH office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.constants import EARTH_RADIUS_KM
from planner.errors import DataError
from planner.kernels.tr38901 import INH, RMA, UMA, UMI, los_probability, path_loss_db, ray_is_clear
from planner.radio.models.base import Link, Loss, ModelCard, Range

Scenario = Literal["rma", "uma", "umi", "inh"]
LineOfSight = Literal["profile", "probability", "yes", "no"]
SCENARIOS: dict[Scenario, int] = {"rma": RMA, "uma": UMA, "umi": UMI, "inh": INH}
SOURCE = "3GPP TR 38.901 V17.0.0 tables 7.4.1-1 and 7.4.2-1"

_SHARED_NOTES = "Nearer than the table begins (10 m outdoors, 1 m indoors): the loss at its beginning. "
_TITLES = {
    "rma": "Rural macro",
    "uma": "Urban macro",
    "umi": "Urban micro, street canyon",
    "inh": "Indoor office, mixed",
}
_RANGES = {
    "rma": (
        Range("frequency_ghz", "GHz", 0.5, 30.0),
        Range("distance_m", "m", 0.0, 10_000.0, 10.0, 10_000.0),
        Range("bs_height_m", "m", 10.0, 150.0),
        Range("ut_height_m", "m", 1.0, 10.0),
        Range("building_m", "m", 5.0, 50.0),
        Range("street_m", "m", 5.0, 50.0),
    ),
    "uma": (
        Range("frequency_ghz", "GHz", 0.5, 100.0),
        Range("distance_m", "m", 0.0, 20_000.0, 10.0, 5000.0),
        Range("bs_height_m", "m", 5.0, 150.0, 25.0, 25.0),
        Range("ut_height_m", "m", 1.5, 22.5),
    ),
    "umi": (
        Range("frequency_ghz", "GHz", 0.5, 100.0),
        Range("distance_m", "m", 0.0, 10_000.0, 10.0, 5000.0),
        Range("bs_height_m", "m", 3.0, 100.0, 10.0, 10.0),
        Range("ut_height_m", "m", 1.5, 22.5),
    ),
    "inh": (
        Range("frequency_ghz", "GHz", 0.5, 100.0),
        Range("distance_m", "m", 0.0, 300.0, 0.0, 150.0),
        Range("bs_height_m", "m", 1.0, 20.0),
        Range("ut_height_m", "m", 0.5, 20.0),
    ),
}


def card(scenario: Scenario) -> ModelCard:
    """The card of one scenario.

    Parameters
    ----------
    scenario : {'rma', 'uma', 'umi', 'inh'}
        The scenario.

    Returns
    -------
    ModelCard
        What it is and answers for.
    """
    return ModelCard(
        name=f"tr38901_{scenario}",
        title=f"TR 38.901 {_TITLES[scenario]}",
        source=SOURCE,
        gives="path loss, dB, without shadow fading",
        needs=("line of sight: from a profile, by probability, or given",),
        ranges=_RANGES[scenario],
        notes=_SHARED_NOTES
        + ("Break point for an effective environment height of 1 m." if scenario in {"uma", "umi"} else ""),
    )


CARDS = {name: card(name) for name in SCENARIOS}


def tr38901_loss(
    scenario: Scenario, distance_m: float, frequency_ghz: float, bs_height_m: float, ut_height_m: float, *,
    los: bool, building_m: float = 5.0, street_m: float = 20.0,
) -> tuple[float, tuple[str, ...]]:  # fmt: skip
    """Path loss in or out of line of sight.

    Parameters
    ----------
    scenario : {'rma', 'uma', 'umi', 'inh'}
        The scenario.
    distance_m : float
        Horizontal distance, m.
    frequency_ghz : float
        Frequency, GHz.
    bs_height_m : float
        Base station, m above ground.
    ut_height_m : float
        Terminal, m above ground.
    los : bool
        Line of sight or not.
    building_m : float, optional
        Average building height of RMa, m.
    street_m : float, optional
        Average street width of RMa, m.

    Returns
    -------
    tuple of float and tuple of str
        Path loss (dB) and warnings.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    values = {
        "distance_m": distance_m,
        "frequency_ghz": frequency_ghz,
        "bs_height_m": bs_height_m,
        "ut_height_m": ut_height_m,
        "building_m": building_m,
        "street_m": street_m,
    }
    warnings = CARDS[scenario].check(values)
    index = SCENARIOS[scenario]
    loss = path_loss_db(index, distance_m, frequency_ghz, bs_height_m, ut_height_m, building_m, street_m, los)
    return float(loss), warnings


@dataclass(frozen=True)
class Tr38901:
    """One scenario of TR 38.901, the receiver being the terminal.

    Attributes
    ----------
    scenario : {'rma', 'uma', 'umi', 'inh'}
        The scenario.
    line_of_sight : {'profile', 'probability', 'yes', 'no'}
        'profile' asks whether the ray clears terrain and clutter (falling back on the probability where the
        link has no profile); 'probability' weighs both losses in dB; 'yes' and 'no' are given.
    building_m : float
        Average building height of RMa, m.
    street_m : float
        Average street width of RMa, m.
    earth_k : float
        Effective earth radius factor of the ray.
    """

    scenario: Scenario
    line_of_sight: LineOfSight = "profile"
    building_m: float = 5.0
    street_m: float = 20.0
    earth_k: float = 4.0 / 3.0

    @property
    def card(self) -> ModelCard:
        """What the model is and answers for.

        Returns
        -------
        ModelCard
            The card.
        """
        return CARDS[self.scenario]

    def seen(self, link: Link) -> float:
        """Share of line of sight: 1 or 0 where known, else its probability.

        Parameters
        ----------
        link : Link
            The link.

        Returns
        -------
        float
            Share, 0 to 1.
        """
        if self.line_of_sight in {"yes", "no"}:
            return 1.0 if self.line_of_sight == "yes" else 0.0
        profile = link.profile
        if self.line_of_sight == "probability" or profile is None:
            index = SCENARIOS[self.scenario]
            return float(los_probability(index, link.distance_km * 1000.0, link.rx_height_agl_m))
        surface = np.asarray(profile.terrain_asl_m + profile.clutter_height_m, np.float64)
        tx_asl_m = float(profile.terrain_asl_m[0]) + link.tx_height_agl_m
        rx_asl_m = float(profile.terrain_asl_m[-1]) + link.rx_height_agl_m
        radius_km = self.earth_k * EARTH_RADIUS_KM
        clear = ray_is_clear(np.asarray(profile.distance_km), surface, tx_asl_m, rx_asl_m, radius_km)
        if clear < 0:
            raise DataError("The profile misses terrain between the antennas")
        return float(clear)

    def loss(self, link: Link) -> Loss:
        """Path loss, the mean in dB where line of sight is only probable.

        Parameters
        ----------
        link : Link
            The question.

        Returns
        -------
        Loss
            The answer with its parts.
        """
        distance_m, frequency_ghz = link.distance_km * 1000.0, link.frequency_mhz / 1000.0
        both = [
            tr38901_loss(
                self.scenario, distance_m, frequency_ghz, link.tx_height_agl_m, link.rx_height_agl_m, los=los,
                building_m=self.building_m, street_m=self.street_m,
            )
            for los in (True, False)
        ]  # fmt: skip
        (los_db, warnings), (nlos_db, _) = both
        share = self.seen(link)
        parts = {
            "PL_LOS dB Table 7.4.1-1": los_db,
            "PL_NLOS dB Table 7.4.1-1": nlos_db,
            "line of sight share Table 7.4.2-1": share,
        }
        return Loss(share * los_db + (1.0 - share) * nlos_db, warnings, parts)
