"""report.html: one self-contained file a department head can read."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.domain.programme import Programme
from planner.optimise.programme.quantities import costs_by_operator
from planner.report.figures import as_data_uri
from planner.report.geopackage import WhiteZones
from planner.report.money import billions, share
from planner.report.programme_lines import programme_lines
from planner.report.radio_tables import load_rows

_COUNTS = (("zones", "size"), ("people", "sum"))
WORDS = {
    "upgrade": "Add a technology to a mast",
    "add_sector": "Add a sector in an open direction",
    "split_sectors": "Two narrow panels in place of each wide one",
    "colocate": "Own radio on another operator's mast",
    "new_site": "New site",
    "fibre_route": "Fibre route",
    "distribution": "Connect homes inside a village",
    "commune_terminal": "Fibre terminal in a commune office",
    "backhaul_microwave": "Microwave hop",
    "line_terminal": "Line terminal",
    "underground": "Put cable underground",
}


def report_html(
    scenario: Scenario,
    programme: Programme,
    pictures: dict[str, bytes],
    white_zones: WhiteZones,
    sectors: pd.DataFrame,
    notes: list[str],
) -> str:
    """Render the report.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    programme : Programme
        What the run found.
    pictures : dict of str to bytes
        From `planner.report.figures.run_pictures`.
    white_zones : WhiteZones
        White zones today and with the plan.
    sectors : DataFrame
        Load of every sector, from `planner.report.radio_tables.sectors_table`.
    notes : list of str
        What is invented, assumed, not modelled.

    Returns
    -------
    str
        HTML with every picture inside.
    """
    environment = Environment(
        loader=PackageLoader("planner.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    technologies = sorted({layer.technology for layer in programme.final_map.layers})
    title = scenario.title or scenario.name
    unpaid = [work for work in programme.plan.works if work.year == 0]
    return environment.get_template("report.html.j2").render(
        language=scenario.report.language,
        title=title,
        lead=scenario.summary,
        cards=_cards(programme),
        targets=_targets(programme),
        coverage_pictures=[
            {
                "uri": as_data_uri(pictures[f"coverage_{technology}.png"]),
                "alt": f"Map of {technology.upper()} coverage per residential area before and after the plan",
            }
            for technology in reversed(technologies)
        ],
        coverage_rows=_coverage_rows(programme),
        coverage_text=_coverage_text(scenario),
        white_causes=_white_causes(white_zones),
        load_rows=load_rows(sectors),
        plan_picture=as_data_uri(pictures["plan.png"]),
        money_picture=as_data_uri(pictures["money.png"]),
        benefit_picture=as_data_uri(pictures["benefit.png"]),
        operator_costs=_operator_costs(programme),
        cable_rows=_cable_rows(programme),
        phases=_phases(programme),
        budget_kind="assumed by the scenario" if any(p.assumed for p in scenario.phases) else "as the scenario states",
        unpaid_text=_unpaid_text(unpaid),
        bounds=_bounds(programme),
        plan_notes=(*programme_lines(programme), *programme.plan.notes),
        top_works=[_top_work(work) for work in most_useful(programme.plan.works, scenario.report.top_works)],
        works_count=len(programme.plan.works),
        sensitivity=_sensitivity(programme),
        published=_published(programme),
        unserved=sorted(programme.plan.unserved.items()),
        notes=notes,
        version=importlib.metadata.version("planner"),
    )


def most_useful(works: Iterable[Work], count: int) -> list[Work]:
    """Works that serve most people (or homes) per dong, paid ones first.

    Parameters
    ----------
    works : iterable of Work
        Works of the plan.
    count : int
        How many.

    Returns
    -------
    list of Work
        Best first.
    """
    paid = [work for work in works if work.people > 0]
    return sorted(paid, key=lambda work: (work.year == 0, -work.people / max(work.cost_vnd, 1), work.work_id))[:count]


def _cards(programme: Programme) -> list[dict[str, str]]:
    final, before = programme.final, programme.baseline
    cost = sum(work.cost_vnd for work in programme.plan.works if work.year)
    met = sum(target.met for target in programme.targets)
    cards = [{"label": "Targets met", "value": f"{met} of {len(programme.targets)}", "note": "by their year"}]
    for technology in ("5g", "4g"):
        if technology in final.coverage:
            now = before.coverage[technology]["areas_share"]
            cards.append(
                {
                    "label": f"Residential areas with {technology.upper()}",
                    "value": share(final.coverage[technology]["areas_share"]),
                    "note": f"today {share(now)}",
                }
            )
    cards.append(
        {
            "label": "Households on fibre",
            "value": share(final.fibre["households_share"]),
            "note": f"today {share(before.fibre['households_share'])}",
        }
    )
    cards.append({"label": "Cost of the works", "value": billions(cost), "note": "billion VND within the phases"})
    return cards


def _targets(programme: Programme) -> list[dict[str, Any]]:
    today = programme.plan.extras.get("targets_today", {})
    return [
        {
            "name": target.name,
            "status": target.status,
            "year": target.year,
            "required": share(target.required),
            "today": share(today[target.name]) if target.name in today else "",
            "reached": share(target.reached),
            "met": target.met,
            "shortfall": target.shortfall,
        }
        for target in programme.targets
    ]


def _coverage_rows(programme: Programme) -> list[dict[str, Any]]:
    rows = []
    for technology, after in programme.final.coverage.items():
        before = programme.baseline.coverage[technology]
        pairs = [("any operator", before, after)]
        pairs += [(name, before["by_operator"][name], value) for name, value in sorted(after["by_operator"].items())]
        for operator, was, now in pairs:
            rows.append(
                {
                    "technology": technology.upper() if technology != "any" else "any",
                    "operator": operator,
                    "areas_before": share(was["areas_share"]),
                    "areas_after": share(now["areas_share"]),
                    "people_before": share(was["population_share"]),
                    "people_after": share(now["population_share"]),
                    "white_before": was["white_areas"],
                    "white_after": now["white_areas"],
                }
            )
    return rows


def _coverage_text(scenario: Scenario) -> str:
    rules = scenario.coverage
    levels = ", ".join(
        f"{name.upper()} {threshold.level_dbm:g} dBm" for name, threshold in sorted(rules.thresholds.items())
    )
    return (
        f"Served means: {levels} at an {rules.receiver.replace('_', '-')} receiver"
        f" at {rules.location_probability:.0%} of locations,"
        f" downlink and uplink; an area is covered when {rules.area_covered_at:.0%} of its people are served."
        " Modelled, not measured."
    )


def _white_causes(white_zones: WhiteZones) -> list[dict[str, str]]:
    """Number of white zones and people in them, by technology and cause, today and with the plan."""
    both = pd.concat(
        [table[["technology", "cause", "people"]].assign(when=when) for when, table in white_zones._asdict().items()]
    )
    counted = both.groupby(["technology", "cause", "when"])["people"].agg(["size", "sum"])
    nothing = {"size": 0, "sum": 0}
    rows = []
    for technology, cause in counted.index.droplevel("when").unique():
        figures = {
            when: counted.loc[technology, cause, when] if (technology, cause, when) in counted.index else nothing
            for when in white_zones._fields
        }
        cells = {f"{name}_{when}": f"{found[key]:,}" for when, found in figures.items() for name, key in _COUNTS}
        rows.append({"technology": technology.upper(), "cause": cause, **cells})
    return rows


def _phases(programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            "year": phase.year,
            "budget": billions(sum(phase.budget_vnd.values())),
            "cost": billions(sum(phase.cost_vnd.values())),
            "new_sites": phase.new_sites,
            "upgrades": phase.upgrades,
            "fibre_km": f"{phase.fibre_km:,.1f}",
            "underground_km": f"{phase.underground_km:,.1f}",
            "areas_5g": share(phase.state.coverage["5g"]["areas_share"]) if "5g" in phase.state.coverage else "",
            "homes": share(phase.state.fibre["households_share"]),
        }
        for phase in programme.phases
    ]


def _operator_costs(programme: Programme) -> list[dict[str, str]]:
    """What each operator's networks cost within the phases, by part of the plan."""
    paid = costs_by_operator([work for work in programme.plan.works if work.year])
    table = paid.pivot_table(index="operator", columns="sub_plan", values="cost_vnd", aggfunc="sum", fill_value=0)
    parts = ("sites", "fibre", "undergrounding")
    return [
        {
            "operator": str(operator),
            **{part: billions(row[part] if part in table else 0) for part in parts},
            "all": billions(row.sum()),
        }
        for operator, row in table.iterrows()
    ]


