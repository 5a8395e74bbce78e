"""Rasters of a technology over all its carriers, and of single carriers: level, margin, SINR, rate, probability."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.probability import location_probability
from planner.coverage.service import Service, needed_sinr_db, sector_thresholds_dbm
from planner.coverage.sinr import sinr_raster
from planner.domain.coverage import CoverageLayer, CoverageMap
from planner.radio.throughput import downlink_mbps

Raster = NDArray[np.float32]
_SINR_GRID_DB = np.arange(-30.0, 80.0, 0.05)


@dataclass(frozen=True)
class RadioRasters:
    """What one or several carriers offer, cell by cell; NaN where no sector reaches.

    Attributes
    ----------
    level_dbm : ndarray of float32, shape (rows, cols)
        Level of the best server, outdoor median, dBm.
    margin_db : ndarray of float32
        What is left over everything the scenario's receiver needs (level, SINR or rate, 4G anchor), dB; a cell is
        served where it is zero or more, and not where it is NaN.
    sinr_db : ndarray of float32
        SINR at the scenario's load, outdoor median, dB.
    rate_mbps : ndarray of float32
        Downlink rate at that SINR of a user who has the carrier alone, Mbit/s.
    probability : ndarray of float32
        Share of the cell's locations at which the scenario's receiver has the level it needs.
    """

    level_dbm: Raster
    margin_db: Raster
    sinr_db: Raster
    rate_mbps: Raster
    probability: Raster

    def best_of(self, other: RadioRasters) -> RadioRasters:
        """Take the better of two in every cell, figure by figure.

        Parameters
        ----------
        other : RadioRasters
            The other.

        Returns
        -------
        RadioRasters
            The best of both.
        """
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return RadioRasters(*(np.fmax(mine, others) for mine, others in pairs))


def technology_rasters(coverage: CoverageMap, scenario: Scenario, technology: str) -> RadioRasters:
    """Work out the best of a technology over all operators and carriers.

    Parameters
    ----------
    coverage : CoverageMap
        Layers per operator and carrier.
    scenario : Scenario
        Receiver, thresholds, load.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    RadioRasters
        Best figures; all NaN where nobody transmits the technology.
    """
    nothing = np.full(coverage.grid.shape, np.nan, dtype=np.float32)
    found = RadioRasters(nothing, nothing, nothing, nothing, nothing)
    for layer in coverage.layers:
        if layer.technology == technology:
            found = found.best_of(layer_rasters(coverage, scenario, layer))
    return found


def layer_rasters(coverage: CoverageMap, scenario: Scenario, layer: CoverageLayer) -> RadioRasters:
    """Work out the figures of one carrier of one operator.

    Parameters
    ----------
    coverage : CoverageMap
        The map the layer is of; it holds the 4G anchors.
    scenario : Scenario
        Receiver, thresholds, load.
    layer : CoverageLayer
        The layer.

    Returns
    -------
    RadioRasters
        Its figures.
    """
    carrier = scenario.radio.carriers[layer.carrier]
    margin = _margin_db(coverage, scenario, layer)
    if layer.technology == "5g" and carrier.anchor == "nsa":
        own = (one for one in coverage.layers if one.technology == "4g" and one.operator == layer.operator)
        margin = np.minimum(margin, _best_margin_db(coverage, scenario, own))
    sinr = sinr_raster(layer, scenario)
    rates = downlink_mbps(_SINR_GRID_DB, layer.carrier, carrier)
    rate = np.interp(sinr, _SINR_GRID_DB, rates).astype(np.float32)
    probability = location_probability(layer, scenario, coverage.grid.cell_m)
    return RadioRasters(
        layer.level_dbm, margin, sinr, rate, np.where(layer.best_sector >= 0, probability, np.float32(np.nan))
    )


def _best_margin_db(coverage: CoverageMap, scenario: Scenario, layers: Iterable[CoverageLayer]) -> Raster:
    """Largest margin of several layers; NaN where none reaches."""
    best = np.full(coverage.grid.shape, np.nan, dtype=np.float32)
    for layer in layers:
        np.fmax(best, _margin_db(coverage, scenario, layer), out=best)
    return best


def _margin_db(coverage: CoverageMap, scenario: Scenario, layer: CoverageLayer) -> Raster:
    """Margin over level and SINR, its sign the answer of `Service`."""
    receiver = scenario.coverage.receiver
    limits = sector_thresholds_dbm(layer, receiver, scenario, coverage.grid.cell_m)
    limits[np.isinf(limits)] = np.nan  # an uplink rate beyond the carrier: no level would do
    limit = np.where(layer.best_sector >= 0, limits[np.maximum(layer.best_sector, 0)], np.float32(np.nan))
    margin: Raster = layer.level_dbm - limit
    needed = needed_sinr_db(scenario, layer.carrier)
    if needed > -math.inf:
        every = np.arange(margin.size)
        sinr = Service(coverage, scenario, every).sinr(layer, receiver, every).reshape(margin.shape)
        margin = np.minimum(margin, (sinr - needed).astype(np.float32))
    return margin
