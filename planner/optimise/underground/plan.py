"""Aerial cable put underground: the duties of zones and kilometres met at least cost, with a proven bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.costs.catalogue import GROUNDS
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.network.runs import Runs, build_runs, contiguous
from planner.optimise.network.zone_duty import KilometreNeed, ZoneGroup, kilometre_needs, zone_groups, zones_underground
from planner.optimise.stopping import Stop
from planner.optimise.underground.run_choice import RunAnswer, RunChoice, choose_runs, greedy_runs
from planner.optimise.underground.run_prices import RunPrices, price_runs, scenario_prices

JUST_OVER_KM = 1e-6


class UndergroundPlan(NamedTuple):
    """The undergrounding part of a plan.

    Attributes
    ----------
    works : tuple of Work
        One per run, sorted by id, without years.
    bound : Bound
        Cost and proven least cost.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    bound: Bound
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Need:
    """What is asked of the runs, in run and zone rows."""

    groups: tuple[ZoneGroup, ...]
    improvable: tuple[tuple[int, ...], ...]
    missing: tuple[int, ...]
    km: float
    km_year: int
    notes: tuple[str, ...]


NOTHING_TO_DO = UndergroundPlan((), Bound(0, 0, 0.0, "nothing to do"), ())


def plan_undergrounding(
    province: Province,
    scenario: Scenario,
    fibre_routes: Sequence[Work] = (),
    *,
    runs: Runs | None = None,
    credit_vnd: NDArray[np.float64] | None = None,
    stop: Stop | None = None,
) -> UndergroundPlan:
    """Choose the aerial cable to put underground.

    Parameters
    ----------
    province : Province
        Roads, cables, zones.
    scenario : Scenario
        Targets of kind 'underground_zones' and 'underground_km', prices.
    fibre_routes : sequence of Work, optional
        New fibre, whose kilometres count in the share of all kilometres.
    runs : Runs, optional
        Cable runs where the caller has them.
    credit_vnd : ndarray of float64, shape (r,), optional
        What new fibre on the same road saves where a run is buried, VND; it steers the choice only.
    stop : Stop, optional
        Limits of the solver; `planning.underground_iterations` by default.

    Returns
    -------
    UndergroundPlan
        Works, bound and notes; nothing where no target asks for it.

    Raises
    ------
    ConfigError
        Where a target asks for undergrounding and `costs.undergrounding.per_m` is missing.
    """
    groups, kilometres = zone_groups(province, scenario), kilometre_needs(scenario)
    if not groups and not kilometres:
        return NOTHING_TO_DO
    prices = scenario_prices(scenario)
    runs = build_runs(province) if runs is None else runs
    need = _need(province, runs, groups, kilometres, fibre_routes)
    priced = price_runs(runs, prices)
    problem, candidate = _problem(scenario, runs, need, priced, credit_vnd, province)
    if not candidate.size:
        return UndergroundPlan((), NOTHING_TO_DO.bound, need.notes)
    planning = scenario.planning
    stop = Stop(planning.underground_iterations, planning.time_limit_s) if stop is None else stop
    answer = choose_runs(problem, stop)
    chosen = candidate[answer.chosen]
    works = _works(province, scenario, runs, need, priced, chosen)
    return UndergroundPlan(works, _bound(problem, answer, _phase_by_phase(problem, need, stop)), need.notes)


def run_id(province: Province, runs: Runs, run: int) -> str:
    """Stable id of the work that buries a run.

    Parameters
    ----------
    province : Province
        Holds the roads table.
    runs : Runs
        Cable runs.
    run : int
        Run number.

    Returns
    -------
    str
        'B:<road_id>:<part>'.
    """
    return f"B:{province.roads['road_id'].iat[int(runs.road[run])]}:{int(runs.part[run])}"


def _need(
    province: Province,
    runs: Runs,
    groups: Sequence[ZoneGroup],
    kilometres: Sequence[KilometreNeed],
    fibre_routes: Sequence[Work],
) -> _Need:
    """Turn targets into zones still missing and kilometres still missing."""
    done = zones_underground(province, runs)
    notes: list[str] = []
    improvable, missing = [], []
    for group in groups:
        open_zones = tuple(z for z in group.members if not done[z] and runs.in_zone(z).size)
        lacking = group.required - int(done[list(group.members)].sum()) if group.members else 0
        if not group.members:
            notes.append(f"target '{group.name}': no zone matches, nothing to do")
        if lacking > len(open_zones):
            notes.append(
                f"target '{group.name}': {lacking - len(open_zones)} zones are not underground by the inventory but"
                " hold no aerial cable; no work can change that"
            )
        improvable.append(open_zones)
        missing.append(min(max(0, lacking), len(open_zones)))
    total_km = float(province.cables["length_m"].sum()) / 1e3 + sum(work.length_km for work in fibre_routes)
    buried_km = float(province.cables.loc[province.cables["placement"] == "underground", "length_m"].sum()) / 1e3
    buried_km += sum(float(work.details.get("buried_km", 0.0)) for work in fibre_routes)
    aerial_km = float((runs.length_m * runs.aerial).sum()) / 1e3
    need_km, km_year = 0.0, 0
    for need in kilometres:
        km = need.share * total_km - buried_km + (JUST_OVER_KM if need.strictly_over else 0.0)
        if km > need_km:
            need_km, km_year = km, need.year
    if need_km > aerial_km:
        notes.append(f"{need_km:.0f} km of cable would have to go underground, only {aerial_km:.0f} km hang on roads")
    overlap = [name for name, zones in _overlaps(province, runs).items() if zones]
    if overlap:
        notes.append(f"zones overlap ({', '.join(overlap[:5])}); a run inside both is counted and paid once")
    return _Need(tuple(groups), tuple(improvable), tuple(missing), min(need_km, aerial_km), km_year, tuple(notes))


