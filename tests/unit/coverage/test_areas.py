"""From layers to areas: shares, centres, summaries, thresholds, roaming, anchors, candidates, white zones, loads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planner.config.schema import Scenario
from planner.coverage.areas import area_coverage, coverage_summary, served_entries
from planner.coverage.asked_points import centre_cells
from planner.coverage.border import border_areas
from planner.coverage.candidates_cover import cells_served
from planner.coverage.capacity import busy_hour_mbps_per_person, entry_rate_mbps, sector_loads, subscriber_shares
from planner.coverage.details import area_details
from planner.coverage.exposure import exposures
from planner.coverage.predict import predict_coverage
from planner.coverage.propagation import Propagation
from planner.coverage.sectors import build_sectors
from planner.coverage.service import entry_service
from planner.coverage.white_zones import CAUSES, INTERFERENCE, NO_CARRIER, NO_SITE, SHADOWED, white_zones
from planner.domain.coverage import CoverageMap, ProposedSite
from planner.domain.province import Province

CELL_M, WEST, NORTH = 90.0, 600_000.0, 2_360_000.0
Maker = Callable[..., Scenario]


@pytest.fixture(scope="module")
def coverage(province: Province, scenario: Scenario) -> CoverageMap:
    return predict_coverage(province, scenario, threads=1)


def test_shares_against_a_plain_twin(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    table = area_coverage(coverage, province, scenario).table
    layers = {(layer.operator, layer.technology): layer for layer in coverage.layers}
    cells = province.area_cells
    for operator, technology in (("Red", "4g"), ("Blue", "5g")):
        layer = layers[operator, technology]
        rows = table[(table["operator"] == operator) & (table["technology"] == technology) & (table["band"] == "any")]
        for receiver in ("outdoor", "indoor"):
            got = rows[rows["receiver"] == receiver].set_index("area_id")["people_share"]
            for number, area_id in enumerate(province.areas["area_id"]):
                share = sum(
                    cells.share[i]
                    for i in range(cells.indptr[number], cells.indptr[number + 1])
                    if layer.level_dbm.flat[cells.cell[i]] >= np.float32(layer.threshold_dbm[receiver])
                )
                assert got[area_id] == pytest.approx(share, abs=1e-12)


def test_table_has_a_row_for_everything(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    table = area_coverage(coverage, province, scenario).table
    keys = ["area_id", "operator", "technology", "band", "receiver"]
    assert not table.duplicated(keys).any()
    assert set(table["operator"]) == {"any", "Red", "Blue", "Green"}
    assert set(table["technology"]) == {"4g", "5g", "any"}
    assert table["people_share"].between(0.0, 1.0).all()
    pivot = table[table["band"] == "any"].pivot_table(
        index=["area_id", "receiver", "technology"], columns="operator", values="people_share", observed=True
    )
    assert (pivot["any"] >= pivot[["Red", "Blue"]].max(axis=1) - 1e-12).all()
    assert (pivot["Green"] == 0.0).all()


def test_summary_follows_from_the_table(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    areas = area_coverage(coverage, province, scenario)
    found = coverage_summary(areas, province, scenario)
    assert set(found) == {"4g", "5g", "any"}
    rows = areas.table[(areas.table["band"] == "any") & (areas.table["receiver"] == "outdoor")]
    people = province.areas.set_index("area_id")["population"]
    for technology, figures in found.items():
        assert set(figures["by_operator"]) == {"Red", "Blue", "Green"}
        block = rows[(rows["technology"] == technology) & (rows["operator"] == "any")].set_index("area_id")
        share = float((block["people_share"] * people).sum() / people.sum())
        assert figures["population_share"] == pytest.approx(share)
        assert figures["areas_share"] == pytest.approx(float((block["people_share"] >= 0.95 - 1e-9).mean()))
        assert isinstance(figures["white_areas"], int)
        assert {type(value) for key, value in figures.items() if key.endswith("share")} == {float}


def test_roaming_gives_everybody_every_network(province: Province, coverage: CoverageMap, make_scenario: Maker) -> None:
    roaming = make_scenario(coverage={"national_roaming": True, **_levels()})
    summary = coverage_summary(area_coverage(coverage, province, roaming), province, roaming)
    for figures in summary.values():
        assert all(own["population_share"] == figures["population_share"] for own in figures["by_operator"].values())


def _levels(**more: object) -> dict[str, object]:
    return {"thresholds": {"4g": {"level_dbm": -100, **more}, "5g": {"level_dbm": -105, **more}}}


def test_requirements_only_take_away(province: Province, coverage: CoverageMap, make_scenario: Maker) -> None:
    plain = served_entries(coverage, province, make_scenario(), "4g", "Red")
    for stricter in (
        make_scenario(coverage=_levels(sinr_db=5.0)),
        make_scenario(coverage=_levels(downlink_mbps=20.0)),
        make_scenario(coverage={**_levels(sinr_db=5.0), "cell_load": 1.0}),
    ):
        served = served_entries(coverage, province, stricter, "4g", "Red")
        assert not np.any(served & ~plain)
    loaded = served_entries(coverage, province, make_scenario(coverage=_levels(sinr_db=12.0)), "4g", "Red")
    assert loaded.sum() < plain.sum()
    assert not served_entries(coverage, province, make_scenario(coverage=_levels(downlink_mbps=1e5)), "4g").any()


def test_non_stand_alone_5g_needs_its_operators_4g(
    province: Province, scenario: Scenario, make_scenario: Maker
) -> None:
    radio = scenario.radio.model_dump()
    radio["carriers"]["nr"]["anchor"] = "nsa"
    radio["carriers"]["nr"]["power_dbm"] = 58.0
    anchored = make_scenario(radio=radio)
    radio["carriers"]["nr"]["anchor"] = "sa"
    alone = make_scenario(radio=radio)
    coverage = predict_coverage(province, anchored, threads=1)
    nsa, sa = (served_entries(coverage, province, one, "5g", "Blue") for one in (anchored, alone))
    base = served_entries(coverage, province, anchored, "4g", "Blue")
    np.testing.assert_array_equal(nsa, sa & base)
    assert nsa.sum() < sa.sum()


def test_sectors_of_unusual_power_have_their_own_uplink(
    province: Province, scenario: Scenario, make_scenario: Maker
) -> None:
    """Raising the power of a site whose uplink limits it serves nobody new."""
    radio = scenario.radio.model_dump()
    radio["terminal"]["power_dbm"] = 0.0
    weak = make_scenario(radio=radio)
    louder = replace(province, sites=province.sites.assign(power_dbm=[52.0, *[np.nan] * 4]))
    before = predict_coverage(province, weak, threads=1)
    after = predict_coverage(louder, weak, threads=1)
    assert before.layers[1].limited_by["outdoor"] == "uplink"
    was, now = (served_entries(one, province, weak, "4g", "Red") for one in (before, after))
    best = after.layers[1].best_sector.flat[province.area_cells.cell]
    own = np.array([after.layers[1].sectors[i].site_id == "S1" if i >= 0 else False for i in best])
    assert not np.any((now & ~was) & own)


def test_centre_is_inside_its_area(province: Province) -> None:
    cells = centre_cells(province)
    for number, cell in enumerate(cells):
        own = province.area_cells.cell[province.area_cells.indptr[number] : province.area_cells.indptr[number + 1]]
        assert cell in own


def test_candidates_serve_what_a_prediction_of_them_serves(province: Province, scenario: Scenario) -> None:
    rng = np.random.default_rng(4)
    proposals = [
        ProposedSite(
            f"N{i}", "Red", carrier, WEST + CELL_M * rng.uniform(5, 85), NORTH - CELL_M * rng.uniform(5, 85), 35.0
        )
        for i in range(4)
        for carrier in ("lte", "nr")
    ]
    indptr, entry = cells_served(province, scenario, proposals, threads=2)
    bare = replace(province, sites=province.sites.iloc[:0])
    for number, proposal in enumerate(proposals):
        found = predict_coverage(bare, scenario, extra_sites=[proposal], threads=1)
        technology = scenario.radio.carriers[proposal.carrier].technology
        served = np.flatnonzero(served_entries(found, province, scenario, technology, "Red"))
        mine = entry[indptr[number] : indptr[number + 1]]
        assert np.setxor1d(mine, served).size <= 1  # one cell may sit on the threshold: 0.006 dB between band sets
        assert np.all(np.diff(mine) > 0)
    some = np.arange(0, province.area_cells.cell.size, 3)
    starts, fewer = cells_served(province, scenario, proposals, entries=some, threads=1)
    np.testing.assert_array_equal(fewer, entry[np.isin(entry, some)])
    assert starts[-1] == fewer.size


def test_no_proposals_no_entries(province: Province, scenario: Scenario) -> None:
    indptr, entry = cells_served(province, scenario, [])
    assert indptr.tolist() == [0]
    assert entry.size == 0


def test_white_zones_cover_what_is_unserved(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    zones = white_zones(coverage, province, scenario)
    assert set(zones["cause"]) <= set(CAUSES)
    for technology in ("4g", "5g"):
        served = served_entries(coverage, province, scenario, technology)
        cells = np.unique(province.area_cells.cell[~served])
        own = zones[zones["technology"] == technology]
        area = own.geometry.area.sum() / CELL_M**2
        assert own["cells"].sum() == pytest.approx(area)
        assert own["cells"].sum() <= cells.size
        assert cells.size - own["cells"].sum() <= 12  # zones of one cell are left out
    assert zones.geometry.is_valid.all()


def test_causes_are_counterfactual(province: Province, make_scenario: Maker) -> None:
    only = replace(province, sites=province.sites[province.sites["site_id"] == "S2"])
    near = make_scenario(propagation={"radius_km": 2.0})
    zones = white_zones(predict_coverage(only, near, threads=1), only, near)
    assert NO_CARRIER in set(zones[zones["technology"] == "5g"]["cause"])
    assert set(zones[zones["technology"] == "4g"]["cause"]) & {NO_SITE}
    wide = make_scenario(propagation={"radius_km": 8.0})
    beyond = white_zones(predict_coverage(only, wide, threads=1), only, wide)
    behind = beyond[(beyond["technology"] == "4g") & (beyond["cause"] == SHADOWED)]
    assert len(behind)
    assert (behind.geometry.centroid.x < WEST + 45 * CELL_M).any()  # the ridge stands between
    loaded = make_scenario(propagation={"radius_km": 8.0}, coverage=_levels(sinr_db=40.0))
    jammed = white_zones(predict_coverage(province, loaded, threads=1), province, loaded)
    assert INTERFERENCE in set(jammed["cause"])


def test_everything_served_has_no_white_zone(province: Province, make_scenario: Maker) -> None:
    easy = make_scenario(
        coverage={"thresholds": {"4g": {"level_dbm": -140}, "5g": {"level_dbm": -140}}, "consider_uplink": False},
        propagation={"radius_km": 12.0},
    )
    zones = white_zones(predict_coverage(province, easy, threads=1), province, easy)
    assert zones.empty
    assert "cause" in zones.columns


def test_details_of_areas(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    table = area_details(coverage, province, scenario)
    assert len(table) == 24
    assert (table["rate_p5_mbps"] <= table["rate_p50_mbps"]).all()
    assert (table["rate_p50_mbps"] <= table["rate_p95_mbps"]).all()
    assert (table["operators_everywhere"] <= table["operators_somewhere"]).all()
    full = served_entries(coverage, province, scenario, "4g")
    lte = table[table["technology"] == "4g"].reset_index(drop=True)
    for number in range(12):
        own = full[province.area_cells.indptr[number] : province.area_cells.indptr[number + 1]]
        assert (lte["white_clusters"][number] == 0) == bool(own.all())
        assert lte["white_people"][number] == round(100 * (number + 1) * float((~own).mean()))


def test_details_by_operator_against_a_plain_twin(
    province: Province, scenario: Scenario, coverage: CoverageMap
) -> None:
    table = area_details(coverage, province, scenario, by_operator=True)
    assert len(table) == 12 * 4  # Green holds no carrier
    layers = {(layer.operator, layer.technology): layer for layer in coverage.layers}
    cells, service = province.area_cells, entry_service(coverage, province, scenario)
    for (operator, technology), block in table.groupby(["operator", "technology"]):
        layer = layers[operator, technology]
        at = np.arange(cells.cell.size)
        served = service.served(operator=operator, technology=technology)
        rate = np.where(served, entry_rate_mbps(service, layer, "outdoor", at), 0.0)
        level = layer.level_dbm.reshape(-1)[cells.cell]
        for number, row in enumerate(block.itertuples(index=False)):
            own = slice(cells.indptr[number], cells.indptr[number + 1])
            people = 100 * (number + 1)
            assert row.white_people == round(people * float((~served[own]).mean()))
            ranked = np.sort(rate[own])  # 25 entries of equal share
            for percent in (5, 50, 95):
                wanted = ranked[math.ceil(percent / 100 * 25) - 1]
                assert getattr(row, f"rate_p{percent}_mbps") == pytest.approx(wanted)
            heard = level[own][np.isfinite(level[own])]
            mean = float(heard.mean()) if heard.size else math.nan
            assert row.level_dbm == pytest.approx(mean, abs=1e-3, nan_ok=True)


def test_with_roaming_every_customer_has_all_networks(
    province: Province, coverage: CoverageMap, make_scenario: Maker
) -> None:
    scenario = make_scenario(coverage={**_levels(), "national_roaming": True})
    own = area_details(coverage, province, scenario, by_operator=True)
    every = area_details(coverage, province, scenario)
    shared = [name for name in own.columns if name != "operator"]
    for operator in ("Red", "Blue"):
        rows = own.loc[own["operator"] == operator, shared].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, every[shared])


def test_roaming_shares_the_load_among_networks(
    province: Province, coverage: CoverageMap, make_scenario: Maker
) -> None:
    operators = {"Red": {"carriers": ["lte", "nr"], "subscriber_share": 0.9}, "Blue": {"carriers": ["lte", "nr"]}}
    tables = []
    for roaming in (False, True):
        scenario = make_scenario(coverage={**_levels(), "national_roaming": roaming}, radio={"operators": operators})
        table = sector_loads(entry_service(coverage, province, scenario), province, scenario)
        assert not table.duplicated(["sector_id", "operator"]).any()
        tables.append(table.groupby("operator")["demand_mbps"].sum())
    assert "Blue" not in tables[0]  # nobody is its customer, so none of its sectors serves anybody
    assert tables[1]["Blue"] > 0.0
    assert tables[1].sum() >= tables[0].sum()


def test_loads_carry_all_served_demand(province: Province, scenario: Scenario, coverage: CoverageMap) -> None:
    service = entry_service(coverage, province, scenario)
    table = sector_loads(service, province, scenario, year=2030)
    assert (table["load"].diff().dropna() <= 0.0).all()
    assert (table["overloaded"] == (table["load"] > 1.0)).all()
    owner = np.repeat(np.arange(12), 25)
    people = province.areas["population"].to_numpy()[owner] * province.area_cells.share
    each = busy_hour_mbps_per_person(scenario, 2030)
    for operator, share in subscriber_shares(scenario).items():
        lte = served_entries(coverage, province, scenario, "4g", operator)
        nr = served_entries(coverage, province, scenario, "5g", operator)
        want = (people * each * share * (0.5 * nr + (0.5 + 0.5 * ~nr) * lte)).sum()
        assert table[table["operator"] == operator]["demand_mbps"].sum() == pytest.approx(want)
    assert busy_hour_mbps_per_person(scenario, 2030) > busy_hour_mbps_per_person(scenario, 2025)


def test_carriers_share_traffic_by_rate_and_count_nobody_twice(
    province: Province, scenario: Scenario, make_scenario: Maker
) -> None:
    radio = scenario.radio.model_dump()
    weak = {"technology": "4g", "band": "2100", "frequency_mhz": 2140, "bandwidth_mhz": 20, "power_dbm": 30}
    radio["carriers"]["weak"] = weak
    radio["operators"] = {"Red": {"carriers": ["lte", "weak"]}, "Blue": {"carriers": []}}
    scenario = make_scenario(coverage=_levels(), radio=radio)
    service = entry_service(predict_coverage(province, scenario, threads=1), province, scenario)
    table = sector_loads(service, province, scenario)
    owner = np.repeat(np.arange(12), 25)
    people = province.areas["population"].to_numpy()[owner] * province.area_cells.share
    served = served_entries(service.coverage, province, scenario, "4g", "Red")
    assert table["people"].sum() == pytest.approx(0.5 * people[served].sum())  # half of them are Blue's customers
    demand = table.groupby("carrier")["demand_mbps"].sum()
    assert 0.0 < demand["weak"] < 0.9 * demand["lte"]


@pytest.mark.parametrize("roaming", [False, True])
def test_loads_against_a_plain_twin(
    province: Province, coverage: CoverageMap, make_scenario: Maker, *, roaming: bool
) -> None:
    demand = {"share_4g": 0.3, "growth_per_year": 0.2, "population_growth_per_year": 0.02, "gb_per_month": 10.0}
    scenario = make_scenario(coverage={**_levels(), "national_roaming": roaming, "demand": demand})
    service = entry_service(coverage, province, scenario)
    table = sector_loads(service, province, scenario, year=2030).set_index(["operator", "sector_id"])
    mbps_each = 0.9 * 1.02**5 * 10.0 * 1.2**5 * 8000.0 / (365.25 / 12.0) * 0.08 / 3600.0
    cells, every = province.area_cells, range(province.area_cells.cell.size)
    served = [service.layer(index, "outdoor") for index in range(len(coverage.layers))]
    rates = [
        np.maximum(entry_rate_mbps(service, layer, "outdoor", np.arange(cells.cell.size), median=True), 0.1)
        for layer in coverage.layers
    ]
    load: dict[tuple[str, str], float] = {}
    for entry in every:
        area = int(np.searchsorted(cells.indptr, entry, side="right")) - 1
        people = 100 * (area + 1) * cells.share[entry]
        for customer in ("Blue", "Green", "Red"):
            asked = people * mbps_each / 3.0
            usable = [i for i, layer in enumerate(coverage.layers) if served[i][entry]]
            usable = [i for i in usable if roaming or coverage.layers[i].operator == customer]
            fifth = [i for i in usable if coverage.layers[i].technology == "5g"]
            fourth = [i for i in usable if coverage.layers[i].technology == "4g"]
            for layers, part in ((fifth, 0.7), (fourth, 0.3 if fifth else 1.0)):
                total = sum(rates[i][entry] for i in layers)
                for i in layers:  # each carries its part of the traffic at its rate
                    layer = coverage.layers[i]
                    key = layer.operator, layer.sectors[layer.best_sector.flat[cells.cell[entry]]].sector_id
                    carried = asked * part * rates[i][entry] / total
                    load[key] = load.get(key, 0.0) + carried / rates[i][entry]
    assert set(load) == set(table.index)
    for key, value in load.items():
        assert table.loc[key, "load"] == pytest.approx(value, rel=1e-9)
        assert table.loc[key, "overloaded"] == (value > 1.0)


def test_busy_hour_by_hand(scenario: Scenario) -> None:
    want = 0.9 * 14.0 * 8000.0 / (365.25 / 12.0) * 0.08 / 3600.0
    assert busy_hour_mbps_per_person(scenario, scenario.base_year) == pytest.approx(want)


def test_exposure_adds_up_on_a_mast(province: Province, scenario: Scenario) -> None:
    sectors, _ = build_sectors(province, scenario)
    patterns = Propagation(province, scenario).patterns
    one = next(field for field in exposures(sectors, province, scenario, patterns) if "S1" in field.site_ids)
    watts = sum(10.0 ** (0.1 * (power - 0.5 + 17.0 - 30.0)) for power in (46.0, 50.0))
    assert one.distance_m == pytest.approx((watts / (8.0 * np.pi)) ** 0.5, rel=2e-3)
    assert max(one.sector_m.values()) < one.distance_m
    near = province.areas.geometry.distance(province.sites.geometry.iloc[0])
    assert set(one.area_ids) == set(province.areas["area_id"][near <= one.distance_m])


def test_border_areas_are_flagged_without_neighbours(
    province: Province, coverage: CoverageMap, scenario: Scenario, make_scenario: Maker
) -> None:
    close = make_scenario(coverage={**_levels(), "border_margin_km": 0.5})
    flags = border_areas(province, close)
    edge = province.communes.geometry.iloc[0].boundary
    np.testing.assert_array_equal(flags, province.areas.geometry.distance(edge).to_numpy() < 500.0)
    assert 0 < flags.sum() < len(flags)
    neighbours = replace(province, sites=province.sites.assign(inside=[True] * 4 + [False]))
    assert not border_areas(neighbours, scenario).any()
    assert any("neighbouring provinces" in text for text in coverage.warnings)
