"""Proposal files (CSV, GeoJSON, GeoPackage): rows to changes, every fault told at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError
from pyproj import Transformer

from planner.config.schema import Scenario
from planner.config.words import did_you_mean
from planner.data.columns import as_text
from planner.data.findings import Findings
from planner.data.proposal_checks import ProposalChecks
from planner.data.tables import read_csv
from planner.domain.proposal import Action, Proposal
from planner.domain.province import Province
from planner.errors import Complaint, DataError

Floats = NDArray[np.float64]
COLUMNS: dict[str, tuple[str, ...]] = {
    "action": ("action", "what", "change"),
    "site_id": ("site_id", "site", "site_name", "name", "id"),
    "operator": ("operator", "network", "mno"),
    "carriers": ("carriers", "carrier", "bands", "band", "technology", "technologies"),
    "lon": ("lon", "longitude", "long", "lng"),
    "lat": ("lat", "latitude"),
    "height_m": ("height_m", "height", "height_agl_m", "antenna_height"),
    "azimuths_deg": ("azimuths_deg", "azimuths", "azimuth", "azimut"),
    "sector": ("sector", "sector_number"),
    "electrical_tilt_deg": ("electrical_tilt_deg", "electrical_tilt", "tilt_deg", "tilt", "etilt", "downtilt"),
    "mechanical_tilt_deg": ("mechanical_tilt_deg", "mechanical_tilt", "mtilt"),
    "power_dbm": ("power_dbm", "power", "max_power"),
    "antenna": ("antenna", "antenna_name"),
    "crs": ("crs", "srs", "epsg"),
    "note": ("note", "notes", "comment", "remark"),
}  # fmt: skip
ACTIONS: dict[str, Action] = {
    "add": "add", "new": "add", "build": "add", "remove": "remove", "delete": "remove", "change": "change",
    "move": "change", "retilt": "change", "re-tilt": "change", "tilt": "change", "power": "change",
    "band": "change", "antenna": "change", "height": "change",
}  # fmt: skip
NEEDS: dict[str, tuple[str, ...]] = {
    "move": ("lon",), "retilt": ("electrical_tilt_deg", "mechanical_tilt_deg"), "power": ("power_dbm",),
    "band": ("carriers",), "antenna": ("antenna",), "height": ("height_m",),
    "change": ("lon", "electrical_tilt_deg", "mechanical_tilt_deg", "power_dbm", "carriers", "antenna", "height_m",
               "azimuths_deg"),
}  # fmt: skip
NEEDS |= {"re-tilt": NEEDS["retilt"], "tilt": NEEDS["retilt"]}
PLACING = ("add", "new", "build", "move", "change")  # of the other actions a position only says where the site is
TABLES = (".csv", ".txt", ".tsv")
_WORDS = r"[\s;,+/|\[\]'\"]+"  # lists of vector files come with brackets


def _where(path: Path, index: int) -> str:
    """Name of a row as the file's own program counts it."""
    return f"{path.name} row {index + 2}" if path.suffix.lower() in TABLES else f"{path.name} feature {index + 1}"


def read_proposals(path: Path, scenario: Scenario, province: Province) -> list[Proposal]:
    """Read and check a proposal file.

    Parameters
    ----------
    path : Path
        CSV with lon and lat in `data.crs_tables` (or a `crs` column), or GeoJSON or GeoPackage with points.
    scenario : Scenario
        Carriers, operators, antennas.
    province : Province
        Sites and terrain the proposals are checked against.

    Returns
    -------
    list of Proposal
        In the order of the rows.

    Raises
    ------
    DataError
        With every fault found; nothing is half read.
    """
    complaints: list[Complaint] = []
    frame = _table(path, complaints)
    if frame is not None and frame.empty:
        complaints.append(Complaint(path.name, "holds no row", "Give one row per site or sector."))
    proposals: list[Proposal] = []
    if frame is not None and not complaints:
        frame = _with_positions(path, frame, scenario, province, complaints)
        rows = _Rows(path, frame, scenario, province, complaints)
        proposals = [found for index in range(len(frame)) if (found := rows.proposal(index)) is not None]
        complaints += ProposalChecks(province, scenario).complaints(proposals)
    if complaints:
        raise DataError(f"The proposal {path} cannot be used; nothing was changed", complaints)
    return proposals


