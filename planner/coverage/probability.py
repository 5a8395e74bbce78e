"""How probable coverage is, instead of served or not: the share of a cell's locations that reach the level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from planner.config.schema import Scenario
from planner.coverage.service import sector_thresholds_dbm
from planner.domain.coverage import CoverageLayer
from planner.radio.link_budget import serving_threshold


def location_probability(
    layer: CoverageLayer,
    scenario: Scenario,
    cell_m: float,
    receiver: str | None = None,
    cells: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Share of locations at which a layer's level is enough, downlink and uplink.

    Levels are normally distributed in dB about the median, with the spread the location margin is taken from; at the
    threshold the result is `coverage.location_probability`. The mean over an area's cells is its area probability.

    Parameters
    ----------
    layer : CoverageLayer
        The layer.
    scenario : Scenario
        Thresholds, receivers, spread.
    cell_m : float
        Side of a cell, m.
    receiver : str, optional
        Receiver; the scenario's when absent.
    cells : ndarray of int64, optional
        Flat indices of the cells asked about; all when absent.

    Returns
    -------
    ndarray of float32
        0 to 1, in the shape of the layer or of `cells`; 0 where no sector reaches.
    """
    name = receiver or scenario.coverage.receiver
    limit = serving_threshold(scenario, layer.carrier, name, cell_m)
    needed = sector_thresholds_dbm(layer, name, scenario, cell_m) - np.float32(limit.margin_db)
    level = layer.level_dbm if cells is None else layer.level_dbm.reshape(-1)[cells]
    best = layer.best_sector if cells is None else layer.best_sector.reshape(-1)[cells]
    spare_db = np.where(best >= 0, level, -np.inf) - needed[np.maximum(best, 0)]
    if limit.sigma_db == 0.0:
        return np.asarray(spare_db >= 0.0, dtype=np.float32)
    return np.asarray(ndtr(spare_db / limit.sigma_db), dtype=np.float32)
