"""What models without clutter and without gases leave out: ITU-R P.2108 at the receiver, ITU-R P.676 along the path."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.config.propagation import ClutterClass, PropagationConfig
from planner.radio.models.p676 import gas_attenuation_db_km
from planner.radio.models.p2108 import statistical_clutter_loss_db, terminal_clutter_loss_db

# P.1812 and P.452 meet clutter in the profile, Hata and TR 38.901 in their environments: nothing comes on top.
WITHOUT_CLUTTER = frozenset({"itm", "free_space"})
WITH_GASES = frozenset({"p452"})
GASES_FROM_MHZ = 6000.0
STREET_M = 27.0  # ITU-R P.2108-1 section 3.1, where nothing is known
_TYPES = {"water": 1, "open": 2, "suburban": 3, "urban": 4, "trees": 5, "dense_urban": 6}
_BUILT = frozenset({"suburban", "urban", "dense_urban"})
_FIRST_KM, _LAST_KM = 0.25, 2.0  # P.2108-1 section 3.2: stated from 0.25 km, constant from 2 km


def end_losses_db(
    config: PropagationConfig,
    model: str,
    frequency_mhz: float,
    receiver_agl_m: float,
    classes: NDArray[np.uint8],
    distance_km: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Loss to be added to a model's own.

    Parameters
    ----------
    config : PropagationConfig
        Whether a correction is wanted, clutter classes, humidity.
    model : str
        Model's name.
    frequency_mhz : float
        Frequency, MHz.
    receiver_agl_m : float
        Receiver, m above ground.
    classes : ndarray of uint8, shape (rows, cols)
        Land-cover class of each cell.
    distance_km : ndarray of float64, shape (rows, cols)
        Distance of each cell from the mast, km.

    Returns
    -------
    ndarray of float64, shape (rows, cols)
        Additional loss, dB.

    Raises
    ------
    ModelRangeError
        When frequency or height are outside the recommendation.
    """
    clutter_db = receiver_clutter_db(config, model, frequency_mhz, receiver_agl_m, classes, distance_km)
    return gases_db(config, model, frequency_mhz, distance_km) + clutter_db


def gases_db(
    config: PropagationConfig, model: str, frequency_mhz: float, distance_km: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Attenuation by oxygen and water vapour from 6 GHz, ITU-R P.676-13, for models that leave it out.

    Parameters
    ----------
    config : PropagationConfig
        Humidity.
    model : str
        Model's name.
    frequency_mhz : float
        Frequency, MHz.
    distance_km : ndarray of float64
        Path lengths, km.

    Returns
    -------
    ndarray of float64
        Attenuation, dB; 0 where none is due.
    """
    if frequency_mhz < GASES_FROM_MHZ or model in WITH_GASES:
        return np.zeros(distance_km.shape)
    per_km = gas_attenuation_db_km(frequency_mhz / 1e3, vapour_density_g_m3=config.vapour_density_g_m3)
    return sum(per_km) * distance_km


def receiver_clutter_db(
    config: PropagationConfig,
    model: str,
    frequency_mhz: float,
    receiver_agl_m: float,
    classes: NDArray[np.uint8],
    distance_km: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Clutter loss at the receiver, ITU-R P.2108-1, where it is asked for and the model has no clutter.

    Parameters
    ----------
    config : PropagationConfig
        Which correction is wanted, clutter classes.
    model : str
        Model's name.
    frequency_mhz : float
        Frequency, MHz.
    receiver_agl_m : float
        Receiver, m above ground.
    classes : ndarray of uint8
        Land-cover class of each cell.
    distance_km : ndarray of float64
        Distance of each cell from the mast, km.

    Returns
    -------
    ndarray of float64
        Loss, dB; 0 where none is due.
    """
    if model not in WITHOUT_CLUTTER or config.end_correction == "none":
        return np.zeros(distance_km.shape)
    if config.end_correction == "p2108_height_gain":
        return _height_gain_table(config.clutter, frequency_mhz / 1e3, receiver_agl_m)[classes]
    built = [code for code, entry in config.clutter.items() if entry.environment in _BUILT]
    return np.where(np.isin(classes, built), _statistical_db(frequency_mhz / 1e3, distance_km), 0.0)


def _height_gain_table(
    clutter: Mapping[int, ClutterClass], frequency_ghz: float, receiver_agl_m: float
) -> NDArray[np.float64]:
    """Loss of a receiver in each land-cover class, dB."""
    table = np.zeros(256)
    for code, entry in clutter.items():
        if 0 <= code < 256 and entry.height_m > receiver_agl_m:
            kind = _TYPES[entry.environment]
            table[code] = terminal_clutter_loss_db(frequency_ghz, receiver_agl_m, STREET_M, entry.height_m, kind)
    return table


def _statistical_db(frequency_ghz: float, distance_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median clutter loss by distance, dB; nearer than stated, the loss at the least distance stated."""
    at_km = np.linspace(_FIRST_KM, _LAST_KM, 351)
    losses = [statistical_clutter_loss_db(frequency_ghz, float(km), 50.0) for km in at_km]
    return np.asarray(np.interp(distance_km, at_km, np.array(losses)), np.float64)
