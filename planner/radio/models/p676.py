"""ITU-R P.676: attenuation by the gases of the air."""

from __future__ import annotations

from planner.kernels.p676 import specific_attenuation_db_km
from planner.radio.models.base import ModelCard, Range

CARD = ModelCard(
    name="p676",
    title="Specific attenuation by oxygen and water vapour",
    source="ITU-R P.676-13 (08/2022) Annex 1",
    gives="specific attenuation, dB/km, by oxygen and by water vapour",
    needs=(),
    ranges=(
        Range("frequency_ghz", "GHz", 1.0, 1000.0),
        Range("dry_pressure_hpa", "hPa", 0.0, 1200.0, open_ended=True),
        Range("vapour_density_g_m3", "g/m3", 0.0, 100.0),
        Range("temperature_k", "K", 150.0, 350.0),
    ),
    notes="Matters above 6 GHz: 0.01 dB/km at 6 GHz, 0.4 at 26 GHz in humid air, 15 at 60 GHz.",
)


def gas_attenuation_db_km(
    frequency_ghz: float,
    dry_pressure_hpa: float = 1013.25,
    vapour_density_g_m3: float = 7.5,
    temperature_k: float = 288.15,
) -> tuple[float, float]:
    """Specific attenuation, by default in the standard atmosphere at sea level.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    dry_pressure_hpa : float, optional
        Pressure of the dry air, hPa.
    vapour_density_g_m3 : float, optional
        Water vapour density, g/m3.
    temperature_k : float, optional
        Temperature, K.

    Returns
    -------
    tuple of float
        Attenuation by oxygen and by water vapour, dB/km.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    CARD.check(
        {
            "frequency_ghz": frequency_ghz,
            "dry_pressure_hpa": dry_pressure_hpa,
            "vapour_density_g_m3": vapour_density_g_m3,
            "temperature_k": temperature_k,
        }
    )
    oxygen, water = specific_attenuation_db_km(frequency_ghz, dry_pressure_hpa, vapour_density_g_m3, temperature_k)
    return float(oxygen), float(water)
