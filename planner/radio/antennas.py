"""Antenna patterns: TR 38.901 parametric, omnidirectional, or measured cuts, all brought to the same tables.

Gain in three dimensions from two cuts: the horizontal cut, plus what the vertical cut adds ahead of and behind the
antenna, weighted by how far the direction has turned (docs/decisions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.radio import AntennaConfig
from planner.domain.antenna import AntennaCuts
from planner.kernels.antenna import (
    AZIMUTH_STEPS_PER_DEG,
    DEPRESSION_LIMIT_DEG,
    DEPRESSION_STEPS_PER_DEG,
    PatternTables,
)

_MEASURED_CAP_DB = 200.0  # measured cuts speak for themselves; no ceiling is added


def _azimuths_deg() -> NDArray[np.float64]:
    return np.arange(360 * AZIMUTH_STEPS_PER_DEG + 2) / AZIMUTH_STEPS_PER_DEG


def _depressions_deg() -> NDArray[np.float64]:
    steps = 2 * DEPRESSION_LIMIT_DEG * DEPRESSION_STEPS_PER_DEG + 2
    return np.arange(steps) / DEPRESSION_STEPS_PER_DEG - DEPRESSION_LIMIT_DEG


def _tables(
    gain_dbi: float,
    horizontal_db: NDArray[np.float64],
    front_db: NDArray[np.float64],
    rear_db: NDArray[np.float64],
    cap_db: float,
) -> PatternTables:
    return PatternTables(
        float(gain_dbi),
        horizontal_db.astype(np.float32),
        front_db.astype(np.float32),
        rear_db.astype(np.float32),
        float(cap_db),
    )


def parametric_pattern(antenna: AntennaConfig) -> PatternTables:
    """Pattern of 3GPP TR 38.901 Table 7.3-1, with the configured widths and floors.

    A_V = min(12 (theta / theta_3dB)^2, SLA_V), A_H = min(12 (phi / phi_3dB)^2, A_max), attenuation = min(A_V + A_H,
    A_max).

    Parameters
    ----------
    antenna : AntennaConfig
        Gain, widths, front-to-back ratio and side-lobe floor.

    Returns
    -------
    PatternTables
        Tables for the kernels.
    """
    turn = _azimuths_deg()
    turn = np.where(turn > 180.0, turn - 360.0, turn)
    across = np.minimum(12.0 * (turn / antenna.horizontal_beamwidth_deg) ** 2, antenna.front_to_back_db)
    down = np.minimum(12.0 * (_depressions_deg() / antenna.vertical_beamwidth_deg) ** 2, antenna.side_lobe_db)
    return _tables(antenna.gain_dbi, across, down, down, antenna.front_to_back_db)


def omni_pattern(antenna: AntennaConfig) -> PatternTables:
    """Pattern without direction in azimuth and the parametric cut in elevation.

    Parameters
    ----------
    antenna : AntennaConfig
        Gain, vertical width and side-lobe floor.

    Returns
    -------
    PatternTables
        Tables for the kernels.
    """
    down = np.minimum(12.0 * (_depressions_deg() / antenna.vertical_beamwidth_deg) ** 2, antenna.side_lobe_db)
    return _tables(antenna.gain_dbi, np.zeros_like(_azimuths_deg()), down, down, antenna.side_lobe_db)


def cuts_pattern(cuts: AntennaCuts) -> PatternTables:
    """Pattern of a measured antenna, its own electrical tilt turned back to zero.

    Sectors state their whole electrical tilt, so the tilt the file was measured at is taken out here and the
    sector's put in by the kernels.

    Parameters
    ----------
    cuts : AntennaCuts
        Both cuts.

    Returns
    -------
    PatternTables
        Tables for the kernels.
    """
    degrees = np.arange(361.0)
    across = np.interp(_azimuths_deg() % 360.0, degrees, np.append(cuts.horizontal_db, cuts.horizontal_db[0]))
    vertical = np.append(cuts.vertical_db, cuts.vertical_db[0])
    measured = _depressions_deg() + cuts.electrical_tilt_deg
    front = np.interp(measured % 360.0, degrees, vertical) - cuts.horizontal_db[0]
    rear = np.interp((180.0 - measured) % 360.0, degrees, vertical) - cuts.horizontal_db[180]
    return _tables(cuts.gain_dbi, across, front, rear, _MEASURED_CAP_DB)


def antenna_pattern(antenna: AntennaConfig, cuts: AntennaCuts | None = None) -> PatternTables:
    """Tables of a configured antenna.

    Parameters
    ----------
    antenna : AntennaConfig
        The antenna.
    cuts : AntennaCuts, optional
        Its measured cuts, for kind 'file'.

    Returns
    -------
    PatternTables
        Tables for the kernels.
    """
    if cuts is not None:
        return cuts_pattern(cuts)
    return omni_pattern(antenna) if antenna.kind == "omni" else parametric_pattern(antenna)


@dataclass(frozen=True)
class CutFigures:
    """What a data sheet says of an antenna, computed from its cuts.

    Attributes
    ----------
    gain_dbi : float
        Maximum gain, dBi.
    horizontal_width_deg, vertical_width_deg : float
        3 dB widths, degrees.
    front_to_back_db : float
        Least attenuation within 30 degrees of the rear, dB.
    tilt_deg : float
        Direction of the vertical maximum, degrees below the horizon.
    """

    gain_dbi: float
    horizontal_width_deg: float
    vertical_width_deg: float
    front_to_back_db: float
    tilt_deg: float


def _width_deg(cut_db: NDArray[np.float64], centre: int) -> float:
    """3 dB width around a maximum at a whole degree, linear between samples; 360 where it never falls so far."""
    around = np.roll(cut_db, -centre) - cut_db[centre]
    sides = []
    for side in (around, np.roll(around[::-1], 1)):
        beyond = np.flatnonzero(side >= 3.0)
        if beyond.size == 0:
            return 360.0
        last = int(beyond[0])
        sides.append(last - (side[last] - 3.0) / (side[last] - side[last - 1]))
    return float(sum(sides))


def cut_figures(cuts: AntennaCuts) -> CutFigures:
    """Widths, front-to-back ratio and tilt of measured cuts.

    Parameters
    ----------
    cuts : AntennaCuts
        Both cuts.

    Returns
    -------
    CutFigures
        The figures.
    """
    across, down = int(np.argmin(cuts.horizontal_db)), int(np.argmin(cuts.vertical_db))
    rear = cuts.horizontal_db[(across + np.arange(150, 211)) % 360]
    return CutFigures(
        gain_dbi=cuts.gain_dbi,
        horizontal_width_deg=_width_deg(cuts.horizontal_db, across),
        vertical_width_deg=_width_deg(cuts.vertical_db, down),
        front_to_back_db=float(rear.min() - cuts.horizontal_db[across]),
        tilt_deg=float(down if down <= 180 else down - 360),
    )
