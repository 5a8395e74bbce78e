"""The road network as arrays: nodes, edges with length and line, what carries fibre; networkx in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.domain.province import Province
from planner.errors import Complaint, DataError

END_TOLERANCE_M = 5.0  # road ends of one node farther apart than this are reported
LATERAL = -1  # road row of an edge that follows no road


@dataclass(frozen=True)
class RoadNetwork:
    """Roads as a graph.

    Attributes
    ----------
    node_id : ndarray of str objects, shape (n,)
        Node ids of the roads table; 'site:<id>' and 'road:<id>@<metres>' for nodes that were added.
    x_m, y_m : ndarray of float64, shape (n,)
        Position, m.
    u, v : ndarray of int32, shape (m,)
        End nodes of each edge.
    road : ndarray of int32, shape (m,)
        Row of the roads table; -1 for a lateral.
    length_m : ndarray of float64, shape (m,)
        Length on the ellipsoid, m.
    line : ndarray of LineString, shape (m,)
        Geometry from `u` to `v` or back, working reference system.
    cabled : ndarray of bool, shape (m,)
        Whether any operator's cable lies along the edge today.
    """

    node_id: NDArray[Any]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    u: NDArray[np.int32]
    v: NDArray[np.int32]
    road: NDArray[np.int32]
    length_m: NDArray[np.float64]
    line: NDArray[Any]
    cabled: NDArray[np.bool_]

    @property
    def n_nodes(self) -> int:
        """Number of nodes.

        Returns
        -------
        int
            Count, added nodes included.
        """
        return int(self.node_id.size)

    @property
    def n_edges(self) -> int:
        """Number of edges.

        Returns
        -------
        int
            Count, laterals included.
        """
        return int(self.u.size)

    def on_fibre(self) -> NDArray[np.bool_]:
        """Tell which nodes an existing cable touches.

        Returns
        -------
        ndarray of bool, shape (n,)
            True where a cabled edge ends.
        """
        touched = np.zeros(self.n_nodes, dtype=bool)
        touched[self.u[self.cabled]] = True
        touched[self.v[self.cabled]] = True
        return touched

    def components(self) -> NDArray[np.int32]:
        """Number the connected pieces of the network.

        Returns
        -------
        ndarray of int32, shape (n,)
            Piece of each node; piece 0 holds the most nodes.
        """
        ones = np.ones(self.n_edges)
        graph = coo_array((ones, (self.u, self.v)), shape=(self.n_nodes, self.n_nodes))
        _, label = connected_components(graph, directed=False)
        order = np.argsort(-np.bincount(label), kind="stable")
        rank = np.empty(order.size, dtype=np.int32)
        rank[order] = np.arange(order.size)
        return rank[label]

    def to_networkx(self) -> nx.MultiGraph[str]:
        """Return the network as a networkx graph.

        Returns
        -------
        MultiGraph
            Nodes by id with `x_m`, `y_m`, `on_fibre`; edges keyed by their number with `road`, `length_m`, `cabled`
            and the line as `wkt`. All attributes are plain, so that GraphML can hold them.
        """
        graph: nx.MultiGraph[str] = nx.MultiGraph()
        fibre = self.on_fibre()
        for index, name in enumerate(self.node_id):
            graph.add_node(
                str(name), x_m=float(self.x_m[index]), y_m=float(self.y_m[index]), on_fibre=bool(fibre[index])
            )
        texts = shapely.to_wkt(self.line, rounding_precision=-1)
        for index in range(self.n_edges):
            graph.add_edge(
                str(self.node_id[self.u[index]]), str(self.node_id[self.v[index]]), key=index,
                road=int(self.road[index]), length_m=float(self.length_m[index]), cabled=bool(self.cabled[index]),
                wkt=str(texts[index]),
            )  # fmt: skip
        return graph


def network_from_graph(graph: Any) -> RoadNetwork:
    """Read a network from a networkx graph with the attributes that `RoadNetwork.to_networkx` writes.

    Parameters
    ----------
    graph : Graph or MultiGraph
        Nodes with `x_m`, `y_m`; edges with `length_m`, optionally `road`, `cabled`, `wkt`.

    Returns
    -------
    RoadNetwork
        The same network; edges in the order of their keys where they are numbered.

    Raises
    ------
    DataError
        Where an edge has no usable length or a node no position.
    """
    names = list(graph.nodes)
    index = {name: number for number, name in enumerate(names)}
    if graph.is_multigraph():
        edges = [(u, v, data) for u, v, _, data in sorted(graph.edges(keys=True, data=True), key=_by_key)]
    else:
        edges = list(graph.edges(data=True))
    complaints = [
        Complaint(f"edge {u}-{v}", f"length_m is {data.get('length_m')}", "Give a length in metres, 0 or more.")
        for u, v, data in edges
        if not float(data.get("length_m", -1.0)) >= 0.0
    ]
    complaints += [
        Complaint(f"node {name}", "no x_m or y_m", "Give a position in metres.")
        for name, data in graph.nodes(data=True)
        if "x_m" not in data or "y_m" not in data
    ]
    if complaints:
        raise DataError("the road graph cannot be used", complaints)
    x_m = np.array([float(graph.nodes[name]["x_m"]) for name in names])
    y_m = np.array([float(graph.nodes[name]["y_m"]) for name in names])
    u = np.array([index[a] for a, _, _ in edges], dtype=np.int32)
    v = np.array([index[b] for _, b, _ in edges], dtype=np.int32)
    line: NDArray[Any] = np.empty(len(edges), dtype=object)
    for i, (_, _, data) in enumerate(edges):
        ends = [(x_m[u[i]], y_m[u[i]]), (x_m[v[i]], y_m[v[i]])]
        line[i] = shapely.from_wkt(data["wkt"]) if "wkt" in data else shapely.LineString(ends)
    return RoadNetwork(
        node_id=np.array([str(name) for name in names], dtype=object),
        x_m=x_m, y_m=y_m, u=u, v=v,
        road=np.array([int(data.get("road", LATERAL)) for _, _, data in edges], dtype=np.int32),
        length_m=np.array([float(data["length_m"]) for _, _, data in edges]),
        line=line,
        cabled=np.array([bool(data.get("cabled", False)) for _, _, data in edges]),
    )  # fmt: skip


def build_network(province: Province) -> tuple[RoadNetwork, list[str]]:
    """Turn the roads and cables of a province into a network.

    Self-loops lead nowhere and are left out; parallel roads and roads of no length stay.

    Parameters
    ----------
    province : Province
        Roads with `u`, `v`, `length_m`; cables with `road_id`.

    Returns
    -------
    tuple
        The network, and notes on what is odd about it (self-loops, ends that do not meet, separate pieces, cables
        on no road).

    Raises
    ------
    DataError
        Where a road's length is negative or not a number.
    """
    roads = province.roads
    length_m = roads["length_m"].to_numpy(dtype=np.float64)
    bad = ~(np.isfinite(length_m) & (length_m >= 0.0))
    if bad.any():
        raise DataError(
            "roads without a usable length",
            [
                Complaint(f"roads, road_id {name}", f"length_m is {value}", "Give a length in metres, 0 or more.")
                for name, value in zip(roads["road_id"][bad], length_m[bad], strict=True)
            ],
        )
    names, ends = np.unique(roads[["u", "v"]].to_numpy(dtype=str).reshape(-1), return_inverse=True)
    u, v = ends.reshape(-1, 2).astype(np.int32).T
    line = roads.geometry.to_numpy()
    x_m, y_m, apart = _node_positions(len(names), u, v, line)
    keep = u != v
    cabled = roads["road_id"].isin(set(province.cables["road_id"])).to_numpy()
    row = np.flatnonzero(keep).astype(np.int32)
    network = RoadNetwork(
        names.astype(object), x_m, y_m, u[keep], v[keep], row, length_m[keep], line[keep], cabled[keep]
    )
    notes = _oddities(network, province, int((~keep).sum()), names[apart])
    return network, notes


def _by_key(edge: tuple[object, object, object, dict[str, object]]) -> tuple[int, str]:
    """Sort key of a multigraph edge: its number, or its text where keys are not numbers."""
    text = str(edge[2])
    return (int(text), "") if text.isdigit() else (0, text)


def _node_positions(
    n_nodes: int, u: NDArray[np.int32], v: NDArray[np.int32], line: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Place every node in the middle of the line ends that meet there; tell where they do not meet."""
    first, last = shapely.get_point(line, 0), shapely.get_point(line, -1)
    x = np.concatenate([shapely.get_x(first), shapely.get_x(last)])
    y = np.concatenate([shapely.get_y(first), shapely.get_y(last)])
    node = np.concatenate([u, v])
    count = np.bincount(node, minlength=n_nodes)
    x_m, y_m = np.bincount(node, x, n_nodes) / count, np.bincount(node, y, n_nodes) / count
    apart = np.zeros(n_nodes, dtype=bool)
    apart[node[np.hypot(x - x_m[node], y - y_m[node]) > END_TOLERANCE_M]] = True
    return x_m, y_m, apart


