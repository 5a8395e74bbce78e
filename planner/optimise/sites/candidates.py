"""Where new radio may stand: masts in settlements, beside roads and on hilltops, roofs of public places, poles."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter
from scipy.spatial import cKDTree

from planner.config.programme import CandidateConfig
from planner.config.schema import Scenario
from planner.domain.province import Province

HILLTOP_WINDOW_M = 1500.0  # a hilltop is the highest cell of this neighbourhood
HILLTOP_PROMINENCE_M = 15.0  # and stands this far above its mean
WATER_CLASS = 80  # ESA WorldCover v200: permanent water bodies
_RANK = {"hilltop": 0, "settlement": 1, "road": 2, "pole": 0, "road pole": 1}  # best first within what it stands on
_LETTER = {"mast": "P", "small cell": "S", "roof": "R", "pole": "L"}


@dataclass(frozen=True)
class CandidatePoint:
    """A place for a new mast.

    Attributes
    ----------
    candidate_id : str
        'P<row>_<col>' (mast), 'S' (small cell), 'R' (roof) or 'L' (pole) of the thinning lattice: stable while the
        spacing is.
    x_m, y_m : float
        Position, m.
    height_agl_m : float
        Antenna height above ground, m.
    commune_code : str
        Commune it lies in.
    stands_on : str
        'mast', 'small cell' (on a pole of its own), 'roof' or 'pole' (one that stands).
    reason : str
        Why it stands there.
    """

    candidate_id: str
    x_m: float
    y_m: float
    height_agl_m: float
    commune_code: str
    stands_on: str
    reason: str


@dataclass(frozen=True)
class _Pool:
    """Places before thinning; what they stand on, and how high where it is known (else NaN)."""

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    rank: NDArray[np.int64]
    stands_on: NDArray[np.str_]
    height_agl_m: NDArray[np.float64]
    reason: list[str]


def candidate_points(
    province: Province, scenario: Scenario, wanting_cells: NDArray[np.int64], reach_m: float
) -> list[CandidatePoint]:
    """Generate places and thin them to one mast, one roof and one pole per lattice cell, best kind first.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        `planning.candidates` gives spacing, exclusions and the largest number.
    wanting_cells : ndarray of int64
        Flat indices of inhabited cells that are not served; none gives no candidates.
    reach_m : float
        Farthest a candidate may lie from such a cell, m.

    Returns
    -------
    list of CandidatePoint
        Sorted by id.
    """
    rules = scenario.planning.candidates
    if wanting_cells.size == 0 or rules.max_candidates == 0:
        return []
    pools = [_settlements(province, rules.spacing_m), _roads(province, rules.spacing_m), _hilltops(province)]
    if rules.rooftops and province.places is not None:
        pools.append(_roofs(province.places, rules))
    if rules.small_cells and province.poles is not None:
        pools.append(_standing_poles(province.poles))
    if rules.small_cells and "support" in province.cables:
        pools.append(_road_poles(province, rules.spacing_m))
    pool = _join(pools)
    pool = _allowed(pool, province, scenario, wanting_cells, reach_m)
    spacing_m = rules.spacing_m
    chosen = _one_per_lattice_cell(pool, spacing_m)
    while chosen.size > rules.max_candidates:
        spacing_m *= max(1.05, float(np.sqrt(chosen.size / rules.max_candidates)))
        chosen = _one_per_lattice_cell(pool, spacing_m)
    return _points(pool, chosen, province, scenario, spacing_m)


def _join(pools: list[_Pool]) -> _Pool:
    return _Pool(
        np.concatenate([pool.x_m for pool in pools]),
        np.concatenate([pool.y_m for pool in pools]),
        np.concatenate([pool.rank for pool in pools]),
        np.concatenate([pool.stands_on for pool in pools]),
        np.concatenate([pool.height_agl_m for pool in pools]),
        [text for pool in pools for text in pool.reason],
    )


def _pool(
    points: NDArray[np.float64],
    kind: str,
    reason: list[str],
    stands_on: str = "mast",
    height_agl_m: NDArray[np.float64] | None = None,
) -> _Pool:
    xy = points.reshape(-1, 2)
    height = np.full(len(xy), np.nan) if height_agl_m is None else height_agl_m
    rank = np.full(len(xy), _RANK.get(kind, 0))
    return _Pool(xy[:, 0].copy(), xy[:, 1].copy(), rank, np.full(len(xy), stands_on), height, reason)


def _settlements(province: Province, spacing_m: float) -> _Pool:
    """Lattice points inside areas, and every area's own inner point."""
    inner = shapely.get_coordinates(shapely.point_on_surface(province.areas.geometry.array))
    names = province.areas["name"].astype(str).tolist()
    west, south, east, north = province.areas.total_bounds
    xs = np.arange(np.floor(west / spacing_m) + 0.5, np.ceil(east / spacing_m)) * spacing_m
    ys = np.arange(np.floor(south / spacing_m) + 0.5, np.ceil(north / spacing_m)) * spacing_m
    lattice = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    tree = shapely.STRtree(province.areas.geometry.array)
    point, area = tree.query(shapely.points(lattice), predicate="within")
    reasons = [f"in the settlement {name}" for name in names] + [f"in the settlement {names[i]}" for i in area]
    return _pool(np.concatenate([inner, lattice[point]]), "settlement", reasons)


