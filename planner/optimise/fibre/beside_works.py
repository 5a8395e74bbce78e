"""Works beside the tree's: what brings homes within reach, second ways, and what relieves full spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from planner.costs.supports import POLE, SUPPORT_NAMES
from planner.domain.plan import Work
from planner.optimise.fibre.completion import Completion
from planner.optimise.fibre.span_load import Relief, Spans
from planner.optimise.fibre.tree import cable_size
from planner.optimise.fibre.works import WorkWriter


def nearer_routes(writer: WorkWriter, beside: Completion, far: Mapping[int, int], splitter_ratio: int) -> list[Work]:
    """Write a work per edge that brings homes within reach of the trunk or of a line terminal.

    Parameters
    ----------
    writer : WorkWriter
        Writer of the plan's routes.
    beside : Completion
        The edges and what is fed over them.
    far : mapping of int to int
        Node beyond the trunk's reach over existing fibre and the tree -> homes.
    splitter_ratio : int
        Homes a fibre feeds.

    Returns
    -------
    list of Work
        By edge; the homes fed over them require them.
    """
    works = []
    for edge in beside.nearer.tolist():
        homes = sum(far[node] for node, edges in beside.over.items() if edge in edges)
        fibres = ceil(homes / splitter_ratio)
        details = {"homes": homes, "fibres_needed": fibres, "cable_fibres": cable_size(fibres), "nearer": True}
        reason = f"brings {homes} homes within reach of a line terminal"
        works.append(writer.beside(edge, writer.route_name(edge), reason, details))
    return works


def second_ways(writer: WorkWriter, edges: Sequence[int]) -> list[Work]:
    """Write a work per edge of communes' second ways.

    Parameters
    ----------
    writer : WorkWriter
        Writer of the plan's routes.
    edges : sequence of int
        Road edges besides the tree's.

    Returns
    -------
    list of Work
        Ids begin with 'R:'; nothing requires them.
    """
    reason = "second way of a commune, sharing no edge with the first"
    names = {edge: writer.route_name(edge).replace("F:", "R:", 1) for edge in edges}
    return [writer.beside(edge, name, reason, {"ring": True}) for edge, name in names.items()]


def relief_works(writer: WorkWriter, spans: Spans, relief: Relief) -> list[Work]:
    """Write a work per span that gets more cable, and per edge of a detour.

    Parameters
    ----------
    writer : WorkWriter
        Writer of the plan's routes.
    spans : Spans
        What existing cable holds, and where more of it goes.
    relief : Relief
        What full spans need.

    Returns
    -------
    list of Work
        Ids begin with 'C:' for more cable, 'F:' for a detour; due with the first homes or sites that take fibres there.
    """
    works = []
    for edge, lacking in relief.lacking.items():
        details = {"fibres_needed": lacking, "cable_fibres": cable_size(lacking), "relief": True}
        room = int(spans.room[edge])
        reason = f"existing cable has {room} fibres free and {room + lacking} are taken"
        name = writer.route_name(edge).replace("F:", "C:", 1)
        work = writer.beside(edge, name, reason, details)
        hung = int(spans.beside[edge]) == POLE
        price = int(spans.vnd[edge])
        laid = {
            "placement": "aerial" if hung else "buried",
            "aerial_km": work.length_km if hung else 0.0,
            "buried_km": 0.0 if hung else work.length_km,
            "support": SUPPORT_NAMES[int(spans.beside[edge])],
            "alone_vnd": price,
        }
        due = relief.due.get(edge, 0)
        works.append(replace(work, cost_vnd=price, due_year=due, details={**work.details, **laid}))
    for edge, fibres in relief.detours.items():
        details = {"fibres_needed": fibres, "cable_fibres": cable_size(fibres), "relief": True}
        work = writer.beside(edge, writer.route_name(edge), f"leads {fibres} fibres round full cable", details)
        works.append(replace(work, due_year=relief.due.get(edge, 0)))
    return works
