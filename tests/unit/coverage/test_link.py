"""One link worked out: the climate, earth and model the coverage engine would take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from planner.config.schema import Scenario
from planner.coverage.link import LinkEnds, explain_link
from planner.coverage.masts import Mast
from planner.coverage.propagation import Propagation
from planner.domain.province import Province
from planner.errors import DataError, ModelRangeError

MakeScenario = Callable[..., Scenario]


def link_ends(province: Province, *, to: tuple[float, float] = (60.5, 30.5), frequency_mhz: float = 1800.0) -> LinkEnds:
    """A link over the ridge, between two places given in cells from the north-west corner."""
    grid = province.terrain.grid
    to_degrees = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True)
    places = [
        to_degrees.transform(grid.x_west_m + col * grid.cell_m, grid.y_north_m - row * grid.cell_m)
        for col, row in ((20.5, 30.5), to)
    ]
    return LinkEnds(places[0], places[1], 35.0, 1.5, frequency_mhz)


def test_every_intermediate_of_a_shadowed_link_is_given(province: Province, scenario: Scenario) -> None:
    report = explain_link(province, scenario, link_ends(province))
    assert report.clearance_share < 0.0
    assert len(report.loss.intermediates) > 10
    assert report.link.needed_profile.length_km == pytest.approx(3.6, abs=1e-6)
    assert np.isfinite(report.loss.loss_db)


def test_the_k_factor_bends_the_ray_of_the_link(province: Province, make_scenario: MakeScenario) -> None:
    flat = explain_link(province, make_scenario(propagation={"earth_k": 4.0}), link_ends(province))
    round_ = explain_link(province, make_scenario(propagation={"earth_k": 1.1}), link_ends(province))
    assert round_.loss.loss_db > flat.loss.loss_db
    assert flat.link.delta_n == pytest.approx(157.0 * 0.75)


def test_the_link_takes_its_climate_from_the_maps(
    province: Province, make_scenario: MakeScenario, tmp_path: Path
) -> None:
    for name, value in (("dn50.txt", 61.0), ("n050.txt", 350.0)):
        np.savetxt(tmp_path / name, np.full((121, 241), value), fmt="%.1f")
    maps = {"dn50_file": str(tmp_path / "dn50.txt"), "n050_file": str(tmp_path / "n050.txt")}
    report = explain_link(province, make_scenario(propagation=maps), link_ends(province))
    assert (report.link.delta_n, report.link.n0) == (61.0, 350.0)


def test_the_receivers_environment_chooses_the_model(province: Province, make_scenario: MakeScenario) -> None:
    scenario = make_scenario(propagation={"model_by_environment": {"trees": "hata"}})
    among_trees = explain_link(province, scenario, link_ends(province, to=(58.5, 30.5)))
    in_the_open = explain_link(province, scenario, link_ends(province))
    assert among_trees.link.environment == "trees"
    assert "Hata" in among_trees.model
    assert "P.1812" in in_the_open.model


def test_impossible_links_are_refused(province: Province, scenario: Scenario) -> None:
    with pytest.raises(DataError, match="no length"):
        explain_link(province, scenario, link_ends(province, to=(20.5, 30.5)))
    with pytest.raises(DataError, match="no profile"):
        explain_link(province, scenario, link_ends(province, to=(300.0, 30.5)))
    with pytest.raises(ModelRangeError, match="frequency"):
        explain_link(province, scenario, link_ends(province, frequency_mhz=26_000.0))


@pytest.mark.parametrize("model", ["p1812", "itm"])
def test_the_link_is_what_coverage_computes(province: Province, make_scenario: MakeScenario, model: str) -> None:
    clutter = {code: entry.model_dump() for code, entry in make_scenario().propagation.clutter.items()}
    clutter[40] |= {"offset_db": 3.0, "slope_db_per_decade": 7.0, "offset_by_band_db": {"1800": -1.5}}
    scenario = make_scenario(
        propagation={
            "model": "free_space", "model_by_band": {"1800": model}, "clutter": clutter, "mode": "exact",
            "sampling": "bilinear", "end_correction": "p2108_terrestrial",
        }
    )  # fmt: skip
    propagation, grid = Propagation(province, scenario), province.terrain.grid
    (x, far_x), (y, far_y) = grid.centres(np.array([30, 33]), np.array([20, 59]))
    row0, col0, loss = propagation.losses(Mast(float(x), float(y), 35.0, ("lte",), ()), 4000.0)
    to_degrees = Transformer.from_crs(province.crs, "EPSG:4326", always_xy=True).transform
    report = explain_link(
        province, scenario, LinkEnds(to_degrees(x, y), to_degrees(far_x, far_y), 35.0, 1.5, 1842.5, "1800")
    )
    assert report.total_db - report.loss.loss_db == pytest.approx(1.5 + 7.0 * np.log10(3.52), abs=0.05)
    assert float(loss[0, 33 - row0, 59 - col0]) == pytest.approx(report.total_db, abs=2e-3)
