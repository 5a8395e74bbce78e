"""Cost against coverage: the least cost of every share of a target, with bounds, and the knee of the curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.domain.coverage import CoverageMap
from planner.domain.province import Province
from planner.errors import Complaint, ConfigError
from planner.optimise.covering import solve_group_budget, solve_max_cover
from planner.optimise.sites.choice import Progress, SiteStudy, choose_sites, open_demands, site_state, study_sites
from planner.optimise.sites.problem import SiteProblem, site_problem
from planner.optimise.stopping import Stop

STEPS = 8
Counted = Literal["areas", "people"]
_SLACK = 1e-9  # of a sum of people that rounding may take away


@dataclass(frozen=True)
class FrontierPoint:
    """One point of the curve.

    Attributes
    ----------
    share : float
        Share of areas or people reached, 0 to 1.
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
        Share of areas or people covered with the plan.
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
    counted: Counted = "areas",
    steps: int = STEPS,
    progress: Progress | None = None,
) -> list[FrontierPoint]:
    """Least cost of covering more and more areas, or people, with a technology.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Rules, prices, solver's counted work; its targets are set aside for all areas (or people), any operator.
    baseline : CoverageMap
        Coverage today.
    technology : str
        '4g' or '5g'.
    counted : str, optional
        'areas' or 'people'.
    steps : int, optional
        Points between today and everything that can be reached.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    list of FrontierPoint
        From today's share at no cost to all that can be reached; one is marked as the knee.
    """
    asked = _question(province, scenario, baseline, technology, counted, progress)
    points = [FrontierPoint(asked.today, 0, 0, 0)]
    if asked.study is None:
        return points
    wanted = asked.steps(scenario, steps)
    for number, more in enumerate(wanted):
        choice = choose_sites(_asking(asked.study, more), scenario)
        share = asked.today + more / asked.whole
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
    *,
    counted: Counted = "areas",
    progress: Progress | None = None,
) -> BudgetAnswer:
    """Most areas, or people, covered for a sum of money, with a proven bound.

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
    counted : str, optional
        'areas' or 'people'.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    BudgetAnswer
        Works and the share they reach.
    """
    if budget_vnd < 0:
        raise ConfigError("a budget cannot be negative", [Complaint("--budget", f"{budget_vnd}", "give 0 or more VND")])
    asked = _question(province, scenario, baseline, technology, counted, progress)
    if asked.study is None or budget_vnd == 0:
        return BudgetAnswer(asked.today, asked.today, 0, (), "nothing to do")
    planning = scenario.planning
    solve = solve_group_budget if counted == "areas" else solve_max_cover
    result = solve(
        asked.problem(scenario).problem,
        budget=float(budget_vnd),
        stop=Stop(planning.iterations, planning.time_limit_s),
        rng=np.random.default_rng(scenario.run.seed),
    )
    chosen = tuple(asked.study.options[index].work_id for index in result.selected)
    share, most = (min(1.0, asked.today + value / asked.whole) for value in (result.value, result.bound))
    return BudgetAnswer(share, max(share, most), round(result.cost), chosen, result.stopped_by)


@dataclass(frozen=True)
class _Question:
    """ "All areas" or "all people" with the share that holds today; no study where nothing is left to do."""

    study: SiteStudy | None
    today: float
    whole: float
    counted: Counted

    def problem(self, scenario: Scenario) -> SiteProblem:
        """The covering problem at what works cost to build."""
        assert self.study is not None
        cost, fixed = site_state(self.study, scenario)
        return site_problem(self.study.options, cost, fixed, self.study.demands, self.study.reach)

    def steps(self, scenario: Scenario, count: int) -> list[float]:
        """Areas or people more than today that the points of the curve ask for."""
        joined = self.problem(scenario)
        if self.counted == "areas":
            most = float(joined.required[0])
            return [float(more) for more in np.unique(np.ceil(np.linspace(0.0, most, count + 1)[1:])) if more > 0.0]
        problem = joined.problem
        open_columns = np.repeat(problem.states() >= 0, np.diff(problem.indptr))
        most = float(problem.weights()[np.unique(problem.rows[open_columns])].sum())
        return [float(more) for more in np.linspace(0.0, most * (1.0 - _SLACK), count + 1)[1:] if more > 0.0]


def _question(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    technology: str,
    counted: Counted,
    progress: Progress | None,
) -> _Question:
    """Study of everything, any operator, and the share covered today."""
    target = Target.model_validate(
        {"name": f"{technology} everywhere", "kind": f"coverage_{counted}", "technology": technology, "year": 2100}
    )
    asked = scenario.model_copy(update={"targets": [target]})
    demands = open_demands(province, asked, baseline, technology)
    count, people = float(len(province.areas)), float(province.areas["population"].sum())
    whole = max(count if counted == "areas" else people, 1.0)
    missing = 0.0
    if demands:
        demand = demands[0][1]
        missing = float((demand.required_value if counted == "areas" else demand.group_need).sum())
    study = study_sites(province, asked, baseline, technology, progress)
    return _Question(study, 1.0 - missing / whole, whole, counted)


def _asking(study: SiteStudy, value: float) -> SiteStudy:
    """The study with another amount asked for: groups that are areas, or people of the one group there is."""
    (target, demand), *_ = study.demands
    if target.kind == "coverage_areas":
        return replace(study, demands=((target, replace(demand, required_value=np.array([value]))),))
    return replace(study, demands=((target, replace(demand, group_need=np.array([value]))),))


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


def as_rows(points: Sequence[FrontierPoint], counted: Counted) -> list[dict[str, Any]]:
    """Write the curve as plain rows.

    Parameters
    ----------
    points : sequence of FrontierPoint
        The curve.
    counted : str
        'areas' or 'people'.

    Returns
    -------
    list of dict
        areas_share or people_share, cost_vnd, lower_bound_vnd, works, is_knee.
    """
    return [
        {
            f"{counted}_share": point.share,
            "cost_vnd": point.cost_vnd,
            "lower_bound_vnd": point.lower_bound_vnd,
            "works": point.works,
            "is_knee": point.is_knee,
        }
        for point in points
    ]
