"""What options reach, kept on disk: fixing or forbidding works then re-solves in seconds."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.propagation import Propagation
from planner.coverage.store import context_hash
from planner.domain.coverage import ProposedSite
from planner.domain.province import Province

FOLDER = "reach"


def reach_file(
    province: Province,
    scenario: Scenario,
    proposals: Sequence[ProposedSite],
    receiver: str,
    wanted: NDArray[np.int64],
) -> Path | None:
    """Name the file that would hold a reach, after everything it depends on.

    Parameters
    ----------
    province : Province
        Terrain and areas.
    scenario : Scenario
        Propagation, radio, thresholds; `run.store` names the folder.
    proposals : sequence of ProposedSite
        What is asked about.
    receiver : str
        Receiver.
    wanted : ndarray of int64
        Entries asked about.

    Returns
    -------
    Path or None
        None where no store is configured.
    """
    if scenario.run.store is None:
        return None
    digest = hashlib.sha256(context_hash(scenario, Propagation(province, scenario)).encode())
    words = {
        "radio": scenario.radio.model_dump(mode="json"),
        "coverage": scenario.coverage.model_dump(mode="json"),
        "receiver": receiver,
        "proposals": [asdict(one) for one in proposals],
    }
    digest.update(json.dumps(words, sort_keys=True).encode())
    for part in (province.area_cells.indptr, province.area_cells.cell, province.area_cells.share, wanted):
        digest.update(np.ascontiguousarray(part).tobytes())
    return Path(scenario.run.store) / FOLDER / f"{digest.hexdigest()}.npz"


def load_reach(path: Path | None) -> tuple[NDArray[np.int64], NDArray[np.int32]] | None:
    """Read a kept reach.

    Parameters
    ----------
    path : Path or None
        File from `reach_file`.

    Returns
    -------
    tuple of ndarray or None
        Starts and entries; None where there is none, or it is damaged.
    """
    if path is None or not path.is_file() or not zipfile.is_zipfile(path):
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            indptr, entry, seal = kept["indptr"], kept["entry"], str(kept["seal"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return (indptr, entry) if seal == _seal(indptr, entry) else None


def save_reach(path: Path | None, indptr: NDArray[np.int64], entry: NDArray[np.int32]) -> None:
    """Keep a reach; a full disk or an unwritable folder only means that it is computed again.

    Parameters
    ----------
    path : Path or None
        File from `reach_file`.
    indptr, entry : ndarray
        Starts and entries.
    """
    if path is None:
        return
    partial = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as stream:
            partial = Path(stream.name)
            np.savez(stream, indptr=indptr, entry=entry, seal=np.array(_seal(indptr, entry)))
        partial.replace(path)
    except OSError:
        if partial is not None:
            partial.unlink(missing_ok=True)


def _seal(indptr: NDArray[np.int64], entry: NDArray[np.int32]) -> str:
    digest = hashlib.sha256(np.ascontiguousarray(indptr).tobytes())
    digest.update(np.ascontiguousarray(entry).tobytes())
    return digest.hexdigest()
