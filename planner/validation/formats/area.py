"""Area grids: the whole chain from a terrain tile to the loss at every receiver, against another tool's run."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.kernels.great_circle import bearing_rad, distance_km, point_along
from planner.kernels.itm.predict import point_to_point
from planner.kernels.itm.quantities import ItmSetting
from planner.kernels.p1812.combine import MODEL_FROM_KM, Setting
from planner.kernels.p1812.loss import basic_loss_db
from planner.kernels.p1812.path import INLAND, NO_COAST_KM, Terminals, effective_radius_km
from planner.kernels.profile import PROFILE_OK, GeographicGrid, equal_steps, sample_great_circle
from planner.validation.formats.base import Format
from planner.validation.judge import Criterion, FileVerdict
from planner.validation.vectors import Row, VectorFile, fault

P99_BAR_DB = 0.1
CLUTTER_MEDIAN_BAR_DB, CLUTTER_P95_BAR_DB, CLUTTER_MEAN_BAR_DB = 0.05, 1.0, 0.2
_NEAR = f"nearer than {MODEL_FROM_KM} km, where P.1812 is silent and a rule of our own holds"
_ARRAYS = frozenset({"dem_m", "dem_north", "dem_south", "dem_west", "dem_east", "rx_lat", "rx_lon", "path_loss_db"})

LossOf = Callable[[NDArray[np.float64], NDArray[np.float64], float, float], float]


@dataclass(frozen=True)
class _Tile:
    """Terrain and clutter heights on the file's own geographic grid."""

    elevation_asl_m: NDArray[np.float32]
    clutter_m: NDArray[np.float32]
    grid: GeographicGrid


def _scenario(file: VectorFile) -> Row:
    """The JSON beside the archive."""
    path = file.path.with_suffix(".json")
    name = path.relative_to(file.root).as_posix()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise fault(name, f"not readable as JSON: {error}", "Every archive has its scenario beside it") from error
    if not isinstance(content, dict):
        raise fault(name, "not a JSON object", "Every archive has its scenario beside it")
    return Row(name, content)


def _tile(file: VectorFile, scenario: Row) -> _Tile:
    """Terrain and clutter of the archive."""
    arrays = file.arrays
    elevation = np.asarray(arrays["dem_m"], np.float32)
    if elevation.ndim != 2 or min(elevation.shape) < 2:
        raise fault(file.name, f"dem_m has shape {elevation.shape}", "Give a grid of two rows and columns or more")
    rows, cols = elevation.shape
    north, south = float(arrays["dem_north"]), float(arrays["dem_south"])
    west, east = float(arrays["dem_west"]), float(arrays["dem_east"])
    clutter = np.zeros_like(elevation)
    cover = arrays.get("landcover", np.empty((0, 0)))
    if cover.size:
        if cover.shape != elevation.shape:
            raise fault(file.name, f"landcover has shape {cover.shape}, dem_m {elevation.shape}", "Give equal grids")
        for label, height in dict(scenario.first("clutter_heights_m")).items():
            clutter[cover == int(str(label).split()[0])] = float(height)
    return _Tile(
        elevation, clutter, GeographicGrid(north, west, (north - south) / (rows - 1), (east - west) / (cols - 1))
    )


def _p1812(scenario: Row) -> LossOf:
    """P.1812 at the scenario's setting."""
    ends = Terminals(
        scenario.number("h_tx_m"), scenario.number("h_rx_m"), NO_COAST_KM, NO_COAST_KM,
        effective_radius_km(scenario.number("DN")),
    )  # fmt: skip
    p_pct, pl_pct, n0 = scenario.number("p_pct"), scenario.number("pL_pct"), scenario.number("N0")
    vertical, ghz = scenario.text("pol") == "vertical", scenario.number("f_mhz") / 1000.0
    if pl_pct != 50.0:
        raise fault(scenario.where, f"pL_pct {pl_pct:g}", "The grids state no sigma: use 50% of locations")

    def loss(h_m: NDArray[np.float64], r_m: NDArray[np.float64], d_km: float, latitude_deg: float) -> float:
        zone = np.full(h_m.size, INLAND, np.uint8)
        along_km = np.linspace(0.0, d_km, h_m.size)
        setting = Setting(ghz, p_pct, pl_pct, 0.0, vertical, latitude_deg, n0)
        return float(basic_loss_db(along_km, h_m, r_m, zone, ends, setting))

    return loss


def _itm(scenario: Row) -> LossOf:
    """ITM at the scenario's setting, whose ground and climate are in its block `lr`."""
    block = Row(f"{scenario.where}: lr", dict(scenario.first("lr") or {}))
    climates = (
        "EQUATORIAL", "CONTINENTAL_SUBTROPICAL", "MARITIME_SUBTROPICAL", "DESERT", "CONTINENTAL_TEMPERATE",
        "MARITIME_TEMPERATE_OVER_LAND", "MARITIME_TEMPERATE_OVER_SEA",
    )  # fmt: skip
    climate = block.text("climate").removeprefix("LRClimaticZone.").removeprefix("LR_")
    if climate not in climates:
        raise fault(block.where, f"climate '{climate}'", f"Use one of {', '.join(climates)}")
    setting = ItmSetting(
        scenario.number("f_mhz"), scenario.number("h_tx_m"), scenario.number("h_rx_m"),
        scenario.text("pol") == "vertical", block.number("N0"), block.number("eps"), block.number("sigma"),
        climates.index(climate) + 1, int(block.number("mdvar")), block.number("time"), block.number("location"),
        block.number("situation"),
    )  # fmt: skip

    def loss(h_m: NDArray[np.float64], _r_m: NDArray[np.float64], d_km: float, _latitude_deg: float) -> float:
        return float(point_to_point(h_m, d_km * 1000.0 / (h_m.size - 1), setting).loss_db)

    return loss


