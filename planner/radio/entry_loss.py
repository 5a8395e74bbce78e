"""Loss between the outdoor level and a receiver in a vehicle or a building."""

from __future__ import annotations

from planner.config.radio import ReceiverConfig
from planner.kernels.p2109 import EFFICIENT, TRADITIONAL, building_entry_loss_db

_ONE_SIGMA = 0.8413447460685429  # probability that a normal variable stays below its mean plus one deviation


def entry_loss(receiver: ReceiverConfig, frequency_mhz: float) -> tuple[float, float]:
    """Median loss to a receiver and its spread.

    With ITU-R P.2109-2 the configured loss and spread come on top (body, vehicle); the spread is half the distance
    between the losses one standard deviation below and above the median, horizontal incidence.

    Parameters
    ----------
    receiver : ReceiverConfig
        The receiver.
    frequency_mhz : float
        Frequency, MHz.

    Returns
    -------
    tuple of float
        Median loss and standard deviation, dB.
    """
    if receiver.entry_loss_model == "fixed":
        return receiver.extra_loss_db, receiver.extra_sigma_db
    building = TRADITIONAL if receiver.entry_loss_model == "p2109_traditional" else EFFICIENT
    f_ghz = frequency_mhz / 1e3
    median_db = float(building_entry_loss_db(f_ghz, 0.5, building, 0.0))
    above_db = float(building_entry_loss_db(f_ghz, _ONE_SIGMA, building, 0.0))
    below_db = float(building_entry_loss_db(f_ghz, 1.0 - _ONE_SIGMA, building, 0.0))
    spread_db = (0.25 * (above_db - below_db) ** 2 + receiver.extra_sigma_db**2) ** 0.5
    return receiver.extra_loss_db + median_db, spread_db
