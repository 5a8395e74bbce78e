"""Cost against zones underground: the least cost of every number of zones, and the most zones for a sum of money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.errors import Complaint, ConfigError
from planner.optimise.network.runs import build_runs
from planner.optimise.network.zone_duty import zones_underground
from planner.optimise.stopping import Stop
from planner.optimise.underground.plan import run_id
from planner.optimise.underground.run_budget import most_zones
from planner.optimise.underground.run_choice import RunChoice, choose_runs
from planner.optimise.underground.run_prices import price_runs, scenario_prices


@dataclass(frozen=True)
class ZonePoint:
    """Zones underground and what that costs.

    Attributes
    ----------
    zones : int
        Zones that works put underground.
    most_zones : int
        No works for the same money put more zones underground.
    cost_vnd, lower_bound_vnd : int
        Cost, and proven least cost of as many zones, VND with the present value of rents.
    work_ids : tuple of str
        Works.
    stopped_by : str
        What stopped the solver.
    """

    zones: int
    most_zones: int
    cost_vnd: int
    lower_bound_vnd: int
    work_ids: tuple[str, ...]
    stopped_by: str


@dataclass(frozen=True)
class _Study:
    """Zones whose cable still hangs, and the choice among their runs."""

    problem: RunChoice
    names: tuple[str, ...]
    underground_today: int
    n_zones: int

    @property
    def open_zones(self) -> int:
        return len(self.problem.zone_runs)

    def works(self, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(self.names[run] for run in np.flatnonzero(chosen).tolist())


def zone_frontier(
    province: Province, scenario: Scenario, *, steps: int = 8, should_stop: Callable[[], bool] | None = None
) -> tuple[list[ZonePoint], int, int]:
    """Least cost of putting more and more zones underground, the cheapest first.

    Parameters
    ----------
    province : Province
        Cables and zones.
    scenario : Scenario
        Prices, commitments, counted work; its targets are set aside.
    steps : int, optional
        Points of the curve.
    should_stop : callable, optional
        Asked by the solver now and then.

    Returns
    -------
    points : list of ZonePoint
        From no zone to all that works can change.
    underground_today, n_zones : int
        Zones that need no work, and zones in all.

    Raises
    ------
    ConfigError
        Where the scenario gives no `costs.undergrounding.per_m`.
    """
    study = _study(province, scenario)
    stop = _stop(scenario, should_stop)
    points = [ZonePoint(0, 0, 0, 0, (), "nothing to do")]
    everyone = tuple(range(study.open_zones))
    for count in np.unique(np.ceil(np.linspace(0, study.open_zones, steps + 1)[1:]).astype(int)).tolist():
        if count:
            answer = choose_runs(replace(study.problem, groups=((everyone, count),)), stop)
            lower = min(round(answer.value), int(np.ceil(answer.bound - 0.5)))
            works = study.works(answer.chosen)
            points.append(ZonePoint(count, count, round(answer.value), lower, works, answer.stopped_by))
    return points, study.underground_today, study.n_zones


def zones_for_budget(
    province: Province, scenario: Scenario, budget_vnd: int, should_stop: Callable[[], bool] | None = None
) -> ZonePoint:
    """Most zones underground for a sum of money, with a proven bound.

    Parameters
    ----------
    province : Province
        Cables and zones.
    scenario : Scenario
        Prices, commitments, counted work.
    budget_vnd : int
        Money, VND.
    should_stop : callable, optional
        Asked by the solver now and then.

    Returns
    -------
    ZonePoint
        Works within the money; `most_zones` bounds what any works for it could do.

    Raises
    ------
    ConfigError
        Where the budget is negative or burying cable has no price.
    """
    if budget_vnd < 0:
        raise ConfigError("a budget cannot be negative", [Complaint("--budget", f"{budget_vnd}", "give 0 or more VND")])
    study = _study(province, scenario)
    if not study.open_zones:
        return ZonePoint(0, 0, 0, 0, (), "nothing to do")
    answer = most_zones(study.problem, float(budget_vnd), _stop(scenario, should_stop))
    cost = round(study.problem.value(answer.chosen)) if answer.chosen.any() else 0
    return ZonePoint(int(answer.value), int(answer.bound), cost, 0, study.works(answer.chosen), answer.stopped_by)


def _stop(scenario: Scenario, should_stop: Callable[[], bool] | None) -> Stop:
    planning = scenario.planning
    return Stop(planning.underground_iterations, planning.time_limit_s, should_stop)


def _study(province: Province, scenario: Scenario) -> _Study:
    """Zones with aerial cable that may be buried, and their runs with those cheap enough to join them."""
    runs = build_runs(province)
    prices = price_runs(runs, scenario_prices(scenario))
    done = zones_underground(province, runs)
    names = np.array([run_id(province, runs, run) for run in range(runs.n_runs)], dtype=object)
    commitments = scenario.planning.commitments
    shut = np.isin(names, list(commitments.forbidden))
    inside = [runs.in_zone(zone) for zone in range(len(province.zones))]
    zones = [part for zone, part in enumerate(inside) if not done[zone] and part.size and not shut[part].any()]
    asked = prices.whole_vnd < prices.mobilisation_vnd
    for part in zones:
        asked[part] = True
    candidate = np.flatnonzero(asked & (runs.aerial > 0) & ~shut)
    index = np.full(runs.n_runs, -1, dtype=np.int64)
    index[candidate] = np.arange(candidate.size)
    _, ends = np.unique(runs.ends[candidate], return_inverse=True)
    problem = RunChoice(
        cost=prices.whole_vnd[candidate],
        ends=ends.reshape(-1, 2).astype(np.int32),
        mobilisation=float(prices.mobilisation_vnd),
        must=np.zeros(candidate.size, dtype=bool),
        zone_runs=tuple(index[part] for part in zones),
        groups=(),
        km=runs.length_m[candidate] * runs.aerial[candidate] / 1e3,
        need_km=0.0,
    )
    return _Study(problem, tuple(names[candidate]), int(done.sum()), len(province.zones))
