"""The road and cable network as files that networkx and QGIS read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.domain.plan import Work
from planner.domain.province import Province
from planner.optimise.network.roads import RoadNetwork, build_network, network_from_graph


def write_network(folder: Path, province: Province, works: Sequence[Work]) -> None:
    """Write the roads with their cables and the works planned along them as network.graphml and network.gpkg.

    The nodes also stand in network_nodes.csv, with the year fibre reaches them.

    Parameters
    ----------
    folder : Path
        Existing folder to write to.
    province : Province
        Roads and cables.
    works : sequence of Work
        Works; those with a road id stand in the attribute 'works' of its edges.
    """
    network, _ = build_network(province)
    named: dict[str, list[str]] = {}
    for work in works:
        if work.details.get("road_id"):
            named.setdefault(str(work.details["road_id"]), []).append(work.work_id)
    names = province.roads["road_id"].astype(str).to_numpy()
    planned = [",".join(sorted(named.get(names[row], ()))) for row in network.road]
    write_graphml(network, folder / "network.graphml", planned)
    years = _fibre_years(network, works)
    write_geopackage_network(network, province.crs, folder / "network.gpkg", planned, years)
    nodes = {"node_id": network.node_id, "x_m": network.x_m, "y_m": network.y_m, "on_fibre": network.on_fibre()}
    pd.DataFrame({**nodes, "fibre_year": years}).round(2).to_csv(folder / "network_nodes.csv", index=False)


def _fibre_years(network: RoadNetwork, works: Sequence[Work]) -> NDArray[np.int32]:
    """Phase in which new fibre first reaches each node; 0 where none does."""
    first: dict[str, int] = {}
    for work in works:
        if work.kind == "fibre_route" and work.year and not work.work_id.startswith("C:"):  # more cable is no new fibre
            for name in (str(work.details["node_a"]), str(work.details["node_b"])):
                first[name] = min(work.year, first.get(name, work.year))
    return np.array([first.get(str(name), 0) for name in network.node_id], dtype=np.int32)


def write_graphml(network: RoadNetwork, path: Path, planned: Sequence[str] = ()) -> None:
    """Write the network as GraphML.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    path : Path
        File to write.
    planned : sequence of str, optional
        Works along each edge, as text.
    """
    graph = network.to_networkx()
    if planned:
        for _, _, key, data in graph.edges(keys=True, data=True):
            data["works"] = planned[key]
    nx.write_graphml(graph, path)


def read_graphml(path: Path) -> RoadNetwork:
    """Read a network that `write_graphml` wrote.

    Parameters
    ----------
    path : Path
        File to read.

    Returns
    -------
    RoadNetwork
        The same network, nodes and edges in the same order.
    """
    return network_from_graph(nx.read_graphml(path, node_type=str, edge_key_type=int, force_multigraph=True))


def write_geopackage_network(
    network: RoadNetwork,
    crs: str,
    path: Path,
    planned: Sequence[str] = (),
    fibre_year: NDArray[np.int32] | None = None,
) -> None:
    """Write the network as a GeoPackage with layers 'network_nodes' and 'network_edges'.

    Parameters
    ----------
    network : RoadNetwork
        The network.
    crs : str
        Its reference system.
    path : Path
        File to write; layers of the same name are replaced.
    planned : sequence of str, optional
        Works along each edge, as text.
    fibre_year : ndarray of int32, shape (n_nodes,), optional
        Phase in which new fibre reaches each node, 0 for never.
    """
    nodes = gpd.GeoDataFrame(
        {
            "node_id": network.node_id.astype(str),
            "on_fibre": network.on_fibre(),
            **({} if fibre_year is None else {"fibre_year": fibre_year}),
        },
        geometry=shapely.points(network.x_m, network.y_m),
        crs=crs,
    )
    edges = gpd.GeoDataFrame(
        {
            "edge": np.arange(network.n_edges),
            "node_a": network.node_id[network.u].astype(str),
            "node_b": network.node_id[network.v].astype(str),
            "road": network.road,
            "length_m": network.length_m,
            "cabled": network.cabled,
            **({"works": list(planned)} if planned else {}),
        },
        geometry=network.line,
        crs=crs,
    )
    nodes.to_file(path, layer="network_nodes", driver="GPKG", engine="pyogrio")
    edges.to_file(path, layer="network_edges", driver="GPKG", engine="pyogrio")


def read_geopackage_network(path: Path) -> RoadNetwork:
    """Read a network that `write_geopackage_network` wrote.

    Parameters
    ----------
    path : Path
        File to read.

    Returns
    -------
    RoadNetwork
        The same network.
    """
    nodes = gpd.read_file(path, layer="network_nodes", engine="pyogrio")
    edges = gpd.read_file(path, layer="network_edges", engine="pyogrio")
    number = {name: index for index, name in enumerate(nodes["node_id"])}
    return RoadNetwork(
        node_id=nodes["node_id"].to_numpy(dtype=object),
        x_m=nodes.geometry.x.to_numpy(),
        y_m=nodes.geometry.y.to_numpy(),
        u=edges["node_a"].map(number).to_numpy(dtype=np.int32),
        v=edges["node_b"].map(number).to_numpy(dtype=np.int32),
        road=edges["road"].to_numpy(dtype=np.int32),
        length_m=edges["length_m"].to_numpy(dtype=np.float64),
        line=edges.geometry.to_numpy(),
        cabled=edges["cabled"].to_numpy(dtype=bool),
    )
