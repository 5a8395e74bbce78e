"""Vectors of the ITM: NTIA's own, the QKPFL quantiles, and generated paths with intermediates."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from planner.kernels.itm.quantities import ItmResult, ItmSetting
from planner.radio.models.itm import area_loss, point_to_point_loss
from planner.validation.formats.base import Format, by_row, compare, expect_refusal
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Row, VectorFile, fault, numbers

OFFICIAL_BAR_DB = 0.0051  # the reference is rounded to 0.01 dB
AREA_BAR_DB = 0.051  # rounded to 0.1 dB
QKPFL_BAR_DB = 0.05
GENERATED_BAR_DB = 1e-6

# Column of a generated file, place in the result, relative tolerance (the columns are rounded), equation.
_INTERMEDIATES = (
    ("delta_h_m", "irregularity_m", "ERL 79-ITS 67 Eq (3)"),
    ("theta_hzn_tx", "angle_tx", "TN101 Eq (6.15)"),
    ("theta_hzn_rx", "angle_rx", "TN101 Eq (6.15)"),
    ("d_hzn_tx_m", "horizon_tx_m", "TN101 Eq (6.15)"),
    ("d_hzn_rx_m", "horizon_rx_m", "TN101 Eq (6.15)"),
    ("h_e_tx_m", "effective_tx_m", "effective height over the fitted ground"),
    ("h_e_rx_m", "effective_rx_m", "effective height over the fitted ground"),
    ("N_s", "refractivity", "TN101 Eq (4.3)"),
    ("A_fs_db", "free_space_db", "free space"),
    ("A_ref_db", "reference_db", "Algorithm Sec 4"),
    ("mode", "mode", "mode of propagation"),
    ("warnings", "warnings", "warning bits"),
)
_ROUNDING = 2e-9  # the generated columns carry nine decimals


def _setting(row: Row) -> ItmSetting:
    """The setting of a row in either of the two spellings of the columns."""
    return ItmSetting(
        row.number("f_mhz", "f__mhz"), row.number("h_tx_m", "h_tx__meter"), row.number("h_rx_m", "h_rx__meter"),
        row.number("pol") == 1.0, row.number("N_0"), row.number("epsilon"), row.number("sigma"),
        int(row.number("climate")), int(row.number("mdvar")), row.number("time"), row.number("location"),
        row.number("situation"),
    )  # fmt: skip


def _point_to_point(row: Row) -> ItmResult:
    """Prediction of a row with its own profile."""
    heights = row.series("pfl_m")
    count = int(row.number("np", "pfl_np"))
    if count + 1 != heights.size:
        raise fault(row.where, f"{heights.size} heights for {count} steps", "Give one height more than steps")
    return point_to_point_loss(heights, row.number("xi_m", "pfl_xi_m"), _setting(row))


def _refused(row: Row) -> str:
    """Error code of the reference, empty where it answers (0 without, 1 with warnings)."""
    for column in ("rc", "rtn"):
        if column in row.values and row.number(column) not in {0.0, 1.0}:
            return f"{row.number(column):g}"
    return ""


def _faults(row: Row, result: ItmResult) -> str:
    """Intermediates that differ, with their equations."""
    found = []
    for column, name, equation in _INTERMEDIATES:
        reference = row.optional(column) if column in row.values else None
        if reference is None:
            continue
        value = float(getattr(result.geometry, name) if hasattr(result.geometry, name) else getattr(result, name))
        if not math.isclose(value, reference, rel_tol=1e-9, abs_tol=_ROUNDING):
            found.append(f"{column} is {value:.9g}, not {reference:.9g} ({equation})")
    return "; ".join(found)


def _path(row: Row) -> Outcome:
    """One point-to-point case."""
    code = _refused(row)
    if code:
        return expect_refusal(row, lambda: float(_point_to_point(row).loss_db), code)
    outcome = compare(row, lambda: float(_point_to_point(row).loss_db), [row.optional("A_db", "A__db")])
    if outcome.skipped or outcome.fault:
        return outcome
    return replace(outcome, fault=_faults(row, _point_to_point(row)))


def _area(row: Row) -> Outcome:
    """One area-mode case."""

    def compute() -> float:
        siting = (int(row.number("tx_siting_criteria")), int(row.number("rx_siting_criteria")))
        result = area_loss(row.number("d__km"), row.number("delta_h__meter"), siting, _setting(row))
        return float(result.loss_db)

    code = _refused(row)
    return expect_refusal(row, compute, code) if code else compare(row, compute, [row.optional("A__db")])


def _sea_level_refractivity(n_s: float, heights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """N_0 of a final N_s: the model scales it by the mean height of the inner 80% of the path."""
    last = len(heights) - 1
    tenth = int(0.1 * last)
    return n_s * math.exp(float(np.mean(heights[tenth : last - tenth + 1])) / 9460.0)


def _judge_qkpfl(file: VectorFile) -> FileVerdict:
    """Verdict on quantiles over the one profile that lies beside the file."""
    for name, content in file.companions():
        if isinstance(content, dict) and {"pfl_m", "xi_m"} <= set(content):
            heights, step_m = numbers(content["pfl_m"], f"{name}: pfl_m"), float(content["xi_m"])
            break
    else:
        raise fault(file.name, "no JSON file with pfl_m and xi_m beside it", "Add the profile to the folder")

    def outcome(row: Row) -> Outcome:
        n0 = _sea_level_refractivity(row.number("N_s"), heights)
        setting = ItmSetting(
            row.number("f_mhz"), row.number("h_tx_m"), row.number("h_rx_m"), row.number("pol") == 1.0, n0,
            row.number("epsilon"), row.number("sigma"), int(row.number("climate")), int(row.number("mdvar")),
            row.number("reliability_pct"), 50.0, row.number("confidence_pct"),
        )  # fmt: skip
        reference = row.optional("Lb_db_ref")
        return compare(row, lambda: float(point_to_point_loss(heights, step_m, setting).loss_db), [reference])

    return judge(file.name, "itm", (outcome(row) for row in file.rows), QKPFL_BAR_DB)


_COMMON = frozenset({"N_0", "epsilon", "sigma", "climate", "mdvar", "time", "location", "situation"})

FORMATS = (
    Format(
        "ITM point-to-point, official", "itm", ("itm",), _COMMON | {"pfl_m", "f__mhz", "A__db"},
        by_row("itm", OFFICIAL_BAR_DB, _path),
    ),
    Format(
        "ITM point-to-point, generated", "itm", ("itm",), _COMMON | {"pfl_m", "f_mhz", "A_db"},
        by_row("itm", GENERATED_BAR_DB, _path),
    ),
    Format(
        "ITM area", "itm", ("itm",),
        _COMMON | {"delta_h__meter", "d__km", "tx_siting_criteria", "rx_siting_criteria", "A__db"},
        by_row("itm", AREA_BAR_DB, _area),
    ),
    Format(
        "ITM quantiles (QKPFL)", "itm", ("itm",),
        frozenset({"f_mhz", "N_s", "reliability_pct", "confidence_pct", "epsilon", "sigma", "Lb_db_ref"}),
        _judge_qkpfl,
    ),
)  # fmt: skip
