"""Roads, cables, homes with fibre, base stations and zones of a synthetic area."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from planner.data.synthetic.land import Land
from planner.data.synthetic.settlements import Settlements
from planner.data.synthetic.sizes import Size

OPERATORS = ("Viettel", "VNPT", "MobiFone", "Vietnamobile")
_OPERATOR_SHARES = (0.47, 0.28, 0.19, 0.06)
_WITH_5G = ("Viettel", "VNPT", "MobiFone")
_UNDERGROUND = {"trunk": 0.35, "branch": 0.10, "access": 0.05}
_FIBRES = {"trunk": 96, "branch": 48, "access": 24}
_KINDS = ("industrial_park", "urban", "residential")


@dataclass(frozen=True)
class Roads:
    """Roads between villages; row order is the road id.

    Attributes
    ----------
    ends : ndarray of int64, shape (n, 2)
        Villages a road joins.
    line : ndarray of object
        Its line.
    road_class : list of str
        Its class.
    graph : networkx.Graph
        Nodes villages, edges with 'row' and 'length'.
    """

    ends: NDArray[np.int64]
    line: NDArray[np.object_]
    road_class: list[str]
    graph: nx.Graph[int]


@dataclass(frozen=True)
class Cable:
    """A cable of one operator on one road.

    Attributes
    ----------
    road : int
        Row of the road.
    operator, level, placement : str
        Whose, trunk, branch or access, aerial or underground.
    fibres : int
        Fibres in it.
    """

    road: int
    operator: str
    level: str
    placement: str
    fibres: int


@dataclass(frozen=True)
class Mast:
    """A base station.

    Attributes
    ----------
    operator, structure, backhaul : str
        Whose, tower or rooftop, fibre or microwave.
    village : int
        Village it stands in.
    x_m, y_m, height_m : float
        Position and antenna height, m.
    has_4g, has_5g : bool
        Technologies.
    partner : int
        Row of the mast it shares; -1 when its own.
    """

    operator: str
    structure: str
    backhaul: str
    village: int
    x_m: float
    y_m: float
    height_m: float
    has_4g: bool
    has_5g: bool
    partner: int


@dataclass(frozen=True)
class Zone:
    """A zone with an undergrounding duty.

    Attributes
    ----------
    kind, status : str
        Industrial park, urban or residential; new or existing.
    duty_year : int
        Year the duty falls due.
    underground_today : bool
        Whether its cables are underground.
    shape : shapely.Polygon
        Outline.
    """

    kind: str
    status: str
    duty_year: int
    underground_today: bool
    shape: shapely.Polygon


def make_roads(places: Settlements, rng: np.random.Generator) -> Roads:
    """Join neighbouring villages: the Gabriel graph, which is in one piece.

    Parameters
    ----------
    places : Settlements
        Villages.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    Roads
        Slightly bent lines.
    """
    xy = places.village_xy
    ends = _gabriel(xy)
    start, stop = xy[ends[:, 0]], xy[ends[:, 1]]
    along = stop - start
    side = np.column_stack([-along[:, 1], along[:, 0]]) * rng.uniform(-0.08, 0.08, (len(ends), 1))
    bent = np.stack([start, 0.5 * (start + stop) + side, stop], axis=1)
    line = np.asarray(shapely.linestrings(bent), dtype=object)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(xy)))
    for row, (a, b) in enumerate(ends.tolist()):
        graph.add_edge(a, b, row=row, length=float(line[row].length))
    return Roads(ends, line, _road_classes(graph, places), graph)


def _gabriel(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Edges of the Delaunay triangulation whose circle holds no third point."""
    corners = Delaunay(xy).simplices
    pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    middle = xy[pairs].mean(axis=1)
    radius = 0.5 * np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1)
    nearest = cKDTree(xy).query(middle)[0]
    return np.asarray(pairs[nearest >= radius * (1.0 - 1e-9)], dtype=np.int64)


