"""Plain tables (CSV): whole rows or a complaint, everything as text until a reader says otherwise."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from planner.data.findings import Findings


def read_csv(path: Path, layer: str, findings: Findings) -> pd.DataFrame | None:
    """Read a table with a header line; comma, semicolon or tab between columns.

    Parameters
    ----------
    path : Path
        UTF-8 text file.
    layer : str
        Layer, for complaints.
    findings : Findings
        Book for damage.

    Returns
    -------
    DataFrame or None
        All columns as text; None when the file cannot be used.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("P103", layer, path.name, f"not UTF-8 text (byte {error.start})", "Save it as UTF-8.")
        return None
    except OSError as error:
        findings.add("P103", layer, path.name, f"cannot be read: {error.strerror or error}")
        return None
    if "\x00" in text:
        findings.add("P103", layer, path.name, "holds zero bytes: not a text table, or damaged")
        return None
    lines = text.splitlines()
    header = lines[0] if lines else ""
    delimiter = max(",;\t", key=header.count)
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        findings.add("P103", layer, path.name, f"not a readable table: {error}")
        return None
    if not rows:
        findings.add("P104", layer, path.name, "the file is empty")
        return None
    names, body = [name.strip() for name in rows[0]], rows[1:]
    for index, row in enumerate(body):
        if len(row) != len(names):
            findings.add(
                "P103",
                layer,
                f"{path.name} row {index + 2}",
                f"{len(row)} columns, the header has {len(names)}: truncated or damaged",
            )
    return pd.DataFrame([row for row in body if len(row) == len(names)], columns=names, dtype=object)
