"""manifest.json: everything needed to repeat a run and to see what it ran on."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import os
import platform
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.config.schema import Scenario
from planner.domain.programme import Programme
from planner.domain.province import Province

PACKAGES = (
    "numpy",
    "scipy",
    "shapely",
    "rasterio",
    "networkx",
    "numba",
    "geopandas",
    "pyogrio",
    "pyproj",
    "highspy",
    "pydantic",
)


def manifest(
    scenario: Scenario,
    province: Province,
    programme: Programme,
    laps: dict[str, float],
    sources: Sequence[Path],
    overrides: Sequence[str],
) -> dict[str, Any]:
    """Assemble the manifest of a run.

    Parameters
    ----------
    scenario : Scenario
        The resolved scenario.
    province : Province
        The province, with the names of its input files.
    programme : Programme
        What the run found; its bounds say what stopped each solver.
    laps : dict of str to float
        Stage -> wall time, s.
    sources : sequence of Path
        Scenario files, bases before what extends them.
    overrides : sequence of str
        The 'key.path=value' texts.

    Returns
    -------
    dict
        Content of manifest.json.
    """
    return {
        "planner": importlib.metadata.version("planner"),
        "written": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "scenario_files": [{"file": f"{path.parent.name}/{path.name}", "sha256": sha256_of(path)} for path in sources],
        "overrides": list(overrides),
        "inputs": input_files(scenario, province),
        "seed": scenario.run.seed,
        "stopped_by": {name: bound.stopped_by for name, bound in programme.plan.bounds.items()},
        "timings_s": {stage: round(seconds, 3) for stage, seconds in laps.items()},
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, 1),
        "machine": {
            "system": f"{platform.system()} {platform.release()}",
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "threads": scenario.run.threads,
        },
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in PACKAGES},
        },
        "scenario": scenario.model_dump(mode="json"),
    }


def input_files(scenario: Scenario, province: Province) -> dict[str, dict[str, str]]:
    """Name and hash of every input file.

    Parameters
    ----------
    scenario : Scenario
        Names the antenna files.
    province : Province
        Names the layers' files.

    Returns
    -------
    dict of str to dict
        Layer or 'antenna NAME' -> file and sha256.
    """
    layers = {
        layer: {"file": name, "sha256": province.input_sha256.get(layer, "")}
        for layer, name in sorted(province.inputs.items())
    }
    antennas = {name: antenna.file for name, antenna in scenario.radio.antennas.items() if antenna.file is not None}
    return layers | {
        f"antenna {name}": {"file": file.name, "sha256": sha256_of(file)} for name, file in antennas.items()
    }


def sha256_of(path: Path) -> str:
    """Hash of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
