"""The inventory of base stations: a table with coordinates, in the manner of Atoll or of an operator's own list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from planner.config.words import did_you_mean
from planner.data.columns import as_number, as_text, as_truth
from planner.data.findings import Findings

HIGHEST_MAST_M = 300.0


@dataclass
class SiteTable:
    """Sites as read, with what had to be assumed.

    Attributes
    ----------
    frame : GeoDataFrame
        Canonical columns, points in the working reference system.
    assumed : dict of str to int
        What configuration supplied -> how many times.
    """

    frame: gpd.GeoDataFrame
    assumed: dict[str, int] = field(default_factory=dict)


def known_operator(name: str, operators: Sequence[str], aliases: Mapping[str, str]) -> str | None:
    """Find the scenario's spelling of an operator.

    Parameters
    ----------
    name : str
        As the file writes it.
    operators : sequence of str
        Names in `radio.operators`.
    aliases : mapping of str to str
        Spelling in files -> name.

    Returns
    -------
    str or None
        The scenario's name; None when unknown.
    """
    folded = {known.casefold(): known for known in operators}
    folded |= {alias.casefold(): target for alias, target in aliases.items()}
    return folded.get(name.casefold())


def settle_operators(
    names: pd.Series,
    operators: Sequence[str],
    aliases: Mapping[str, str],
    layer: str,
    ids: pd.Series,
    findings: Findings,
) -> pd.Series:
    """Bring a column of operators to the scenario's spelling.

    Parameters
    ----------
    names : Series
        As the file writes them.
    operators : sequence of str
        Names in `radio.operators`.
    aliases : mapping of str to str
        Spelling in files -> name.
    layer : str
        Layer, for complaints.
    ids : Series
        Feature names, for complaints.
    findings : Findings
        Book for unknown operators: one finding per spelling.

    Returns
    -------
    Series
        Known names; unknown ones unchanged.
    """
    text = as_text(names)
    settled = {name: known_operator(name, operators, aliases) for name in text.unique()}
    for name, known in settled.items():
        if known is None:
            rows = text.index[text == name]
            near = did_you_mean(name, operators)
            hint = f"; did you mean '{near}'?" if near else f"; known: {', '.join(operators)}"
            findings.add("P505", layer, ids[rows[0]], f"unknown operator '{name}' ({len(rows)} rows){hint}")
    return text.map(lambda name: settled[name] or name)


def build_sites(
    frame: pd.DataFrame,
    layer: str,
    *,
    crs_table: str,
    crs: str,
    operators: Sequence[str],
    aliases: Mapping[str, str],
    default_height_m: float,
    findings: Findings,
) -> SiteTable | None:
    """Turn the inventory into points with known columns.

    Parameters
    ----------
    frame : DataFrame
        Canonical column names.
    layer : str
        'sites' or 'neighbour_sites'.
    crs_table, crs : str
        Reference system of the coordinates, and the working one.
    operators : sequence of str
        Names in `radio.operators`.
    aliases : mapping of str to str
        Spelling of operators in files -> name.
    default_height_m : float
        Antenna height where the table has none, m.
    findings : Findings
        Book for every fault.

    Returns
    -------
    SiteTable or None
        None when needed columns are missing.
    """
    if not {"site_id", "operator", "lon", "lat"} <= set(frame.columns):
        return None
    ids = as_text(frame["site_id"])
    ids = ids.where(ids != "", "row " + (frame.index + 2).astype(str))
    points = _points(frame, ids, layer, crs_table, crs, findings)
    frame, ids = _existing(frame, ids)
    assumed: dict[str, int] = {}
    out = pd.DataFrame({"site_id": as_text(frame["site_id"])}, index=frame.index)
    out["operator"] = settle_operators(frame["operator"], operators, aliases, layer, ids, findings)
    out["height_agl_m"] = _heights(frame, ids, layer, default_height_m, assumed, findings)
    out["structure"] = _words(frame, "structure", "tower", assumed, "structure 'tower'")
    for column in ("has_4g", "has_5g"):
        if column in frame:
            out[column] = as_truth(frame, column, layer, ids, findings)
        else:
            out[column] = column == "has_4g"
            assumed[f"{column} = {column == 'has_4g'}"] = len(frame)
            findings.add("P109", layer, column, f"no column; taken as {column == 'has_4g'} for every site")
    for column in ("colocated_with", "commune_code"):
        out[column] = as_text(frame[column]) if column in frame else ""
    out["backhaul"] = _words(frame, "backhaul", "unknown", assumed, "backhaul 'unknown'")
    if "azimuths_deg" in frame:
        out["azimuths_deg"] = _azimuths(frame, ids, layer, findings)
    geometry = points.loc[frame.index]
    placed = gpd.GeoDataFrame(out, geometry=geometry.to_numpy(), crs=crs).reset_index(drop=True)
    return SiteTable(placed, assumed)


def _existing(frame: pd.DataFrame, ids: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Leave planned sites out of the inventory of today."""
    if "status" not in frame:
        return frame, ids
    today = ~as_text(frame["status"]).str.casefold().isin({"planned", "plan", "proposed", "quy hoạch"})
    return frame[today], ids[today]


