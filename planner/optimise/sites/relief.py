"""Relief of overloaded sectors: further carriers and 5G on their sites until the capacity targets hold in the engine.

An overloaded site gets the cheapest work its operator's spectrum allows: a further carrier of the same technology, or
5G beside 4G. Sites with most overloaded customers per dong come first, as many as the target still needs; then coverage
and loads are computed anew, because new carriers take traffic from neighbours and put interference on them. A round
that does not raise what the targets reach is not built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.extend import extend_coverage
from planner.coverage.sectors import enabled_carriers
from planner.coverage.service import entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.counting import is_reached
from planner.optimise.sites.capacity_targets import counted_sectors, reached_capacity
from planner.optimise.sites.explain import plain_work
from planner.optimise.sites.options import OptionMaker, SiteOption
from planner.optimise.sites.plan import SitePlan, proposals

_TECHNOLOGIES = ("4g", "5g")
_Judged = tuple[Target, pd.DataFrame]  # a target with the loads of its year


@dataclass(frozen=True)
class _Crowd:
    """Overloaded sectors of one technology on one operator's part of a site."""

    site_id: str
    operator: str
    technology: str
    people: float
    load: float


def relieved(province: Province, scenario: Scenario, baseline: CoverageMap, plan: SitePlan) -> SitePlan:
    """Add works for overloaded sectors while a capacity target is missed and something can be added.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets, demand, spectrum, prices and the most rounds of repair.
    baseline : CoverageMap
        Coverage today.
    plan : SitePlan
        Chosen works.

    Returns
    -------
    SitePlan
        The same plan where no capacity target is missed; else one with relief works and a note on what stays
        overloaded. The proven bound asks for no capacity, so it stays valid.
    """
    targets = [target for target in scenario.targets if target.kind == "capacity_people"]
    if not targets:
        return plan
    desk = _Desk(province, scenario)
    coverage = extend_coverage(baseline, province, scenario, proposals(scenario, plan.options))
    loads = desk.loads(coverage, targets)
    chosen: list[SiteOption] = []
    works: list[Work] = []
    for _ in range(scenario.planning.repair_rounds):
        more = desk.works_for(coverage, loads, {work.work_id for work in (*plan.works, *works)})
        options = [option for option, _ in more]
        wider = extend_coverage(coverage, province, scenario, proposals(scenario, options))
        eased = desk.loads(wider, targets)
        if not more or _reached(eased) <= _reached(loads):
            break
        coverage, loads = wider, eased
        chosen += options
        works += [work for _, work in more]
    return _with_relief(plan, chosen, works, _remarks(loads))


def _with_relief(plan: SitePlan, chosen: list[SiteOption], works: list[Work], notes: list[str]) -> SitePlan:
    cost = plan.bound.cost_vnd + sum(work.whole_vnd for work in works)
    gap = (cost - plan.bound.lower_bound_vnd) / cost if cost else 0.0
    return replace(
        plan,
        bound=replace(plan.bound, cost_vnd=cost, gap_share=gap),
        works=(*plan.works, *works),
        notes=(*plan.notes, *notes),
        relief=tuple(chosen),
    )


