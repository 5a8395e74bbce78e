"""The plan is checked in the coverage engine, interference included, and repaired until the targets hold there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from planner.config.schema import Scenario
from planner.coverage.extend import extend_coverage
from planner.coverage.service import Service, entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.optimise.sites.choice import SiteChoice, choose_sites, chosen_instead, wanted_of
from planner.optimise.sites.engine_search import searched
from planner.optimise.sites.missing import Missing
from planner.optimise.sites.options import proposals, total_cost_vnd
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
    judge = Missing(province, scenario)
    if judge.share(_service(province, scenario, baseline, plan.choices)) <= 0.0:
        return plan
    missing, choices = searched(province, scenario, plan.choices, should_stop)
    if missing > 0.0:
        fuller = _strengthened(province, scenario, baseline, list(plan.choices), should_stop)
        other, others = searched(province, scenario, fuller, should_stop)
        choices = min((missing, choices), (other, others), key=lambda state: (state[0], _cost_vnd(state[1])))[1]
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


def _service(province: Province, scenario: Scenario, baseline: CoverageMap, choices: Sequence[SiteChoice]) -> Service:
    """Who is served with some choices on air."""
    options = [option for choice in choices for option in choice.chosen]
    return entry_service(extend_coverage(baseline, province, scenario, proposals(options)), province, scenario)


def _cost_vnd(choices: Sequence[SiteChoice]) -> int:
    return total_cost_vnd(option for choice in choices for option in choice.chosen)


def _strengthened(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    choices: list[SiteChoice],
    should_stop: Callable[[], bool] | None,
) -> list[SiteChoice]:
    """Rounds of covering what the engine misses, all at once; the one that misses least."""
    judge = Missing(province, scenario)
    best: tuple[float, int, list[SiteChoice]] = (np.inf, 0, choices)
    for number in range(scenario.planning.repair_rounds + 1):
        service = _service(province, scenario, baseline, choices)
        missing = judge.share(service)
        best = min(best, (missing, number, choices), key=lambda state: state[:2])
        if missing <= 0.0 or (should_stop is not None and should_stop()):
            break
        stronger = [_stronger(province, scenario, service, choice, should_stop) for choice in choices]
        if all(new is old for new, old in zip(stronger, choices, strict=True)):
            break
        choices = stronger
    return best[2]


def _needs_checking(scenario: Scenario) -> bool:
    """Without SINR or rate thresholds the surrogate is exact."""
    return any(
        limit.sinr_db is not None or limit.downlink_mbps is not None for limit in scenario.coverage.thresholds.values()
    ) or any(carrier.anchor == "nsa" for carrier in scenario.radio.carriers.values())


def _stronger(
    province: Province,
    scenario: Scenario,
    service: Service,
    choice: SiteChoice,
    should_stop: Callable[[], bool] | None,
) -> SiteChoice:
    """The choice with works added for what the engine still misses; the same object where nothing can be added."""
    demands = wanted_of(province, scenario, service, choice.study.technology)
    if not demands:
        return choice
    have = frozenset(option.work_id for option in choice.chosen)
    study = replace(choice.study, demands=tuple(demands))
    more = choose_sites(study, scenario, excluded=have, should_stop=should_stop)
    selected = np.union1d(choice.result.selected, more.result.selected)
    if selected.size == choice.result.selected.size:
        return choice
    return chosen_instead(choice, selected)
