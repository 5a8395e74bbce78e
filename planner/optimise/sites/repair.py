"""The plan is checked in the coverage engine, interference included, and repaired until the targets hold there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.coverage.service import entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.optimise.covering.problem import Alone
from planner.optimise.sites.choice import SiteChoice, choose_sites, open_demands
from planner.optimise.sites.engine_search import searched
from planner.optimise.sites.missing import Missing
from planner.optimise.sites.options import proposals
from planner.optimise.sites.plan import SitePlan, written_plan
from planner.optimise.sites.relief import relieved


def repaired(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    plan: SitePlan,
    should_stop: Callable[[], bool] | None = None,
) -> SitePlan:
    """Run the engine on the plan and add works while targets that candidates can reach are missed.

    The surrogate counts a cell as served when one work alone reaches the level there; interference and rates enter only
    in the engine. The proven bound stays that of the surrogate, a relaxation, so it stays valid.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Thresholds and the most rounds of repair.
    baseline : CoverageMap
        Coverage today.
    plan : SitePlan
        Chosen works.
    should_stop : callable, optional
        Asked between rounds and by the solver; True ends the repair with what it has.

    Returns
    -------
    SitePlan
        The same plan where it holds; else one with more works, overloaded sectors relieved last.
    """
    return relieved(province, scenario, baseline, _mended(province, scenario, baseline, plan, should_stop), should_stop)


def _mended(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    plan: SitePlan,
    should_stop: Callable[[], bool] | None,
) -> SitePlan:
    """The plan with works put in and taken out until the coverage targets hold."""
    if not plan.choices or not scenario.planning.repair_rounds or not _needs_checking(scenario):
        return plan
    if should_stop is not None and should_stop():
        return plan
    missing, choices = _strengthened(province, scenario, baseline, list(plan.choices), should_stop)
    grew = any(new is not old for new, old in zip(choices, plan.choices, strict=True))
    if missing > 0.0 or grew:
        choices = searched(province, scenario, choices, should_stop)
    before = {option.work_id for option in plan.options}
    after = {option.work_id for choice in choices for option in choice.chosen}
    if before == after:
        return plan
    note = (
        f"The engine, with interference, put {len(after - before)} works into the plan of sites and took"
        f" {len(before - after)} out; the least cost beside it knows no interference."
    )
    mended = written_plan(province, choices, [choice.bound for choice in plan.choices], plan.bound.lower_bound_vnd)
    return replace(mended, notes=(*mended.notes, note))


def _strengthened(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    choices: list[SiteChoice],
    should_stop: Callable[[], bool] | None,
) -> tuple[float, list[SiteChoice]]:
    """Rounds of covering what the engine misses; the one that misses least, and what it misses."""
    judge = Missing(province, scenario)
    best = (np.inf, 0, choices)
    for number in range(scenario.planning.repair_rounds + 1):
        options = [option for choice in choices for option in choice.chosen]
        coverage = extend_coverage(baseline, province, scenario, proposals(options))
        missing = judge.share(entry_service(coverage, province, scenario))
        best = min(best, (missing, number, choices), key=lambda state: state[:2])
        ended = number == scenario.planning.repair_rounds or (should_stop is not None and should_stop())
        if missing <= 0.0 or ended:
            break
        stronger = [_stronger(province, scenario, coverage, choice, should_stop) for choice in choices]
        if all(new is old for new, old in zip(stronger, choices, strict=True)):
            break
        choices = stronger
    return best[0], best[2]


def _needs_checking(scenario: Scenario) -> bool:
    """Without SINR or rate thresholds the surrogate is exact."""
    return any(
        limit.sinr_db is not None or limit.downlink_mbps is not None for limit in scenario.coverage.thresholds.values()
    ) or any(carrier.anchor == "nsa" for carrier in scenario.radio.carriers.values())


def _stronger(
    province: Province,
    scenario: Scenario,
    coverage: CoverageMap,
    choice: SiteChoice,
    should_stop: Callable[[], bool] | None,
) -> SiteChoice:
    """The choice with works added for what the engine still misses; the same object where nothing can be added."""
    demands = open_demands(province, scenario, coverage, choice.study.technology)
    if not demands:
        return choice
    have = frozenset(option.work_id for option in choice.chosen)
    study = replace(choice.study, demands=tuple(demands))
    more = choose_sites(study, scenario, excluded=have, should_stop=should_stop)
    selected = np.union1d(choice.result.selected, more.result.selected)
    if selected.size == choice.result.selected.size:
        return choice
    return replace(choice, result=replace(choice.result, selected=selected, alone=Alone(), stopped_by="repair"))
