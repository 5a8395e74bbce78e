"""Pieces of configuration written by the planner for scenarios to extend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from planner.config.propagation import ClutterClass


def write_clutter(path: Path, clutter: Mapping[int, ClutterClass], comments: list[str]) -> None:
    """Write clutter classes as a file that `extends` can name.

    Parameters
    ----------
    path : Path
        YAML file; written aside and renamed into place.
    clutter : mapping of int to ClutterClass
        All classes.
    comments : list of str
        Lines for the head of the file.
    """
    entries: dict[int, Any] = {code: entry.model_dump(mode="json") for code, entry in sorted(clutter.items())}
    body = yaml.safe_dump({"propagation": {"clutter": entries}}, allow_unicode=True, sort_keys=False)
    partial = path.with_name(path.name + ".part")
    partial.write_text("".join(f"# {line}\n" for line in comments) + body, encoding="utf-8")
    partial.replace(path)
