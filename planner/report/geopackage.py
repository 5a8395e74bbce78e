"""results.gpkg: every layer a planner opens in QGIS, with its style inside."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pyogrio

from planner.config.schema import Scenario
from planner.domain.plan import Plan
from planner.domain.programme import Programme
from planner.domain.province import Province
from planner.optimise.programme.quantities import bill_of_quantities, costs_by_operator
from planner.report.styles import STYLES
from planner.report.tables import areas_table, works_table


class WhiteZones(NamedTuple):
    """White zones with their cause.

    Attributes
    ----------
    today, planned : GeoDataFrame
        As `planner.coverage.white_zones` gives them for today's coverage and for the plan's.
    """

    today: gpd.GeoDataFrame
    planned: gpd.GeoDataFrame


def write_geopackage(
    path: Path,
    scenario: Scenario,
    province: Province,
    programme: Programme,
    white_zones: WhiteZones,
    notes: list[str],
) -> None:
    """Write all result layers with their styles.

    Parameters
    ----------
    path : Path
        File to write.
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.
    white_zones : WhiteZones
        White zones with their cause.
    notes : list of str
        What is invented, assumed and not modelled; kept in the table `notes`.
    """
    shares = areas_table(scenario, province, programme).drop(
        columns=["name", "commune_code", "kind", "population"], errors="ignore"
    )
    duplicates = [name for name in shares if name in province.areas and name != "area_id"]
    areas = province.areas.merge(shares.drop(columns=duplicates), on="area_id")
    layers: dict[str, gpd.GeoDataFrame] = {
        "residential_areas": areas,
        "communes": province.communes,
        "roads": province.roads,
        "sites": province.sites,
        "proposed_sites": _works(programme.plan, province.crs, sub_plan="sites"),
        "fibre_works": _works(programme.plan, province.crs, sub_plan="fibre"),
        "underground_runs": _works(programme.plan, province.crs, sub_plan="undergrounding"),
        "zones": province.zones,
        "white_zones": white_zones.planned,
        "white_zones_today": white_zones.today,
    }
    for name, layer in layers.items():
        for geometry, part in _by_geometry(layer):
            part.to_file(path, layer=name + geometry, driver="GPKG", engine="pyogrio")
    works = programme.plan.works
    for name, table in (("bill_of_quantities", bill_of_quantities(works)), ("operators", costs_by_operator(works))):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
    with sqlite3.connect(path) as database:
        _write_notes(database, notes)
        _write_styles(database)
    database.close()


def _works(plan: Plan, crs: str, *, sub_plan: str) -> gpd.GeoDataFrame:
    kept = [work for work in plan.works if work.sub_plan == sub_plan and work.geometry is not None]
    table = works_table(Plan(works=tuple(kept), bounds={}))
    return gpd.GeoDataFrame(table, geometry=[work.geometry for work in kept], crs=crs)


def _by_geometry(layer: gpd.GeoDataFrame) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Split a layer that mixes points and lines; the first kind keeps the plain name."""
    plain = layer.copy()
    for name in plain.columns:
        if name != plain.geometry.name and plain[name].dtype == object:
            plain[name] = plain[name].map(_text_or_number)
    if plain.empty:
        return [("", plain)]
    family = plain.geometry.geom_type.str.replace("Multi", "", regex=False).str.replace(
        "LinearRing", "LineString", regex=False
    )
    order = {"LineString": 0, "Polygon": 1, "Point": 2}
    kinds = sorted(family.unique(), key=lambda kind: order.get(kind, 3))
    return [("" if index == 0 else f"_{kind.lower()}s", plain[family == kind]) for index, kind in enumerate(kinds)]


def _text_or_number(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, dict)):
        return str(value)
    return value


def _write_notes(database: sqlite3.Connection, notes: list[str]) -> None:
    database.execute("CREATE TABLE notes (fid INTEGER PRIMARY KEY AUTOINCREMENT, note TEXT NOT NULL)")
    database.executemany("INSERT INTO notes (note) VALUES (?)", [(note,) for note in notes])
    _register(database, "notes")


def _write_styles(database: sqlite3.Connection) -> None:
    """The table QGIS reads default styles from."""
    database.execute(
        "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " f_table_catalog TEXT(256), f_table_schema TEXT(256),"
        " f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,"
        " useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_datetime DATETIME)"
    )
    columns = dict(database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
    rows = [
        ("", "", name, columns[name], name, STYLES[base], "", 1, "written by planner", "", "")
        for name in sorted(columns)
        if (base := _style_of(name))
    ]
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
        " styleName, styleQML,"
        " styleSLD, useAsDefault, description, owner, ui) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        rows,
    )
    _register(database, "layer_styles")


def _style_of(name: str) -> str:
    """Style key of a layer; split-off parts have their own where one exists."""
    if name in STYLES:
        return name
    return next((key for key in STYLES if name.startswith(key)), "")


def _register(database: sqlite3.Connection, table: str) -> None:
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES (?, 'attributes', ?)",
        (table, table),
    )
