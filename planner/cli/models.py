"""`planner models`: which propagation models there are, for what, by whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.console import guarded, out, print_json

if TYPE_CHECKING:
    from planner.config.coverage import Threshold
    from planner.radio.models.base import ModelCard


@guarded
def models(
    presets: Annotated[
        bool, typer.Option("--presets", help="List the named thresholds `coverage.preset` knows instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
) -> None:
    """List the propagation models with their range of validity, inputs and source."""
    if presets:
        _print_presets(as_json=as_json)
        return
    from planner.radio.models.registry import CARDS, PATH_MODELS

    if as_json:
        print_json({"models": [_as_json(card, path=name in PATH_MODELS) for name, card in CARDS.items()]})
        return
    _print_table(list(CARDS.values()))


def _as_json(card: ModelCard, *, path: bool) -> dict[str, Any]:
    """A card as JSON objects; infinite limits are null."""
    return {
        "name": card.name,
        "title": card.title,
        "source": card.source,
        "gives": card.gives,
        "kind": "path loss" if path else "addition",
        "inputs": list(card.needs),
        "ranges": [
            {
                "parameter": limits.name,
                "unit": limits.unit,
                "stated_min": _finite(limits.stated[0]),
                "stated_max": _finite(limits.stated[1]),
                "refused_below": _finite(limits.low),
                "refused_above": _finite(limits.high),
                "limits_refused": limits.open_ended,
            }
            for limits in card.ranges
        ],
        "notes": card.notes,
    }


def _finite(value: float) -> float | None:
    """The value, None for infinity, which JSON lacks."""
    return value if abs(value) != float("inf") else None


def _print_table(cards: list[ModelCard]) -> None:
    """One row per model."""
    from rich.table import Table

    table = Table(show_lines=True)
    table.add_column("model", no_wrap=True)
    for heading in ("what and by whom", "stated range (refused outside, where wider)", "inputs and notes"):
        table.add_column(heading, overflow="fold")
    for card in cards:
        ranges = "\n".join(_range_text(limits) for limits in card.ranges)
        needs = "\n".join(f"needs {need}" for need in card.needs)
        table.add_row(card.name, f"{card.title}\n{card.source}\n{card.gives}", ranges, f"{needs}\n{card.notes}".strip())
    out().print(table)


def _range_text(limits: Any) -> str:
    """One range, with the wider one within which the model answers under a warning."""
    text = f"{limits.name} {limits}"
    if (limits.low, limits.high) != limits.stated:
        text += f" ({limits.low:g} to {limits.high:g})"
    return text


def _print_presets(*, as_json: bool) -> None:
    """Named thresholds, with who asks for them."""
    from planner.config.presets import presets

    found = presets(Path.cwd() / "scenario.yaml")
    if as_json:
        keys = {"thresholds", "location_probability", "cell_load", "receiver"}
        entries = [
            {"name": one.name, "meaning": one.meaning, **one.coverage.model_dump(mode="json", include=keys)}
            for one in found
        ]
        print_json({"presets": entries})
        return
    from rich.table import Table

    table = Table(show_lines=True)
    for heading in ("preset", "whose", "thresholds", "at"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "preset")
    for one in found:
        rules = one.coverage
        levels = "\n".join(f"{name.upper()} {_needs(needed)}" for name, needed in sorted(rules.thresholds.items()))
        where = f"{rules.location_probability:.0%} of locations\n{rules.cell_load:.0%} load\n{rules.receiver}"
        table.add_row(one.name, one.meaning, levels, where)
    out().print(table)


def _needs(needed: Threshold) -> str:
    """What one technology needs."""
    parts = [f"{needed.level_dbm:g} dBm"]
    parts += [] if needed.sinr_db is None else [f"{needed.sinr_db:g} dB SINR"]
    parts += [] if needed.downlink_mbps is None else [f"{needed.downlink_mbps:g} Mbit/s"]
    parts += [] if needed.uplink_mbps is None else [f"{needed.uplink_mbps:g} up"]
    return ", ".join(parts)
