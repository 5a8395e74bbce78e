"""How many fibres a plan takes from every node, where they run and when they are due."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from planner.config.schema import Scenario
from planner.optimise.fibre.case import FibreCase
from planner.optimise.fibre.completion import Completion
from planner.optimise.fibre.span_load import SpanNeed
from planner.optimise.network.backhaul import SiteNeed

FIBRES_PER_SITE = 2
FIBRES_PER_COMMUNE = 4
FIBRES_PER_TERMINAL = 2
ANY_LENGTH_M = float("inf")


def span_needs(
    scenario: Scenario,
    case: FibreCase,
    homes: Mapping[int, tuple[int, int]],
    communes: Mapping[int, int],
    sites: Mapping[int, list[SiteNeed]],
    beside: Completion,
) -> list[SpanNeed]:
    """List the fibres that begin at every node.

    Parameters
    ----------
    scenario : Scenario
        Splitter ratio, reach.
    case : FibreCase
        Nodes of areas and offices.
    homes : mapping of int to tuple of int
        Area row -> homes connected and the year they are due, 0 for none.
    communes : mapping of int to int
        Commune row -> year.
    sites : mapping of int to list of SiteNeed
        Network node -> sites linked there.
    beside : Completion
        Line terminals and who hangs on them.

    Returns
    -------
    list of SpanNeed
        Homes, communes, sites, line terminals; each group in rising order.
    """
    planning, base = scenario.planning, case.baseline
    reach_m = planning.pon_reach_km * 1e3
    found = []
    for area, (count, year) in sorted(homes.items()):
        node = int(base.node[area])
        if node >= 0:
            fibres = ceil(count / planning.splitter_ratio)
            found.append(SpanNeed(node, beside.terminal_of.get(node, -1), fibres, reach_m, year))
    for row, year in sorted(communes.items()):
        node = int(base.node[int(base.office[row])])
        if node >= 0:
            found.append(SpanNeed(node, -1, FIBRES_PER_COMMUNE, ANY_LENGTH_M, year))
    for node, needs in sorted(sites.items()):
        found += [SpanNeed(node, -1, FIBRES_PER_SITE, ANY_LENGTH_M, need.due_year) for need in needs]
    for node in beside.terminals.tolist():
        found.append(SpanNeed(node, -1, FIBRES_PER_TERMINAL, ANY_LENGTH_M, 0))
    return found
