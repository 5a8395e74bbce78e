"""Directions that the sectors of a site leave open, and azimuths that would fill them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.kernels.antenna import AZIMUTH_STEPS_PER_DEG, PatternTables

OPEN_BELOW_DB = 12.0  # TR 38.901: a panel is this far down one whole 3 dB width off its boresight
REGULAR_GAP_DEG = 120.0  # between the sectors of an ordinary three-sector site


def open_directions(azimuths_deg: Sequence[float], pattern: PatternTables) -> tuple[float, ...]:
    """Azimuths of further sectors that would fill the open gaps of a site.

    A gap between neighbouring azimuths is open where both panels are more than 12 dB down in its middle: for panels of
    65 degrees one of more than 130. It takes as many sectors as make it regular and leave nothing open, evenly spread:
    one in the middle of 240 degrees, two beside a single sector.

    Parameters
    ----------
    azimuths_deg : sequence of float
        Azimuths of the sectors on air, clockwise from north.
    pattern : PatternTables
        Their antenna.

    Returns
    -------
    tuple of float
        Azimuths from 0 to 360, rising; empty where the ring is closed or nothing is on air.
    """
    ring = np.unique(np.mod(np.asarray(azimuths_deg, dtype=np.float64), 360.0))
    if not ring.size:
        return ()
    gaps = np.diff(np.append(ring, ring[0] + 360.0))
    found: list[float] = []
    for start, gap in zip(ring.tolist(), gaps.tolist(), strict=True):
        if _is_open(pattern, gap):
            count = max(1, round(gap / REGULAR_GAP_DEG) - 1)
            while _is_open(pattern, gap / (count + 1)):
                count += 1
            found += [(start + gap * part / (count + 1)) % 360.0 for part in range(1, count + 1)]
    return tuple(sorted(found))


def _is_open(pattern: PatternTables, gap_deg: float) -> bool:
    """Whether the panels on both sides of a gap are weak in its middle."""
    sides = np.array([gap_deg / 2.0, 360.0 - gap_deg / 2.0])
    return bool((pattern.horizontal_db[np.rint(sides * AZIMUTH_STEPS_PER_DEG).astype(int)] > OPEN_BELOW_DB).all())