def _overlaps(province: Province, runs: Runs) -> dict[str, set[int]]:
    """Zones that share a run with another zone."""
    found: dict[str, set[int]] = {}
    for zones in runs.zones:
        if len(zones) > 1:
            for zone in zones:
                found.setdefault(str(province.zones["zone_id"].iat[zone]), set()).update(set(zones) - {zone})
    return dict(sorted(found.items()))


def _problem(
    scenario: Scenario,
    runs: Runs,
    need: _Need,
    prices: RunPrices,
    credit_vnd: NDArray[np.float64] | None,
    province: Province,
) -> tuple[RunChoice, NDArray[np.int64]]:
    """Model over the runs that can matter, and their numbers."""
    commitments = scenario.planning.commitments
    hanging = runs.aerial > 0
    asked = np.zeros(runs.n_runs, dtype=bool)
    must = np.zeros(runs.n_runs, dtype=bool)
    for zones, missing in zip(need.improvable, need.missing, strict=True):
        for zone in zones if missing else ():
            asked[runs.in_zone(zone)] = True
            must[runs.in_zone(zone)] |= missing == len(zones)
    for run in np.flatnonzero(hanging).tolist() if commitments.fixed or commitments.forbidden else ():
        name = run_id(province, runs, run)
        must[run] |= name in commitments.fixed
        hanging[run] &= name not in commitments.forbidden
    asked |= must
    if need.km > 0.0:
        asked[:] = True
    elif asked.any():  # a run dearer than a mobilisation can never pay as a bridge between two groups
        asked |= prices.whole_vnd < prices.mobilisation_vnd
    candidate = np.flatnonzero(asked & hanging)
    index = np.full(runs.n_runs, -1, dtype=np.int64)
    index[candidate] = np.arange(candidate.size)
    zones_used = sorted({zone for zones in need.improvable for zone in zones})
    number = {zone: place for place, zone in enumerate(zones_used)}
    zone_runs = tuple(index[runs.in_zone(zone)] for zone in zones_used)
    km = runs.length_m[candidate] * runs.aerial[candidate] / 1e3
    steering = prices.whole_vnd[candidate] - (0.0 if credit_vnd is None else credit_vnd[candidate])
    _, ends = np.unique(runs.ends[candidate], return_inverse=True)
    return RunChoice(
        cost=np.maximum(0.0, steering),
        ends=ends.reshape(-1, 2).astype(np.int32),
        mobilisation=float(prices.mobilisation_vnd),
        must=must[candidate],
        zone_runs=tuple(part[part >= 0] for part in zone_runs),
        groups=tuple(
            (tuple(number[zone] for zone in zones), missing)
            for zones, missing in zip(need.improvable, need.missing, strict=True)
            if missing
        ),
        km=km,
        need_km=min(need.km, float(km.sum())),
    ), candidate


def _phase_by_phase(problem: RunChoice, need: _Need, stop: Stop) -> float | None:
    """Cost of choosing year by year, each on what the years before have buried; None where all is due at once."""
    years = [group.year for group, missing in zip(need.groups, need.missing, strict=True) if missing]
    buried, cost = np.zeros(problem.cost.size, dtype=bool), 0.0
    steps = sorted({*years, *([need.km_year] if need.km else [])})
    if len(steps) < 2:
        return None
    for year in steps:
        due = tuple(group for group, when in zip(problem.groups, years, strict=True) if when <= year)
        step = replace(
            problem,
            cost=np.where(buried, 0.0, problem.cost),
            must=problem.must & (year == steps[-1]) | buried,
            groups=due,
            need_km=problem.need_km if need.km and need.km_year <= year else 0.0,
        )
        chosen = choose_runs(step, stop).chosen
        cost += problem.value(chosen & ~buried)
        buried = chosen
    return cost


