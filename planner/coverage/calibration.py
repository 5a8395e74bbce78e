"""Calibration: offset and slope per clutter class fitted to drive tests, robustly, with leave-one-site-out error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import least_squares

from planner.config.propagation import ClutterClass
from planner.config.schema import Scenario
from planner.coverage.masts import build_masts, layer_sectors
from planner.coverage.offsets import decades
from planner.coverage.propagation import Propagation
from planner.coverage.sectors import build_sectors
from planner.domain.coverage import Sector
from planner.domain.province import Province
from planner.errors import Complaint, DataError
from planner.kernels.antenna import best_levels

LEAST_ROWS = 100  # fewer say more of the places driven than of the classes
LEAST_SITES = 4  # leave-one-site-out needs others to learn from
LEAST_CLASS_ROWS = 30
LEAST_DECADES = 0.3  # spread of log distance (5th to 95th percentile) a slope can be read from
LEAST_SPREAD_DB = 10.0  # spread of levels (5th to 95th percentile)
FLOOR_SHARE = 0.2  # more rows than this at the weakest level: a receiver's floor
HUBER_DB = 6.0  # residuals beyond this count linearly


@dataclass(frozen=True)
class ClassFit:
    """What was fitted for one clutter class.

    Attributes
    ----------
    code : int
        Land-cover code.
    rows : int
        Rows it was fitted to.
    offset_db : float
        Added to the loss, dB.
    slope_db_per_decade : float
        Added to the loss per decade of distance beyond 1 km, dB.
    offset_by_band_db : dict of str to float
        Further offset of single bands, dB.
    """

    code: int
    rows: int
    offset_db: float
    slope_db_per_decade: float
    offset_by_band_db: dict[str, float]


@dataclass(frozen=True)
class Calibration:
    """Result of a calibration.

    Attributes
    ----------
    rows : DataFrame
        The usable rows with predicted_dbm, residual_db (measured less predicted, before), calibrated_db (after),
        left_out_db (after, the row's site left out), distance_m, clutter, carrier, band.
    fits : tuple of ClassFit
        One per class with enough rows.
    skipped : dict of str to int
        Why rows were left out -> how many.
    """

    rows: pd.DataFrame
    fits: tuple[ClassFit, ...]
    skipped: dict[str, int]

    def error(self, column: str) -> dict[str, float]:
        """Mean and standard deviation of a residual column.

        Parameters
        ----------
        column : str
            'residual_db', 'calibrated_db' or 'left_out_db'.

        Returns
        -------
        dict of str to float
            mean_db, std_db.
        """
        values = self.rows[column].to_numpy(dtype=float)
        return {"mean_db": float(values.mean()), "std_db": float(values.std())}


def calibrate(province: Province, scenario: Scenario, table: pd.DataFrame, *, per_band: bool = False) -> Calibration:
    """Fit clutter classes to drive-test rows.

    Parameters
    ----------
    province : Province
        Terrain, land cover, sites.
    scenario : Scenario
        Its propagation; calibration it already holds is set aside.
    table : DataFrame
        From `planner.data.measurements.read_measurements`.
    per_band : bool, optional
        Whether bands get offsets of their own.

    Returns
    -------
    Calibration
        Fits and errors.

    Raises
    ------
    DataError
        Where the rows are too few or one-sided, saying why.
    """
    bare = scenario.model_copy(update={"propagation": _uncalibrated(scenario)})
    rows, skipped = predicted_rows(province, bare, table)
    _refuse_one_sided(rows, skipped)
    fits = _fit(rows, per_band=per_band)
    rows["calibrated_db"] = rows["residual_db"] + _correction_db(rows, fits)
    rows["left_out_db"] = np.nan
    for site in sorted(rows["site_id"].unique()):
        out = rows["site_id"] == site
        rows.loc[out, "left_out_db"] = rows.loc[out, "residual_db"] + _correction_db(
            rows[out], _fit(rows[~out], per_band=per_band)
        )
    return Calibration(rows, fits, skipped)


def _uncalibrated(scenario: Scenario) -> object:
    clean = {
        code: entry.model_copy(update={"offset_db": 0.0, "slope_db_per_decade": 0.0, "offset_by_band_db": {}})
        for code, entry in scenario.propagation.clutter.items()
    }
    return scenario.propagation.model_copy(update={"clutter": clean})


def predicted_rows(province: Province, scenario: Scenario, table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Predict the level of the named site or cell at every row.

    A row that names only a site is taken to have measured its strongest carrier there (of the named band).

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The scenario.
    table : DataFrame
        Measured rows.

    Returns
    -------
    tuple of DataFrame and dict
        Usable rows with predictions, and why others were left out.
    """
    sectors, _ = build_sectors(province, scenario)
    by_site: dict[str, list[Sector]] = {}
    for sector in sectors:
        by_site.setdefault(sector.site_id, []).append(sector)
    propagation = Propagation(province, scenario)
    parts, skipped = [], {"site without a carrier in the scenario": 0, "beyond the radius or without terrain": 0}
    for (site, cell, carrier, band), group in table.groupby(["site_id", "cell", "carrier", "band"], sort=True):
        chosen = _chosen(by_site.get(str(site), []), str(cell), str(carrier), str(band))
        if not chosen:
            skipped["site without a carrier in the scenario"] += len(group)
            continue
        parts.append(_predicted(propagation, scenario, chosen, group))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*table.columns, "predicted_dbm"])
    known = rows["predicted_dbm"].notna()
    skipped["beyond the radius or without terrain"] += int((~known).sum())
    rows = rows[known].reset_index(drop=True)
    rows["residual_db"] = rows["rsrp_dbm"] - rows["predicted_dbm"]
    return rows, {reason: count for reason, count in skipped.items() if count}


