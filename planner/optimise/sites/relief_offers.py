"""What may relieve overloaded sectors: carriers, sectors and narrow panels on their sites, new places near by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.coverage.capacity import entry_customers
from planner.coverage.sectors import enabled_carriers
from planner.coverage.taken_over import levels_heard, places_taken
from planner.domain.coverage import Sector
from planner.domain.province import Province
from planner.optimise.sites.busy_hour import BusyHour
from planner.optimise.sites.candidates import candidate_points
from planner.optimise.sites.option_maker import OptionMaker
from planner.optimise.sites.options import SiteOption, proposals
from planner.optimise.sites.relief_table import counted_parts

NEAR_M = 3000.0  # masts to share and own masts are looked at this near overloaded customers
MOST_PLACES = 1000  # lattice cells with candidates for new masts near the overloaded customers of one network
_Renew = Callable[[BusyHour], SiteOption | None]


class ReliefDesk:
    """Finds and prices relief works, and knows where each would be heard.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Spectrum, prices, commitments, rules for candidates.
    start : BusyHour
        The busy hour before relief: works are sought near who is crowded then.

    Attributes
    ----------
    options : list of SiteOption
        Works that are not forbidden, sorted by id, each at the least it can cost.
    """

    def __init__(self, province: Province, scenario: Scenario, start: BusyHour) -> None:
        self._province, self._scenario = province, scenario
        self._forbidden = set(scenario.planning.commitments.forbidden)
        self._renew: dict[str, _Renew] = {}
        self._makers: dict[str, OptionMaker] = {}
        found: dict[str, SiteOption] = {}
        for (operator, technology), entries in sorted(_crowded_entries(start).items()):
            near = cKDTree(np.column_stack(self._at(entries)))
            own = [
                *self._on_site(start, operator, technology, near),
                *self._places(operator, technology, entries, near),
            ]
            found |= {one.work_id: one for one in own if not {one.work_id, one.host} & self._forbidden}
        self.options = [found[name] for name in sorted(found)]
        self._proposals = proposals(self.options)
        self._heard = levels_heard(province, scenario, self._proposals)

    def taken(self, now: BusyHour) -> list[list[NDArray[np.int64]]]:
        """Places every option would take over.

        Parameters
        ----------
        now : BusyHour
            What is on air.

        Returns
        -------
        list of list of ndarray of int64
            Per option and carrier, entries of the areas' cells.
        """
        each = iter(places_taken(self._province, now.coverage, self._proposals, self._heard))
        return [[next(each) for _ in option.carriers] for option in self.options]

    def newly_served(
        self, now: BusyHour, technology: str | None, operator: str, taken: Sequence[Sequence[NDArray[np.int64]]]
    ) -> NDArray[np.float64]:
        """Customers each option may serve whom nobody of its network serves.

        Parameters
        ----------
        now : BusyHour
            What is on air.
        technology : str or None
            Technology that counts; None for all.
        operator : str
            Operator that counts, or 'any'.
        taken : sequence of sequence of ndarray
            From `taken`.

        Returns
        -------
        ndarray of float64, shape (n_options,)
            Customers.
        """
        customers = entry_customers(self._province, self._scenario)
        roaming = self._scenario.coverage.national_roaming
        lacking: dict[tuple[str, str], NDArray[np.float64]] = {}
        found = np.zeros(len(self.options))
        for number, (option, places) in enumerate(zip(self.options, taken, strict=True)):
            if technology not in (None, option.technology) or operator not in ("any", option.owner):
                continue
            key = option.owner, option.technology
            if key not in lacking:
                heads = np.sum(list(customers.values()), axis=0) if roaming else customers[option.owner]
                lacking[key] = heads * ~now.service.served(technology=option.technology, operator=option.owner)
            found[number] = float(lacking[key][np.unique(np.concatenate(places))].sum())
        return found

    def renewed(self, option: SiteOption, now: BusyHour) -> SiteOption | None:
        """An option as it is with what is on air by now.

        Parameters
        ----------
        option : SiteOption
            One of the options.
        now : BusyHour
            What is on air.

        Returns
        -------
        SiteOption or None
            Priced and aimed anew; None where nothing is left to do.
        """
        renew = self._renew.get(option.work_id)
        return option if renew is None else renew(now)

    def _maker(self, technology: str) -> OptionMaker:
        if technology not in self._makers:
            operators = tuple(self._scenario.radio.operators)
            self._makers[technology] = OptionMaker(self._province, self._scenario, technology, operators)
        return self._makers[technology]

    def _at(self, entry: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        grid, cell = self._province.terrain.grid, self._province.area_cells.cell[entry]
        return grid.centres(cell // grid.cols, cell % grid.cols)

    def _on_site(self, start: BusyHour, operator: str, technology: str, near: cKDTree) -> list[SiteOption]:
        """Works on an operator's own masts near crowded customers, whether crowded themselves or not yet."""
        sites = self._province.sites
        away = near.query(shapely.get_coordinates(sites.geometry.array))[0]
        mine = (sites["operator"] == operator) & sites["inside"] & (away <= NEAR_M)
        on_air = _by_site(start, operator)
        found = []
        for row in np.flatnonzero(mine):
            site_id = str(sites["site_id"].iloc[row])
            if site_id in self._forbidden:
                continue
            present = on_air.get(site_id, [])
            for one in sorted({technology, "5g"}):
                if f"U:{site_id}:{one}" not in self._forbidden:
                    found += self._carriers(int(row), operator, one, present)
            split = self._split(int(row), operator, technology, present)
            found += [] if split is None else [split]
            if split is not None:
                again = partial(self._split, int(row), operator, technology)
                self._renew[split.work_id] = partial(_as_on_air, again, site_id, operator)
        hosts = set(sites.loc[mine, "site_id"].astype(str))
        gaps = [gap for gap in self._maker(technology).add_sectors() if gap.owner == operator and gap.host in hosts]
        for gap in gaps:
            self._renew[gap.work_id] = partial(_as_on_air, partial(_beside_wide, gap), gap.host, operator)
        return found + gaps

    def _carriers(self, row: int, operator: str, technology: str, present: Sequence[Sector]) -> list[SiteOption]:
        """Each carrier an operator could add on a mast; only the first of a technology pays for the technology."""
        names = enabled_carriers(self._scenario, operator, technology)
        have = {sector.carrier for sector in present}
        absent = [name for name in names if name not in have]
        pays = len(absent) == len(names) == 1
        site_id = str(self._province.sites["site_id"].iloc[row])
        found = []
        for name in absent:
            found.append(self._maker(technology).relief(row, operator, name, present, is_first=pays))
            again = partial(self._carrier, row, operator, technology, name)
            self._renew[found[-1].work_id] = partial(_as_on_air, again, site_id, operator)
        return found

    def _carrier(
        self, row: int, operator: str, technology: str, name: str, present: Sequence[Sector]
    ) -> SiteOption | None:
        if any(sector.carrier == name for sector in present):
            return None
        is_first = all(sector.technology != technology for sector in present)
        return self._maker(technology).relief(row, operator, name, present, is_first=is_first)

    def _split(self, row: int, operator: str, technology: str, present: Sequence[Sector]) -> SiteOption | None:
        alike = [sector for sector in present if sector.technology == technology]
        return self._maker(technology).split_sectors(row, operator, alike)

    def _places(self, operator: str, technology: str, entries: NDArray[np.int64], near: cKDTree) -> list[SiteOption]:
        """Masts to share and places for new ones near crowded customers."""
        rules = self._scenario.planning.candidates
        fewer = rules.model_copy(update={"max_candidates": min(rules.max_candidates, MOST_PLACES)})
        planning = self._scenario.planning.model_copy(update={"candidates": fewer})
        narrowed = self._scenario.model_copy(update={"planning": planning})
        cells = np.unique(self._province.area_cells.cell[entries])
        points = candidate_points(self._province, narrowed, cells, rules.spacing_m)
        maker = self._maker(technology)
        named = [replace(one, candidate_id=f"B{one.candidate_id}") for one in points]  # another lattice than coverage's
        return [
            one
            for one in [*maker.colocations(), *maker.new_sites(named)]
            if one.owner == operator and near.query((one.x_m, one.y_m))[0] <= NEAR_M
        ]


