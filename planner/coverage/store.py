"""A store of per-mast results on disk, named by everything they depend on.

An entry's name is a hash of terrain, clutter, position, height, carriers, settings and code, so a stale entry cannot
be met; its content carries a checksum, so a damaged or foreign one is recomputed. Entries are written aside and moved
into place; a full disk switches writing off, says so in the log and changes nothing else. What a killed run left aside
is removed by a later one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import struct
import tempfile
import time
from contextlib import suppress
from functools import cache
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.masts import Mast
from planner.coverage.propagation import MastField, Propagation
from planner.coverage.radius import mast_radius_m
from planner.kernels.checksum import checksum

_HEAD = struct.Struct("<8s5qQ")  # magic, row0, col0, carriers, rows, cols, checksum of the losses
_MAGIC = b"PLNRFLD2"
_ASIDE = ".writing-"
_ABANDONED_S = 3600.0  # a younger file may belong to a run that is writing it now
_LOG = logging.getLogger(__name__)
_SEAL_BYTES = 32  # hash of name and head, behind the head


class FieldStore:
    """Fields of masts, from disk where they are there.

    Parameters
    ----------
    folder : Path or None
        Folder of the entries; None keeps nothing.
    context : str
        Hash of what all entries of this run depend on.

    Attributes
    ----------
    read, computed, damaged : int
        How many fields came from disk, were computed, and were found damaged.
    """

    def __init__(self, folder: Path | None, context: str = "") -> None:
        self._folder = folder
        self._context = context
        self._writable = folder is not None
        self.read = self.computed = self.damaged = 0
        if folder is not None:
            _clear(folder)

    def field(self, propagation: Propagation, mast: Mast) -> MastField:
        """Field of a mast, read or computed.

        Parameters
        ----------
        propagation : Propagation
            The scenario's propagation.
        mast : Mast
            The mast.

        Returns
        -------
        MastField
            Its field; the same to the bit either way.
        """
        if self._folder is None:
            self.computed += 1
            return propagation.field(mast)
        radius_m = mast_radius_m(propagation, mast)
        path = self._path(mast, radius_m)
        kept = self._load(path, len(mast.carriers))
        if kept is not None:
            self.read += 1
            return propagation.field_of(mast, radius_m, kept)
        self.computed += 1
        losses = propagation.losses(mast, radius_m)
        self._save(path, losses)
        return propagation.field_of(mast, radius_m, losses)

    def _path(self, mast: Mast, radius_m: float) -> Path:
        assert self._folder is not None
        what = repr((self._context, mast.x_m, mast.y_m, mast.height_agl_m, mast.carriers, radius_m))
        name = hashlib.sha256(what.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.field"

    def _load(self, path: Path, carriers: int) -> tuple[int, int, NDArray[np.float32]] | None:
        """Entry of a path; None where there is none or it is not what it should be."""
        try:
            with path.open("rb", buffering=0) as file:
                found = _read(file, path.name, carriers)
        except OSError:
            return None
        if found is None:
            self.damaged += 1
        return found

    def _save(self, path: Path, losses: tuple[int, int, NDArray[np.float32]]) -> None:
        """Write an entry aside and move it into place; give up writing when the disk refuses."""
        if not self._writable:
            return
        row0, col0, loss = losses
        body = np.ascontiguousarray(loss, dtype="<f4")
        head = _HEAD.pack(_MAGIC, row0, col0, *loss.shape, checksum(body.reshape(-1).view(np.uint32)))
        aside: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=_ASIDE, dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(head + _seal(path.name, head))
                file.write(body.data)
            Path(aside).replace(path)
        except OSError as error:
            self._writable = False
            _LOG.warning("the store %s keeps no more results: %s", self._folder, error.strerror or error)
            if aside is not None:
                with suppress(OSError):
                    Path(aside).unlink(missing_ok=True)


def _read(file: FileIO, name: str, carriers: int) -> tuple[int, int, NDArray[np.float32]] | None:
    """Read an entry; None where it is damaged or another's."""
    head, seal = file.read(_HEAD.size), file.read(_SEAL_BYTES)
    if len(head) < _HEAD.size or seal != _seal(name, head):
        return None
    magic, row0, col0, layers, rows, cols, written = _HEAD.unpack(head)
    if magic != _MAGIC or layers != carriers:
        return None
    loss = np.empty((layers, rows, cols), dtype="<f4")
    whole = file.readinto(loss.reshape(-1).view(np.uint8).data) == loss.nbytes and not file.read(1)
    if not whole or checksum(loss.reshape(-1).view(np.uint32)) != written:
        return None
    return row0, col0, loss.astype(np.float32, copy=False)


def _clear(folder: Path) -> None:
    """Remove files that a killed run left half written."""
    with suppress(OSError):
        for path in folder.glob(f"*/{_ASIDE}*"):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                path.unlink(missing_ok=True)


def _seal(name: str, head: bytes) -> bytes:
    return hashlib.sha256(name.encode() + head).digest()


def open_store(scenario: Scenario, propagation: Propagation) -> FieldStore:
    """Open the store of a scenario.

    Parameters
    ----------
    scenario : Scenario
        `run.store` names its folder.
    propagation : Propagation
        What its entries depend on.

    Returns
    -------
    FieldStore
        A store that keeps nothing when none is configured.
    """
    if scenario.run.store is None:
        return FieldStore(None)
    return FieldStore(Path(scenario.run.store), context_hash(scenario, propagation))


def context_hash(scenario: Scenario, propagation: Propagation) -> str:
    """Hash of everything a field depends on besides its mast.

    Parameters
    ----------
    scenario : Scenario
        Propagation settings, carriers' frequencies and bands, receiver height.
    propagation : Propagation
        Terrain and clutter.

    Returns
    -------
    str
        Hexadecimal digest.
    """
    digest = hashlib.sha256()
    for part in (
        propagation.surface.elevation_asl_m,
        propagation.surface.clutter_height_m,
        propagation.surface.zone,
        propagation.terrain.land_cover,
    ):
        digest.update(np.ascontiguousarray(part).tobytes())
    carriers = {name: (c.frequency_mhz, c.band) for name, c in scenario.radio.carriers.items()}
    words: dict[str, Any] = {
        "grid": repr(propagation.terrain.grid),
        "propagation": scenario.propagation.model_dump(mode="json"),
        "climate": tuple(propagation.climate),
        "carriers": carriers,
        "receiver_agl_m": propagation.receiver_agl_m,
        "code": _code_hash(),
    }
    digest.update(json.dumps(words, sort_keys=True).encode())
    return digest.hexdigest()


@cache
def _code_hash() -> str:
    """Hash of every source file a loss may depend on."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for room in ("kernels", "radio", "coverage"):
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
