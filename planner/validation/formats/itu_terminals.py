"""Vectors of P.2108, P.2109 and P.676: one value from a few numbers."""

from __future__ import annotations

from collections.abc import Callable

from planner.radio.models.p676 import gas_attenuation_db_km
from planner.radio.models.p2108 import statistical_clutter_loss_db, terminal_clutter_loss_db
from planner.radio.models.p2109 import Building, entry_loss_db
from planner.validation.formats.base import Format, by_row, compare, expect_refusal
from planner.validation.judge import Outcome
from planner.validation.vectors import Row, fault

P2108_BAR_DB = 0.051  # the reference is rounded to 0.1 dB
P2109_BAR_DB = 1e-4
P676_BAR_DB_KM = 1e-4
_BUILDINGS: dict[int, Building] = {1: "traditional", 2: "efficient"}


def _height_gain(row: Row) -> Outcome:
    """One height-gain case of P.2108."""

    def compute() -> float:
        return terminal_clutter_loss_db(
            row.number("f__ghz"), row.number("h__meter"), row.number("w_s__meter"), row.number("R__meter"),
            int(row.number("clutter_type")),
        )  # fmt: skip

    return _with_code(row, compute, "A_h__db")


def _terrestrial(row: Row) -> Outcome:
    """One statistical case of P.2108."""

    def compute() -> float:
        return statistical_clutter_loss_db(row.number("f__ghz"), row.number("d__km"), row.number("p"))

    return _with_code(row, compute, "L_ctt__db")


def _with_code(row: Row, compute: Callable[[], float], reference: str) -> Outcome:
    """Outcome of a row with an error code."""
    code = row.number("rtn")
    if code != 0.0:
        return expect_refusal(row, compute, f"{code:g}")
    return compare(row, compute, [row.optional(reference)])


def _entry_loss(row: Row) -> Outcome:
    """One case of P.2109."""
    code = int(row.number("building type"))
    if code not in _BUILDINGS:
        raise fault(row.where, f"building type {code}", "Use 1 traditional or 2 thermally efficient")

    def compute() -> float:
        return entry_loss_db(
            row.number("freqency (GHz)", "frequency (GHz)"), row.number("probability (%)"), _BUILDINGS[code],
            row.number("elevation angle (deg)"),
        )  # fmt: skip

    return compare(row, compute, [row.optional("building entry loss (dB)")])


def _gases(row: Row) -> Outcome:
    """One case of P.676: the worse of oxygen and water vapour."""
    arguments = (
        row.number("f (GHz)"), row.number("P (hPa)"), row.number("rho (g/m3)"), row.number("T (k)", "T (K)"),
    )  # fmt: skip
    columns = ("gamma0 (dB/km)", "gammaw (dB/km)")
    outcomes = []
    for at, column in enumerate(columns):

        def compute(at: int = at) -> float:
            return gas_attenuation_db_km(*arguments)[at]

        outcomes.append(compare(row, compute, [row.optional(column)]))
    judged = [outcome for outcome in outcomes if not outcome.skipped] or outcomes
    return max(judged, key=lambda outcome: abs(outcome.difference_db or 0.0))


FORMATS = (
    Format(
        "P.2108 height gain", "p2108", ("p2108",),
        frozenset({"f__ghz", "h__meter", "w_s__meter", "R__meter", "clutter_type", "rtn", "A_h__db"}),
        by_row("p2108", P2108_BAR_DB, _height_gain),
    ),
    Format(
        "P.2108 terrestrial statistical", "p2108", ("p2108",),
        frozenset({"f__ghz", "d__km", "p", "rtn", "L_ctt__db"}), by_row("p2108", P2108_BAR_DB, _terrestrial),
    ),
    Format(
        "P.2109 building entry loss", "p2109", ("p2109",),
        frozenset({"probability (%)", "building type", "elevation angle (deg)", "building entry loss (dB)"}),
        by_row("p2109", P2109_BAR_DB, _entry_loss),
    ),
    Format(
        "P.676 specific attenuation", "p676", ("p676",),
        frozenset({"f (GHz)", "P (hPa)", "rho (g/m3)", "gamma0 (dB/km)", "gammaw (dB/km)"}),
        by_row("p676", P676_BAR_DB_KM, _gases),
    ),
)  # fmt: skip
