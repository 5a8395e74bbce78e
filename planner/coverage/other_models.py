"""Models other than P.1812 over a mast's surroundings, a profile per cell."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from planner.coverage.end_losses import end_losses_db
from planner.coverage.masts import Mast
from planner.coverage.scene import Scene
from planner.kernels.free_space import free_space_loss_db
from planner.kernels.itm.quantities import ItmSetting
from planner.kernels.model_disc import Disc, hata_disc, itm_disc, p452_disc, tr38901_disc, tr38901_probable_disc
from planner.kernels.p452.loss import Station452
from planner.kernels.p1812.combine import Setting
from planner.kernels.p1812.path import NO_COAST_KM, Terminals
from planner.radio.models import hata, itm, tr38901
from planner.radio.models.base import ModelCard
from planner.radio.models.registry import path_model

_PRESSURE_HPA, _TEMPERATURE_C = 1013.0, 15.0  # ITU-R P.452-18 Table 2, typical values
_RURAL = 2
_LOG = logging.getLogger(__name__)


def model_loss(
    scene: Scene, name: str, mast: Mast, frequencies_mhz: NDArray[np.float64], radius_m: float
) -> tuple[int, int, NDArray[np.float32]]:
    """Losses around a mast by a model of the registry.

    Parameters
    ----------
    scene : Scene
        Terrain and settings.
    name : str
        Model's name.
    mast : Mast
        The mast.
    frequencies_mhz : ndarray of float64
        Frequencies, MHz.
    radius_m : float
        Radius, m; cells beyond the distance the model answers for stay NaN.

    Returns
    -------
    tuple
        First row and column of the window and losses (n_frequencies, rows, cols), dB; the window is the engine's.

    Raises
    ------
    ModelRangeError
        When frequency or heights are outside the model.
    """
    card = path_model(name).card
    farthest_m = _checked_reach_m(card, scene, mast, frequencies_mhz)
    disc, shape = _disc(scene, mast, radius_m)
    loss = np.full((frequencies_mhz.size, *shape), np.nan, dtype=np.float32)
    near = disc._replace(radius_m=min(radius_m, farthest_m))
    for out, frequency in zip(loss, frequencies_mhz, strict=True):
        _fill(scene, name, mast, near, float(frequency), out)
        out += _end_losses(scene, name, float(frequency), disc, shape)
    return disc.row0, disc.col0, loss


def _end_losses(
    scene: Scene, name: str, frequency_mhz: float, disc: Disc, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Clutter at the receiver and gases where the model has neither."""
    rows, cols = shape
    dy = (disc.row0 + np.arange(rows) - disc.row)[:, None]
    dx = (disc.col0 + np.arange(cols) - disc.col)[None, :]
    distance_km = np.hypot(dx, dy) * disc.cell_m / 1e3
    classes = scene.terrain.land_cover[disc.row0 : disc.row0 + rows, disc.col0 : disc.col0 + cols]
    config = scene.scenario.propagation
    extra = end_losses_db(config, name, frequency_mhz, scene.receiver_agl_m, classes, distance_km)
    return extra.astype(np.float32)


def _disc(scene: Scene, mast: Mast, radius_m: float) -> tuple[Disc, tuple[int, int]]:
    """Rasters, mast and the window of cells within the radius."""
    surface = scene.surface
    frame = scene.frame(mast)
    reach = scene.settings(radius_m).steps(surface.cell_m)
    rows, cols = surface.elevation_asl_m.shape
    row, col = int(np.floor(frame.y_cells)), int(np.floor(frame.x_cells))
    top, left = max(row - reach, 0), max(col - reach, 0)
    bottom, right = min(row + reach + 1, rows), min(col + reach + 1, cols)
    if not np.isfinite(frame.antenna_asl_m):
        top = left = bottom = right = 0
    disc = Disc(
        surface.elevation_asl_m,
        surface.clutter_height_m,
        frame.y_cells - 0.5,
        frame.x_cells - 0.5,
        mast.height_agl_m,
        scene.receiver_agl_m,
        surface.cell_m,
        radius_m,
        top,
        left,
    )
    return disc, (max(bottom - top, 0), max(right - left, 0))


def range_warnings(scene: Scene, masts: Iterable[Mast]) -> list[str]:
    """Say where masts are answered outside a model's stated range, whether their losses are computed or read.

    Parameters
    ----------
    scene : Scene
        Models and receiver.
    masts : iterable of Mast
        Masts.

    Returns
    -------
    list of str
        Warnings, sorted, each once.
    """
    config = scene.scenario.propagation
    found: set[str] = set()
    for mast in masts:
        for carrier in (scene.scenario.radio.carriers[name] for name in mast.carriers):
            names = {config.model_by_band.get(carrier.band, config.model), *config.model_by_environment.values()}
            for name in names - {"p1812"}:
                found.update(path_model(name).card.check(_range_values(scene, mast, carrier.frequency_mhz)))
    return sorted(found)


