"""Writes `configs/default.yaml` and `configs/schema.json` from the schema: `python -m planner.config.export`."""

from __future__ import annotations

import json
import textwrap
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from planner.config.schema import Scenario

_WIDTH = 118
_HEAD = """\
# Every key of a scenario with its default, meaning, unit and source. Generated from the schema: do not edit, run
# `python -m planner.config.export`. A scenario gives only what differs. Keys without a default stand as comments.
# "Source: own choice" marks defaults of the planner that nobody published.
"""


def default_yaml() -> str:
    """Write every default with its meaning, unit, limits and source.

    Returns
    -------
    str
        YAML text; reading it back with a `name` gives the scenario's defaults.
    """
    return _HEAD + "\n" + "\n".join(_section(Scenario, Scenario(name="base"), 0)) + "\n"


def schema_json() -> str:
    """Write the JSON schema editors use for completion and checks.

    Returns
    -------
    str
        JSON text, with `extends` beside the scenario's own keys.
    """
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Scenario of the planner"
    schema["properties"] = {
        "extends": {
            "description": "Files this one is laid over, later ones winning.",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        },
        **schema["properties"],
    }
    schema.pop("required", None)  # a file that is extended need not be complete
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Write both files.

    Parameters
    ----------
    folder : Path
        The `configs` folder.

    Returns
    -------
    list of Path
        Files written.
    """
    texts = {"default.yaml": default_yaml(), "schema.json": schema_json()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in texts]


def _section(model: type[BaseModel], value: BaseModel | None, depth: int) -> list[str]:
    """Lines of one section; without a value every key stands as a comment."""
    lines: list[str] = []
    for name, info in model.model_fields.items():
        known = value is not None and not (depth == 0 and name == "name")
        current = getattr(value, name) if known else None
        lines += _comment(info, depth)
        inner = _model_of(info.annotation)
        if isinstance(current, BaseModel):
            lines += [_indent(depth, f"{name}:"), *_section(type(current), current, depth + 1)]
        elif known:
            lines += _value(name, current, depth)
        else:
            lines.append(_indent(depth, f"# {name}:"))
        if inner is not None and not isinstance(current, BaseModel) and _wants_example(info.annotation, current):
            lines += _entry(info.annotation, inner, depth + 1)
        if depth == 0:
            lines.append("")
    return lines


def _comment(info: Any, depth: int) -> list[str]:
    """Meaning, unit, limits, choices and source of a key."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    parts = [info.description.rstrip(".") + "." if info.description else ""]
    facts = [extra.get("unit", ""), _limits(info.metadata), _choices(info.annotation)]
    parts += [f"[{'; '.join(fact for fact in facts if fact)}]" if any(facts) else ""]
    parts += [f"Source: {extra['source']}." if "source" in extra else _own_choice(info)]
    text = " ".join(part for part in parts if part)
    width = _WIDTH - 2 * depth - 2
    return [_indent(depth, f"# {line}") for line in textwrap.wrap(text, width)]


def _own_choice(info: Any) -> str:
    """Said of every default number, word or switch that has no source; texts, sections and empty maps need none."""
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    chosen = isinstance(default, bool | int | float) or (isinstance(default, str | list) and bool(default))
    return "Source: own choice." if chosen else ""


def _limits(metadata: list[Any]) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    found = [f"{sign} {getattr(item, key):g}" for item in metadata for key, sign in signs.items() if hasattr(item, key)]
    return ", ".join(found)


def _choices(annotation: Any) -> str:
    """Words a Literal allows, also as keys of a map or inside an Optional."""
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(str(word) for word in get_args(annotation))
    if get_origin(annotation) in (Union, types.UnionType):
        return next((found for part in get_args(annotation) if (found := _choices(part))), "")
    if get_origin(annotation) is dict and get_origin(get_args(annotation)[0]) is Literal:
        return "keys: " + ", ".join(str(word) for word in get_args(get_args(annotation)[0]))
    return ""


def _value(name: str, current: Any, depth: int) -> list[str]:
    """A plain value, list or map in YAML; maps of sections as one line an entry."""
    plain = _plain(current)
    if isinstance(plain, dict) and plain:
        lines = [_indent(depth, f"{name}:")]
        for key, entry in plain.items():
            if isinstance(entry, dict):
                lines.append(_indent(depth + 1, f"{_scalar(key)}: {_flow(entry)}"))
            else:
                lines.append(_indent(depth + 1, f"{_scalar(key)}: {_scalar(entry)}"))
        return lines
    return [_indent(depth, f"{name}: {_flow(plain)}")]


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _scalar(value: Any) -> str:
    if isinstance(value, dict | list):
        return _flow(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.1f}"
    return yaml.safe_dump(value, allow_unicode=True, width=10_000).removesuffix("\n").removesuffix("\n...")


def _flow(value: Any) -> str:
    """Value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(entry) for entry in value) + "]"
    text = _scalar(value)
    plain = isinstance(value, str) and not text.startswith(("'", '"')) and any(sign in value for sign in ",[]{}")
    return json.dumps(value, ensure_ascii=False) if plain else text


def _wants_example(annotation: Any, current: Any) -> bool:
    """Whether the keys of an entry are shown: lists, optional sections, and maps without a default."""
    return not current or get_origin(annotation) is dict


def _entry(annotation: Any, inner: type[BaseModel], depth: int) -> list[str]:
    """Keys of one entry of a list or map, or of an absent section, all as comments."""
    word = "Each entry" if get_origin(annotation) in (list, dict) else "Its keys"
    lines = [_indent(depth, f"# {word}:")]
    for name, info in inner.model_fields.items():
        text = " ".join(line.strip().removeprefix("# ") for line in _comment(info, depth))
        required = info.is_required()
        default = "required" if required else f"default {_flow(_plain(info.get_default(call_default_factory=True)))}"
        wrapped = textwrap.wrap(f"{name} ({default}): {text}", _WIDTH - 2 * depth - 6)
        lines += [_indent(depth, f"#   {'  ' if index else ''}{line}") for index, line in enumerate(wrapped)]
    return lines


def _model_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, list, dict):
        return next((found for part in get_args(annotation) if (found := _model_of(part))), None)
    return None


def _indent(depth: int, text: str) -> str:
    return "  " * depth + text


if __name__ == "__main__":
    for path in write(Path(__file__).resolve().parents[2] / "configs"):
        print(path)  # noqa: T201
