"""Cost against coverage: the least cost of every share of a target, with bounds, and the knee of the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.errors import Complaint, ConfigError
from planner.optimise.covering import solve_group_budget
from planner.optimise.sites.choice import Progress, SiteStudy, choose_sites, open_demands, site_state, study_sites
from planner.optimise.sites.problem import site_problem
from planner.optimise.stopping import Stop

STEPS = 8


@dataclass(frozen=True)
class FrontierPoint:
    """One point of the curve.

    Attributes
    ----------
    share : float
        Share of the target's areas (or people) reached, 0 to 1.
    cost_vnd, lower_bound_vnd : int
        Least cost found and proven least cost of reaching it, VND.
    works : int
        Number of works.
    is_knee : bool
        Whether the curve bends most here: beyond it a further area costs more than on average.
    """

    share: float
    cost_vnd: int
    lower_bound_vnd: int
    works: int
    is_knee: bool = False


@dataclass(frozen=True)
class BudgetAnswer:
    """The most a sum of money can do.

    Attributes
    ----------
    share : float
        Share of areas covered with the plan.
    most_share : float
        Share no plan for that money can exceed.
    cost_vnd : int
        What the plan costs, VND.
    work_ids : tuple of str
        Its works.
    stopped_by : str
        What stopped the solver.
    """

    share: float
    most_share: float
    cost_vnd: int
    work_ids: tuple[str, ...]
    stopped_by: str


def coverage_frontier(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    technology: str,
    *,
    steps: int = STEPS,
    progress: Progress | None = None,
) -> list[FrontierPoint]:
    """Least cost of covering more and more areas with a technology.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Rules, prices, solver's counted work; its targets are set aside for "areas covered by any operator".
    baseline : CoverageMap
        Coverage today.
    technology : str
        '4g' or '5g'.
    steps : int, optional
        Points between today and everything that can be reached.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    list of FrontierPoint
        From today's share at no cost to all that can be reached; one is marked as the knee.
    """
    study, today = _study(province, scenario, baseline, technology, progress)
    points = [FrontierPoint(today, 0, 0, 0)]
    if study is None:
        return points
    count = len(province.areas)
    most = _reachable(study, scenario)
    wanted = np.unique(np.ceil(np.linspace(0.0, most, steps + 1)[1:]).astype(int))
    for number, more in enumerate(wanted):
        choice = choose_sites(_asking(study, float(more)), scenario)
        share = today + more / count
        points.append(
            FrontierPoint(share, choice.bound.cost_vnd, choice.bound.lower_bound_vnd, int(choice.result.selected.size))
        )
        if progress is not None:
            progress("frontier", number + 1, len(wanted))
    return _with_knee(points)


def most_for_budget(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    technology: str,
    budget_vnd: int,
    progress: Progress | None = None,
) -> BudgetAnswer:
    """Most areas covered for a sum of money, with a proven bound.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Rules, prices, solver's counted work.
    baseline : CoverageMap
        Coverage today.
    technology : str
        '4g' or '5g'.
    budget_vnd : int
        Money for radio works, VND.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    BudgetAnswer
        Works and the share they reach.
    """
    if budget_vnd < 0:
        raise ConfigError("a budget cannot be negative", [Complaint("--budget", f"{budget_vnd}", "give 0 or more VND")])
    study, today = _study(province, scenario, baseline, technology, progress)
    if study is None or budget_vnd == 0:
        return BudgetAnswer(today, today, 0, (), "nothing to do")
    cost, fixed = site_state(study, scenario)
    problem = site_problem(study.options, cost, fixed, study.demands, study.reach).problem
    planning = scenario.planning
    result = solve_group_budget(
        problem,
        budget=float(budget_vnd),
        stop=Stop(planning.iterations, planning.time_limit_s),
        rng=np.random.default_rng(scenario.run.seed),
    )
    count = len(province.areas)
    chosen = tuple(study.options[index].work_id for index in result.selected)
    share, most = today + result.value / count, min(1.0, today + result.bound / count)
    return BudgetAnswer(share, max(share, most), round(result.cost), chosen, result.stopped_by)


def _study(
    province: Province, scenario: Scenario, baseline: CoverageMap, technology: str, progress: Progress | None
) -> tuple[SiteStudy | None, float]:
    """Study of "all areas, any operator", and the share covered today."""
    target = Target.model_validate(
        {"name": f"{technology} in all areas", "kind": "coverage_areas", "technology": technology, "year": 2100}
    )
    asked = scenario.model_copy(update={"targets": [target]})
    demands = open_demands(province, asked, baseline, technology)
    missing = float(demands[0][1].required_value[0]) if demands else 0.0
    return study_sites(province, asked, baseline, technology, progress), 1.0 - missing / max(1, len(province.areas))


def _asking(study: SiteStudy, value: float) -> SiteStudy:
    (target, demand), *_ = study.demands
    return replace(study, demands=((target, replace(demand, required_value=np.array([value]))),))


def _reachable(study: SiteStudy, scenario: Scenario) -> float:
    """Areas all options together can add."""
    cost, fixed = site_state(study, scenario)
    return float(site_problem(study.options, cost, fixed, study.demands, study.reach).required[0])


def _with_knee(points: Sequence[FrontierPoint]) -> list[FrontierPoint]:
    """Mark the point farthest below the chord from first to last."""
    share = np.array([point.share for point in points])
    cost = np.array([float(point.cost_vnd) for point in points])
    if len(points) < 3 or share[-1] <= share[0] or cost[-1] <= cost[0]:
        return list(points)
    along = (share - share[0]) / (share[-1] - share[0])
    below = along - (cost - cost[0]) / (cost[-1] - cost[0])
    knee = int(np.argmax(below))
    return [replace(point, is_knee=index == knee) for index, point in enumerate(points)]


def as_rows(points: Sequence[FrontierPoint]) -> list[dict[str, Any]]:
    """Write the curve as plain rows.

    Parameters
    ----------
    points : sequence of FrontierPoint
        The curve.

    Returns
    -------
    list of dict
        areas_share, cost_vnd, lower_bound_vnd, works, is_knee.
    """
    return [
        {
            "areas_share": point.share,
            "cost_vnd": point.cost_vnd,
            "lower_bound_vnd": point.lower_bound_vnd,
            "works": point.works,
            "is_knee": point.is_knee,
        }
        for point in points
    ]
