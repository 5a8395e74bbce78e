"""From level to rate: SINR at a stated load, and the spectral efficiency LTE and NR reach at it.

Spectral efficiency follows the attenuated and truncated form of the Shannon bound of 3GPP TR 36.942 Annex A.1,
eta = alpha log2(1 + SINR) between SINR_min and the modulation's ceiling.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.radio import CarrierConfig
from planner.config.schema import Scenario
from planner.radio.link_budget import element_noise_dbm, ssb_offset_db
from planner.radio.numerology import SUBCARRIERS_PER_BLOCK, Overhead, resource_blocks

_LAYER_EFFICIENCY = 0.7  # gain of each further MIMO layer over the first, averaged over a cell; assumption
# LTE: control region of two symbols and cell reference signals of two ports; NR: 3GPP TS 38.306 section 4.1.2, downlink
_OVERHEAD = Overhead(lte=0.25, nr_fr1=0.14, nr_fr2=0.18)


class Mapping(NamedTuple):
    """Truncated Shannon mapping of one technology.

    Attributes
    ----------
    alpha : float
        Share of the Shannon bound that is reached.
    min_sinr_db : float
        Below it nothing is decoded, dB.
    ceiling_bps_hz : float
        Most a single layer carries, bit/s/Hz.
    """

    alpha: float
    min_sinr_db: float
    ceiling_bps_hz: float


# TR 36.942 Table A.2 for LTE, its 64QAM ceiling of 4.4 raised to 5.55 (CQI 15, TS 36.213 Table 7.2.3-1);
# NR: 256QAM ceiling 7.41 (CQI 15 of TS 38.214 Table 5.2.2.1-3), alpha 0.65 as assumption.
MAPPINGS = {"4g": Mapping(0.6, -10.0, 5.55), "5g": Mapping(0.65, -10.0, 7.41)}


def sinr_db(
    level_dbm: NDArray[np.floating],
    interference_mw: NDArray[np.floating],
    carrier: CarrierConfig,
    scenario: Scenario,
    *,
    receiver_loss_db: float = 0.0,
    load: float | None = None,
) -> NDArray[np.float64]:
    """SINR per resource element at a stated load of the other cells.

    The traffic beam replaces the SSB beam for the wanted signal; the others are taken as they were summed.

    Parameters
    ----------
    level_dbm : ndarray of float
        Outdoor RSRP or SS-RSRP of the server, dBm.
    interference_mw : ndarray of float
        Outdoor power per resource element of all other sectors at full load, mW.
    carrier : CarrierConfig
        The carrier.
    scenario : Scenario
        `coverage.cell_load` and the device's noise figure and body loss.
    receiver_loss_db : float, optional
        Loss from outdoors to the receiver; weakens signal and interference alike, dB.
    load : float, optional
        Load of the other cells, 0 to 1; the scenario's when absent.

    Returns
    -------
    ndarray of float64
        SINR, dB; NaN where the level is.
    """
    terminal = scenario.radio.terminal
    share = scenario.coverage.cell_load if load is None else load
    loss = 10.0 ** (-0.1 * (receiver_loss_db + terminal.body_loss_db))
    noise_mw = 10.0 ** (0.1 * element_noise_dbm(carrier, terminal.noise_figure_db))
    gain_db = carrier.traffic_gain_offset_db - ssb_offset_db(carrier)
    wanted_mw = 10.0 ** (0.1 * (np.asarray(level_dbm, dtype=np.float64) + gain_db)) * loss
    others_mw = np.asarray(interference_mw, dtype=np.float64) * (share * loss)
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(wanted_mw / (others_mw + noise_mw)))


def spectral_efficiency(sinr: NDArray[np.floating], technology: str) -> NDArray[np.float64]:
    """Spectral efficiency of one layer.

    Parameters
    ----------
    sinr : ndarray of float
        SINR, dB.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    ndarray of float64
        bit/s/Hz; 0 below the least SINR, NaN where SINR is.
    """
    mapping = MAPPINGS[technology]
    value = np.asarray(sinr, dtype=np.float64)
    raw = mapping.alpha * np.log2(1.0 + 10.0 ** (0.1 * value))
    return np.where(value < mapping.min_sinr_db, 0.0, np.minimum(raw, mapping.ceiling_bps_hz))


def downlink_share(carrier: CarrierConfig) -> float:
    """Share of time and resource elements that carries user data in the downlink.

    Parameters
    ----------
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    float
        0 to 1.
    """
    return (1.0 - _OVERHEAD.of(carrier)) * (carrier.tdd_downlink_share if carrier.duplex == "tdd" else 1.0)


def downlink_mbps(sinr: NDArray[np.floating], carrier_name: str, carrier: CarrierConfig) -> NDArray[np.float64]:
    """Downlink rate of a user that has the whole carrier.

    Further MIMO layers share the SINR: each of n layers works at SINR / n, and counts as configured efficiency.

    Parameters
    ----------
    sinr : ndarray of float
        SINR, dB.
    carrier_name : str
        Name of the carrier.
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    ndarray of float64
        Rate, Mbit/s; NaN where SINR is.
    """
    width_hz = resource_blocks(carrier_name, carrier) * SUBCARRIERS_PER_BLOCK * carrier.scs_khz * 1e3
    value = np.asarray(sinr, dtype=np.float64)
    best = spectral_efficiency(value, carrier.technology)
    for layers in range(2, carrier.layers + 1):
        each = spectral_efficiency(value - 10.0 * np.log10(layers), carrier.technology)
        best = np.fmax(best, each * (1.0 + _LAYER_EFFICIENCY * (layers - 1)))
    best = np.where(np.isnan(value), np.nan, best)
    return np.asarray(best * width_hz * downlink_share(carrier) / 1e6)


def sinr_for_rate(rate_mbps: float, carrier_name: str, carrier: CarrierConfig) -> float:
    """Least SINR at which a carrier reaches a rate.

    Parameters
    ----------
    rate_mbps : float
        Downlink rate, Mbit/s.
    carrier_name : str
        Name of the carrier.
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    float
        SINR, dB; infinite where the carrier never reaches the rate.
    """
    grid = np.arange(-15.0, 60.0, 0.01)
    reached = np.flatnonzero(downlink_mbps(grid, carrier_name, carrier) >= rate_mbps)
    return float(grid[reached[0]]) if reached.size else float("inf")
