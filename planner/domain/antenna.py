"""A measured antenna: its two cuts as a pattern file states them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AntennaCuts:
    """Horizontal and vertical cut of an antenna.

    Attributes
    ----------
    name : str
        Name in the file.
    gain_dbi : float
        Maximum gain, dBi.
    horizontal_db, vertical_db : ndarray of float64, shape (360,)
        Attenuation below the maximum at whole degrees, dB. Horizontal: clockwise from boresight. Vertical: 0 at the
        horizon ahead, 90 straight down, 180 at the horizon behind.
    electrical_tilt_deg : float
        Electrical downtilt the vertical cut was taken at.
    frequency_mhz : float
        Frequency of the measurement, MHz; NaN where the file does not say.
    notes : tuple of str
        What the reader had to interpret (unit of the gain, decimal commas, missing samples).
    """

    name: str
    gain_dbi: float
    horizontal_db: NDArray[np.float64]
    vertical_db: NDArray[np.float64]
    electrical_tilt_deg: float = 0.0
    frequency_mhz: float = float("nan")
    notes: tuple[str, ...] = ()
