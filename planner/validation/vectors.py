"""Finding and reading files of reference vectors: CSV, JSON lines, and NumPy archives with a JSON beside them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from planner.errors import Complaint, DataError

SUFFIXES = (".csv", ".jsonl", ".npz")


def fault(where: str, found: str, remedy: str) -> DataError:
    """A complaint about one vector file.

    Parameters
    ----------
    where : str
        File and line.
    found : str
        What is wrong.
    remedy : str
        What would be right.

    Returns
    -------
    DataError
        To be raised.
    """
    return DataError("A vector file cannot be read", [Complaint(where, found, remedy)])


@dataclass(frozen=True)
class Row:
    """One case of a vector file.

    Attributes
    ----------
    where : str
        File and line, for complaints.
    values : mapping of str to Any
        Column to value, text in a CSV.
    """

    where: str
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the case, or its place in the file.

        Returns
        -------
        str
            Name.
        """
        return str(self.values.get("case") or self.where)

    def first(self, *columns: str) -> Any:
        """Value of the first of several columns that the row has.

        Parameters
        ----------
        *columns : str
            Columns in order of preference.

        Returns
        -------
        Any
            Value.
        """
        for column in columns:
            if column in self.values:
                return self.values[column]
        raise fault(self.where, f"no column {' or '.join(columns)}", "Complete the row")

    def text(self, *columns: str) -> str:
        """Value as text.

        Parameters
        ----------
        *columns : str
            Columns in order of preference.

        Returns
        -------
        str
            Text without blanks at its ends.
        """
        return str(self.first(*columns)).strip()

    def number(self, *columns: str) -> float:
        """Value as a number.

        Parameters
        ----------
        *columns : str
            Columns in order of preference.

        Returns
        -------
        float
            Number; infinity and NaN are refused.
        """
        value = self.optional(*columns)
        if value is None:
            raise fault(self.where, f"{columns[0]} is empty", "Give a number")
        return value

    def optional(self, *columns: str) -> float | None:
        """Value as a number, None where the cell is empty or not a number at all ('nan').

        Parameters
        ----------
        *columns : str
            Columns in order of preference.

        Returns
        -------
        float or None
            Number.
        """
        raw = self.first(*columns)
        if raw is None or str(raw).strip() == "":
            return None
        try:
            value = float(raw)
        except (TypeError, ValueError):
            raise fault(self.where, f"{columns[0]} is '{raw}'", "Give a number") from None
        return value if math.isfinite(value) else None

    def series(self, *columns: str) -> Any:
        """Value as an array of numbers.

        Parameters
        ----------
        *columns : str
            Columns in order of preference.

        Returns
        -------
        ndarray of float64, shape (n,)
            Numbers.
        """
        return numbers(self.first(*columns), f"{self.where}: {columns[0]}")


def numbers(raw: Any, where: str) -> Any:
    """A list of a JSON file as an array.

    Parameters
    ----------
    raw : Any
        What the file holds.
    where : str
        File and key, for complaints.

    Returns
    -------
    ndarray of float64, shape (n,)
        Numbers, two or more.
    """
    try:
        values = np.array(raw, np.float64)
    except (TypeError, ValueError):
        raise fault(where, "not a list of numbers", "Give numbers only") from None
    if values.ndim != 1 or values.size < 2:
        raise fault(where, f"{values.size} numbers", "Give a list of two or more")
    return values


