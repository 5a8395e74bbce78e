"""What the Steiner and prize-collecting families share: one row per instance, printed as it comes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.instances.files import Listed, listed_instances
from benchmarks.instances.stp import SteinerInstance, read_instance
from planner.errors import PlannerError
from planner.optimise.steiner import Network, TreeResult

Solver = Callable[[SteinerInstance, float], TreeResult]
Peers = Callable[[SteinerInstance], dict[str, dict[str, Any]]]
SEED = 1


def small_network() -> Network:
    """Small grid network for the warm-up."""
    side = 30
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    cost = np.random.default_rng(SEED).uniform(1.0, 3.0, len(u))
    return Network(side * side, u.astype(np.int32), v.astype(np.int32), cost)


def solve_listed(
    problem: str, arguments: argparse.Namespace, solve: Solver, peers: Peers
) -> tuple[list[dict[str, Any]], int]:
    """Rows of all listed instances; the exit code is 2 where a file could not be read or solved."""
    rows: list[dict[str, Any]] = []
    code = 0
    for listed in listed_instances(arguments.instances, problem, arguments.only):
        if listed.best_known is None:
            print(f"{listed.instance}: skipped, no best known value is listed")
            continue
        try:
            instance = read_instance(listed.path)
            result = solve(instance, arguments.seconds)
        except PlannerError as fault:
            print(f"{listed.instance}: {fault}")
            rows.append({"family": listed.family, "instance": listed.instance, "error": str(fault)})
            code = 2
            continue
        row = _row(listed, result)
        if arguments.peers:
            row["peers"] = peers(instance)
        rows.append(row)
        _show(row)
    _show_means(rows)
    return rows, code


def gap_share(value: float, reference: float, base: float) -> float:
    """(value - reference) / base, 0 where both are 0."""
    if value == reference:
        return 0.0
    return (value - reference) / base if base else float("inf")


def _row(listed: Listed, result: TreeResult) -> dict[str, Any]:
    best = listed.best_known
    assert best is not None
    return {
        "family": listed.family,
        "instance": listed.instance,
        "value": result.value,
        "bound": result.bound,
        "gap_to_bound": abs(gap_share(result.value, result.bound, result.value)),
        "best_known": best,
        "gap_to_best": gap_share(result.value, best, best),
        "seconds": result.seconds,
        "stopped_by": result.stopped_by,
    }


def _show(row: dict[str, Any]) -> None:
    print(
        f"{row['family']:20s} {row['instance']:12s} value {row['value']:<14.10g} to best {row['gap_to_best']:8.3%}"
        f"  to bound {row['gap_to_bound']:8.3%}  {row['seconds']:6.2f} s  {row['stopped_by']}",
        flush=True,
    )
    for name, peer in row.get("peers", {}).items():
        told = f"{peer['value'] / row['value'] - 1:+8.3%} against ours" if "value" in peer else peer["note"]
        print(f"{'':20s} {name:28s} {told}  {peer.get('seconds', 0.0):6.2f} s", flush=True)


def _show_means(rows: list[dict[str, Any]]) -> None:
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if "value" in row:
            families.setdefault(row["family"], []).append(row)
    for name, members in families.items():
        best = float(np.mean([row["gap_to_best"] for row in members]))
        bound = float(np.mean([row["gap_to_bound"] for row in members]))
        print(f"{name:20s} mean of {len(members):3d}: to best {best:8.3%}, to bound {bound:8.3%}")
