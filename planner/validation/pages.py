"""Write the tables of the models' pages: `python -m planner.validation.pages docs/models VECTORS`.

A page holds prose between pairs of marks. `<!-- ranges NAME... -->` to `<!-- end -->` takes the ranges of the named
models from the registry; `<!-- validation MODEL -->` to `<!-- end -->` takes what `planner validate` finds.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from pathlib import Path

from planner.radio.models.registry import CARDS
from planner.validation.judge import FileVerdict
from planner.validation.run import validate

_MARK = re.compile(r"(<!-- (ranges|validation) ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FLOOR_DB = 1e-6


def rounded_up(value: float) -> str:
    """A difference as a page states it: up to the next of 1, 2, 5, so that it holds on other machines as well.

    Parameters
    ----------
    value : float
        Size of a difference, dB.

    Returns
    -------
    str
        Text; values below 1e-6 dB are only said to be so.
    """
    if value < _FLOOR_DB:
        return f"< {_FLOOR_DB:g}"
    power = 10.0 ** math.floor(math.log10(value))
    step = next(step for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-9))
    return f"{step * power:.3g}"


def ranges_table(names: Sequence[str]) -> str:
    """Table of the ranges of models.

    Parameters
    ----------
    names : sequence of str
        Models of the registry.

    Returns
    -------
    str
        Markdown.
    """
    lines = ["| model | parameter | unit | stated | answered with a warning |", "|---|---|---|---|---|"]
    for name in names:
        for limits in CARDS[name].ranges:
            low, high = limits.stated
            wider = f"{limits.low:g} to {limits.high:g}" if (limits.low, limits.high) != (low, high) else ""
            lines.append(f"| {name} | `{limits.name}` | {limits.unit} | {low:g} to {high:g} | {wider} |")
    return "\n".join(lines) + "\n"


def validation_table(verdicts: Sequence[FileVerdict], model: str) -> str:
    """What the reference vectors of a model give.

    Parameters
    ----------
    verdicts : sequence of FileVerdict
        Verdicts of `validate`.
    model : str
        Model as the verdicts name it.

    Returns
    -------
    str
        Markdown.
    """
    lines = [
        "| vectors | cases | skipped | largest, dB | 99th percentile, dB | bar | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for v in verdicts:
        if v.model == model:
            bars = "; ".join(f"{c.name.removesuffix(', dB')} {c.bar:g}" for c in v.criteria)
            figures = f"{v.cases} | {v.skipped} | {rounded_up(v.max_abs_db)} | {rounded_up(v.p99_abs_db)}"
            lines.append(f"| {v.file} | {figures} | {bars} | {'pass' if v.passed else 'FAIL'} |")
    return "\n".join(lines) + "\n"


def filled(text: str, verdicts: Sequence[FileVerdict] | None) -> str:
    """A page with its tables.

    Parameters
    ----------
    text : str
        The page.
    verdicts : sequence of FileVerdict or None
        Verdicts of `validate`; None leaves the validation tables as they are.

    Returns
    -------
    str
        The page with the tables between its marks.
    """

    def _table(match: re.Match[str]) -> str:
        begin, kind, names, end = match.groups()
        if kind == "ranges":
            return begin + ranges_table(names.split()) + end
        if verdicts is None:
            return match.group(0)
        return begin + validation_table(verdicts, names.strip()) + end

    return _MARK.sub(_table, text)


def main(argv: Sequence[str] | None = None) -> None:
    """Rewrite the tables of every page of a folder.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; the command line's without them.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", type=Path, help="folder with the pages")
    parser.add_argument("vectors", type=Path, nargs="?", help="folder with the reference vectors")
    arguments = parser.parse_args(argv)
    verdicts = validate(arguments.vectors) if arguments.vectors is not None else None
    for page in sorted(arguments.pages.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = filled(before, verdicts)
        if after != before:
            page.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
