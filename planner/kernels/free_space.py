"""Free-space basic transmission loss, ITU-R P.525-4."""

from __future__ import annotations

import math

from planner.kernels._jit import exact_kernel


@exact_kernel
def free_space_loss_db(frequency_mhz: float, distance_km: float) -> float:
    """Free-space basic transmission loss between isotropic antennas.

    ITU-R P.525-4 equation (4), with the constant to the precision of the other models' 32.45:
    20 log10(4 pi 1e9 / c) = 32.44778 dB.

    Parameters
    ----------
    frequency_mhz : float
        Frequency, MHz.
    distance_km : float
        Distance between the antennas along the ray, km.

    Returns
    -------
    float
        Loss, dB.
    """
    return 32.447783221883370 + 20.0 * math.log10(frequency_mhz * distance_km)