_MODELS: dict[str, tuple[str, Callable[[Row], LossOf]]] = {
    "p1812": ("p1812", _p1812),
    "p1812_clutter": ("p1812", _p1812),
    "itm": ("itm", _itm),
}


def _receivers(file: VectorFile) -> Iterator[tuple[float, float, float]]:
    """Latitude, longitude and reference loss of every receiver."""
    lats, lons, losses = (np.asarray(file.arrays[key], np.float64) for key in ("rx_lat", "rx_lon", "path_loss_db"))
    if losses.shape != (lats.size, lons.size):
        found = f"path_loss_db has shape {losses.shape} for {lats.size} latitudes and {lons.size} longitudes"
        raise fault(file.name, found, "Give one loss per receiver")
    for i, lat in enumerate(lats.tolist()):
        for j, lon in enumerate(lons.tolist()):
            yield lat, lon, float(losses[i, j])


def _differences(
    file: VectorFile, scenario: Row, model: str, loss_of: LossOf
) -> tuple[NDArray[np.float64], Counter[str]]:
    """Computed less reference loss of every receiver that can be judged, and why the others cannot."""
    tile = _tile(file, scenario)
    tx_lat, tx_lon = scenario.number("tx_lat"), scenario.number("tx_lon")
    step_km = scenario.number("profile_step_m") / 1000.0
    skipped: Counter[str] = Counter()
    differences = []
    for lat, lon, reference in _receivers(file):
        d_km = distance_km(tx_lat, tx_lon, lat, lon)
        if not math.isfinite(reference):
            skipped["no reference value"] += 1
            continue
        if (model == "p1812" and d_km < MODEL_FROM_KM) or d_km <= 0.0:
            skipped[_NEAR if model == "p1812" else "the receiver is at the transmitter"] += 1
            continue
        steps = equal_steps(d_km, step_km)
        h_m, r_m = np.empty(steps + 1), np.empty(steps + 1)
        ends = (tx_lat, tx_lon, lat, lon)
        status = sample_great_circle(tile.elevation_asl_m, tile.clutter_m, tile.grid, ends, steps, h_m, r_m)
        if status != PROFILE_OK:
            skipped["the path leaves the terrain tile"] += 1
            continue
        middle, _ = point_along(tx_lat, tx_lon, bearing_rad(tx_lat, tx_lon, lat, lon), 0.5 * d_km)
        differences.append(loss_of(h_m, r_m, d_km, middle) - reference)
    return np.array(differences), skipped


def _judge(file: VectorFile) -> FileVerdict:
    """Verdict on an area grid, which weighs all its criteria."""
    scenario = _scenario(file)
    named = scenario.text("model")
    if named not in _MODELS:
        reason = f"model '{named}' has no area chain here"
        count = int(np.size(file.arrays["path_loss_db"]))
        return FileVerdict(file.name, named, 0, count, {reason: count}, 0.0, 0.0, P99_BAR_DB, ())
    model, prepare = _MODELS[named]
    differences, skipped = _differences(file, scenario, model, prepare(scenario))
    sizes = np.abs(differences) if differences.size else np.array([math.nan])
    p99 = float(np.percentile(sizes, 99))
    clutter = bool(np.size(file.arrays.get("landcover", ())))
    return FileVerdict(
        file=file.name,
        model=model,
        cases=int(differences.size),
        skipped=skipped.total(),
        skip_reasons=skipped,
        max_abs_db=float(np.max(sizes)),
        p99_abs_db=p99,
        bar_db=CLUTTER_P95_BAR_DB if clutter else P99_BAR_DB,
        criteria=_criteria(differences, sizes, p99, clutter=clutter),
    )


def _criteria(
    differences: NDArray[np.float64], sizes: NDArray[np.float64], p99: float, *, clutter: bool
) -> tuple[Criterion, ...]:
    """The bars of a grid: tighter without clutter, whose class borders every tool rounds its own way."""
    if not clutter:
        return (Criterion("99th percentile, dB", p99, P99_BAR_DB),)
    return (
        Criterion("95th percentile, dB", float(np.percentile(sizes, 95)), CLUTTER_P95_BAR_DB),
        Criterion("median, dB", float(np.median(sizes)), CLUTTER_MEDIAN_BAR_DB),
        Criterion("size of the mean, dB", abs(float(np.mean(differences))), CLUTTER_MEAN_BAR_DB),
    )


def area_model(file: VectorFile) -> str:
    """Model an area grid judges.

    Parameters
    ----------
    file : VectorFile
        The archive.

    Returns
    -------
    str
        Name as on the command line.
    """
    named: Any = _scenario(file).text("model")
    return _MODELS[named][0] if named in _MODELS else str(named)


FORMATS = (Format("area grid", "area", ("area_crc_covlib",), _ARRAYS, _judge, area_model),)