@dataclass(frozen=True)
class VectorFile:
    """A file that may hold vectors.

    Attributes
    ----------
    path : Path
        The file.
    root : Path
        Folder the search began in.
    """

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """Name below the folder searched.

        Returns
        -------
        str
            Relative path.
        """
        return self.path.relative_to(self.root).as_posix()

    @property
    def folders(self) -> tuple[str, ...]:
        """Folder names from the file up to the one searched, nearest first.

        Returns
        -------
        tuple of str
            Lower-case names.
        """
        below = self.path.relative_to(self.root).parent.parts
        return tuple(part.lower() for part in (*reversed(below), self.root.resolve().name))

    @cached_property
    def columns(self) -> frozenset[str]:
        """Column names of a CSV, keys of the first JSON line, or arrays of an archive.

        Returns
        -------
        frozenset of str
            Names.
        """
        if self.path.suffix == ".npz":
            return frozenset(self.arrays)
        return frozenset(self.rows[0].values) if self.rows else frozenset()

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """Every array of an archive.

        Returns
        -------
        dict of str to ndarray
            Name to array.
        """
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except Exception as error:  # zipfile, pickle and struct each have their own ways to say "damaged"
            raise fault(self.name, f"not a readable NumPy archive: {error}", "Fetch the file anew") from error

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Every case of a CSV or of JSON lines.

        Returns
        -------
        sequence of Row
            The cases in order.
        """
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise fault(self.name, f"not readable as text: {error}", "Save it as UTF-8") from error
        return self._json_rows(text) if self.path.suffix == ".jsonl" else self._csv_rows(text)

    def _json_rows(self, text: str) -> list[Row]:
        """Cases of JSON lines."""
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            where = f"{self.name}:{number}"
            try:
                values = json.loads(line)
            except json.JSONDecodeError as error:
                raise fault(where, f"not JSON: {error.msg}", "One JSON object a line") from error
            if not isinstance(values, dict):
                raise fault(where, "not a JSON object", "One JSON object a line")
            rows.append(Row(where, values))
        return rows

    def _csv_rows(self, text: str) -> list[Row]:
        """Cases of a CSV; every row must have the header's cells."""
        reader = csv.reader(text.splitlines())
        header = [cell.strip() for cell in next(reader, [])]
        rows = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{self.name}:{reader.line_num}"
            if len(cells) != len(header):
                found = f"{len(cells)} cells under {len(header)} columns"
                raise fault(where, found, "Give every column a value")
            rows.append(Row(where, dict(zip(header, cells, strict=True))))
        return rows

    def companions(self) -> list[tuple[str, Any]]:
        """JSON files of the same folder, where profiles are kept.

        Returns
        -------
        list of tuple of str and Any
            Name and content, in order of name.
        """
        found = []
        for path in sorted(self.path.parent.glob("*.json")):
            name = path.relative_to(self.root).as_posix()
            try:
                found.append((name, json.loads(path.read_text(encoding="utf-8"))))
            except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
                raise fault(name, f"not readable as JSON: {error}", "Fetch the file anew") from error
        return found


class Profiles:
    """The named profiles that lie beside a vector file.

    Parameters
    ----------
    file : VectorFile
        The vector file.
    """

    def __init__(self, file: VectorFile) -> None:
        self._file = file
        self._known: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for name, content in file.companions():
            if isinstance(content, dict):
                for key, profile in content.items():
                    if isinstance(profile, dict):
                        self._known[key.removesuffix(".csv")] = (name, profile)

    def get(self, row: Row, column: str = "profile") -> Row:
        """The profile a case names.

        Parameters
        ----------
        row : Row
            The case.
        column : str, optional
            Column with the profile's name, with or without its '.csv'.

        Returns
        -------
        Row
            The profile's keys, and where it was found.
        """
        key = row.text(column).removesuffix(".csv")
        if key not in self._known:
            found = f"profile '{key}' is in no JSON file beside {self._file.name}"
            raise fault(row.where, found, "Add the file with the profiles to the folder")
        name, profile = self._known[key]
        return Row(f"{name}: {key}", profile)

    def find(self, key: str) -> Row | None:
        """A profile by its own name.

        Parameters
        ----------
        key : str
            Name without '.csv'.

        Returns
        -------
        Row or None
            The profile's keys; None where there is no such profile.
        """
        if key not in self._known:
            return None
        name, profile = self._known[key]
        return Row(f"{name}: {key}", profile)


def find_files(folder: Path) -> list[VectorFile]:
    """Every file below a folder whose name ends like a vector file's.

    Parameters
    ----------
    folder : Path
        Folder to search.

    Returns
    -------
    list of VectorFile
        In order of name.
    """
    if not folder.is_dir():
        remedy = "Name the folder that holds the vector files"
        raise fault(str(folder), "no such folder", remedy)
    found = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    return [VectorFile(path, folder) for path in sorted(found)]
