"""Points brought onto the road network: the nearest road is cut where the point meets it."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.optimise.network.roads import LATERAL, RoadNetwork

AT_NODE_M = 1.0  # a foot this near a road's end is that end


class Snapped(NamedTuple):
    """Points on the network.

    Attributes
    ----------
    network : RoadNetwork
        The network with cut roads, a node per point and a lateral from it to its road.
    node : ndarray of int32, shape (k,)
        Node of each point, its road's own where it stands on it; -1 where no road is near enough.
    distance_m : ndarray of float64, shape (k,)
        Distance from the point to its road, m.
    """

    network: RoadNetwork
    node: NDArray[np.int32]
    distance_m: NDArray[np.float64]


def snap_points(
    network: RoadNetwork,
    names: list[str],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    max_m: float,
) -> Snapped:
    """Connect points to the nearest road by a straight lateral.

    Parameters
    ----------
    network : RoadNetwork
        The network; laterals already there are no roads.
    names : list of str
        Node ids for the points.
    x_m, y_m : ndarray of float64, shape (k,)
        Positions, m.
    max_m : float
        Farthest a point may be from its road, m.

    Returns
    -------
    Snapped
        A new network; a point on its road becomes the road's own node there, without a lateral.
    """
    if not names or not (network.road != LATERAL).any():
        return Snapped(network, np.full(len(names), -1, np.int32), np.full(len(names), np.inf))
    roads = np.flatnonzero(network.road != LATERAL)
    points = shapely.points(x_m, y_m)
    nearest, distance = shapely.STRtree(network.line[roads]).query_nearest(
        points, return_distance=True, all_matches=False
    )
    edge = roads[nearest[1]]
    near = distance <= max_m
    along_m = shapely.line_locate_point(network.line[edge], points)
    cut = _Cutter(network)
    foot = np.full(len(names), -1, np.int64)
    for index in np.lexsort((along_m, edge)):
        if near[index]:
            foot[index] = cut.foot(int(edge[index]), float(along_m[index]))
    grown = cut.finish()
    return _with_laterals(grown, names, x_m, y_m, foot, distance)


class _Cutter:
    """Cuts edges at rising positions; `foot` must be asked edge by edge in rising order."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self._cuts: dict[int, list[tuple[float, int]]] = {}
        self._names: list[str] = []
        self._xy: list[tuple[float, float]] = []

    def foot(self, edge: int, along_m: float) -> int:
        """Node at a position along an edge's line: one of its ends, an earlier cut, or a new cut."""
        network = self._network
        line = network.line[edge]
        ends = self._ends(edge)
        if along_m <= AT_NODE_M:
            return ends[0]
        if along_m >= line.length - AT_NODE_M:
            return ends[1]
        cuts = self._cuts.setdefault(edge, [])
        if cuts and along_m - cuts[-1][0] <= AT_NODE_M:
            return cuts[-1][1]
        node = network.n_nodes + len(self._names)
        point = line.interpolate(along_m)
        self._names.append(f"road:{network.road[edge]}@{along_m:.0f}")
        self._xy.append((point.x, point.y))
        cuts.append((along_m, node))
        return node

    def _ends(self, edge: int) -> tuple[int, int]:
        """End nodes in the order of the edge's line."""
        network = self._network
        u, v = int(network.u[edge]), int(network.v[edge])
        x, y = network.line[edge].coords[0]
        to_u = np.hypot(network.x_m[u] - x, network.y_m[u] - y)
        to_v = np.hypot(network.x_m[v] - x, network.y_m[v] - y)
        return (u, v) if to_u <= to_v else (v, u)

    def finish(self) -> RoadNetwork:
        """Network with every cut made; the first piece keeps the edge's place, the others follow at the end."""
        network = self._network
        if not self._names:
            return network
        u, v, line = network.u.copy(), network.v.copy(), network.line.copy()
        length_m = network.length_m.copy()
        extra: list[tuple[int, int, int, float, object]] = []
        for edge, cuts in self._cuts.items():
            start, end = self._ends(edge)
            whole = network.line[edge]
            stops = [(0.0, start), *cuts, (whole.length, end)]
            pieces = [
                (a_node, b_node, network.length_m[edge] * (b - a) / whole.length, _part(whole, a, b))
                for (a, a_node), (b, b_node) in pairwise(stops)
            ]
            u[edge], v[edge], length_m[edge], line[edge] = pieces[0]
            extra += [(edge, *piece) for piece in pieces[1:]]
        source = np.array([item[0] for item in extra], dtype=np.int64)
        new_lines = np.empty(len(extra), dtype=object)
        new_lines[:] = [item[4] for item in extra]
        xy = np.array(self._xy)
        return RoadNetwork(
            np.concatenate([network.node_id, np.array(self._names, dtype=object)]),
            np.concatenate([network.x_m, xy[:, 0]]),
            np.concatenate([network.y_m, xy[:, 1]]),
            np.concatenate([u, np.array([item[1] for item in extra], np.int32)]),
            np.concatenate([v, np.array([item[2] for item in extra], np.int32)]),
            np.concatenate([network.road, network.road[source]]),
            np.concatenate([length_m, np.array([item[3] for item in extra])]),
            np.concatenate([line, new_lines]),
            np.concatenate([network.cabled, network.cabled[source]]),
        )


def _part(line: shapely.LineString, start_m: float, end_m: float) -> shapely.LineString:
    """Part of a line between two positions along it."""
    at = shapely.line_locate_point(line, shapely.points(shapely.get_coordinates(line)))
    inner = shapely.get_coordinates(line)[(at > start_m) & (at < end_m)]
    first, last = line.interpolate(start_m), line.interpolate(end_m)
    return shapely.LineString([(first.x, first.y), *inner, (last.x, last.y)])


def _with_laterals(
    network: RoadNetwork,
    names: list[str],
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    foot: NDArray[np.int64],
    distance_m: NDArray[np.float64],
) -> Snapped:
    """Add a node per snapped point and its lateral."""
    reached = np.flatnonzero((foot >= 0) & (distance_m > AT_NODE_M))
    node = foot.astype(np.int32)
    node[reached] = network.n_nodes + np.arange(reached.size)
    feet = foot[reached]
    ends = np.stack(
        [
            np.stack([x_m[reached], network.x_m[feet]], 1),
            np.stack([y_m[reached], network.y_m[feet]], 1),
        ],
        axis=2,
    )
    count = reached.size
    grown = RoadNetwork(
        np.concatenate([network.node_id, np.array([names[i] for i in reached], dtype=object)]),
        np.concatenate([network.x_m, x_m[reached]]),
        np.concatenate([network.y_m, y_m[reached]]),
        np.concatenate([network.u, node[reached]]),
        np.concatenate([network.v, feet.astype(np.int32)]),
        np.concatenate([network.road, np.full(count, LATERAL, np.int32)]),
        np.concatenate([network.length_m, distance_m[reached]]),
        np.concatenate([network.line, shapely.linestrings(ends) if count else np.empty(0, dtype=object)]),
        np.concatenate([network.cabled, np.zeros(count, dtype=bool)]),
    )
    return Snapped(grown, node, distance_m)
