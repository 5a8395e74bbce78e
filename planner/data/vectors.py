"""Layers with geometry: read whole, checked for reference system and kind, brought to the working metres."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataSourceError
from shapely.geometry.base import BaseGeometry

from planner.data.findings import Findings

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
POINTS = ("Point",)


def read_vector(path: Path, layer: str, findings: Findings) -> gpd.GeoDataFrame | None:
    """Read a vector file as it is.

    Parameters
    ----------
    path : Path
        GeoPackage, GeoJSON, Shapefile, FlatGeobuf or KML.
    layer : str
        Layer, for complaints.
    findings : Findings
        Book for damage.

    Returns
    -------
    GeoDataFrame or None
        As stored; None when the file cannot be used.
    """
    if path.suffix.lower() == ".gpkg" and not _sound_database(path, layer, findings):
        return None
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        chosen = next((name for name in names if name.casefold().startswith(layer)), names[0])
        stated = int(pyogrio.read_info(path, layer=chosen, force_feature_count=True)["features"])
        frame = pyogrio.read_dataframe(path, layer=chosen)
    except (DataSourceError, OSError, RuntimeError, IndexError, ValueError) as error:
        findings.add("P103", layer, path.name, f"cannot be read: {_first_line(error)}")
        return None
    if not isinstance(frame, gpd.GeoDataFrame):
        findings.add("P203", layer, path.name, "the table has no geometry column")
        return None
    if stated >= 0 and len(frame) != stated:
        findings.add("P103", layer, path.name, f"{len(frame)} features can be read, it states {stated}")
        return None
    return frame


def _sound_database(path: Path, layer: str, findings: Findings) -> bool:
    """GDAL reads the sound part of a truncated GeoPackage without a word; SQLite's own check does not."""
    try:
        with sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro&immutable=1", uri=True) as database:
            answer = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        findings.add("P103", layer, path.name, f"not a sound GeoPackage: {error}")
        return False
    finally:
        if "database" in locals():
            database.close()
    if not answer or answer[0] != "ok":
        findings.add("P103", layer, path.name, f"not a sound GeoPackage: {answer[0] if answer else 'empty'}")
        return False
    return True


def to_working_crs(
    frame: gpd.GeoDataFrame, crs: str, layer: str, name: str, findings: Findings
) -> gpd.GeoDataFrame | None:
    """Bring a layer to the working reference system.

    Parameters
    ----------
    frame : GeoDataFrame
        Layer as read.
    crs : str
        Working reference system, metres.
    layer, name : str
        Layer and file, for complaints.
    findings : Findings
        Book for a missing or impossible reference system.

    Returns
    -------
    GeoDataFrame or None
        In metres, two-dimensional; None when the reference system cannot be right.
    """
    if frame.crs is None:
        findings.add("P201", layer, name, "no reference system is stated")
        return None
    bounds = frame.total_bounds
    if not np.isfinite(bounds).all():
        return frame.set_geometry(shapely.force_2d(frame.geometry.values), crs=frame.crs).to_crs(crs)
    west, south, east, north = (float(value) for value in bounds)
    box = f"{west:.6g}, {south:.6g} to {east:.6g}, {north:.6g}"
    if frame.crs.is_geographic and (west < -180.001 or east > 360 or south < -90.001 or north > 90.001):
        findings.add("P202", layer, name, f"{frame.crs.name} is in degrees, but coordinates run from {box}: metres?")
        return None
    if frame.crs.is_projected and max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90:
        findings.add("P202", layer, name, f"{frame.crs.name} is in metres, but coordinates run from {box}: degrees?")
        return None
    moved = frame.set_geometry(shapely.force_2d(frame.geometry.values), crs=frame.crs).to_crs(crs)
    if not np.isfinite(moved.total_bounds).all():
        findings.add(
            "P202",
            layer,
            name,
            f"coordinates {box} cannot be brought from {frame.crs.name} to {crs}",
            "Check the stated reference system and data.crs_work.",
        )
        return None
    return moved


def sound_geometry(
    frame: gpd.GeoDataFrame, kinds: tuple[str, ...], ids: list[str], layer: str, findings: Findings
) -> gpd.GeoDataFrame:
    """Complain of missing or wrong geometry and repair invalid outlines.

    Parameters
    ----------
    frame : GeoDataFrame
        Layer in metres.
    kinds : tuple of str
        Geometry types that are right for it.
    ids : list of str
        Feature names, for complaints.
    layer : str
        Layer, for complaints.
    findings : Findings
        Book for faults.

    Returns
    -------
    GeoDataFrame
        Same rows, outlines valid.
    """
    geometry = np.asarray(frame.geometry.values, dtype=object).copy()
    for index, shape in enumerate(geometry):
        if shape is None or shape.is_empty:
            findings.add("P203", layer, ids[index], "has no geometry")
        elif shape.geom_type not in kinds:
            findings.add("P203", layer, ids[index], f"is a {shape.geom_type}, not a {kinds[0]}")
        elif kinds == POLYGONS and not shape.is_valid:
            reason = shapely.is_valid_reason(shape).split("[")[0].strip()
            repaired = _polygonal(shapely.make_valid(shape))
            if repaired.is_empty:
                findings.add("P203", layer, ids[index], f"its outline encloses nothing ({reason})")
            else:
                findings.add("P204", layer, ids[index], reason)
            geometry[index] = repaired
    return frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs))


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Only the polygons of a repaired outline."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in POLYGONS]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def check_place(frame: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, layer: str, name: str, findings: Findings) -> bool:
    """Check that a layer lies where the communes are.

    Parameters
    ----------
    frame, communes : GeoDataFrame
        Both in metres.
    layer, name : str
        Layer and file, for complaints.
    findings : Findings
        Book for a layer that lies elsewhere.

    Returns
    -------
    bool
        False when it lies elsewhere.
    """
    bounds, home = frame.total_bounds, communes.total_bounds
    if not (np.isfinite(bounds).all() and np.isfinite(home).all()):
        return True
    gap = shapely.distance(shapely.box(*bounds), shapely.box(*home))
    if gap > 0:
        findings.add("P205", layer, name, f"lies {gap / 1000:,.1f} km away from the communes")
        return False
    return True


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