def _range_values(scene: Scene, mast: Mast, frequency_mhz: float) -> dict[str, float]:
    """What a model's card is asked about."""
    return {
        "frequency_mhz": frequency_mhz,
        "frequency_ghz": frequency_mhz / 1e3,
        "tx_height_agl_m": mast.height_agl_m,
        "base_height_agl_m": mast.height_agl_m,
        "bs_height_m": mast.height_agl_m,
        "rx_height_agl_m": scene.receiver_agl_m,
        "mobile_height_agl_m": scene.receiver_agl_m,
        "ut_height_m": scene.receiver_agl_m,
        "n0": scene.climate.n0,
    }


def _checked_reach_m(card: ModelCard, scene: Scene, mast: Mast, frequencies_mhz: NDArray[np.float64]) -> float:
    """Check what does not change from cell to cell, and find how far the model answers."""
    for frequency in frequencies_mhz:
        for warning in card.check(_range_values(scene, mast, float(frequency))):
            if warning not in scene.range_warnings:
                scene.range_warnings.add(warning)
                _LOG.warning("%s", warning)
    limits = {one.name: one.high for one in card.ranges}
    return min(limits.get("distance_m", np.inf), 1e3 * limits.get("distance_km", np.inf))


def _fill(scene: Scene, name: str, mast: Mast, disc: Disc, frequency_mhz: float, out: NDArray[np.float32]) -> None:
    """Losses of one frequency by one model."""
    if name == "free_space":
        out[...] = _free_space(scene, mast, disc, frequency_mhz, out.shape)
    elif name == "hata":
        hata_disc(disc, frequency_mhz, _hata_environments(scene, disc, out.shape), out)
    elif name == "itm":
        itm_disc(disc, _itm_setting(scene, mast, frequency_mhz), out)
    elif name == "p452":
        p452_disc(disc, scene.surface.zone, *_p452_setting(scene, mast, frequency_mhz), out)
    else:
        index = tr38901.SCENARIOS[name.removeprefix("tr38901_")]  # type: ignore[index]
        if scene.scenario.propagation.line_of_sight == "probability":
            tr38901_probable_disc(disc, index, frequency_mhz / 1e3, out)
        else:
            tr38901_disc(disc, index, frequency_mhz / 1e3, scene.earth_radius_m / 1e3, out)


def _free_space(
    scene: Scene, mast: Mast, disc: Disc, frequency_mhz: float, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Free-space loss along the slant ray; NaN where terrain is missing."""
    rows, cols = shape
    dy = (disc.row0 + np.arange(rows) - disc.row)[:, None] * disc.cell_m
    dx = (disc.col0 + np.arange(cols) - disc.col)[None, :] * disc.cell_m
    ground = disc.elevation_asl_m[disc.row0 : disc.row0 + rows, disc.col0 : disc.col0 + cols]
    drop = scene.frame(mast).antenna_asl_m - ground.astype(np.float64) - disc.rx_agl_m
    flat = np.hypot(dx, dy)
    slant_km = np.maximum(np.sqrt(flat**2 + drop**2), 1.0) / 1e3
    loss = free_space_loss_db(frequency_mhz, 1.0) + 20.0 * np.log10(slant_km)
    return np.where(flat <= disc.radius_m, loss, np.nan)


def _hata_environments(scene: Scene, disc: Disc, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Hata environment of every cell's clutter class."""
    table = np.full(256, _RURAL, dtype=np.uint8)
    for code, clutter in scene.scenario.propagation.clutter.items():
        table[code] = hata.ENVIRONMENTS[clutter.environment]
    rows, cols = shape
    window = scene.terrain.land_cover[disc.row0 : disc.row0 + rows, disc.col0 : disc.col0 + cols]
    return table[window]


def _itm_setting(scene: Scene, mast: Mast, frequency_mhz: float) -> ItmSetting:
    config, model = scene.scenario.propagation, itm.Itm()
    return ItmSetting(
        frequency_mhz,
        mast.height_agl_m,
        scene.receiver_agl_m,
        config.polarisation == "vertical",
        scene.climate.n0,
        config.ground_permittivity,
        config.ground_conductivity_s_m,
        itm.CLIMATES.index(config.itm_climate) + 1,
        model.variability,
        config.time_pct,
        50.0,
        model.situation_pct,
    )


def _p452_setting(scene: Scene, mast: Mast, frequency_mhz: float) -> tuple[Terminals, Setting, Station452]:
    config = scene.scenario.propagation
    ends = Terminals(
        htg_m=mast.height_agl_m,
        hrg_m=scene.receiver_agl_m,
        dct_km=NO_COAST_KM,
        dcr_km=NO_COAST_KM,
        ae_km=scene.earth_radius_m / 1e3,
    )
    setting = Setting(
        frequency_mhz / 1e3,
        config.time_pct,
        50.0,
        0.0,
        config.polarisation == "vertical",
        scene.latitude_deg,
        scene.climate.n0,
    )
    return ends, setting, Station452(0.0, 0.0, _PRESSURE_HPA, _TEMPERATURE_C)
