"""The most zones whose runs a sum of money can bury, with a proven bound.

Maximise  sum_z y_z  such that  sum_r c_r x_r + M (sum_p v_p - sum_r f_r) <= budget
with the rows of `run_choice.py`. Forest rows are added only for cycles a solution uses; without them digging looks
cheaper than it is, so every solve is a relaxation and its bound holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.optimise.stopping import PROVED, Stop, Watch
from planner.optimise.underground.run_choice import MOST_ROUNDS, RunAnswer, RunChoice, solve_runs, used_cycles

WHOLE = 1e-6


def most_zones(problem: RunChoice, budget: float, stop: Stop) -> RunAnswer:
    """Choose the runs that complete the most zones for a sum of money.

    Parameters
    ----------
    problem : RunChoice
        Runs and zones; its groups and kilometres are not asked for.
    budget : float
        Money, VND.
    stop : Stop
        `iterations` limits the nodes of the search tree of every solve.

    Returns
    -------
    RunAnswer
        Runs within the budget; `value` counts the zones they complete, `bound` the most any runs can.
    """
    watch = Watch(stop)
    best = cheapest_zones_first(problem, budget)
    value, bound = _complete(problem, best), float(len(problem.zone_runs))
    cycles: list[list[int]] = []
    for _ in range(MOST_ROUNDS):
        outcome = solve_runs(problem, cycles, stop, watch, budget)
        if np.isfinite(outcome.bound):
            bound = min(bound, float(np.floor(-outcome.bound + WHOLE)))
        fresh: list[list[int]] = []
        if outcome.x is not None:
            found = _only_complete(problem, outcome.x[: problem.cost.size] > 0.5)
            if problem.value(found) <= budget and _complete(problem, found) > value:
                best, value = found, _complete(problem, found)
            fresh = [cycle for cycle in used_cycles(problem, outcome.x) if cycle not in cycles]
            cycles += fresh
        if not fresh or value >= bound or watch.escaped():
            break
    return RunAnswer(best, float(value), max(bound, float(value)), PROVED if value >= bound else watch.stopped_by)


def cheapest_zones_first(problem: RunChoice, budget: float) -> NDArray[np.bool_]:
    """Complete zone after zone, always the one that adds least, while the money lasts.

    Parameters
    ----------
    problem : RunChoice
        Runs and zones.
    budget : float
        Money, VND.

    Returns
    -------
    ndarray of bool, shape (r,)
        Runs within the budget.
    """
    chosen = np.zeros(problem.cost.size, dtype=bool)
    left = set(range(len(problem.zone_runs)))
    while left:
        grown = {}
        for zone in left:
            with_zone = chosen.copy()
            with_zone[problem.zone_runs[zone]] = True
            grown[zone] = problem.value(with_zone)
        zone = min(left, key=lambda item: (grown[item], item))
        if grown[zone] > budget:
            return chosen
        chosen[problem.zone_runs[zone]] = True
        left.remove(zone)
    return chosen


def _complete(problem: RunChoice, chosen: NDArray[np.bool_]) -> int:
    """Zones all of whose runs are chosen."""
    return sum(bool(chosen[runs].all()) for runs in problem.zone_runs)


def _only_complete(problem: RunChoice, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without runs that complete no zone, where that costs less than they save as bridges."""
    kept = np.zeros_like(chosen)
    for runs in problem.zone_runs:
        if chosen[runs].all():
            kept[runs] = True
    return kept if problem.value(kept) <= problem.value(chosen) else chosen
