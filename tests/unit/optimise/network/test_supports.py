"""Existing ducts and poles, road classes, and crossings of rivers and railways in the price of cable."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point, box

from planner.costs.catalogue import Prices
from planner.costs.discounting import annuity_factor
from planner.costs.fibre import fibre_prices
from planner.data.crossings import find_crossings, read_crossing_words
from planner.data.findings import Findings
from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.network.graph import price_edges
from planner.optimise.network.roads import build_network
from planner.optimise.network.snapping import snap_points
from planner.optimise.programme.quantities import bill_of_quantities
from planner.optimise.underground.plan import plan_undergrounding

NO_REUSE = {"reuse_cables": False}
RURAL = 2


def _with_cables(province, **columns):
    return replace(province, cables=province.cables.assign(**columns))


def _crossed(province, rows):
    table = gpd.GeoDataFrame(
        {"road_id": [name for name, _, _ in rows], "kind": [kind for _, kind, _ in rows]},
        geometry=[point for _, _, point in rows], crs=province.crs,
    )  # fmt: skip
    return replace(province, crossings=table)


def _prices(province, scenario, roads=None):
    roads = build_network(province)[0] if roads is None else roads
    names = province.roads["road_id"].to_numpy()
    found = price_edges(province, scenario, roads)
    return {str(names[row]): edge for edge, row in enumerate(roads.road.tolist()) if row >= 0}, found


def test_a_duct_with_room_is_rented_instead_of_a_trench(town, wishes):
    scenario = wishes([], planning=NO_REUSE, costs={"fibre": {"placement": "buried"}})
    scenario = scenario.model_copy(update={"costs": scenario.costs.model_copy(update={"horizon_years": 1})})
    province = _with_cables(town(cabled={"A00-A01": ["Viettel:underground"]}), spare_ducts=2, support="duct")
    prices = fibre_prices(Prices(scenario.costs))
    edge, found = _prices(province, scenario)
    here, other = edge["A00-A01"], edge["A01-A02"]
    assert found.support[here] == 1
    assert found.vnd[here] == round(1_000 * prices.in_duct_per_m[RURAL])
    assert found.rent_vnd[here] == round(1_000 * prices.duct_rent_per_m_year)
    assert found.whole_vnd[here] == found.vnd[here] + round(found.rent_vnd[here] * annuity_factor(0.05, 1))
    assert (found.support[other], found.vnd[other]) == (0, round(1_000 * prices.buried_per_m[RURAL]))
    full, _ = _prices(_with_cables(province, spare_ducts=0), scenario)
    assert _prices(_with_cables(province, spare_ducts=0), scenario)[1].support[full["A00-A01"]] == 0


def test_a_rent_that_costs_more_than_a_trench_is_not_paid(town, wishes):
    dear = {"fibre": {"placement": "buried"}, "undergrounding": {"duct_rent_per_m_year": {"value": 1e7}}}
    province = _with_cables(town(cabled={"A00-A01": ["Viettel:underground"]}), spare_ducts=2)
    edge, found = _prices(province, wishes([], planning=NO_REUSE, costs=dear))
    assert found.support[edge["A00-A01"]] == 0
    assert found.rent_vnd.sum() == 0


def test_standing_poles_take_aerial_cable_but_none_that_must_be_buried(town, wishes):
    cabled = {"A00-A01": ["Viettel:aerial"], "A02-A03": ["Viettel:aerial"]}
    zone = [("Z", "urban", "new", False, (502_000.0, 2_299_500.0, 503_500.0, 2_300_500.0))]
    province = _with_cables(town(cabled=cabled, zones=zone), support="pole")
    scenario = wishes([{"kind": "underground_zones", "zone_status": "new"}], planning=NO_REUSE)
    prices = fibre_prices(Prices(scenario.costs))
    edge, found = _prices(province, scenario)
    hung = edge["A00-A01"]
    assert found.support[hung] == 2
    assert found.vnd[hung] == round(round(1_000 * prices.aerial_per_m[RURAL]) * prices.on_poles_share)
    assert found.rent_vnd[hung] == round(1_000 * prices.pole_rent_per_m_year)
    assert found.support[edge["A02-A03"]] == 0


def test_the_bound_counts_rents_and_works_carry_them(town, wishes):
    cabled = {"A00-A01": ["Viettel:aerial"], "A01-A02": ["Viettel:aerial"], "A02-A03": ["Viettel:aerial"]}
    province = _with_cables(town(cabled=cabled), level=["trunk", "access", "access"], support="pole")
    scenario = wishes([{"kind": "fibre_communes"}], planning=NO_REUSE)
    works, bound, _ = plan_fibre(province, scenario)
    rented = [work for work in works if work.opex_vnd_per_year]
    assert [work.work_id for work in rented] == ["F:A01-A02", "F:A02-A03"]
    assert all(work.details["support"] == "pole" for work in rented)
    assert bound.cost_vnd == sum(work.cost_vnd + work.details.get("rent_present_vnd", 0) for work in works)
    assert bound.lower_bound_vnd == bound.cost_vnd
    items = bill_of_quantities(works)["item"]
    assert items.str.contains("existing poles").any()


def test_road_classes_and_crossings_make_a_way_dearer(town, wishes):
    province = town()
    roads = province.roads.assign(road_class=np.where(province.roads["road_id"] == "A01-A02", "path", "local"))
    province = _crossed(
        replace(province, roads=roads),
        [("A01-A02", "river", Point(501_400, 2_300_000)), ("A02-A12", "railway", Point(502_000, 2_300_500))],
    )
    scenario = wishes([], costs={"fibre": {"road_class_factor": {"path": 1.5}}})
    prices = fibre_prices(Prices(scenario.costs))
    edge, found = _prices(province, scenario)
    metre = 1_000 * prices.aerial_per_m[RURAL]
    assert found.vnd[edge["A01-A02"]] == round(round(metre) * 1.5) + prices.river_crossing_vnd
    assert found.vnd[edge["A02-A12"]] == round(metre) + prices.railway_crossing_vnd
    assert found.vnd[edge["A02-A03"]] == round(metre)
    cut = snap_points(
        build_network(province)[0], ["p"], np.array([501_700.0]), np.array([2_300_200.0]), max_m=900.0
    ).network
    parts = np.flatnonzero(cut.road == cut.road[edge["A01-A02"]])
    paid = price_edges(province, scenario, cut).crossing_vnd[parts]
    assert sorted(paid.tolist()) == [0.0, prices.river_crossing_vnd]  # once, on the piece that holds it


def test_a_crossing_turns_the_route(town, wishes):
    province = town(2, 2, cabled={"A00-A01": ["Viettel:aerial"]})
    scenario = wishes([{"kind": "fibre_communes"}])
    routes = [work for work in plan_fibre(province, scenario).works if work.kind == "fibre_route"]
    taken = routes[0].details["road_id"]
    other = {"A00-A10": "A01-A11", "A01-A11": "A00-A10"}[taken]
    middle = province.roads.set_index("road_id").geometry[taken].interpolate(0.5, normalized=True)
    wet = plan_fibre(_crossed(province, [(taken, "river", middle)]), scenario).works
    names = {work.details["road_id"] for work in wet if work.kind == "fibre_route"}
    assert taken not in names
    assert other in names


def test_crossings_come_from_the_column_and_from_layers(town):
    roads = town(2, 3).roads
    roads["crossing"] = ["Bridge", *[""] * 6]
    findings = Findings()
    read_crossing_words(roads, findings)
    assert not findings.has_errors()
    water = gpd.GeoDataFrame(geometry=[box(501_240, 2_299_000, 501_260, 2_301_000)], crs=roads.crs)
    tracks = gpd.GeoDataFrame(
        geometry=[LineString([(499_000, y), (503_000, y)]) for y in (2_300_500, 2_300_510)], crs=roads.crs
    )
    found = find_crossings(roads, water, tracks)
    listed = sorted(zip(found["road_id"], found["kind"], strict=True))
    assert listed == [
        ("A00-A01", "river"), ("A00-A10", "railway"), ("A01-A02", "river"), ("A01-A11", "railway"),
        ("A02-A12", "railway"), ("A11-A12", "river"),
    ]  # fmt: skip
    assert found.geometry[found["road_id"] == "A01-A02"].x.iloc[0] == pytest.approx(501_250)
    assert find_crossings(roads.drop(columns="crossing"), None, None) is None
    roads["crossing"] = "brigde"
    read_crossing_words(roads, findings)
    assert "did you mean 'bridge'" in findings.sorted()[0].message


def test_cables_underground_use_ducts_with_room(town, wishes):
    zone = [("W", "residential", "new", False, (499_500.0, 2_299_500.0, 500_500.0, 2_300_500.0))]
    cheap_rent = {
        "per_m": {ground: {"value": 600_000.0} for ground in ("urban", "suburban", "rural")},
        "mobilisation": {"value": 40e6}, "duct_rent_per_m_year": {"value": 10_000.0},
    }  # fmt: skip
    scenario = wishes([{"kind": "underground_zones", "zone_status": "new"}], costs={"undergrounding": cheap_rent})
    cabled = {"A00-A01": ["Viettel:aerial", "VNPT:aerial", "MobiFone:underground"]}
    province = _with_cables(town(cabled=cabled, zones=zone), spare_ducts=[0, 0, 2])
    works, bound, _ = plan_undergrounding(province, scenario)
    (work,) = works
    assert work.details["way"] == "existing duct"
    assert work.cost_vnd == round(500 * 600_000 * 0.2 * 2) + 40_000_000
    assert work.opex_vnd_per_year == 500 * 2 * 10_000
    assert bound.cost_vnd == work.whole_vnd
    (dug,) = plan_undergrounding(_with_cables(province, spare_ducts=[0, 0, 1]), scenario)[0]  # one is not enough
    assert (dug.details["way"], dug.opex_vnd_per_year) == ("trench", 0)
