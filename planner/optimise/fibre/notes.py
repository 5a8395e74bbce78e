"""What a fibre plan leaves undone, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.province import Province
from planner.optimise.fibre.case import FibreCase
from planner.optimise.fibre.completion import Completion
from planner.optimise.fibre.span_load import Relief
from planner.radio.microwave import hop_limits


def beyond_reach(
    scenario: Scenario, far: Mapping[int, int], beside: Completion, whole_vnd: NDArray[np.float64]
) -> list[str]:
    """Say how many homes are too far from the trunk for one passive network, and what serves them.

    Parameters
    ----------
    scenario : Scenario
        Its `planning.pon_reach_km`.
    far : mapping of int to int
        Node -> homes beyond reach over existing fibre and the tree.
    beside : Completion
        What brings them within reach.
    whole_vnd : ndarray of float64, shape (m,)
        Cost of fibre along every edge, VND.

    Returns
    -------
    list of str
        A sentence, or none.
    """
    if not far:
        return []
    helps = []
    if beside.nearer.size:
        helps.append(f"{beside.nearer.size} further routes for {round(float(whole_vnd[beside.nearer].sum())):,} VND")
    if beside.terminals.size:
        helps.append(f"{beside.terminals.size} line terminals nearer by")
    note = (
        f"{sum(far.values()):,} homes at {len(far)} places are more than {scenario.planning.pon_reach_km:g} km of fibre"
        f" from the trunk, or on cable that does not lead to it: {' and '.join(helps)} serve them"
    )
    return [note]


def ring_notes(scenario: Scenario, case: FibreCase, beside: Completion) -> list[str]:
    """Say what second ways cost, and which are not to be had.

    Parameters
    ----------
    scenario : Scenario
        Whether they are asked for.
    case : FibreCase
        Network and prices.
    beside : Completion
        The second ways.

    Returns
    -------
    list of str
        None where they are not asked for.
    """
    if not scenario.planning.ring_for_communes:
        return []
    if not case.core.any():
        return ["communes cannot get second ways: no cable is of level trunk, so that nothing says where they lead to"]
    cost = round(float(case.prices.whole_vnd[beside.rings].sum()))
    notes = [f"second ways for communes cost {cost:,} VND beside the routes that reach them and homes"]
    if beside.lonely:
        notes.append(f"{len(beside.lonely)} communes cannot get a second way: some road is the only one to them")
    return notes


def hop_notes(scenario: Scenario, case: FibreCase) -> list[str]:
    """Say how long microwave hops may be, where some site could have one.

    Parameters
    ----------
    scenario : Scenario
        Frequencies, link budget, rain.
    case : FibreCase
        Sites that need a link.

    Returns
    -------
    list of str
        A sentence, or none.
    """
    if not scenario.planning.microwave_allowed or all(need.must_be_fibre for need in case.needs):
        return []
    return [f"microwave hops: {'; '.join(str(limit) for limit in hop_limits(scenario))}"]


def span_notes(case: FibreCase, relief: Relief) -> list[str]:
    """Say what full spans of existing cable need, and which fibres begin on cable that leads nowhere.

    Parameters
    ----------
    case : FibreCase
        Network and spans.
    relief : Relief
        What is built there.

    Returns
    -------
    list of str
        Nothing where every span holds what is asked.
    """
    notes = []
    known = "" if case.spans.used_is_known else "; what is in use on them today is not known and not counted"
    if relief.lacking:
        cost = round(float(case.spans.vnd[[*relief.lacking]].sum()))
        notes.append(
            f"{len(relief.lacking)} existing spans hold fewer fibres than the plan takes: more cable there for"
            f" {cost:,} VND{known}"
        )
    if relief.detours:
        cost = round(float(case.prices.whole_vnd[[*relief.detours]].sum()))
        notes.append(f"{len(relief.detours)} routes lead fibres round full cable for {cost:,} VND{known}")
    if relief.stranded:
        notes.append(f"{relief.stranded} fibres begin on existing cable that does not lead to the trunk")
    return notes


def shortfalls(
    province: Province,
    case: FibreCase,
    homes: dict[int, int],
    communes: dict[int, int],
    reached: NDArray[np.bool_],
) -> list[str]:
    """Say which demands no road or link reaches.

    Parameters
    ----------
    province : Province
        Names of areas and communes.
    case : FibreCase
        Demands.
    homes : dict of int to int
        Area row -> homes connected.
    communes : dict of int to int
        Commune row -> year, for communes the plan connects.
    reached : ndarray of bool, shape (n_solver_nodes,)
        Solver nodes of the chosen tree.

    Returns
    -------
    list of str
        A sentence for each kind of demand that is missed.
    """
    notes = []
    lost = [row for row in case.asks.communes if row not in communes]
    if lost:
        names = ", ".join(str(province.communes["name"].iat[row]) for row in lost[:5])
        notes.append(f"{len(lost)} communes cannot be reached over the road network ({names})")
    for some in case.asks.some_communes:
        missing = some.need - len(communes.keys() & set(some.communes.tolist()))
        if missing > 0:
            notes.append(f"target '{some.name}' lacks {missing} communes that no road reaches")
    for quota in case.asks.homes:
        missing = quota.need - sum(homes.get(area, 0) for area in quota.areas.tolist())
        if missing > 0:
            cut = [area for area in quota.areas.tolist() if case.solver_node(area) < 0 and not case.baseline.lit[area]]
            names = ", ".join(str(province.areas["area_id"].iat[area]) for area in cut[:5])
            notes.append(f"target '{quota.name}' lacks {missing} homes that no road reaches ({names})")
    for need, node, link in zip(case.needs, case.site_node.tolist(), case.links, strict=True):
        place = int(case.rooted.node_of[node]) if node >= 0 else -1
        if link is None and (place < 0 or not reached[place]):
            notes.append(
                f"{need.what} {need.site_id} has no link: no road near enough leads to fibre, no mast is in sight"
            )
    return notes