def _centres(places: Settlements) -> list[int]:
    """The village with most people of every commune."""
    return [
        int(rows[np.argmax(places.people[rows])])
        for rows in (np.flatnonzero(places.village_commune == row) for row in range(len(places.commune_shape)))
    ]


def _road_classes(graph: nx.Graph[int], places: Settlements) -> list[str]:
    """Roads between commune centres are wider, those to the largest place widest."""
    classes = ["local"] * graph.number_of_edges()
    centres = _centres(places)
    capital = max(centres, key=lambda node: places.people[node])
    paths = nx.single_source_dijkstra_path(graph, capital, weight="length")
    used: dict[int, int] = {}
    for centre in centres:
        for a, b in zip(paths[centre], paths[centre][1:], strict=False):
            row = graph.edges[a, b]["row"]
            used[row] = used.get(row, 0) + 1
    for row, count in used.items():
        classes[row] = "primary" if count >= 3 else "secondary"
    for a, b, data in graph.edges(data=True):
        same = places.village_commune[a] == places.village_commune[b]
        if classes[data["row"]] == "local" and not same and data["row"] % 3 == 0:
            classes[data["row"]] = "tertiary"
    return classes


def make_cables(places: Settlements, roads: Roads, rng: np.random.Generator) -> list[Cable]:
    """Lay cables along shortest ways from the largest place to most villages; the highest communes have none.

    Parameters
    ----------
    places : Settlements
        Villages.
    roads : Roads
        Roads.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    list of Cable
        Sorted by road and operator.
    """
    centres = _centres(places)
    capital = max(centres, key=lambda node: places.people[node])
    heights = np.array([places.height_m[places.village_commune == row].mean() for row in range(len(centres))])
    dark = set(np.argsort(-heights, kind="stable")[: max(1, len(centres) // 10)].tolist())
    level: dict[int, str] = {}
    paths = nx.single_source_dijkstra_path(roads.graph, capital, weight="length")
    wanted = rng.uniform(size=len(places.people)) < np.clip(0.97 - places.height_m / 260.0, 0.15, 0.92)
    for village in np.argsort(-places.people, kind="stable").tolist():
        commune = int(places.village_commune[village])
        if commune in dark or not (wanted[village] or village in centres):
            continue
        for a, b in zip(paths[village], paths[village][1:], strict=False):
            if int(places.village_commune[b]) in dark or int(places.village_commune[a]) in dark:
                break
            row = roads.graph.edges[a, b]["row"]
            rank = "trunk" if roads.road_class[row] == "primary" else "branch" if village in centres else "access"
            level.setdefault(row, rank)
    cables = []
    for row in sorted(level):
        for operator in ("MobiFone", "VNPT", "Viettel"):
            chance = 0.6 if operator == "MobiFone" and level[row] == "access" else 1.0
            if rng.uniform() < chance:
                below = rng.uniform() < _UNDERGROUND[level[row]]
                cables.append(
                    Cable(row, operator, level[row], "underground" if below else "aerial", _FIBRES[level[row]])
                )
    return cables


def homes_with_fibre(
    places: Settlements, roads: Roads, cables: list[Cable], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Homes connected today: none where no cable comes by.

    Parameters
    ----------
    places : Settlements
        Villages.
    roads : Roads
        Roads.
    cables : list of Cable
        Cables on them.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    ndarray of int64
        Homes per village.
    """
    reached = np.zeros(len(places.homes), dtype=bool)
    reached[roads.ends[[cable.road for cable in cables]].ravel()] = True
    share = rng.uniform(0.80, 0.99, len(places.homes))
    return np.where(reached, np.floor(share * places.homes), 0).astype(np.int64)


def make_masts(size: Size, places: Settlements, cabled: NDArray[np.bool_], rng: np.random.Generator) -> list[Mast]:
    """Put base stations where people are; 5G only around the largest places.

    Parameters
    ----------
    size : Size
        How many.
    places : Settlements
        Villages.
    cabled : ndarray of bool
        Villages with fibre.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    list of Mast
        Masts that share come after the mast they share.
    """
    weight = places.people**0.8 * np.where(places.height_m > 120, 0.45, 1.0)
    village = rng.choice(len(places.people), size.sites, p=weight / weight.sum())
    operator = rng.choice(len(OPERATORS), size.sites, p=_OPERATOR_SHARES)
    shift = rng.normal(0.0, 160.0, (size.sites, 2))
    chance = rng.uniform(size=(size.sites, 3))
    tall = rng.choice([36.0, 42.0, 45.0, 50.0], size.sites)
    low = rng.choice([24.0, 27.0, 30.0, 33.0], size.sites)
    large = set(np.argsort(-places.people, kind="stable")[: len(places.people) // 4].tolist())
    masts: list[Mast] = []
    for row in range(size.sites):
        place, name = int(village[row]), OPERATORS[operator[row]]
        x, y = places.village_xy[place] + shift[row]
        partner = -1
        if row > size.sites // 2 and chance[row, 0] < 0.14:
            free = [i for i, mast in enumerate(masts) if mast.operator != name and mast.partner < 0]
            partner = min(free, key=lambda i: (masts[i].x_m - x) ** 2 + (masts[i].y_m - y) ** 2)
            x, y, place = masts[partner].x_m, masts[partner].y_m, masts[partner].village
        rooftop = bool(places.commune_ward[places.village_commune[place]]) and chance[row, 1] < 0.4
        masts.append(
            Mast(
                operator=name,
                structure="rooftop" if rooftop else "tower",
                backhaul="fibre" if cabled[place] else "microwave",
                village=place,
                x_m=round(float(x), 1),
                y_m=round(float(y), 1),
                height_m=float(low[row] if rooftop else tall[row]),
                has_4g=bool(chance[row, 2] > 0.04),
                has_5g=place in large and name in _WITH_5G and chance[row, 2] > 0.75,
                partner=partner,
            )
        )
    return masts


def make_zones(
    size: Size, land: Land, places: Settlements, roads: Roads, cables: list[Cable], rng: np.random.Generator
) -> list[Zone]:
    """Draw zones across roads with aerial cable, so that each has something to put underground.

    Parameters
    ----------
    size : Size
        How many.
    land : Land
        Terrain; zones lie on dry and flat ground.
    places : Settlements
        Communes they must lie in.
    roads : Roads
        Roads.
    cables : list of Cable
        Cables on them.
    rng : numpy.random.Generator
        Seeded source of chance.

    Returns
    -------
    list of Zone
        Rectangles that do not overlap; about a third are new.
    """
    aerial = np.array(sorted({cable.road for cable in cables if cable.placement == "aerial"}))
    home = shapely.union_all(places.commune_shape)
    zones: list[Zone] = []
    for road in rng.permutation(aerial).tolist():
        if len(zones) == size.zones:
            break
        middle = roads.line[road].interpolate(0.5, normalized=True)
        kind = _KINDS[len(zones) % 3]
        hectares = rng.uniform(40, 150) if kind == "industrial_park" else rng.uniform(8, 45)
        ratio, turn = rng.uniform(0.5, 1.0), rng.uniform(0, 180)
        width = np.sqrt(hectares * 1e4 * ratio)
        box = shapely.box(-width / 2, -width / ratio / 2, width / 2, width / ratio / 2)
        shape = shapely.affinity.translate(shapely.affinity.rotate(box, turn), middle.x, middle.y)
        dry = not land.at(land.water, shapely.get_coordinates(shape)).any()
        if not (home.contains(shape) and dry) or any(shape.intersects(zone.shape) for zone in zones):
            continue
        new = len(zones) % 3 == 1 or len(zones) % 7 == 0
        zones.append(
            Zone(
                kind,
                "new" if new else "existing",
                int(rng.choice([2027, 2028, 2030])) if new else 2030,
                bool(not new and rng.uniform() < 0.45),
                shape,
            )
        )
    return zones