def _roads(province: Province, spacing_m: float) -> _Pool:
    """Points along roads."""
    lines = shapely.segmentize(province.roads.geometry.array, spacing_m)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    classes = province.roads["road_class"].astype(str).to_numpy()[owner]
    return _pool(xy, "road", [f"beside a {name} road" for name in classes])


def _hilltops(province: Province) -> _Pool:
    """Highest cells of their neighbourhood that stand out of it."""
    grid = province.terrain.grid
    height = np.nan_to_num(province.terrain.elevation_asl_m, nan=-1e4)
    window = max(3, int(HILLTOP_WINDOW_M / grid.cell_m) | 1)
    top = (height == maximum_filter(height, window)) & (height - uniform_filter(height, window) > HILLTOP_PROMINENCE_M)
    row, col = np.nonzero(top)
    x_m, y_m = grid.centres(row, col)
    reasons = [f"hilltop at {height[r, c]:.0f} m" for r, c in zip(row, col, strict=True)]
    return _pool(np.stack([x_m, y_m], axis=-1), "hilltop", reasons)


def _roofs(places: gpd.GeoDataFrame, rules: CandidateConfig) -> _Pool:
    """Roofs of public places of the kinds that may carry radio."""
    words = [word.casefold() for word in rules.rooftop_kinds]
    kinds = places["kind"].astype(str)
    chosen = places[[any(word in kind.casefold() for word in words) for kind in kinds]]
    names = chosen["name"] if "name" in chosen else chosen["place_id"]
    reasons = [f"on the roof of {name} ({kind})" for name, kind in zip(names, chosen["kind"], strict=True)]
    return _pool(
        shapely.get_coordinates(chosen.geometry.array), "roof", reasons, "roof", _heights(chosen) + rules.roof_mast_m
    )


def _standing_poles(poles: gpd.GeoDataFrame) -> _Pool:
    """Poles of the layer of poles."""
    owners = [f" of {owner}" if owner else "" for owner in poles["owner"].astype(str)]
    reasons = [f"on pole {name}{owner}" for name, owner in zip(poles["pole_id"], owners, strict=True)]
    return _pool(shapely.get_coordinates(poles.geometry.array), "pole", reasons, "pole", _heights(poles))


def _road_poles(province: Province, spacing_m: float) -> _Pool:
    """Points along roads whose cables hang from poles."""
    hung = province.cables[province.cables["support"] == "pole"]
    owners = hung.groupby("road_id")["operator"].agg(lambda names: ", ".join(sorted(set(names))))
    roads = province.roads[province.roads["road_id"].isin(owners.index)]
    lines = shapely.segmentize(roads.geometry.array, spacing_m)
    xy, of_road = shapely.get_coordinates(lines, return_index=True)
    names = roads["road_id"].astype(str).to_numpy()[of_road]
    return _pool(xy, "road pole", [f"on the poles of {owners[name]} along road {name}" for name in names], "pole")


