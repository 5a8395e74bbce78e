"""The whole programme: sites, fibre and undergrounding planned together, laid over the phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from planner.config.schema import Scenario
from planner.coverage.areas import area_coverage, coverage_summary
from planner.coverage.extend import extend_coverage
from planner.coverage.service import entry_service
from planner.domain.coverage import AreaCoverage, CoverageMap
from planner.domain.plan import EarlierPlan, Plan, Work
from planner.domain.programme import NetworkState, PhaseOutcome, Programme
from planner.domain.province import Province
from planner.optimise.programme.commitments import broken_commitments
from planner.optimise.programme.feedback import MOST_TURNS, JointPlan, plan_jointly
from planner.optimise.programme.phases import Schedule, schedule_phases
from planner.optimise.programme.placement import EQUIPPING_KINDS
from planner.optimise.programme.published import compare_published
from planner.optimise.programme.sensitivity import sensitivity
from planner.optimise.programme.state import NetworkLedger, works_until
from planner.optimise.programme.target_status import reached_shares, target_statuses
from planner.optimise.sites.options import proposals
from planner.optimise.sites.plan import SitePlan, plan_sites
from planner.optimise.sites.repair import repaired
from planner.optimise.sites.replan import replanned_sites

Progress = Callable[[str, int, int], None]


def propose_programme(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    earlier: EarlierPlan | None = None,
) -> Programme:
    """Plan everything and follow the networks through the phases.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets, phases, prices.
    baseline : CoverageMap
        Coverage today.
    progress : callable, optional
        Called with stage, done, total.
    should_stop : callable, optional
        Asked by the solvers now and then; True makes them return the best so far with its bound.
    earlier : EarlierPlan, optional
        Plan of the same province and scenario under fewer commitments: its radio works are improved on by local search
        alone, once, beside its bound.

    Returns
    -------
    Programme
        Plan, states and targets.
    """
    ledger = NetworkLedger(province, scenario)
    turns = MOST_TURNS
    if earlier is None:
        first, second = plan_sites(province, scenario, baseline, progress, should_stop)
        starts = [first] if second is first else [first, second]
    else:
        starts, turns = [replanned_sites(province, scenario, baseline, earlier, progress, should_stop)], 0
    sites = [repaired(province, scenario, baseline, plan, should_stop) for plan in starts]
    joint = plan_jointly(province, scenario, baseline, sites, should_stop, turns)
    schedule = schedule_phases([*joint.sites.works, *joint.networks.works], scenario, province)
    return _followed(province, scenario, baseline, ledger, joint, schedule, progress)


def _followed(
    province: Province,
    scenario: Scenario,
    baseline: CoverageMap,
    ledger: NetworkLedger,
    joint: JointPlan,
    schedule: Schedule,
    progress: Progress | None,
) -> Programme:
    """Compute the state at the end of every phase and what the targets reach there."""
    site_plan, networks = joint.sites, joint.networks
    walk = _Walk(province, scenario, ledger, site_plan, schedule.works, baseline)
    first_areas = area_coverage(baseline, province, scenario)
    before = walk.state(first_areas, None)
    reached_today = walk.reached(baseline, [])
    phases, reached = [], []
    for number, phase in enumerate(scenario.phases):
        if progress is not None:
            progress("phases", number, len(scenario.phases))
        walk.advance(phase.year)
        areas = area_coverage(walk.coverage, province, scenario)
        reached.append(walk.reached(walk.coverage, works_until(schedule.works, phase.year)))
        phases.append(_outcome(scenario, number, schedule.works, walk.state(areas, phase.year)))
    if progress is not None:
        progress("phases", len(scenario.phases), len(scenario.phases))
    final_areas = area_coverage(walk.coverage, province, scenario)
    plan = Plan(
        works=schedule.works,
        bounds=joint.bounds,
        notes=(*site_plan.notes, *networks.notes, *schedule.notes, *broken_commitments(scenario, schedule.works)),
        unserved=site_plan.unserved,
        extras=_extras(joint, schedule, reached_today),
    )
    return Programme(
        plan=plan,
        baseline_map=baseline,
        final_map=walk.coverage,
        baseline_areas=first_areas,
        final_areas=final_areas,
        baseline=before,
        final=phases[-1].state if phases else before,
        phases=tuple(phases),
        targets=target_statuses(scenario, plan, schedule, reached or [reached_today]),
        published=compare_published(province, scenario, before),
        sensitivity=sensitivity(province, scenario, walk.coverage, schedule.works)
        if scenario.report.sensitivity
        else (),
    )


class _Walk:
    """Coverage as the phases go by: each adds only its own sites."""

    def __init__(
        self,
        province: Province,
        scenario: Scenario,
        ledger: NetworkLedger,
        site_plan: SitePlan,
        works: Sequence[Work],
        baseline: CoverageMap,
    ) -> None:
        self._province = province
        self._scenario = scenario
        self._ledger = ledger
        self._options = {option.work_id: option for option in site_plan.options}
        self._works = works
        self.coverage = baseline

    def advance(self, year: int) -> None:
        """Put the sites of one phase on air."""
        new = [
            self._options[work.work_id] for work in self._works if work.year == year and work.work_id in self._options
        ]
        self.coverage = extend_coverage(self.coverage, self._province, self._scenario, proposals(new))

    def state(self, areas: AreaCoverage, year: int | None) -> NetworkState:
        """Networks at the end of a year; None for today."""
        done = [] if year is None else works_until(self._works, year)
        return NetworkState(
            coverage=coverage_summary(areas, self._province, self._scenario),
            fibre=self._ledger.fibre(done),
            cables=self._ledger.cables(done),
        )

    def reached(self, coverage: CoverageMap, works: Sequence[Work]) -> dict[str, float]:
        """Share every target reaches with some works done."""
        service = entry_service(coverage, self._province, self._scenario)
        return reached_shares(self._province, self._scenario, service, self._ledger, works)


def _outcome(scenario: Scenario, number: int, works: Sequence[Work], state: NetworkState) -> PhaseOutcome:
    phase = scenario.phases[number]
    mine = [work for work in works if work.year == phase.year]
    cost: dict[str, int] = {}
    for work in mine:
        cost[work.payer] = cost.get(work.payer, 0) + work.cost_vnd
    return PhaseOutcome(
        year=phase.year,
        budget_vnd={str(payer): vnd for payer, vnd in phase.budget_vnd.items()},
        cost_vnd=dict(sorted(cost.items())),
        new_sites=sum(work.kind == "new_site" for work in mine),
        upgrades=sum(work.kind in EQUIPPING_KINDS for work in mine),
        fibre_km=sum(work.length_km for work in mine if work.kind == "fibre_route"),
        underground_km=sum(work.length_km for work in mine if work.kind == "underground"),
        state=state,
    )


def _reconciled(joint: JointPlan, schedule: Schedule) -> dict[str, int]:
    """From the costs the bounds stand beside to the sum over the works of the programme, VND."""
    planned = [*joint.sites.works, *joint.networks.works]
    bounds = sum(bound.cost_vnd for bound in joint.bounds.values())
    rents = sum(work.whole_vnd - work.cost_vnd for work in planned)
    total = sum(work.cost_vnd for work in schedule.works)
    return {
        "in_bounds": bounds,
        "present_value_of_rents": -rents,
        "phases": total - sum(work.cost_vnd for work in planned),
        "sum_of_works": total,
    }


def _extras(joint: JointPlan, schedule: Schedule, reached_today: dict[str, float]) -> dict[str, Any]:
    """Joint bound, present value and regret, for the summary."""
    cost, lower = joint.cost_vnd, joint.lower_bound_vnd
    return {
        "joint": {
            "cost_vnd": cost,
            "lower_bound_vnd": lower,
            "gap_share": (cost - lower) / cost if cost else 0.0,
            "tried_vnd": list(joint.tried_vnd),
        },
        "works_vnd": _reconciled(joint, schedule),
        "regret_vnd": {
            name: bound.naive_vnd["phase_by_phase"] - bound.cost_vnd
            for name, bound in joint.bounds.items()
            if "phase_by_phase" in bound.naive_vnd
        },
        "present_value_vnd": schedule.present_value_vnd,
        "person_years": schedule.person_years,
        "most_person_years": schedule.most_person_years,
        "naive_schedule": dict(schedule.naive),
        "targets_today": reached_today,
    }