def _oddities(network: RoadNetwork, province: Province, self_loops: int, apart: NDArray[np.str_]) -> list[str]:
    """Say what is odd about the roads."""
    notes = []
    if self_loops:
        notes.append(f"{self_loops} roads begin and end at the same node; they lead nowhere and are left out")
    if apart.size:
        shown = ", ".join(apart[:5])
        notes.append(f"road ends do not meet within {END_TOLERANCE_M:g} m at {apart.size} nodes ({shown})")
    piece = network.components()
    if piece.max(initial=0) > 0:
        small = int((piece > 0).sum())
        notes.append(
            f"the road network is in {piece.max() + 1} pieces; {small} nodes lie outside the largest,"
            f" the nearest gap is {_nearest_gap_m(network, piece):.0f} m"
        )
    stray = ~province.cables["road_id"].isin(set(province.roads["road_id"]))
    if stray.any():
        notes.append(f"{int(stray.sum())} cable rows lie on no known road and are not used for routing")
    return notes


def _nearest_gap_m(network: RoadNetwork, piece: NDArray[np.int32]) -> float:
    """Shortest distance between the largest piece and any other, m."""
    points = np.column_stack([network.x_m, network.y_m])
    distance, _ = cKDTree(points[piece == 0]).query(points[piece > 0])
    return float(np.min(distance))
