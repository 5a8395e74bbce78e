"""What the covering families share: one row per instance, printed as it comes, and the peers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.instances.tree_rows import gap_share
from planner.kernels.cover.structure import transpose
from planner.optimise.covering import CoverProblem, CoverResult
from planner.optimise.milp import LinearModel, solve_milp

SEED = 1
Peer = Callable[[], float]


def result_row(names: dict[str, Any], result: CoverResult, best_known: float, *, maximise: bool) -> dict[str, Any]:
    """The row of a solved instance; gaps are positive when worse than best."""
    worse = best_known - result.value if maximise else result.value - best_known
    return {
        **names,
        "value": result.value,
        "bound": result.bound,
        "gap_to_bound": abs(gap_share(result.value, result.bound, result.value)),
        "best_known": best_known,
        "gap_to_best": worse / best_known if best_known else float(worse != 0),
        "seconds": result.seconds,
        "stopped_by": result.stopped_by,
    }


def show(row: dict[str, Any]) -> None:
    """Print a row."""
    print(
        f"{row['family']:16s} {row['instance']:18s} value {row['value']:<12.10g} bound {row['bound']:<12.10g}"
        f" to best {row['gap_to_best']:8.3%}  to bound {row['gap_to_bound']:8.3%}  {row['seconds']:6.2f} s"
        f"  {row['stopped_by']}",
        flush=True,
    )
    for name, peer in row.get("peers", {}).items():
        told = f"value {peer['value']:<12.10g} {peer['seconds']:6.2f} s" if "value" in peer else peer["note"]
        print(f"{'':16s} {name:18s} {told}", flush=True)


def show_means(rows: list[dict[str, Any]]) -> None:
    """Print the mean gaps of every family."""
    for family in dict.fromkeys(row["family"] for row in rows):
        members = [row for row in rows if row["family"] == family and "value" in row]
        if members:
            best = float(np.mean([row["gap_to_best"] for row in members]))
            bound = float(np.mean([row["gap_to_bound"] for row in members]))
            print(f"{family:16s} mean of {len(members)}: to best {best:.3%}, to bound {bound:.3%}")


def run_peers(peers: dict[str, Peer]) -> dict[str, dict[str, Any]]:
    """Value and time of each peer, or why it gave none."""
    rows: dict[str, dict[str, Any]] = {}
    for name, solve in peers.items():
        began = time.perf_counter()
        try:
            rows[name] = {"value": solve(), "seconds": time.perf_counter() - began}
        except Exception as fault:
            rows[name] = {"note": f"{type(fault).__name__}: {fault}"}
    return rows


def highs_alone(problem: CoverProblem, seconds: float, budget: float | None) -> float:
    """HiGHS on the whole model, without reductions, start or cutoff."""
    n, m = problem.n_cols, problem.n_rows
    row_start, row_columns = transpose(problem.indptr, problem.rows, m)
    lengths, size = np.diff(row_start), n
    cost, values, columns = problem.cost, np.ones(row_columns.size), row_columns
    lower = np.ones(m)
    if budget is not None:
        size = n + m
        cost = np.concatenate((np.zeros(n), -problem.weights()))
        ends = row_start[1:]
        columns = np.insert(row_columns, ends, n + np.arange(m)).astype(np.int32)
        values = np.insert(values, ends, -1.0)
        columns = np.concatenate((columns, np.arange(n, dtype=np.int32)))
        values = np.concatenate((values, -problem.cost))
        lengths = np.append(lengths + 1, n)
        lower = np.append(np.zeros(m), -budget)
    indptr = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    whole = np.arange(size) < n
    model = LinearModel(
        cost, np.zeros(size), np.ones(size), whole, lower, np.full(lower.size, np.inf), indptr, columns, values
    )
    return abs(solve_milp(model, seconds=seconds).value)
