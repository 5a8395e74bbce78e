"""Tables and scratch for the analysis of one profile after another, and a profile's constants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Room(NamedTuple):
    """Tables over profile points and room for one profile; one per thread, from `make_room`.

    Attributes
    ----------
    at : ndarray of float64, shape (m,)
        0, 1, 2 ...
    at4, back4 : ndarray of float32, shape (m,)
        The same, and backwards.
    per, per_back : ndarray of float32, shape (m,)
        1 / i, and backwards.
    root, root_back : ndarray of float32, shape (m,)
        1 / sqrt(i), and backwards.
    terrain, cover : ndarray of float32, shape (m,)
        Terrain and terrain with clutter over the transmitting antenna, m; inner points from index 1.
    toward, away : ndarray of float32, shape (m,)
        Slopes from the terminals, or diffraction parameters.
    corner, nearest : ndarray of int32, shape (m,)
        Flat indices of the cells north-west of each inner point and nearest to it.
    down, across : ndarray of float32, shape (m,)
        Where in its cell each inner point lies, 0 to 1.
    zone : ndarray of uint8, shape (m,)
        Zones of one profile.
    d_km : ndarray of float64, shape (m,)
        Distances of one profile, km.
    """

    at: NDArray[np.float64]
    at4: NDArray[np.float32]
    back4: NDArray[np.float32]
    per: NDArray[np.float32]
    per_back: NDArray[np.float32]
    root: NDArray[np.float32]
    root_back: NDArray[np.float32]
    terrain: NDArray[np.float32]
    cover: NDArray[np.float32]
    toward: NDArray[np.float32]
    away: NDArray[np.float32]
    corner: NDArray[np.int32]
    nearest: NDArray[np.int32]
    down: NDArray[np.float32]
    across: NDArray[np.float32]
    zone: NDArray[np.uint8]
    d_km: NDArray[np.float64]


class Steps(NamedTuple):
    """A profile of equal steps, heights over the transmitting antenna.

    Attributes
    ----------
    n : int
        Number of steps.
    step_km : float
        Step, km.
    rise_m : float
        Receiving over transmitting antenna, m.
    start_m, end_m : float
        Ground at the terminals over the transmitting antenna, m.
    ae_km : float
        Effective Earth radius, km.
    """

    n: int
    step_km: float
    rise_m: float
    start_m: float
    end_m: float
    ae_km: float


def make_room(longest: int) -> Room:
    """Make tables and room for profiles of up to a number of steps.

    Parameters
    ----------
    longest : int
        Largest number of steps.

    Returns
    -------
    Room
        About 80 bytes a step.
    """
    m = longest + 2
    at = np.arange(m, dtype=np.float64)
    with np.errstate(divide="ignore"):
        per, root = (1.0 / at).astype(np.float32), (1.0 / np.sqrt(at)).astype(np.float32)
    at4 = at.astype(np.float32)
    tables = (at, at4, at4[::-1].copy(), per, per[::-1].copy(), root, root[::-1].copy())
    terrain, cover, toward, away, down, across = np.zeros((6, m), np.float32)
    corner, nearest = np.zeros((2, m), np.int32)
    rest = (terrain, cover, toward, away, corner, nearest, down, across, np.zeros(m, np.uint8), np.zeros(m))
    return Room._make((*tables, *rest))
