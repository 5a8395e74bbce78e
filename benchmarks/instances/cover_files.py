"""Readers of public covering instances: OR-Library set covering, its rail files, and maximal covering by distance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.instances.files import read_lines
from planner.errors import DataError
from planner.optimise.covering import CoverProblem

F64 = npt.NDArray[np.float64]


class Numbers:
    """The numbers of a text file in order, with the line each stands on."""

    def __init__(self, path: Path, lines: list[str]) -> None:
        self.path = path
        self._line_of: list[int] = []
        words: list[str] = []
        for number, line in enumerate(lines, start=1):
            found = line.split()
            words += found
            self._line_of += [number] * len(found)
        try:
            self.values = np.array(words, dtype=np.float64)
        except ValueError:
            self._name_the_bad_word(words)
        self.at = 0

    def _name_the_bad_word(self, words: list[str]) -> None:
        for place, word in enumerate(words):
            try:
                float(word)
            except ValueError as fault:
                line = self._line_of[place]
                raise DataError(f"{self.path}, line {line}: {word!r} where a number is needed") from fault

    @property
    def left(self) -> int:
        """Numbers not taken yet."""
        return int(self.values.size) - self.at

    def fail(self, what: str, back: int = 1) -> DataError:
        """An error that names the line of a number taken a little before."""
        place = min(max(0, self.at - back), len(self._line_of) - 1)
        line = self._line_of[place] if self._line_of else 1
        return DataError(f"{self.path}, line {line}: {what}")

    def take(self, count: int, what: str) -> F64:
        """The next numbers; an error where the file ends first."""
        if count > self.left:
            self.at = int(self.values.size)
            raise self.fail(f"the file ends within {what} ({count} numbers needed)")
        self.at += count
        return self.values[self.at - count : self.at]

    def whole(self, what: str, least: int, most: float = np.inf) -> int:
        """The next number, which must be whole and within limits."""
        value = float(self.take(1, what)[0])
        if value != int(value) or not least <= value <= most:
            raise self.fail(f"{what} is {value:g}; a whole number from {least} to {most:g} is needed")
        return int(value)


def read_set_cover(path: Path) -> CoverProblem:
    """Read an OR-Library set covering file, by rows (`scp*`) or by columns (`rail*`)."""
    lines = read_lines(path)
    by_columns = "rail" in path.name.lower()
    try:
        return _read(path, lines, by_columns)
    except DataError:
        try:
            return _read(path, lines, not by_columns)
        except DataError:
            pass
        raise


def _read(path: Path, lines: list[str], by_columns: bool) -> CoverProblem:
    numbers = Numbers(path, lines)
    n_rows = numbers.whole("the number of rows", 1)
    n_cols = numbers.whole("the number of columns", 1)
    cost, lists = (_columns if by_columns else _rows)(numbers, n_rows, n_cols)
    if numbers.left:
        numbers.at += 1
        raise numbers.fail(f"{numbers.left + 1} numbers too many after the last entry")
    sizes = np.array([entries.size for entries in lists], np.int64)
    outer = np.repeat(np.arange(sizes.size), sizes)
    inner = np.concatenate(lists).astype(np.int64) - 1
    column, row = (outer, inner) if by_columns else (inner, outer)
    keys = np.unique(column * n_rows + row)
    indptr = np.zeros(n_cols + 1, np.int64)
    np.cumsum(np.bincount(keys // n_rows, minlength=n_cols), out=indptr[1:])
    return CoverProblem(cost, indptr, (keys % n_rows).astype(np.int32), n_rows)


def _entries(numbers: Numbers, what: str, most: int) -> F64:
    count = numbers.whole(f"the length of {what}", 0, most)
    entries = numbers.take(count, what)
    if count and (entries.min() < 1 or entries.max() > most or (entries != np.floor(entries)).any()):
        raise numbers.fail(f"{what} names something else than 1 to {most}")
    return entries


def _positive(numbers: Numbers, cost: F64) -> F64:
    if cost.size and not (cost > 0).all():
        raise numbers.fail("a cost is not positive")
    return cost


def _rows(numbers: Numbers, n_rows: int, n_cols: int) -> tuple[F64, list[F64]]:
    cost = _positive(numbers, numbers.take(n_cols, "the costs").copy())
    return cost, [_entries(numbers, f"row {row + 1}", n_cols) for row in range(n_rows)]


def _columns(numbers: Numbers, n_rows: int, n_cols: int) -> tuple[F64, list[F64]]:
    cost = np.empty(n_cols)
    lists = []
    for column in range(n_cols):
        cost[column] = _positive(numbers, numbers.take(1, f"the cost of column {column + 1}"))[0]
        lists.append(_entries(numbers, f"column {column + 1}", n_rows))
    return cost, lists


@dataclass(frozen=True)
class Places:
    """Facilities and demands of a maximal covering instance."""

    facilities: F64
    demands: F64
    weight: F64


def read_places(path: Path) -> Places:
    """Read `nf nc` with lines `F id x y cost` and `C id x y demand`, or a header line with lines `x y demand`."""
    lines = [(number, line.split()) for number, line in enumerate(read_lines(path), start=1)]
    lines = [(number, words) for number, words in lines if words]
    if len(lines) < 2:
        raise DataError(f"{path}, line {len(lines) + 1}: the file ends before the first place")
    places = _lettered(path, lines) if lines[1][1][0] in {"F", "C"} else _plain(path, lines)
    if not np.isfinite(places.weight).all() or (places.weight < 0).any():
        raise DataError(f"{path}: a demand is negative or not a number")
    return places


def _figures(path: Path, number: int, words: list[str]) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError as fault:
        raise DataError(f"{path}, line {number}: numbers are needed, found {' '.join(words)!r}") from fault


def _head(path: Path, line: tuple[int, list[str]], count: int) -> list[int]:
    figures = _figures(path, line[0], line[1][:count])
    if len(figures) < count or any(value < 1 or value != int(value) for value in figures):
        raise DataError(f"{path}, line {line[0]}: {count} whole numbers are needed")
    return [int(value) for value in figures]


def _lettered(path: Path, lines: list[tuple[int, list[str]]]) -> Places:
    expected = dict(zip("FC", _head(path, lines[0], 2), strict=True))
    found: dict[str, list[list[float]]] = {"F": [], "C": []}
    for number, words in lines[1:]:
        if words[0] not in found or len(words) < 5:
            raise DataError(f"{path}, line {number}: 'F id x y cost' or 'C id x y demand' is needed")
        found[words[0]].append(_figures(path, number, words[2:5]))
    for letter, rows in found.items():
        if len(rows) != expected[letter]:
            last = lines[-1][0]
            raise DataError(f"{path}, line {last}: {len(rows)} lines {letter}, {expected[letter]} announced")
    facilities, demands = np.array(found["F"]), np.array(found["C"])
    return Places(facilities[:, :2], demands[:, :2], demands[:, 2])


def _plain(path: Path, lines: list[tuple[int, list[str]]]) -> Places:
    expected = _head(path, lines[0], 1)[0]
    rows = []
    for number, words in lines[1:]:
        if len(words) < 3:
            raise DataError(f"{path}, line {number}: 'x y demand' is needed")
        rows.append(_figures(path, number, words[:3]))
    if len(rows) != expected:
        raise DataError(f"{path}, line {lines[-1][0]}: {len(rows)} places, {expected} announced")
    table = np.array(rows)
    return Places(table[:, :2], table[:, :2], table[:, 2])
