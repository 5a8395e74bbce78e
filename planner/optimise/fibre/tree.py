"""New fibre as a tree on existing fibre: orientation, cable sizes, whose cable it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from planner.domain.province import Province
from planner.optimise.network.roads import RoadNetwork

CABLE_SIZES = (12, 24, 48, 96, 144, 288)
LEVELS = {"trunk": 0, "branch": 1, "access": 2}


@dataclass(frozen=True)
class LaidTree:
    """The chosen edges, oriented away from existing fibre.

    Attributes
    ----------
    edges : tuple of int
        Road edges, those nearer to existing fibre first.
    before : dict of int to int
        Edge -> edge it hangs on; absent where it starts at existing fibre.
    below : dict of int to int
        Edge -> its node away from existing fibre.
    reaches : dict of int to int
        Node -> edge that reaches it.
    start : dict of int to int
        Edge -> node of existing fibre its branch starts at.
    """

    edges: tuple[int, ...]
    before: dict[int, int]
    below: dict[int, int]
    reaches: dict[int, int]
    start: dict[int, int]


def orient(roads: RoadNetwork, edges: Sequence[int], sources: NDArray[np.bool_]) -> LaidTree:
    """Orient the chosen edges away from existing fibre.

    Parameters
    ----------
    roads : RoadNetwork
        The network.
    edges : sequence of int
        Chosen road edges; a forest once all sources are one node.
    sources : ndarray of bool, shape (n,)
        Nodes on existing fibre.

    Returns
    -------
    LaidTree
        Edges in breadth-first order.
    """
    at: dict[int, list[int]] = {}
    for edge in sorted(edges):
        at.setdefault(int(roads.u[edge]), []).append(edge)
        at.setdefault(int(roads.v[edge]), []).append(edge)
    order: list[int] = []
    before: dict[int, int] = {}
    below: dict[int, int] = {}
    reaches: dict[int, int] = {}
    start: dict[int, int] = {}
    front = [node for node in sorted(at) if sources[node]]
    done: set[int] = set()
    while front:
        ahead: list[int] = []
        for node in front:
            for edge in at[node]:
                if edge in done:
                    continue
                done.add(edge)
                far = int(roads.v[edge]) if int(roads.u[edge]) == node else int(roads.u[edge])
                order.append(edge)
                below[edge], reaches[far] = far, edge
                if sources[node]:
                    start[edge] = node
                else:
                    before[edge] = reaches[node]
                    start[edge] = start[reaches[node]]
                ahead.append(far)
        front = ahead
    return LaidTree(tuple(order), before, below, reaches, start)


def cable_size(fibres: int) -> int:
    """Least usual cable that holds a number of fibres with a quarter to spare.

    Parameters
    ----------
    fibres : int
        Fibres needed.

    Returns
    -------
    int
        Fibres of the cable; a multiple of the largest usual one where one is not enough.
    """
    wanted = ceil(1.25 * max(1, fibres))
    for size in CABLE_SIZES:
        if size >= wanted:
            return size
    return CABLE_SIZES[-1] * ceil(wanted / CABLE_SIZES[-1])


def lead_operators(province: Province, roads: RoadNetwork) -> dict[int, str]:
    """Operator of the weightiest cable at every node: trunk before branch before access, then most fibres.

    Parameters
    ----------
    province : Province
        Roads and cables.
    roads : RoadNetwork
        The network.

    Returns
    -------
    dict of int to str
        Node -> operator, for nodes a cable touches.
    """
    row_of = {name: row for row, name in enumerate(province.roads["road_id"])}
    best: dict[int, tuple[int, int, str]] = {}
    cables = province.cables
    for name, operator, level, fibres in zip(
        cables["road_id"], cables["operator"], cables["level"], cables["fibres"], strict=True
    ):
        row = row_of.get(name)
        if row is not None:
            rank = (LEVELS.get(level, len(LEVELS)), -int(fibres), str(operator))
            best[row] = min(best.get(row, rank), rank)
    lead: dict[int, tuple[int, int, str]] = {}
    for edge in np.flatnonzero(roads.cabled).tolist():
        found = best.get(int(roads.road[edge]))
        if found is not None:
            for node in (int(roads.u[edge]), int(roads.v[edge])):
                lead[node] = min(lead.get(node, found), found)
    return {node: rank[2] for node, rank in lead.items()}
