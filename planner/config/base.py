"""The base of every configuration section: frozen, refusing unknown keys, each value with meaning, unit and source."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """One section of a scenario: immutable once read, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


def setting(default: Any, meaning: str, *, unit: str = "", source: str = "", **limits: Any) -> Any:
    """Declare one configuration value with what a reader needs to judge it.

    Parameters
    ----------
    default : Any
        Default value, or `...` where the scenario must give one.
    meaning : str
        One sentence for `configs/default.yaml` and editors.
    unit : str, optional
        Unit of the value, where it has one.
    source : str, optional
        Who says the default: a recommendation, a law, a publication, or "assumption".
    **limits : Any
        Bounds handed to pydantic (`ge`, `le`, `gt`, `lt`, `min_length` ...).

    Returns
    -------
    Any
        A pydantic field.
    """
    extra: dict[str, Any] = {key: text for key, text in (("unit", unit), ("source", source)) if text}
    if isinstance(default, (list, dict, set)):
        return Field(default_factory=lambda: default.copy(), description=meaning, json_schema_extra=extra, **limits)
    if isinstance(default, type) and issubclass(default, Section):
        return Field(default_factory=default, description=meaning, json_schema_extra=extra, **limits)
    return Field(default, description=meaning, json_schema_extra=extra, **limits)
