"""The busy hour of a coverage map: loads in the targets' years, what the targets reach, who is crowded where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.capacity import LayerLoad, layer_loads, load_table
from planner.coverage.service import Service, entry_service
from planner.domain.coverage import CoverageMap, Sector
from planner.domain.province import Province
from planner.optimise.counting import is_reached
from planner.optimise.sites.capacity_targets import counted_sectors, reached_capacity
from planner.optimise.sites.coverage_targets import reached_coverage

_EPS = 1e-9


@dataclass(frozen=True)
class Crowd:
    """An overloaded sector.

    Attributes
    ----------
    sector_id, site_id, operator, technology : str
        Which, where and whose.
    people : float
        Customers on it.
    load : float
        Its load.
    """

    sector_id: str
    site_id: str
    operator: str
    technology: str
    people: float
    load: float


@dataclass(frozen=True)
class BusyHour:
    """A coverage map at the busy hour.

    Attributes
    ----------
    coverage : CoverageMap
        The map.
    service : Service
        Who is served, on the entries of the areas' cells.
    targets : tuple of Target
        Capacity targets.
    loads : dict of int to list of LayerLoad
        Year -> load of every place.
    tables : dict of int to DataFrame
        Year -> load of every sector.
    kept : float
        What the coverage targets reach together, none counted beyond what it asks for.
    """

    coverage: CoverageMap
    service: Service
    targets: tuple[Target, ...]
    loads: dict[int, list[LayerLoad]]
    tables: dict[int, pd.DataFrame]
    kept: float

    def share(self, target: Target) -> float:
        """Share of served customers on sectors that are not overloaded.

        Parameters
        ----------
        target : Target
            A capacity target.

        Returns
        -------
        float
            Share, 0 to 1.
        """
        return reached_capacity(self.tables[target.year], target)

    def missed(self) -> list[Target]:
        """Capacity targets that are not reached.

        Returns
        -------
        list of Target
            In the scenario's order.
        """
        return [
            one for one in self.targets if not is_reached(self.share(one), one.share, strictly_over=one.strictly_over)
        ]

    def counted(self, target: Target) -> pd.DataFrame:
        """Sectors a target counts.

        Parameters
        ----------
        target : Target
            A capacity target.

        Returns
        -------
        DataFrame
            Rows of the table of its year.
        """
        table = self.tables[target.year]
        return table[counted_sectors(table, target)]

    def too_many(self, target: Target, share: float) -> float:
        """Customers that must still come onto calm sectors.

        Parameters
        ----------
        target : Target
            A capacity target.
        share : float
            Share asked for.

        Returns
        -------
        float
            Customers on overloaded sectors beyond what the share allows; below 0 where there is room.
        """
        counted = self.counted(target)
        busy = float(counted.loc[counted["overloaded"], "people"].sum())
        return busy - (1.0 - share) * float(counted["people"].sum())

    def on_air(self, site_id: str, operator: str) -> list[Sector]:
        """Sectors of an operator on a site.

        Parameters
        ----------
        site_id, operator : str
            Where and whose.

        Returns
        -------
        list of Sector
            By operator, technology, band and number.
        """
        return [
            sector
            for layer in self.coverage.layers
            if layer.operator == operator
            for sector in layer.sectors
            if sector.site_id == site_id
        ]

    def improves_on(self, other: BusyHour) -> bool:
        """Whether this map serves the targets better.

        Parameters
        ----------
        other : BusyHour
            What it would replace.

        Returns
        -------
        bool
            True where the capacity targets reach more together, the coverage targets no less, and no fewer customers
            are served: a sector is not calm because its customers have no service.
        """
        fewer = any(self._served(one) < other._served(one) * (1.0 - _EPS) for one in self.targets)
        return self.reached() > other.reached() + _EPS and self.kept >= other.kept - _EPS and not fewer

    def _served(self, target: Target) -> float:
        return float(self.counted(target)["people"].sum())

    def reached(self) -> float:
        """Shares of the capacity targets together, none counted beyond what it asks for.

        Returns
        -------
        float
            0 to the number of targets.
        """
        return sum(min(target.share, self.share(target)) for target in self.targets)


def busy_hour(province: Province, scenario: Scenario, coverage: CoverageMap, targets: Sequence[Target]) -> BusyHour:
    """Compute the busy hour of a coverage map in the year of every capacity target.

    Parameters
    ----------
    province : Province
        People.
    scenario : Scenario
        Demand, shares, coverage targets.
    coverage : CoverageMap
        The map.
    targets : sequence of Target
        Capacity targets.

    Returns
    -------
    BusyHour
        Loads and what the targets reach.
    """
    service = entry_service(coverage, province, scenario)
    years = sorted({target.year for target in targets})
    loads = {year: layer_loads(service, province, scenario, year=year) for year in years}
    kept = sum(
        min(target.share, reached_coverage(province, scenario, target, service))
        for target in scenario.targets
        if target.kind.startswith("coverage")
    )
    tables = {year: load_table(service, parts) for year, parts in loads.items()}
    return BusyHour(coverage, service, tuple(targets), loads, tables, kept)
