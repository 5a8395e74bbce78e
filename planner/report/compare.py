"""Plans side by side: targets, cost, works that differ, and where they differ on the map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from planner.errors import Complaint, DataError
from planner.report.figures import as_data_uri, as_png

COLOURS = ("#2166ac", "#d62f27", "#1b7837", "#762a83", "#b35806", "#35978f")
POINT_LAYER, LINE_LAYERS = "proposed_sites", ("fibre_works", "underground_runs")


@dataclass(frozen=True)
class Run:
    """One finished run as its folder holds it.

    Attributes
    ----------
    name : str
        Folder name.
    folder : Path
        Where it is.
    summary : dict
        Its summary.json.
    works : DataFrame
        Its works.csv.
    """

    name: str
    folder: Path
    summary: dict[str, Any]
    works: pd.DataFrame


def read_runs(folders: Sequence[Path]) -> list[Run]:
    """Read the folders of finished runs.

    Parameters
    ----------
    folders : sequence of Path
        Two or more.

    Returns
    -------
    list of Run
        In the given order; equal folder names are told apart by a number.

    Raises
    ------
    DataError
        If a folder is not a finished run; every such folder is named.
    """
    complaints: list[Complaint] = []
    runs: list[Run] = []
    for folder in folders:
        missing = [name for name in ("summary.json", "works.csv", "results.gpkg") if not (folder / name).is_file()]
        if missing:
            complaints.append(
                Complaint(str(folder), f"lacks {', '.join(missing)}", "name the --out folder of a finished run")
            )
            continue
        found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        works = pd.read_csv(folder / "works.csv", dtype={"work_id": str}, keep_default_na=False)
        taken = sum(run.name == folder.name for run in runs)
        runs.append(Run(folder.name + (f" ({taken + 1})" if taken else ""), folder, found, works))
    if len(folders) < 2:
        complaints.append(Complaint("RUN", f"{len(folders)} folder given", "name two or more"))
    if complaints:
        raise DataError("the runs cannot be compared", complaints)
    return runs


def target_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """What each run reaches of each target.

    Parameters
    ----------
    runs : sequence of Run
        The runs.

    Returns
    -------
    list of dict
        name, and per run reached and met (None where a run has no such target).
    """
    names = list(dict.fromkeys(target["name"] for run in runs for target in run.summary["targets"]))
    rows = []
    for name in names:
        per_run = []
        for run in runs:
            found = next((target for target in run.summary["targets"] if target["name"] == name), None)
            per_run.append({"reached": found["reached"], "met": found["met"]} if found else None)
        rows.append({"name": name, "runs": per_run})
    return rows


def figure_rows(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Cost, bounds, sizes and coverage of each run.

    Parameters
    ----------
    runs : sequence of Run
        The runs.

    Returns
    -------
    list of dict
        name, unit and one value per run.
    """
    rows: list[dict[str, Any]] = []

    def add(name: str, unit: str, values: list[float | None]) -> None:
        rows.append({"name": name, "unit": unit, "values": values})

    for part in ("sites", "capacity", "fibre", "undergrounding"):
        bounds = [run.summary["bounds"].get(part, {}) for run in runs]
        if any(bounds):
            add(f"cost of {part}", "VND", [bound.get("cost_vnd") for bound in bounds])
            add(f"proven least cost of {part}", "VND", [bound.get("lower_bound_vnd") for bound in bounds])
    for name, column in (("new_sites", "new sites"), ("upgrades", "upgrades and co-locations")):
        add(column, "works", [sum(phase[name] for phase in run.summary["phases"]) for run in runs])
    for name, column in (("fibre_km", "fibre routes"), ("underground_km", "put underground")):
        add(column, "km", [sum(phase[name] for phase in run.summary["phases"]) for run in runs])
    for technology in ("4g", "5g"):
        shares = [run.summary["final"]["coverage"].get(technology, {}).get("areas_share") for run in runs]
        add(f"areas covered by {technology.upper()}", "share", shares)
    add("households on fibre", "share", [run.summary["final"]["fibre"]["households_share"] for run in runs])
    add("cable underground", "share", [run.summary["final"]["cables"]["underground_share"] for run in runs])
    return rows


def differing_works(runs: Sequence[Run]) -> pd.DataFrame:
    """Works that not every run has, or has in another year.

    Parameters
    ----------
    runs : sequence of Run
        The runs.

    Returns
    -------
    DataFrame
        work_id, kind, owner, cost_vnd and one column per run: the year, 0 for unpaid, empty where absent.
    """
    years = [run.works.set_index("work_id")["year"].rename(run.name) for run in runs]
    table = pd.concat(years, axis=1)
    same = table.notna().all(axis=1) & table.eq(table.iloc[:, 0], axis=0).all(axis=1)
    facts = pd.concat([run.works[["work_id", "kind", "owner", "cost_vnd"]] for run in runs])
    facts = facts.drop_duplicates("work_id").set_index("work_id")
    return facts.join(table[~same], how="inner").sort_values(["kind", "work_id"], kind="stable").reset_index()


def difference_map(runs: Sequence[Run]) -> Figure:
    """Works that only one run has, each run in its colour.

    Parameters
    ----------
    runs : sequence of Run
        The runs.

    Returns
    -------
    Figure
        One map.
    """
    figure = Figure(figsize=(9.5, 6.6), layout="constrained")
    axes = figure.subplots()
    communes = gpd.read_file(runs[0].folder / "results.gpkg", layer="communes")
    communes.plot(ax=axes, color="#f7f7f2", edgecolor="#999999", linewidth=0.4)
    handles = []
    for index, run in enumerate(runs):
        others = set().union(*(set(other.works["work_id"]) for other in runs if other is not run))
        colour = COLOURS[index % len(COLOURS)]
        for layer in (*LINE_LAYERS, POINT_LAYER):
            works = gpd.read_file(run.folder / "results.gpkg", layer=layer)
            own = works[~works["work_id"].isin(others)] if "work_id" in works else works.iloc[:0]
            if len(own):
                own.to_crs(communes.crs).plot(ax=axes, color=colour, linewidth=1.6, markersize=16, zorder=3 + index)
        handles.append(Line2D([], [], color=colour, marker="o", label=f"only in {run.name}"))
    axes.set_axis_off()
    axes.set_aspect("equal")
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return figure


def compare_html(runs: Sequence[Run]) -> str:
    """Render the comparison as one self-contained HTML file.

    Parameters
    ----------
    runs : sequence of Run
        The runs.

    Returns
    -------
    str
        HTML.
    """
    environment = Environment(
        loader=PackageLoader("planner.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    works = differing_works(runs)
    return environment.get_template("compare.html.j2").render(
        names=[run.name for run in runs],
        scenarios=[run.summary["scenario"] for run in runs],
        targets=target_rows(runs),
        figures=figure_rows(runs),
        works=works.head(500).to_dict("records"),
        works_count=len(works),
        picture=as_data_uri(as_png(difference_map(runs))),
    )