def _bound(problem: RunChoice, answer: RunAnswer, phase_by_phase: float | None) -> Bound:
    """Report of a choice beside simpler ones."""
    cost = round(answer.value)
    lower = min(cost, int(np.floor(answer.bound + 0.5)) if answer.stopped_by == "proved" else int(answer.bound))
    naive = {"greedy": round(problem.value(greedy_runs(problem)))}
    if phase_by_phase is not None:
        naive["phase_by_phase"] = round(phase_by_phase)
    return Bound(cost, lower, (cost - lower) / cost if cost else 0.0, answer.stopped_by, naive)


def _works(
    province: Province,
    scenario: Scenario,
    runs: Runs,
    need: _Need,
    prices: RunPrices,
    chosen: NDArray[np.int64],
) -> tuple[Work, ...]:
    """One work per run; the mobilisation of a contiguous group stands in its first run."""
    areas = _areas_beside(province, runs, chosen)
    due, reasons = _due(province, need, runs, chosen)
    works = []
    for group in contiguous(runs.ends, chosen.tolist()):
        for run in group:
            first = run == group[0]
            works.append(
                Work(
                    work_id=run_id(province, runs, run),
                    kind="underground",
                    sub_plan="undergrounding",
                    owner="+".join(sorted(set(runs.operators[run]))),
                    payer=scenario.planning.underground_payer,
                    cost_vnd=int(prices.vnd[run]) + (prices.mobilisation_vnd if first else 0),
                    opex_vnd_per_year=int(prices.rent_vnd[run]),
                    year=0,
                    length_km=float(runs.length_m[run]) / 1e3,
                    area_ids=areas[run],
                    people=0,
                    reason=reasons[run],
                    geometry=runs.line[run],
                    details=_details(province, runs, run, prices, first),
                    due_year=due[run],
                )
            )
    return tuple(sorted(works, key=lambda work: work.work_id))


def _details(province: Province, runs: Runs, run: int, prices: RunPrices, first: bool) -> dict[str, object]:
    """Plain columns of one run; each operator pays for its own cables' share of the trench."""
    operators = runs.operators[run]
    trench_vnd, mobilisation_vnd = int(prices.vnd[run]), prices.mobilisation_vnd
    paid = trench_vnd + (mobilisation_vnd if first else 0)
    shares = {
        f"share_vnd_{name}": round(paid * operators.count(name) / len(operators)) for name in sorted(set(operators))
    }
    spread = paid - sum(shares.values())
    shares[next(iter(shares))] += spread
    return {
        "road_id": str(province.roads["road_id"].iat[int(runs.road[run])]),
        "run": int(run),
        "zone_ids": ",".join(str(province.zones["zone_id"].iat[zone]) for zone in runs.zones[run]),
        "operators": ",".join(operators),
        "cables": len(operators),
        "cable_km": float(runs.length_m[run]) * len(operators) / 1e3,
        "ground": GROUNDS[int(runs.ground[run])],
        "way": "existing duct" if prices.in_duct[run] else "trench",
        "trench_vnd": trench_vnd,
        "rent_present_vnd": int(prices.rent_present_vnd[run]),
        "mobilisation_vnd": mobilisation_vnd if first else 0,
        "mobilisation_price_vnd": mobilisation_vnd,
        "end_a": int(runs.ends[run, 0]),
        "end_b": int(runs.ends[run, 1]),
        **shares,
    }


def _due(
    province: Province, need: _Need, runs: Runs, chosen: NDArray[np.int64]
) -> tuple[dict[int, int], dict[int, str]]:
    """Year each chosen run is due, and why it is chosen."""
    complete = set(chosen.tolist())
    duty = province.zones["duty_year"].to_numpy()
    due: dict[int, int] = {}
    reasons: dict[int, str] = {}
    for group, zones in zip(need.groups, need.improvable, strict=True):
        for zone in zones:
            inside = set(runs.in_zone(zone).tolist())
            if not inside <= complete:
                continue
            year = group.year if not duty[zone] > 0 else min(group.year, int(duty[zone]))
            word = "duty" if group.published else "assumed target"
            for run in inside:
                if year < due.get(run, year + 1):
                    due[run] = year
                    reasons[run] = f"{word} '{group.name}': zone {province.zones['name'].iat[zone]} by {year}"
    for run in complete - set(due):
        due[run] = need.km_year or max((group.year for group in need.groups), default=0)
        reasons[run] = "cheapest kilometres towards the share" if need.km_year else "joins two runs at less cost"
    return due, reasons


def _areas_beside(province: Province, runs: Runs, chosen: NDArray[np.int64]) -> dict[int, tuple[str, ...]]:
    """Residential areas each run passes through."""
    found: dict[int, tuple[str, ...]] = {int(run): () for run in chosen}
    if not chosen.size or not len(province.areas):
        return found
    tree = shapely.STRtree(province.areas.geometry.to_numpy())
    line, area = tree.query(runs.line[chosen], predicate="intersects")
    names = province.areas["area_id"].to_numpy()
    for run, row in zip(chosen[line].tolist(), area.tolist(), strict=True):
        found[run] = (*found[run], str(names[row]))
    return {run: tuple(sorted(names)) for run, names in found.items()}
