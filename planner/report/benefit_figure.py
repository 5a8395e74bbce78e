"""What the money buys: people served and homes on fibre against the cost spent so far."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from planner.domain.plan import Work
from planner.domain.programme import Programme

COLOURS = {"5g": "#2166ac", "4g": "#b35806"}


def benefit_chart(programme: Programme) -> Figure:
    """Draw the cost-benefit curves of radio works and of fibre.

    Parameters
    ----------
    programme : Programme
        What the run found.

    Returns
    -------
    Figure
        People served at the end of each phase against the cost of radio works until then, and homes on fibre against
        the cost of fibre works, work by work.
    """
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(9.5, 3.6), layout="constrained")
        people, homes = figure.subplots(1, 2)
        _people(people, programme)
        _homes(homes, programme)
        for axes in (people, homes):
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_xlim(left=0.0)
    return figure


def _people(axes: Axes, programme: Programme) -> None:
    """Share of people at the end of each phase, as the engine computes it."""
    works = [work for work in programme.plan.works if work.sub_plan == "sites" and work.year]
    ends = [0, *(phase.year for phase in programme.phases)]
    spent = [sum(work.cost_vnd for work in works if work.year <= year) / 1e9 for year in ends]
    states = [programme.baseline, *(phase.state for phase in programme.phases)]
    for technology, colour in COLOURS.items():
        if technology in programme.final.coverage:
            share = [100.0 * state.coverage[technology]["population_share"] for state in states]
            axes.plot(spent, share, color=colour, marker="o", markersize=4, label=technology.upper())
    for cost, phase in zip(spent[1:], programme.phases, strict=True):
        axes.axvline(cost, color="#bbbbbb", linewidth=0.6, zorder=0)
        axes.text(
            cost, 0.02, str(phase.year), rotation=90, transform=axes.get_xaxis_transform(), ha="right", fontsize=7
        )
    axes.set_xlabel("radio works so far, billion VND")
    axes.set_ylabel("people served by any operator, %")
    axes.legend(frameon=False)


def _homes(axes: Axes, programme: Programme) -> None:
    """Homes on fibre, phase by phase and the cheapest per home first."""
    cost, homes = homes_by_cost(programme.plan.works)
    axes.step([vnd / 1e9 for vnd in cost], homes, where="post", color="#1b7837")
    axes.set_xlabel("fibre works so far, billion VND")
    axes.set_ylabel("homes newly on fibre")
    axes.set_ylim(bottom=0.0)


def homes_by_cost(works: Sequence[Work]) -> tuple[list[int], list[int]]:
    """Order the fibre works that connect homes, each after the routes it needs.

    Parameters
    ----------
    works : sequence of Work
        Works with their years; those no phase pays for are left out.

    Returns
    -------
    tuple of list of int
        Cost so far, VND, and homes so far, both from 0; phases in order, within one the cheapest per home first. Routes
        no home needs come with no step.
    """
    by_id = {work.work_id: work for work in works if work.sub_plan == "fibre" and work.year}
    homes = [work for work in by_id.values() if work.kind == "distribution" and work.people > 0]

    def ahead(work: Work) -> list[str]:
        chain: dict[str, None] = {}
        waiting = [work.work_id]
        while waiting:
            name = waiting.pop()
            if name in by_id and name not in chain:
                chain[name] = None
                waiting += by_id[name].requires
        return list(chain)

    chains = {work.work_id: ahead(work) for work in homes}
    price = {name: sum(by_id[part].cost_vnd for part in chain) for name, chain in chains.items()}
    paid: set[str] = set()
    cost, count = [0], [0]
    for work in sorted(homes, key=lambda work: (work.year, price[work.work_id] / work.people, work.work_id)):
        new = [part for part in chains[work.work_id] if part not in paid]
        paid.update(new)
        cost.append(cost[-1] + sum(by_id[part].cost_vnd for part in new))
        count.append(count[-1] + work.people)
    return cost, count
