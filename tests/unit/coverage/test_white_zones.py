"""Causes of white zones against counterfactuals worked out another way: whole predictions with one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.predict import predict_coverage
from planner.coverage.service import Service
from planner.coverage.white_zones import (
    CAUSES,
    INTERFERENCE,
    NO_CARRIER,
    NO_SITE,
    SHADOWED,
    TOO_WEAK,
    _Causes,
    white_zones,
)
from planner.domain.province import Province

CELL_M = 90.0
MakeScenario = Callable[..., Scenario]
Flags = NDArray[np.bool_]


def levels(**more: object) -> dict[str, object]:
    return {"thresholds": {"4g": {"level_dbm": -88, **more}, "5g": {"level_dbm": -92, **more}}}


def served(province: Province, scenario: Scenario, technology: str, cells: NDArray[np.int64]) -> Flags:
    coverage = predict_coverage(province, scenario, threads=1)
    return Service(coverage, scenario, cells).served(technology=technology)


def plain_causes(
    province: Province, make_scenario: MakeScenario, scenario: Scenario, technology: str, white: NDArray[np.int64]
) -> list[str]:
    """Cause of every cell by whole predictions: silent neighbours, upgraded masts, bare flat earth."""
    settings = scenario.coverage.model_dump()
    silent = make_scenario(
        coverage={**settings, "cell_load": 0.0}, propagation=scenario.propagation.model_dump(exclude={"clutter"})
    )
    sites = province.sites
    lacking = sites[~sites[f"has_{technology}"]].assign(**{f"has_{technology}": True})
    without = {key: {**value, "sinr_db": None, "downlink_mbps": None} for key, value in settings["thresholds"].items()}
    by_level = make_scenario(
        coverage={**settings, "thresholds": without}, propagation=scenario.propagation.model_dump(exclude={"clutter"})
    )
    upgraded = served(replace(province, sites=lacking), by_level, technology, white) if len(lacking) else None
    land = province.terrain
    bare = replace(
        land,
        elevation_asl_m=np.full_like(land.elevation_asl_m, 10.0),
        land_cover=np.full_like(land.land_cover, 40),
    )
    flat = served(replace(province, terrain=bare), by_level, technology, white)
    flat &= ~served(province, by_level, technology, white)
    present = sites[sites[f"has_{technology}"]]
    row, col = np.divmod(white, land.grid.cols)
    x, y = land.grid.centres(row, col)
    distance = np.hypot(
        x[:, None] - present.geometry.x.to_numpy()[None], y[:, None] - present.geometry.y.to_numpy()[None]
    ).min(axis=1)
    radius_m = 1e3 * float(scenario.propagation.radius_km or 0.0)
    quiet = served(province, silent, technology, white)
    found = []
    for i in range(white.size):
        if quiet[i]:
            found.append(INTERFERENCE)
        elif upgraded is not None and upgraded[i]:
            found.append(NO_CARRIER)
        elif distance[i] > radius_m:
            found.append(NO_SITE)
        else:
            found.append(SHADOWED if flat[i] else TOO_WEAK)
    return found


@pytest.mark.parametrize(
    ("technology", "radius_km", "more", "causes"),
    [
        ("4g", 2.5, {}, {NO_SITE, SHADOWED}),
        ("4g", 6.0, {"sinr_db": 12.0}, {INTERFERENCE, SHADOWED}),
        ("4g", 6.0, {"sinr_db": 36.0}, {INTERFERENCE, TOO_WEAK}),
        ("5g", 2.5, {}, {NO_CARRIER, NO_SITE, SHADOWED}),
        ("5g", 6.0, {"downlink_mbps": 250.0}, {INTERFERENCE, NO_CARRIER, NO_SITE, SHADOWED, TOO_WEAK}),
    ],
)
def test_causes_are_those_of_whole_predictions(
    province: Province, make_scenario: MakeScenario, technology: str, radius_km: float, more: dict[str, float],
    causes: set[str],
) -> None:  # fmt: skip
    scenario = make_scenario(coverage=levels(**more), propagation={"radius_km": radius_km})
    some = replace(province, sites=province.sites[province.sites["site_id"].isin(["S1", "S2", "S3"])])
    coverage = predict_coverage(some, scenario, threads=1)
    inhabited = np.unique(province.area_cells.cell)
    white = inhabited[~Service(coverage, scenario, inhabited).served(technology=technology)]
    found = [CAUSES[i] for i in _Causes(coverage, some, scenario, technology).of(white)]
    wanted = plain_causes(some, make_scenario, scenario, technology, white)
    assert set(causes) <= set(wanted)
    assert np.mean([a != b for a, b in zip(found, wanted, strict=True)]) <= 0.01  # 0 measured; cells on a threshold


def test_a_technology_nobody_holds_lacks_its_carrier(province: Province, make_scenario: MakeScenario) -> None:
    operators = {name: {"carriers": ["lte"]} for name in ("Red", "Blue")}
    scenario = make_scenario(radio={"operators": operators})
    zones = white_zones(predict_coverage(province, scenario, threads=1), province, scenario)
    fifth = zones[zones["technology"] == "5g"]
    assert set(fifth["cause"]) == {NO_CARRIER}
    assert fifth["cells"].sum() == np.unique(province.area_cells.cell).size
    assert fifth["lacking_db"].isna().all()


def test_without_a_radius_what_no_signal_reaches_is_out_of_range(
    province: Province, make_scenario: MakeScenario
) -> None:
    one = replace(province, sites=province.sites[province.sites["site_id"] == "S3"])
    scenario = make_scenario(coverage=levels(), propagation={"radius_km": None}, radio=_whisper(make_scenario))
    coverage = predict_coverage(one, scenario, threads=1)
    zones = white_zones(coverage, one, scenario)
    fourth = zones[zones["technology"] == "4g"]
    assert NO_SITE in set(fourth["cause"])
    reach_m = np.hypot(*(np.argwhere(coverage.layers[0].best_sector >= 0) + 0.5 - (60.0, 30.0)).T).max() * CELL_M
    gone = fourth[fourth["cause"] == NO_SITE]
    assert (gone.geometry.distance(one.sites.geometry.iloc[0]) > reach_m - 2.0 * CELL_M).all()


def _whisper(make_scenario: MakeScenario) -> dict[str, object]:
    """Carriers of a tenth of a watt: derived radii end inside the province."""
    carriers = make_scenario().radio.model_dump()["carriers"]
    return {"carriers": {name: {**carrier, "power_dbm": 20.0} for name, carrier in carriers.items()}}


def test_what_the_level_lacks_is_what_would_serve(province: Province, make_scenario: MakeScenario) -> None:
    scenario = make_scenario(coverage={**levels(), "consider_uplink": False}, propagation={"radius_km": 6.0})
    coverage = predict_coverage(province, scenario, threads=1)
    cells = np.unique(province.area_cells.cell)
    white = cells[~Service(coverage, scenario, cells).served(technology="4g")]
    lacking = _Causes(coverage, province, scenario, "4g").lacking_db(white)
    assert (lacking > 0.0).all()
    for extra_db in (3.0, 9.0):
        louder = make_scenario(
            coverage={**levels(), "consider_uplink": False},
            propagation={"radius_km": 6.0},
            radio={"carriers": {
                name: {**carrier, "power_dbm": carrier["power_dbm"] + extra_db}
                for name, carrier in scenario.radio.model_dump()["carriers"].items()
            }},
        )  # fmt: skip
        now = served(province, louder, "4g", white)
        clear = np.abs(lacking - extra_db) > 0.01
        np.testing.assert_array_equal(now[clear], (lacking < extra_db)[clear])
