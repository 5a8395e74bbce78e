"""Vectors of TR 38.901 path loss."""

from __future__ import annotations

from planner.radio.models.tr38901 import SCENARIOS, tr38901_loss
from planner.validation.formats.base import Format, by_row, compare
from planner.validation.judge import Outcome
from planner.validation.vectors import Row

BAR_DB = 0.05  # the tolerance of the source's own test


def _outcome(row: Row) -> Outcome:
    """One case."""
    scenario = row.text("scenario").lower().partition("-")[0].partition(" ")[0]
    known = next((name for name in SCENARIOS if name == scenario), None)
    if known is None:
        return Outcome(row.name, skipped=f"scenario {row.text('scenario')} is not one of RMa, UMa, UMi, InH")

    def compute() -> float:
        loss_db, _ = tr38901_loss(
            known, row.number("d2d_m"), row.number("f_ghz"), row.number("h_bs_m"), row.number("h_ut_m"),
            los=row.number("los") == 1.0, building_m=row.number("rma_h_m"), street_m=row.number("rma_w_m"),
        )  # fmt: skip
        return loss_db

    return compare(row, compute, [row.optional("path_loss_db")])


FORMATS = (
    Format(
        "TR 38.901 path loss", "tr38901", ("tr38901",),
        frozenset({"scenario", "h_bs_m", "h_ut_m", "d2d_m", "los", "f_ghz", "path_loss_db"}),
        by_row("tr38901", BAR_DB, _outcome),
    ),
)  # fmt: skip
