"""Steiner tree instances (PACE 2018, SteinLib) and the peers that solve them."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.instances.stp import SteinerInstance
from benchmarks.instances.tree_rows import SEED, small_network, solve_listed
from planner.kernels.steiner.local_search import improve_tree
from planner.kernels.steiner.paths import build_graph, grow_labelled_tree
from planner.optimise.steiner import Network, TreeResult, solve_steiner, to_networkx
from planner.optimise.stopping import Stop


def solve(arguments: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Solve all listed Steiner instances after a warm-up."""
    warm_up()
    return solve_listed("steiner", arguments, _solve_one, _peers)


def warm_up() -> None:
    """Compile all kernels, those too that a small solve may be proved without."""
    network = small_network()
    terminals = list(range(0, network.n_nodes, 11))
    solve_steiner(network, terminals, Stop(12), np.random.default_rng(SEED))
    graph = build_graph(network.n_nodes, network.u, network.v)
    cost, wanted = network.cost[graph.edge], np.isin(np.arange(network.n_nodes), terminals)
    inside, labels = grow_labelled_tree(graph, cost, wanted, 0)
    improve_tree(graph, cost, wanted, inside, 0, labels, 2, 1.0)


def _solve_one(instance: SteinerInstance, seconds: float) -> TreeResult:
    stop = Stop(sys.maxsize, seconds)
    return solve_steiner(instance.network, instance.terminals, stop, np.random.default_rng(SEED))


def _peers(instance: SteinerInstance) -> dict[str, dict[str, Any]]:
    """Values and times of the installed peers."""
    peers: dict[str, Callable[[SteinerInstance], float]] = {
        "networkx mehlhorn": lambda it: networkx_value(it.network, it.terminals, "mehlhorn"),
    }
    if len(instance.terminals) * instance.network.n_nodes <= 200_000:
        peers["networkx kou"] = lambda it: networkx_value(it.network, it.terminals, "kou")
    if importlib.util.find_spec("rustworkx") is not None:
        peers["rustworkx"] = _rustworkx_value
    rows: dict[str, dict[str, Any]] = {}
    for name, solver in peers.items():
        began = time.perf_counter()
        rows[name] = {"value": solver(instance), "seconds": time.perf_counter() - began}
    return rows


def networkx_value(network: Network, terminals: list[int], method: str) -> float:
    """Value of networkx's tree."""
    graph = nx.Graph()
    multi = to_networkx(network)
    graph.add_nodes_from(multi.nodes)
    for a, b, cost in sorted(multi.edges(data="cost"), key=lambda edge: -edge[2]):
        graph.add_edge(a, b, cost=cost)
    tree = nx.algorithms.approximation.steiner_tree(graph, terminals, weight="cost", method=method)
    return float(tree.size(weight="cost"))


def _rustworkx_value(instance: SteinerInstance) -> float:
    import rustworkx as rx

    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(instance.network.n_nodes))
    order = np.argsort(-instance.network.cost, kind="stable")
    network = instance.network
    graph.add_edges_from(
        [
            (int(a), int(b), float(c))
            for a, b, c in zip(network.u[order], network.v[order], network.cost[order], strict=True)
        ]
    )
    return float(sum(rx.steiner_tree(graph, instance.terminals, float).edges()))
