"""Link budget: power per resource element, noise, and the median outdoor level that counts as served.

Levels are RSRP (LTE) and SS-RSRP (NR): power per resource element at the receiver. A sector's power is spread evenly
over all subcarriers and counted as the sum over antenna ports. Path loss is taken as reciprocal, so that the uplink
becomes a requirement on the same downlink level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.config.coverage import Threshold
from planner.config.radio import CarrierConfig, ReceiverConfig
from planner.config.schema import Scenario
from planner.constants import BOLTZMANN_DBM_HZ_290K
from planner.errors import Complaint, ConfigError
from planner.kernels.normal import quantile
from planner.kernels.p1812.mechanisms import location_sigma_db as p1812_location_sigma_db
from planner.radio.entry_loss import entry_loss
from planner.radio.numerology import SUBCARRIERS_PER_BLOCK, resource_blocks
from planner.radio.uplink import rate_snr_db


@dataclass(frozen=True)
class ServingThreshold:
    """The median outdoor level a receiver needs, with everything that made it.

    Attributes
    ----------
    level_dbm : float
        Median outdoor level that counts as served: the larger of downlink and uplink, dBm.
    downlink_dbm, uplink_dbm : float
        What each direction needs, dBm; uplink is -inf where it is not asked.
    limited_by : str
        'downlink' or 'uplink'.
    margin_db : float
        Location margin at the scenario's probability, dB.
    sigma_db : float
        Spread the margin is taken from, dB.
    receiver_loss_db : float
        Median loss between outdoors and the receiver, dB.
    """

    level_dbm: float
    downlink_dbm: float
    uplink_dbm: float
    limited_by: str
    margin_db: float
    sigma_db: float
    receiver_loss_db: float


def power_per_element_dbm(name: str, carrier: CarrierConfig, power_dbm: float | None = None) -> float:
    """Power of a sector per resource element, before feeder and antenna.

    Parameters
    ----------
    name : str
        Carrier's name.
    carrier : CarrierConfig
        The carrier.
    power_dbm : float, optional
        Total power of the sector, dBm; the carrier's when absent.

    Returns
    -------
    float
        Power, dBm.
    """
    total_dbm = carrier.power_dbm if power_dbm is None else power_dbm
    return total_dbm - 10.0 * math.log10(SUBCARRIERS_PER_BLOCK * resource_blocks(name, carrier))


def reference_power_dbm(
    name: str, carrier: CarrierConfig, power_dbm: float | None = None, feeder_loss_db: float = 0.0
) -> float:
    """Power per resource element of the reference signal into the antenna, SSB beam included.

    Adding the antenna's gain gives the EIRP per resource element; subtracting the path loss gives RSRP or SS-RSRP.

    Parameters
    ----------
    name : str
        Carrier's name.
    carrier : CarrierConfig
        The carrier.
    power_dbm : float, optional
        Total power of the sector, dBm; the carrier's when absent.
    feeder_loss_db : float, optional
        Loss before the antenna, dB.

    Returns
    -------
    float
        Power, dBm.
    """
    return power_per_element_dbm(name, carrier, power_dbm) - feeder_loss_db + ssb_offset_db(carrier)


def ssb_offset_db(carrier: CarrierConfig) -> float:
    """Gain of the reference signal's beam relative to the antenna's gain: the SSB beam in NR, none in LTE.

    Parameters
    ----------
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    float
        Offset, dB.
    """
    return carrier.ssb_gain_offset_db if carrier.technology == "5g" else 0.0


def element_noise_dbm(carrier: CarrierConfig, noise_figure_db: float) -> float:
    """Thermal noise in one resource element.

    Parameters
    ----------
    carrier : CarrierConfig
        The carrier.
    noise_figure_db : float
        Receiver's noise figure, dB.

    Returns
    -------
    float
        Noise power, dBm.
    """
    return BOLTZMANN_DBM_HZ_290K + 10.0 * math.log10(carrier.scs_khz * 1e3) + noise_figure_db


def location_sigma_db(scenario: Scenario, frequency_mhz: float, cell_m: float) -> float:
    """Spread of the level over the locations of a cell.

    Parameters
    ----------
    scenario : Scenario
        `propagation.location_sigma_db` where it is given.
    frequency_mhz : float
        Frequency, MHz.
    cell_m : float
        Side of a cell, m.

    Returns
    -------
    float
        Standard deviation, dB; ITU-R P.1812-8 section 4.7 for a receiver below the clutter when not given.
    """
    given = scenario.propagation.location_sigma_db
    if given is not None:
        return given
    return float(p1812_location_sigma_db(frequency_mhz / 1e3, 0.0, 0.0, cell_m))


def location_margin_db(probability: float, sigma_db: float) -> float:
    """How far the median must lie above a level that a share of the locations is to reach.

    Parameters
    ----------
    probability : float
        Share of locations, 0.5 or more.
    sigma_db : float
        Spread, dB.

    Returns
    -------
    float
        Margin, dB.
    """
    return float(quantile(probability)) * sigma_db


def uplink_sensitivity_dbm(scenario: Scenario, carrier_name: str) -> float:
    """Weakest cell-edge signal the base station can use, summed over the device's allocation.

    The larger of two needs: the edge allocation of `radio.terminal` at its SINR, and the technology's uplink rate.

    Parameters
    ----------
    scenario : Scenario
        `radio.terminal` has allocation, SINR, noise figure and interference margin; `coverage.thresholds` the rate.
    carrier_name : str
        Name in `radio.carriers`.

    Returns
    -------
    float
        Power at the base station's receiver, dBm.
    """
    terminal, carrier = scenario.radio.terminal, scenario.radio.carriers[carrier_name]
    needed_db = 10.0 * math.log10(terminal.uplink_edge_resource_blocks) + terminal.uplink_edge_sinr_db
    rate_mbps = threshold_config(scenario, carrier.technology).uplink_mbps
    if rate_mbps is not None:
        needed_db = max(needed_db, rate_snr_db(rate_mbps, carrier_name, carrier))
    block_noise_dbm = element_noise_dbm(carrier, terminal.base_noise_figure_db) + 10.0 * math.log10(
        SUBCARRIERS_PER_BLOCK
    )
    return block_noise_dbm + needed_db + terminal.uplink_interference_margin_db


def max_uplink_loss_db(scenario: Scenario, carrier_name: str) -> float:
    """Largest loss from the device's antenna to the base station's receiver that the uplink bears.

    Coupling loss: path, body and feeder losses less the base antenna's gain and the traffic beam's.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    carrier_name : str
        Name in `radio.carriers`.

    Returns
    -------
    float
        Maximum coupling loss, dB; -inf where the carrier never reaches the uplink rate asked for.
    """
    return scenario.radio.terminal.power_dbm - uplink_sensitivity_dbm(scenario, carrier_name)


def threshold_config(scenario: Scenario, technology: str) -> Threshold:
    """Levels a technology needs in this scenario.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    Threshold
        Its `coverage.thresholds` entry.

    Raises
    ------
    ConfigError
        When the scenario gives none.
    """
    for name, threshold in scenario.coverage.thresholds.items():
        if name == technology:
            return threshold
    raise ConfigError(
        f"Nothing says when {technology} counts as served",
        [
            Complaint(
                f"coverage.thresholds.{technology}",
                "is not given",
                "Give its level_dbm, or name a preset of configs/coverage as coverage.preset.",
            )
        ],
    )


def receiver_config(scenario: Scenario, receiver: str) -> ReceiverConfig:
    """Configuration of a receiver.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    receiver : str
        Name in `radio.receivers`.

    Returns
    -------
    ReceiverConfig
        The receiver.

    Raises
    ------
    ConfigError
        When the scenario has no such receiver.
    """
    for name, config in scenario.radio.receivers.items():
        if name == receiver:
            return config
    known = ", ".join(scenario.radio.receivers)
    raise ConfigError(
        f"No receiver {receiver}",
        [Complaint(f"radio.receivers.{receiver}", "is not given", f"Add it, or use one of: {known}.")],
    )


def serving_threshold(
    scenario: Scenario, carrier_name: str, receiver_name: str, cell_m: float, power_dbm: float | None = None
) -> ServingThreshold:
    """Median outdoor level at which a receiver counts as served by a carrier.

    Downlink: the technology's level, plus the receiver's loss, plus the location margin. Uplink: the level that goes
    with the largest loss the uplink bears; antenna gain and feeder are common to both directions and cancel. Body loss
    enters the uplink only: regulators state their levels without a body.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    carrier_name : str
        Name in `radio.carriers`.
    receiver_name : str
        Name in `radio.receivers`.
    cell_m : float
        Side of a cell, m.
    power_dbm : float, optional
        Total power of the sector, dBm; the carrier's when absent. It moves the uplink's requirement only.

    Returns
    -------
    ServingThreshold
        The threshold and its parts.
    """
    carrier = scenario.radio.carriers[carrier_name]
    receiver = receiver_config(scenario, receiver_name)
    loss_db, spread_db = entry_loss(receiver, carrier.frequency_mhz)
    sigma_db = math.hypot(location_sigma_db(scenario, carrier.frequency_mhz, cell_m), spread_db)
    margin_db = location_margin_db(scenario.coverage.location_probability, sigma_db)
    downlink = threshold_config(scenario, carrier.technology).level_dbm + loss_db + margin_db
    uplink = -math.inf
    if scenario.coverage.consider_uplink:
        uplink = (
            power_per_element_dbm(carrier_name, carrier, power_dbm)
            + ssb_offset_db(carrier)
            - carrier.traffic_gain_offset_db
            - max_uplink_loss_db(scenario, carrier_name)
            + scenario.radio.terminal.body_loss_db
            + loss_db
            + margin_db
        )
    return ServingThreshold(
        level_dbm=max(downlink, uplink),
        downlink_dbm=downlink,
        uplink_dbm=uplink,
        limited_by="uplink" if uplink > downlink else "downlink",
        margin_db=margin_db,
        sigma_db=sigma_db,
        receiver_loss_db=loss_db,
    )


def area_probability(edge_probability: float, sigma_db: float, exponent: float) -> float:
    """Share of a whole cell's area that is served when its edge is at a given probability.

    Closed form for a circular cell, power-law path loss and log-normal shadowing: Jakes, Microwave Mobile
    Communications (1974), equation (2.5-13).

    Parameters
    ----------
    edge_probability : float
        Probability at the edge, between 0 and 1.
    sigma_db : float
        Spread, dB.
    exponent : float
        Path-loss exponent (2 in free space, 3 to 4 over ground).

    Returns
    -------
    float
        Share of the area, 0 to 1.
    """
    if sigma_db == 0.0:
        return 1.0 if edge_probability >= 0.5 else 0.0
    a = -float(quantile(edge_probability)) / math.sqrt(2.0)
    b = 10.0 * exponent * math.log10(math.e) / (sigma_db * math.sqrt(2.0))
    return 0.5 * (1.0 - math.erf(a) + math.exp((1.0 - 2.0 * a * b) / b**2) * (1.0 - math.erf((1.0 - a * b) / b)))
