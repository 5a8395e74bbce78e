"""Opening instance files, plain or compressed, and the list of best known values beside them."""

from __future__ import annotations

import csv
import gzip
import lzma
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from planner.errors import DataError


@dataclass(frozen=True)
class Listed:
    """One line of best_known.csv; `best_known` is None where the list has no value."""

    family: str
    instance: str
    path: Path
    best_known: float | None


def open_text(path: Path) -> TextIO:
    """Open a text file that may be gzip or xz compressed."""
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8", errors="replace")
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8", errors="replace")


def read_lines(path: Path) -> list[str]:
    """All lines of a file, or a DataError that names it."""
    try:
        with open_text(path) as stream:
            return stream.read().splitlines()
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as fault:
        raise DataError(f"{path}: cannot be read ({fault})") from fault


def listed_instances(folder: Path, problem: str, only: str | None = None) -> list[Listed]:
    """Instances of a problem named in the folder's best_known.csv, in its order."""
    table = folder / "best_known.csv"
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as fault:
        raise DataError(f"{table}: cannot be read ({fault})") from fault
    needed = {"problem", "family", "instance", "file", "best_known"}
    if rows and not needed <= set(rows[0]):
        raise DataError(f"{table}: columns {', '.join(sorted(needed - set(rows[0])))} are missing")
    return [
        Listed(
            row["family"], row["instance"], _existing(folder / row["file"]), _value(table, number, row["best_known"])
        )
        for number, row in enumerate(rows, start=2)
        if row["problem"] == problem and (only is None or only in row["instance"])
    ]


def _existing(path: Path) -> Path:
    """The file itself, or its twin with another compression."""
    if path.exists():
        return path
    bare = path.with_suffix("") if path.suffix in {".xz", ".gz"} else path
    for twin in (bare, bare.with_name(bare.name + ".gz"), bare.with_name(bare.name + ".xz")):
        if twin.exists():
            return twin
    return path


def _value(table: Path, number: int, text: str | None) -> float | None:
    """A best known value, None where the cell is empty."""
    if text is None or not text.strip():
        return None
    try:
        return float(text)
    except ValueError as fault:
        raise DataError(f"{table}, line {number}: best_known is {text!r}; a number is needed") from fault