def _heights(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Stated heights, m; NaN where there is none."""
    return frame["height_m"].to_numpy(dtype=np.float64) if "height_m" in frame else np.full(len(frame), np.nan)


def _allowed(
    pool: _Pool, province: Province, scenario: Scenario, wanting_cells: NDArray[np.int64], reach_m: float
) -> _Pool:
    """Drop what lies out of reach, abroad, in water, in excluded zones, on missing terrain or too near homes."""
    rules = scenario.planning.candidates
    grid = province.terrain.grid
    row, col = grid.cells(pool.x_m, pool.y_m)
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    keep = inside.copy()
    keep[inside] = np.isfinite(province.terrain.elevation_asl_m[row[inside], col[inside]])
    keep[inside] &= province.terrain.land_cover[row[inside], col[inside]] != WATER_CLASS
    wx, wy = grid.centres(wanting_cells // grid.cols, wanting_cells % grid.cols)
    xy = np.stack([pool.x_m, pool.y_m], axis=-1)
    keep &= cKDTree(np.stack([wx, wy], axis=-1)).query(xy)[0] <= reach_m
    home = shapely.union_all(province.communes.geometry.array)
    shapely.prepare(home)
    keep &= shapely.intersects_xy(home, pool.x_m, pool.y_m)
    if rules.min_distance_to_homes_m > 0:
        centres = shapely.get_coordinates(shapely.point_on_surface(province.areas.geometry.array))
        keep &= cKDTree(centres).query(xy)[0] >= rules.min_distance_to_homes_m
    if rules.exclusion_zone_ids:
        zones = province.zones[province.zones["zone_id"].isin(rules.exclusion_zone_ids)]
        excluded = shapely.union_all(zones.geometry.array)
        shapely.prepare(excluded)
        keep &= ~shapely.contains_xy(excluded, pool.x_m, pool.y_m)
    index = np.flatnonzero(keep)
    return _Pool(
        pool.x_m[index],
        pool.y_m[index],
        pool.rank[index],
        pool.stands_on[index],
        pool.height_agl_m[index],
        [pool.reason[i] for i in index],
    )


def _one_per_lattice_cell(pool: _Pool, spacing_m: float) -> NDArray[np.int64]:
    """Index of the best-ranked point of each lattice cell and of what points stand on, ties by position."""
    row, col = _lattice(pool.x_m, pool.y_m, spacing_m)
    kind = np.unique(pool.stands_on, return_inverse=True)[1]
    order = np.lexsort((pool.y_m, pool.x_m, pool.rank, col, row, kind))
    first = np.ones(order.size, dtype=bool)
    first[1:] = np.any([np.diff(key[order]) != 0 for key in (kind, row, col)], axis=0)
    return order[first]


def _lattice(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], spacing_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.floor(y_m / spacing_m).astype(np.int64), np.floor(x_m / spacing_m).astype(np.int64)


def _points(
    pool: _Pool, chosen: NDArray[np.int64], province: Province, scenario: Scenario, spacing_m: float
) -> list[CandidatePoint]:
    rules = scenario.planning.candidates
    row, col = _lattice(pool.x_m[chosen], pool.y_m[chosen], spacing_m)
    communes = commune_of_points(province, pool.x_m[chosen], pool.y_m[chosen])
    found = []
    usual = {"mast": rules.height_agl_m, "roof": rules.rooftop_height_agl_m, "pole": rules.small_cell_height_agl_m}
    for k, i in enumerate(chosen):
        stands_on = str(pool.stands_on[i])
        height_agl_m = float(pool.height_agl_m[i])
        ways = [(stands_on, usual[stands_on] if np.isnan(height_agl_m) else height_agl_m)]
        if rules.small_cells and stands_on == "mast" and pool.rank[i] != _RANK["hilltop"]:
            ways.append(("small cell", rules.small_cell_height_agl_m))
        for way, height in ways:
            found.append(
                CandidatePoint(
                    f"{_LETTER[way]}{row[k]}_{col[k]}",
                    float(pool.x_m[i]),
                    float(pool.y_m[i]),
                    height,
                    communes[k],
                    way,
                    pool.reason[i],
                )
            )
    return sorted(found, key=lambda point: point.candidate_id)


def commune_of_points(province: Province, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> list[str]:
    """Commune each point lies in, or the nearest one.

    Parameters
    ----------
    province : Province
        The province.
    x_m, y_m : ndarray of float64
        Points, m.

    Returns
    -------
    list of str
        Commune codes.
    """
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x_m, y_m, crs=province.crs))
    joined = gpd.sjoin_nearest(points, province.communes[["commune_code", "geometry"]], how="left")
    codes = joined[~joined.index.duplicated()].sort_index()["commune_code"]
    return [str(code) for code in codes]
