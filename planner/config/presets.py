"""Named thresholds: the files `configs/coverage/*.yaml`, as `planner models --presets` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.config.coverage import CoverageConfig
from planner.config.load import config_roots
from planner.config.yaml_file import read_yaml


@dataclass(frozen=True)
class Preset:
    """One set of named thresholds.

    Attributes
    ----------
    name : str
        What `coverage.preset` is set to.
    meaning : str
        Who asks for it, and which of its values are unverified; the comment at the head of its file.
    coverage : CoverageConfig
        Its thresholds, probability, load and receiver over the defaults.
    """

    name: str
    meaning: str
    coverage: CoverageConfig


def presets(beside: Path) -> list[Preset]:
    """Presets a scenario in a folder could name.

    Parameters
    ----------
    beside : Path
        A file in that folder; it need not exist.

    Returns
    -------
    list of Preset
        Sorted by name; a file nearer to the folder hides one of the same name.
    """
    files: dict[str, Path] = {}
    for root in config_roots(beside):
        for path in root.glob("coverage/*.yaml"):
            files.setdefault(path.stem, path)
    return [_preset(name, files[name]) for name in sorted(files)]


def _preset(name: str, path: Path) -> Preset:
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line.lstrip("# ").rstrip() for line in lines if line.startswith("#")]
    tree = read_yaml(path, path.name).tree.get("coverage", {})
    return Preset(name, " ".join(head), CoverageConfig.model_validate(tree))