class _Desk:
    """Finds and prices relief works."""

    def __init__(self, province: Province, scenario: Scenario) -> None:
        self._province, self._scenario = province, scenario
        self._forbidden = set(scenario.planning.commitments.forbidden)
        operators = tuple(scenario.radio.operators)
        self._makers = {name: OptionMaker(province, scenario, name, operators) for name in _TECHNOLOGIES}
        self._inside = province.sites["inside"].to_numpy(dtype=bool)
        self._row = {str(name): row for row, name in enumerate(province.sites["site_id"])}

    def works_for(
        self, coverage: CoverageMap, targets: Sequence[_Judged], have: set[str]
    ) -> list[tuple[SiteOption, Work]]:
        """Works of the next round: as many sites as the missed targets need, most customers per dong first."""
        on_air = {(s.site_id, s.operator, s.carrier) for layer in coverage.layers for s in layer.sectors}
        found: dict[str, tuple[SiteOption, Work]] = {}
        for target, loads in targets:
            if _holds(loads, target):
                continue
            counted = loads[counted_sectors(loads, target)]
            excess = float(counted.loc[counted["overloaded"], "people"].sum())
            allowed = (1.0 - target.share) * float(counted["people"].sum())
            offers = []
            for crowd in _crowds(counted):
                option = self._cheapest(crowd, on_air, have)
                if option is not None:
                    offers.append((-crowd.people / max(option.cost_vnd, 1), option.work_id, option, crowd))
            for _, name, option, crowd in sorted(offers, key=lambda offer: offer[:2]):
                if excess < allowed or (excess == allowed and not target.strictly_over):
                    break
                excess -= crowd.people
                found.setdefault(name, (option, _work(option, crowd, target.year)))
        return list(found.values())

    def loads(self, coverage: CoverageMap, targets: Sequence[Target]) -> list[_Judged]:
        """Loads of all sectors in the year of each target."""
        service = entry_service(coverage, self._province, self._scenario)
        years = {target.year for target in targets}
        found = {year: sector_loads(service, self._province, self._scenario, year=year) for year in sorted(years)}
        return [(target, found[target.year]) for target in targets]

    def _cheapest(self, crowd: _Crowd, on_air: set[tuple[str, str, str]], have: set[str]) -> SiteOption | None:
        """Cheapest work that takes load off a site; None where spectrum is used up or the works are forbidden."""
        row = self._row.get(crowd.site_id)
        if row is None or crowd.site_id in self._forbidden or not self._inside[row]:
            return None
        offers = []
        held = self._scenario.radio.carriers
        for technology in sorted({crowd.technology, "5g"}):
            if f"U:{crowd.site_id}:{technology}" in self._forbidden:
                continue
            names = enabled_carriers(self._scenario, crowd.operator, technology)
            absent = [name for name in names if (crowd.site_id, crowd.operator, name) not in on_air]
            if absent:
                widest = max(absent, key=lambda name: held[name].bandwidth_mhz)
                is_first = len(absent) == len(names)
                offers.append(self._makers[technology].relief(row, crowd.operator, widest, is_first=is_first))
        allowed = [one for one in offers if one.work_id not in have and one.work_id not in self._forbidden]
        return min(allowed, key=lambda one: (one.cost_vnd, one.work_id), default=None)


def _reached(judged: Sequence[_Judged]) -> float:
    """Shares of all targets together, none counted beyond what it asks for."""
    return sum(min(target.share, reached_capacity(loads, target)) for target, loads in judged)


def _remarks(judged: Sequence[_Judged]) -> list[str]:
    """What stays overloaded, per missed target."""
    notes = []
    for target, loads in judged:
        if not _holds(loads, target):
            counted = loads[counted_sectors(loads, target)]
            busy = counted[counted["overloaded"]]
            notes.append(
                f"target '{target.name}': {len(busy)} sectors on {busy['site_id'].nunique()} sites stay overloaded in"
                f" {target.year} (heaviest load {busy['load'].max():.1f}); carriers their operators could add do not"
                " exist, do not help, or are forbidden."
            )
    return notes


def _holds(loads: pd.DataFrame, target: Target) -> bool:
    return is_reached(reached_capacity(loads, target), target.share, strictly_over=target.strictly_over)


def _crowds(counted: pd.DataFrame) -> list[_Crowd]:
    """Overloaded sectors, gathered by site, operator and technology."""
    busy = counted[counted["overloaded"]]
    found = []
    for (site_id, operator, technology), block in busy.groupby(["site_id", "operator", "technology"], sort=True):
        people, load = float(block["people"].sum()), float(np.max(block["load"]))
        found.append(_Crowd(str(site_id), str(operator), str(technology), people, load))
    return found


def _work(option: SiteOption, crowd: _Crowd, year: int) -> Work:
    reason = (
        f"{crowd.technology.upper()} of {crowd.operator} is overloaded here in {year} (load {crowd.load:.1f},"
        f" {crowd.people:,.0f} customers); {option.reason}"
    )
    return replace(plain_work(option, people=round(crowd.people), reason=reason), due_year=year)
