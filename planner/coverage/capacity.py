"""Demand against capacity of every sector at the busy hour.

Subscribers live where people do, belong to operators by their shares, and ask for the scenario's monthly volume, grown
to a year. Their 5G share is carried by 5G where it is served and by 4G elsewhere; carriers of one technology share the
traffic of a place by bandwidth; with national roaming those of all operators do. A sector's load is the share of the
busy hour its scheduler needs to carry its demand at the rates its places reach; above 1 it is overloaded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.service import Service
from planner.domain.coverage import CoverageLayer
from planner.domain.province import Province
from planner.radio.throughput import downlink_mbps

_MBIT_PER_GB = 8_000.0
_DAYS_PER_MONTH = 365.25 / 12.0
_LEAST_RATE_MBPS = 0.1  # a served place is scheduled at least this fast


def busy_hour_mbps_per_person(scenario: Scenario, year: int) -> float:
    """Busy-hour traffic of one inhabitant of today.

    Parameters
    ----------
    scenario : Scenario
        `coverage.demand` and `base_year`.
    year : int
        Year the demand is grown to.

    Returns
    -------
    float
        Mbit/s, all technologies and operators.
    """
    demand = scenario.coverage.demand
    years = year - scenario.base_year
    volume_gb = demand.gb_per_month * (1.0 + demand.growth_per_year) ** years
    people = (1.0 + demand.population_growth_per_year) ** years
    daily_mbit = volume_gb * _MBIT_PER_GB / _DAYS_PER_MONTH
    return demand.subscribers_per_person * people * daily_mbit * demand.busy_hour_share / 3600.0


def subscriber_shares(scenario: Scenario) -> dict[str, float]:
    """Share of subscribers of every operator; equal shares where none is given.

    Parameters
    ----------
    scenario : Scenario
        `radio.operators`.

    Returns
    -------
    dict of str to float
        Operator -> share; they sum to 1.
    """
    given = {name: operator.subscriber_share for name, operator in sorted(scenario.radio.operators.items())}
    total = sum(given.values())
    if total <= 0.0:
        return {name: 1.0 / len(given) for name in given}
    return {name: share / total for name, share in given.items()}


@dataclass(frozen=True)
class _Traffic:
    """What the customers of one operator ask of the layers at the entries."""

    service: Service
    receiver: str
    demand_mbps: NDArray[np.float64]
    share_4g: float

    def by_layer(self, operator: str) -> dict[int, NDArray[np.float64]]:
        """Demand per entry of every layer an operator's customers use, Mbit/s."""
        found: dict[int, NDArray[np.float64]] = {}
        on_5g = self._split(operator, "5g", self.demand_mbps * (1.0 - self.share_4g), found)
        rest = self.demand_mbps * self.share_4g + np.where(on_5g, 0.0, self.demand_mbps * (1.0 - self.share_4g))
        self._split(operator, "4g", rest, found)
        return found

    def _split(
        self, operator: str, technology: str, demand: NDArray[np.float64], found: dict[int, NDArray[np.float64]]
    ) -> NDArray[np.bool_]:
        """Spread demand over the serving carriers of a technology by bandwidth; where any serves."""
        carriers = self.service.scenario.radio.carriers
        every = self.service.coverage.layers
        layers = [(index, every[index]) for index in self.service.layers_for(operator, technology, "any")]
        width = np.zeros(demand.size)
        for index, layer in layers:
            width += carriers[layer.carrier].bandwidth_mhz * self.service.layer(index, self.receiver)
        for index, layer in layers:
            here = self.service.layer(index, self.receiver)
            part = np.zeros(demand.size)
            own = carriers[layer.carrier].bandwidth_mhz
            part[here] = demand[here] * own / width[here]
            found[index] = part
        return width > 0.0


def sector_loads(service: Service, province: Province, scenario: Scenario, *, year: int | None = None) -> pd.DataFrame:
    """Load of every sector at the busy hour.

    Parameters
    ----------
    service : Service
        Service on the entries of the areas' cells, from `entry_service`.
    province : Province
        People.
    scenario : Scenario
        Demand and shares.
    year : int, optional
        Year the demand is grown to; the base year when absent.

    Returns
    -------
    DataFrame
        sector_id, site_id, operator, carrier, technology, people, demand_mbps, capacity_mbps, load, overloaded; one row
        per sector that serves somebody, heaviest load first.
    """
    cells = province.area_cells
    owner = np.repeat(np.arange(len(province.areas)), np.diff(cells.indptr))
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * cells.share
    asked = people * busy_hour_mbps_per_person(scenario, year or scenario.base_year)
    receiver = scenario.coverage.receiver
    demands: dict[int, NDArray[np.float64]] = {}
    for operator, share in subscriber_shares(scenario).items():
        traffic = _Traffic(service, receiver, asked * share, scenario.coverage.demand.share_4g)
        for index, demand in traffic.by_layer(operator).items():
            demands[index] = demands[index] + demand if index in demands else demand
    tables = [_layer_loads(service, index, receiver, demand, people) for index, demand in demands.items()]
    columns = ["sector_id", "site_id", "operator", "carrier", "technology"]
    figures = ["people", "demand_mbps", "capacity_mbps", "load", "overloaded"]
    if not tables:
        return pd.DataFrame(columns=[*columns, *figures])
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["load", "sector_id"], ascending=[False, True], kind="stable", ignore_index=True)


def _layer_loads(
    service: Service, index: int, receiver: str, demand: NDArray[np.float64], people: NDArray[np.float64]
) -> pd.DataFrame:
    layer = service.coverage.layers[index]
    at = np.flatnonzero(service.layer(index, receiver))
    best = layer.best_sector.reshape(-1)[service.cells[at]]
    rate = np.maximum(entry_rate_mbps(service, layer, receiver, at, median=True), _LEAST_RATE_MBPS)
    count = len(layer.sectors)
    asked = np.bincount(best, weights=demand[at], minlength=count)
    load = np.bincount(best, weights=demand[at] / rate, minlength=count)
    heads = np.bincount(best, weights=people[at], minlength=count)
    serving = np.flatnonzero(heads > 0.0)
    sectors = [layer.sectors[i] for i in serving]
    capacity = asked[serving] / np.where(load[serving] > 0.0, load[serving], np.nan)
    return pd.DataFrame(
        {
            "sector_id": [sector.sector_id for sector in sectors],
            "site_id": [sector.site_id for sector in sectors],
            "operator": layer.operator,
            "carrier": layer.carrier,
            "technology": layer.technology,
            "people": heads[serving],
            "demand_mbps": asked[serving],
            "capacity_mbps": capacity,
            "load": load[serving],
            "overloaded": load[serving] > 1.0,
        }
    )


def entry_rate_mbps(
    service: Service, layer: CoverageLayer, receiver: str, at: NDArray[np.int64], *, median: bool = False
) -> NDArray[np.float64]:
    """Downlink rate a single user reaches at the scenario's load of the other cells.

    Parameters
    ----------
    service : Service
        Service on chosen cells.
    layer : CoverageLayer
        One of its layers.
    receiver : str
        Receiver.
    at : ndarray of int
        Positions in the service's cells.
    median : bool, optional
        Rate of the median location instead of the one the scenario's share of locations reaches.

    Returns
    -------
    ndarray of float64
        Rate, Mbit/s.
    """
    carrier = service.scenario.radio.carriers[layer.carrier]
    return downlink_mbps(service.sinr(layer, receiver, at, median=median), layer.carrier, carrier)
