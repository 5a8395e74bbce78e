"""The road graph: ends that meet, pieces that do not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.config.data import DataConfig
from planner.data.findings import Findings

_MEET_M = 50.0
_SAME_PLACE_M = 1.0
_PIECES_NAMED = 6


def orient(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Turn every line so that it runs from node u to node v.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns u, v; lines in metres.

    Returns
    -------
    GeoDataFrame
        Same rows; lines reversed where their ends fit the nodes better that way.
    """
    lines = roads.geometry.values
    reverse = _gaps(roads, lines)[1]
    turned = np.where(reverse, shapely.reverse(lines), lines)
    return roads.set_geometry(gpd.GeoSeries(turned, index=roads.index, crs=roads.crs))


def node_points(roads: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Position of every node: the median of the line ends that meet there.

    Parameters
    ----------
    roads : GeoDataFrame
        Oriented roads in metres.

    Returns
    -------
    GeoSeries
        Points by node id, sorted by id.
    """
    lines = roads.geometry.values
    names = np.concatenate([roads["u"].to_numpy(), roads["v"].to_numpy()])
    xy = np.vstack([_end(lines, 0), _end(lines, -1)])
    nodes, where = np.unique(names.astype(str), return_inverse=True)
    return gpd.GeoSeries(shapely.points(_medians(xy, where, len(nodes))), index=nodes, crs=roads.crs)


def check_ends(roads: gpd.GeoDataFrame, findings: Findings) -> None:
    """Check that roads sharing a node meet there.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns road_id, u, v; lines in metres.
    findings : Findings
        Book for ends that lie apart.
    """
    gap, _ = _gaps(roads, roads.geometry.values)
    ids = roads["road_id"].to_numpy()
    for index in np.flatnonzero(gap > _MEET_M):
        findings.add("P605", "roads", ids[index], f"its end lies {gap[index]:,.0f} m from the node it names")


def check_pieces(
    roads: gpd.GeoDataFrame, villages: gpd.GeoDataFrame | None, data: DataConfig, findings: Findings
) -> None:
    """Check that the graph is in one piece and that villages are on it.

    Parameters
    ----------
    roads : GeoDataFrame
        Columns u, v; lines in metres.
    villages : GeoDataFrame or None
        Residential areas in metres.
    data : DataConfig
        Whether pieces are accepted; farthest snap.
    findings : Findings
        Book for pieces and villages without a road.
    """
    points = node_points(roads)
    nodes = points.index.to_numpy().astype(str)
    piece = _pieces(roads, nodes)
    sizes = np.bincount(piece)
    xy = shapely.get_coordinates(points.values)
    if len(sizes) > 1:
        rule = "P610" if data.accept_road_pieces else "P603"
        findings.add(rule, "roads", "", _describe_pieces(piece, sizes, nodes, xy))
    for a, b in cKDTree(xy).query_pairs(_SAME_PLACE_M, output_type="ndarray"):
        findings.add("P609", "roads", nodes[max(a, b)], f"stands where node {nodes[min(a, b)]} stands")
    if villages is None:
        return
    place = {node: index for index, node in enumerate(nodes)}
    for name, shape in zip(villages["area_id"], villages.geometry, strict=True):
        if name not in place:
            findings.add("P606", "villages", name, "no road starts or ends at it")
        elif shape is not None and shape.distance(points.iloc[place[name]]) > data.max_snap_m:
            km = shape.distance(points.iloc[place[name]]) / 1000
            findings.add("P608", "villages", name, f"its road node lies {km:.2f} km away")


def _describe_pieces(
    piece: NDArray[np.int32], sizes: NDArray[np.intp], nodes: NDArray[np.str_], xy: NDArray[np.float64]
) -> str:
    """Name the smaller pieces and the shortest gap from each to the rest."""
    order = np.argsort(-sizes, kind="stable")
    texts = []
    for number in order[1 : _PIECES_NAMED + 1]:
        own, rest = np.flatnonzero(piece == number), np.flatnonzero(piece != number)
        gap, a, b = _nearest(xy[own], xy[rest])
        texts.append(
            f"{sizes[number]} nodes around {nodes[own[0]]}, {gap:,.0f} m from the rest at"
            f" {nodes[own[a]]} to {nodes[rest[b]]}"
        )
    more = f"; and {len(sizes) - 1 - _PIECES_NAMED} more" if len(sizes) - 1 > _PIECES_NAMED else ""
    head = f"{len(sizes)} pieces; the largest has {sizes[order[0]]} of {len(nodes)} nodes; others: "
    return head + "; ".join(texts) + more


def _pieces(roads: gpd.GeoDataFrame, nodes: NDArray[np.str_]) -> NDArray[np.int32]:
    row = np.searchsorted(nodes, roads["u"].to_numpy().astype(str))
    col = np.searchsorted(nodes, roads["v"].to_numpy().astype(str))
    graph = coo_matrix((np.ones(len(roads)), (row, col)), shape=(len(nodes), len(nodes)))
    labels: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return labels


def _nearest(own: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[float, int, int]:
    tree = shapely.STRtree(np.asarray(shapely.points(rest)))
    (first, second), distance = tree.query_nearest(shapely.points(own), return_distance=True, all_matches=False)
    best = int(np.argmin(distance))
    return float(distance[best]), int(first[best]), int(second[best])


def _end(lines: NDArray[np.object_], index: int) -> NDArray[np.float64]:
    return shapely.get_coordinates(shapely.get_point(shapely.get_geometry(lines, 0), index))


def _medians(xy: NDArray[np.float64], group: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """Median point of each group."""
    out = np.empty((count, 2))
    for axis in (0, 1):
        order = np.lexsort((xy[:, axis], group))
        start = np.searchsorted(group[order], np.arange(count))
        size = np.bincount(group, minlength=count)
        ranked = xy[order, axis]
        out[:, axis] = 0.5 * (ranked[start + (size - 1) // 2] + ranked[start + size // 2])
    return out


def _gaps(roads: gpd.GeoDataFrame, lines: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Distance of each line's ends from the nodes it names, and whether it fits better reversed."""
    first, last = _end(lines, 0), _end(lines, -1)
    u, v = roads["u"].to_numpy().astype(str), roads["v"].to_numpy().astype(str)
    nodes, where = np.unique(np.concatenate([u, v]), return_inverse=True)
    at_u, at_v = where[: len(u)], where[len(u) :]
    position = _medians(np.vstack([first, last]), where, len(nodes))
    gap = np.maximum(_far(first, position[at_u]), _far(last, position[at_v]))
    if (gap <= _MEET_M).all():
        return gap, np.zeros(len(u), dtype=bool)
    sure = np.bincount(where, minlength=len(nodes)) > 1  # at a dead end either end of the line could be the node
    position = _meeting_points(first, last, at_u, at_v, len(nodes))
    drawn = _far(first, position[at_u]) * sure[at_u] + _far(last, position[at_v]) * sure[at_v]
    turned = _far(last, position[at_u]) * sure[at_u] + _far(first, position[at_v]) * sure[at_v]
    reverse = turned < drawn
    start, end = np.where(reverse[:, None], last, first), np.where(reverse[:, None], first, last)
    position = _medians(np.vstack([start, end]), where, len(nodes))
    return np.maximum(_far(start, position[at_u]), _far(end, position[at_v])), reverse


def _meeting_points(
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    at_u: NDArray[np.intp],
    at_v: NDArray[np.intp],
    count: int,
) -> NDArray[np.float64]:
    """Where most of a node's lines have one of their two ends; as drawn on a tie."""
    own = np.vstack([first, last])
    other = np.vstack([last, first])
    node = np.concatenate([at_u, at_v])
    order = np.argsort(node, kind="stable")
    starts = np.searchsorted(node[order], np.arange(count + 1))
    position = np.empty((count, 2))
    for index in range(count):
        lines = order[starts[index] : starts[index + 1]]
        ends = np.vstack([own[lines], other[lines]])
        near = np.hypot(*(ends[:, None] - ends[None]).transpose(2, 0, 1)) <= _MEET_M
        support = (near[:, : len(lines)] | near[:, len(lines) :]).sum(axis=1)
        position[index] = ends[np.argmax(support)]
    return position


def _far(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.hypot(a[:, 0] - b[:, 0], a[:, 1] - b[:, 1]))
