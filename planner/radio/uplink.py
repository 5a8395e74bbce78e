"""What an uplink rate asks of the radio channel: the cheapest allocation that carries it.

Spectral efficiency is the attenuated and truncated Shannon bound of 3GPP TR 36.942 Annex A.1, one layer. A device
spreads its power over the resource blocks it is given, so a rate asks for a total signal to noise ratio; many blocks at
a low ratio need the least.
"""

from __future__ import annotations

import math

import numpy as np

from planner.config.radio import CarrierConfig
from planner.radio.numerology import SUBCARRIERS_PER_BLOCK, Overhead, resource_blocks

ALPHA, MIN_SINR_DB = 0.4, -10.0  # TR 36.942 Table A.2, uplink
CEILING_BPS_HZ = {"4g": 2.0, "5g": 5.55}  # 16QAM of TR 36.942 Table A.2; NR: 64QAM, CQI 15, assumption
# LTE: references 2 of 14 symbols, control channels at the edges, assumption; NR: 3GPP TS 38.306 section 4.1.2, uplink
_OVERHEAD = Overhead(lte=0.2, nr_fr1=0.08, nr_fr2=0.10)


def uplink_share(carrier: CarrierConfig) -> float:
    """Share of time and resource elements that carries user data in the uplink.

    Parameters
    ----------
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    float
        0 to 1.
    """
    return (1.0 - _OVERHEAD.of(carrier)) * (1.0 - carrier.tdd_downlink_share if carrier.duplex == "tdd" else 1.0)


def rate_snr_db(rate_mbps: float, carrier_name: str, carrier: CarrierConfig) -> float:
    """Least received power that carries an uplink rate, over the noise in one resource block.

    Parameters
    ----------
    rate_mbps : float
        Uplink rate, Mbit/s.
    carrier_name : str
        Name of the carrier.
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    float
        Total power of the allocation over the noise of one block, dB; infinite where the carrier never reaches the
        rate.
    """
    share = uplink_share(carrier)
    if share <= 0.0:
        return math.inf
    blocks = np.arange(1, resource_blocks(carrier_name, carrier) + 1)
    width_hz = blocks * SUBCARRIERS_PER_BLOCK * carrier.scs_khz * 1e3
    efficiency = rate_mbps * 1e6 / (width_hz * share)
    within = efficiency <= CEILING_BPS_HZ[carrier.technology]
    if not within.any():
        return math.inf
    snr = np.maximum(2.0 ** (efficiency[within] / ALPHA) - 1.0, 10.0 ** (0.1 * MIN_SINR_DB))
    return float(10.0 * np.log10(blocks[within] * snr).min())
