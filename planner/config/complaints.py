"""Turns pydantic's error list into letters to a planner: full key path, place, what was found, what would be right."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from planner.config.schema import Scenario
from planner.config.words import did_you_mean
from planner.config.yaml_file import KeyPath
from planner.errors import Complaint

_SHOWN = 60


def complaints_of(error: ValidationError, places: Mapping[KeyPath, str], *, partial: bool = False) -> list[Complaint]:
    """List every fault pydantic found.

    Parameters
    ----------
    error : ValidationError
        What the schema refused.
    places : mapping
        Key path -> 'file:line' or '--set'.
    partial : bool, optional
        Whether a file could not be read: missing keys are then not worth a complaint.

    Returns
    -------
    list of Complaint
        One per fault, in the order of the schema.
    """
    letters: list[Complaint] = []
    for item in error.errors(include_url=False):
        loc = _plain_path(item["loc"])
        if item["type"] == "value_error":
            if not partial:
                letters += _from_validator(loc, str(item["ctx"]["error"]), places)
        elif not (partial and item["type"] == "missing"):
            found, remedy = _describe(item, loc)
            letters.append(Complaint(_where(loc, places), found, remedy))
    return list(dict.fromkeys(letters))


def _plain_path(loc: tuple[int | str, ...]) -> KeyPath:
    """Drop what pydantic adds to a path: '[key]' and the names of union members."""
    return tuple(
        str(part)
        for part in loc
        if not (isinstance(part, str) and (part == "[key]" or part.endswith("]") or part == "Section"))
    )


def _where(loc: KeyPath, places: Mapping[KeyPath, str]) -> str:
    key = ".".join(loc)
    for length in range(len(loc), 0, -1):
        place = places.get(loc[:length])
        if place:
            return f"{place} {key}"
    return key or "scenario"


def _show(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


def _describe(item: Any, loc: KeyPath) -> tuple[str, str]:
    """What was found and what would be right, for one pydantic error."""
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key '{loc[-1]}'", _unknown_key_remedy(loc)
    if kind == "missing":
        return "missing", f"Give {_meaning(loc)}."
    if kind == "literal_error":
        if item["loc"][-1] == "[key]":
            return f"unknown key '{loc[-1]}'", _choice_remedy(str(value), context["expected"])
        return f"found {_show(value)}", _choice_remedy(str(value), context["expected"])
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"found the number {value}", f'This is text: put it in quotes ("{value}").'
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"found {_show(value)}", f"This is a map of keys: {_keys_hint(loc)}."
    return f"found {_show(value)}", f"{item['msg'].replace('Input should', 'It should')}{_unit_hint(loc)}."


def _choice_remedy(word: str, expected: str) -> str:
    choices = [part.strip("' ") for part in expected.replace(" or ", ", ").split(",")]
    near = did_you_mean(word, choices)
    hint = f"Did you mean '{near}'? " if near else ""
    return f"{hint}One of: {', '.join(choices)}."


def _unknown_key_remedy(loc: KeyPath) -> str:
    parent = _model_at(loc[:-1])
    known = list(parent.model_fields) if parent else []
    if not loc[:-1]:
        known.append("extends")
    near = did_you_mean(loc[-1], known)
    if near:
        return f"Did you mean '{near}'?"
    elsewhere = [path for path in _all_paths(Scenario) if path[-1] == loc[-1]]
    if elsewhere:
        level = "the top-level key " if len(elsewhere[0]) == 1 else ""
        return f"Did you mean {level}'{'.'.join(elsewhere[0])}'?"
    return f"Remove it; known here: {', '.join(sorted(known))}."


def _from_validator(loc: KeyPath, text: str, places: Mapping[KeyPath, str]) -> list[Complaint]:
    """Complaints of a cross-check, written in the schema as lines 'key path: what is wrong; what would be right'."""
    letters = []
    for line in text.splitlines():
        key, colon, message = line.partition(": ")
        known = colon and key.split(".")[0] in Scenario.model_fields
        path = (*loc, *key.split(".")) if known else loc
        found, _, remedy = (message if known else line).partition("; ")
        end = "?" if remedy.startswith("did you mean") else "."
        remedy = f"{remedy[:1].upper()}{remedy[1:]}{end}" if remedy else "Mend it."
        letters.append(Complaint(_where(path, places), found, remedy))
    return letters


def _inner_models(annotation: Any) -> list[type[BaseModel]]:
    """Models inside Optional, Union, dict and list annotations."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType, dict, list, tuple):
        return [model for part in get_args(annotation) for model in _inner_models(part)]
    return []


def _is_container(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return any(_is_container(part) for part in get_args(annotation))
    return origin in (dict, list)


def _annotation_at(loc: KeyPath) -> Any:
    """Annotation of the field at a path, or None where the path leaves the schema."""
    model: type[BaseModel] | None = Scenario
    annotation: Any = Scenario
    index = 0
    while index < len(loc):
        if model is None or loc[index] not in model.model_fields:
            return None
        annotation = model.model_fields[loc[index]].annotation
        index += 1
        inner = _inner_models(annotation)
        model = inner[0] if inner else None
        if _is_container(annotation) and index < len(loc):
            index += 1
            annotation = model
    return annotation


def _model_at(loc: KeyPath) -> type[BaseModel] | None:
    inner = _inner_models(_annotation_at(loc))
    return inner[0] if inner else None


def _field_info(loc: KeyPath) -> Any:
    parent = _model_at(loc[:-1]) if loc else None
    return parent.model_fields.get(loc[-1]) if parent else None


def _meaning(loc: KeyPath) -> str:
    info = _field_info(loc)
    text = (info.description or "").rstrip(".") if info else ""
    return f"`{loc[-1]}`: {text}" if text else f"`{loc[-1]}`"


def _unit_hint(loc: KeyPath) -> str:
    info = _field_info(loc)
    extra = info.json_schema_extra if info else None
    unit = extra.get("unit") if isinstance(extra, dict) else None
    return f" ({unit})" if unit else ""


def _keys_hint(loc: KeyPath) -> str:
    model = _model_at(loc)
    return ", ".join(model.model_fields) if model else "name: value"


def _all_paths(model: type[BaseModel], prefix: KeyPath = ()) -> list[KeyPath]:
    """Every key path of the schema, maps and lists written as '*'."""
    paths: list[KeyPath] = []
    for name, info in model.model_fields.items():
        here = (*prefix, name)
        paths.append(here)
        container = _is_container(info.annotation)
        for inner in _inner_models(info.annotation):
            paths += _all_paths(inner, (*here, "*") if container else here)
    return paths
