"""`planner models`: which propagation models there are, for what, by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.cli.console import guarded, out, print_json

if TYPE_CHECKING:
    from planner.radio.models.base import ModelCard


@guarded
def models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone on standard output.")] = False,
) -> None:
    """List the propagation models with their range of validity, inputs and source."""
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
