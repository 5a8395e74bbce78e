"""Drive-test rows: where, which site or cell, how strong; checked before anything is fitted to them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from pyproj import Transformer

from planner.data.findings import Findings
from planner.data.tables import read_csv
from planner.errors import Complaint, DataError

LAYER = "measurements"
ALIASES: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "long", "longitude", "lng", "x"),
    "lat": ("lat", "latitude", "y"),
    "rsrp_dbm": ("rsrp", "rsrp_dbm", "ss_rsrp", "ssrsrp", "level_dbm", "signal_dbm"),
    "site_id": ("site", "site_id", "site_name", "bts"),
    "cell": ("cell", "cell_id", "sector", "sector_id", "tx_id"),
    "carrier": ("carrier",),
    "band": ("band", "freq_band"),
}
RSRP_RANGE_DBM = (-156.0, -31.0)  # 3GPP TS 36.133 and 38.133 reporting ranges
_SHOWN = 8


def read_measurements(
    path: Path, crs: str, bounds_m: tuple[float, float, float, float], sites: Collection[str]
) -> pd.DataFrame:
    """Read drive-test rows and bring them to the working reference system.

    Parameters
    ----------
    path : Path
        CSV with columns lon, lat, rsrp and site or cell (aliases are known); band and carrier where there are.
    crs : str
        Working reference system.
    bounds_m : tuple of float
        West, south, east, north of the terrain, m.
    sites : collection of str
        Ids of the inventory's sites.

    Returns
    -------
    DataFrame
        x_m, y_m, rsrp_dbm (float), site_id, cell, carrier, band (text, empty where not given).

    Raises
    ------
    DataError
        With every fault found: columns, numbers, swapped coordinates, places off the terrain, unknown sites.
    """
    findings = Findings()
    raw = read_csv(path, LAYER, findings)
    if raw is None or findings.has_errors():
        raise DataError("the measurements cannot be read", [finding.complaint() for finding in findings])
    table, complaints = _renamed(raw, path)
    if complaints:
        raise DataError("the measurements cannot be used", complaints)
    complaints += _numbers(table, path)
    if not complaints:
        complaints += _places(table, path, crs, bounds_m)
    complaints += _sites(table, path, set(sites))
    if complaints:
        raise DataError("the measurements cannot be used", complaints)
    return table[["x_m", "y_m", "rsrp_dbm", "site_id", "cell", "carrier", "band"]]


def _renamed(raw: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, list[Complaint]]:
    folded = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in raw.columns}
    table = pd.DataFrame(index=raw.index)
    for name, aliases in ALIASES.items():
        found = next((folded[alias] for alias in aliases if alias in folded), None)
        table[name] = raw[found].astype(str).str.strip() if found is not None else ""
        table.attrs[name] = found
    missing = [name for name in ("lon", "lat", "rsrp_dbm") if table.attrs[name] is None]
    if table.attrs["site_id"] is None and table.attrs["cell"] is None:
        missing.append("site or cell")
    have = ", ".join(str(name) for name in raw.columns)
    remedy = f"name the columns so; the file has {have}"
    return table, [Complaint(f"{path.name}: column {name}", "not there", remedy) for name in missing]


def _numbers(table: pd.DataFrame, path: Path) -> list[Complaint]:
    complaints = []
    for name in ("lon", "lat", "rsrp_dbm"):
        values = pd.to_numeric(table[name], errors="coerce")
        bad = values.isna()
        if bad.any():
            row = int(bad.to_numpy().argmax())
            found = f"{int(bad.sum())} values are not numbers, the first '{table[name].iloc[row]}' in row {row + 2}"
            complaints.append(Complaint(f"{path.name}: column {name}", found, "write numbers with a decimal point"))
        table[name] = values
    low, high = RSRP_RANGE_DBM
    odd = (table["rsrp_dbm"] < low) | (table["rsrp_dbm"] > high)
    if odd.any():
        row = int(odd.to_numpy().argmax())
        found = f"{int(odd.sum())} values outside {low:g} to {high:g} dBm, the first in row {row + 2}"
        complaints.append(Complaint(f"{path.name}: column rsrp", found, "give RSRP or SS-RSRP in dBm, not RSSI or ASU"))
    return complaints


def _places(table: pd.DataFrame, path: Path, crs: str, bounds_m: tuple[float, float, float, float]) -> list[Complaint]:
    to_metres = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    outside = _outside(to_metres, table["lon"], table["lat"], bounds_m)
    table["x_m"], table["y_m"] = to_metres.transform(table["lon"].to_numpy(), table["lat"].to_numpy())
    if not outside.any():
        return []
    row = int(outside.to_numpy().argmax())
    place = f"row {row + 2}: lon {table['lon'].iloc[row]:g}, lat {table['lat'].iloc[row]:g}"
    if not _outside(to_metres, table["lat"], table["lon"], bounds_m).any():
        return [Complaint(f"{path.name}: columns lon, lat", f"swapped ({place})", "exchange the two columns' names")]
    found = f"{int(outside.sum())} rows lie off the terrain, the first {place}"
    return [Complaint(f"{path.name}: columns lon, lat", found, "give WGS 84 degrees inside the province")]


def _outside(
    to_metres: Transformer, lon: pd.Series, lat: pd.Series, bounds_m: tuple[float, float, float, float]
) -> pd.Series:
    x_m, y_m = to_metres.transform(lon.to_numpy(), lat.to_numpy())
    west, south, east, north = bounds_m
    return pd.Series(~((x_m >= west) & (x_m < east) & (y_m > south) & (y_m <= north)), index=lon.index)


def _sites(table: pd.DataFrame, path: Path, sites: set[str]) -> list[Complaint]:
    from_cell = table["cell"].str.split("/").str[0]
    table["site_id"] = table["site_id"].where(table["site_id"] != "", from_cell)
    unknown = sorted(set(table["site_id"]) - sites)
    if not unknown:
        return []
    named = ", ".join(unknown[:_SHOWN]) + (f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else "")
    remedy = "use the site ids of the inventory; cells as '<site>/<carrier>/<number>'"
    return [Complaint(f"{path.name}: column site", f"unknown sites {named}", remedy)]
