"""The order in which money buys homes."""

from __future__ import annotations

from planner.domain.plan import Work
from planner.report.benefit_figure import homes_by_cost


def _work(name: str, cost: int, year: int, homes: int = 0, requires: tuple[str, ...] = ()) -> Work:
    kind = "distribution" if homes else "fibre_route"
    return Work(name, kind, "fibre", "VNPT", "operator", cost, 0, year, 1.0, (), homes, "", None, {}, requires)


def test_homes_come_with_their_routes_and_routes_are_paid_once() -> None:
    works = [
        _work("a", 100, 2026), _work("b", 50, 2026, requires=("a",)), _work("D1", 10, 2026, 10, ("a",)),
        _work("D2", 10, 2026, 30, ("b",)), _work("D3", 1, 2028, 5), _work("D4", 1, 0, 7), _work("idle", 9, 2026),
    ]  # fmt: skip
    assert homes_by_cost(works) == ([0, 160, 170, 171], [0, 30, 40, 45])
    assert homes_by_cost([]) == ([0], [0])