def _table(path: Path, complaints: list[Complaint]) -> pd.DataFrame | None:
    """Rows with canonical columns and, for vector files, a geometry in lon and lat of their own reference system."""
    if not path.is_file():
        complaints.append(Complaint(str(path), "is not a file", "Give a CSV, GeoJSON or GeoPackage."))
        return None
    if path.suffix.lower() in TABLES:
        findings = Findings()
        frame = read_csv(path, "proposal", findings)
        complaints += [Complaint(f.feature, f.message, f.fix) for f in findings if f.severity == "error"]
    else:
        frame = _vector(path, complaints)
    return None if frame is None else _canonical(path, frame, complaints)


def _vector(path: Path, complaints: list[Complaint]) -> pd.DataFrame | None:
    try:
        layers = pyogrio.list_layers(path)[:, 0]
        parts = [pyogrio.read_dataframe(path, layer=str(layer)) for layer in layers]
    except (DataSourceError, OSError, ValueError) as error:
        text = str(error).splitlines()[0]
        complaints.append(Complaint(path.name, text, "Give a sound GeoJSON or GeoPackage of points."))
        return None
    parts = [part for part in parts if isinstance(part, gpd.GeoDataFrame)]
    systems = sorted({"no stated system" if part.crs is None else str(part.crs) for part in parts})
    if len(systems) > 1 or not parts or parts[0].crs is None:
        found = f"layers in {', '.join(systems)}" if parts else "no layer of points"
        complaints.append(Complaint(path.name, found, "Give all points in one stated reference system."))
        return None
    frame = pd.concat(parts, ignore_index=True)
    odd = frame.geometry.geom_type.fillna("nothing") != "Point"
    wanting = odd & ~frame.geometry.isna()
    for index in np.flatnonzero(wanting):
        kind = frame.geometry.iloc[index].geom_type
        complaints.append(Complaint(_where(path, int(index)), f"a {kind}", "Give points."))
    if wanting.any():
        return None
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    table["lon"], table["lat"], table["crs"] = frame.geometry.x, frame.geometry.y, str(frame.crs)
    named = [name for name in COLUMNS["site_id"] if name in table]
    return table.drop(columns="id") if len(named) > 1 and "id" in named else table  # GeoJSON numbers its features


def _canonical(path: Path, frame: pd.DataFrame, complaints: list[Complaint]) -> pd.DataFrame:
    """Columns by their canonical names; unknown ones are complained of, with the likely meaning."""
    names: dict[str, str] = {}
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    for column in frame.columns:
        folded = str(column).strip().casefold().replace(" ", "_").replace("-", "_")
        name = known.get(folded)
        if name is None:
            near = did_you_mean(folded, list(known))
            hint = f"Did you mean '{near}'? " if near else ""
            remedy = f"{hint}Known: {', '.join(COLUMNS)}."
            complaints.append(Complaint(path.name, f"unknown column '{column}'", remedy))
        elif name in names.values():
            complaints.append(Complaint(path.name, f"a second column for {name}: '{column}'", "Keep one."))
        else:
            names[str(column)] = name
    frame = frame.rename(columns={str(column): names.get(str(column), str(column)) for column in frame.columns})
    complaints += [
        Complaint(path.name, f"no column {name}", f"Add it (also read as {', '.join(COLUMNS[name])}).")
        for name in ("action", "site_id")
        if name not in names.values()
    ]
    return frame.reset_index(drop=True)


