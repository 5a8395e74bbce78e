"""ITU-R P.838: attenuation by rain along each kilometre."""

from __future__ import annotations

import math
from typing import NamedTuple

from planner.radio.models.base import ModelCard, Polarisation, Range

CARD = ModelCard(
    name="p838",
    title="Specific attenuation by rain",
    source="ITU-R P.838-3 (03/2005)",
    gives="specific attenuation on a level path, dB/km",
    needs=("polarisation: vertical or horizontal",),
    ranges=(
        Range("frequency_ghz", "GHz", 1.0, 1000.0),
        Range("rain_mm_h", "mm/h", 0.0, 1000.0),
    ),
    notes="Limits microwave hops: 0.05 dB/km at 6 GHz, 6 at 15 GHz, 25 at 60 GHz in rain of 95 mm/h.",
)


class _Fit(NamedTuple):
    """One column of tables 1 to 4: a sum of bells over log10 f, and a straight line."""

    bells: tuple[tuple[float, float, float], ...]
    slope: float
    offset: float

    def at(self, frequency_ghz: float) -> float:
        """Value at a frequency, equations (2) and (3)."""
        log_f = math.log10(frequency_ghz)
        bells = sum(a * math.exp(-(((log_f - b) / c) ** 2)) for a, b, c in self.bells)
        return bells + self.slope * log_f + self.offset


_LOG_K: dict[Polarisation, _Fit] = {
    "horizontal": _Fit(  # table 1
        (
            (-5.33980, -0.10008, 1.13098), (-0.35351, 1.26970, 0.45400),
            (-0.23789, 0.86036, 0.15354), (-0.94158, 0.64552, 0.16817),
        ),
        -0.18961, 0.71147,
    ),
    "vertical": _Fit(  # table 2
        (
            (-3.80595, 0.56934, 0.81061), (-3.44965, -0.22911, 0.51059),
            (-0.39902, 0.73042, 0.11899), (0.50167, 1.07319, 0.27195),
        ),
        -0.16398, 0.63297,
    ),
}  # fmt: skip
_ALPHA: dict[Polarisation, _Fit] = {
    "horizontal": _Fit(  # table 3
        (
            (-0.14318, 1.82442, -0.55187), (0.29591, 0.77564, 0.19822), (0.32177, 0.63773, 0.13164),
            (-5.37610, -0.96230, 1.47828), (16.1721, -3.29980, 3.43990),
        ),
        0.67849, -1.95537,
    ),
    "vertical": _Fit(  # table 4
        (
            (-0.07771, 2.33840, -0.76284), (0.56727, 0.95545, 0.54039), (-0.20238, 1.14520, 0.26809),
            (-48.2991, 0.791669, 0.116226), (48.5833, 0.791459, 0.116479),
        ),
        -0.053739, 0.83433,
    ),
}  # fmt: skip


def rain_coefficients(frequency_ghz: float, polarisation: Polarisation) -> tuple[float, float]:
    """Coefficients of the power law on a level path, equations (2) and (3).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    polarisation : {'vertical', 'horizontal'}
        Polarisation.

    Returns
    -------
    tuple of float
        k and alpha: k R^alpha is dB/km at R mm/h.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    CARD.check({"frequency_ghz": frequency_ghz})
    return 10.0 ** _LOG_K[polarisation].at(frequency_ghz), _ALPHA[polarisation].at(frequency_ghz)


def rain_attenuation_db_km(frequency_ghz: float, rain_mm_h: float, polarisation: Polarisation = "vertical") -> float:
    """Specific attenuation by rain on a level path, equation (1).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    rain_mm_h : float
        Rain rate, mm/h.
    polarisation : {'vertical', 'horizontal'}, optional
        Polarisation.

    Returns
    -------
    float
        Attenuation, dB/km.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    CARD.check({"frequency_ghz": frequency_ghz, "rain_mm_h": rain_mm_h})
    k, alpha = rain_coefficients(frequency_ghz, polarisation)
    return float(k * rain_mm_h**alpha)
