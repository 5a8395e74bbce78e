"""The pages of the models are in step with the registry and, where the vectors are there, with what they give."""

from __future__ import annotations

from pathlib import Path

from planner.radio.models.registry import CARDS
from planner.validation.pages import filled, main, rounded_up
from planner.validation.run import validate


def test_every_model_has_its_ranges_on_a_page(root: Path) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in sorted((root / "docs" / "models").glob("*.md")))
    assert [name for name in CARDS if f"| {name} | `" not in text] == []


def test_ranges_on_the_pages_are_those_of_the_registry(root: Path) -> None:
    for page in sorted((root / "docs" / "models").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert filled(text, None) == text, f"run: python -m planner.validation.pages docs/models ({page.name})"


def test_validation_tables_are_what_the_vectors_give(root: Path, shared: Path) -> None:
    verdicts = validate(shared / "reference" / "propagation")
    for page in sorted((root / "docs" / "models").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        assert filled(text, verdicts) == text, (
            f"run: python -m planner.validation.pages docs/models VECTORS ({page.name})"
        )


def test_differences_are_stated_rounded_up() -> None:
    assert [rounded_up(x) for x in (0.0, 9e-7, 1.1e-6, 0.0479, 0.05, 0.051, 1.0, 3.3)] == [
        "< 1e-06", "< 1e-06", "2e-06", "0.05", "0.05", "0.1", "1", "5",
    ]  # fmt: skip


def test_command_rewrites_pages(tmp_path: Path) -> None:
    page = tmp_path / "x.md"
    page.write_text("a\n<!-- ranges p676 -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    main([str(tmp_path)])
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "| p676 | `frequency_ghz` | GHz | 1 to 1000 |  |" in text
    assert text.endswith("<!-- end -->\nb\n")
