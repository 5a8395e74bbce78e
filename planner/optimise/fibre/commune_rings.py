"""Second ways for communes: routes to the trunk network that share no edge with the first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.domain.province import Province
from planner.optimise.network.graph import ROOT, EdgePrices
from planner.optimise.network.roads import RoadNetwork
from planner.optimise.steiner.network import Network
from planner.optimise.steiner.ring import protect


def trunk_nodes(province: Province, roads: RoadNetwork) -> NDArray[np.bool_]:
    """Tell which nodes a trunk cable touches: exchanges are not in the inventory, so the trunk stands for them.

    Parameters
    ----------
    province : Province
        Roads and cables.
    roads : RoadNetwork
        The network.

    Returns
    -------
    ndarray of bool, shape (n,)
        True at nodes of the trunk.
    """
    cables = province.cables
    trunk = set(cables.loc[cables["level"] == "trunk", "road_id"])
    rows = np.flatnonzero(province.roads["road_id"].isin(trunk).to_numpy())
    on_trunk = np.isin(roads.road, rows)
    found = np.zeros(roads.n_nodes, dtype=bool)
    found[roads.u[on_trunk]] = True
    found[roads.v[on_trunk]] = True
    return found


def second_ways(
    roads: RoadNetwork, prices: EdgePrices, laid: NDArray[np.int64], core: NDArray[np.bool_], nodes: list[int]
) -> tuple[list[int], list[int]]:
    """Find the cheapest further edges that give nodes two ways to the trunk.

    Parameters
    ----------
    roads : RoadNetwork
        The network; its cabled edges cost nothing.
    prices : EdgePrices
        Cost of each edge.
    laid : ndarray of int64
        Edges of the tree.
    core : ndarray of bool, shape (n,)
        Nodes of the trunk, which is taken to be protected itself.
    nodes : list of int
        Nodes that want a second way.

    Returns
    -------
    tuple of list of int
        Further edges, rising, and nodes that no further edge can protect.
    """
    if not core.any():
        return [], list(nodes)
    number = np.where(core, ROOT, np.cumsum(~core))
    network = Network(
        int((~core).sum()) + 1, number[roads.u].astype(np.int32), number[roads.v].astype(np.int32), prices.whole_vnd
    )
    free = np.union1d(np.flatnonzero(prices.free), laid)
    wanted = {int(number[node]): node for node in nodes if not core[node]}
    found = protect(network, free, sorted(wanted), ROOT)
    return found.edges.tolist(), [wanted[int(node)] for node in found.unprotected]
