"""Columns by their many names: aliases to one canonical name, text to numbers and truths."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.data.findings import Findings

# Canonical name -> names in the field, first match wins; case, blanks and hyphens do not count.
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    "communes": {
        "commune_code": ("commune_code", "code", "ma_xa", "gso_code", "ma"),
        "name": ("name", "commune", "commune_name", "ten", "ten_xa"),
        "population": ("population", "pop", "dan_so"),
    },
    "villages": {
        "area_id": ("area_id", "village_id", "id", "code", "ma_thon"),
        "name": ("name", "village", "village_name", "ten", "ten_thon"),
        "commune_code": ("commune_code", "ma_xa", "commune"),
        "kind": ("kind", "type", "loai"),
        "population": ("population", "pop", "dan_so", "people"),
        "households": ("households", "homes", "so_ho"),
        "households_fibre": ("households_fibre", "homes_fibre", "households_ftth", "ftth"),
    },
    "roads": {
        "road_id": ("road_id", "edge_id", "id", "osm_id"),
        "u": ("u", "from_node", "from", "source", "start"),
        "v": ("v", "to_node", "to", "target", "end"),
        "road_class": ("road_class", "class", "highway", "fclass"),
        "length_m": ("length_m", "length"),
        "crossing": ("crossing", "crosses"),
    },
    "sites": {
        "site_id": ("site_id", "name", "site_name", "site", "id"),
        "operator": ("operator", "network", "mno", "nha_mang"),
        "lon": ("lon", "longitude", "lng", "long", "x", "kinh_do"),
        "lat": ("lat", "latitude", "y", "vi_do"),
        "height_agl_m": ("height_agl_m", "height_m", "height", "antenna_height", "hauteur"),
        "structure": ("structure", "support", "support_type"),
        "has_4g": ("has_4g", "tech_4g", "4g", "lte"),
        "has_5g": ("has_5g", "tech_5g", "5g", "nr"),
        "colocated_with": ("colocated_with", "colocation", "shared_with"),
        "commune_code": ("commune_code", "ma_xa"),
        "backhaul": ("backhaul", "backhaul_type", "transmission"),
        "status": ("status", "state"),
        "azimuths_deg": ("azimuths_deg", "azimuth", "azimut", "azimuths"),
    },
    "cables": {
        "cable_id": ("cable_id", "id"),
        "road_id": ("road_id", "edge_id", "road"),
        "operator": ("operator", "owner", "network"),
        "level": ("level", "tier"),
        "fibres": ("fibres", "fibers", "fibre_count"),
        "fibres_used": ("fibres_used", "fibers_used", "fibres_in_use"),
        "placement": ("placement", "laying", "installation"),
        "support": ("support", "carrier", "duct_or_pole"),
        "spare_ducts": ("spare_ducts", "free_ducts"),
        "length_m": ("length_m", "length"),
    },
    "zones": {
        "zone_id": ("zone_id", "id", "code"),
        "name": ("name", "ten", "zone"),
        "kind": ("kind", "type", "loai"),
        "status": ("status", "state"),
        "duty_year": ("duty_year", "year", "due_year"),
        "underground_today": ("underground_today", "cable_underground_today", "underground"),
        "area_ha": ("area_ha", "area"),
    },
    "parks": {
        "name": ("name", "park", "ten"),
        "area_ha": ("area_ha", "area"),
        "status": ("status",),
        "commune_codes": ("commune_codes", "commune_codes_2025", "commune_code"),
    },
    "districts": {
        "district_code": ("district_code", "code"),
        "name": ("name", "district", "ten"),
    },
    "places": {
        "place_id": ("place_id", "id", "code"),
        "name": ("name", "ten"),
        "kind": ("kind", "type", "amenity"),
        "height_m": ("height_m", "height", "building_height"),
    },
    "poles": {
        "pole_id": ("pole_id", "id", "code"),
        "owner": ("owner", "operator"),
        "height_m": ("height_m", "height"),
    },
    "rivers": {"river_id": ("river_id", "id", "osm_id"), "name": ("name", "ten")},
    "railways": {"railway_id": ("railway_id", "id", "osm_id"), "name": ("name", "ten")},
    "boundary": {"name": ("name", "ten")},
    "units": {"commune_code": ("commune_code", "code", "ma_xa"), "name": ("commune", "name", "ten_xa")},
    "grid_power": {
        "area_id": ("area_id", "village_id", "id"),
        "has_grid": ("has_grid", "grid_power", "grid", "power"),
    },
}  # fmt: skip
ALIASES["neighbour_sites"] = ALIASES["sites"]

NEEDED: dict[str, tuple[str, ...]] = {
    "communes": ("commune_code", "name"),
    "villages": ("area_id", "commune_code", "population"),
    "roads": ("road_id", "u", "v"),
    "sites": ("site_id", "operator", "lon", "lat"),
    "neighbour_sites": ("site_id", "operator", "lon", "lat"),
    "cables": ("road_id", "operator", "placement"),
    "zones": ("zone_id", "kind", "status"),
    "grid_power": ("area_id", "has_grid"),
}

_TRUE = {"1", "true", "t", "yes", "y", "x", "1.0", "có", "co"}
_FALSE = {"0", "false", "f", "no", "n", "", "0.0", "none", "nan", "không", "khong"}


def canonical(
    frame: pd.DataFrame, layer: str, columns: Mapping[str, str | list[str]], findings: Findings
) -> pd.DataFrame:
    """Rename columns to their canonical names; others stay as they are.

    Parameters
    ----------
    frame : DataFrame
        Table as read.
    layer : str
        Layer it is.
    columns : mapping
        The scenario's own names, tried before the built-in aliases.
    findings : Findings
        Book for needed columns that are missing.

    Returns
    -------
    DataFrame
        With canonical names.
    """
    present = {_fold(str(column)): str(column) for column in frame.columns}
    renamed: dict[str, str] = {}
    for name, aliases in ALIASES.get(layer, {}).items():
        own = columns.get(name, ())
        tried = (*((own,) if isinstance(own, str) else tuple(own)), name, *aliases)
        match = next((present[_fold(alias)] for alias in tried if _fold(alias) in present), None)
        if match is not None and match not in renamed:
            renamed[match] = name
    others = [str(column) for column in frame.columns if column in set(renamed.values()) - set(renamed)]
    result = frame.drop(columns=others).rename(columns=renamed)
    for name in NEEDED.get(layer, ()):
        if name not in result.columns:
            known = ", ".join(str(column) for column in frame.columns if column != "geometry")
            findings.add("P105", layer, name, f"no column for it among {known}")
    return result


def _fold(name: str) -> str:
    text = unicodedata.normalize("NFC", name).strip().casefold()
    return text.replace(" ", "_").replace("-", "_")


def as_text(values: pd.Series) -> pd.Series:
    """Text of ids and codes: no blanks around, whole numbers without '.0', missing as ''.

    Parameters
    ----------
    values : Series
        Any column.

    Returns
    -------
    Series
        Of str.
    """

    def text(value: Any) -> str:
        if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return unicodedata.normalize("NFC", str(value)).strip()

    return pd.Series([text(value) for value in values], index=values.index, dtype=object)


def as_number(
    frame: pd.DataFrame, column: str, layer: str, ids: pd.Series, findings: Findings, *, rule: str = "P106"
) -> pd.Series:
    """Numbers of a column; what is no number is complained of and becomes NaN.

    Parameters
    ----------
    frame : DataFrame
        Table with the column.
    column : str
        Its canonical name.
    layer : str
        Layer, for complaints.
    ids : Series
        Feature names, for complaints.
    findings : Findings
        Book for what is no number.
    rule : str, optional
        Rule the complaint is filed under.

    Returns
    -------
    Series
        Of float; NaN also where the cell is empty.
    """
    raw = frame[column]
    if pd.api.types.is_numeric_dtype(raw):
        return raw.astype(float)
    text = as_text(raw)
    numbers = pd.to_numeric(text.where(text != "", other=None), errors="coerce").astype(float)
    numbers[~np.isfinite(numbers)] = np.nan
    for index in text.index[(text != "") & numbers.isna()]:
        hint = " (decimal comma?)" if "," in text[index] else ""
        findings.add(rule, layer, ids[index], f"{column} is '{text[index]}', not a number{hint}")
    return numbers


def as_truth(frame: pd.DataFrame, column: str, layer: str, ids: pd.Series, findings: Findings) -> pd.Series:
    """Truth values of a column written as 1/0, true/false or yes/no.

    Parameters
    ----------
    frame : DataFrame
        Table with the column.
    column : str
        Its canonical name.
    layer : str
        Layer, for complaints.
    ids : Series
        Feature names, for complaints.
    findings : Findings
        Book for other words.

    Returns
    -------
    Series
        Of bool.
    """
    raw = frame[column]
    if pd.api.types.is_bool_dtype(raw):
        return raw.astype(bool)
    text = as_text(raw).str.casefold()
    for index in text.index[~text.isin(_TRUE | _FALSE)]:
        findings.add("P106", layer, ids[index], f"{column} is '{text[index]}', neither 1 nor 0")
    return text.isin(_TRUE)
