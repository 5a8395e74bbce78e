"""Calibration finds offsets and slopes hidden in simulated drive tests, and refuses data that cannot tell them.

The measurements here are simulated: predictions of the same model with known offsets and noise added.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.coverage.calibration import calibrate, calibrated_clutter, predicted_rows
from planner.data.load import load_province
from planner.data.measurements import read_measurements
from planner.domain.province import Province
from planner.errors import DataError

HIDDEN = {10: (6.0, 4.0), 40: (-5.0, 0.0), 50: (9.0, -3.0)}  # offset dB, slope dB/decade added to the loss
NOISE_DB = 5.0


@pytest.fixture(scope="module")
def district(root: Path) -> tuple[Scenario, Province]:
    scenario = load_scenario(root / "scenarios" / "demo.yaml", [])
    return scenario, load_province(scenario, None)


@pytest.fixture(scope="module")
def simulated(district: tuple[Scenario, Province]) -> pd.DataFrame:
    scenario, province = district
    rng = np.random.default_rng(11)
    sites = province.sites[province.sites["has_4g"]].sort_values("site_id").head(8)
    parts = []
    for site in sites.itertuples():
        angle, away = rng.uniform(0.0, 2.0 * np.pi, 250), 10.0 ** rng.uniform(2.2, 3.5, 250)
        parts.append(
            pd.DataFrame(
                {
                    "x_m": site.geometry.x + away * np.sin(angle),
                    "y_m": site.geometry.y + away * np.cos(angle),
                    "rsrp_dbm": 0.0,
                    "site_id": site.site_id,
                    "cell": "",
                    "carrier": "",
                    "band": "",
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    west, south, east, north = province.terrain.grid.bounds_m
    inside = table["x_m"].between(west + 1, east - 1) & table["y_m"].between(south + 1, north - 1)
    rows, _ = predicted_rows(province, scenario, table[inside].reset_index(drop=True))
    decades = np.log10(rows["distance_m"] / 1e3)
    loss = sum((rows["clutter"] == c) * (offset + slope * decades) for c, (offset, slope) in HIDDEN.items())
    rows["rsrp_dbm"] = rows["predicted_dbm"] - loss + rng.normal(0.0, NOISE_DB, len(rows))
    outliers = rng.choice(len(rows), len(rows) // 50, replace=False)
    rows.loc[outliers, "rsrp_dbm"] += 40.0  # a robust fit must not follow these
    return rows[table.columns]


def test_hidden_offsets_are_found(district: tuple[Scenario, Province], simulated: pd.DataFrame) -> None:
    scenario, province = district
    found = calibrate(province, scenario, simulated)
    assert {fit.code for fit in found.fits} >= {10, 40}
    for fit in found.fits:
        offset, slope = HIDDEN.get(fit.code, (0.0, 0.0))
        spread = 6.0 * NOISE_DB / np.sqrt(fit.rows)
        assert fit.offset_db == pytest.approx(offset, abs=max(1.0, spread))
        assert fit.slope_db_per_decade == pytest.approx(slope, abs=max(2.5, 4.0 * spread))
    before, after = found.error("residual_db"), found.error("left_out_db")
    assert abs(after["mean_db"]) <= 1.0 < abs(before["mean_db"]) + before["std_db"]
    assert after["std_db"] < before["std_db"]
    clutter = calibrated_clutter(scenario, found)
    assert clutter[40].offset_db == pytest.approx(-5.0, abs=1.0)
    assert clutter[80].offset_db == 0.0


def test_a_calibrated_scenario_predicts_the_measurements(
    district: tuple[Scenario, Province], simulated: pd.DataFrame
) -> None:
    scenario, province = district
    clutter = calibrated_clutter(scenario, calibrate(province, scenario, simulated))
    update = {"propagation": scenario.propagation.model_copy(update={"clutter": clutter})}
    rows, _ = predicted_rows(province, scenario.model_copy(update=update), simulated)
    assert abs(float(np.median(rows["residual_db"]))) <= 1.0


def test_too_few_and_one_sided_rows_are_refused(district: tuple[Scenario, Province], simulated: pd.DataFrame) -> None:
    scenario, province = district
    with pytest.raises(DataError, match="usable rows") as few:
        calibrate(province, scenario, simulated.head(40))
    assert "sites" in str(few.value)
    near = simulated.copy()
    near["rsrp_dbm"] = -80.0
    with pytest.raises(DataError, match="include strong and weak places"):
        calibrate(province, scenario, near)


def write(path: Path, rows: list[str], header: str = "lon,lat,site,rsrp") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_measurement_files_are_checked(district: tuple[Scenario, Province], tmp_path: Path) -> None:
    _, province = district
    grid = province.terrain.grid
    west, south, east, north = grid.bounds_m
    lon, lat = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True).transform(
        (west + east) / 2, (south + north) / 2
    )
    site = str(province.sites["site_id"].iloc[0])

    def read(rows: list[str], header: str = "lon,lat,site,rsrp") -> pd.DataFrame:
        return read_measurements(write(tmp_path / "m.csv", rows, header), province.crs, grid.bounds_m, {site})

    assert len(read([f"{lon},{lat},{site},-95.5"])) == 1
    assert len(read([f"{lon};{lat};{site};-95.5"], "Longitude;Latitude;Site ID;SS-RSRP")) == 1
    with pytest.raises(DataError, match="swapped"):
        read([f"{lat},{lon},{site},-95.5"])
    with pytest.raises(DataError, match="unknown sites NOWHERE"):
        read([f"{lon},{lat},NOWHERE,-95.5"])
    with pytest.raises(DataError, match="not numbers, the first 'strong' in row 2"):
        read([f"{lon},{lat},{site},strong"])
    with pytest.raises(DataError, match="outside -156 to -31 dBm"):
        read([f"{lon},{lat},{site},95"])
    with pytest.raises(DataError, match="column rsrp_dbm: not there"):
        read([f"{lon},{lat},{site}"], "lon,lat,site")
