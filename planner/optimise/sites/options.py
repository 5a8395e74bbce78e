"""Radio works a plan may choose from: upgrades, co-locations, new sites; each with owner, payer, cost, reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.power import lacks_grid
from planner.costs.sites import SiteCost, SiteWork, site_cost
from planner.coverage.sectors import enabled_carriers
from planner.domain.province import Province
from planner.optimise.priority import priority_communes
from planner.optimise.sites.candidates import CandidatePoint


@dataclass(frozen=True)
class SiteOption:
    """One radio work that may be chosen.

    Attributes
    ----------
    work_id : str
        'U:<site>:<technology>', 'C:<host>:<operator>:<technology>', 'N:<candidate>:<operator>:<technology>' or
        'A:<site>:<operator>:<carrier>'.
    kind : str
        'upgrade', 'colocate' or 'new_site'.
    owner, payer : str
        Operator it belongs to and who pays.
    technology : str
        '4g' or '5g'.
    carriers : tuple of str
        Carriers it puts on air.
    host : str
        Existing site it stands on, or the candidate's id.
    x_m, y_m, height_agl_m : float
        Antenna position, m.
    commune_code : str
        Commune it stands in.
    cost_vnd, opex_vnd_per_year : int
        Investment and yearly cost, VND.
    has_fibre : bool
        Whether its host is on fibre today.
    reason : str
        Why it is a candidate.
    operation_present_vnd : int
        Present value of its operation where the scenario weighs it, VND; else 0.
    """

    work_id: str
    kind: str
    owner: str
    payer: str
    technology: str
    carriers: tuple[str, ...]
    host: str
    x_m: float
    y_m: float
    height_agl_m: float
    commune_code: str
    cost_vnd: int
    opex_vnd_per_year: int
    has_fibre: bool
    reason: str
    operation_present_vnd: int = 0

    @property
    def whole_vnd(self) -> int:
        """What the choice of works weighs: the investment, and the operation where the scenario asks for it."""
        return self.cost_vnd + self.operation_present_vnd


class OptionMaker:
    """Writes the options of one technology, pricing each.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The scenario.
    technology : str
        '4g' or '5g'.
    operators : tuple of str
        Operators that may act.
    """

    def __init__(self, province: Province, scenario: Scenario, technology: str, operators: tuple[str, ...]) -> None:
        self._province = province
        self._scenario = scenario
        self._technology = technology
        self._operators = tuple(name for name in operators if enabled_carriers(scenario, name, technology))
        self._remote = priority_communes(province, scenario)
        self._prices = Prices(scenario.costs)

    def upgrades(self) -> list[SiteOption]:
        """Add the technology to the operator's own sites that lack it.

        Returns
        -------
        list of SiteOption
            Sorted by work id.
        """
        sites = self._province.sites
        lacking = sites[~sites[f"has_{self._technology}"] & sites["operator"].isin(self._operators) & sites["inside"]]
        work: SiteWork = "upgrade_5g" if self._technology == "5g" else "add_carrier"
        found = [
            self._option(
                f"U:{row.site_id}:{self._technology}",
                "upgrade",
                row.operator,
                row,
                work,
                f"{row.operator} holds {self._technology} spectrum and this mast lacks it",
            )
            for row in lacking.itertuples()
        ]
        return sorted(found, key=lambda option: option.work_id)

    def colocations(self) -> list[SiteOption]:
        """Put an operator's radio on another operator's mast that has room.

        Returns
        -------
        list of SiteOption
            Sorted by work id; empty where sharing is switched off.
        """
        if not self._scenario.coverage.infrastructure_sharing:
            return []
        found = []
        for row, tenants in self._masts_with_room():
            for operator in self._builders():
                if operator in tenants:
                    continue
                found.append(
                    self._option(
                        f"C:{row.site_id}:{operator}:{self._technology}",
                        "colocate",
                        operator,
                        row,
                        "colocate",
                        f"{row.operator}'s {row.structure} has room for {operator}",
                    )
                )
        return sorted(found, key=lambda option: option.work_id)

    def new_sites(self, points: Iterable[CandidatePoint]) -> list[SiteOption]:
        """Build on green field.

        Parameters
        ----------
        points : iterable of CandidatePoint
            Where a mast may stand.

        Returns
        -------
        list of SiteOption
            One per point and operator that may build, sorted by work id; power is in the price where the settlement has
            no grid.
        """
        builders = self._builders()
        places = list(points)
        at = np.array([(point.x_m, point.y_m) for point in places]).reshape(-1, 2)
        found = []
        for point, dark in zip(places, lacks_grid(self._province, at[:, 0], at[:, 1]).tolist(), strict=True):
            work: SiteWork = "new_small_cell" if point.small_cell else "new_macro"
            for operator in builders:
                carriers = enabled_carriers(self._scenario, operator, self._technology)
                cost = site_cost(self._prices, work, carriers=len(carriers), off_grid=dark)
                found.append(
                    SiteOption(
                        work_id=f"N:{point.candidate_id}:{operator}:{self._technology}",
                        kind="new_site",
                        owner=operator,
                        payer=self._payer(point.commune_code),
                        technology=self._technology,
                        carriers=carriers,
                        host=point.candidate_id,
                        x_m=point.x_m,
                        y_m=point.y_m,
                        height_agl_m=point.height_agl_m,
                        commune_code=point.commune_code,
                        cost_vnd=cost.capex_vnd,
                        opex_vnd_per_year=cost.opex_vnd_per_year,
                        has_fibre=False,
                        reason=f"{point.reason}, brings its own power" if dark else point.reason,
                        operation_present_vnd=self._operation_vnd(cost),
                    )
                )
        return sorted(found, key=lambda option: option.work_id)

    def relief(self, row: int, operator: str, carrier: str, *, is_first: bool) -> SiteOption:
        """One more carrier on a site that is overloaded.

        Parameters
        ----------
        row : int
            Row of the sites table.
        operator : str
            Operator of the overloaded sectors, with radio on the site.
        carrier : str
            Carrier to put on air.
        is_first : bool
            Whether it brings the technology to the site.

        Returns
        -------
        SiteOption
            The work 'A:<site>:<operator>:<carrier>'.
        """
        site = self._province.sites.iloc[row]
        work: SiteWork = "upgrade_5g" if is_first and self._technology == "5g" else "add_carrier"
        name = f"A:{site.site_id}:{operator}:{carrier}"
        reason = f"{operator} holds {carrier} and this mast lacks it"
        return self._option(name, "upgrade", operator, site, work, reason, (carrier,))

    def _builders(self) -> list[str]:
        """Operators that may put radio where they have none."""
        allowed = self._scenario.planning.candidates.operators
        return [name for name in self._operators if allowed is None or name in allowed]

    def _payer(self, commune_code: str) -> str:
        planning = self._scenario.planning
        return planning.remote_site_payer if commune_code in self._remote else planning.site_payer

    def _option(
        self,
        work_id: str,
        kind: str,
        owner: str,
        site: Any,
        work: SiteWork,
        reason: str,
        only: tuple[str, ...] | None = None,
    ) -> SiteOption:
        carriers = enabled_carriers(self._scenario, owner, self._technology) if only is None else only
        cost = site_cost(self._prices, work, carriers=len(carriers))
        return SiteOption(
            work_id=work_id,
            kind=kind,
            owner=owner,
            payer=self._payer(site.commune_code),
            technology=self._technology,
            carriers=carriers,
            host=site.site_id,
            x_m=float(site.geometry.x),
            y_m=float(site.geometry.y),
            height_agl_m=float(site.height_agl_m),
            commune_code=site.commune_code,
            cost_vnd=cost.capex_vnd,
            opex_vnd_per_year=cost.opex_vnd_per_year,
            has_fibre=site.backhaul == "fibre",
            reason=reason,
            operation_present_vnd=self._operation_vnd(cost),
        )

    def _operation_vnd(self, cost: SiteCost) -> int:
        return cost.present_value_vnd - cost.capex_vnd if self._scenario.planning.weigh_operation else 0

    def _masts_with_room(self) -> list[tuple[Any, set[str]]]:
        """Hosts that may carry one more operator, with the operators already there."""
        rules = self._scenario.planning.candidates
        sites = self._province.sites
        host_of = _host_of(sites)
        tenants: dict[str, set[str]] = {}
        for site_id, operator in zip(sites["site_id"], sites["operator"], strict=True):
            tenants.setdefault(host_of[site_id], set()).add(operator)
        hosts = sites[
            sites["site_id"].isin(tenants) & sites["structure"].isin(rules.colocation_structures) & sites["inside"]
        ]
        return [
            (row, tenants[row.site_id]) for row in hosts.itertuples() if len(tenants[row.site_id]) < rules.max_tenants
        ]


def _host_of(sites: gpd.GeoDataFrame) -> dict[str, str]:
    """Follow `colocated_with` to the mast that carries a site."""
    given = sites["colocated_with"].where(pd.notna(sites["colocated_with"]), "")
    link = dict(zip(sites["site_id"], given, strict=True))
    host = {}
    for site_id in link:
        seen = {site_id}
        at = site_id
        while link.get(at) and link[at] in link and link[at] not in seen:
            at = link[at]
            seen.add(at)
        host[site_id] = at
    return host


def total_cost_vnd(options: Iterable[SiteOption]) -> int:
    """What several options weigh in the choice.

    Parameters
    ----------
    options : iterable of SiteOption
        The options.

    Returns
    -------
    int
        Sum of their investments, and of their operation where it is weighed, VND.
    """
    return int(np.sum([option.whole_vnd for option in options], dtype=np.int64))
