"""Maximal covering instances (one row per file, p and radius) and the peers that solve them."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.instances.cover_files import Places, read_places
from benchmarks.instances.cover_rows import SEED, highs_alone, result_row, run_peers, show, show_means
from planner.errors import DataError, PlannerError
from planner.kernels.cover.exchange import CoverArrays
from planner.kernels.cover.greedy import greedy_budget
from planner.kernels.cover.structure import transpose
from planner.optimise.covering import CoverProblem, Stop, solve_max_cover

_INCLUSIVE = 1.0 + 1e-12  # distances equal to the radius count as covered
_NEEDED = {"instance", "file", "p", "radius", "best_known"}


def solve(arguments: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Rows of mclp_best_known.csv after a warm-up; exit code 2 where a file could not be used."""
    warm_up()
    rows: list[dict[str, Any]] = []
    code = 0
    for line, entry in _listed(arguments.instances, arguments.only):
        names: dict[str, Any] = {"family": _family(entry), "instance": entry["instance"]}
        if not (entry["best_known"] or "").strip():
            print(f"{entry['instance']}: skipped, no best known value is listed (line {line})")
            continue
        try:
            p, radius, best = (_number(line, entry, key) for key in ("p", "radius", "best_known"))
            names.update({"p": int(p), "radius": radius})
            places = read_places(arguments.instances / entry["file"])
            problem = cover_problem(places, radius)
            stop = Stop(sys.maxsize, arguments.seconds)
            result = solve_max_cover(problem, budget=p, stop=stop, rng=np.random.default_rng(SEED))
        except PlannerError as fault:
            print(f"{entry['instance']}: {fault}")
            rows.append({**names, "error": str(fault)})
            code = 2
            continue
        row = result_row(names, result, best, maximise=True)
        if arguments.peers:
            row["peers"] = _peers(problem, places, p, radius, arguments.seconds)
        rows.append(row)
        show(row)
    show_means(rows)
    return rows, code


def cover_problem(places: Places, radius: float) -> CoverProblem:
    """Facilities cover the demands within the radius, the radius itself included."""
    found = cKDTree(places.demands).query_ball_point(places.facilities, radius * _INCLUSIVE, return_sorted=True)
    indptr = np.concatenate(([0], np.cumsum([len(rows) for rows in found]))).astype(np.int64)
    rows = np.concatenate([np.asarray(rows, np.int32) for rows in found])
    return CoverProblem(np.ones(indptr.size - 1), indptr, rows, places.weight.size, np.ascontiguousarray(places.weight))


def warm_up() -> None:
    """Compile everything on a small problem."""
    rng = np.random.default_rng(SEED)
    points = rng.uniform(0.0, 10.0, (120, 2))
    problem = cover_problem(Places(points, points, rng.integers(1, 9, 120).astype(float)), 2.0)
    solve_max_cover(problem, budget=5.0, stop=Stop(20), rng=rng)


def _listed(folder: Path, only: str | None) -> list[tuple[int, dict[str, str]]]:
    table = folder / "mclp_best_known.csv"
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            entries = list(csv.DictReader(stream))
    except OSError as fault:
        raise DataError(f"{table}: cannot be read ({fault})") from fault
    if entries and not set(entries[0]) >= _NEEDED:
        missing = ", ".join(sorted(_NEEDED - set(entries[0])))
        raise DataError(f"{table}, line 1: columns {missing} are missing")
    return [(number, entry) for number, entry in enumerate(entries, start=2) if (only or "") in entry["instance"]]


def _family(entry: dict[str, str]) -> str:
    """The family the list names, else what stands before the file's own name."""
    return entry.get("family") or entry["instance"].split("_")[0]


def _number(line: int, entry: dict[str, str], key: str) -> float:
    try:
        value = float(entry[key])
    except (TypeError, ValueError):
        value = float("nan")
    if not value >= 0.0:
        raise DataError(f"mclp_best_known.csv, line {line}: {key} is {entry[key]!r}; a number is needed")
    return value


def _peers(problem: CoverProblem, places: Places, p: float, radius: float, seconds: float) -> dict[str, Any]:
    def greedy() -> float:
        turned = transpose(problem.indptr, problem.rows, problem.n_rows)
        arrays = CoverArrays(problem.cost, problem.indptr, problem.rows, *turned, problem.weights())
        count = np.zeros(problem.n_rows, np.int32)
        greedy_budget(arrays, count, p)
        return float(problem.weights()[count > 0].sum())

    return run_peers(
        {
            "HiGHS alone": lambda: highs_alone(problem, seconds, p),
            "plain greedy": greedy,
            "spopt MCLP": lambda: _spopt(places, p, radius, seconds),
        }
    )


def _spopt(places: Places, p: float, radius: float, seconds: float) -> float:
    """The maximal covering model of spopt."""
    import pulp
    from scipy.spatial.distance import cdist
    from spopt.locate import MCLP

    if places.weight.size * len(places.facilities) > 20_000_000:
        raise ValueError("spopt builds a dense model; this one would not fit")
    distance = cdist(places.demands, places.facilities)
    model = MCLP.from_cost_matrix(distance, places.weight, service_radius=radius * _INCLUSIVE, p_facilities=int(p))
    model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, threads=1))
    return abs(float(pulp.value(model.problem.objective)))
