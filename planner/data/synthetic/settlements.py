"""Communes and villages of a synthetic area: outlines that do not overlap, people on low and flat ground."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.data.synthetic.land import Land, slope_deg
from planner.data.synthetic.sizes import X_WEST_M, Y_SOUTH_M, Size

PEOPLE_PER_HOME = 3.7
_FIRST = ("An", "Bình", "Cẩm", "Đông", "Hòa", "Lâm", "Minh", "Phú", "Sơn", "Tân", "Thanh", "Xuân")
_SECOND = ("Châu", "Đức", "Giang", "Hải", "Khê", "Lộc", "Mỹ", "Phong", "Thịnh", "Tiến", "Vân", "Yên")


@dataclass(frozen=True)
class Settlements:
    """Communes and villages.

    Attributes
    ----------
    commune_shape : ndarray of object
        Commune polygons.
    commune_name : list of str
        Their names; the wards come first.
    commune_ward : ndarray of bool
        Which are wards.
    village_xy : ndarray of float64, shape (n, 2)
        Centre of each village, m.
    village_shape : ndarray of object
        Village polygons.
    village_commune : ndarray of int64
        Row of the village's commune.
    people, homes : ndarray of int64
        People and homes of each village.
    height_m : ndarray of int64
        Height of its centre, m.
    """

    commune_shape: NDArray[np.object_]
    commune_name: list[str]
    commune_ward: NDArray[np.bool_]
    village_xy: NDArray[np.float64]
    village_shape: NDArray[np.object_]
    village_commune: NDArray[np.int64]
    people: NDArray[np.int64]
    homes: NDArray[np.int64]
    height_m: NDArray[np.int64]


def make_settlements(size: Size, land: Land, rng: np.random.Generator) -> Settlements:
    """Draw communes and villages.

    Parameters
    ----------
    size : Size
        How many.
    land : Land
        Terrain they lie on.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    Settlements
        Every commune has at least one village.
    """
    box = shapely.box(X_WEST_M, Y_SOUTH_M, X_WEST_M + size.side_m, Y_SOUTH_M + size.side_m)
    shapes = _communes(size, box, rng)
    xy = _village_points(size, land, shapes, rng)
    owner = _owner(shapes, xy)
    cells = _cells(xy, box)
    ward = np.zeros(len(shapes), dtype=bool)
    height = land.at(land.height_m, xy).astype(np.int64)
    lowest = np.argsort([height[owner == index].mean() for index in range(len(shapes))], kind="stable")
    ward[lowest[: max(1, len(shapes) // 5)]] = True
    people = np.rint(rng.lognormal(6.45, 0.45, len(xy)) * np.where(ward[owner], 1.6, 1.0)).astype(np.int64)
    people = np.where(height > 120, people // 2, people) + 40
    radius = np.sqrt(people / np.where(ward[owner], 3500.0, 1900.0) * 1e6 / np.pi)  # people per km2 inside
    discs = shapely.buffer(shapely.points(xy), radius, quad_segs=6)
    outlines = shapely.intersection(shapely.intersection(discs, cells), shapes[owner])
    homes = np.ceil(people / PEOPLE_PER_HOME).astype(np.int64)
    names = _names(ward, rng)
    return Settlements(shapes, names, ward, xy, outlines, owner, people, homes, height)


def _names(ward: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    pairs = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    picked = rng.permutation(len(pairs))[: len(ward)]
    return [f"{'Phường' if is_ward else 'Xã'} {pairs[pick]}" for is_ward, pick in zip(ward, picked, strict=True)]


def _communes(size: Size, box: shapely.Polygon, rng: np.random.Generator) -> NDArray[np.object_]:
    """Cells around points of a jittered lattice."""
    per_row = int(np.ceil(np.sqrt(size.communes)))
    rows = int(np.ceil(size.communes / per_row))
    lattice = [((col + 0.5) / per_row, (row + 0.5) / rows) for row in range(rows) for col in range(per_row)][
        : size.communes
    ]
    seeds = np.array(lattice) + rng.uniform(-0.28, 0.28, (size.communes, 2)) / [per_row, rows]
    xy = np.array([X_WEST_M, Y_SOUTH_M]) + seeds * size.side_m
    return _cells(xy, box)


def _cells(xy: NDArray[np.float64], box: shapely.Polygon) -> NDArray[np.object_]:
    """Voronoi cell of each point, inside a box, in the order of the points."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=box))
    tree = shapely.STRtree(cells)
    point, cell = tree.query(shapely.points(xy), predicate="intersects")
    order = np.full(len(xy), -1, dtype=np.int64)
    order[point[::-1]] = cell[::-1]
    return np.asarray(shapely.intersection(cells[order], box))


def _owner(shapes: NDArray[np.object_], xy: NDArray[np.float64]) -> NDArray[np.int64]:
    point, shape = shapely.STRtree(shapes).query(shapely.points(xy), predicate="intersects")
    owner = np.zeros(len(xy), dtype=np.int64)
    owner[point[::-1]] = shape[::-1]
    return owner


def _village_points(
    size: Size, land: Land, shapes: NDArray[np.object_], rng: np.random.Generator
) -> NDArray[np.float64]:
    """One point near the middle of every commune, the others by chance on low, flat, dry ground, at a distance."""
    spacing = 0.55 * size.side_m / np.sqrt(size.villages)
    offset = 0.5 * spacing
    slope = slope_deg(land)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    draws = rng.uniform(offset, size.side_m - offset, (40 * size.villages, 2))
    draws += [X_WEST_M, Y_SOUTH_M]
    height, steep = land.at(land.height_m, draws).astype(float), land.at(slope, draws).astype(float)
    liking = np.exp(-np.maximum(height - 10.0, 0.0) / 140.0) * np.exp(-steep / 8.0)
    liking = np.where(land.at(land.water, draws).astype(bool), 0.0, np.maximum(liking, 0.02))
    draws = draws[rng.uniform(size=len(draws)) < liking]
    kept = list(middle)
    while len(kept) < size.villages:
        kept += _spread(draws, np.array(kept), spacing, size.villages - len(kept))
        spacing *= 0.8
    return np.array(kept[: size.villages])


def _spread(
    draws: NDArray[np.float64], kept: NDArray[np.float64], spacing: float, wanted: int
) -> list[NDArray[np.float64]]:
    """The first draws that keep their distance from those kept and from each other."""
    free = np.asarray(cKDTree(kept).query(draws)[0] >= spacing)
    tree = cKDTree(draws)
    out: list[NDArray[np.float64]] = []
    for index in np.flatnonzero(free):
        if len(out) == wanted:
            break
        if free[index]:
            out.append(draws[index])
            free[tree.query_ball_point(draws[index], spacing)] = False
    return out
