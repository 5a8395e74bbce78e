"""SINR of a whole layer as a raster."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.coverage import CoverageLayer
from planner.kernels.sinr import sinr_into
from planner.radio.link_budget import element_noise_dbm, ssb_offset_db


def sinr_raster(layer: CoverageLayer, scenario: Scenario) -> NDArray[np.float32]:
    """Outdoor SINR per resource element at the scenario's load, the fast twin of `planner.radio.throughput.sinr_db`.

    Parameters
    ----------
    layer : CoverageLayer
        Levels and interference.
    scenario : Scenario
        Load of the other cells, noise figure and body loss of the device.

    Returns
    -------
    ndarray of float32, shape (rows, cols)
        SINR, dB; NaN where no sector reaches.
    """
    carrier = scenario.radio.carriers[layer.carrier]
    terminal = scenario.radio.terminal
    noise_dbm = element_noise_dbm(carrier, terminal.noise_figure_db) + terminal.body_loss_db
    out = np.empty(layer.level_dbm.shape, dtype=np.float32)
    sinr_into(
        np.ascontiguousarray(layer.level_dbm).reshape(-1),
        np.ascontiguousarray(layer.interference_mw).reshape(-1),
        carrier.traffic_gain_offset_db - ssb_offset_db(carrier),
        scenario.coverage.cell_load,
        math.pow(10.0, 0.1 * noise_dbm),
        out.reshape(-1),
    )
    return out
