"""What changes when an assumption is wrong: one moves while the plan stays; the three that move most are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planner.config.schema import Scenario
from planner.coverage.areas import area_coverage, coverage_summary
from planner.domain.coverage import CoverageMap
from planner.domain.plan import Work
from planner.domain.province import Province

SHOWN = 3
LEVEL_STEP_DB = 6.0  # about the standard deviation of an uncalibrated model's error


def sensitivity(
    province: Province, scenario: Scenario, final: CoverageMap, works: Sequence[Work]
) -> tuple[dict[str, Any], ...]:
    """Vary assumptions one at a time and keep the three that change most.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        The scenario.
    final : CoverageMap
        Coverage with the plan.
    works : sequence of Work
        Works of the plan.

    Returns
    -------
    tuple of dict
        assumption, varied, areas_5g, areas_4g (shares with the plan), cost_vnd, moved (share of what was planned).
    """
    cost = sum(work.cost_vnd for work in works)
    planned = _shares(province, scenario, final)
    rows = []
    for name, varied, changed in _coverage_variants(scenario):
        shares = _shares(province, changed, final)
        moved = max(abs(shares[key] - planned[key]) for key in planned)
        rows.append(_row(name, varied, shares, cost, moved))
    for name, varied, extra in _cost_variants(works):
        rows.append(_row(name, varied, planned, cost + extra, abs(extra) / cost if cost else 0.0))
    rows.sort(key=lambda row: (-float(row["moved"]), str(row["assumption"])))
    return tuple(rows[:SHOWN])


def _row(name: str, varied: str, shares: dict[str, float], cost: int, moved: float) -> dict[str, Any]:
    return {
        "assumption": name,
        "varied": varied,
        "areas_5g": shares["5g"],
        "areas_4g": shares["4g"],
        "cost_vnd": cost,
        "moved": moved,
    }


def _shares(province: Province, scenario: Scenario, coverage: CoverageMap) -> dict[str, float]:
    summary = coverage_summary(area_coverage(coverage, province, scenario), province, scenario)
    return {name: float(summary[name]["areas_share"]) for name in ("4g", "5g")}


def _coverage_variants(scenario: Scenario) -> list[tuple[str, str, Scenario]]:
    rules = scenario.coverage
    weaker = {
        name: limit.model_copy(update={"level_dbm": limit.level_dbm + LEVEL_STEP_DB})
        for name, limit in rules.thresholds.items()
    }
    variants: list[tuple[str, str, dict[str, Any]]] = [
        ("propagation model (not calibrated)", f"every level {LEVEL_STEP_DB:g} dB weaker", {"thresholds": weaker})
    ]
    if rules.receiver == "outdoor":
        variants.append(("receiver", "indoor instead of outdoor", {"receiver": "indoor"}))
    if rules.location_probability < 0.98:
        variants.append(("location probability", "99 % of locations", {"location_probability": 0.99}))
    if rules.consider_uplink:
        variants.append(("uplink", "downlink alone decides", {"consider_uplink": False}))
    return [
        (name, text, scenario.model_copy(update={"coverage": rules.model_copy(update=change)}))
        for name, text, change in variants
    ]


def _cost_variants(works: Sequence[Work]) -> list[tuple[str, str, int]]:
    def total(sub_plan: str) -> int:
        return sum(work.cost_vnd for work in works if work.sub_plan == sub_plan)

    return [
        ("price of radio works", "30 % dearer", round(0.3 * total("sites"))),
        ("price of fibre works", "30 % dearer", round(0.3 * total("fibre"))),
        ("price of burying cable", "30 % dearer", round(0.3 * total("undergrounding"))),
    ]
