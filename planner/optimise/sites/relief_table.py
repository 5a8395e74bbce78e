"""What each work may take off each overloaded sector: load and customers that move to its carriers.

The load of a sector falls at the places a work takes over: where, alone on air, it would be the best server of its
layer. All of a place's traffic moves where the work takes over the sector's own layer, P / (R + P) of it where the work
adds carriers of rate P to the rate R that is there, and what 5G carries where it brings 5G to a place without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.capacity import LayerLoad
from planner.optimise.sites.busy_hour import BusyHour, Crowd
from planner.optimise.sites.options import SiteOption
from planner.radio.throughput import downlink_mbps

_CLEAR_SINR_DB = 60.0  # rates rise no further

Rates = dict[tuple[str, str], NDArray[np.float64]]  # operator ('any' with roaming), technology -> rate per entry


@dataclass(frozen=True)
class ReliefTable:
    """Overloaded sectors that a target counts, against works.

    Attributes
    ----------
    crowds : list of Crowd
        The sectors, one each.
    people : ndarray of float64, shape (n_sectors,)
        Their customers.
    excess : ndarray of float64, shape (n_sectors,)
        Their load beyond 1.
    offload : ndarray of float64, shape (n_sectors,)
        Load that 5G works can take off 4G sectors all together; 0 for 5G sectors.
    sector, work : ndarray of int64, shape (n,)
        Pairs in which a work takes something off a sector.
    load : ndarray of float64, shape (n,)
        Load that moves.
    moved : ndarray of float64, shape (n,)
        Customers that move.
    """

    crowds: list[Crowd]
    people: NDArray[np.float64]
    excess: NDArray[np.float64]
    offload: NDArray[np.float64]
    sector: NDArray[np.int64]
    work: NDArray[np.int64]
    load: NDArray[np.float64]
    moved: NDArray[np.float64]


def counted_parts(now: BusyHour, target: Target) -> list[LayerLoad]:
    """Loads of the layers a target counts.

    Parameters
    ----------
    now : BusyHour
        The busy hour.
    target : Target
        A capacity target.

    Returns
    -------
    list of LayerLoad
        Of its year, technology and operator.
    """
    layers = now.coverage.layers
    return [
        part
        for part in now.loads[target.year]
        if target.technology in (None, layers[part.index].technology)
        and target.operator in ("any", layers[part.index].operator)
    ]


def relief_table(
    scenario: Scenario,
    now: BusyHour,
    target: Target,
    options: Sequence[SiteOption],
    taken: Sequence[Sequence[NDArray[np.int64]]],
    *,
    share_of_peak: float,
) -> ReliefTable:
    """Tabulate what works may take off the overloaded sectors of a target.

    Parameters
    ----------
    scenario : Scenario
        Carriers and demand.
    now : BusyHour
        The busy hour without the works.
    target : Target
        Whose sectors and year.
    options : sequence of SiteOption
        The works.
    taken : sequence of sequence of ndarray
        Per work and carrier, the entries it takes over.
    share_of_peak : float
        Rate new carriers are taken to reach, as a share of the most they can; 1 for a bound, where a work that
        replaces panels may also relieve its own sectors altogether. Below 1 it halves their load.

    Returns
    -------
    ReliefTable
        The table.
    """
    rates = _standing_rates(scenario, now, target)
    owned = _by_owner(scenario, options)
    blocks = []
    for part in counted_parts(now, target):
        movers = _Movers(scenario, now, part, rates, share_of_peak)
        if movers.people.size:
            mine = owned.get(movers.whose, [])
            triplets = [movers.moves(number, options[number], taken[number]) for number in mine]
            blocks.append((movers, triplets))
    return _stacked(blocks)


def _by_owner(scenario: Scenario, options: Sequence[SiteOption]) -> dict[str, list[int]]:
    """Numbers of the options that customers of each network may use."""
    if scenario.coverage.national_roaming:
        return {"any": list(range(len(options)))}
    found: dict[str, list[int]] = {}
    for number, option in enumerate(options):
        found.setdefault(option.owner, []).append(number)
    return found


_Triplets = tuple[NDArray[np.int64], int, NDArray[np.float64], NDArray[np.float64]]  # rows, column, load, people


def _stacked(blocks: list[tuple[_Movers, list[_Triplets]]]) -> ReliefTable:
    rows, columns, load, moved = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0)]
    crowds: list[Crowd] = []
    first = 0
    for movers, triplets in blocks:
        for row, column, own_load, own_people in triplets:
            rows.append(row + first)
            columns.append(np.full(row.size, column))
            load.append(own_load)
            moved.append(own_people)
        crowds += movers.crowds
        first += movers.people.size
    return ReliefTable(
        crowds,
        np.concatenate([np.zeros(0), *(movers.people for movers, _ in blocks)]),
        np.concatenate([np.zeros(0), *(movers.excess for movers, _ in blocks)]),
        np.concatenate([np.zeros(0), *(movers.offload() for movers, _ in blocks)]),
        np.concatenate(rows),
        np.concatenate(columns),
        np.concatenate(load),
        np.concatenate(moved),
    )


def _standing_rates(scenario: Scenario, now: BusyHour, target: Target) -> Rates:
    """Rates that the carriers of each network reach together on every entry, Mbit/s."""
    found: Rates = {}
    for part in now.loads[target.year]:
        layer = now.coverage.layers[part.index]
        whose = "any" if scenario.coverage.national_roaming else layer.operator
        rates = found.setdefault((whose, layer.technology), np.zeros(now.service.cells.size))
        rates[part.entry] += part.rate_mbps
    return found


class _Movers:
    """The overloaded sectors of a layer, the places behind them, and what works move off them."""

    def __init__(self, scenario: Scenario, now: BusyHour, part: LayerLoad, rates: Rates, share_of_peak: float) -> None:
        self._scenario, self._share_of_peak = scenario, share_of_peak
        self._layer = layer = now.coverage.layers[part.index]
        self.whose = "any" if scenario.coverage.national_roaming else layer.operator
        count = len(layer.sectors)
        load = np.bincount(part.sector, weights=part.load, minlength=count).astype(np.float64)
        heads = np.bincount(part.sector, weights=part.people, minlength=count).astype(np.float64)
        number = np.flatnonzero((load > 1.0) & (heads > 0.0))
        self.people, self.excess = heads[number], load[number] - 1.0
        self.crowds = [
            Crowd(one.sector_id, one.site_id, one.operator, one.technology, float(heads[i]), float(load[i]))
            for i, one in ((i, layer.sectors[i]) for i in number)
        ]
        row = np.full(count, -1, dtype=np.int64)
        row[number] = np.arange(number.size)
        self._here = np.full(now.service.cells.size, -1, dtype=np.int64)  # place of each entry in the lists below
        mine = np.flatnonzero(row[part.sector] >= 0)
        entry = part.entry[mine]
        self._here[entry] = np.arange(entry.size)
        self._row, self._people, self._load = row[part.sector[mine]], part.people[mine], part.load[mine]
        self._rate = rates[self.whose, layer.technology][entry]
        on_5g = rates.get((self.whose, "5g"))
        self._lacks_5g = np.ones(entry.size, dtype=bool) if on_5g is None else on_5g[entry] <= 0.0

    def moves(self, column: int, option: SiteOption, taken: Sequence[NDArray[np.int64]]) -> _Triplets:
        """Load and customers that move from each sector to a work."""
        places = [at[at >= 0] for at in (self._here[entries] for entries in taken)]
        if option.technology == self._layer.technology:
            here, share = self._shares(option, places)
            load, people = share * self._load[here], share * self._people[here]
        elif option.technology == "5g":
            here = np.unique(np.concatenate(places))
            here = here[self._lacks_5g[here]]
            load = self._load[here] * (1.0 - self._scenario.coverage.demand.share_4g)
            people = np.zeros(here.size)
        else:
            here, load, people = np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
        count = self.people.size
        fallen = np.bincount(self._row[here], weights=load, minlength=count).astype(np.float64)
        gone = np.bincount(self._row[here], weights=people, minlength=count).astype(np.float64)
        own = self._replaced(option)
        if self._share_of_peak >= 1.0:
            fallen[own] = self.excess[own]
        else:
            fallen[own], gone[own] = (1.0 + self.excess[own]) / 2.0, 0.0
        rows = np.flatnonzero((fallen > 0.0) | (gone > 0.0))
        return rows, column, fallen[rows], gone[rows]

    def offload(self) -> NDArray[np.float64]:
        """Load that 5G works can take off each sector together."""
        share = 0.0 if self._layer.technology == "5g" else 1.0 - self._scenario.coverage.demand.share_4g
        weights = share * self._load * self._lacks_5g
        return np.bincount(self._row, weights=weights, minlength=self.people.size).astype(np.float64)

    def _replaced(self, option: SiteOption) -> NDArray[np.int64]:
        """Sectors in whose place a work puts others."""
        layer = self._layer
        if not option.aim.replaces or layer.carrier not in option.carriers or layer.operator != option.owner:
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero([crowd.site_id == option.host for crowd in self.crowds])

    def _shares(
        self, option: SiteOption, places: Sequence[NDArray[np.int64]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Places a work takes over, and the share of their traffic that moves to it."""
        here = np.unique(np.concatenate(places))
        rate, whole = np.zeros(here.size), np.zeros(here.size, dtype=bool)
        for name, at in zip(option.carriers, places, strict=True):
            mine = np.isin(here, at, assume_unique=True)
            whole |= mine & (name == self._layer.carrier and option.owner == self._layer.operator)
            carrier = self._scenario.radio.carriers[name]
            peak = float(downlink_mbps(np.array([_CLEAR_SINR_DB]), name, carrier)[0])
            rate[mine] += self._share_of_peak * peak
        added = rate / np.maximum(self._rate[here] + rate, 1e-9)
        return here, np.where(whole, 1.0, added)
