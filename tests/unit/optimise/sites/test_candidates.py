"""Where new masts may stand, and which radio works a plan may choose from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import box

from planner.config.load import load_scenario
from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.discounting import annuity_factor
from planner.domain.province import Province
from planner.optimise.sites.candidates import CandidatePoint, candidate_points
from planner.optimise.sites.option_maker import OptionMaker
from planner.optimise.sites.options import SiteOption

OPERATORS = ("Viettel", "VNPT", "MobiFone", "Gmobile")


@pytest.fixture(scope="module")
def demo(root: Path) -> Scenario:
    return load_scenario(root / "scenarios" / "demo.yaml", ["planning.candidates.spacing_m=200"])


def with_rules(scenario: Scenario, **rules: object) -> Scenario:
    candidates = scenario.planning.candidates.model_copy(update=rules)
    planning = scenario.planning.model_copy(update={"candidates": candidates})
    return scenario.model_copy(update={"planning": planning})


def points(province: Province, scenario: Scenario, reach_m: float = 1e5) -> list[CandidatePoint]:
    wanting: NDArray[np.int64] = np.asarray(province.area_cells.cell, dtype=np.int64)
    return candidate_points(province, scenario, wanting, reach_m)


def test_one_candidate_a_lattice_cell_each_with_its_reason(hamlet: Province, demo: Scenario) -> None:
    found = points(hamlet, demo)
    cells = [(int(one.x_m // 200), int(one.y_m // 200)) for one in found]
    assert len(set(cells)) == len(found) > 10
    assert {one.reason.split()[0] for one in found} == {"in", "beside"}  # flat ground has no hilltop
    assert {one.commune_code for one in found} == {"00007", "00008"}


def test_fewer_when_fewer_are_asked_for(hamlet: Province, demo: Scenario) -> None:
    assert 1 <= len(points(hamlet, with_rules(demo, max_candidates=5))) <= 5
    assert points(hamlet, with_rules(demo, max_candidates=0)) == []


def test_no_candidate_out_of_reach_or_near_homes(hamlet: Province, demo: Scenario) -> None:
    centres = np.array([(one.x, one.y) for one in hamlet.areas.geometry.centroid])
    for one in points(hamlet, with_rules(demo, min_distance_to_homes_m=300.0), reach_m=450.0):
        away = np.hypot(*(centres - (one.x_m, one.y_m)).T)
        assert 300.0 <= away.min() <= 450.0 + 150.0


def test_no_candidate_beyond_the_border_in_water_or_in_an_excluded_zone(hamlet: Province, demo: Scenario) -> None:
    every = points(hamlet, demo)
    west = replace(hamlet, communes=hamlet.communes.iloc[:1])
    assert 0 < len(points(west, demo)) < len(every)
    assert all(one.x_m <= 502_500 for one in points(west, demo))
    flooded = hamlet.terrain.land_cover.copy()
    flooded[:, 10:] = 80
    wet = replace(hamlet, terrain=replace(hamlet.terrain, land_cover=flooded))
    assert 0 < len(points(wet, demo)) < len(every)
    assert all(one.x_m <= 501_000 for one in points(wet, demo))
    park = gpd.GeoDataFrame({"zone_id": ["Z1"]}, geometry=[box(500_000, 2_299_000, 502_000, 2_300_000)], crs=hamlet.crs)
    zoned = replace(hamlet, zones=park)
    kept = points(zoned, with_rules(demo, exclusion_zone_ids=["Z1"]))
    assert 0 < len(kept) < len(every)
    assert all(one.x_m > 502_000 for one in kept)


def test_small_cells_stand_beside_macros_but_lower(hamlet: Province, demo: Scenario) -> None:
    found = points(hamlet, with_rules(demo, small_cells=True))
    small = [one for one in found if one.stands_on == "small cell"]
    assert len(small) == len(found) - len(small)
    assert {one.height_agl_m for one in small} == {12.0}


def test_upgrades_only_where_spectrum_is_held_and_the_technology_lacks(hamlet: Province, demo: Scenario) -> None:
    found = OptionMaker(hamlet, demo, "5g", OPERATORS).upgrades()
    assert [one.work_id for one in found] == ["U:S1:5g", "U:S2:5g"]
    assert OptionMaker(hamlet, demo, "4g", OPERATORS).upgrades() == []
    hamlet.sites["operator"] = "Gmobile"
    assert OptionMaker(hamlet, demo, "5g", OPERATORS).upgrades() == []


def builders(found: list[SiteOption]) -> set[str]:
    return {one.owner for one in found}


def test_who_may_build_and_where_there_is_room(hamlet: Province, demo: Scenario) -> None:
    maker = OptionMaker(hamlet, demo, "5g", OPERATORS)
    place = points(hamlet, demo)[:1]
    assert builders(maker.new_sites(place)) == builders(maker.colocations()) == {"Viettel", "VNPT", "MobiFone"}
    only = OptionMaker(hamlet, with_rules(demo, operators=["VNPT"]), "5g", OPERATORS)
    assert builders(only.new_sites(place)) == builders(only.colocations()) == {"VNPT"}
    assert builders(only.upgrades()) == {"Viettel", "VNPT"}  # what stands already may be upgraded by its owner
    full = OptionMaker(hamlet, with_rules(demo, max_tenants=1), "5g", OPERATORS)
    assert full.colocations() == []
    weak = OptionMaker(hamlet, with_rules(demo, colocation_structures=["pole"]), "5g", OPERATORS)
    assert weak.colocations() == []
    private = demo.model_copy(update={"coverage": demo.coverage.model_copy(update={"infrastructure_sharing": False})})
    assert OptionMaker(hamlet, private, "5g", OPERATORS).colocations() == []


def test_a_new_mast_brings_its_power_where_there_is_no_grid(hamlet: Province, demo: Scenario) -> None:
    place = points(hamlet, demo)
    plain = {one.work_id: one for one in OptionMaker(hamlet, demo, "5g", OPERATORS).new_sites(place)}
    dark = replace(hamlet, areas=hamlet.areas.assign(has_grid=[True, True, False]))
    found = OptionMaker(dark, demo, "5g", OPERATORS).new_sites(place)
    extra = {one.work_id: one.cost_vnd - plain[one.work_id].cost_vnd for one in found}
    power = Prices(demo.costs).vnd(demo.costs.sites.power_off_grid)
    assert set(extra.values()) == {0, power}
    for one in found:  # the third village is the nearest one east of 502,400 m
        assert extra[one.work_id] == (power if one.x_m > 502_400 else 0)
        assert ("brings its own power" in one.reason) == (one.x_m > 502_400)


def test_operation_is_weighed_where_the_scenario_asks_for_it(hamlet: Province, demo: Scenario) -> None:
    place = points(hamlet, demo)[:1]
    plain = OptionMaker(hamlet, demo, "5g", OPERATORS)
    planning = demo.planning.model_copy(update={"weigh_operation": True})
    weighed = OptionMaker(hamlet, demo.model_copy(update={"planning": planning}), "5g", OPERATORS)
    years = annuity_factor(demo.costs.discount_rate, demo.costs.horizon_years)
    for bare, full in zip(
        [*plain.upgrades(), *plain.colocations(), *plain.new_sites(place)],
        [*weighed.upgrades(), *weighed.colocations(), *weighed.new_sites(place)],
        strict=True,
    ):
        assert bare.whole_vnd == bare.cost_vnd == full.cost_vnd
        assert full.whole_vnd == pytest.approx(full.cost_vnd + years * full.opex_vnd_per_year, abs=1.0)
        assert full.opex_vnd_per_year > 0


def with_roofs(province: Province) -> Province:
    places = gpd.GeoDataFrame(
        {
            "place_id": ["S1", "S2", "C1", "X9"], "name": ["Trường Một", "Trạm Hai", "camera", "market"],
            "kind": ["Secondary school", "clinic", "camera", "market"], "height_m": [14.0, np.nan, np.nan, 9.0],
        },
        geometry=gpd.points_from_xy([500_650, 501_650, 500_660, 503_050], [2_299_450] * 4), crs=province.crs,
    )  # fmt: skip
    poles = gpd.GeoDataFrame(
        {"pole_id": ["P1", "P2"], "owner": ["EVN", ""], "height_m": [8.5, np.nan]},
        geometry=gpd.points_from_xy([500_700, 503_100], [2_299_420] * 2),
        crs=province.crs,
    )
    return replace(province, places=places, poles=poles, cables=province.cables.assign(support="pole"))


def test_roofs_of_public_places_of_the_kinds_that_may_carry_radio(hamlet: Province, demo: Scenario) -> None:
    plain = points(hamlet, demo)
    found = points(with_roofs(hamlet), demo)
    roofs = [one for one in found if one.stands_on == "roof"]
    assert [one for one in found if one.stands_on == "mast"] == plain  # roofs do not push masts out
    assert {(one.reason, one.height_agl_m) for one in roofs} == {
        ("on the roof of Trường Một (Secondary school)", 14.0 + demo.planning.candidates.roof_mast_m),
        ("on the roof of Trạm Hai (clinic)", demo.planning.candidates.rooftop_height_agl_m),
    }
    assert all(one.candidate_id.startswith("R") for one in roofs)
    assert points(with_roofs(hamlet), with_rules(demo, rooftops=False)) == plain
    options = {one.host: one for one in OptionMaker(hamlet, demo, "5g", ("VNPT",)).new_sites(roofs)}
    prices = Prices(demo.costs)
    for one in options.values():
        assert one.stands_on == "roof"
        assert one.kind == "new_site"
        assert one.cost_vnd == prices.vnd(demo.costs.sites.new_rooftop)
        assert one.opex_vnd_per_year == prices.vnd(demo.costs.sites.opex_rooftop_per_year)


def test_small_cells_on_poles_that_stand(hamlet: Province, demo: Scenario) -> None:
    assert not [one for one in points(with_roofs(hamlet), demo) if one.stands_on == "pole"]  # not asked for
    small = with_rules(demo, small_cells=True, rooftops=False)
    poles = [one for one in points(with_roofs(hamlet), small) if one.stands_on == "pole"]
    told = {one.reason: one.height_agl_m for one in poles}
    assert told["on pole P1 of EVN"] == 8.5
    assert told["on pole P2"] == small.planning.candidates.small_cell_height_agl_m
    assert "on the poles of Viettel along road 1" in told
    cells = [(int(one.x_m // 200), int(one.y_m // 200)) for one in poles]
    assert len(set(cells)) == len(cells)
    own = OptionMaker(hamlet, small, "5g", ("VNPT",)).new_sites(poles)
    assert {one.cost_vnd for one in own} == {Prices(demo.costs).vnd(demo.costs.sites.new_pole_cell)}
    assert {one.aim.power_dbm for one in own} == {small.planning.candidates.small_cell_power_dbm}
