"""Who is served where: layers turned into served or not, per receiver, on chosen cells."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.coverage import CoverageLayer, CoverageMap
from planner.domain.province import Province
from planner.kernels.zonal import served_into
from planner.radio.link_budget import serving_threshold, threshold_config
from planner.radio.throughput import sinr_db, sinr_for_rate


class Service:
    """Answers who is served, on a fixed set of cells, remembering each layer's answer.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    scenario : Scenario
        Thresholds, receivers, roaming.
    cells : ndarray of int64, shape (n,)
        Flat cell indices asked about.
    """

    def __init__(self, coverage: CoverageMap, scenario: Scenario, cells: NDArray[np.int64]) -> None:
        self.coverage = coverage
        self.scenario = scenario
        self.cells = cells
        self._known: dict[tuple[int, str], NDArray[np.bool_]] = {}

    def served(
        self, *, technology: str = "any", operator: str = "any", band: str = "any", receiver: str | None = None
    ) -> NDArray[np.bool_]:
        """Cells at which a device is served.

        Parameters
        ----------
        technology : str, optional
            '4g', '5g' or 'any'.
        operator : str, optional
            Whose customer it is, or 'any'; with national roaming every operator's customer uses every network.
        band : str, optional
            Band label, or 'any'.
        receiver : str, optional
            Receiver; the scenario's when absent.

        Returns
        -------
        ndarray of bool, shape (n,)
            True where served.
        """
        name = receiver or self.scenario.coverage.receiver
        served = np.zeros(self.cells.size, dtype=bool)
        for index in self.layers_for(operator, technology, band):
            served |= self.layer(index, name)
        return served

    def layers_for(self, operator: str, technology: str, band: str) -> list[int]:
        """Layers that a customer may use.

        Parameters
        ----------
        operator, technology, band : str
            As in `served`.

        Returns
        -------
        list of int
            Indices into the coverage map's layers.
        """
        whose = "any" if self.scenario.coverage.national_roaming else operator
        return [
            index
            for index, layer in enumerate(self.coverage.layers)
            if technology in ("any", layer.technology)
            and whose in ("any", layer.operator)
            and band in ("any", layer.band)
        ]

    def layer(self, index: int, receiver: str) -> NDArray[np.bool_]:
        """Cells served by one layer.

        Parameters
        ----------
        index : int
            Index into the coverage map's layers.
        receiver : str
            Receiver.

        Returns
        -------
        ndarray of bool, shape (n,)
            True where served; a non-stand-alone 5G layer serves only where its operator's 4G does.
        """
        key = index, receiver
        if key not in self._known:
            layer = self.coverage.layers[index]
            served = self._level_served(layer, receiver)
            if layer.technology == "5g" and self.scenario.radio.carriers[layer.carrier].anchor == "nsa":
                served &= self._anchored(layer.operator, receiver)
            self._known[key] = served
        return self._known[key]

    def adopt(self, index: int, other: Service, other_index: int) -> None:
        """Take over another service's answers for a layer that is the same.

        Parameters
        ----------
        index : int
            Index of the layer here.
        other : Service
            Service on the same cells.
        other_index : int
            Index of the layer there.
        """
        for (layer, receiver), served in other._known.items():
            if layer == other_index:
                self._known[index, receiver] = served

    def adopt_beside(
        self, index: int, other: Service, other_index: int, here: Service, entries: NDArray[np.int64]
    ) -> None:
        """Take over another service's answers for a layer except at some cells, which are asked anew.

        Parameters
        ----------
        index : int
            Index of the layer here.
        other : Service
            Service on the same cells.
        other_index : int
            Index of the layer there.
        here : Service
            Service of the present coverage on the cells asked anew.
        entries : ndarray of int
            Their positions in `cells`.
        """
        for (layer, receiver), served in other._known.items():
            if layer == other_index and (index, receiver) not in self._known:
                revised = served.copy()
                revised[entries] = here.layer(index, receiver)
                self._known[index, receiver] = revised

    def _anchored(self, operator: str, receiver: str) -> NDArray[np.bool_]:
        served = np.zeros(self.cells.size, dtype=bool)
        for index, layer in enumerate(self.coverage.layers):
            if layer.technology == "4g" and layer.operator == operator:
                served |= self.layer(index, receiver)
        return served

    def _level_served(self, layer: CoverageLayer, receiver: str) -> NDArray[np.bool_]:
        limit = sector_thresholds_dbm(layer, receiver, self.scenario, self.coverage.grid.cell_m)
        served: NDArray[np.bool_] = np.empty(self.cells.size, dtype=bool)
        served_into(layer.level_dbm.reshape(-1), layer.best_sector.reshape(-1), limit, self.cells, served)
        needed = needed_sinr_db(self.scenario, layer.carrier)
        if needed > -math.inf:
            found = np.flatnonzero(served)
            served[found] = self.sinr(layer, receiver, found) >= needed
        return served

    def sinr(
        self, layer: CoverageLayer, receiver: str, at: NDArray[np.int64], *, median: bool = False
    ) -> NDArray[np.float64]:
        """SINR that the scenario's share of locations reaches, or its median.

        The wanted level is lowered by the location margin, the interference is its median.

        Parameters
        ----------
        layer : CoverageLayer
            The layer.
        receiver : str
            Receiver.
        at : ndarray of int
            Positions in `cells`.
        median : bool, optional
            Whether the margin is left out.

        Returns
        -------
        ndarray of float64
            SINR at the stated load, dB.
        """
        where = self.cells[at]
        limit = serving_threshold(self.scenario, layer.carrier, receiver, self.coverage.grid.cell_m)
        return sinr_db(
            layer.level_dbm.reshape(-1)[where] - np.float32(0.0 if median else limit.margin_db),
            layer.interference_mw.reshape(-1)[where],
            self.scenario.radio.carriers[layer.carrier],
            self.scenario,
            receiver_loss_db=limit.receiver_loss_db,
        )


def entry_service(coverage: CoverageMap, province: Province, scenario: Scenario) -> Service:
    """Service on the entries of the residential areas' cells.

    Parameters
    ----------
    coverage : CoverageMap
        Predicted layers.
    province : Province
        Its `area_cells` are asked about, entry by entry.
    scenario : Scenario
        The scenario.

    Returns
    -------
    Service
        Answers have one flag per entry.
    """
    return Service(coverage, scenario, province.area_cells.cell)


def needed_sinr_db(scenario: Scenario, carrier_name: str) -> float:
    """SINR a carrier must reach for its technology's threshold.

    Parameters
    ----------
    scenario : Scenario
        Thresholds with `sinr_db` and `downlink_mbps`.
    carrier_name : str
        Carrier.

    Returns
    -------
    float
        dB; -inf when level alone decides.
    """
    carrier = scenario.radio.carriers[carrier_name]
    threshold = threshold_config(scenario, carrier.technology)
    wanted = [-math.inf if threshold.sinr_db is None else threshold.sinr_db]
    if threshold.downlink_mbps is not None:
        wanted.append(sinr_for_rate(threshold.downlink_mbps, carrier_name, carrier))
    return max(wanted)


def sector_thresholds_dbm(
    layer: CoverageLayer, receiver: str, scenario: Scenario, cell_m: float
) -> NDArray[np.float32]:
    """Threshold of every sector of a layer: sectors of unusual power have their own uplink balance.

    Parameters
    ----------
    layer : CoverageLayer
        The layer.
    receiver : str
        Receiver.
    scenario : Scenario
        The scenario.
    cell_m : float
        Side of a cell, m.

    Returns
    -------
    ndarray of float32, shape (n_sectors,)
        Median outdoor level, dBm.
    """
    powers, kind = np.unique([sector.power_dbm for sector in layer.sectors], return_inverse=True)
    limits = [serving_threshold(scenario, layer.carrier, receiver, cell_m, float(power)).level_dbm for power in powers]
    return np.array(limits, dtype=np.float32)[kind]


def operators_serving(service: Service, operators: Iterable[str], technology: str) -> NDArray[np.int64]:
    """Number of operators whose own network serves each cell.

    Parameters
    ----------
    service : Service
        Who is served.
    operators : iterable of str
        Operators counted.
    technology : str
        '4g', '5g' or 'any'.

    Returns
    -------
    ndarray of int64, shape (n,)
        Counts.
    """
    count = np.zeros(service.cells.size, dtype=np.int64)
    receiver = service.scenario.coverage.receiver
    for operator in operators:
        own = np.zeros(service.cells.size, dtype=bool)
        for index, layer in enumerate(service.coverage.layers):
            if layer.operator == operator and technology in ("any", layer.technology):
                own |= service.layer(index, receiver)
        count += own
    return count
