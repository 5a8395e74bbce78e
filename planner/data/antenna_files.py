"""Antenna pattern files of the MSI/Planet kind (.msi, .pln, .pla): header lines, then both cuts of attenuation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.constants import DBD_TO_DBI_DB
from planner.domain.antenna import AntennaCuts
from planner.errors import Complaint, DataError

MAX_BYTES = 2_000_000
MAX_GAP_DEG = 5.0  # widest gap between samples that interpolation may close
_NUMBER = re.compile(r"[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?")
_CUT_NAMES = {"HORIZONTAL": "horizontal", "VERTICAL": "vertical"}


@dataclass
class _Cut:
    name: str
    line: int
    declared: int
    angles: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


class _Reader:
    """One pass over the lines of a pattern file; every fault is kept with its line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.complaints: list[Complaint] = []
        self.notes: list[str] = []
        self.header: dict[str, tuple[int, str]] = {}
        self.cuts: dict[str, _Cut] = {}
        self._open: _Cut | None = None
        self._comma_lines = 0
        for number, line in enumerate(text.splitlines(), start=1):
            self._line(number, line.strip().lstrip("\ufeff"))
        if self._comma_lines:
            self.notes.append(
                f"decimal commas on {self._comma_lines} lines read as decimal points, first on line {self._first_comma}"
            )

    def complain(self, line: int, found: str, remedy: str) -> None:
        """Keep a fault."""
        where = f"{self.path.name}, line {line}" if line else self.path.name
        self.complaints.append(Complaint(where, found, remedy))

    def number(self, line: int, text: str) -> float | None:
        """Read a number that may be written with a decimal comma; None where there is none."""
        match = _NUMBER.match(text.strip())
        if match is None:
            return None
        if "," in match.group():
            if not self._comma_lines:
                self._first_comma = line
            self._comma_lines += 1
        return float(match.group().replace(",", "."))

    def _line(self, number: int, line: str) -> None:
        if not line:
            return
        words = re.split(r"[\s;:=]+", line, maxsplit=1)
        key = words[0].upper()
        if key in _CUT_NAMES:
            self._start_cut(number, key, words[1] if len(words) > 1 else "")
        elif self._open is not None and not line[0].isalpha():
            self._sample(number, line)
        else:
            self._open = None
            self.header.setdefault(key, (number, words[1].strip() if len(words) > 1 else ""))

    def _start_cut(self, number: int, key: str, rest: str) -> None:
        name = _CUT_NAMES[key]
        if name in self.cuts:
            self.complain(number, f"a second {name} cut", "Keep one horizontal and one vertical cut.")
        declared = self.number(number, rest)
        self._open = self.cuts[name] = _Cut(name, number, int(declared) if declared else 0)

    def _sample(self, number: int, line: str) -> None:
        assert self._open is not None
        parts = re.split(r"[\s;]+", line)
        if len(parts) == 1 and line.count(",") == 1:
            parts = line.split(",")
        pair = [self.number(number, part) for part in parts[:2]]
        if len(pair) < 2 or pair[0] is None or pair[1] is None:
            self.complain(
                number, f"'{line[:40]}' in the {self._open.name} cut", "Write the angle and the attenuation in dB."
            )
            return
        angle, loss = float(pair[0]), float(pair[1])
        if not -180.0 <= angle <= 360.0:
            self.complain(number, f"angle {angle:g}", "Angles run from 0 to 360 degrees.")
            return
        self._open.angles.append(angle % 360.0 if angle != 360.0 else 0.0)
        self._open.losses.append(loss)

    def cut(self, name: str) -> NDArray[np.float64]:
        """Attenuation at whole degrees; zeros where the cut cannot be used (a complaint says so)."""
        found = self.cuts.get(name)
        if found is None or len(found.angles) < 2:
            line = found.line if found else 0
            self.complain(line, f"no {name} cut", f"The file needs a {name.upper()} block with its samples.")
            return np.zeros(360)
        angles, first = np.unique(np.asarray(found.angles), return_index=True)
        losses = np.asarray(found.losses)[first]
        if found.declared and abs(found.declared - len(found.angles)) > 1:
            self.complain(
                found.line,
                f"the {name} cut announces {found.declared} samples and holds {len(found.angles)}",
                "The file is truncated: get it again from the manufacturer.",
            )
        gaps = np.diff(np.append(angles, angles[0] + 360.0))
        if gaps.max() > MAX_GAP_DEG:
            at = angles[int(np.argmax(gaps))]
            self.complain(
                found.line,
                f"the {name} cut has no sample for {gaps.max():g} degrees after {at:g}",
                f"Give a full turn with gaps of {MAX_GAP_DEG:g} degrees at most.",
            )
        return self._as_attenuation(found, angles, losses)

    def _as_attenuation(
        self, cut: _Cut, angles: NDArray[np.float64], losses: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Put losses on whole degrees, the sign turned where a tool wrote gains relative to the maximum."""
        if losses.max() <= 0.0 and losses.min() < -1.0:
            losses = -losses
            self.notes.append(f"{cut.name} cut holds negative values: read as gain relative to the maximum")
        if losses.min() < -3.0:
            self.complain(
                cut.line,
                f"the {cut.name} cut holds an attenuation of {losses.min():g} dB",
                "Attenuation is counted down from the maximum gain and is not negative.",
            )
        wrapped = np.concatenate([angles[-1:] - 360.0, angles, angles[:1] + 360.0])
        values = np.concatenate([losses[-1:], losses, losses[:1]])
        return np.asarray(np.maximum(np.interp(np.arange(360.0), wrapped, values), 0.0))

    def gain_dbi(self) -> float:
        """Maximum gain; files without a unit mean dBd."""
        line, text = self.header.get("GAIN", (0, ""))
        value = self.number(line, text)
        if value is None:
            self.complain(line, "no gain" if not text else f"gain '{text[:30]}'", "Add a line like 'GAIN 17.5 dBi'.")
            return 0.0
        if not -10.0 <= value <= 50.0:
            self.complain(line, f"gain {value:g}", "A gain lies between -10 and 50 dB; check the unit.")
        if "dbi" in text.lower():
            return value
        if "dbd" not in text.lower():
            self.notes.append(f"gain {value:g} without a unit read as dBd, the format's own")
        return value + DBD_TO_DBI_DB

    def electrical_tilt_deg(self) -> float:
        """Electrical tilt of the measurement from whichever line states it; 0 where none does."""
        for key in ("ELECTRICAL_TILT", "TILT", "DOWNTILT", "ETILT"):
            line, text = self.header.get(key, (0, ""))
            match = _NUMBER.search(text)
            if match is not None:
                return self.number(line, match.group()) or 0.0
        return 0.0

    def frequency_mhz(self) -> float:
        """Frequency of the measurement, MHz; the middle of a stated range; NaN where none is given."""
        line, text = self.header.get("FREQUENCY", (0, ""))
        found = [self.number(line, match.group()) for match in _NUMBER.finditer(text.replace("-", " "))]
        values = [value for value in found[:2] if value]
        if not values:
            return float("nan")
        return sum(values) / len(values) * (1000.0 if "ghz" in text.lower() else 1.0)


def read_antenna(path: Path) -> AntennaCuts:
    """Read an MSI/Planet pattern file.

    Headers are read leniently (any case and order, tabs, comments, Latin-1, decimal commas); the cuts are not: both
    must be there in full.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    AntennaCuts
        Gain, cuts and tilt; its notes say what was interpreted.

    Raises
    ------
    DataError
        With every fault and its line.
    """
    reader = _Reader(path, _text(path))
    horizontal, vertical = reader.cut("horizontal"), reader.cut("vertical")
    gain = reader.gain_dbi()
    if reader.complaints:
        raise DataError(f"The antenna file {path} cannot be used", reader.complaints)
    return AntennaCuts(
        name=reader.header.get("NAME", (0, path.stem))[1] or path.stem,
        gain_dbi=gain,
        horizontal_db=horizontal,
        vertical_db=vertical,
        electrical_tilt_deg=reader.electrical_tilt_deg(),
        frequency_mhz=reader.frequency_mhz(),
        notes=tuple(reader.notes),
    )


def _text(path: Path) -> str:
    """Text of a pattern file in whichever of the usual encodings it is."""
    remedy = "Give an MSI/Planet text file (.msi, .pln)."
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The antenna file {path} cannot be read", [Complaint(str(path), error.strerror or str(error), remedy)]
        ) from error
    if not raw.strip() or len(raw) > MAX_BYTES or b"\0" in raw[:4096]:
        found = "is empty" if not raw.strip() else "is not a pattern file"
        raise DataError(f"The antenna file {path} cannot be used", [Complaint(str(path), found, remedy)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
