"""ITU-R P.530: fading by rain on a microwave hop."""

from __future__ import annotations

import math

from planner.radio.models.base import ModelCard, Polarisation, Range
from planner.radio.models.p838 import rain_attenuation_db_km, rain_coefficients

LARGEST_FACTOR = 2.5  # of the distance; section 2.4.1 step 3

CARD = ModelCard(
    name="p530_rain",
    title="Rain fading of a microwave hop",
    source="ITU-R P.530-18 (09/2021) section 2.4.1",
    gives="attenuation by rain, dB, exceeded for a share of the average year",
    needs=("rain rate exceeded 0.01 % of the average year", "polarisation: vertical or horizontal"),
    ranges=(
        Range("frequency_ghz", "GHz", 1.0, 100.0),
        Range("distance_km", "km", 0.0, 60.0),
        Range("rain_mm_h", "mm/h", 0.0, 1000.0),
        Range("time_pct", "%", 0.001, 1.0),
    ),
    notes="Long hops: rain cells are smaller than they are. Multipath fading is another section and not in it.",
)


def effective_length_km(frequency_ghz: float, distance_km: float, rain_mm_h: float, alpha: float) -> float:
    """Length of a hop over which the rain of 0.01 % of the year may be taken as even, equation (32).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    distance_km : float
        Length of the hop, km.
    rain_mm_h : float
        Rain rate exceeded 0.01 % of the year, mm/h.
    alpha : float
        Exponent of the specific attenuation.

    Returns
    -------
    float
        Kilometres.
    """
    growth = 0.477 * distance_km**0.633 * rain_mm_h ** (0.073 * alpha) * frequency_ghz**0.123
    divisor = growth - 10.579 * (1.0 - math.exp(-0.024 * distance_km))
    return float(distance_km / max(divisor, 1.0 / LARGEST_FACTOR))


def share_of_time_factor(frequency_ghz: float, time_pct: float) -> float:
    """Attenuation exceeded for a share of the year over that for 0.01 %, equations (34) to (36).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    time_pct : float
        Share of the year, %, 0.001 to 1.

    Returns
    -------
    float
        Factor; within 1 % of 1 at 0.01 %.
    """
    c0 = 0.12 + 0.4 * math.log10((frequency_ghz / 10.0) ** 0.8) if frequency_ghz >= 10.0 else 0.12
    c1 = 0.07**c0 * 0.12 ** (1.0 - c0)
    c2 = 0.855 * c0 + 0.546 * (1.0 - c0)
    c3 = 0.139 * c0 + 0.043 * (1.0 - c0)
    return float(c1 * time_pct ** -(c2 + c3 * math.log10(time_pct)))


def hop_rain_attenuation_db(
    frequency_ghz: float,
    distance_km: float,
    rain_mm_h: float,
    time_pct: float = 0.01,
    polarisation: Polarisation = "vertical",
) -> float:
    """Attenuation by rain on a hop that is exceeded for a share of the average year.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    distance_km : float
        Length of the hop, km.
    rain_mm_h : float
        Rain rate exceeded 0.01 % of the average year in one minute, mm/h.
    time_pct : float, optional
        Share of the year, %.
    polarisation : {'vertical', 'horizontal'}, optional
        Polarisation.

    Returns
    -------
    float
        Attenuation, dB.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    CARD.check(
        {
            "frequency_ghz": frequency_ghz, "distance_km": distance_km, "rain_mm_h": rain_mm_h, "time_pct": time_pct,
        }
    )  # fmt: skip
    _, alpha = rain_coefficients(frequency_ghz, polarisation)
    length_km = effective_length_km(frequency_ghz, distance_km, rain_mm_h, alpha)
    per_km = rain_attenuation_db_km(frequency_ghz, rain_mm_h, polarisation)
    return per_km * length_km * share_of_time_factor(frequency_ghz, time_pct)