def _heights(
    frame: pd.DataFrame,
    ids: pd.Series,
    layer: str,
    default_m: float,
    assumed: dict[str, int],
    findings: Findings,
) -> pd.Series:
    if "height_agl_m" not in frame:
        findings.add("P109", layer, "height_agl_m", f"no column; taken as {default_m:g} m for every site")
        assumed["antenna height"] = len(frame)
        return pd.Series(default_m, index=frame.index)
    heights = as_number(frame, "height_agl_m", layer, ids, findings)
    for index in heights.index[(heights <= 0) | (heights > HIGHEST_MAST_M)]:
        findings.add("P504", layer, ids[index], f"antenna height {heights[index]:g} m")
    empty = heights.isna()
    if empty.any():
        assumed["antenna height"] = int(empty.sum())
    return heights.fillna(default_m)


def _words(frame: pd.DataFrame, column: str, default: str, assumed: dict[str, int], what: str) -> pd.Series:
    text = as_text(frame[column]).str.casefold() if column in frame else pd.Series("", index=frame.index)
    empty = text == ""
    if empty.any():
        assumed[what] = int(empty.sum())
    return text.where(~empty, default)


def _azimuths(frame: pd.DataFrame, ids: pd.Series, layer: str, findings: Findings) -> pd.Series:
    """Azimuths of a site's sectors, written as one number or several between blanks, semicolons, slashes or bars."""
    found: list[tuple[float, ...] | None] = []
    for name, text in zip(ids, as_text(frame["azimuths_deg"]), strict=True):
        words = re.split(r"[;/|\s]+", text) if text else []
        try:
            angles = tuple(float(word) for word in words)
            if any(not -360 <= angle <= 360 for angle in angles):
                raise ValueError
        except ValueError:
            findings.add("P106", layer, name, f"azimuths_deg is '{text}', not degrees like '0;120;240'")
            angles = ()
        found.append(angles or None)
    return pd.Series(found, index=frame.index, dtype=object)


def _points(
    frame: pd.DataFrame, ids: pd.Series, layer: str, crs_table: str, crs: str, findings: Findings
) -> gpd.GeoSeries:
    """Points in the working reference system; rows whose coordinates cannot be right have none."""
    lon = as_number(frame, "lon", layer, ids, findings, rule="P501")
    lat = as_number(frame, "lat", layer, ids, findings, rule="P501")
    text = {"lon": as_text(frame["lon"]), "lat": as_text(frame["lat"])}
    for index in frame.index:
        for name in ("lon", "lat"):
            if text[name][index] == "":
                findings.add("P501", layer, ids[index], f"{name} is empty")
    if pyproj.CRS.from_user_input(crs_table).is_geographic:
        for index in frame.index[(lat.abs() > 90) & (lon.abs() <= 90)]:
            findings.add(
                "P502",
                layer,
                ids[index],
                f"latitude {lat[index]:g} cannot be; longitude is {lon[index]:g}: swapped?",
            )
        impossible = (lon.abs() > 180) | ((lat.abs() > 90) & (lon.abs() > 90))
        for index in frame.index[impossible]:
            findings.add("P202", layer, ids[index], f"longitude {lon[index]:g}, latitude {lat[index]:g} cannot be")
        bad = (lat.abs() > 90) | impossible
        lon, lat = lon.mask(bad), lat.mask(bad)
    mover = pyproj.Transformer.from_crs(crs_table, crs, always_xy=True)
    x, y = mover.transform(lon.to_numpy(float), lat.to_numpy(float))
    good = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(frame), None, dtype=object)
    shapes[good] = shapely.points(x[good], y[good])
    return gpd.GeoSeries(shapes, index=frame.index, crs=crs)


def check_positions(
    sites: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, reach_m: float, layer: str, findings: Findings
) -> pd.Series:
    """Check where sites stand against the communes; swapped coordinates are recognised.

    Parameters
    ----------
    sites : GeoDataFrame
        Points in metres.
    communes : GeoDataFrame
        Polygons in metres.
    reach_m : float
        Distance within which a site still serves the area, m.
    layer : str
        'sites' or 'neighbour_sites'.
    findings : Findings
        Book for sites that stand elsewhere.

    Returns
    -------
    Series
        True where a site stands inside the communes.
    """
    home = communes.geometry.union_all()
    shapely.prepare(home)
    shapes = sites.geometry.values
    distance = np.full(len(sites), np.nan)
    distance[shapely.intersects(home, shapes)] = 0.0
    away = np.isnan(distance) & sites.geometry.notna().to_numpy()
    distance[away] = shapely.distance(shapes[away], home)
    back = pyproj.Transformer.from_crs(sites.crs, "EPSG:4326", always_xy=True)
    for position in np.flatnonzero(distance > 0):
        name = sites["site_id"].iloc[position]
        point = sites.geometry.iloc[position]
        km = distance[position] / 1000
        lon, lat = back.transform(point.x, point.y)
        swapped = (
            shapely.Point(*pyproj.Transformer.from_crs("EPSG:4326", sites.crs, always_xy=True).transform(lat, lon))
            if abs(lon) <= 90
            else None
        )
        if (
            distance[position] > reach_m
            and swapped is not None
            and np.isfinite(swapped.x)
            and home.distance(swapped) <= reach_m
        ):
            findings.add(
                "P502", layer, name, f"longitude {lon:.4f}, latitude {lat:.4f} lie {km:,.0f} km away; swapped they fit"
            )
        elif distance[position] > reach_m:
            findings.add(
                "P503", layer, name, f"longitude {lon:.4f}, latitude {lat:.4f} lie {km:,.1f} km outside the communes"
            )
        elif layer == "sites":
            findings.add("P508", layer, name, f"stands {km:.2f} km outside the communes")
    return pd.Series(distance == 0, index=sites.index)