def _chosen(sectors: list[Sector], cell: str, carrier: str, band: str) -> list[Sector]:
    if any(sector.sector_id == cell for sector in sectors):
        return [sector for sector in sectors if sector.sector_id == cell]
    return [s for s in sectors if carrier in ("", s.carrier) and band in ("", s.band)]


def _predicted(
    propagation: Propagation, scenario: Scenario, sectors: list[Sector], group: pd.DataFrame
) -> pd.DataFrame:
    """Rows of one site with the strongest of the chosen sectors' predictions."""
    grid = propagation.terrain.grid
    row, col = grid.cells(group["x_m"].to_numpy(), group["y_m"].to_numpy())
    best = np.full(len(group), -np.inf)
    on_air = np.full(len(group), "", dtype=object)
    masts = build_masts(layer_sectors(sectors), scenario)
    for mast in masts:
        field = propagation.field(mast)
        azimuth, depression = propagation.angles(field)
        rows, cols = azimuth.shape
        r, c = row - field.row0, col - field.col0
        inside = (r >= 0) & (r < rows) & (c >= 0) & (c < cols)
        at = (np.where(inside, r, 0), np.where(inside, c, 0))
        for part in mast.groups:
            loss = field.loss_db[mast.carriers.index(part.layer[1])][at][None]
            level = np.empty_like(loss)
            best_levels(
                loss, azimuth[at][None], depression[at][None], part.arrays, propagation.patterns[part.antenna], level
            )
            stronger = inside & np.isfinite(level[0]) & (level[0] > best)
            best[stronger] = level[0][stronger]
            on_air[stronger] = part.layer[1]
    bands = np.array([scenario.radio.carriers[name].band if name else "" for name in on_air], dtype=object)
    return group.assign(
        predicted_dbm=np.where(np.isfinite(best), best, np.nan),
        carrier=on_air,
        band=bands,
        clutter=propagation.terrain.land_cover[row, col].astype(int),
        distance_m=np.hypot(group["x_m"] - sectors[0].x_m, group["y_m"] - sectors[0].y_m),
        azimuth_deg=np.degrees(np.arctan2(group["x_m"] - sectors[0].x_m, group["y_m"] - sectors[0].y_m)) % 360.0,
    )


def _refuse_one_sided(rows: pd.DataFrame, skipped: dict[str, int]) -> None:
    """Say every reason why these rows cannot calibrate."""
    complaints = []
    left_out = "; ".join(f"{count} left out: {why}" for why, count in skipped.items())
    if len(rows) < LEAST_ROWS:
        found = f"{len(rows)} usable rows ({left_out})" if left_out else f"{len(rows)} usable rows"
        complaints.append(Complaint("measurements", found, f"give at least {LEAST_ROWS}"))
    sites = rows["site_id"].nunique() if len(rows) else 0
    if sites < LEAST_SITES:
        complaints.append(Complaint("measurements", f"{sites} sites", f"drive around at least {LEAST_SITES} sites"))
    if not complaints:
        complaints = _lopsided(rows)
    if complaints:
        raise DataError("these measurements cannot calibrate the model", complaints)


