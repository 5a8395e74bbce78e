"""Outputs are written aside and moved into place as a whole: nobody ever sees half a result."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from pyogrio.errors import DataLayerError, DataSourceError

from planner.errors import Complaint, PlannerError

MARKER = "manifest.json"
_WRITING_FAILED = (OSError, DataSourceError, DataLayerError)  # a full disk, in the words of whoever was writing


@contextmanager
def staged_folder(out_dir: Path) -> Iterator[Path]:
    """Give a folder to write to that becomes `out_dir` only when the block ends well.

    Parameters
    ----------
    out_dir : Path
        Final folder. One that exists must be empty or hold an earlier run (a manifest.json); it is replaced on success.

    Yields
    ------
    Path
        Folder beside the final one, removed when the block fails.

    Raises
    ------
    PlannerError
        If the folder cannot be written, or holds something that is not an earlier run.
    """
    target = out_dir.absolute()
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / MARKER).is_file())):
        raise _refusal(out_dir, "exists and is not the result of an earlier run", "name another --out folder")
    staging = _aside(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep_leftovers(target)
        staging.mkdir()
    except OSError as error:
        raise _refusal(out_dir, f"cannot be written ({error.strerror})", "name a folder you may write to") from error
    try:
        yield staging
        _swap(staging, target)
    except _WRITING_FAILED as error:
        why = getattr(error, "strerror", None) or str(error)
        raise _refusal(out_dir, f"cannot be written to its end ({why})", "free the disk, or name another") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _refusal(out_dir: Path, found: str, remedy: str) -> PlannerError:
    return PlannerError("the output folder cannot be used", [Complaint(f"--out {out_dir}", found, remedy)])


def _aside(target: Path) -> Path:
    """A name beside the target that says whose it is."""
    return target.with_name(f".{target.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.part")


def _sweep_leftovers(target: Path) -> None:
    """Remove what a killed run left beside the target; a run that is still going keeps its own."""
    for leftover in target.parent.glob(f".{target.name}.*.part"):
        owner = leftover.suffixes[-2].lstrip(".").split("-")[0]
        if not (owner.isdigit() and psutil.pid_exists(int(owner))):
            shutil.rmtree(leftover, ignore_errors=True)


def _swap(staging: Path, target: Path) -> None:
    """Move the new folder into place; the old one goes only once the new one stands."""
    if not target.exists():
        staging.rename(target)
        return
    old = _aside(target)
    target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
