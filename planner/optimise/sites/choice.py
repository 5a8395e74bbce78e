"""Which sites: works that reach the coverage targets at least cost, with a proven bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.asked_points import asked_entries
from planner.coverage.service import Service, entry_service
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Bound
from planner.domain.province import Province
from planner.optimise.covering import CoverResult, solve_group_cover
from planner.optimise.covering.answer import answer
from planner.optimise.sites.candidates import candidate_points
from planner.optimise.sites.demand import SiteDemand, site_demand
from planner.optimise.sites.greedy import plain_greedy_vnd
from planner.optimise.sites.option_maker import OptionMaker
from planner.optimise.sites.options import SiteOption, total_cost_vnd
from planner.optimise.sites.problem import Reach, SiteProblem, site_problem
from planner.optimise.sites.reach import option_reach, reach_limit_m
from planner.optimise.stopping import Stop, Watch

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class SiteStudy:
    """Everything the choice of sites of one technology needs; solving it again is quick.

    Attributes
    ----------
    technology : str
        '4g' or '5g'.
    options : tuple of SiteOption
        All works that may be chosen.
    reach : dict of str to Reach
        Receiver name -> entries each option serves alone.
    demands : tuple of (Target, SiteDemand)
        Coverage targets of the technology that are not met today.
    """

    technology: str
    options: tuple[SiteOption, ...]
    reach: dict[str, Reach]
    demands: tuple[tuple[Target, SiteDemand], ...]


@dataclass(frozen=True)
class SiteChoice:
    """What was chosen for one technology and how good it is.

    Attributes
    ----------
    study : SiteStudy
        What was chosen from.
    joined : SiteProblem
        The covering problem solved.
    result : CoverResult
        The solver's answer.
    bound : Bound
        Radio cost of the choice against its proven least.
    """

    study: SiteStudy
    joined: SiteProblem
    result: CoverResult
    bound: Bound

    @property
    def chosen(self) -> list[SiteOption]:
        """Options in the plan."""
        return [self.study.options[index] for index in self.result.selected]


def study_sites(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    technology: str,
    progress: Progress | None = None,
) -> SiteStudy | None:
    """Find demand, options and reach of one technology.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets and rules.
    baseline : CoverageMap
        Coverage today.
    technology : str
        '4g' or '5g'.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    SiteStudy or None
        None where no target of the technology is open.
    """
    demands = open_demands(province, scenario, baseline, technology)
    if not demands:
        return None
    wanting = np.unique(np.concatenate([province.area_cells.cell[demand.entry] for _, demand in demands]))
    maker = OptionMaker(province, scenario, technology, tuple(scenario.radio.operators))
    points = candidate_points(province, scenario, wanting, reach_limit_m(scenario, technology))
    on_masts = (*maker.upgrades(), *maker.add_bands(), *maker.add_sectors(), *maker.colocations())
    options = (*on_masts, *maker.new_sites(points))
    receivers = sorted({str(target.receiver or scenario.coverage.receiver) for target, _ in demands})
    wanted = np.unique(np.concatenate([demand.entry for _, demand in demands]))
    reach = {name: option_reach(province, scenario, options, name, wanted, progress) for name in receivers}
    return SiteStudy(technology, options, reach, tuple(demands))


def open_demands(
    province: Province, scenario: Scenario, coverage: CoverageMap, technology: str
) -> list[tuple[Target, SiteDemand]]:
    """Coverage targets of a technology that a coverage map does not meet.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets.
    coverage : CoverageMap
        Coverage to judge.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    list of (Target, SiteDemand)
        Each with the receiver written into the target.
    """
    return wanted_of(province, scenario, entry_service(coverage, province, scenario), technology)


def wanted_of(
    province: Province, scenario: Scenario, service: Service, technology: str
) -> list[tuple[Target, SiteDemand]]:
    """Coverage targets of a technology that a service does not meet.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets.
    service : Service
        Who is served, on the entries of `area_cells`.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    list of (Target, SiteDemand)
        Each with the receiver written into the target.
    """
    found = []
    asked = asked_entries(province, scenario)
    for target in scenario.targets:
        if not target.kind.startswith("coverage") or target.technology != technology:
            continue
        receiver = target.receiver or scenario.coverage.receiver
        served = service.served(technology=technology, operator=target.operator, receiver=receiver)
        demand = site_demand(province, target, served, scenario.coverage.area_covered_at, asked)
        if not demand.is_met:
            found.append((target.model_copy(update={"receiver": receiver}), demand))
    return found


def choose_sites(
    study: SiteStudy,
    scenario: Scenario,
    *,
    extra_vnd: Mapping[str, int] | None = None,
    excluded: frozenset[str] = frozenset(),
    should_stop: Callable[[], bool] | None = None,
    start: SiteChoice | None = None,
) -> SiteChoice:
    """Solve the choice of sites of one technology.

    Parameters
    ----------
    study : SiteStudy
        What may be chosen.
    scenario : Scenario
        Commitments, counted work and seed.
    extra_vnd : mapping of str to int, optional
        Work id -> further cost to weigh in (its fibre), VND; the bound is then on the sum.
    excluded : frozenset of str, optional
        Works that may not be chosen, beside those the scenario forbids.
    should_stop : callable, optional
        Asked by the solver now and then; True makes it return the best so far.
    start : SiteChoice, optional
        Choice to improve on for other costs; it gets a third of the counted work, and is the answer where nothing
        has changed since it was made.

    Returns
    -------
    SiteChoice
        Chosen options with bound.
    """
    joined = posed_choice(study, scenario, extra_vnd=extra_vnd, excluded=excluded)
    if start is not None and _same_problem(start, study, joined):
        return start
    planning = scenario.planning
    work = planning.iterations if start is None else max(1, planning.iterations // 3)
    result = solve_group_cover(
        joined.problem,
        required_value=joined.required,
        stop=Stop(work, planning.time_limit_s, should_stop),
        rng=np.random.default_rng(scenario.run.seed),
        start=None if start is None else start.result.selected,
    )
    return made_choice(study, joined, result)


def posed_choice(
    study: SiteStudy,
    scenario: Scenario,
    *,
    extra_vnd: Mapping[str, int] | None = None,
    excluded: frozenset[str] = frozenset(),
) -> SiteProblem:
    """Write the choice of sites of one technology as a covering problem.

    Parameters
    ----------
    study : SiteStudy
        What may be chosen.
    scenario : Scenario
        Commitments.
    extra_vnd : mapping of str to int, optional
        Work id -> further cost to weigh in (its fibre), VND.
    excluded : frozenset of str, optional
        Works that may not be chosen, beside those the scenario forbids.

    Returns
    -------
    SiteProblem
        One column per option.
    """
    radio = np.array([option.whole_vnd for option in study.options], dtype=np.float64)
    extra = np.array([(extra_vnd or {}).get(option.work_id, 0) for option in study.options], dtype=np.float64)
    fixed = _fixed(study, scenario, excluded)
    return site_problem(study.options, radio + extra, fixed, study.demands, study.reach)


def _same_problem(start: SiteChoice, study: SiteStudy, joined: SiteProblem) -> bool:
    """Whether a choice was made from the same works at the same costs and commitments."""
    before, now = start.joined.problem, joined.problem
    return start.study is study and bool(
        np.array_equal(before.cost, now.cost) and np.array_equal(before.states(), now.states())
    )


def site_state(study: SiteStudy, scenario: Scenario) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Investment and commitment of every option.

    Parameters
    ----------
    study : SiteStudy
        Options.
    scenario : Scenario
        Commitments.

    Returns
    -------
    tuple of ndarray
        Cost, VND, and 1 in the plan, -1 forbidden, 0 free; both of shape (n_options,).
    """
    cost = np.array([option.cost_vnd for option in study.options], dtype=np.float64)
    return cost, _fixed(study, scenario, frozenset())


