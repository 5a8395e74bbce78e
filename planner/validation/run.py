"""Validate every vector file below a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from planner.errors import Complaint, ConfigError, DataError
from planner.validation.formats import area, hata, itm, itu_terminals, p452, p1812, tr38901
from planner.validation.formats.base import Format
from planner.validation.judge import FileVerdict
from planner.validation.vectors import VectorFile, fault, find_files

FORMATS: tuple[Format, ...] = (
    *p1812.FORMATS,
    *p452.FORMATS,
    *itm.FORMATS,
    *hata.FORMATS,
    *tr38901.FORMATS,
    *itu_terminals.FORMATS,
    *area.FORMATS,
)
_ALIASES = {"ehata": "hata", "longley_rice": "itm", "p2108_height_gain": "p2108", "p2108_terrestrial": "p2108"}


def known_models() -> tuple[str, ...]:
    """Every model that has a vector format.

    Returns
    -------
    tuple of str
        Names in order.
    """
    return tuple(sorted({known.model for known in FORMATS if known.model_of is None}))


def _named(model: str | None) -> str | None:
    """The vector formats' name of a model, however the registry spells it."""
    if model is None:
        return None
    name = model.lower().replace("-", "_").replace(".", "")
    name = _ALIASES.get(name, name)
    name = "tr38901" if name.startswith("tr38901") else name
    if name not in known_models():
        remedy = f"Use one of {', '.join(known_models())}"
        raise ConfigError("Unknown model", [Complaint("--model", f"'{model}'", remedy)])
    return name


def recognise(file: VectorFile) -> Format | None:
    """The format of a file.

    Columns decide; the folder's name settles what columns leave open, and tells a damaged vector file from a
    file that is none.

    Parameters
    ----------
    file : VectorFile
        The file.

    Returns
    -------
    Format or None
        None for a file that lies in no vector folder and has no format's columns.

    Raises
    ------
    DataError
        For a file in a vector folder that has no format's columns.
    """
    at_home = [known for known in FORMATS if any(name in file.folders for name in known.folders)]
    try:
        columns = file.columns
    except DataError:
        if at_home:
            raise
        return None
    fitting = [known for known in FORMATS if known.columns <= columns]
    if fitting:
        return next((known for known in fitting if known in at_home), fitting[0])
    if not at_home:
        return None
    nearest = min(at_home, key=lambda known: len(known.columns - columns))
    if not columns:
        raise fault(file.name, "no cases", f"A file of {nearest.name} has a header and a row per case")
    missing = ", ".join(sorted(nearest.columns - columns))
    raise fault(file.name, f"columns of no known format; {nearest.name} lacks {missing}", "Restore the header")


def validate(
    folder: Path, model: str | None = None, progress: Callable[[str], None] | None = None
) -> list[FileVerdict]:
    """Judge every vector file below a folder.

    Parameters
    ----------
    folder : Path
        Folder to search, with all below it.
    model : str, optional
        Judge this model only.
    progress : callable, optional
        Told the name of each file before it is judged.

    Returns
    -------
    list of FileVerdict
        One per file, in order of name.

    Raises
    ------
    DataError
        Naming every damaged file, or where there is no vector file at all.
    ConfigError
        For an unknown model.
    """
    wanted = _named(model)
    verdicts: list[FileVerdict] = []
    complaints: list[Complaint] = []
    for file in find_files(folder):
        try:
            found = recognise(file)
            if found is None or wanted not in {None, found.judged_model(file)}:
                continue
            if progress is not None:
                progress(file.name)
            verdicts.append(found.judge(file))
        except DataError as error:
            complaints += error.complaints
    if complaints:
        raise DataError("Vector files cannot be read", complaints)
    if not verdicts:
        what = f"no vector file of {wanted}" if wanted else "no vector file"
        remedy = "Name a folder with the reference vectors of the models"
        raise DataError("Nothing to validate", [Complaint(str(folder), what, remedy)])
    return verdicts
