"""Terrain and land cover on the calculation grid; what does not reach or has holes is said, never filled with 0."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import rasterio
import rasterio.errors
import rasterio.features
import rasterio.warp
import shapely
from numpy.typing import NDArray
from rasterio.enums import Resampling
from shapely.geometry.base import BaseGeometry

from planner.data.findings import Findings
from planner.domain.grid import Grid

LOWEST_ASL_M, HIGHEST_ASL_M = -450.0, 9000.0  # Dead Sea shore and Everest, rounded outwards
_DENSE_M = 2000.0  # straight lines bend when reprojected: a vertex at least this often


def frame_of(region: BaseGeometry, crs: str, cell_m: float) -> Grid:
    """Lay the calculation grid around a region, its corners on whole multiples of the cell.

    Parameters
    ----------
    region : BaseGeometry
        Region in metres.
    crs : str
        Working reference system.
    cell_m : float
        Side of a cell, m.

    Returns
    -------
    Grid
        Smallest frame that holds the region.
    """
    west, south, east, north = region.bounds
    left, top = math.floor(west / cell_m), math.ceil(north / cell_m)
    right, bottom = math.ceil(east / cell_m), math.floor(south / cell_m)
    return Grid(crs, left * cell_m, top * cell_m, cell_m, top - bottom, right - left)


class Raster:
    """A one-band raster file, read whole and checked once.

    Parameters
    ----------
    values : ndarray
        Band 1, shape (rows, cols).
    transform : Any
        Affine transform of the source.
    crs : Any
        Reference system of the source.
    nodata : float or None
        Value that means no data.
    """

    def __init__(self, values: NDArray[Any], transform: Any, crs: Any, nodata: float | None) -> None:
        self.values = values
        self.transform = transform
        self.crs = crs
        self.nodata = nodata

    @property
    def holes(self) -> NDArray[np.bool_]:
        """Cells without data."""
        missing = np.zeros(self.values.shape, dtype=bool)
        if np.issubdtype(self.values.dtype, np.floating):
            missing |= ~np.isfinite(self.values)
        if self.nodata is not None and not math.isnan(self.nodata):
            missing |= self.values == self.nodata
        return missing

    def at(self, col: float, row: float) -> tuple[float, float]:
        """Coordinates of a place counted in cells from the upper left corner.

        Parameters
        ----------
        col, row : float
            Columns and rows; whole numbers are corners of cells.

        Returns
        -------
        tuple of float
            x and y in the source's reference system.
        """
        a, b, c, d, e, f = tuple(self.transform)[:6]
        return a * col + b * row + c, d * col + e * row + f

    def outline(self) -> BaseGeometry:
        """Outline in the source's own reference system, with vertices along its sides.

        Returns
        -------
        BaseGeometry
            Polygon.
        """
        rows, cols = self.values.shape
        corners = [self.at(*corner) for corner in ((0, 0), (cols, 0), (cols, rows), (0, rows))]
        polygon = shapely.Polygon(corners)
        return shapely.segmentize(polygon, max(polygon.length / 400, 1e-9))

    def resolution_m(self, at: BaseGeometry) -> float:
        """Side of a square as large as one source cell, m.

        Parameters
        ----------
        at : BaseGeometry
            Region, in the source's reference system, in whose middle the cell is measured.

        Returns
        -------
        float
            Metres on the ellipsoid.
        """
        x, y = at.centroid.x, at.centroid.y
        a, b, _, d, e, _ = tuple(self.transform)[:6]
        cell = shapely.Polygon([(x, y), (x + a, y + d), (x + a + b, y + d + e), (x + b, y + e)])
        area, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(_moved(cell, self.crs, "EPSG:4326"))
        return math.sqrt(abs(area))


def read_raster(path: Path, layer: str, findings: Findings) -> Raster | None:
    """Read band 1 of a raster file.

    Parameters
    ----------
    path : Path
        GeoTIFF, HGT or anything GDAL reads.
    layer : str
        Layer, for complaints.
    findings : Findings
        Book for damage and a missing reference system.

    Returns
    -------
    Raster or None
        None when the file cannot be used.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                findings.add("P201", layer, path.name, "no reference system is stated")
                return None
            if source.transform.is_identity:
                findings.add("P201", layer, path.name, "no georeference is stated")
                return None
            raster = Raster(source.read(1), source.transform, source.crs, source.nodata)
    except (rasterio.errors.RasterioError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        findings.add("P103", layer, path.name, f"cannot be read to its end: {reason}")
        return None
    west, south, east, north = raster.outline().bounds
    if pyproj.CRS.from_user_input(raster.crs.to_wkt()).is_geographic and (
        west < -181 or east > 361 or south < -91 or north > 91
    ):
        findings.add(
            "P202",
            layer,
            path.name,
            f"the reference system is in degrees, but the raster runs from {west:.6g}, {south:.6g} to"
            f" {east:.6g}, {north:.6g}",
        )
        return None
    return raster


def check_reach(raster: Raster, region: BaseGeometry, crs: str, layer: str, name: str, findings: Findings) -> bool:
    """Check that a raster reaches a region; complain with the bounds that are missing, in degrees and km.

    Parameters
    ----------
    raster : Raster
        Source.
    region : BaseGeometry
        Region in the working reference system.
    crs : str
        Working reference system.
    layer, name : str
        Layer and file, for complaints.
    findings : Findings
        Book for a raster that falls short.

    Returns
    -------
    bool
        True when the region is covered.
    """
    rule = "P301" if layer == "dem" else "P305"
    have = _moved(raster.outline(), raster.crs, "EPSG:4326")
    need = _moved(shapely.segmentize(region, _DENSE_M), crs, "EPSG:4326")
    if not np.isfinite(have.bounds).all():
        findings.add("P202", layer, name, "its corners have no longitude and latitude in the stated reference system")
        return False
    missing = need.difference(have.buffer(1e-7))
    if missing.is_empty:
        return True
    findings.add(rule, layer, name, f"{_shortfall(have, need)}; needed is {_box(need.bounds)}")
    return False


def _shortfall(have: BaseGeometry, need: BaseGeometry) -> str:
    """Which sides of a raster fall short, by how much."""
    if not have.intersects(need):
        return f"it covers {_box(have.bounds)}, nothing of the needed region"
    geod = pyproj.Geod(ellps="WGS84")
    west, south, east, north = have.bounds
    mid_x, mid_y = (west + east) / 2, (south + north) / 2
    sides = []
    for word, got, wanted, sign, horizontal in (
        ("west", west, need.bounds[0], 1, True),
        ("south", south, need.bounds[1], 1, False),
        ("east", east, need.bounds[2], -1, True),
        ("north", north, need.bounds[3], -1, False),
    ):
        short = (got - wanted) * sign
        if short > 1e-7:
            ends = (got, mid_y, wanted, mid_y) if horizontal else (mid_x, got, mid_x, wanted)
            km = geod.inv(*ends)[2] / 1000
            sides.append(f"{short:.4f} degrees ({km:.2f} km) in the {word} ({got:.4f} instead of {wanted:.4f})")
    return "falls short by " + (", ".join(sides) if sides else "a corner of the region")


def _box(bounds: tuple[float, ...]) -> str:
    west, south, east, north = bounds
    return f"W {west:.4f}, S {south:.4f}, E {east:.4f}, N {north:.4f}"


def _moved(shape: BaseGeometry, source: Any, target: Any) -> BaseGeometry:
    """A shape in another reference system, vertex by vertex."""
    move = pyproj.Transformer.from_crs(source, target, always_xy=True).transform
    moved: BaseGeometry = shapely.transform(shape, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    return moved


def inside_mask(raster: Raster, region: BaseGeometry, crs: str) -> NDArray[np.bool_]:
    """Source cells that touch a region.

    Parameters
    ----------
    raster : Raster
        Source.
    region : BaseGeometry
        Region in the working reference system.
    crs : str
        Working reference system.

    Returns
    -------
    ndarray of bool
        Shape of the source.
    """
    there = _moved(shapely.segmentize(region, _DENSE_M), crs, raster.crs)
    mask: NDArray[np.bool_] = rasterio.features.geometry_mask(
        [there], raster.values.shape, raster.transform, all_touched=True, invert=True
    )
    return mask


def check_heights(raster: Raster, inside: NDArray[np.bool_], layer: str, name: str, findings: Findings) -> bool:
    """Check terrain for holes and impossible heights where it is needed.

    Parameters
    ----------
    raster : Raster
        Terrain.
    inside : ndarray of bool
        Source cells that are needed.
    layer, name : str
        Layer and file, for complaints.
    findings : Findings
        Book for holes and impossible heights.

    Returns
    -------
    bool
        True when every needed cell has a possible height.
    """
    holes = raster.holes & inside
    sound = True
    if holes.any():
        sound = False
        findings.add("P302", layer, name, f"{_count(holes)} without data, the first at {_place(raster, holes)}")
    with np.errstate(invalid="ignore"):
        wild = inside & ~raster.holes & ((raster.values < LOWEST_ASL_M) | (raster.values > HIGHEST_ASL_M))
    if wild.any():
        sound = False
        values = raster.values[wild]
        findings.add(
            "P303",
            layer,
            name,
            f"{_count(wild)} with heights from {values.min():g} to {values.max():g} m, the first at"
            f" {_place(raster, wild)}",
        )
    return sound


def _count(mask: NDArray[np.bool_]) -> str:
    number = int(mask.sum())
    return f"{number:,} cell{'s' if number > 1 else ''}"


def _place(raster: Raster, mask: NDArray[np.bool_]) -> str:
    """Longitude and latitude of the first cell of a mask."""
    row, col = (int(index) for index in np.argwhere(mask)[0])
    x, y = raster.at(col + 0.5, row + 0.5)
    lon, lat = pyproj.Transformer.from_crs(raster.crs, "EPSG:4326", always_xy=True).transform(x, y)
    return f"{lon:.4f} E, {lat:.4f} N (row {row}, column {col})"


def elevation_on(grid: Grid, raster: Raster) -> NDArray[np.float32]:
    """Interpolate terrain bilinearly to the calculation grid.

    Parameters
    ----------
    grid : Grid
        Frame.
    raster : Raster
        Terrain.

    Returns
    -------
    ndarray of float32, shape (rows, cols)
        Height, m above sea level; NaN where a neighbour has no data or the source ends.
    """
    source = raster.values.astype(np.float32)
    source[raster.holes] = np.nan
    out = np.full(grid.shape, np.nan, dtype=np.float32)
    rasterio.warp.reproject(
        source,
        out,
        src_transform=raster.transform,
        src_crs=raster.crs,
        src_nodata=np.nan,
        dst_transform=rasterio.Affine(*grid.geotransform),
        dst_crs=grid.crs,
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
        tolerance=0.0,
    )
    return out


def land_cover_on(grid: Grid, raster: Raster, resolution_m: float) -> NDArray[np.uint8]:
    """Bring land-cover codes to the calculation grid: nearest, or the commonest where the source is much finer.

    Parameters
    ----------
    grid : Grid
        Frame.
    raster : Raster
        Codes 1 to 255.
    resolution_m : float
        Side of a source cell, m.

    Returns
    -------
    ndarray of uint8, shape (rows, cols)
        Code; 0 where there is none.
    """
    source = np.where(raster.holes, 0, raster.values).astype(np.uint8)
    out = np.zeros(grid.shape, dtype=np.uint8)
    rasterio.warp.reproject(
        source,
        out,
        src_transform=raster.transform,
        src_crs=raster.crs,
        src_nodata=0,
        dst_transform=rasterio.Affine(*grid.geotransform),
        dst_crs=grid.crs,
        dst_nodata=0,
        resampling=Resampling.mode if resolution_m < grid.cell_m / 2 else Resampling.nearest,
        tolerance=0.0,
    )
    return out
