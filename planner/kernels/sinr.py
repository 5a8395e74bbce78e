"""Ratio of a server's power to interference and noise, for whole rasters."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.kernels._jit import lean_kernel
from planner.kernels.fast_math import f4, log2

_LOG2_TO_DB = f4(10.0 * math.log10(2.0))


@lean_kernel
def sinr_into(
    level_dbm: NDArray[np.float32],
    others_mw: NDArray[np.float32],
    gain_db: float,
    others_share: float,
    noise_mw: float,
    out: NDArray[np.float32],
) -> None:
    """Signal to interference and noise of flat rasters.

    Parameters
    ----------
    level_dbm, others_mw : ndarray of float32, shape (n,)
        Level of the server, dBm, and power of all others, mW.
    gain_db : float
        Added to the level, dB.
    others_share : float
        Share of the others' power that is on air and reaches the receiver.
    noise_mw : float
        Noise, mW.
    out : ndarray of float32, shape (n,)
        Filled: SINR, dB; NaN where the level is.
    """
    gain, share, noise = f4(gain_db), f4(others_share * 1e12), f4(noise_mw * 1e12)
    for i in range(np.uint64(level_dbm.size)):
        disturbance = others_mw[i] * share + noise  # in 1e-12 mW: float32 has no room for squares of picowatts
        out[i] = level_dbm[i] + gain - _LOG2_TO_DB * log2(disturbance) + f4(120.0)
