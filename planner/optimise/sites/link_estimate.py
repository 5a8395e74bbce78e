"""What linking a radio work to fibre would roughly cost: it steers the choice of sites, never a bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices
from planner.domain.province import Province
from planner.optimise.network.backhaul import fibre_is_needed
from planner.optimise.network.graph import price_edges
from planner.optimise.network.roads import build_network
from planner.optimise.sites.options import SiteOption

RURAL = 2  # row of the rural prices in the catalogue's ground order


def link_estimates_vnd(
    province: Province,
    scenario: Scenario,
    options: Sequence[SiteOption],
    *,
    laid: frozenset[int] = frozenset(),
    trench_share: Mapping[int, float] | None = None,
) -> dict[str, int]:
    """Estimate the cost of each option's link by itself.

    Cheapest fibre along roads from where fibre is, and a lateral from the nearest junction; no more than one microwave
    hop where microwave will do.

    Parameters
    ----------
    province : Province
        Roads and cables.
    scenario : Scenario
        Prices and rules.
    options : sequence of SiteOption
        Radio works.
    laid : frozenset of int, optional
        Rows of the roads that get fibre anyway; links may begin there.
    trench_share : mapping of int to float, optional
        Row of the roads table -> share of its length that gets a trench anyway.

    Returns
    -------
    dict of str to int
        Work id -> VND; 0 for hosts on fibre.
    """
    waiting = [option for option in options if not option.has_fibre]
    found = {option.work_id: 0 for option in options}
    network, _ = build_network(province)
    if not waiting or not network.n_nodes:
        return found
    prices = Prices(scenario.costs)
    edges = price_edges(province, scenario, network, trench_share)
    cost = np.maximum(edges.whole_vnd, 1.0)  # csgraph takes a stored zero for no edge
    graph = sparse.coo_array((cost, (network.u, network.v)), shape=(network.n_nodes, network.n_nodes)).tocsr()
    on_fibre = network.on_fibre()
    new = np.isin(network.road, list(laid))
    on_fibre[network.u[new]] = on_fibre[network.v[new]] = True
    sources = np.flatnonzero(on_fibre)
    if not sources.size:
        return found
    to_fibre = dijkstra(graph, directed=False, indices=sources, min_only=True)
    places = np.array([(option.x_m, option.y_m) for option in waiting])
    away_m, node = cKDTree(np.stack([network.x_m, network.y_m], axis=-1)).query(places)
    fibre = to_fibre[node] + away_m * float(fibre_prices(prices).aerial_per_m[RURAL])
    hop = prices.vnd(scenario.costs.sites.microwave_hop)
    for option, vnd in zip(waiting, fibre, strict=True):
        by_radio = not fibre_is_needed(scenario, option.technology)
        found[option.work_id] = round(float(min(vnd, hop) if by_radio else min(vnd, 1e12)))
    return found