def _with_positions(
    path: Path, frame: pd.DataFrame, scenario: Scenario, province: Province, complaints: list[Complaint]
) -> pd.DataFrame:
    """Add x_m and y_m in the working reference system; NaN where a row gives no position."""
    frame = frame.assign(x_m=np.nan, y_m=np.nan)
    texts = [as_text(frame[name]) if name in frame else pd.Series([""] * len(frame)) for name in ("lon", "lat")]
    half = (texts[0] == "").to_numpy() != (texts[1] == "").to_numpy()
    complaints += [
        Complaint(_where(path, int(index)), "half a position", "Give both lon and lat, or neither.")
        for index in np.flatnonzero(half)
    ]
    if "lon" not in frame or "lat" not in frame:
        return frame
    east, north = (_numbers(path, frame, name, complaints) for name in ("lon", "lat"))
    stated = as_text(frame["crs"]) if "crs" in frame else pd.Series([""] * len(frame))
    systems = sorted(set(stated[stated != ""]))
    if len(systems) > 1:
        complaints.append(
            Complaint(path.name, f"rows in {', '.join(systems)}", "Give all rows in one reference system.")
        )
        return frame
    system = systems[0] if systems else scenario.data.crs_tables
    given = np.isfinite(east) & np.isfinite(north)
    if system.upper() in ("EPSG:4326", "OGC:CRS84", "4326"):
        _check_degrees(path, east, north, given, complaints)
    try:
        change = Transformer.from_crs(f"EPSG:{system}" if system.isdigit() else system, province.crs, always_xy=True)
    except Exception as error:  # noqa: BLE001 - pyproj raises several unrelated kinds
        complaints.append(Complaint(path.name, f"reference system '{system}': {error}", "Give one like EPSG:4326."))
        return frame
    x, y = change.transform(east, north)
    return frame.assign(x_m=np.where(given, x, np.nan), y_m=np.where(given, y, np.nan))


def _check_degrees(
    path: Path, east: Floats, north: Floats, given: NDArray[np.bool_], complaints: list[Complaint]
) -> None:
    odd = given & ((np.abs(east) > 180.0) | (np.abs(north) > 90.0))
    if not odd.any():
        return
    mixed = "some rows are in degrees and some are not" if (given & ~odd).any() else "no degrees"
    if (np.abs(north[odd]) <= 180.0).all() and (np.abs(east[odd]) <= 90.0).all():
        mixed = "lon and lat look swapped"
    complaints.append(
        Complaint(
            ", ".join(_where(path, int(index)) for index in np.flatnonzero(odd)[:5]),
            f"lon and lat of {east[odd][0]:g}, {north[odd][0]:g}: {mixed}",
            "Give lon and lat in degrees, or one reference system for all rows in a column crs.",
        )
    )


def _numbers(path: Path, frame: pd.DataFrame, name: str, complaints: list[Complaint]) -> Floats:
    values = np.full(len(frame), np.nan)
    for index, text in enumerate(as_text(frame[name])):
        if text == "":
            continue
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if np.isfinite(value):
            values[index] = value
        else:
            hint = " Write decimals with a point." if "," in text else ""
            complaints.append(Complaint(_where(path, index), f"{name} is '{text}'", f"Give a number.{hint}"))
    return values


