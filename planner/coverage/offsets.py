"""What calibration adds to a model's loss in one clutter class."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from planner.config.propagation import ClutterClass

_NEAREST_M = 10.0  # the slope's decades begin here
Real = TypeVar("Real", np.float32, np.float64)


def decades(distance_m: NDArray[Real]) -> NDArray[Real]:
    """Decades of distance from 1 km.

    Parameters
    ----------
    distance_m : ndarray of float
        Distances from the mast, m.

    Returns
    -------
    ndarray of float
        log10 of the distance in km; nearer than 10 m as at 10 m.
    """
    return np.asarray(np.log10(np.maximum(distance_m, _NEAREST_M) / 1e3))


def is_fitted(entry: ClutterClass) -> bool:
    """Whether a class carries any calibration.

    Parameters
    ----------
    entry : ClutterClass
        The class.

    Returns
    -------
    bool
        True where an offset or the slope is not zero.
    """
    return bool(entry.offset_db or entry.slope_db_per_decade or entry.offset_by_band_db)


def offset_db(entry: ClutterClass, band: str | None, from_1_km: NDArray[Real]) -> NDArray[Real]:
    """Loss that calibration adds.

    Parameters
    ----------
    entry : ClutterClass
        Class of the receiver's cell.
    band : str or None
        Band label; None: no band's own offset.
    from_1_km : ndarray of float
        From `decades`.

    Returns
    -------
    ndarray of float
        Offset of class and band, plus slope, dB.
    """
    constant = entry.offset_db + (entry.offset_by_band_db.get(band, 0.0) if band is not None else 0.0)
    return constant + entry.slope_db_per_decade * from_1_km
