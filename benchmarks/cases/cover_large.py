"""Choosing 400 of 20,000 sites for 200,000 demands: how long to a plan, how good its bound."""

from __future__ import annotations

import time

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.cases.case import Case, Job, Measurement
from planner.optimise.covering import CoverProblem, CoverResult, Stop, solve_max_cover

_SEED = 7
_SIZES = {
    "XS": (1_000, 100, 10),  # only to compile everything
    "S": (10_000, 1_000, 40),
    "M": (50_000, 5_000, 150),
    "L": (200_000, 20_000, 400),
    "XL": (400_000, 40_000, 800),
}
_DEMANDS_PER_DISC = 400  # so that the chosen discs reach some 70 % of what they could at most
_PLAN_S = 4.5
_BOUND_S = {"S": 5.0, "M": 20.0, "L": 60.0, "XL": 120.0}


def generated(size: str, candidates: float = 1.0) -> tuple[CoverProblem, int]:
    """Clustered demands in a square, sites near them (times a factor), and how many sites may be chosen."""
    n_demands, n_sites, chosen = _SIZES[size]
    n_sites = round(candidates * n_sites)
    rng = np.random.default_rng(_SEED)
    centres = rng.uniform(0.0, 1.0, (n_demands // 250, 2))
    of = rng.integers(0, len(centres), n_demands)
    spread = 0.3 / np.sqrt(len(centres))
    loose = rng.random(n_demands) < 0.4
    near = centres[of] + rng.normal(0.0, spread, (n_demands, 2))
    demands = np.where(loose[:, None], rng.uniform(0.0, 1.0, (n_demands, 2)), near)
    sites = demands[rng.choice(n_demands, n_sites, replace=False)] + rng.normal(0.0, spread, (n_sites, 2))
    radius = float(np.sqrt(_DEMANDS_PER_DISC / n_demands / np.pi))
    found = cKDTree(demands).query_ball_point(sites, radius, return_sorted=True)
    indptr = np.concatenate(([0], np.cumsum([len(rows) for rows in found]))).astype(np.int64)
    rows = np.concatenate([np.asarray(rows, np.int32) for rows in found])
    weight = rng.integers(1, 100, n_demands).astype(np.float64)
    return CoverProblem(np.ones(n_sites), indptr, rows, n_demands, weight), chosen


def _solve(problem: CoverProblem, chosen: int, seconds: float) -> CoverResult:
    stop = Stop(1_000_000_000, seconds)
    return solve_max_cover(problem, budget=float(chosen), stop=stop, rng=np.random.default_rng(_SEED))


def _warm_up() -> None:
    small, few = generated("XS")
    solve_max_cover(small, budget=float(few), stop=Stop(5), rng=np.random.default_rng(_SEED))


def cover_large(job: Job) -> Measurement:
    """Time to a plan, how far it is below the long run's, and value and bound of the long run."""
    _warm_up()
    problem, chosen = generated(job.size)
    began = time.process_time()
    quick = _solve(problem, chosen, _PLAN_S)
    cpu_s = time.process_time() - began
    long = _solve(problem, chosen, _BOUND_S[job.size])
    facts = {
        "demands": problem.n_rows,
        "sites": problem.n_cols,
        "chosen": chosen,
        "pairs": int(problem.rows.size),
        "plan_value": quick.value,
        "plan_gap_to_bound": quick.gap_share,
        "plan_cpu_s": cpu_s,
        "plan_below_long_run": (long.value - quick.value) / long.value,
        "value": long.value,
        "bound": long.bound,
        "gap_to_bound": long.gap_share,
        "bound_seconds": long.seconds,
    }
    return Measurement([quick.seconds], 1, facts)


def cover_doubling(job: Job) -> Measurement:
    """Plan and bound as the candidates double from a quarter to twice their number, the same time for each."""
    _warm_up()
    runs: list[float] = []
    facts: dict[str, float] = {}
    for factor in (0.25, 0.5, 1.0, 2.0):
        problem, chosen = generated(job.size, factor)
        found = _solve(problem, chosen, _BOUND_S[job.size])
        runs.append(found.seconds)
        share = {"value": found.value, "bound": found.bound, "gap_to_bound": found.gap_share}
        facts |= {f"{name}_{problem.n_cols}_sites": figure for name, figure in share.items()}
    return Measurement(runs, 1, facts)


CASES = [
    Case("cover_200k_20k", "L", "s", cover_large),
    Case("cover_doubling", "M", "s", cover_doubling),
]