class _Rows:
    """Turns rows into proposals."""

    def __init__(
        self, path: Path, frame: pd.DataFrame, scenario: Scenario, province: Province, complaints: list[Complaint]
    ) -> None:
        self._path = path
        self._scenario = scenario
        sites = province.sites
        self._operator_of = dict(zip(sites["site_id"].astype(str), sites["operator"].astype(str), strict=True))
        self._complaints = complaints
        self._text = {name: as_text(frame[name]).tolist() for name in COLUMNS if name in frame}
        names = ("height_m", "sector", "electrical_tilt_deg", "mechanical_tilt_deg", "power_dbm")
        self._number = {name: _numbers(path, frame, name, complaints) for name in names if name in frame}
        self._x, self._y = frame["x_m"].to_numpy(), frame["y_m"].to_numpy()

    def proposal(self, index: int) -> Proposal | None:
        """One row; None where a complaint says why not."""
        where = _where(self._path, index)
        word = self._value("action", index).casefold()
        site_id = self._value("site_id", index)
        if word not in ACTIONS:
            remedy = f"Use one of: {', '.join(ACTIONS)}."
            self._complaints.append(Complaint(where, f"action '{word}'", remedy))
            return None
        if not site_id:
            self._complaints.append(Complaint(where, "no site_id", "Name the site."))
            return None
        wanted = NEEDS.get(word, ())
        if wanted and not any(self._value(name, index) for name in wanted):
            names = " or ".join(wanted).replace("lon", "lon and lat")
            self._complaints.append(Complaint(where, f"'{word}' without a new value", f"Give {names}."))
        if ACTIONS[word] == "add" and not (self._value("lon", index) or self._value("lat", index)):
            self._complaints.append(Complaint(where, "no position", "Give lon and lat, or a point."))
        has_place = word in PLACING and bool(np.isfinite(self._x[index]) and np.isfinite(self._y[index]))
        sector = self._figure("sector", index)
        if sector is not None and not sector.is_integer():
            self._complaints.append(Complaint(where, f"sector {sector:g}", "Sectors are whole numbers from 1."))
        return Proposal(
            action=ACTIONS[word],
            site_id=site_id,
            operator=self._operator(index),
            carriers=self._carriers(index, where),
            x_m=float(self._x[index]) if has_place else None,
            y_m=float(self._y[index]) if has_place else None,
            height_agl_m=self._figure("height_m", index),
            azimuths_deg=self._azimuths(index, where),
            sector=None if sector is None else int(sector),
            electrical_tilt_deg=self._figure("electrical_tilt_deg", index),
            mechanical_tilt_deg=self._figure("mechanical_tilt_deg", index),
            power_dbm=self._figure("power_dbm", index),
            antenna=self._value("antenna", index) or None,
            where=where,
        )

    def _value(self, name: str, index: int) -> str:
        return str(self._text[name][index]) if name in self._text else ""

    def _figure(self, name: str, index: int) -> float | None:
        value: Any = self._number[name][index] if name in self._number else np.nan
        return float(value) if np.isfinite(value) else None

    def _operator(self, index: int) -> str:
        text = self._value("operator", index)
        names = {name.casefold(): name for name in self._scenario.radio.operators}
        names |= {alias.casefold(): name for alias, name in self._scenario.data.operator_aliases.items()}
        return names.get(text.casefold(), text)

    def _carriers(self, index: int, where: str) -> tuple[str, ...]:
        """Carriers named directly, by band, or by technology (those the operator holds)."""
        carriers = self._scenario.radio.carriers
        whose = self._operator(index) or self._operator_of.get(self._value("site_id", index), "")
        operator = self._scenario.radio.operators.get(whose)
        held = list(carriers) if operator is None else operator.carriers
        enabled = self._scenario.radio.enabled_bands
        found: list[str] = []
        for word in re.split(_WORDS, self._value("carriers", index)):
            if not word:
                continue
            if word in carriers:
                found.append(word)
                continue
            match = [
                name
                for name in held
                if word.casefold() in (carriers[name].band.casefold(), carriers[name].technology)
                and (enabled is None or carriers[name].band in enabled)
            ]
            if not match:
                known = ", ".join(sorted({*carriers, *(c.band for c in carriers.values()), "4g", "5g"}))
                text = f"'{word}' is no carrier, band or technology of the operator"
                self._complaints.append(Complaint(where, text, f"Known: {known}."))
            found += match
        return tuple(dict.fromkeys(found))

    def _azimuths(self, index: int, where: str) -> tuple[float, ...]:
        found = []
        for word in re.split(_WORDS, self._value("azimuths_deg", index)):
            if not word:
                continue
            try:
                found.append(float(word))
            except ValueError:
                remedy = "Give degrees from north, several separated by blanks or semicolons."
                self._complaints.append(Complaint(where, f"azimuth '{word}'", remedy))
        return tuple(found)
