"""The fibre plan on towns whose best plan is known or can be enumerated."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from shapely import Point

from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices
from planner.optimise.fibre.choice import NodeChoice, choose_nodes
from planner.optimise.fibre.node_choice import NodeQuota
from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.network.backhaul import SiteNeed, line_of_sight, merge_needs, microwave_links
from planner.optimise.network.pon import line_terminals
from planner.optimise.network.roads import build_network
from planner.optimise.programme.state import NetworkLedger
from planner.optimise.sites.link_estimate import link_estimates_vnd
from planner.optimise.sites.options import SiteOption
from planner.optimise.steiner.network import Network
from planner.optimise.stopping import Stop


def test_full_target_connects_every_home_and_commune(town, wishes):
    province = town(fibre={"A00": 100, "A01": 60})
    scenario = wishes([{"kind": "fibre_communes"}, {"kind": "fibre_households"}])
    works, bound, notes = plan_fibre(province, scenario)
    assert NetworkLedger(province, scenario).fibre(works) == {"communes_share": 1.0, "households_share": 1.0}
    assert sum(work.kind == "fibre_route" for work in works) == 10  # 12 villages, 2 on cable: a tree of 10 roads
    homes = sum(work.people for work in works if work.kind == "distribution")
    assert homes == 12 * 100 - 160
    prices = fibre_prices(Prices(scenario.costs))
    fixed = homes * prices.home_vnd + 3 * prices.commune_terminal_vnd  # offices are the most populous villages, Ar3
    assert bound.cost_vnd == sum(work.cost_vnd for work in works) == fixed + 10 * round(1000 * prices.aerial_per_m[2])
    assert bound.lower_bound_vnd == bound.cost_vnd
    assert notes == ()


def test_a_share_is_met_exactly_and_homes_beside_fibre_come_without_routes(town, wishes):
    province = town(fibre={"A00": 100, "A01": 0})
    scenario = wishes([{"kind": "fibre_households", "share": 0.1, "strictly_over": True}])
    works, bound, _ = plan_fibre(province, scenario)
    assert [(work.kind, work.people) for work in works] == [("distribution", 21)]  # over 120 of 1200: 121
    assert bound.gap_share == 0.0


def test_a_share_of_communes_takes_the_cheapest_unless_some_come_first(town, wishes):
    province = town()
    province = replace(province, communes=province.communes.assign(population=[100, 200, 900]))
    asked = [{"kind": "fibre_communes", "share": 0.3, "year": 2026}]
    works, bound, notes = plan_fibre(province, wishes(asked))
    assert [work.work_id for work in works if work.kind == "commune_terminal"] == ["T:00000"]  # not the most populous
    assert sum(work.length_km for work in works) == pytest.approx(2.0)
    assert (bound.stopped_by, round(bound.gap_share, 6), notes) == ("proved", 0.0, ())
    named = wishes(asked, planning={"priority_communes": ["00002"]})
    works, bound, _ = plan_fibre(province, named)
    assert [work.work_id for work in works if work.kind == "commune_terminal"] == ["T:00002"]
    assert bound.gap_share == 0.0


def test_communes_of_an_earlier_share_are_due_earlier(town, wishes):
    asked = [{"kind": "fibre_communes", "share": share, "year": year} for share, year in ((0.6, 2026), (1.0, 2030))]
    works, _, _ = plan_fibre(town(), wishes(asked))
    due = sorted(work.due_year for work in works if work.kind == "commune_terminal")
    assert due == [2026, 2026, 2030]


def test_nothing_asked_costs_nothing(town, wishes):
    works, bound, _ = plan_fibre(town(), wishes([]))
    assert works == ()
    assert (bound.cost_vnd, bound.lower_bound_vnd, bound.gap_share) == (0, 0, 0.0)


def test_routes_are_required_by_what_hangs_on_them(town, wishes):
    works, _, _ = plan_fibre(town(), wishes([{"kind": "fibre_households"}]))
    by_id = {work.work_id: work for work in works}
    for work in works:
        chain, steps = work, 0
        while chain.requires:
            assert len(chain.requires) == 1
            chain, steps = by_id[chain.requires[0]], steps + 1
            assert steps < 20
    far = by_id["D:A23"]
    assert by_id[far.requires[0]].kind == "fibre_route"
    assert far.requires[0].endswith("A23")


def test_new_fibre_is_buried_inside_zones(town, wishes):
    zone = ("Z1", "urban", "existing", True, (500_900.0, 2_299_000.0, 505_000.0, 2_304_000.0))
    works, _, _ = plan_fibre(town(zones=[zone]), wishes([{"kind": "fibre_households"}]))
    routes = {work.details["road_id"]: work for work in works if work.kind == "fibre_route"}
    inside = [work for name, work in routes.items() if name[2] != "0"]
    assert inside
    assert all(work.details["placement"] == "buried" for work in inside)
    assert all(
        work.details["buried_km"] + work.details["aerial_km"] == pytest.approx(work.length_km)
        for work in works
        if work.kind == "fibre_route"
    )


def test_unreachable_villages_are_named(town, wishes):
    province = town()
    left = province.roads[~province.roads["road_id"].str.contains("A23")].reset_index(drop=True)
    province = replace(province, roads=left)
    works, _, notes = plan_fibre(province, wishes([{"kind": "fibre_households"}], data={"max_snap_m": 500}))
    assert any("lacks 100 homes" in note and "A23" in note for note in notes)
    assert not any(work.work_id == "D:A23" for work in works)


def test_a_province_without_cable_begins_somewhere_and_says_so(town, wishes):
    works, _, notes = plan_fibre(town(cabled={}), wishes([{"kind": "fibre_households"}]))
    assert any("no fibre exists" in note for note in notes)
    assert sum(work.kind == "fibre_route" for work in works) == 11


def test_a_site_beside_the_road_gets_a_lateral_and_its_radio_work_waits(town, wishes):
    need = SiteNeed("N1", "VNPT", 502_500.0, 2_300_300.0, 40.0, ("N:1",), True, 2030)
    works, bound, _ = plan_fibre(town(), wishes([]), [need])
    lateral = next(work for work in works if work.work_id == "F:site:N1")
    assert lateral.length_km == pytest.approx(0.3)
    assert lateral.details["for_works"] == "N:1"
    assert sum(work.length_km for work in works) == pytest.approx(0.3 + 1.5)
    assert lateral.owner == "VNPT"
    assert bound.gap_share == 0.0


def test_microwave_is_taken_where_it_is_cheaper(town, wishes):
    need = SiteNeed("N1", "VNPT", 503_000.0, 2_302_300.0, 40.0, ("N:1",), False, 2030)
    cheap = {"sites": {"microwave_hop": {"value": 10e6}}}
    dear = {"sites": {"microwave_hop": {"value": 10e9}}}
    kinds = [
        {work.kind for work in plan_fibre(town(), wishes([], costs=dict(costs)), [need]).works}
        for costs in (cheap, dear)
    ]
    assert kinds == [{"backhaul_microwave"}, {"fibre_route"}]


def test_needs_of_one_mast_share_its_link():
    one = SiteNeed("M", "Viettel", 0.0, 0.0, 30.0, ("a",), False, 2030)
    two = SiteNeed("M", "MobiFone", 0.0, 0.0, 30.0, ("b",), True, 2028)
    assert merge_needs([one, two]) == (SiteNeed("M", "MobiFone", 0.0, 0.0, 30.0, ("b", "a"), True, 2028),)


def test_line_of_sight_needs_its_fresnel_zone():
    flat = np.zeros(201)
    # 10 km at 15 GHz: first Fresnel radius 7.07 m in the middle, bulge 1.47 m: 0.6 * 7.07 + 1.47 = 5.7 m
    assert not line_of_sight(flat, 10_000.0, 5.6, 5.6, 15.0)
    assert line_of_sight(flat, 10_000.0, 5.8, 5.8, 15.0)
    hill = flat.copy()
    hill[100] = 30.0
    assert not line_of_sight(hill, 10_000.0, 30.0, 30.0, 15.0)
    assert line_of_sight(hill, 10_000.0, 40.0, 40.0, 15.0)


def test_a_relay_carries_a_link_over_a_ridge(town, wishes):
    province = town(rows=1, cols=6, microwave=("A00", "A01", "A02"))
    grid = province.terrain.grid
    ridge = (np.arange(grid.cols) * 100.0 + grid.x_west_m > 501_900) & (
        np.arange(grid.cols) * 100.0 + grid.x_west_m < 502_100
    )
    province.terrain.elevation_asl_m[:, ridge] = 120.0
    need = SiteNeed("N", "VNPT", 500_500.0, 2_300_200.0, 30.0)
    (link,) = microwave_links(province, wishes([]), [need])
    assert link is not None
    assert link.hosts[0] == "SA02"  # the mast on the ridge
    assert len(link.hop_km) == 2
    assert link.cost_vnd == 2 * Prices(wishes([]).costs).vnd(wishes([]).costs.sites.microwave_hop)


def _microwave(**keys):
    return {"microwave": keys}


def test_rain_limits_hops_and_leaves_low_frequencies_to_long_ones(town, wishes):
    province = town(rows=1, cols=6, microwave=("A00", "A01", "A02", "A03", "A04"))
    province.sites["height_agl_m"] = 60.0
    need = SiteNeed("N", "VNPT", 500_500.0, 2_300_200.0, 60.0)  # A05 with fibre is 4.5 km away, A02 1.5 km

    def links(**keys):
        return microwave_links(province, wishes([], planning=_microwave(**keys)), [need])[0]

    at_once = links()
    assert at_once.hosts == ("SA05",)
    assert at_once.limits[0].rain_mm_h == 95.0
    assert at_once.spare_db > 0.0
    relayed = links(rain_region="P", availability_pct=99.995)  # at most 4.4 km
    assert len(relayed.hosts) == 2
    assert max(relayed.hop_km) < relayed.limits[0].longest_km < 4.5
    assert links(rain_mm_h=250.0, availability_pct=99.999) is None
    mixed = links(rain_region="P", availability_pct=99.995, further_frequencies_ghz=[38.0, 11.0])
    assert [limit.frequency_ghz for limit in mixed.limits] == [11.0]  # 38 GHz bears 1.6 km there, 15 GHz 4.4


def test_a_microwave_work_tells_its_limit(town, wishes):
    need = SiteNeed("N1", "VNPT", 503_000.0, 2_302_300.0, 40.0, ("N:1",), False, 2030)
    (work,), _, notes = plan_fibre(town(), wishes([], costs={"sites": {"microwave_hop": {"value": 10e6}}}), [need])
    assert "microwave hops: 15 GHz, 95 mm/h: at most 7.2 km for 99.99 %" in notes
    assert "15 GHz, 95 mm/h: at most 7.2 km for 99.99 %" in work.reason
    assert work.details["frequency_ghz"] == "15"
    assert work.details["hop_km"] < work.details["longest_hop_km"]
    assert work.details["spare_margin_db"] > 0.0


def test_second_ways_are_edge_disjoint(town, wishes):
    scenario = wishes([{"kind": "fibre_communes"}], planning={"ring_for_communes": True})
    province = town()
    works, _, notes = plan_fibre(province, scenario)
    graph = nx.Graph([("A00", "A01")])
    graph.add_edges_from(
        (work.details["node_a"], work.details["node_b"]) for work in works if work.kind == "fibre_route"
    )
    merged = nx.contracted_nodes(graph, "A00", "A01", self_loops=False)
    for office in ("A03", "A13", "A23"):
        assert nx.edge_connectivity(merged, "A00", office) >= 2
    assert any("second ways" in note for note in notes)


@pytest.mark.parametrize("seed", range(6))
def test_quota_choice_matches_enumeration(seed):
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if j - i < 3]
    cost = rng.integers(1, 60, len(pairs)).astype(float)
    network = Network(n, np.array([p[0] for p in pairs], np.int32), np.array([p[1] for p in pairs], np.int32), cost)
    homes = np.concatenate([[0], rng.integers(1, 20, n - 1)])
    half = homes * (np.arange(n) % 2)
    penalty = np.zeros(n)
    penalty[4] = 25.0
    quotas = (NodeQuota(homes, int(homes.sum() * 0.6)), NodeQuota(half, int(half.sum() * 0.5)))
    choice = NodeChoice(network, np.array([2]), penalty, quotas)
    answer = choose_nodes(choice, Stop(60), np.random.default_rng(1))
    best = np.inf
    for size in range(n - 1):
        for nodes in combinations(range(1, n), size + 1):
            inside = [0, *nodes]
            if 2 not in nodes or any(quota.homes[inside].sum() < quota.need for quota in quotas):
                continue
            part = nx.Graph()
            part.add_nodes_from(inside)
            priced = zip(pairs, cost, strict=True)
            part.add_weighted_edges_from((u, v, c) for (u, v), c in priced if u in inside and v in inside)
            if nx.is_connected(part):
                tree = nx.minimum_spanning_tree(part).size(weight="weight")
                best = min(best, tree + sum(penalty[v] for v in range(n) if v not in inside))
    reached = choice.reached(answer.edges)
    assert all(quota.homes[reached].sum() >= quota.need for quota in quotas)
    assert answer.bound <= best + 1e-6
    assert answer.value >= best - 1e-6
    assert answer.value <= 1.05 * best


def test_listed_places_are_connected_once_a_fibre_target_asks(town, wishes):
    places = gpd.GeoDataFrame({"place_id": ["school"]}, geometry=[Point(502_500.0, 2_300_100.0)], crs="EPSG:32648")
    province = replace(town(), places=places)
    works, _, _ = plan_fibre(province, wishes([{"kind": "fibre_communes", "share": 0.0}]))
    lateral = next(work for work in works if work.work_id == "F:site:place:school")
    assert lateral.reason == "way to 1 place"
    assert sum(work.length_km for work in works) == pytest.approx(1.6)
    assert plan_fibre(province, wishes([])).works == ()


def test_links_of_sites_are_cheaper_from_fibre_that_is_laid_anyway(town, wishes):
    province, scenario = town(), wishes([])
    option = SiteOption(
        work_id="N:x", kind="new_site", owner="Viettel", payer="operator", technology="5g", carriers=("nr",), host="x",
        x_m=503_000.0, y_m=2_300_000.0, height_agl_m=42.0, commune_code="", cost_vnd=1, opex_vnd_per_year=0,
        has_fibre=False, reason="",
    )  # fmt: skip
    rows = {name: row for row, name in enumerate(province.roads["road_id"])}
    before = link_estimates_vnd(province, scenario, [option])["N:x"]
    half = link_estimates_vnd(province, scenario, [option], laid=frozenset([rows["A01-A02"]]))["N:x"]
    assert 2 * half == before  # one kilometre left instead of two
    assert link_estimates_vnd(province, scenario, [option], laid=frozenset([rows["A02-A03"]]))["N:x"] == 0


def test_second_ways_without_a_trunk_are_told(town, wishes):
    province = town()
    province.cables["level"] = "access"
    scenario = wishes([{"kind": "fibre_communes"}], planning={"ring_for_communes": True})
    works, bound, notes = plan_fibre(province, scenario)
    assert not [work for work in works if work.work_id.startswith("R:")]
    assert any("no cable is of level trunk" in note for note in notes)
    assert bound.gap_share == 0.0


def test_homes_beyond_reach_get_line_terminals_that_they_require(town, wishes):
    scenario = wishes([{"kind": "fibre_households"}], planning={"pon_reach_km": 2.5})
    works, bound, notes = plan_fibre(town(), scenario)
    terminals = [work for work in works if work.kind == "line_terminal"]
    served = {name for work in terminals for name in work.area_ids}
    homes = {work.details["area_id"]: work for work in works if work.kind == "distribution"}
    far = {name for name, work in homes.items() if work.details["pon_km"] > 2.5}
    assert served == far != set()
    named = {work.work_id for work in terminals}
    for name, work in homes.items():
        assert bool(named & set(work.requires)) == (name in far)
    assert sum(work.details["homes"] for work in terminals) == 100 * len(far)
    price = Prices(scenario.costs).vnd(scenario.costs.fibre.line_terminal)
    assert {work.cost_vnd for work in terminals} == {price}
    assert bound.cost_vnd == sum(work.cost_vnd for work in works)
    assert 0.98 * bound.cost_vnd <= bound.lower_bound_vnd <= bound.cost_vnd
    assert any(f"{len(terminals)} line terminals nearer by" in note for note in notes)
    near = plan_fibre(town(), wishes([{"kind": "fibre_households"}])).works
    assert not [work for work in near if work.kind == "line_terminal"]


def test_few_terminals_bring_every_far_node_within_reach(town):
    row = {f"A0{c}-A0{c + 1}": ["V:aerial"] for c in range(7)}
    roads, _ = build_network(town(1, 8, cabled=row))
    node = {str(name): number for number, name in enumerate(roads.node_id)}
    far = {node[f"A0{c}"]: 10 for c in range(3, 8)}
    found = line_terminals(roads, np.zeros(0, np.int64), far, 1.0)
    assert set(found) == set(far)
    for place, terminal in found.items():
        assert abs(int(str(roads.node_id[place])[2]) - int(str(roads.node_id[terminal])[2])) <= 1
    assert len(set(found.values())) == 2
    assert line_terminals(roads, np.zeros(0, np.int64), {}, 1.0) == {}
