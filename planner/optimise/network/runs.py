"""Cable runs: stretches of a cabled road between junctions and zone borders, and the cables on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from planner.costs.ground import ground_along
from planner.costs.supports import spare_ducts
from planner.domain.province import Province

SLIVER_M = 2.0  # zone borders nearer than this to each other or to a junction are one point


@dataclass(frozen=True)
class Runs:
    """Stretches of road that carry cable.

    Attributes
    ----------
    road : ndarray of int32, shape (r,)
        Row of the roads table.
    part : ndarray of int32, shape (r,)
        Number of the stretch on its road, from its first point.
    line : ndarray of LineString, shape (r,)
        Geometry, working reference system.
    length_m : ndarray of float64, shape (r,)
        Length on the ellipsoid, m.
    ends : ndarray of int32, shape (r, 2)
        Points where stretches meet: junctions and cuts, numbered over all runs.
    aerial, underground : ndarray of int64, shape (r,)
        Cables on poles and in the ground.
    ducts : ndarray of int64, shape (r,)
        Free ducts along each stretch, where known.
    operators : tuple of tuple of str
        Operator of each aerial cable, sorted.
    zones : tuple of tuple of int
        Rows of the zones table each stretch lies in.
    ground : ndarray of int8, shape (r,)
        0 urban, 1 suburban, 2 rural.
    slope_deg : ndarray of float64, shape (r,)
        Mean slope, degrees.
    """

    road: NDArray[np.int32]
    part: NDArray[np.int32]
    line: NDArray[Any]
    length_m: NDArray[np.float64]
    ends: NDArray[np.int32]
    aerial: NDArray[np.int64]
    underground: NDArray[np.int64]
    ducts: NDArray[np.int64]
    operators: tuple[tuple[str, ...], ...]
    zones: tuple[tuple[int, ...], ...]
    ground: NDArray[np.int8]
    slope_deg: NDArray[np.float64]

    @property
    def n_runs(self) -> int:
        """Number of stretches.

        Returns
        -------
        int
            Count, those without aerial cable included.
        """
        return int(self.road.size)

    def in_zone(self, zone: int, *, aerial_only: bool = True) -> NDArray[np.int64]:
        """List the stretches of a zone.

        Parameters
        ----------
        zone : int
            Row of the zones table.
        aerial_only : bool, optional
            Whether stretches without aerial cable are left out.

        Returns
        -------
        ndarray of int64
            Run numbers, rising.
        """
        found = [
            run for run, zones in enumerate(self.zones) if zone in zones and (self.aerial[run] > 0 or not aerial_only)
        ]
        return np.array(found, dtype=np.int64)


def build_runs(province: Province) -> Runs:
    """Cut every cabled road at the borders of zones.

    Parameters
    ----------
    province : Province
        Roads, cables and zones.

    Returns
    -------
    Runs
        Sorted by road row and part; cables on no known road are left out.
    """
    hanging, buried = _cables_by_road(province)
    cabled = np.array(sorted(set(hanging) | set(buried)), dtype=np.int64)
    lines = province.roads.geometry.to_numpy()
    zones = province.zones.geometry.to_numpy()
    cuts = _cut_positions(lines, cabled, zones)
    road, part, line, length_m, points = [], [], [], [], []
    ellipsoid_m = province.roads["length_m"].to_numpy(dtype=np.float64)
    ends = province.roads[["u", "v"]].to_numpy(dtype=str)
    for row in cabled.tolist():
        whole = lines[row]
        stops = [0.0, *cuts.get(row, ()), whole.length]
        for number, (start, end) in enumerate(pairwise(stops)):
            road.append(row)
            part.append(number)
            line.append(whole if len(stops) == 2 else shapely.ops.substring(whole, start, end))
            length_m.append(ellipsoid_m[row] * (end - start) / whole.length if whole.length else 0.0)
            first = ends[row, 0] if number == 0 else f"{row}@{number}"
            last = ends[row, 1] if number == len(stops) - 2 else f"{row}@{number + 1}"
            points.append((f"n{first}" if number == 0 else first, f"n{last}" if last == ends[row, 1] else last))
    geometry = np.empty(len(line), dtype=object)
    geometry[:] = line
    _, numbered = np.unique(np.array(points, dtype=str).reshape(-1), return_inverse=True)
    ground = ground_along(province, gpd.GeoSeries(geometry, crs=province.crs))
    return Runs(
        road=np.array(road, dtype=np.int32),
        part=np.array(part, dtype=np.int32),
        line=geometry,
        length_m=np.array(length_m, dtype=np.float64),
        ends=numbered.reshape(-1, 2).astype(np.int32),
        aerial=np.array([len(hanging.get(row, ())) for row in road], dtype=np.int64),
        underground=np.array([buried.get(row, 0) for row in road], dtype=np.int64),
        ducts=spare_ducts(province)[np.array(road, dtype=np.int64)],
        operators=tuple(hanging.get(row, ()) for row in road),
        zones=_zones_of(geometry, zones),
        ground=ground.ground,
        slope_deg=ground.slope_deg,
    )


def contiguous(ends: NDArray[np.int32], chosen: Iterable[int]) -> list[list[int]]:
    """Group chosen runs that meet end to end.

    Parameters
    ----------
    ends : ndarray of int32, shape (r, 2)
        Points where runs meet.
    chosen : iterable of int
        Run numbers.

    Returns
    -------
    list of list of int
        Groups by their smallest run, each rising.
    """
    parent: dict[int, int] = {}
    order = sorted(chosen)
    for run in order:
        parent[_root(parent, int(ends[run, 0]))] = _root(parent, int(ends[run, 1]))
    groups: dict[int, list[int]] = {}
    for run in order:
        groups.setdefault(_root(parent, int(ends[run, 0])), []).append(run)
    return list(groups.values())


def _root(parent: dict[int, int], point: int) -> int:
    """Representative of a point's group, paths halved on the way."""
    while parent.setdefault(point, point) != point:
        parent[point] = parent[parent[point]]
        point = parent[point]
    return point


