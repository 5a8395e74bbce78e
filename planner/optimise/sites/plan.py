"""The radio part of a plan: both technologies chosen, weighed against the cost of their fibre, written as works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from planner.config.schema import Scenario
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.network.backhaul import SiteNeed, fibre_is_needed
from planner.optimise.sites.choice import SiteChoice, choose_sites, study_sites
from planner.optimise.sites.explain import site_works
from planner.optimise.sites.link_estimate import link_estimates_vnd
from planner.optimise.sites.options import SiteOption
from planner.optimise.sites.unserved import unserved_areas

Progress = Callable[[str, int, int], None]
TECHNOLOGIES = ("4g", "5g")


@dataclass(frozen=True)
class SitePlan:
    """Chosen radio works.

    Attributes
    ----------
    choices : tuple of SiteChoice
        One per technology with an open target.
    bound : Bound
        Radio cost of all choices against the proven least.
    works : tuple of Work
        Works without years.
    notes : tuple of str
        What a reader must know.
    unserved : dict of str to str
        area_id -> why no candidate can serve it.
    relief : tuple of SiteOption
        Options added for overloaded sectors; their works are among `works`.
    relief_bound : Bound or None
        Cost of those works beside the coverage works against its proven least; None where no capacity target was
        missed.
    """

    choices: tuple[SiteChoice, ...]
    bound: Bound
    works: tuple[Work, ...]
    notes: tuple[str, ...]
    unserved: dict[str, str]
    relief: tuple[SiteOption, ...] = ()
    relief_bound: Bound | None = None

    @property
    def options(self) -> list[SiteOption]:
        """All chosen options."""
        return [*(option for choice in self.choices for option in choice.chosen), *self.relief]


def plan_sites(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[SitePlan, SitePlan]:
    """Choose radio works for all open coverage targets.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets, prices, rules.
    baseline : CoverageMap
        Coverage today.
    progress : callable, optional
        Called with stage, done, total.
    should_stop : callable, optional
        Asked by the solver now and then; True makes it return the best so far.

    Returns
    -------
    tuple of SitePlan
        The plan that is cheapest by radio cost alone, and the one that also weighs the links; both carry the proven
        bound on radio cost.
    """
    plain, linked = [], []
    for technology in TECHNOLOGIES:
        study = study_sites(province, scenario, baseline, technology, progress)
        if study is None:
            continue
        choice = choose_sites(study, scenario, should_stop=should_stop)
        plain.append(choice)
        extra = link_estimates_vnd(province, scenario, study.options)
        alike = all(extra[option.work_id] == 0 for option in choice.chosen)
        linked.append(
            choice if alike else choose_sites(study, scenario, extra_vnd=extra, should_stop=should_stop, start=choice)
        )
    proven = [_beside_phases(choice, scenario, should_stop) for choice in plain]
    lower = sum(bound.lower_bound_vnd for bound in proven)
    first = written_plan(province, plain, proven, lower)
    same = all(one is other for one, other in zip(plain, linked, strict=True))
    return first, first if same else written_plan(province, linked, proven, lower)


def _beside_phases(choice: SiteChoice, scenario: Scenario, should_stop: Callable[[], bool] | None) -> Bound:
    """The bound of a choice with the cost of choosing year by year, each on what the years before have built."""
    years = sorted({target.year for target, _ in choice.study.demands})
    if len(years) < 2:
        return choice.bound
    built: dict[str, int] = {}
    commitments = scenario.planning.commitments
    for year in years:
        due = tuple((target, demand) for target, demand in choice.study.demands if target.year <= year)
        told = scenario.with_commitments([*commitments.fixed, *built], commitments.forbidden)
        step = choose_sites(replace(choice.study, demands=due), told, should_stop=should_stop, start=choice)
        built |= {option.work_id: option.whole_vnd for option in step.chosen}
    naive = {**choice.bound.naive_vnd, "phase_by_phase": sum(built.values())}
    return replace(choice.bound, naive_vnd=naive)


def written_plan(
    province: Province, choices: Sequence[SiteChoice], proven: Sequence[Bound], lower_vnd: int
) -> SitePlan:
    """Write choices as a plan.

    Parameters
    ----------
    province : Province
        The province.
    choices : sequence of SiteChoice
        One per technology.
    proven : sequence of Bound
        Bounds on radio cost alone, one per technology.
    lower_vnd : int
        Proven least radio cost of all choices, VND.

    Returns
    -------
    SitePlan
        Works with reasons, bound, notes, areas beyond reach.
    """
    works = [work for choice in choices for work in site_works(province, choice)]
    cost = sum(work.whole_vnd for work in works)
    lower = min(cost, lower_vnd)
    names = dict.fromkeys(name for bound in proven for name in bound.naive_vnd)
    naive = {name: sum(bound.naive_vnd.get(name, bound.cost_vnd) for bound in proven) for name in names}
    stopped = "+".join(dict.fromkeys(bound.stopped_by for bound in proven)) or "nothing to do"
    gap = (cost - lower) / cost if cost else 0.0
    unserved = {area: why for choice in choices for area, why in unserved_areas(province, choice).items()}
    return SitePlan(tuple(choices), Bound(cost, lower, gap, stopped, naive), tuple(works), _notes(choices), unserved)


def _notes(choices: Sequence[SiteChoice]) -> tuple[str, ...]:
    notes = []
    for choice in choices:
        kinds = [option.kind for option in choice.study.options]
        counts = ", ".join(f"{kinds.count(kind):,} {word}" for kind, word in _WORDS.items() if kinds.count(kind))
        notes.append(f"{choice.study.technology.upper()}: chosen from {counts or 'no options'}.")
        missing = choice.joined.missing
        for row, position in enumerate(choice.joined.target_of_row):
            if missing[row] > 0:
                name = choice.study.demands[position][0].name
                notes.append(f"target '{name}': {missing[row]:g} of what it counts is beyond every candidate's reach.")
        for (target, _), people in zip(choice.study.demands, choice.joined.people_lacking.tolist(), strict=True):
            if people > 0:
                notes.append(
                    f"target '{target.name}': all candidates together leave it {people:,.1f} people short; the plan"
                    " serves as many as they can."
                )
    return tuple(notes)


_WORDS = {
    "upgrade": "upgrades", "add_sector": "further sectors", "colocate": "co-locations", "new_site": "new sites"
}  # fmt: skip


def link_needs(scenario: Scenario, plan: SitePlan) -> list[SiteNeed]:
    """Sites of the plan that want a link: not on fibre today, one entry per mast and operator.

    Parameters
    ----------
    scenario : Scenario
        Whether microwave will do.
    plan : SitePlan
        Radio works.

    Returns
    -------
    list of SiteNeed
        Sorted by site and operator.
    """
    due = {work.work_id: work.due_year for work in plan.works}
    grouped: dict[tuple[str, str], list[SiteOption]] = {}
    for option in plan.options:
        if not option.has_fibre and (option.kind == "new_site" or fibre_is_needed(scenario, option.technology)):
            grouped.setdefault((option.host, option.owner), []).append(option)
    needs = []
    for (host, owner), options in sorted(grouped.items()):
        first = options[0]
        years = [due[option.work_id] for option in options if due.get(option.work_id)]
        needs.append(
            SiteNeed(
                site_id=host,
                operator=owner,
                x_m=first.x_m,
                y_m=first.y_m,
                height_agl_m=first.height_agl_m,
                work_ids=tuple(option.work_id for option in options),
                must_be_fibre=any(fibre_is_needed(scenario, option.technology) for option in options),
                due_year=min(years, default=0),
            )
        )
    return needs
