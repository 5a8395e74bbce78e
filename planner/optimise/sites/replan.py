"""Sites chosen again from an earlier plan: works fixed or forbidden since then, in seconds instead of minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.config.schema import Scenario
from planner.domain.coverage import CoverageMap
from planner.domain.plan import EarlierPlan
from planner.domain.province import Province
from planner.optimise.covering import solve_group_cover
from planner.optimise.sites.choice import SiteChoice, SiteStudy, made_choice, posed_choice, study_sites
from planner.optimise.sites.link_estimate import link_estimates_vnd
from planner.optimise.sites.plan import TECHNOLOGIES, SitePlan, written_plan
from planner.optimise.stopping import Stop

Progress = Callable[[str, int, int], None]


def replanned_sites(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    earlier: EarlierPlan,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> SitePlan:
    """Mend and improve the radio works of an earlier plan under further commitments.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The earlier scenario with more works fixed or forbidden.
    baseline : CoverageMap
        Coverage today.
    earlier : EarlierPlan
        Works and proven least cost to begin from.
    progress : callable, optional
        Called with stage, done, total.
    should_stop : callable, optional
        Asked by the solver now and then; True makes it return the best so far.

    Returns
    -------
    SitePlan
        Local search alone, links weighed in. The earlier bound stays valid while the targets ask for the same, for
        further commitments only take plans away; where they put areas beyond reach a bound of this problem stands in.
    """
    studies = [study_sites(province, scenario, baseline, technology, progress) for technology in TECHNOLOGIES]
    open_ones = [study for study in studies if study is not None]

    def improved(study: SiteStudy, extra_vnd: dict[str, int]) -> SiteChoice:
        return _improved(study, scenario, earlier, extra_vnd, should_stop)

    choices = [improved(study, link_estimates_vnd(province, scenario, study.options)) for study in open_ones]
    carried = all(_asks_the_same(study, scenario, earlier) for study in open_ones)
    if carried:
        lower = earlier.sites_lower_bound_vnd
    else:
        lower = sum(improved(study, {}).bound.lower_bound_vnd for study in open_ones)
    plan = written_plan(province, choices, [choice.bound for choice in choices], lower)
    source = "its proven least cost" if carried else "further commitments put areas beyond reach, so a looser bound"
    note = f"Sites were mended and improved from those of the run {earlier.run!r}; {source} holds here."
    return replace(plan, notes=(*plan.notes, note))


def _improved(
    study: SiteStudy,
    scenario: Scenario,
    earlier: EarlierPlan,
    extra_vnd: dict[str, int],
    should_stop: Callable[[], bool] | None,
) -> SiteChoice:
    """Local search from the earlier works that are still allowed."""
    planning = scenario.planning
    joined = posed_choice(study, scenario, extra_vnd=extra_vnd)
    start = [index for index, option in enumerate(study.options) if option.work_id in earlier.work_ids]
    result = solve_group_cover(
        joined.problem,
        required_value=joined.required,
        stop=Stop(planning.iterations, planning.time_limit_s, should_stop),
        rng=np.random.default_rng(scenario.run.seed),
        start=np.array(start, dtype=np.int64),
        exact=False,
    )
    return made_choice(study, joined, result)


def _asks_the_same(study: SiteStudy, scenario: Scenario, earlier: EarlierPlan) -> bool:
    """Whether the new commitments leave every target as much within reach as it was."""
    then = posed_choice(study, scenario.with_commitments(earlier.fixed, earlier.forbidden))
    now = posed_choice(study, scenario)
    before, after = then.problem.group_need, now.problem.group_need
    assert before is not None
    assert after is not None
    return np.array_equal(then.required, now.required) and np.array_equal(before, after)
