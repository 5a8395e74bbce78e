"""Cloud-Optimised GeoTIFFs of coverage per technology, and per operator and carrier where a scenario asks for them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from planner.config.schema import Scenario
from planner.coverage.rasters import RadioRasters, layer_rasters, technology_rasters
from planner.domain.coverage import CoverageMap

# description, unit, decimals kept (None: all)
BANDS: tuple[tuple[str, str, int | None], ...] = (
    ("best-server level, outdoor median", "dBm", None),
    ("what is left over all that the scenario's receiver needs; served where zero or more", "dB", None),
    ("SINR at the stated load, outdoor median", "dB", 1),
    ("downlink rate of a single user at that SINR", "Mbit/s", 1),
    ("share of locations at which the scenario's receiver has the level it needs", "1", 3),
)
SERVER_BANDS: tuple[tuple[str, str, int | None], ...] = (
    ("second server's level, outdoor median", "dBm", None),
    ("best server: `number` in sectors.csv", "1", None),
    ("power per resource element of all other sectors at full load, outdoor median", "dBm", 1),
)


def write_coverage_cogs(folder: Path, scenario: Scenario, before: CoverageMap, after: CoverageMap) -> list[str]:
    """Write `coverage_<technology>_<before|after>.tif`, one band per entry of `BANDS`.

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
            found = technology_rasters(coverage, scenario, technology)
            name = f"coverage_{technology}_{when}.tif"
            title = f"{technology.upper()} coverage {when} the plan, any operator: {scenario.name}"
            _write_cog(folder / name, coverage, _stack(found), _tags(scenario, title), BANDS)
            names.append(name)
    return names


def write_carrier_cogs(folder: Path, scenario: Scenario, when: str, coverage: CoverageMap) -> list[str]:
    """Write `carriers/<operator>_<carrier>_<when>.tif`: the bands of a technology, both servers and interference.

    Parameters
    ----------
    folder : Path
        Folder to write to.
    scenario : Scenario
        The scenario.
    when : str
        'before' or 'after'.
    coverage : CoverageMap
        Coverage of that moment.

    Returns
    -------
    list of str
        File names written.
    """
    (folder / "carriers").mkdir(exist_ok=True)
    names, first = [], 1
    for layer in coverage.layers:
        number = np.where(layer.best_sector >= 0, layer.best_sector + first, np.nan).astype(np.float32)
        first += len(layer.sectors)
        others = np.where(layer.interference_mw > 0.0, layer.interference_mw, np.float32(np.nan))
        interference_dbm = np.round(10.0 * np.log10(others), 1)
        bands = [*_stack(layer_rasters(coverage, scenario, layer)), layer.second_dbm, number, interference_dbm]
        name = f"carriers/{_file_word(layer.operator)}_{_file_word(layer.carrier)}_{when}.tif"
        title = f"{layer.operator}, {layer.carrier}, {when} the plan: {scenario.name}"
        _write_cog(folder / name, coverage, np.stack(bands), _tags(scenario, title), (*BANDS, *SERVER_BANDS))
        names.append(name)
    return names


def _file_word(text: str) -> str:
    """Text without what a file name cannot hold."""
    return re.sub(r"[^\w.-]", "_", text)


def _stack(found: RadioRasters) -> NDArray[np.float32]:
    """Bands of a file; digits nobody needs are dropped, for the sake of its size."""
    bands = (found.level_dbm, found.margin_db, found.sinr_db, found.rate_mbps, found.probability)
    return np.stack(
        [
            values if decimals is None else np.round(values, decimals)
            for values, (_, _, decimals) in zip(bands, BANDS, strict=True)
        ]
    )


def _tags(scenario: Scenario, title: str) -> dict[str, str]:
    return {
        "TITLE": title,
        "MODEL": f"{scenario.propagation.model}, mode {scenario.propagation.mode}",
        "RECEIVER": scenario.coverage.receiver,
        "LOCATION_PROBABILITY": str(scenario.coverage.location_probability),
        "CELL_LOAD": str(scenario.coverage.cell_load),
        "KIND": "modelled, not measured",
    }


def _write_cog(
    path: Path,
    coverage: CoverageMap,
    bands: NDArray[np.float32],
    tags: dict[str, str],
    meaning: tuple[tuple[str, str, int | None], ...],
) -> None:
    grid = coverage.grid
    frame = {"height": grid.rows, "width": grid.cols, "crs": grid.crs, "transform": Affine(*grid.geotransform)}
    packing = {"compress": "DEFLATE", "predictor": "YES", "overview_resampling": "NEAREST", "nodata": float("nan")}
    profile = {
        "driver": "COG",
        "dtype": "float32",
        "count": len(bands),
        "num_threads": "ALL_CPUS",
        "level": 3,
        **frame,
        **packing,
    }
    with MemoryFile() as memory:  # a disk that fills up is then Python's error, not one from inside GDAL
        with memory.open(**profile) as target:
            target.write(bands)
            target.update_tags(**tags)
            for index, (text, unit, _) in enumerate(meaning, start=1):
                target.set_band_description(index, text)
                target.update_tags(index, UNITS=unit)
                target.set_band_unit(index, unit)
        path.write_bytes(memory.read())