def _as_on_air(
    again: Callable[[Sequence[Sector]], SiteOption | None], site_id: str, operator: str, now: BusyHour
) -> SiteOption | None:
    """A work made anew for what its operator transmits on the mast by now."""
    return again(now.on_air(site_id, operator))


def _beside_wide(gap: SiteOption, present: Sequence[Sector]) -> SiteOption | None:
    """A sector in an open direction, unless the site's panels have become narrow ones, which leave none open."""
    numbers = [int(one.sector_id.rsplit("/", 1)[1]) for one in present if one.carrier in gap.carriers]
    return None if gap.aim.first_sector in numbers else gap


def _by_site(now: BusyHour, operator: str) -> dict[str, list[Sector]]:
    found: dict[str, list[Sector]] = {}
    for layer in now.coverage.layers:
        if layer.operator == operator:
            for sector in layer.sectors:
                found.setdefault(sector.site_id, []).append(sector)
    return found


def _crowded_entries(start: BusyHour) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Entries behind the overloaded sectors that missed targets count, by operator and technology."""
    found: dict[tuple[str, str], NDArray[np.int64]] = {}
    for target in start.missed():
        for part in counted_parts(start, target):
            layer = start.coverage.layers[part.index]
            busy = np.bincount(part.sector, weights=part.load, minlength=len(layer.sectors)) > 1.0
            own = part.entry[busy[part.sector]]
            if own.size:
                key = layer.operator, layer.technology
                found[key] = np.union1d(found[key], own) if key in found else np.unique(own)
    return found
