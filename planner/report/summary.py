"""summary.json: the contract with other programs. Plain numbers, shares 0 to 1; no dates, paths, threads or memory."""

from __future__ import annotations

import math
from typing import Any

from planner.config.schema import Scenario
from planner.domain.programme import NetworkState, PhaseOutcome, Programme
from planner.domain.province import Province


def summary(scenario: Scenario, province: Province, programme: Programme, elapsed_s: float) -> dict[str, Any]:
    """Assemble the summary of a run.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.
    elapsed_s : float
        Wall time of the run, s; the only entry that differs between equal runs.

    Returns
    -------
    dict
        Content of summary.json.
    """
    return {
        "scenario": scenario.name,
        "elapsed_s": round(elapsed_s, 3),
        "data_notes": data_notes(province, programme),
        "baseline": _state(programme.baseline),
        "final": _state(programme.final),
        "phases": [_phase(phase) for phase in programme.phases],
        "targets": [
            {
                "name": target.name,
                "kind": target.kind,
                "status": target.status,
                "year": target.year,
                "required": target.required,
                "reached": target.reached,
                "met": target.met,
                "shortfall": target.shortfall,
            }
            for target in programme.targets
        ],
        "bounds": {
            name: {
                "cost_vnd": bound.cost_vnd,
                "lower_bound_vnd": bound.lower_bound_vnd,
                "gap_share": bound.gap_share,
                "stopped_by": bound.stopped_by,
                "naive_vnd": dict(bound.naive_vnd),
            }
            for name, bound in programme.plan.bounds.items()
        },
        "published": [
            {
                "what": row.what,
                "published": row.published,
                "computed": None if math.isnan(row.computed) else row.computed,
                "why_different": row.why_different,
                "source": row.source,
            }
            for row in programme.published
        ],
        "sensitivity": [dict(row) for row in programme.sensitivity],
        "plan_extras": dict(programme.plan.extras),
    }


def data_notes(province: Province, programme: Programme) -> list[str]:
    """Everything a reader must know about the data, as sentences.

    Parameters
    ----------
    province : Province
        The province.
    programme : Programme
        What the run found.

    Returns
    -------
    list of str
        Invented layers, assumptions with their counts, what is not modelled, further notes.
    """
    assumed = dict(province.assumed)
    for what, count in programme.baseline_map.assumed.items():
        assumed[what] = assumed.get(what, 0) + count
    resolution_m = province.terrain.source_resolution_m
    return [
        *(f"Invented: {text}" for text in province.invented),
        *(f"Assumed: {what} ({count} times)" for what, count in sorted(assumed.items())),
        *(f"Not modelled: {text}" for text in province.not_modelled),
        f"Terrain is {resolution_m:.0f} m at best; no finer detail is claimed.",
        "People are taken as spread evenly over each residential area's polygon.",
        "All coverage is modelled; nothing here is measured.",
        *province.notes,
        *programme.baseline_map.warnings,
        *programme.notes,
        *programme.plan.notes,
    ]


def _state(state: NetworkState) -> dict[str, Any]:
    return {"coverage": state.coverage, "fibre": state.fibre, "cables": state.cables}


def _phase(phase: PhaseOutcome) -> dict[str, Any]:
    payers = sorted({*phase.budget_vnd, *phase.cost_vnd})
    return {
        "year": phase.year,
        "budget_vnd": sum(phase.budget_vnd.values()),
        "cost_vnd": sum(phase.cost_vnd.values()),
        "by_payer": {
            payer: {"budget_vnd": phase.budget_vnd.get(payer, 0), "cost_vnd": phase.cost_vnd.get(payer, 0)}
            for payer in payers
        },
        "new_sites": phase.new_sites,
        "upgrades": phase.upgrades,
        "fibre_km": phase.fibre_km,
        "underground_km": phase.underground_km,
        **_state(phase.state),
    }