def _lopsided(rows: pd.DataFrame) -> list[Complaint]:
    complaints = []
    low, high = np.percentile(np.log10(rows["distance_m"].clip(lower=10.0)), [5, 95])
    if high - low < LEAST_DECADES:
        found = f"nine tenths of the rows lie {10**low:,.0f} to {10**high:,.0f} m from their site"
        complaints.append(Complaint("measurements: distances", found, "drive near and far: at least a factor of two"))
    weak, strong = np.percentile(rows["rsrp_dbm"], [5, 95])
    if strong - weak < LEAST_SPREAD_DB:
        found = f"nine tenths of the levels lie between {weak:.1f} and {strong:.1f} dBm"
        complaints.append(Complaint("measurements: levels", found, "include strong and weak places"))
    floor = float((rows["rsrp_dbm"] <= rows["rsrp_dbm"].min() + 0.5).mean())
    if floor > FLOOR_SHARE:
        found = f"{floor:.0%} of the rows stand at the weakest level: the receiver's floor"
        complaints.append(Complaint("measurements: levels", found, "leave out rows without a real measurement"))
    direction = np.radians(rows["azimuth_deg"].to_numpy(dtype=float))
    sums = rows.assign(c=np.cos(direction), s=np.sin(direction)).groupby("site_id")[["c", "s"]].mean()
    if bool((np.hypot(sums["c"], sums["s"]) > 0.95).all()):
        found = "every site was driven on one side only"
        complaints.append(Complaint("measurements: directions", found, "drive around the sites"))
    return complaints


def _fit(rows: pd.DataFrame, *, per_band: bool) -> tuple[ClassFit, ...]:
    return tuple(
        _fit_class(code, part, per_band=per_band)
        for code in sorted(rows["clutter"].unique().tolist())
        if len(part := rows[rows["clutter"] == code]) >= LEAST_CLASS_ROWS
    )


def _fit_class(code: int, part: pd.DataFrame, *, per_band: bool) -> ClassFit:
    """Huber fit of -residual = offset + slope * log10(distance / 1 km), offsets by band where asked."""
    from_1_km = decades(part["distance_m"].to_numpy(dtype=np.float64))
    bands = sorted(part["band"].unique()) if per_band else [""]
    known = [band for band in bands if not per_band or int((part["band"] == band).sum()) >= LEAST_CLASS_ROWS]
    low, high = np.percentile(from_1_km, [5, 95])
    with_slope = high - low >= LEAST_DECADES and len(part) >= 2 * LEAST_CLASS_ROWS
    columns: list[NDArray[np.float64]] = [np.ones(len(part)), *([from_1_km] if with_slope else [])]
    if per_band:
        columns += [np.asarray(part["band"] == band, dtype=np.float64) for band in known[1:]]
    design = np.stack(columns, axis=1)
    target = -part["residual_db"].to_numpy(dtype=float)
    start, *_ = np.linalg.lstsq(design, target, rcond=None)

    def error(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(design @ values - target)

    found = least_squares(error, start, loss="huber", f_scale=HUBER_DB).x
    slope = float(found[1]) if with_slope else 0.0
    extra = dict(zip(known[1:], found[1 + with_slope :].tolist(), strict=True)) if per_band else {}
    return ClassFit(code, len(part), float(found[0]), slope, extra)


def _correction_db(rows: pd.DataFrame, fits: tuple[ClassFit, ...]) -> NDArray[np.float64]:
    """Loss the fits add at every row."""
    added = np.zeros(len(rows))
    from_1_km = decades(rows["distance_m"].to_numpy(dtype=np.float64))
    code, band = rows["clutter"].to_numpy(), rows["band"].to_numpy()
    for fit in fits:
        here = code == fit.code
        added[here] += fit.offset_db + fit.slope_db_per_decade * from_1_km[here]
        for name, extra in fit.offset_by_band_db.items():
            added[here & (band == name)] += extra
    return added


def calibrated_clutter(scenario: Scenario, calibration: Calibration) -> dict[int, ClutterClass]:
    """Clutter classes with the fitted values; classes without a fit lose what they had.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    calibration : Calibration
        Fits.

    Returns
    -------
    dict of int to ClutterClass
        Every class of the scenario.
    """
    fitted = {fit.code: fit for fit in calibration.fits}
    clutter = {}
    for code, entry in scenario.propagation.clutter.items():
        fit = fitted.get(code)
        clutter[code] = entry.model_copy(
            update={
                "offset_db": round(fit.offset_db, 3) if fit else 0.0,
                "slope_db_per_decade": round(fit.slope_db_per_decade, 3) if fit else 0.0,
                "offset_by_band_db": {k: round(v, 3) for k, v in fit.offset_by_band_db.items()} if fit else {},
            }
        )
    return clutter
