"""The fibre plan: communes, homes and radio sites linked to what exists, at least cost and with a proven bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.domain.plan import Bound, Work
from planner.domain.province import Province
from planner.optimise.fibre.beside_works import nearer_routes, relief_works, second_ways
from planner.optimise.fibre.bound import fibre_bound
from planner.optimise.fibre.case import FibreCase
from planner.optimise.fibre.choice import NodeAnswer, choose_nodes, nearest_first
from planner.optimise.fibre.commitments import committed_asks, committed_links, fixed_edges, without_forbidden
from planner.optimise.fibre.commune_choice import communes_connected, largest_quotas, offices_at_nodes
from planner.optimise.fibre.commune_rings import trunk_nodes
from planner.optimise.fibre.completion import Completion, Finish, complete, least_total_vnd
from planner.optimise.fibre.demand import FibreBaseline, fibre_asks, fibre_baseline
from planner.optimise.fibre.fibre_counts import span_needs
from planner.optimise.fibre.further_choice import choose_further, simple_further
from planner.optimise.fibre.homes import far_homes, homes_at_nodes, homes_connected
from planner.optimise.fibre.node_choice import NodeChoice, NodeQuota
from planner.optimise.fibre.notes import beyond_reach, hop_notes, ring_notes, shortfalls, span_notes
from planner.optimise.fibre.served import microwave_work
from planner.optimise.fibre.span_load import Relief, existing_spans, relieve
from planner.optimise.fibre.tree import orient
from planner.optimise.fibre.works import WorkWriter
from planner.optimise.network.backhaul import MicrowaveLink, SiteNeed, merge_needs, microwave_links, place_needs
from planner.optimise.network.graph import ROOT, join_to_root, price_edges
from planner.optimise.network.pon import distance_along_fibre_km
from planner.optimise.network.roads import RoadNetwork, build_network
from planner.optimise.network.snapping import snap_points
from planner.optimise.steiner.network import Network
from planner.optimise.stopping import Stop, Watch


class FibrePlan(NamedTuple):
    """The fibre part of a plan.

    Attributes
    ----------
    works : tuple of Work
        Routes, distribution, commune terminals, microwave links; sorted by id, without years.
    bound : Bound
        Cost and proven least cost of all works together.
    notes : tuple of str
        What a reader must know.
    """

    works: tuple[Work, ...]
    bound: Bound
    notes: tuple[str, ...]


def plan_fibre(
    province: Province,
    scenario: Scenario,
    sites_needing_fibre: Sequence[SiteNeed] = (),
    *,
    trench_share: Mapping[int, float] | None = None,
    stop: Stop | None = None,
    for_bound: bool = False,
) -> FibrePlan:
    """Choose fibre routes, homes to connect and the links of radio sites.

    Parameters
    ----------
    province : Province
        Roads, cables, areas, communes, sites.
    scenario : Scenario
        Targets of kind 'fibre_communes' and 'fibre_households', prices.
    sites_needing_fibre : sequence of SiteNeed, optional
        New and upgraded sites without a link that will do.
    trench_share : mapping of int to float, optional
        Row of the roads table -> share of its length that gets a trench anyway.
    stop : Stop, optional
        Limits of the solver; `planning.fibre_iterations` by default.
    for_bound : bool, optional
        Only the bound is wanted: what is built beside the tree is placed by hand, and nothing is compared.

    Returns
    -------
    FibrePlan
        Works, bound and notes; nothing where nothing is asked.
    """
    planning = scenario.planning
    stop = Stop(planning.fibre_iterations, planning.time_limit_s) if stop is None else stop
    case = _case(
        province, scenario, merge_needs([*sites_needing_fibre, *place_needs(province, scenario)]), trench_share
    )
    choice = _choice(case)
    rng = np.random.default_rng(scenario.run.seed)
    answer = choose_nodes(choice, stop, rng)
    naive = {} if for_bound else {"nearest_first": nearest_first(choice)}
    years = _years(case)
    if len(years) > 1 and not trench_share and not for_bound:
        naive["phase_by_phase"] = _phase_by_phase(case, choice, years, stop, scenario.run.seed)
    finish = simple_further if for_bound else partial(choose_further, should_stop=Watch(stop).escaped)
    return _written(province, scenario, case, choice, answer, naive, finish, stop)


def _case(
    province: Province, scenario: Scenario, needs: tuple[SiteNeed, ...], trench_share: Mapping[int, float] | None
) -> FibreCase:
    """Network with sites on it, prices, baseline and asks."""
    limit_m = scenario.data.max_snap_m
    roads, notes = build_network(province)
    baseline = fibre_baseline(province, roads, max_snap_m=limit_m)
    snapped = snap_points(
        roads, [f"site:{need.site_id}" for need in needs],
        np.array([need.x_m for need in needs]), np.array([need.y_m for need in needs]), max_m=limit_m,
    )  # fmt: skip
    roads = without_forbidden(province, scenario, snapped.network)
    prices = price_edges(province, scenario, roads, trench_share)
    asks = committed_asks(province, scenario, baseline, fibre_asks(province, scenario, baseline))
    sources = _sources(province, scenario, roads, baseline, notes)
    fixed = fixed_edges(province, scenario, roads) & ~prices.free
    rooted = join_to_root(roads, prices, sources, fixed)
    must, may_not = committed_links(scenario, [need.site_id for need in needs])
    found = microwave_links(province, scenario, needs)
    links = tuple(None if shut else link for link, shut in zip(found, may_not, strict=True))
    by_radio = must & np.array([link is not None for link in links], dtype=bool)
    return FibreCase(
        roads,
        prices,
        rooted,
        baseline,
        asks,
        needs,
        np.where(by_radio, -1, snapped.node).astype(np.int64),
        fixed,
        links,
        sources,
        trunk_nodes(province, roads),
        existing_spans(province, scenario, roads, prices),
        notes,
    )


def _sources(
    province: Province, scenario: Scenario, roads: RoadNetwork, baseline: FibreBaseline, notes: list[str]
) -> NDArray[np.bool_]:
    """Nodes where new fibre may begin."""
    lit_nodes = np.unique(baseline.node[baseline.lit & (baseline.node >= 0)])
    if scenario.planning.reuse_cables:
        source = roads.on_fibre()
        source[lit_nodes] = True
    else:
        source = trunk_nodes(province, roads)
    if not source.any() and roads.n_nodes:
        office = int(baseline.office[int(np.argmax(province.communes["population"].to_numpy()))])
        start = int(baseline.node[office]) if office >= 0 and baseline.node[office] >= 0 else 0
        source[start] = True
        notes.append(f"no fibre exists; new fibre is taken to begin at node {roads.node_id[start]}")
    return source


def _years(case: FibreCase) -> list[int]:
    """Years demands are due in."""
    asks = case.asks
    years = {
        *asks.communes.values(),
        *(homes.year for homes in asks.homes),
        *(some.year for some in asks.some_communes),
    }
    return sorted(years | {need.due_year for need in case.needs})


def _phase_by_phase(case: FibreCase, whole: NodeChoice, years: list[int], stop: Stop, seed: int) -> NDArray[np.int64]:
    """Edges laid by planning year by year, each on what the years before have laid, without looking ahead."""
    laid = np.zeros(whole.network.n_edges, dtype=bool)
    for year in years:
        choice = _choice(case, until=year)
        left = np.where(laid, 0.0, whole.network.cost)
        network = Network(whole.network.n_nodes, whole.network.u, whole.network.v, left)
        step = replace(choice, network=network)
        laid[choose_nodes(step, stop, np.random.default_rng(seed)).edges] = True
    return np.flatnonzero(laid)


def _choice(case: FibreCase, until: int | None = None) -> NodeChoice:
    """What must, may and should be reached by a year, on solver nodes."""
    n = case.rooted.network.n_nodes
    required: set[int] = set()
    penalty = np.zeros(n)
    for row, year in case.asks.communes.items():
        if until is None or year <= until:
            required.add(case.solver_node(int(case.baseline.office[row])))
    for need, node, link in zip(case.needs, case.site_node.tolist(), case.links, strict=True):
        if until is not None and need.due_year > until:
            continue
        place = int(case.rooted.node_of[node]) if node >= 0 else -1
        if place > ROOT and link is not None:
            penalty[place] += link.cost_vnd
        elif link is None:
            required.add(place)
    ends = np.concatenate([case.roads.u[case.fixed], case.roads.v[case.fixed]])
    required |= set(case.rooted.node_of[ends].tolist())
    quotas = []
    for at_nodes, lacking in _wanted_at_nodes(case, n, until):
        wanted = min(lacking, int(at_nodes.sum()))
        least = int(at_nodes[at_nodes > 0].min()) if at_nodes.any() else 0
        if wanted > int(at_nodes.sum()) - least:
            required |= set(np.flatnonzero(at_nodes).tolist())
        elif wanted > 0:
            quotas.append(NodeQuota(at_nodes, wanted))
    required -= {-1, ROOT}
    penalty[sorted(required)] = 0.0
    return NodeChoice(case.rooted.network, np.array(sorted(required), dtype=np.int64), penalty, tuple(quotas))


def _wanted_at_nodes(case: FibreCase, n: int, until: int | None) -> list[tuple[NDArray[np.int64], int]]:
    """Homes or offices at every solver node and how many are wanted there, quota by quota."""
    found = []
    for homes in case.asks.homes:
        if until is None or homes.year <= until:
            at_nodes, free = homes_at_nodes(case, homes.areas, n)
            found.append((at_nodes, homes.need - free))
    due = [quota for quota in case.asks.some_communes if until is None or quota.year <= until]
    for quota in largest_quotas(due):
        at_nodes, free = offices_at_nodes(quota.communes, case.offices(), n)
        found.append((at_nodes, quota.need - free))
    return found


class _Built(NamedTuple):
    """A tree with what it serves and what is built beside it.

    Attributes
    ----------
    edges : ndarray of int64
        Solver edges of the tree.
    homes, due : dict of int to int
        Area row -> homes connected, and the year they are due.
    communes : dict of int to int
        Commune row -> year.
    far : dict of int to int
        Node -> homes out of the trunk's reach over existing fibre and the tree.
    beside : Completion
        What serves those, and second ways.
    relief : Relief
        What full spans of existing cable need.
    value : float
        Cost of tree, penalties and all beside it, VND.
    """

    edges: NDArray[np.int64]
    homes: dict[int, int]
    due: dict[int, int]
    communes: dict[int, int]
    far: dict[int, int]
    beside: Completion
    relief: Relief
    value: float


def _built(
    province: Province,
    scenario: Scenario,
    case: FibreCase,
    choice: NodeChoice,
    edges: NDArray[np.int64],
    finish: Finish,
    *,
    detours: bool,
) -> _Built:
    """Serve from a tree, complete it and relieve the spans it fills, by detours too where these are allowed."""
    reached = choice.reached(edges)
    laid = case.rooted.edge_of[edges]
    away_km = distance_along_fibre_km(case.roads, laid, case.core)
    homes, due = homes_connected(province, scenario, case, reached, away_km)
    place = case.offices()
    at_hand = (place >= 0) & reached[np.maximum(place, 0)]
    communes = communes_connected(province, scenario, case.asks.communes, case.asks.some_communes, at_hand)
    far = far_homes(scenario, case, homes, away_km)
    beside = complete(scenario, case, laid, far, _ring_nodes(scenario, case, communes), finish)
    lies = case.roads.cabled.copy()
    lies[np.concatenate([laid, beside.nearer, beside.rings])] = True
    due_homes = {row: (count, due.get(row, 0)) for row, count in homes.items()}
    needs = span_needs(scenario, case, due_homes, communes, _linked_sites(case, reached)[0], beside)
    route_vnd = case.prices.whole_vnd if detours else None
    relief = relieve(case.roads, case.spans, lies, case.core, needs, route_vnd)
    value = choice.value(edges) + beside.cost_vnd + relief.cost_vnd
    return _Built(edges, homes, due, communes, far, beside, relief, value)


def _written(
    province: Province,
    scenario: Scenario,
    case: FibreCase,
    choice: NodeChoice,
    answer: NodeAnswer,
    naive: Mapping[str, NDArray[np.int64]],
    finish: Finish,
    stop: Stop,
) -> FibrePlan:
    """Complete the tree, or a simple one that is cheaper with all it needs; works, bound and notes."""
    simple = {
        name: _built(province, scenario, case, choice, edges, simple_further, detours=False).value
        for name, edges in naive.items()
    }
    best = _built(province, scenario, case, choice, answer.edges, finish, detours=True)
    for name, edges in naive.items():
        is_tree = edges.size == int(choice.reached(edges).sum()) - 1
        if is_tree and simple[name] < best.value:
            other = _built(province, scenario, case, choice, edges, finish, detours=True)
            best = other if other.value < best.value else best
    surely = _ring_nodes(scenario, case, case.asks.communes.keys() & best.communes.keys())
    least = max(answer.bound, least_total_vnd(scenario, case, choice, surely, Watch(stop).escaped))
    works = _works(province, scenario, case, choice, best)
    notes = (
        *case.notes,
        *shortfalls(province, case, best.homes, best.communes, choice.reached(best.edges)),
        *beyond_reach(scenario, best.far, best.beside, case.prices.whole_vnd),
        *ring_notes(scenario, case, best.beside),
        *span_notes(case, best.relief),
        *hop_notes(scenario, case),
    )
    chosen = replace(answer, edges=best.edges, value=best.value, bound=least)
    return FibrePlan(works, fibre_bound(case.asks, chosen, works, simple), notes)


def _works(
    province: Province, scenario: Scenario, case: FibreCase, choice: NodeChoice, built: _Built
) -> tuple[Work, ...]:
    """Works of a tree and of all beside it, sorted by id."""
    sites, by_radio = _linked_sites(case, choice.reached(built.edges))
    tree = orient(case.roads, case.rooted.edge_of[built.edges].tolist(), case.sources)
    writer = WorkWriter(province, scenario, case.roads, case.prices, tree)
    works = [
        *writer.routes(case.baseline, built.homes, built.communes, sites),
        *nearer_routes(writer, built.beside, built.far, scenario.planning.splitter_ratio),
        *writer.distribution(case.baseline, built.homes, built.due, built.beside),
        *writer.terminals(case.baseline, built.communes),
        *writer.line_terminals(case.baseline, built.homes, built.due, built.beside),
        *second_ways(writer, built.beside.rings.tolist()),
        *relief_works(writer, case.spans, built.relief),
        *(microwave_work(scenario, need, link) for need, link in by_radio),
    ]
    return tuple(sorted(works, key=lambda work: work.work_id))


def _ring_nodes(scenario: Scenario, case: FibreCase, communes: Iterable[int]) -> list[int]:
    """Nodes of the communes on fibre and some others, where the scenario asks for second ways."""
    if not scenario.planning.ring_for_communes:
        return []
    rows = {*np.flatnonzero(case.baseline.commune_lit).tolist(), *communes}
    nodes = {int(case.baseline.node[int(case.baseline.office[row])]) for row in rows}
    return sorted(nodes - {-1})


def _linked_sites(
    case: FibreCase, reached: NDArray[np.bool_]
) -> tuple[dict[int, list[SiteNeed]], list[tuple[SiteNeed, MicrowaveLink]]]:
    """Sites on fibre by their node, and sites on microwave with their link."""
    on_fibre: dict[int, list[SiteNeed]] = {}
    by_radio = []
    for need, node, link in zip(case.needs, case.site_node.tolist(), case.links, strict=True):
        place = int(case.rooted.node_of[node]) if node >= 0 else -1
        if place >= 0 and reached[place]:
            on_fibre.setdefault(node, []).append(need)
        elif link is not None:
            by_radio.append((need, link))
    return on_fibre, by_radio