def _fixed(study: SiteStudy, scenario: Scenario, excluded: frozenset[str]) -> NDArray[np.int8]:
    commitments = scenario.planning.commitments
    always, never = set(commitments.fixed), set(commitments.forbidden) | excluded
    return np.array(
        [
            1 if {option.work_id, option.host} & always and option.work_id not in never
            else -1 if {option.work_id, option.host} & never
            else 0
            for option in study.options
        ],
        dtype=np.int8,
    )  # fmt: skip


def made_choice(study: SiteStudy, joined: SiteProblem, result: CoverResult) -> SiteChoice:
    """Put an answer beside what it was chosen from, with its bound.

    Parameters
    ----------
    study : SiteStudy
        What was chosen from.
    joined : SiteProblem
        The covering problem.
    result : CoverResult
        The solver's answer to it.

    Returns
    -------
    SiteChoice
        The choice.
    """
    chosen = [study.options[index] for index in result.selected]
    cost = total_cost_vnd(chosen)
    bound = min(cost, int(np.ceil(result.bound - 0.5)))
    upgrades = [option for option in study.options if option.work_id.startswith("U:")]
    naive = {"upgrade_every_site": total_cost_vnd(upgrades), "greedy": plain_greedy_vnd(joined)}
    gap = (cost - bound) / cost if cost else 0.0
    return SiteChoice(study, joined, result, Bound(cost, bound, gap, result.stopped_by, naive))


def chosen_instead(choice: SiteChoice, selected: NDArray[np.int64]) -> SiteChoice:
    """Put another set of works in the place of a choice, with what each of them serves alone.

    Parameters
    ----------
    choice : SiteChoice
        The choice; its bound stays.
    selected : ndarray of int64
        Positions of the works among the options, rising.

    Returns
    -------
    SiteChoice
        `stopped_by` of its result is "repair".
    """
    problem = choice.joined.problem
    watch = Watch(Stop(), stopped_by="repair")
    result = answer(problem, selected, float(problem.cost[selected].sum()), choice.result.bound, watch)
    return replace(choice, result=result)
