"""ITU-R P.676-13 (08/2022) Annex 1: specific attenuation by oxygen and water vapour, line by line."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel
from planner.kernels.p676_lines import OXYGEN_LINES, WATER_LINES


@exact_kernel
def _shape(frequency_ghz: float, line_ghz: float, width_ghz: float, interference: float) -> float:
    """Line shape F_i, equation (5)."""
    below, above = line_ghz - frequency_ghz, line_ghz + frequency_ghz
    first = (width_ghz - interference * below) / (below * below + width_ghz * width_ghz)
    second = (width_ghz - interference * above) / (above * above + width_ghz * width_ghz)
    return frequency_ghz / line_ghz * (first + second)


@exact_kernel
def _oxygen(frequency_ghz: float, dry_hpa: float, vapour_hpa: float, theta: float) -> float:
    """Imaginary part of the refractivity by oxygen and dry continuum, equations (2a), (3), (6a) to (9)."""
    total = 0.0
    pressure = dry_hpa + vapour_hpa
    for i in range(OXYGEN_LINES.shape[0]):
        strength = OXYGEN_LINES[i, 1] * 1e-7 * dry_hpa * theta**3 * math.exp(OXYGEN_LINES[i, 2] * (1.0 - theta))
        broadened = dry_hpa * math.pow(theta, 0.8 - OXYGEN_LINES[i, 4]) + 1.1 * vapour_hpa * theta
        width = math.sqrt((OXYGEN_LINES[i, 3] * 1e-4 * broadened) ** 2 + 2.25e-6)
        interference = (OXYGEN_LINES[i, 5] + OXYGEN_LINES[i, 6] * theta) * 1e-4 * pressure * math.pow(theta, 0.8)
        total += strength * _shape(frequency_ghz, OXYGEN_LINES[i, 0], width, interference)
    debye = 5.6e-4 * pressure * math.pow(theta, 0.8)
    relaxation = 6.14e-5 / (debye * (1.0 + (frequency_ghz / debye) ** 2))
    nitrogen = 1.4e-12 * dry_hpa * math.pow(theta, 1.5) / (1.0 + 1.9e-5 * math.pow(frequency_ghz, 1.5))
    return total + frequency_ghz * dry_hpa * theta * theta * (relaxation + nitrogen)


@exact_kernel
def _water(frequency_ghz: float, dry_hpa: float, vapour_hpa: float, theta: float) -> float:
    """Imaginary part of the refractivity by water vapour, equations (2b), (3), (6b)."""
    total = 0.0
    for i in range(WATER_LINES.shape[0]):
        line = WATER_LINES[i, 0]
        strength = WATER_LINES[i, 1] * 0.1 * vapour_hpa * math.pow(theta, 3.5)
        strength *= math.exp(WATER_LINES[i, 2] * (1.0 - theta))
        own = WATER_LINES[i, 5] * vapour_hpa * math.pow(theta, WATER_LINES[i, 6])
        width = WATER_LINES[i, 3] * 1e-4 * (dry_hpa * math.pow(theta, WATER_LINES[i, 4]) + own)
        doppler = 2.1316e-12 * line * line / theta
        width = 0.535 * width + math.sqrt(0.217 * width * width + doppler)
        total += strength * _shape(frequency_ghz, line, width, 0.0)
    return total


@exact_kernel
def specific_attenuation_db_km(
    frequency_ghz: float, dry_pressure_hpa: float, vapour_density_g_m3: float, temperature_k: float
) -> tuple[float, float]:
    """Specific attenuation by oxygen and by water vapour, equations (1) to (9).

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz; stated for 1 to 1000.
    dry_pressure_hpa : float
        Pressure of the dry air, hPa (total pressure less that of the vapour).
    vapour_density_g_m3 : float
        Water vapour density, g/m3.
    temperature_k : float
        Temperature, K.

    Returns
    -------
    tuple of float
        Attenuation by oxygen with the dry continuum and by water vapour, dB/km.
    """
    theta = 300.0 / temperature_k
    vapour_hpa = vapour_density_g_m3 * temperature_k / 216.7
    oxygen = _oxygen(frequency_ghz, dry_pressure_hpa, vapour_hpa, theta)
    water = _water(frequency_ghz, dry_pressure_hpa, vapour_hpa, theta)
    return 0.1820 * frequency_ghz * oxygen, 0.1820 * frequency_ghz * water
