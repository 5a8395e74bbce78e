"""Scenario files to a checked `Scenario`: extends, presets, overrides, and every complaint at once."""

from __future__ import annotations

import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.config.complaints import complaints_of
from planner.config.schema import Scenario
from planner.config.words import did_you_mean
from planner.config.yaml_file import Document, KeyPath, parse_value, read_yaml
from planner.errors import Complaint, ConfigError

_FILE_KEYS: tuple[KeyPath, ...] = (
    ("propagation", "dn50_file"),
    ("propagation", "n050_file"),
    ("radio", "antennas", "*", "file"),
)


@dataclass(frozen=True)
class ResolvedScenario:
    """A scenario with what it was made of, for the manifest.

    Attributes
    ----------
    scenario : Scenario
        The checked scenario.
    files : tuple of Path
        Files read, bases before what extends them.
    overrides : tuple of str
        The `--set` texts in the order they were applied.
    """

    scenario: Scenario
    files: tuple[Path, ...]
    overrides: tuple[str, ...]


def load_scenario(path: Path | str, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario file with everything it extends.

    Parameters
    ----------
    path : Path or str
        YAML scenario file.
    overrides : sequence of str, optional
        Texts 'key.path=value', applied last; values are YAML.

    Returns
    -------
    Scenario
        Checked and complete.

    Raises
    ------
    ConfigError
        With every complaint found: files, keys and values.
    """
    return resolve_scenario(path, overrides).scenario


def resolve_scenario(path: Path | str, overrides: Sequence[str] = ()) -> ResolvedScenario:
    """Read a scenario file and keep which files and overrides it came from.

    Parameters
    ----------
    path : Path or str
        YAML scenario file.
    overrides : sequence of str, optional
        Texts 'key.path=value', applied last; values are YAML.

    Returns
    -------
    ResolvedScenario
        The scenario and its sources.

    Raises
    ------
    ConfigError
        With every complaint found: files, keys and values.
    """
    reader = _Reader(Path(path))
    document, unread = reader.read(overrides)
    base = Scenario(name="base").model_dump(mode="json")
    del base["name"]
    tree = _merged(base, document.tree)
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        document.complaints += complaints_of(error, document.places, partial=unread)
    if document.complaints:
        raise ConfigError(f"The scenario {path} cannot be used", document.complaints)
    return ResolvedScenario(scenario, tuple(reader.files), tuple(overrides))


class _Reader:
    """Follows `extends` depth first and lays each file over its bases."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[Path] = []

    def read(self, overrides: Sequence[str]) -> tuple[Document, bool]:
        """The merged document, and whether a file of it could not be read."""
        document = self.file(self.path, ())
        unread = bool(document.complaints)
        _apply_overrides(document, overrides)
        preset = document.tree.get("coverage", {})
        preset = preset.get("preset") if isinstance(preset, dict) else None
        if preset is not None:
            document = self.under(document, str(preset))
        return document, unread

    def under(self, document: Document, preset: str) -> Document:
        """Lay the scenario over the named thresholds, so that single thresholds replace the preset's."""
        where = document.places.get(("coverage", "preset"), "coverage.preset")
        found = _find(f"coverage/{preset}.yaml", self.path)
        if found is None:
            known = sorted({file.stem for root in config_roots(self.path) for file in root.glob("coverage/*.yaml")})
            near = did_you_mean(preset, known)
            hint = f"Did you mean '{near}'? " if near else ""
            document.complaints.append(
                Complaint(f"{where} coverage.preset", f"no preset '{preset}'", f"{hint}Known: {', '.join(known)}.")
            )
            return document
        return _laid_over(self.file(found, ()), document)

    def file(self, path: Path, chain: tuple[Path, ...]) -> Document:
        own = read_yaml(path, _short(path))
        resolved = path.resolve()
        if resolved not in self.files:
            self.files.append(resolved)
        _anchor_files(own.tree, path.parent)
        bases = own.tree.pop("extends", [])
        result = Document()
        for index, name in enumerate([bases] if isinstance(bases, str) else self.listed(bases, own)):
            where = own.places.get(("extends", str(index)), own.places.get(("extends",), _short(path)))
            found = _find(name, path)
            if found is None:
                remedy = f"Looked in {', '.join(str(root) for root in (path.parent, *config_roots(path)))}."
                own.complaints.append(Complaint(f"{where} extends", f"no file '{name}'", remedy))
            elif found.resolve() in (*chain, resolved):
                own.complaints.append(
                    Complaint(f"{where} extends", f"'{name}' extends itself in a circle", "Break the circle.")
                )
            else:
                result = _laid_over(result, self.file(found, (*chain, resolved)))
        self.files.remove(resolved)
        self.files.append(resolved)
        return _laid_over(result, own)

    @staticmethod
    def listed(bases: Any, own: Document) -> list[str]:
        if isinstance(bases, list) and all(isinstance(base, str) for base in bases):
            return bases
        where = own.places.get(("extends",), "extends")
        own.complaints.append(
            Complaint(
                f"{where} extends",
                f"found {bases!r}",
                "Give a list of file names, for example [radio/vietnam.yaml].",
            )
        )
        return []


def config_roots(path: Path) -> list[Path]:
    """Folders of shipped configuration: beside or above a file, beside the package, installed with it.

    Parameters
    ----------
    path : Path
        The file; it need not exist.

    Returns
    -------
    list of Path
        Folders that exist, nearest first.
    """
    above = [folder / "configs" for folder in path.resolve().parents]
    shipped = [
        Path(__file__).resolve().parents[2] / "configs",
        Path(sysconfig.get_path("data")) / "share" / "planner" / "configs",
    ]
    return [root for root in dict.fromkeys([*above, *shipped]) if root.is_dir()]


def _find(name: str, beside: Path) -> Path | None:
    for root in (beside.parent, *config_roots(beside)):
        candidate = root / name
        if candidate.is_file():
            return candidate
    return None


def _short(path: Path) -> str:
    """Name a file relative to the current folder where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _merged(base: Any, over: Any) -> Any:
    """Lay one tree over another: maps merge, everything else (lists too) replaces."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    merged = dict(base)
    for key, value in over.items():
        merged[key] = _merged(base[key], value) if key in base else value
    if "value" in over and "source" not in over and {"value", "source"} <= base.keys():
        merged["source"] = "set by the scenario"  # the base's source did not say this price
    return merged


def _laid_over(base: Document, over: Document) -> Document:
    kept = {path: place for path, place in base.places.items() if not _replaced(path, over.tree)}
    return Document(_merged(base.tree, over.tree), {**kept, **over.places}, [*base.complaints, *over.complaints])


def _replaced(path: KeyPath, tree: Any) -> bool:
    """Whether a value at or above the path is replaced (not merged) by the tree."""
    for part in path:
        if not isinstance(tree, dict):
            return True
        if part not in tree:
            return False
        tree = tree[part]
    return not isinstance(tree, dict)


def _anchor_files(tree: Any, folder: Path) -> None:
    """Make file names in the tree relative to the file they are written in."""
    for pattern in _FILE_KEYS:
        for holder in _holders(tree, pattern[:-1]):
            name = holder.get(pattern[-1])
            if isinstance(name, str):
                holder[pattern[-1]] = str((folder / Path(name).expanduser()).resolve())


def _holders(tree: Any, pattern: KeyPath) -> Iterable[dict[str, Any]]:
    if not isinstance(tree, dict):
        return
    if not pattern:
        yield tree
        return
    keys = list(tree) if pattern[0] == "*" else [pattern[0]]
    for key in keys:
        yield from _holders(tree.get(key), pattern[1:])


def _apply_overrides(document: Document, overrides: Sequence[str]) -> None:
    for text in overrides:
        where = f"--set {text}"
        key, equals, raw = text.partition("=")
        parts = tuple(part.strip() for part in key.split("."))
        if not equals or not all(parts):
            document.complaints.append(
                Complaint(where, "not of the form key.path=value", "For example --set propagation.radius_km=12.")
            )
            continue
        try:
            value = parse_value(raw)
            _put(document.tree, parts, value)
        except ValueError as error:
            document.complaints.append(Complaint(where, str(error), "Give key.path=value with a YAML value."))
        for below in [path for path in document.places if path[: len(parts)] == parts]:
            del document.places[below]
        document.places[parts] = "--set"


def _put(tree: dict[str, Any], parts: KeyPath, value: Any) -> None:
    """Set one value in the tree, walking lists by index and making maps that are missing."""
    holder: Any = tree
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        here = ".".join(parts[: depth + 1])
        if isinstance(holder, list):
            if not part.isdigit() or int(part) >= len(holder):
                raise ValueError(f"{here}: the list has entries 0 to {len(holder) - 1}")
            index: Any = int(part)
        elif isinstance(holder, dict):
            index = part
        else:
            raise ValueError(f"{'.'.join(parts[:depth])} is a plain value, nothing lies below it")  # noqa: TRY004
        if last:
            holder[index] = _merged(holder[index], value) if isinstance(holder, dict) and index in holder else value
        else:
            if isinstance(holder, dict) and holder.get(index) is None:
                holder[index] = {}
            holder = holder[index]
