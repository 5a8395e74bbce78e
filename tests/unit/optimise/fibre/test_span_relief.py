"""Full spans of existing cable: what is counted, what relieves them, and what it costs."""

from __future__ import annotations

from itertools import pairwise, product

import networkx as nx
import numpy as np
import pytest

from planner.costs.catalogue import Prices
from planner.costs.fibre import fibre_prices
from planner.costs.supports import DUCT, OWN, POLE, room_beside
from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.fibre.span_load import NO_LIMIT, SpanNeed, Spans, relieve
from planner.optimise.network.roads import build_network
from planner.optimise.programme.quantities import bill_of_quantities

HOMES = [{"kind": "fibre_households"}]
FAR = float("inf")
LINE = {"A00-A01": ["V:aerial"], "A01-A02": ["V:aerial"], "A02-A03": ["V:aerial"], "A12-A13": ["V:aerial"]}


def _network(town, cabled):
    roads, _ = build_network(town(cabled=cabled))
    node = {str(name): number for number, name in enumerate(roads.node_id)}
    edge = {f"{roads.node_id[roads.u[e]]}-{roads.node_id[roads.v[e]]}": e for e in range(roads.n_edges)}
    core = np.zeros(roads.n_nodes, dtype=bool)
    core[node["A00"]] = True
    return roads, node, edge, core


def _spans(roads, room, vnd=1e6):
    held = np.where(roads.cabled, room, NO_LIMIT)
    return Spans(held, np.full(roads.n_edges, POLE, np.int8), np.full(roads.n_edges, float(vnd)), False)


def test_fibres_are_counted_on_every_span_to_the_trunk(town):
    roads, node, edge, core = _network(town, LINE)
    asked = {"A03": 3, "A01": 2, "A13": 7, "A00": 1}
    needs = [SpanNeed(node[name], -1, fibres, FAR, 2030 - fibres) for name, fibres in asked.items()]
    found = relieve(roads, _spans(roads, 0), roads.cabled, core, needs, None)
    assert found.lacking == {edge["A00-A01"]: 5, edge["A01-A02"]: 3, edge["A02-A03"]: 3}
    assert found.due[edge["A00-A01"]] == 2027
    assert found.stranded == 7
    assert found.cost_vnd == 3e6
    to_terminal = [SpanNeed(node["A03"], node["A02"], 3, FAR, 0)]
    assert relieve(roads, _spans(roads, 0), roads.cabled, core, to_terminal, None).lacking == {edge["A02-A03"]: 3}
    assert not relieve(roads, _spans(roads, 5), roads.cabled, core, needs, None).lacking


def test_cable_with_room_is_used_before_any_is_bought(town):
    ring = {name: ["V:aerial"] for name in ("A00-A01", "A01-A02", "A00-A10", "A10-A11", "A11-A12", "A02-A12")}
    roads, node, edge, core = _network(town, ring)
    needs = [SpanNeed(node["A02"], -1, 4, FAR, 0), SpanNeed(node["A01"], -1, 4, FAR, 0)]
    new = np.full(roads.n_edges, 1e5)
    plain = relieve(roads, _spans(roads, 4), roads.cabled, core, needs, None)
    assert set(plain.lacking) == {edge["A00-A01"]}
    assert relieve(roads, _spans(roads, 4), roads.cabled, core, needs, new).cost_vnd == 0.0
    near = [need._replace(reach_m=2_500.0) for need in needs]  # the way round is 4 km: homes may not be led over it
    assert relieve(roads, _spans(roads, 4), roads.cabled, core, near, 1e3 * new).lacking == plain.lacking
    short = relieve(roads, _spans(roads, 4, vnd=3e5), roads.cabled, core, near, new)
    assert not short.detours  # no new road is shorter than the one that is full
    assert short.cost_vnd == 3e5


