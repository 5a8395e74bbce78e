"""Set covering instances (OR-Library, rail) and the peers that solve them."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from benchmarks.instances.cover_files import read_set_cover
from benchmarks.instances.cover_rows import SEED, highs_alone, result_row, run_peers, show, show_means
from benchmarks.instances.files import listed_instances
from planner.errors import PlannerError
from planner.kernels.cover.greedy import greedy_cover
from planner.optimise.covering import CoverProblem, CoverResult, Stop, solve_set_cover


def solve(arguments: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Rows of all listed set covering instances after a warm-up; exit code 2 where a file could not be used."""
    warm_up()
    rows: list[dict[str, Any]] = []
    code = 0
    for listed in listed_instances(arguments.instances, "scp", arguments.only):
        names = {"family": listed.family, "instance": listed.instance}
        if listed.best_known is None:
            print(f"{listed.instance}: skipped, no best known value is listed")
            continue
        try:
            problem = read_set_cover(listed.path)
            result = _solve_one(problem, arguments.seconds)
        except PlannerError as fault:
            print(f"{listed.instance}: {fault}")
            rows.append({**names, "error": str(fault)})
            code = 2
            continue
        row = result_row(names, result, listed.best_known, maximise=False)
        if arguments.peers:
            row["peers"] = _peers(problem, arguments.seconds)
        rows.append(row)
        show(row)
    show_means(rows)
    return rows, code


def warm_up() -> None:
    """Compile everything on a small problem."""
    rng = np.random.default_rng(SEED)
    sizes = rng.integers(3, 8, 150)
    rows = np.concatenate([np.sort(rng.choice(60, size, replace=False)) for size in sizes])
    indptr = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    problem = CoverProblem(rng.integers(1, 20, 150).astype(float), indptr, rows.astype(np.int32), 60)
    solve_set_cover(problem, Stop(20), rng)


def _solve_one(problem: CoverProblem, seconds: float) -> CoverResult:
    return solve_set_cover(problem, Stop(sys.maxsize, seconds), np.random.default_rng(SEED))


def _peers(problem: CoverProblem, seconds: float) -> dict[str, dict[str, Any]]:
    def greedy() -> float:
        ones, count = np.ones(problem.n_rows), np.zeros(problem.n_rows, np.int32)
        return float(problem.cost[greedy_cover(problem.indptr, problem.rows, problem.cost, ones, count)].sum())

    return run_peers(
        {
            "HiGHS alone": lambda: highs_alone(problem, seconds, None),
            "plain greedy": greedy,
            "spopt LSCP": lambda: _spopt(problem, seconds),
        }
    )


def _spopt(problem: CoverProblem, seconds: float) -> float:
    """The location-set-covering model of spopt, which knows no costs."""
    import pulp
    from spopt.locate import LSCP

    if (problem.cost != problem.cost[0]).any():
        raise ValueError("spopt's set covering has no costs")
    distance = np.ones((problem.n_rows, problem.n_cols))
    distance[problem.rows, np.repeat(np.arange(problem.n_cols), np.diff(problem.indptr))] = 0.0
    model = LSCP.from_cost_matrix(distance, service_radius=0.5)
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=1))
    return float(pulp.value(model.problem.objective)) * float(problem.cost[0])
