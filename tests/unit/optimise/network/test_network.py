"""The road network: oddities, snapping, and the way through networkx and files and back."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from planner.errors import DataError
from planner.optimise.fibre.plan import plan_fibre
from planner.optimise.network.roads import build_network, network_from_graph
from planner.optimise.network.snapping import snap_points
from planner.report.network_files import (
    read_geopackage_network,
    read_graphml,
    write_geopackage_network,
    write_graphml,
    write_network,
)

FIELDS = ("node_id", "x_m", "y_m", "u", "v", "road", "length_m", "cabled")


def _same(one, two):
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in FIELDS)
    assert shapely.equals_exact(one.line, two.line).all()


def test_networkx_graphml_and_geopackage_bring_back_the_same_network(town, tmp_path):
    province = town()
    network, notes = build_network(province)
    assert notes == []
    _same(network_from_graph(network.to_networkx()), network)
    write_graphml(network, tmp_path / "roads.graphml")
    _same(read_graphml(tmp_path / "roads.graphml"), network)
    write_geopackage_network(network, province.crs, tmp_path / "roads.gpkg")
    _same(read_geopackage_network(tmp_path / "roads.gpkg"), network)


def test_oddities_are_told(town):
    province = town()
    roads = province.roads.copy()
    roads.loc[0, "v"] = roads.loc[0, "u"]  # a loop
    roads = roads[~roads["road_id"].str.contains("A23")].reset_index(drop=True)
    cut = roads["road_id"].isin(["A00-A10", "A01-A11", "A02-A12", "A03-A13"])
    network, notes = build_network(replace(province, roads=roads[~cut].reset_index(drop=True)))
    text = " | ".join(notes)
    assert "begin and end at the same node" in text
    assert "pieces" in text
    assert "nearest gap is 1000 m" in text
    assert network.components().max() >= 1


def test_bad_lengths_are_named(town):
    province = town()
    roads = province.roads.copy()
    roads.loc[3, "length_m"] = -1.0
    roads.loc[4, "length_m"] = np.nan
    with pytest.raises(DataError) as caught:
        build_network(replace(province, roads=roads))
    assert len(caught.value.complaints) == 2
    graph = nx.Graph()
    graph.add_edge("a", "b", length_m=-3)
    with pytest.raises(DataError, match="length_m is -3"):
        network_from_graph(graph)


def test_snapping_cuts_roads_and_keeps_their_length(town):
    network, _ = build_network(town())
    x, y = (
        np.array([500_250.0, 500_750.0, 500_000.0, 510_000.0]),
        np.array([2_300_100.0, 2_299_950.0, 2_300_040.0, 2.3e6]),
    )
    snapped = snap_points(network, ["p", "q", "r", "far"], x, y, max_m=1_000.0)
    grown = snapped.network
    assert snapped.distance_m[:3] == pytest.approx([100.0, 50.0, 0.0])
    assert snapped.node[3] == -1
    roads = grown.road >= 0
    assert grown.length_m[roads].sum() == pytest.approx(network.length_m.sum())
    assert grown.n_edges == network.n_edges + 3 + 2  # three cuts; r stands on its road and needs no lateral
    assert str(grown.node_id[snapped.node[2]]).startswith("road:")
    assert grown.cabled[roads].sum() == 3  # the cabled road in three parts
    whole = nx.Graph(grown.to_networkx())
    assert nx.is_connected(whole)
    distance = nx.shortest_path_length(whole, "p", "q", weight="length_m")
    assert distance == pytest.approx(100 + 500 + 50)


def test_the_exported_graph_names_the_works_along_it(town, wishes, tmp_path):
    province = town()
    works = plan_fibre(province, wishes([{"kind": "fibre_households"}])).works
    write_network(tmp_path, province, works)
    graph = nx.read_graphml(tmp_path / "network.graphml", force_multigraph=True)
    named = {data["works"] for _, _, data in graph.edges(data=True)} - {""}
    assert named == {work.work_id for work in works if work.kind == "fibre_route"}
    edges = gpd.read_file(tmp_path / "network.gpkg", layer="network_edges")
    assert set(edges["works"]) - {"", None} == named