def _cable_rows(programme: Programme) -> list[dict[str, str]]:
    """Kilometres of cable and share underground, by level and by kind of zone, before and after."""
    rows = []
    for key, label in (("by_level", "level"), ("by_zone_kind", "zone")):
        before, after = programme.baseline.cables[key], programme.final.cables[key]
        for name in sorted(before.keys() | after.keys()):
            was, now = before.get(name), after.get(name)
            rows.append(
                {
                    "what": f"{label}: {name.replace('_', ' ')}",
                    "km_before": f"{was['total_km']:,.1f}" if was else "",
                    "share_before": share(was["underground_share"]) if was else "",
                    "km_after": f"{now['total_km']:,.1f}" if now else "",
                    "share_after": share(now["underground_share"]) if now else "",
                }
            )
    return rows


def _unpaid_text(unpaid: list[Work]) -> str:
    if not unpaid:
        return "Every work of the plan is paid for within its phase."
    cost = billions(sum(work.cost_vnd for work in unpaid))
    return f"{len(unpaid)} works costing {cost} billion VND fit in no phase's budget; they are listed with year 0."


def _bounds(programme: Programme) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "cost": billions(bound.cost_vnd),
            "bound": billions(bound.lower_bound_vnd),
            "gap": share(bound.gap_share),
            "naive": "; ".join(f"{key.replace('_', ' ')}: {billions(value)}" for key, value in bound.naive_vnd.items()),
        }
        for name, bound in programme.plan.bounds.items()
    ]


def _top_work(work: Work) -> dict[str, str]:
    return {
        "what": WORDS.get(work.kind, work.kind),
        "work_id": work.work_id,
        "owner": work.owner,
        "year": str(work.year) if work.year else "unpaid",
        "cost": f"{work.cost_vnd / 1e6:,.0f}",
        "people": f"{work.people:,}",
        "reason": work.reason,
    }


def _sensitivity(programme: Programme) -> list[dict[str, str]]:
    return [
        {
            "assumption": row["assumption"],
            "varied": row["varied"],
            "areas_5g": share(row["areas_5g"]),
            "areas_4g": share(row["areas_4g"]),
            "cost": billions(row["cost_vnd"]),
        }
        for row in programme.sensitivity
    ]


def _published(programme: Programme) -> list[dict[str, str]]:
    def text(value: float) -> str:
        if value != value:
            return "not computed"
        return share(value) if 0.0 <= value <= 1.0 else f"{value:,.0f}"

    return [
        {
            "what": row.what,
            "source": row.source,
            "published": text(row.published),
            "computed": text(row.computed),
            "why": row.why_different,
        }
        for row in programme.published
    ]
