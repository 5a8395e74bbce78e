"""How long a microwave hop may be: its link budget against the rain that must not break it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from planner.config.microwave import MicrowaveConfig, RainRegion
from planner.config.schema import Scenario
from planner.constants import SPEED_OF_LIGHT_M_S
from planner.kernels.free_space import free_space_loss_db
from planner.radio.models.p530 import CARD as RAIN_CARD
from planner.radio.models.p530 import hop_rain_attenuation_db
from planner.radio.models.p676 import gas_attenuation_db_km

#: Rain rate exceeded 0.01 % of the average year by rain region, mm/h; ITU-R P.837-1 table 1.
RAIN_REGION_MM_H: dict[RainRegion, float] = {
    "A": 8.0, "B": 12.0, "C": 15.0, "D": 19.0, "E": 22.0, "F": 28.0, "G": 30.0, "H": 32.0, "J": 35.0, "K": 42.0,
    "L": 60.0, "M": 63.0, "N": 95.0, "P": 145.0, "Q": 115.0,
}  # fmt: skip
DISH_EFFICIENCY = 0.55
LONGEST_STATED_KM = 60.0
_STEP_KM = 0.1
_HALVINGS = 20


@dataclass(frozen=True)
class HopLimit:
    """The longest hop of one frequency.

    Attributes
    ----------
    frequency_ghz : float
        Frequency, GHz.
    rain_mm_h : float
        Rain rate exceeded 0.01 % of the year, mm/h.
    availability_pct : float
        Share of the year rain must not break it, %.
    by_rain_km : float
        Length at which the budget is spent, km; 60 where it is not within the range of the model.
    longest_km : float
        That, or `planning.microwave_max_hop_km` where it is less, km.
    """

    frequency_ghz: float
    rain_mm_h: float
    availability_pct: float
    by_rain_km: float
    longest_km: float

    def __str__(self) -> str:
        """Say it as in a report."""
        head = f"{self.frequency_ghz:g} GHz, {self.rain_mm_h:g} mm/h: at most "
        share = f"for {self.availability_pct:g} %"
        if self.longest_km < self.by_rain_km:
            return f"{head}{self.longest_km:g} km (rain would bear {self.by_rain_km:.1f} km {share})"
        return f"{head}{math.floor(10.0 * self.longest_km) / 10.0:.1f} km {share}"


def rain_rate_mm_h(config: MicrowaveConfig) -> float:
    """Rain rate hops are planned for.

    Parameters
    ----------
    config : MicrowaveConfig
        Region or measured figure.

    Returns
    -------
    float
        Rate exceeded 0.01 % of the average year, mm/h.
    """
    return RAIN_REGION_MM_H[config.rain_region] if config.rain_mm_h is None else config.rain_mm_h


def dish_gain_dbi(diameter_m: float, frequency_ghz: float) -> float:
    """Gain of a parabolic dish with an efficiency of 55 %.

    Parameters
    ----------
    diameter_m : float
        Diameter, m.
    frequency_ghz : float
        Frequency, GHz.

    Returns
    -------
    float
        Gain, dBi.
    """
    around = math.pi * diameter_m * frequency_ghz * 1e9 / SPEED_OF_LIGHT_M_S
    return 10.0 * math.log10(DISH_EFFICIENCY) + 20.0 * math.log10(around)


def fade_margin_db(
    config: MicrowaveConfig, frequency_ghz: float, distance_km: float, vapour_density_g_m3: float
) -> float:
    """Level above the receiver's threshold on a dry day.

    Parameters
    ----------
    config : MicrowaveConfig
        Link budget.
    frequency_ghz : float
        Frequency, GHz.
    distance_km : float
        Length of the hop, km; more than 0.
    vapour_density_g_m3 : float
        Water vapour in the air, g/m3.

    Returns
    -------
    float
        Margin, dB; negative where the hop does not even work without rain.
    """
    gases = sum(gas_attenuation_db_km(frequency_ghz, vapour_density_g_m3=vapour_density_g_m3)) * distance_km
    loss = float(free_space_loss_db(frequency_ghz * 1e3, distance_km)) + gases + config.other_losses_db
    level = config.transmit_power_dbm + 2.0 * dish_gain_dbi(config.antenna_diameter_m, frequency_ghz) - loss
    return level - config.receiver_threshold_dbm


def spare_margin_db(
    config: MicrowaveConfig, frequency_ghz: float, distance_km: float, vapour_density_g_m3: float
) -> float:
    """Part of the fade margin that the rain of the availability wanted leaves.

    Parameters
    ----------
    config : MicrowaveConfig
        Link budget, rain and availability.
    frequency_ghz : float
        Frequency, GHz.
    distance_km : float
        Length of the hop, km; more than 0.
    vapour_density_g_m3 : float
        Water vapour in the air, g/m3.

    Returns
    -------
    float
        Spare, dB; negative where rain breaks the hop more often than it may.
    """
    time_pct = min(1.0, max(0.001, 100.0 - config.availability_pct))
    rain = hop_rain_attenuation_db(frequency_ghz, distance_km, rain_rate_mm_h(config), time_pct, config.polarisation)
    return fade_margin_db(config, frequency_ghz, distance_km, vapour_density_g_m3) - rain


@lru_cache(maxsize=64)
def _by_rain_km(config: str, frequency_ghz: float, vapour_density_g_m3: float) -> float:
    """Length up to which every shorter hop works, km; the configuration comes as text, which can be a key."""
    hop = MicrowaveConfig.model_validate_json(config)
    works, fails = 0.0, LONGEST_STATED_KM
    for step in range(1, round(LONGEST_STATED_KM / _STEP_KM) + 1):
        if spare_margin_db(hop, frequency_ghz, step * _STEP_KM, vapour_density_g_m3) < 0.0:
            fails = step * _STEP_KM
            break
        works = step * _STEP_KM
    for _ in range(_HALVINGS if works < LONGEST_STATED_KM else 0):
        middle = 0.5 * (works + fails)
        if spare_margin_db(hop, frequency_ghz, middle, vapour_density_g_m3) < 0.0:
            fails = middle
        else:
            works = middle
    return works


def hop_limits(scenario: Scenario) -> tuple[HopLimit, ...]:
    """The longest hop of every frequency a scenario may use.

    Parameters
    ----------
    scenario : Scenario
        Keys `planning.microwave`, `planning.microwave_frequency_ghz`, `planning.microwave_max_hop_km`.

    Returns
    -------
    tuple of HopLimit
        Highest frequency first: what a hop should take, so that low ones are left to long hops.

    Raises
    ------
    ModelRangeError
        For a frequency outside 1 to 100 GHz.
    """
    planning = scenario.planning
    config, vapour = planning.microwave, scenario.propagation.vapour_density_g_m3
    found = []
    for frequency in sorted({planning.microwave_frequency_ghz, *config.further_frequencies_ghz}, reverse=True):
        RAIN_CARD.check({"frequency_ghz": frequency})
        by_rain = _by_rain_km(config.model_dump_json(), frequency, vapour)
        longest = min(by_rain, planning.microwave_max_hop_km)
        found.append(HopLimit(frequency, rain_rate_mm_h(config), config.availability_pct, by_rain, longest))
    return tuple(found)
