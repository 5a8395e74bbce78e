"""Prize-collecting Steiner tree instances (DIMACS-11) and what they are compared with."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from typing import Any

import numpy as np

from benchmarks.instances.stp import SteinerInstance
from benchmarks.instances.tree_rows import SEED, small_network, solve_listed
from planner.optimise.steiner import TreeResult, solve_prize_collecting
from planner.optimise.stopping import Stop


def solve(arguments: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Solve all listed prize-collecting instances after a warm-up."""
    network = small_network()
    rng = np.random.default_rng(SEED)
    prizes = np.where(rng.random(network.n_nodes) < 0.3, 3.0 * rng.random(network.n_nodes), 0.0)
    for root in (None, 0):
        solve_prize_collecting(network, prizes, Stop(12), rng, root)
    return solve_listed("pcst", arguments, _solve_one, _peers)


def _solve_one(instance: SteinerInstance, seconds: float) -> TreeResult:
    stop = Stop(sys.maxsize, seconds)
    rng = np.random.default_rng(SEED)
    return solve_prize_collecting(instance.network, instance.prizes, stop, rng, instance.root)


def _peers(instance: SteinerInstance) -> dict[str, dict[str, Any]]:
    """Goemans-Williamson of the pcst_fast package, where it is installed and its answer is a tree."""
    if importlib.util.find_spec("pcst_fast") is None:
        return {"pcst_fast": {"note": "not installed"}}
    import pcst_fast

    network = instance.network
    began = time.perf_counter()
    ends = np.column_stack([network.u, network.v]).astype(np.int64)
    root = -1 if instance.root is None else instance.root
    _, edges = pcst_fast.pcst_fast(ends, instance.prizes, network.cost, root, 1, "strong", 0)
    seconds = time.perf_counter() - began
    edges = np.asarray(edges, dtype=np.int64)
    if len(edges) and not (edges.min() >= 0 and edges.max() < network.n_edges):
        return {"pcst_fast": {"note": "returned damaged arrays", "seconds": seconds}}
    reached = np.unique(np.concatenate([network.u[edges], network.v[edges], [max(root, 0)]]))
    value = float(network.cost[edges].sum() + np.delete(instance.prizes, reached).sum())
    return {"pcst_fast": {"value": value, "seconds": seconds}}
