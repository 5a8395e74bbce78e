"""ITU's digital maps DN50 and N050, read where a user has them: they may not be redistributed.

Text grids over the whole earth, rows from 90 degrees north to 90 south, columns from 0 to 360 degrees east, both edges
included; 1.5 degrees apart in the files that come with ITU-R P.1812 and P.452.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.propagation import PropagationConfig
from planner.errors import Complaint, DataError


class Refractivity(NamedTuple):
    """Radio climate of a place.

    Attributes
    ----------
    delta_n : float
        Median refractivity lapse rate over the lowest kilometre, N-units/km, positive.
    n0 : float
        Sea-level surface refractivity, N-units.
    """

    delta_n: float
    n0: float


def read_map(path: Path) -> NDArray[np.float64]:
    """Read a digital map.

    Parameters
    ----------
    path : Path
        Text file of numbers separated by blanks or commas.

    Returns
    -------
    ndarray of float64, shape (rows, cols)
        Values, north up, from 0 degrees eastwards.

    Raises
    ------
    DataError
        For a file that is not a grid over the whole earth with both edges.
    """
    remedy = "Give the ITU text file, 121 rows of 241 numbers from 90 N and 0 E in steps of 1.5 degrees"
    try:
        text = path.read_text(encoding="utf-8-sig").replace(",", " ")
        values = np.array([[float(word) for word in line.split()] for line in text.splitlines() if line.strip()])
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise DataError("A digital map cannot be read", [Complaint(str(path), str(error), remedy)]) from error
    rows, cols = values.shape if values.ndim == 2 else (values.size, 0)
    if rows < 3 or cols - 1 != 2 * (rows - 1) or not np.all(np.isfinite(values)):
        found = f"{rows} rows of {cols} numbers"
        raise DataError("A digital map cannot be read", [Complaint(str(path), found, remedy)])
    return values


def value_at(values: NDArray[np.float64], latitude_deg: float, longitude_deg: float) -> float:
    """Value of a map at a place, bilinear between the four nodes around it, as ITU-R P.1812-8 section 3.5 asks.

    Parameters
    ----------
    values : ndarray of float64, shape (rows, cols)
        A map as `read_map` gives it.
    latitude_deg : float
        Latitude, degrees north.
    longitude_deg : float
        Longitude, degrees east.

    Returns
    -------
    float
        The value.
    """
    step_deg = 180.0 / (values.shape[0] - 1)
    row, col = (90.0 - latitude_deg) / step_deg, (longitude_deg % 360.0) / step_deg
    top, left = min(int(row), values.shape[0] - 2), min(int(col), values.shape[1] - 2)
    down, across = row - top, col - left
    upper = (1.0 - across) * values[top, left] + across * values[top, left + 1]
    lower = (1.0 - across) * values[top + 1, left] + across * values[top + 1, left + 1]
    return float((1.0 - down) * upper + down * lower)


def refractivity(config: PropagationConfig, latitude_deg: float, longitude_deg: float) -> Refractivity:
    """Radio climate of a place: from the maps the scenario names, else the scenario's own values.

    Parameters
    ----------
    config : PropagationConfig
        Values and map files.
    latitude_deg : float
        Latitude, degrees north.
    longitude_deg : float
        Longitude, degrees east.

    Returns
    -------
    Refractivity
        Lapse rate and surface refractivity.

    Raises
    ------
    DataError
        For a map that cannot be read or holds values that cannot be.
    """
    delta_n, n0 = config.delta_n, config.n0
    if config.dn50_file is not None:
        delta_n = _checked(config.dn50_file, latitude_deg, longitude_deg, 0.0, 150.0)
    if config.n050_file is not None:
        n0 = _checked(config.n050_file, latitude_deg, longitude_deg, 200.0, 500.0)
    return Refractivity(delta_n, n0)


def _checked(path: str, latitude_deg: float, longitude_deg: float, low: float, high: float) -> float:
    """Value of a map file at a place, within the range the models accept."""
    value = value_at(read_map(Path(path)), latitude_deg, longitude_deg)
    if not low < value < high:
        found = f"{value:g} at {latitude_deg:.3f} N {longitude_deg:.3f} E"
        remedy = f"Values lie between {low:g} and {high:g}: check that DN50 and N050 are not swapped"
        raise DataError("A digital map holds an impossible value", [Complaint(path, found, remedy)])
    return value