def _cables_by_road(province: Province) -> tuple[dict[int, tuple[str, ...]], dict[int, int]]:
    """Operators of the aerial cables and number of underground cables on each road row."""
    row_of = {name: row for row, name in enumerate(province.roads["road_id"])}
    hanging: dict[int, list[str]] = {}
    buried: dict[int, int] = {}
    cables = province.cables
    for name, operator, placement in zip(cables["road_id"], cables["operator"], cables["placement"], strict=True):
        row = row_of.get(name)
        if row is None:
            continue
        if placement == "aerial":
            hanging.setdefault(row, []).append(operator)
        else:
            buried[row] = buried.get(row, 0) + 1
    return {row: tuple(sorted(names)) for row, names in hanging.items()}, buried


def _cut_positions(lines: NDArray[Any], rows: NDArray[np.int64], zones: NDArray[Any]) -> dict[int, list[float]]:
    """Positions along each road, m of map length, where a zone's border crosses it."""
    if not zones.size or not rows.size:
        return {}
    road, zone = shapely.STRtree(zones).query(lines[rows], predicate="intersects")
    crossing = shapely.intersection(lines[rows[road]], shapely.boundary(zones[zone]))
    points, pair = shapely.get_coordinates(crossing, return_index=True)
    at = shapely.line_locate_point(lines[rows[road[pair]]], shapely.points(points))
    found: dict[int, list[float]] = {}
    order = np.lexsort((at, rows[road[pair]]))
    for row, position in zip(rows[road[pair]][order].tolist(), at[order].tolist(), strict=True):
        cuts = found.setdefault(row, [])
        behind = cuts[-1] if cuts else 0.0
        if position - behind > SLIVER_M and lines[row].length - position > SLIVER_M:
            cuts.append(position)
    return found


def _zones_of(lines: NDArray[Any], zones: NDArray[Any]) -> tuple[tuple[int, ...], ...]:
    """Rows of the zones that hold the middle of each stretch."""
    if not zones.size or not lines.size:
        return ((),) * len(lines)
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    run, zone = shapely.STRtree(zones).query(middle, predicate="intersects")
    held: list[list[int]] = [[] for _ in lines]
    for index, row in zip(run.tolist(), zone.tolist(), strict=True):
        held[index].append(row)
    return tuple(tuple(sorted(rows)) for rows in held)
