"""Published figures beside the computed ones."""

from __future__ import annotations

from planner.config.schema import Scenario
from planner.domain.programme import Comparison, NetworkState
from planner.domain.province import Province


def compare_published(province: Province, scenario: Scenario, state: NetworkState) -> tuple[Comparison, ...]:
    """Put every published figure of a scenario beside what the baseline computes.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Its `published` figures.
    state : NetworkState
        Networks today.

    Returns
    -------
    tuple of Comparison
        In the scenario's order; computed is NaN where nothing computes the figure.
    """
    return tuple(
        Comparison(
            what=f"{figure.what}, {figure.year}" if figure.year else figure.what,
            published=figure.value,
            computed=_computed(figure.measure, province, state),
            source=figure.source,
            why_different=figure.why_different,
        )
        for figure in scenario.published
    )


def _computed(measure: str, province: Province, state: NetworkState) -> float:
    parts = measure.split("_", 1)
    if parts[0] in state.coverage and parts[-1] in ("areas_share", "population_share"):
        return float(state.coverage[parts[0]][parts[1]])
    inside = province.sites[province.sites["inside"]]
    if measure == "sites":
        return float(len(inside))
    if measure == "5g_sites":
        return float(inside["has_5g"].sum())
    if measure == "cable_km":
        return float(state.cables["total_km"])
    if measure == "underground_share":
        return float(state.cables["underground_share"])
    if measure.startswith("fibre_"):
        return float(state.fibre[measure.removeprefix("fibre_")])
    if measure == "existing_zones_underground_share":
        rows = [kinds["existing"] for kinds in state.cables["zones"].values() if "existing" in kinds]
        count = sum(row["count"] for row in rows)
        return sum(row["underground_count"] for row in rows) / count if count else float("nan")
    return float("nan")
