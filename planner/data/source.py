"""Where a scenario's data comes from: a folder given, or a synthetic area made for the moment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.config.schema import Scenario
from planner.data.synthetic import SYNTHETIC_FILES, make_province_folder
from planner.errors import Complaint, DataError


@contextmanager
def opened(scenario: Scenario, folder: Path | None) -> Iterator[tuple[Path, dict[str, str]]]:
    """Open the folder a scenario reads.

    Parameters
    ----------
    scenario : Scenario
        Its `data` section.
    folder : Path or None
        Folder given by the user; it goes before `data.synthetic`.

    Yields
    ------
    tuple of Path and dict
        Folder and file name patterns; a synthetic folder is removed afterwards.

    Raises
    ------
    DataError
        If there is no folder to read.
    """
    patterns: dict[str, str] = {str(layer): pattern for layer, pattern in scenario.data.files.items()}
    synthetic = scenario.data.synthetic
    if synthetic is not None:
        patterns = dict(SYNTHETIC_FILES)
    if folder is not None:
        if not folder.is_dir():
            found = "is no folder" if folder.exists() else "does not exist"
            raise DataError(
                "The data cannot be read", [Complaint(str(folder), found, "Give the folder of the input files.")]
            )
        yield folder, patterns
    elif synthetic is not None:
        with tempfile.TemporaryDirectory(prefix="planner-synthetic-") as name:
            make_province_folder(synthetic.size, synthetic.seed, Path(name))
            yield Path(name), patterns
    else:
        raise DataError(
            "The data cannot be read",
            [Complaint("--data", "no folder is given", "Give --data DIR, or data.synthetic in the scenario.")],
        )
