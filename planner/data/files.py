"""Which file of a folder is which layer, and their fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.data.findings import Findings

REQUIRED = ("dem", "land_cover", "communes", "villages", "roads", "sites", "cables", "zones")
OPTIONAL = (
    "parks", "districts", "boundary", "units", "neighbour_sites", "places", "grid_power", "rivers", "railways", "poles",
)  # fmt: skip


@dataclass(frozen=True)
class InputFile:
    """Fingerprint of one input file.

    Attributes
    ----------
    layer : str
        Layer it holds.
    name : str
        File name inside the folder.
    sha256 : str
        Hash of its bytes.
    size_bytes : int
        Its size.
    """

    layer: str
    name: str
    sha256: str
    size_bytes: int


def locate(folder: Path, patterns: Mapping[str, str], findings: Findings) -> dict[str, Path]:
    """Find the file of every layer.

    Parameters
    ----------
    folder : Path
        Data folder.
    patterns : mapping of str to str
        Layer -> file name pattern.
    findings : Findings
        Book for missing and ambiguous files.

    Returns
    -------
    dict of str to Path
        Layers whose file was found.
    """
    found: dict[str, Path] = {}
    for layer in (*REQUIRED, *OPTIONAL):
        pattern = patterns.get(layer)
        if not pattern:
            if layer in REQUIRED:
                findings.add("P101", layer, "", "no file name pattern in data.files")
            continue
        matches = _matches(folder, pattern)
        if len(matches) == 1:
            found[layer] = matches[0]
        elif matches:
            names = ", ".join(path.name for path in matches)
            findings.add("P102", layer, pattern, f"{len(matches)} files match: {names}")
        elif layer in REQUIRED:
            findings.add("P101", layer, pattern, f"no file of this name in {folder}{_present(folder)}")
    return found


def _matches(folder: Path, pattern: str) -> list[Path]:
    """Files that match; a pattern may also be an absolute path or lie in a folder below."""
    if Path(pattern).is_absolute():
        return [Path(pattern)] if Path(pattern).is_file() else []
    return sorted(path for path in folder.glob(pattern) if path.is_file())


def _present(folder: Path) -> str:
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    listed = ", ".join(names[:20])
    return f" (it holds {listed})" if names else " (it is empty)"


def fingerprint(files: Mapping[str, Path]) -> list[InputFile]:
    """Hash every input file.

    Parameters
    ----------
    files : mapping of str to Path
        Layer -> file.

    Returns
    -------
    list of InputFile
        Sorted by layer.
    """
    prints = []
    for layer, path in sorted(files.items()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        prints.append(InputFile(layer, path.name, digest, path.stat().st_size))
    return prints
