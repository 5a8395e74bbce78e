"""The generated files are in step with the schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.config.export import default_yaml, schema_json
from planner.config.load import load_scenario
from planner.config.schema import Scenario


@pytest.mark.parametrize(("name", "text"), [("default.yaml", default_yaml), ("schema.json", schema_json)])
def test_generated_files_are_in_step(root: Path, name: str, text) -> None:  # type: ignore[no-untyped-def]
    stored = (root / "configs" / name).read_text(encoding="utf-8")
    assert stored == text(), "run: python -m planner.config.export"


def test_the_written_defaults_are_the_defaults(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(f"extends: '{root / 'configs' / 'default.yaml'}'\nname: base\n", encoding="utf-8")
    assert load_scenario(path) == Scenario(name="base")


def test_every_key_has_a_meaning() -> None:
    schema = json.loads(schema_json())
    models = [schema, *schema["$defs"].values()]
    silent = [
        key
        for model in models
        for key, value in model.get("properties", {}).items()
        # pydantic leaves out a description that repeats the docstring of the section it refers to
        if "description" not in value and "description" not in schema["$defs"][value["$ref"].rpartition("/")[2]]
    ]
    assert silent == []
