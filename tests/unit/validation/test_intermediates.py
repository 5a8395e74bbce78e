"""A wrong intermediate value fails its case and names the equation, even where the loss agrees."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from planner.errors import DataError
from planner.kernels.itm.quantities import ItmSetting
from planner.radio.models.itm import point_to_point_loss
from planner.radio.models.p452 import P452
from planner.radio.models.p1812 import P1812
from planner.validation.formats import p452, p1812
from planner.validation.run import validate
from planner.validation.vectors import Row

D_KM = np.linspace(0.0, 20.0, 81)
PROFILE = {
    "phi_t": 21.0, "lam_t": 106.0, "phi_r": 21.1, "lam_r": 106.16, "DN": 50.0, "N0": 340.0, "d_km": D_KM.tolist(),
    "h_m": (100.0 + 60.0 * np.sin(D_KM)).tolist(), "R_m": [10.0] * 81, "zone": [4] * 81,
}  # fmt: skip
CASE = {
    "case": "a", "profile": "hills", "f_mhz": 900.0, "htg_m": 30.0, "hrg_m": 1.5, "pol": 2, "p_pct": 10.0,
    "pL_pct": 50.0, "sigmaL_db": 0.0, "dct_km": 500.0, "dcr_km": 500.0,
}  # fmt: skip
CASE_452 = {
    "case": "P452_hills_1", "profile": "test_profile_hills.csv", "f (GHz)": 8.0, "p (%)": 1.0, "htg (m)": 30.0,
    "hrg (m)": 5.0, "phit_e (deg)": 106.0, "phit_n (deg)": 21.0, "phir_e (deg)": 106.16, "phir_n (deg)": 21.1,
    "Gt (dBi)": 10.0, "Gr (dBi)": 0.0, "pol (1-h/2-v)": 1, "dct (km)": 500.0, "dcr (km)": 500.0, "press (hPa)": 1013.0,
    "temp (deg C)": 15.0, "DN": 50.0, "N0": 340.0, "omega": 0.0, "dtm": 20.0,
}  # fmt: skip
SETTING = ItmSetting(900.0, 30.0, 1.5, True, 340.0, 15.0, 0.005, 2, 3, 50.0, 50.0, 50.0)


def _write(folder: Path, row: dict[str, object], profiles: dict[str, object]) -> None:
    folder.mkdir()
    with (folder / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    (folder / "profiles.json").write_text(json.dumps(profiles), encoding="utf-8")


@pytest.mark.parametrize(("error", "passes"), [(0.0, True), (0.01, False)])
def test_p1812_names_the_equation(tmp_path: Path, error: float, passes: bool) -> None:
    loss = P1812().loss(p1812.link_of(Row("case", CASE), Row("profile", PROFILE)))
    scatter = loss.intermediates[p1812.EQUATIONS["lbs_db"]]
    row = CASE | {"Lb_db_ref": loss.loss_db, "im:Lbs dB Eq (44)": scatter + error, "im:hts m": PROFILE["h_m"][0] + 30.0}
    _write(tmp_path / "p1812", row, {"hills": PROFILE})
    (verdict,) = validate(tmp_path)
    assert verdict.passed is passes
    assert verdict.max_abs_db < 1e-9
    assert [fault.split(" is ")[0] for fault in verdict.faults] == ([] if passes else ["a: Lbs dB Eq (44)"])


@pytest.mark.parametrize(("error", "passes"), [(0.0, True), (0.01, False)])
def test_p452_names_the_equation(tmp_path: Path, error: float, passes: bool) -> None:
    profile = PROFILE | {"zone": [2] * 81}  # inland in that file's own numbering
    loss = P452().loss(p452._link(Row("case", CASE_452), Row("profile", profile)))
    gases = loss.intermediates[p452.EQUATIONS["lbfsg_db"]]
    _write(tmp_path / "p452", CASE_452 | {"Lb": loss.loss_db, "Lbfsg": gases + error}, {"test_profile_hills": profile})
    (verdict,) = validate(tmp_path)
    assert verdict.passed is passes
    assert passes or "Eq (8)" in verdict.faults[0]


def test_p452_takes_the_profile_that_fits_the_row(tmp_path: Path) -> None:
    """Some rows name a path's sea variant while their case and their values are those of the land variant."""
    land, sea = PROFILE | {"zone": [2] * 81}, PROFILE | {"zone": [3] * 81}
    loss = P452().loss(p452._link(Row("case", CASE_452), Row("profile", land)))
    row = CASE_452 | {"profile": "test_profile_sea.csv", "Lb": loss.loss_db}
    _write(tmp_path / "p452", row, {"test_profile_hills": land, "test_profile_sea": sea})
    (verdict,) = validate(tmp_path)
    assert verdict.passed
    (tmp_path / "p452" / "profiles.json").write_text(json.dumps({"test_profile_sea": sea}), encoding="utf-8")
    (verdict,) = validate(tmp_path)
    assert (verdict.cases, verdict.skipped) == (0, 1)
    assert not verdict.passed


@pytest.mark.parametrize("column", ["delta_h_m", "A_ref_db", "mode", "warnings"])
def test_itm_names_what_differs(tmp_path: Path, column: str) -> None:
    heights = np.round(100.0 + 40.0 * np.sin(np.linspace(0.0, 12.0, 151)), 3)
    result = point_to_point_loss(heights, 90.0, SETTING)
    row: dict[str, object] = {
        "case": "a", "h_tx_m": 30.0, "h_rx_m": 1.5, "climate": 2, "N_0": 340.0, "f_mhz": 900.0, "pol": 1,
        "epsilon": 15.0, "sigma": 0.005, "mdvar": 3, "time": 50.0, "location": 50.0, "situation": 50.0, "np": 150,
        "xi_m": 90.0, "pfl_m": heights.tolist(), "rc": 0, "A_db": result.loss_db, "A_ref_db": result.reference_db,
        "delta_h_m": result.geometry.irregularity_m, "mode": result.mode, "warnings": result.warnings,
    }  # fmt: skip
    path = tmp_path / "itm" / "x.jsonl"
    path.parent.mkdir()
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert validate(tmp_path)[0].passed
    row[column] = float(row[column]) + 1.0  # type: ignore[arg-type]
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    (verdict,) = validate(tmp_path)
    assert not verdict.passed
    assert f"{column} is" in verdict.faults[0]


def test_unknown_zones_are_named(tmp_path: Path) -> None:
    _write(tmp_path / "p1812", CASE | {"Lb_db_ref": 120.0}, {"hills": PROFILE | {"zone": [2] * 81}})
    with pytest.raises(DataError, match="zones 2"):
        validate(tmp_path)