@pytest.mark.parametrize("seed", range(8))
def test_relief_is_never_below_the_least_of_all_ways(town, seed):
    rng = np.random.default_rng(seed)
    every = [f"A{r}{c}-A{r}{c + 1}" for r in range(3) for c in range(3)]
    every += [f"A{r}{c}-A{r + 1}{c}" for r in range(2) for c in range(4)]
    cabled = {name: ["V:aerial"] for name in every if rng.random() < 0.6} | {"A00-A01": ["V:aerial"]}
    roads, node, _, core = _network(town, cabled)
    spans = Spans(
        np.where(roads.cabled, rng.integers(2, 6, roads.n_edges), NO_LIMIT), np.full(roads.n_edges, DUCT, np.int8),
        rng.integers(1, 9, roads.n_edges) * 1e6, True,
    )  # fmt: skip
    route_vnd = rng.integers(2, 20, roads.n_edges) * 1e6
    graph = nx.Graph([(int(a), int(b)) for a, b in zip(roads.u, roads.v, strict=True)])
    number = {frozenset((int(a), int(b))): e for e, (a, b) in enumerate(zip(roads.u, roads.v, strict=True))}
    lit = nx.Graph([(int(roads.u[e]), int(roads.v[e])) for e in np.flatnonzero(roads.cabled)])
    places = [name for name in ("A01", "A02", "A11") if node[name] in lit and nx.has_path(lit, node["A00"], node[name])]
    needs = [SpanNeed(node[name], -1, 3, FAR, 0) for name in places]

    def cost(ways):
        taken = np.zeros(roads.n_edges, np.int64)
        for way in ways:
            for a, b in pairwise(way):
                taken[number[frozenset((a, b))]] += 3
        over = roads.cabled & (taken > spans.room)
        return float(spans.vnd[over].sum() + route_vnd[~roads.cabled & (taken > 0)].sum())

    every_way = [list(nx.all_simple_paths(graph, need.node, node["A00"], cutoff=6)) for need in needs]
    least = min(cost(ways) for ways in product(*every_way))
    plain = relieve(roads, spans, roads.cabled, core, needs, None)
    found = relieve(roads, spans, roads.cabled, core, needs, route_vnd.astype(np.float64))
    assert least <= found.cost_vnd <= plain.cost_vnd


def _full_town(town, **columns):
    province = town(cabled={"A00-A01": ["V:aerial"], "A01-A02": ["V:aerial"]}, homes=1_000)
    province.cables["level"] = ["trunk", "access"]
    for name, values in columns.items():
        province.cables[name] = values
    return province


def test_more_cable_is_a_work_with_its_price(town, wishes):
    scenario = wishes(HOMES)
    works, bound, notes = plan_fibre(_full_town(town, fibres=[24, 12]), scenario)
    (more,) = [work for work in works if work.work_id.startswith("C:")]
    assert more.work_id == "C:A01-A02"
    prices = fibre_prices(Prices(scenario.costs))
    assert more.cost_vnd == round(prices.aerial_per_m[2] * prices.on_poles_share * 1_000)
    assert more.details["support"] == "pole"
    assert more.details["aerial_km"] == more.length_km == 1.0
    assert more.details["cable_fibres"] >= 1.25 * more.details["fibres_needed"] > 0
    assert "existing cable has 12 fibres free" in more.reason
    assert more.due_year == 2030
    assert bound.cost_vnd == sum(work.whole_vnd for work in works)
    assert bound.lower_bound_vnd <= bound.cost_vnd - more.cost_vnd
    assert any("1 existing spans hold fewer fibres" in note and "not known" in note for note in notes)
    bill = bill_of_quantities(works)
    assert bill["cost_vnd"].sum() == sum(work.cost_vnd for work in works)
    assert "fibre route, rural, on existing poles" in set(bill["item"])


def test_fibres_in_use_count_where_they_are_known(town, wishes):
    scenario = wishes(HOMES)
    free = plan_fibre(_full_town(town, fibres=[96, 288]), scenario)
    assert not [work for work in free.works if work.work_id.startswith("C:")]
    assert not any("hold fewer" in note for note in free.notes)
    used = plan_fibre(_full_town(town, fibres=[96, 288], fibres_used=[0, 280]), scenario)
    (more,) = [work for work in used.works if work.work_id.startswith("C:")]
    assert "existing cable has 8 fibres free" in more.reason
    assert not any("not known" in note for note in used.notes)
    overdrawn = plan_fibre(_full_town(town, fibres=[96, 288], fibres_used=[0, 300]), scenario)
    assert any("existing cable has 0 fibres free" in work.reason for work in overdrawn.works)


def test_where_one_more_cable_goes(town):
    roads = {"A00-A01": ["V:aerial"], "A01-A02": ["V:underground"], "A02-A03": ["V:underground"]}
    province = town(cabled=roads)

    def beside():
        at = dict(zip(province.roads["road_id"], room_beside(province).tolist(), strict=True))
        return [at[name] for name in (*roads, "A10-A11")]

    assert beside() == [POLE, DUCT, DUCT, OWN]
    province.cables["support"] = ["pole", "duct", "direct"]
    assert beside() == [POLE, DUCT, OWN, OWN]
    province.cables["spare_ducts"] = [0, 0, 0]
    assert beside() == [POLE, OWN, OWN, OWN]
