"""Who needs fibre: residential areas and their homes, communes, and what the targets ask of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from planner.config.programme import Target
from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.counting import count_required
from planner.optimise.network.roads import RoadNetwork
from planner.optimise.priority import priority_communes


@dataclass(frozen=True)
class FibreBaseline:
    """Fibre as it is.

    Attributes
    ----------
    node : ndarray of int64, shape (n_areas,)
        Network node of each area; -1 where no road is near enough.
    lit : ndarray of bool, shape (n_areas,)
        Whether a cable touches the area's node or homes there have fibre.
    homes_left : ndarray of int64, shape (n_areas,)
        Homes without fibre.
    office : ndarray of int64, shape (n_communes,)
        Area that holds each commune's office; -1 for a commune without areas.
    commune_lit : ndarray of bool, shape (n_communes,)
        Whether that area is lit.
    """

    node: NDArray[np.int64]
    lit: NDArray[np.bool_]
    homes_left: NDArray[np.int64]
    office: NDArray[np.int64]
    commune_lit: NDArray[np.bool_]


@dataclass(frozen=True)
class HomesQuota:
    """Homes a target still lacks.

    Attributes
    ----------
    name : str
        The target, with the commune where it is counted by commune.
    year : int
        Year it is due.
    areas : ndarray of int64
        Rows of the areas it is counted over.
    need : int
        Homes to connect.
    """

    name: str
    year: int
    areas: NDArray[np.int64]
    need: int


@dataclass(frozen=True)
class CommunesQuota:
    """Communes a target still lacks where it asks for a share of them: which ones is the plan's choice.

    Attributes
    ----------
    name : str
        The target.
    year : int
        Year it is due.
    communes : ndarray of int64
        Rows of the communes without fibre to choose from.
    need : int
        How many of them.
    """

    name: str
    year: int
    communes: NDArray[np.int64]
    need: int


@dataclass(frozen=True)
class FibreAsks:
    """What the fibre targets ask.

    Attributes
    ----------
    communes : dict of int to int
        Row of each commune to be connected -> year it is due.
    homes : tuple of HomesQuota
        Smallest sets of areas first.
    some_communes : tuple of CommunesQuota
        Communes of which only some must be connected.
    """

    communes: dict[int, int]
    homes: tuple[HomesQuota, ...]
    some_communes: tuple[CommunesQuota, ...] = ()


def fibre_baseline(province: Province, network: RoadNetwork, *, max_snap_m: float) -> FibreBaseline:
    """Read from the inventory who is on fibre.

    An area sits at the road node of its own id, or at the node nearest to a point inside its polygon. A commune is
    on fibre when its most populous area, where its office is taken to be, is.

    Parameters
    ----------
    province : Province
        Areas with `households`, `households_fibre`; communes.
    network : RoadNetwork
        Roads and cables.
    max_snap_m : float
        Farthest an area's point may be from its node, m.

    Returns
    -------
    FibreBaseline
        State of areas and communes.
    """
    areas = province.areas
    number = {name: index for index, name in enumerate(network.node_id)}
    node = np.array([number.get(name, -1) for name in areas["area_id"]], dtype=np.int64)
    lost = np.flatnonzero(node < 0)
    if lost.size and network.n_nodes:
        points = areas.geometry.iloc[lost].representative_point()
        tree = cKDTree(np.column_stack([network.x_m, network.y_m]))
        distance, nearest = tree.query(np.column_stack([points.x, points.y]), distance_upper_bound=max_snap_m)
        node[lost] = np.where(np.isfinite(distance), nearest, -1)
    fibre = areas["households_fibre"].to_numpy(dtype=np.int64)
    touched = network.on_fibre()
    lit = (fibre > 0) | ((node >= 0) & touched[np.maximum(node, 0)] if network.n_nodes else np.zeros(len(areas), bool))
    left = np.maximum(0, areas["households"].to_numpy(dtype=np.int64) - fibre)
    office = _offices(province)
    commune_lit = (office >= 0) & lit[np.maximum(office, 0)] if len(areas) else np.zeros(len(office), dtype=bool)
    return FibreBaseline(node, lit, left, office, commune_lit)


def _offices(province: Province) -> NDArray[np.int64]:
    """Row of the most populous area of each commune; ties go to the first id."""
    areas = province.areas
    order = np.lexsort((areas["area_id"].to_numpy(dtype=str), -areas["population"].to_numpy(dtype=np.float64)))
    first: dict[str, int] = {}
    codes = areas["commune_code"].to_numpy()
    for row in order.tolist():
        first.setdefault(codes[row], row)
    return np.array([first.get(code, -1) for code in province.communes["commune_code"]], dtype=np.int64)


def fibre_asks(province: Province, scenario: Scenario, baseline: FibreBaseline) -> FibreAsks:
    """Turn the fibre targets into communes and homes still to be connected.

    Parameters
    ----------
    province : Province
        Areas and communes.
    scenario : Scenario
        Its targets of kind 'fibre_communes' and 'fibre_households'.
    baseline : FibreBaseline
        Fibre as it is.

    Returns
    -------
    FibreAsks
        Nothing where no target asks.
    """
    communes: dict[int, int] = {}
    quotas: list[HomesQuota] = []
    some: list[CommunesQuota] = []
    for target in sorted(scenario.targets, key=lambda item: item.year):
        if target.kind == "fibre_communes":
            wanted, quota = _communes_wanted(province, scenario, baseline, target)
            for row in wanted:
                communes.setdefault(row, target.year)
            if quota is not None:
                some.append(quota)
        elif target.kind == "fibre_households":
            quotas += _quotas(province, baseline, target)
    quotas.sort(key=lambda quota: (quota.areas.size, quota.year, quota.name))
    return FibreAsks(communes, tuple(quotas), tuple(some))


def _communes_wanted(
    province: Province, scenario: Scenario, baseline: FibreBaseline, target: Target
) -> tuple[list[int], CommunesQuota | None]:
    """Communes a target wants by name, and the number it wants of others: priority communes come before any choice."""
    required = count_required(target.share, len(province.communes), strictly_over=target.strictly_over)
    lacking = max(0, required - int(baseline.commune_lit.sum()))
    codes = province.communes["commune_code"].to_numpy()
    dark = [row for row in np.flatnonzero(~baseline.commune_lit).tolist() if baseline.office[row] >= 0]
    if lacking >= len(dark):
        return dark, None
    named = priority_communes(province, scenario) if lacking else frozenset()
    first = [row for row in dark if codes[row] in named]
    wanted = first if len(first) <= lacking else []
    pool = [row for row in dark if row not in set(first)] if wanted or not first else first
    need = lacking - len(wanted)
    quota = CommunesQuota(target.name, target.year, np.array(pool, dtype=np.int64), need) if need else None
    return wanted, quota


def _quotas(province: Province, baseline: FibreBaseline, target: Target) -> list[HomesQuota]:
    """Homes a target lacks, over all areas it counts or commune by commune."""
    areas = province.areas
    rows = np.arange(len(areas))
    if target.area_kinds is not None:
        rows = np.flatnonzero(areas["kind"].isin(target.area_kinds).to_numpy())
    parts = [(target.name, rows)]
    if target.per_commune:
        codes = areas["commune_code"].to_numpy()
        parts = [(f"{target.name}, commune {code}", rows[codes[rows] == code]) for code in sorted(set(codes[rows]))]
    found = []
    for name, part in parts:
        homes = int(areas["households"].to_numpy(dtype=np.int64)[part].sum())
        required = count_required(target.share, homes, strictly_over=target.strictly_over)
        need = required - (homes - int(baseline.homes_left[part].sum()))
        if need > 0:
            found.append(HomesQuota(name, target.year, part, need))
    return found
