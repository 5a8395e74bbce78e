"""Cloud-Optimised GeoTIFFs of coverage per technology."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from planner.config.schema import Scenario
from planner.coverage.service import sector_thresholds_dbm
from planner.domain.coverage import CoverageMap

BAND_LEVEL = "best-server level, outdoor median"
BAND_MARGIN = "level above what the scenario's receiver needs"


def best_level(
    coverage: CoverageMap, scenario: Scenario, technology: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Best level of a technology over all operators and carriers, and its margin over the threshold.

    Parameters
    ----------
    coverage : CoverageMap
        Layers per operator and carrier.
    scenario : Scenario
        Its receiver's thresholds are meant.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    tuple of ndarray of float32, shape (rows, cols)
        Level, dBm, and margin, dB; NaN where nothing reaches. A cell is served where the margin is zero or more.
    """
    receiver = scenario.coverage.receiver
    level = np.full(coverage.grid.shape, np.nan, dtype=np.float32)
    margin = np.full(coverage.grid.shape, np.nan, dtype=np.float32)
    for layer in coverage.layers:
        if layer.technology == technology:
            np.fmax(level, layer.level_dbm, out=level)
            limits = sector_thresholds_dbm(layer, receiver, scenario, coverage.grid.cell_m).astype(np.float32)
            limit = np.where(layer.best_sector >= 0, limits[layer.best_sector], np.float32(np.nan))
            np.fmax(margin, layer.level_dbm - limit, out=margin)
    return level, margin


def write_coverage_cogs(folder: Path, scenario: Scenario, before: CoverageMap, after: CoverageMap) -> list[str]:
    """Write `coverage_<technology>_<before|after>.tif`, two bands each: level and margin.

    Parameters
    ----------
    folder : Path
        Folder to write to.
    scenario : Scenario
        Receiver and model named in the tags.
    before, after : CoverageMap
        Coverage today and with the plan.

    Returns
    -------
    list of str
        File names written.
    """
    names = []
    for when, coverage in (("before", before), ("after", after)):
        for technology in sorted({layer.technology for layer in (*before.layers, *after.layers)}):
            level, margin = best_level(coverage, scenario, technology)
            name = f"coverage_{technology}_{when}.tif"
            _write_cog(folder / name, coverage, np.stack([level, margin]), _tags(scenario, technology, when))
            names.append(name)
    return names


def _tags(scenario: Scenario, technology: str, when: str) -> dict[str, str]:
    return {
        "TITLE": f"{technology.upper()} coverage {when} the plan, any operator: {scenario.name}",
        "MODEL": f"{scenario.propagation.model}, mode {scenario.propagation.mode}",
        "RECEIVER": scenario.coverage.receiver,
        "LOCATION_PROBABILITY": str(scenario.coverage.location_probability),
        "KIND": "modelled, not measured",
    }


def _write_cog(path: Path, coverage: CoverageMap, bands: NDArray[np.float32], tags: dict[str, str]) -> None:
    grid = coverage.grid
    frame = {"height": grid.rows, "width": grid.cols, "crs": grid.crs, "transform": Affine(*grid.geotransform)}
    packing = {"compress": "DEFLATE", "predictor": "YES", "overview_resampling": "NEAREST", "nodata": float("nan")}
    profile = {"driver": "COG", "dtype": "float32", "count": len(bands), **frame, **packing}
    with rasterio.open(path, "w", **profile) as target:
        target.write(bands)
        target.update_tags(**tags)
        for index, (text, unit) in enumerate(((BAND_LEVEL, "dBm"), (BAND_MARGIN, "dB")), start=1):
            target.set_band_description(index, text)
            target.update_tags(index, UNITS=unit)
            target.set_band_unit(index, unit)
