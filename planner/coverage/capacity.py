"""Demand against capacity of every sector at the busy hour.

Subscribers live where people do, belong to operators by their shares, and ask for the scenario's monthly volume, grown
to a year. Their 5G share is carried by 5G where it is served and by 4G elsewhere; carriers of one technology share the
traffic of a place by the rates they reach there, so that a carrier that is hardly heard is hardly used; with national
roaming those of all operators do. A sector's load is the share of the busy hour its scheduler needs to carry its demand
at the rates its places reach; above 1 it is overloaded.
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
class _Carried:
    """What one layer carries at the entries."""

    demand_mbps: NDArray[np.float64]
    customers: NDArray[np.float64]


class _Rates:
    """Median rate at the entries of every layer, zero where it does not serve; each computed once."""

    def __init__(self, service: Service, receiver: str) -> None:
        self.service = service
        self.receiver = receiver
        self._found: dict[int, NDArray[np.float64]] = {}

    def of(self, index: int) -> NDArray[np.float64]:
        """Rates of a layer, Mbit/s."""
        if index not in self._found:
            served = self.service.layer(index, self.receiver)
            at = np.flatnonzero(served)
            layer = self.service.coverage.layers[index]
            rates = np.zeros(served.size)
            reached = entry_rate_mbps(self.service, layer, self.receiver, at, median=True)
            rates[at] = np.maximum(reached, _LEAST_RATE_MBPS)
            self._found[index] = rates
        return self._found[index]

    def parts(self, operator: str, technology: str) -> dict[int, NDArray[np.float64]]:
        """Share of the traffic of an operator's customers that each carrier of a technology takes."""
        layers = self.service.layers_for(operator, technology, "any")
        total = sum((self.of(index) for index in layers), np.zeros(self.service.cells.size))
        return {index: self.of(index) / np.where(total > 0.0, total, 1.0) for index in layers}


def _carried(
    rates: _Rates, operator: str, customers: NDArray[np.float64], each_mbps: float, share_4g: float
) -> dict[int, _Carried]:
    """What the customers of one operator ask of every layer they use."""
    on_5g, on_4g = rates.parts(operator, "5g"), rates.parts(operator, "4g")
    if not on_5g and not on_4g:
        return {}
    demand = customers * each_mbps
    by_5g = sum(on_5g.values(), np.zeros(customers.size)) > 0.0
    rest = demand * np.where(by_5g, share_4g, 1.0)
    found = {index: _Carried(demand * (1.0 - share_4g) * part, customers * part) for index, part in on_5g.items()}
    found.update({index: _Carried(rest * part, customers * part) for index, part in on_4g.items()})
    return found


@dataclass(frozen=True)
class LayerLoad:
    """What places ask of the sectors of one layer, one row per place it serves.

    Attributes
    ----------
    index : int
        Index of the layer in the service's coverage map.
    entry : ndarray of int64
        Positions in the service's cells, rising.
    sector : ndarray of int32
        Best server, index in the layer.
    people : ndarray of float64
        Customers whose traffic the layer carries there.
    demand_mbps : ndarray of float64
        What they ask of it.
    rate_mbps : ndarray of float64
        Rate the layer reaches there.
    """

    index: int
    entry: NDArray[np.int64]
    sector: NDArray[np.int32]
    people: NDArray[np.float64]
    demand_mbps: NDArray[np.float64]
    rate_mbps: NDArray[np.float64]

    @property
    def load(self) -> NDArray[np.float64]:
        """Share of the busy hour the sector's scheduler needs for each place."""
        return self.demand_mbps / self.rate_mbps


def entry_customers(province: Province, scenario: Scenario) -> dict[str, NDArray[np.float64]]:
    """Customers of every operator on the entries of the areas' cells.

    Parameters
    ----------
    province : Province
        People.
    scenario : Scenario
        Shares of subscribers.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_entries,)
        Operator -> inhabitants times its share.
    """
    cells = province.area_cells
    owner = np.repeat(np.arange(len(province.areas)), np.diff(cells.indptr))
    people = province.areas["population"].to_numpy(dtype=np.float64)[owner] * cells.share
    return {operator: people * share for operator, share in subscriber_shares(scenario).items()}


def layer_loads(
    service: Service, province: Province, scenario: Scenario, *, year: int | None = None
) -> list[LayerLoad]:
    """Load that every place puts on the sectors that serve it.

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
    list of LayerLoad
        One per layer that carries traffic.
    """
    each_mbps = busy_hour_mbps_per_person(scenario, year or scenario.base_year)
    rates = _Rates(service, scenario.coverage.receiver)
    carried: dict[int, list[_Carried]] = {}
    for operator, customers in entry_customers(province, scenario).items():
        found = _carried(rates, operator, customers, each_mbps, scenario.coverage.demand.share_4g)
        for index, part in found.items():
            carried.setdefault(index, []).append(part)
    return [_layer_load(service, index, rates.of(index), parts) for index, parts in carried.items()]


def _layer_load(service: Service, index: int, rate_mbps: NDArray[np.float64], parts: list[_Carried]) -> LayerLoad:
    at = np.flatnonzero(rate_mbps > 0.0)
    best = service.coverage.layers[index].best_sector.reshape(-1)[service.cells[at]]
    demand = np.sum([part.demand_mbps[at] for part in parts], axis=0)
    people = np.sum([part.customers[at] for part in parts], axis=0)
    return LayerLoad(index, at, best, people, demand, rate_mbps[at])


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
        per sector that serves somebody, heaviest load first. people are those whose traffic it carries: inhabitants
        times their operator's share of subscribers, divided among the carriers of a technology.
    """
    return load_table(service, layer_loads(service, province, scenario, year=year))


def load_table(service: Service, parts: list[LayerLoad]) -> pd.DataFrame:
    """Sum the loads of places up by sector.

    Parameters
    ----------
    service : Service
        Service the loads were computed on.
    parts : list of LayerLoad
        From `layer_loads`.

    Returns
    -------
    DataFrame
        As from `sector_loads`.
    """
    columns = ["sector_id", "site_id", "operator", "carrier", "technology"]
    figures = ["people", "demand_mbps", "capacity_mbps", "load", "overloaded"]
    if not parts:
        return pd.DataFrame(columns=[*columns, *figures])
    table = pd.concat([_sector_rows(service, part) for part in parts], ignore_index=True)
    return table.sort_values(["load", "sector_id"], ascending=[False, True], kind="stable", ignore_index=True)


def _sector_rows(service: Service, part: LayerLoad) -> pd.DataFrame:
    layer = service.coverage.layers[part.index]
    count = len(layer.sectors)
    asked = np.bincount(part.sector, weights=part.demand_mbps, minlength=count)
    load = np.bincount(part.sector, weights=part.load, minlength=count)
    heads = np.bincount(part.sector, weights=part.people, minlength=count)
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
