"""Whether targets are met in their year, and if not, what is missing and what would do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.coverage.capacity import sector_loads
from planner.coverage.service import Service
from planner.domain.plan import Plan, TargetStatus, Work
from planner.domain.province import Province
from planner.optimise.counting import is_reached
from planner.optimise.network.zone_duty import matching_zones
from planner.optimise.programme.phases import Schedule
from planner.optimise.programme.state import NetworkLedger
from planner.optimise.sites.capacity_targets import reached_capacity
from planner.optimise.sites.coverage_targets import due_phase, reached_coverage
from planner.optimise.sites.demand import areas_in_scope

_EPS = 1e-9
_SUB_PLAN = {"coverage": "sites", "capacity": "sites", "fibre": "fibre", "underground": "undergrounding"}


def reached_shares(
    province: Province, scenario: Scenario, service: Service, ledger: NetworkLedger, works: Sequence[Work]
) -> dict[str, float]:
    """Share every target reaches.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Targets.
    service : Service
        Who is served, on the entries of `area_cells`.
    ledger : NetworkLedger
        Fibre and cables.
    works : sequence of Work
        Works done.

    Returns
    -------
    dict of str to float
        Target name -> share, 0 to 1.
    """
    found = {}
    for target in scenario.targets:
        if target.kind.startswith("coverage"):
            found[target.name] = reached_coverage(province, scenario, target, service)
        elif target.kind == "capacity_people":
            loads = sector_loads(service, province, scenario, year=target.year)
            found[target.name] = reached_capacity(loads, target)
        else:
            found[target.name] = reached_networks(province, target, ledger, works)
    return found


def reached_networks(province: Province, target: Target, ledger: NetworkLedger, works: Sequence[Work]) -> float:
    """Share a fibre or cable target reaches.

    Parameters
    ----------
    province : Province
        The province.
    target : Target
        A target that is about neither coverage nor capacity.
    ledger : NetworkLedger
        Fibre and cables.
    works : sequence of Work
        Works done.

    Returns
    -------
    float
        Share, 0 to 1; the least commune's where every commune must reach it; 1 where there is nothing to count.
    """
    if target.kind == "fibre_communes":
        return ledger.fibre(works)["communes_share"]
    if target.kind == "fibre_households":
        return _homes_share(province, target, ledger, works)
    if target.kind == "underground_km":
        return float(ledger.cables(works)["underground_share"])
    members = list(matching_zones(province, target))
    return float(ledger.zone_states(works)[members].mean()) if members else 1.0


def _homes_share(province: Province, target: Target, ledger: NetworkLedger, works: Sequence[Work]) -> float:
    areas = province.areas
    homes = areas["households"].to_numpy(dtype=np.float64)
    connected = homes - ledger.baseline.homes_left
    row_of = {str(name): row for row, name in enumerate(areas["area_id"])}
    for work in works:
        if work.kind == "distribution":
            connected[row_of[work.area_ids[0]]] += int(work.details["homes"])
    counted = areas_in_scope(province, target)
    if not target.per_commune:
        total = homes[counted].sum()
        return float(connected[counted].sum() / total) if total else 1.0
    _, commune = np.unique(areas["commune_code"].to_numpy(dtype=str), return_inverse=True)
    total = np.bincount(commune, weights=homes * counted)
    reached = np.bincount(commune, weights=connected * counted)
    return float((reached[total > 0] / total[total > 0]).min()) if (total > 0).any() else 1.0


def target_statuses(
    scenario: Scenario, plan: Plan, schedule: Schedule, reached: Sequence[dict[str, float]]
) -> tuple[TargetStatus, ...]:
    """Judge every target at the end of the phase it is due in.

    Parameters
    ----------
    scenario : Scenario
        Targets and phases.
    plan : Plan
        Works and what is beyond every candidate.
    schedule : Schedule
        What budgets lack.
    reached : sequence of dict
        Per phase, target name -> share.

    Returns
    -------
    tuple of TargetStatus
        In the scenario's order.
    """
    return tuple(_status(scenario, target, plan, schedule, reached) for target in scenario.targets)


def _status(
    scenario: Scenario, target: Target, plan: Plan, schedule: Schedule, reached: Sequence[dict[str, float]]
) -> TargetStatus:
    phase = due_phase(scenario.phases, target.year)
    share = reached[phase][target.name]
    met = is_reached(share, target.share, strictly_over=target.strictly_over)
    shortfall = "" if met else _shortfall(scenario, target, phase, plan, schedule, reached)
    return TargetStatus(target.name, target.kind, target.status, target.year, target.share, share, met, shortfall)


def _shortfall(
    scenario: Scenario,
    target: Target,
    phase: int,
    plan: Plan,
    schedule: Schedule,
    reached: Sequence[dict[str, float]],
) -> str:
    """What is missing, what would suffice, and what no money changes."""
    year = scenario.phases[phase].year if scenario.phases else target.year
    texts = [f"{reached[phase][target.name]:.2%} of {target.share:.2%} at the end of {year}"]
    last = reached[-1][target.name]
    if last > reached[phase][target.name] + _EPS:
        texts.append(f"{last:.2%} at the end of {scenario.phases[-1].year}")
    works = [work for work in plan.works if work.sub_plan == _SUB_PLAN[target.kind.split("_")[0]]]
    late = [work for work in works if work.year == 0 or work.year > year]
    if late:
        cost = sum(work.cost_vnd for work in late)
        payers = {work.payer for work in late}
        texts.append(f"{len(late)} works for {cost / 1e9:,.1f} billion VND do not fit the budgets by then")
        for missing in schedule.shortfalls:
            extra = {y: vnd for y, vnd in missing.extra_by_phase_vnd.items() if vnd > 0}
            if missing.payer in payers and extra:
                money = ", ".join(f"{vnd / 1e9:,.1f} billion until {y}" for y, vnd in sorted(extra.items()))
                texts.append(f"all works of {missing.payer.replace('_', ' ')} would come in time with {money} more")
    if target.kind.startswith("coverage") and plan.unserved:
        texts.append(f"{len(plan.unserved)} areas are beyond every candidate")
    return "; ".join(texts)
