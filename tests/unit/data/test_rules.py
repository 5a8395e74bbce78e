"""Every rule is used somewhere and stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from planner.data.columns import ALIASES, NEEDED
from planner.data.rules import RULES


def test_every_rule_is_used_and_documented(root: Path) -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (root / "planner" / "data").glob("*.py") if path.name != "rules.py"
    )
    page = (root / "docs" / "data.md").read_text(encoding="utf-8")
    assert set(re.findall(r'"(P[1-9]\d\d)"', code)) == set(RULES)
    for number, rule in RULES.items():
        assert f"| {number} | {rule.severity} | {rule.title} | {rule.fix} |" in page


def test_every_needed_column_has_aliases_and_is_documented(root: Path) -> None:
    page = (root / "docs" / "data.md").read_text(encoding="utf-8")
    for layer, columns in NEEDED.items():
        for column in columns:
            assert column in ALIASES[layer]
            assert f"**{column}**" in page
