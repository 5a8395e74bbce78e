"""Writes the radio works of one technology: where each may stand, whose it is, who pays, what it costs and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.power import lacks_grid
from planner.costs.sites import SiteCost, SiteWork, site_cost
from planner.coverage.patterns import scenario_patterns
from planner.coverage.sectors import carriers_today, enabled_carriers, site_proposal
from planner.domain.coverage import Sector
from planner.domain.province import Province
from planner.optimise.priority import priority_communes
from planner.optimise.sites.candidates import CandidatePoint
from planner.optimise.sites.options import SOMEWHERE, Aim, SiteOption
from planner.optimise.sites.tenancy import masts_with_room
from planner.radio.open_directions import open_directions

_WORK_ON: dict[str, SiteWork] = {
    "mast": "new_macro", "small cell": "new_small_cell", "roof": "new_rooftop", "pole": "new_pole_cell"
}  # fmt: skip
_SMALL = ("small cell", "pole")


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
        self._patterns = scenario_patterns(scenario)
        self._ring = Aim(tuple(scenario.radio.site_defaults.azimuths_deg))

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
                aim=_as_it_points(row),
            )
            for row in lacking.itertuples()
        ]
        return sorted(found, key=lambda option: option.work_id)

    def add_bands(self) -> list[SiteOption]:
        """Put a carrier that no site of today has onto the operator's own sites with the technology.

        Returns
        -------
        list of SiteOption
            One per site and such carrier ('A:<site>:<operator>:<carrier>'), sorted by work id.
        """
        sites = self._province.sites
        able = sites[sites[f"has_{self._technology}"] & sites["operator"].isin(self._operators) & sites["inside"]]
        fresh = {
            name: sorted(
                set(enabled_carriers(self._scenario, name, self._technology))
                - set(carriers_today(self._scenario, name, self._technology))
            )
            for name in self._operators
        }
        found = [
            self._option(
                f"A:{row.site_id}:{row.operator}:{carrier}",
                "upgrade",
                row.operator,
                row,
                "add_carrier",
                f"{row.operator} holds {carrier} and this mast lacks it",
                (carrier,),
                _as_it_points(row),
            )
            for row in able.itertuples()
            for carrier in fresh[row.operator]
        ]
        return sorted(found, key=lambda option: option.work_id)

    def add_sectors(self) -> list[SiteOption]:
        """Put a sector into each direction that the known sectors of a site with the technology leave open.

        Returns
        -------
        list of SiteOption
            One per site and open direction, on all carriers the site has of the technology, sorted by work id; none
            where azimuths are not known.
        """
        sites = self._province.sites
        if "azimuths_deg" not in sites:
            return []
        able = sites[sites[f"has_{self._technology}"] & sites["operator"].isin(self._operators) & sites["inside"]]
        found = []
        for row in able.itertuples():
            carriers = carriers_today(self._scenario, row.operator, self._technology)
            known = site_proposal(row, carriers[0]) if carriers else None
            if known is None or not known.azimuths_deg:
                continue
            antenna = known.antenna or self._scenario.radio.carriers[carriers[0]].antenna
            for number, azimuth in enumerate(open_directions(known.azimuths_deg, self._patterns[antenna]), start=1):
                pointing = ", ".join(f"{one % 360.0:.0f}" for one in known.azimuths_deg)
                found.append(
                    self._option(
                        f"S:{row.site_id}:{row.operator}:{self._technology}:{azimuth:.0f}",
                        "add_sector",
                        row.operator,
                        row,
                        "add_sector",
                        f"its sectors point to {pointing} degrees and leave {azimuth:.0f} open",
                        carriers,
                        Aim(
                            (azimuth,),
                            len(known.azimuths_deg) + number,
                            known.antenna,
                            known.electrical_tilt_deg,
                            known.mechanical_tilt_deg,
                            known.power_dbm,
                        ),
                    )
                )
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
        for row, tenants in masts_with_room(self._province, self._scenario):
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
            work = _WORK_ON[point.stands_on]
            aim = self._ring
            if point.stands_on in _SMALL:
                aim = replace(aim, power_dbm=self._scenario.planning.candidates.small_cell_power_dbm)
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
                        aim=aim,
                        stands_on=point.stands_on,
                    )
                )
        return sorted(found, key=lambda option: option.work_id)

    def relief(self, row: int, operator: str, carrier: str, on_air: Sequence[Sector], *, is_first: bool) -> SiteOption:
        """One more carrier on a site that is overloaded.

        Parameters
        ----------
        row : int
            Row of the sites table.
        operator : str
            Operator of the overloaded sectors, with radio on the site.
        carrier : str
            Carrier to put on air.
        on_air : sequence of Sector
            What the operator transmits there: the new carrier points where the first of its carriers does.
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
        first = min((sector.carrier for sector in on_air), default="")
        azimuths = tuple(sector.azimuth_deg for sector in on_air if sector.carrier == first)
        return self._option(name, "upgrade", operator, site, work, reason, (carrier,), Aim(azimuths))

    def split_sectors(self, row: int, operator: str, on_air: Sequence[Sector]) -> SiteOption | None:
        """Two narrow panels in place of each wide one, on a site that is overloaded.

        Parameters
        ----------
        row : int
            Row of the sites table.
        operator : str
            Operator of the overloaded sectors.
        on_air : sequence of Sector
            Its sectors of the technology on the site.

        Returns
        -------
        SiteOption or None
            The work 'D:<site>:<operator>:<technology>'; None where no carrier on air has a narrow antenna, or they are
            narrow already.
        """
        site = self._province.sites.iloc[row]
        carriers = self._scenario.radio.carriers
        narrow = {one.carrier: carriers[one.carrier].narrow_antenna for one in on_air}
        names = tuple(sorted(name for name, antenna in narrow.items() if antenna))
        wide = [one for one in on_air if names and one.carrier == names[0]]
        antenna = narrow[names[0]] if names else None
        if antenna is None or any(one.antenna == antenna for one in wide):
            return None
        alike = tuple(name for name in names if narrow[name] == antenna)
        half_deg = self._scenario.radio.antennas[antenna].horizontal_beamwidth_deg
        azimuths = tuple((one.azimuth_deg + side * half_deg) % 360.0 for one in wide for side in (-0.9, 0.9))
        name = f"D:{site.site_id}:{operator}:{self._technology}"
        reason = f"{len(azimuths)} panels of {half_deg:g} degrees stand in for {len(wide)} wide ones"
        aim = Aim(azimuths, 1, antenna, wide[0].electrical_tilt_deg, wide[0].mechanical_tilt_deg, None, replaces=True)
        return self._option(name, "split_sectors", operator, site, "split_sector", reason, alike, aim)

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
        aim: Aim = SOMEWHERE,
    ) -> SiteOption:
        carriers = enabled_carriers(self._scenario, owner, self._technology) if only is None else only
        cost = site_cost(self._prices, work, carriers=len(carriers), sectors=max(1, len(aim.azimuths_deg)))
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
            aim=aim if aim.azimuths_deg else replace(aim, azimuths_deg=self._ring.azimuths_deg),
        )

    def _operation_vnd(self, cost: SiteCost) -> int:
        return cost.present_value_vnd - cost.capex_vnd if self._scenario.planning.weigh_operation else 0


def _as_it_points(row: Any) -> Aim:
    """As the sectors of a site are known to point; open where nothing is known."""
    known = site_proposal(row, "")
    return Aim(
        known.azimuths_deg,
        electrical_tilt_deg=known.electrical_tilt_deg,
        mechanical_tilt_deg=known.mechanical_tilt_deg,
    )
