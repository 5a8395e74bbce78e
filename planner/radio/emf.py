"""Distance at which a sector's field falls to the public exposure limit.

QCVN 8:2022 sets the limit; the distance is the far-field, free-space one along the main beam, where power density is
EIRP / (4 pi d^2). It is the distance to stay clear of in front of the antenna at its own height, not on the ground.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from planner.config.schema import Scenario
from planner.domain.coverage import Sector


def eirp_dbm(sector: Sector, gain_dbi: float) -> float:
    """Total EIRP of a sector.

    Parameters
    ----------
    sector : Sector
        The sector.
    gain_dbi : float
        Maximum gain of its antenna, dBi.

    Returns
    -------
    float
        EIRP, dBm.
    """
    return sector.power_dbm - sector.feeder_loss_db + gain_dbi


def exposure_distance_m(eirps_dbm: Iterable[float], scenario: Scenario) -> float:
    """Distance at which the summed power density of antennas pointing the same way meets the limit.

    Parameters
    ----------
    eirps_dbm : iterable of float
        EIRP of each, dBm.
    scenario : Scenario
        `radio.emf` has limit and duty factor.

    Returns
    -------
    float
        Distance, m.
    """
    watts = sum(10.0 ** (0.1 * (eirp - 30.0)) for eirp in eirps_dbm)
    emf = scenario.radio.emf
    return math.sqrt(watts * emf.duty_factor / (4.0 * math.pi * emf.limit_w_m2))
