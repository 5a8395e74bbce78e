"""An earlier run's folder as the start of the next: what may be carried over, and what forbids it."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from planner.config.schema import Scenario
from planner.domain.plan import EarlierPlan
from planner.domain.province import Province
from planner.errors import Complaint, DataError
from planner.report.manifest import input_files

# sections and keys that may differ: they change neither the works to choose from nor what is asked of them
_FREE = ("name", "title", "area", "summary", "published", "report", "run", "planning.commitments")
_NEEDED = ("manifest.json", "summary.json", "works.csv")
_SHOWN = 12


def read_earlier(folder: Path, scenario: Scenario, province: Province) -> EarlierPlan:
    """Read the plan of an earlier run of the same scenario and data.

    Parameters
    ----------
    folder : Path
        The `--out` folder of the earlier run.
    scenario : Scenario
        The scenario of the next run: the same but for further commitments.
    province : Province
        Its data.

    Returns
    -------
    EarlierPlan
        Works, bound and commitments.

    Raises
    ------
    DataError
        The folder is no finished run, or its scenario, data or version differ in more than added commitments; every
        difference is named.
    """
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing:
        raise DataError(
            "the earlier run cannot be read",
            [Complaint(str(folder), f"lacks {', '.join(missing)}", "name the --out folder of a finished run")],
        )
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    complaints = [*_differences(manifest, scenario, province), *_loosened(manifest, scenario)]
    if complaints:
        rest = len(complaints) - _SHOWN
        more = [Complaint(str(folder), f"{rest} further differences", "plan without --start")] if rest > 0 else []
        raise DataError("the earlier run is no start for this one", [*complaints[:_SHOWN], *more])
    commitments = manifest["scenario"]["planning"]["commitments"]
    works = pd.read_csv(folder / "works.csv", usecols=["work_id"], dtype=str, keep_default_na=False)
    return EarlierPlan(
        run=folder.name,
        work_ids=frozenset(works["work_id"]),
        sites_lower_bound_vnd=int(summary["bounds"]["sites"]["lower_bound_vnd"]),
        fixed=tuple(commitments["fixed"]),
        forbidden=tuple(commitments["forbidden"]),
    )


def _differences(manifest: dict[str, Any], scenario: Scenario, province: Province) -> Iterator[Complaint]:
    """Version, input files and keys that are not as they were."""
    version = importlib.metadata.version("planner")
    if manifest["planner"] != version:
        yield Complaint("planner", f"version {manifest['planner']}, now {version}", "plan without --start")
    now_inputs = input_files(scenario, province)
    for layer in sorted(now_inputs.keys() | manifest["inputs"].keys()):
        if manifest["inputs"].get(layer) != now_inputs.get(layer):
            yield Complaint(f"layer {layer}", "another file than in the earlier run", "plan without --start")
    then, now = _flat(manifest["scenario"]), _flat(scenario.model_dump(mode="json"))
    for key in sorted(then.keys() | now.keys()):
        if then.get(key) != now.get(key) and not any(key == free or key.startswith(free + ".") for free in _FREE):
            found = f"{then.get(key)!r} then, {now.get(key)!r} now"
            yield Complaint(key, found, "only commitments may be added; plan without --start")


def _loosened(manifest: dict[str, Any], scenario: Scenario) -> Iterator[Complaint]:
    """Commitments of the earlier run that are given up: its bound would not hold."""
    then = manifest["scenario"]["planning"]["commitments"]
    now = scenario.planning.commitments
    for name, kept in (("fixed", now.fixed), ("forbidden", now.forbidden)):
        for work in sorted(set(then[name]) - set(kept)):
            yield Complaint(f"planning.commitments.{name}", f"{work} was {name} and is not now", "plan without --start")


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Leaves of a tree by their dotted path; lists are leaves."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, one in value.items():
        found |= _flat(one, f"{path}.{key}" if path else str(key))
    return found
