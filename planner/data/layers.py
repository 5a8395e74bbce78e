"""Each layer of a folder brought to its canonical columns, in metres, with its own faults written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.config.words import did_you_mean
from planner.data.columns import as_number, as_text, as_truth, canonical
from planner.data.crossings import read_crossing_words
from planner.data.files import OPTIONAL, locate
from planner.data.findings import Findings
from planner.data.rasters import Raster, read_raster
from planner.data.site_table import build_sites, settle_operators
from planner.data.tables import read_csv
from planner.data.vectors import LINES, POINTS, POLYGONS, read_vector, sound_geometry, to_working_crs

PEOPLE_PER_HOME = 3.7  # where a layer has no homes: counted as assumed; census 2019: 3.6, the four folders: 3.7
ZONE_KINDS = ("industrial_park", "urban", "residential")
ZONE_STATUS = ("new", "existing")
PLACEMENTS = ("aerial", "underground")
SUPPORTS = ("duct", "direct", "pole", "unknown")
HIGHEST_BUILDING_M = 150.0
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass
class Layers:
    """All layers as read; None where a layer is missing or cannot be used.

    Attributes
    ----------
    files : dict of str to Path
        Layer -> file.
    dem, land_cover : Raster or None
        Source rasters.
    communes, villages, roads, sites, zones : GeoDataFrame or None
        Canonical columns, metres; villages have `has_grid` where grid power is known.
    cables : DataFrame or None
        Canonical columns.
    neighbour_sites, districts, places, poles, rivers, railways, boundary : GeoDataFrame or None
        Optional layers.
    parks, units : DataFrame or None
        Optional tables: industrial parks, and communes as they were before the last merger.
    assumed : dict of str to int
        What was supplied for missing values -> how many times.
    """

    files: dict[str, Path] = field(default_factory=dict)
    dem: Raster | None = None
    land_cover: Raster | None = None
    communes: gpd.GeoDataFrame | None = None
    villages: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    sites: gpd.GeoDataFrame | None = None
    zones: gpd.GeoDataFrame | None = None
    cables: pd.DataFrame | None = None
    neighbour_sites: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    places: gpd.GeoDataFrame | None = None
    poles: gpd.GeoDataFrame | None = None
    rivers: gpd.GeoDataFrame | None = None
    railways: gpd.GeoDataFrame | None = None
    boundary: gpd.GeoDataFrame | None = None
    parks: pd.DataFrame | None = None
    units: pd.DataFrame | None = None
    assumed: dict[str, int] = field(default_factory=dict)


def read_layers(scenario: Scenario, folder: Path, patterns: dict[str, str], findings: Findings) -> Layers:
    """Read every layer of a folder.

    Parameters
    ----------
    scenario : Scenario
        Column names, operators, reference systems.
    folder : Path
        Data folder.
    patterns : dict of str to str
        Layer -> file name pattern.
    findings : Findings
        Book for every fault.

    Returns
    -------
    Layers
        What could be read.
    """
    layers = Layers(files=locate(folder, patterns, findings))
    reader = _Reader(scenario, layers, findings)
    if "dem" in layers.files:
        layers.dem = read_raster(layers.files["dem"], "dem", findings)
    if "land_cover" in layers.files:
        layers.land_cover = read_raster(layers.files["land_cover"], "land_cover", findings)
    layers.communes = reader.communes()
    layers.villages = reader.villages()
    layers.roads = reader.roads()
    layers.sites = reader.sites("sites")
    layers.neighbour_sites = reader.sites("neighbour_sites")
    layers.cables = reader.cables()
    layers.zones = reader.zones()
    layers.parks = reader.table("parks")
    layers.units = reader.table("units")
    layers.districts = reader.vector("districts", POLYGONS, "district_code")
    layers.places = reader.standing("places", "place_id", "kind")
    layers.poles = reader.standing("poles", "pole_id", "owner")
    layers.rivers = reader.vector("rivers", (*LINES, *POLYGONS), "river_id")
    layers.railways = reader.vector("railways", LINES, "railway_id")
    layers.boundary = reader.vector("boundary", POLYGONS, "name")
    return layers


def ellipsoid_lengths_m(lines: gpd.GeoSeries) -> NDArray[np.float64]:
    """Lengths on the WGS 84 ellipsoid.

    Parameters
    ----------
    lines : GeoSeries
        Lines in any stated reference system.

    Returns
    -------
    ndarray of float64
        Length, m.
    """
    shapes = lines.to_crs("EPSG:4326").values
    return np.array([_GEOD.geometry_length(shape) if shape is not None else 0.0 for shape in shapes])


class _Reader:
    """Reads layer by layer into one book of findings."""

    def __init__(self, scenario: Scenario, layers: Layers, findings: Findings) -> None:
        self.scenario = scenario
        self.layers = layers
        self.findings = findings
        self.crs = scenario.data.crs_work

    def columns(self, frame: Any, layer: str) -> Any:
        own = self.scenario.data.columns.get(layer, {})  # type: ignore[call-overload]
        return canonical(frame, layer, own, self.findings)

    def table(self, layer: str) -> pd.DataFrame | None:
        path = self.layers.files.get(layer)
        frame = read_csv(path, layer, self.findings) if path else None
        if frame is None or path is None:
            return None
        if frame.empty:
            self.findings.add("P104", layer, path.name, "has a header but no rows")
            return None
        return self.columns(frame, layer)  # type: ignore[no-any-return]

    def vector(self, layer: str, kinds: tuple[str, ...], id_column: str) -> gpd.GeoDataFrame | None:
        path = self.layers.files.get(layer)
        frame = read_vector(path, layer, self.findings) if path else None
        if frame is None or path is None:
            return None
        if frame.empty:
            self.findings.add("P104", layer, path.name, "has no features")
            return None
        moved = to_working_crs(frame, self.crs, layer, path.name, self.findings)
        if moved is None:
            return None
        named = self.columns(moved, layer).reset_index(drop=True)
        if id_column not in named:
            if layer in OPTIONAL:
                named[id_column] = [str(index) for index in range(len(named))]
            else:
                return None
        named[id_column] = as_text(named[id_column])
        ids = self.unique(named[id_column], layer)
        return sound_geometry(named, kinds, ids, layer, self.findings)

    def unique(self, values: pd.Series, layer: str) -> list[str]:
        """Complain of empty and repeated ids; names for further complaints."""
        names = [value or f"row {index + 1}" for index, value in enumerate(values)]
        for index in values.index[values == ""]:
            self.findings.add("P107", layer, f"row {index + 1}", "has no id")
        counts = values[values != ""].value_counts(sort=False)
        for value, count in counts[counts > 1].items():
            self.findings.add("P107", layer, value, f"this id occurs {count} times")
        return names

    def number(self, frame: pd.DataFrame, column: str, layer: str, ids: pd.Series) -> pd.Series:
        return as_number(frame, column, layer, ids, self.findings)

    def whole(self, frame: pd.DataFrame, column: str, layer: str, ids: pd.Series, rule: str = "P405") -> pd.Series:
        """Counts of people or homes: numbers not below zero; an empty cell is a fault."""
        numbers = self.number(frame, column, layer, ids)
        for index in numbers.index[numbers < 0]:
            self.findings.add(rule, layer, ids[index], f"{column} is {numbers[index]:g}")
        for index in numbers.index[numbers.isna() & (as_text(frame[column]) == "")]:
            self.findings.add("P106", layer, ids[index], f"{column} is empty")
        return numbers.fillna(0).clip(lower=0).round().astype(np.int64)

    def word(self, frame: pd.DataFrame, column: str, layer: str, ids: pd.Series, known: tuple[str, ...]) -> pd.Series:
        text = as_text(frame[column]).str.casefold().str.replace(" ", "_")
        for index in text.index[~text.isin(known)]:
            near = did_you_mean(text[index], known)
            hint = f"; did you mean '{near}'?" if near else f"; known: {', '.join(known)}"
            self.findings.add("P108", layer, ids[index], f"{column} is '{text[index]}'{hint}")
        return text

    def standing(self, layer: str, id_column: str, word: str) -> gpd.GeoDataFrame | None:
        """Public places or poles: points with a word about each and, where it is known, their height."""
        frame = self.vector(layer, POINTS, id_column)
        if frame is None:
            return None
        ids = frame[id_column]
        frame[word] = as_text(frame[word]) if word in frame else ""
        if "height_m" in frame:
            frame["height_m"] = self.number(frame, "height_m", layer, ids)
            for index in frame.index[(frame["height_m"] <= 0) | (frame["height_m"] > HIGHEST_BUILDING_M)]:
                self.findings.add("P510", layer, ids[index], f"height {frame['height_m'][index]:g} m")
        return frame

    def communes(self) -> gpd.GeoDataFrame | None:
        frame = self.vector("communes", POLYGONS, "commune_code")
        if frame is None or "name" not in frame:
            return None
        ids = frame["commune_code"]
        frame["name"] = as_text(frame["name"])
        frame["kind"] = np.where(frame["name"].str.match(r"(?i)(phường|thị trấn|ward)"), "ward", "commune")
        if "population" in frame:
            frame["population"] = self.whole(frame, "population", "communes", ids)
        else:
            frame["population"] = 0
            self.findings.add("P109", "communes", "population", "no column; the villages' people are summed")
        return frame

    def villages(self) -> gpd.GeoDataFrame | None:
        frame = self.vector("villages", POLYGONS, "area_id")
        if frame is None or not {"commune_code", "population"} <= set(frame.columns):
            return None
        ids = frame["area_id"]
        frame["commune_code"] = as_text(frame["commune_code"])
        frame["population"] = self.whole(frame, "population", "villages", ids)
        frame["name"] = as_text(frame["name"]) if "name" in frame else ids
        frame["kind"] = as_text(frame["kind"]) if "kind" in frame else "area"
        if "households" in frame:
            frame["households"] = self.whole(frame, "households", "villages", ids)
        else:
            frame["households"] = np.ceil(frame["population"] / PEOPLE_PER_HOME).astype(np.int64)
            self.layers.assumed[f"households = people / {PEOPLE_PER_HOME}"] = len(frame)
            self.findings.add("P109", "villages", "households", f"no column; people / {PEOPLE_PER_HOME}")
        if "households_fibre" in frame:
            frame["households_fibre"] = self.whole(frame, "households_fibre", "villages", ids)
        else:
            frame["households_fibre"] = 0
            self.layers.assumed["no home has fibre"] = len(frame)
            self.findings.add("P109", "villages", "households_fibre", "no column; no home is taken to have fibre")
        return self.with_power(frame)

    def with_power(self, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Add `has_grid` where a table says which villages have grid power; the others are taken to have it."""
        table = self.table("grid_power")
        if table is None or not {"area_id", "has_grid"} <= set(table.columns):
            return villages
        ids = as_text(table["area_id"])
        has = as_truth(table, "has_grid", "grid_power", ids, self.findings)
        for name in ids[~ids.isin(villages["area_id"])]:
            self.findings.add("P411", "grid_power", name, "no village has this id")
        villages["has_grid"] = ~villages["area_id"].isin(set(ids[~has]))
        return villages

    def roads(self) -> gpd.GeoDataFrame | None:
        frame = self.vector("roads", LINES, "road_id")
        if frame is None or not {"u", "v"} <= set(frame.columns):
            return None
        for column in ("u", "v"):
            frame[column] = as_text(frame[column])
        frame["road_class"] = as_text(frame["road_class"]) if "road_class" in frame else "local"
        lines = np.asarray(frame.geometry.values, dtype=object)
        parts = frame.geom_type.to_numpy() == "MultiLineString"
        lines[parts] = shapely.line_merge(lines[parts])
        frame = frame.set_geometry(gpd.GeoSeries(lines, index=frame.index, crs=frame.crs))
        for index in frame.index[frame.geom_type == "MultiLineString"]:
            self.findings.add("P203", "roads", frame["road_id"][index], "is a line in several parts")
        if "length_m" in frame:
            frame["stated_length_m"] = self.number(frame, "length_m", "roads", frame["road_id"])
        frame["length_m"] = ellipsoid_lengths_m(frame.geometry)
        read_crossing_words(frame, self.findings)
        return frame

    def sites(self, layer: str) -> gpd.GeoDataFrame | None:
        path = self.layers.files.get(layer)
        if path is None:
            return None
        frame = self.table(layer)
        if frame is None:
            return None
        data, radio = self.scenario.data, self.scenario.radio
        table = build_sites(
            frame,
            layer,
            crs_table=data.crs_tables,
            crs=self.crs,
            operators=list(radio.operators),
            aliases=data.operator_aliases,
            default_height_m=radio.site_defaults.height_agl_m,
            findings=self.findings,
        )
        if table is None:
            return None
        self.unique(table.frame["site_id"], layer)
        for what, count in table.assumed.items():
            self.layers.assumed[what] = self.layers.assumed.get(what, 0) + count
        return table.frame

    def cables(self) -> pd.DataFrame | None:
        frame = self.table("cables")
        if frame is None or not {"road_id", "operator", "placement"} <= set(frame.columns):
            return None
        if "cable_id" not in frame:
            frame["cable_id"] = [str(index) for index in range(len(frame))]
        frame["cable_id"] = as_text(frame["cable_id"])
        self.unique(frame["cable_id"], "cables")
        ids = frame["cable_id"]
        frame["road_id"] = as_text(frame["road_id"])
        frame["operator"] = settle_operators(
            frame["operator"],
            list(self.scenario.radio.operators),
            self.scenario.data.operator_aliases,
            "cables",
            ids,
            self.findings,
        )
        frame["placement"] = self.word(frame, "placement", "cables", ids, PLACEMENTS)
        frame["level"] = as_text(frame["level"]).str.casefold() if "level" in frame else "access"
        frame["fibres"] = self.whole(frame, "fibres", "cables", ids, rule="P106") if "fibres" in frame else 0
        if "support" in frame:
            frame["support"] = as_text(frame["support"]).where(lambda text: text != "", "unknown")
            frame["support"] = self.word(frame, "support", "cables", ids, SUPPORTS)
        for name in ("fibres_used", "spare_ducts"):
            if name in frame:
                frame[name] = self.whole(frame, name, "cables", ids, rule="P106")
        if "length_m" in frame:
            frame["stated_length_m"] = self.number(frame, "length_m", "cables", ids)
            for index in frame.index[frame["stated_length_m"] <= 0]:
                self.findings.add("P702", "cables", ids[index], f"length_m is {frame['stated_length_m'][index]:g}")
        return frame

    def zones(self) -> gpd.GeoDataFrame | None:
        frame = self.vector("zones", POLYGONS, "zone_id")
        if frame is None or not {"kind", "status"} <= set(frame.columns):
            return None
        ids = frame["zone_id"]
        frame["name"] = as_text(frame["name"]) if "name" in frame else ids
        frame["kind"] = self.word(frame, "kind", "zones", ids, ZONE_KINDS)
        frame["status"] = self.word(frame, "status", "zones", ids, ZONE_STATUS)
        if "duty_year" in frame:
            frame["duty_year"] = self.number(frame, "duty_year", "zones", ids).fillna(0).astype(np.int64)
        else:
            frame["duty_year"] = 0
        if "underground_today" in frame:
            frame["underground_today"] = as_truth(frame, "underground_today", "zones", ids, self.findings)
        else:
            frame["underground_today"] = False
            self.layers.assumed["zone cables above ground"] = len(frame)
            self.findings.add("P109", "zones", "underground_today", "no column; no zone is taken to be underground")
        if "area_ha" in frame:
            frame["stated_area_ha"] = self.number(frame, "area_ha", "zones", ids)
        frame["area_ha"] = frame.geometry.area / 1e4
        return frame
