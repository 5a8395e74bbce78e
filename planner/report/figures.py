"""Pictures of a run: maps before and after, the plan, the money per phase."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.domain.programme import Programme
from planner.domain.province import Province
from planner.optimise.sites.frontier import FrontierPoint
from planner.report.benefit_figure import benefit_chart
from planner.report.tables import areas_table

SHARE_STEPS = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0001)
SHARE_COLOURS = ("#b2182b", "#ef8a62", "#fddbc7", "#a6dba0", "#1b7837")
SHARE_LABELS = ("under 25 %", "25-50 %", "50-75 %", "75-95 %", "95 % and more")
WIDE = 0.7  # maps flatter than this stand above each other
WORK_LOOK = {
    "upgrade": ("o", "#2166ac", 14, "5G or 4G added to a mast"),
    "add_sector": ("p", "#4393c3", 20, "sector added in an open direction"),
    "split_sectors": ("*", "#006d2c", 30, "narrow panels for wide ones"),
    "colocate": ("D", "#762a83", 16, "co-location"),
    "new_site": ("^", "#d62f27", 34, "new site"),
}


def as_png(figure: Figure) -> bytes:
    """Render a figure.

    Parameters
    ----------
    figure : Figure
        The figure.

    Returns
    -------
    bytes
        A PNG; the same figure gives the same bytes.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()


def as_data_uri(png: bytes) -> str:
    """Encode a picture so that an HTML file can hold it.

    Parameters
    ----------
    png : bytes
        The picture.

    Returns
    -------
    str
        A data URI.
    """
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def run_pictures(scenario: Scenario, province: Province, programme: Programme) -> dict[str, bytes]:
    """Draw all pictures of a run.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.

    Returns
    -------
    dict of str to bytes
        File name -> PNG: one coverage map per technology, the plan, the money and what it buys.
    """
    technologies = sorted({layer.technology for layer in programme.final_map.layers}, reverse=True)
    drawn = {f"coverage_{name}.png": coverage_maps(scenario, province, programme, name) for name in technologies}
    drawn["plan.png"] = plan_map(province, programme.plan.works, f"Proposed works: {scenario.title or scenario.name}")
    drawn["money.png"] = money_chart(programme)
    drawn["benefit.png"] = benefit_chart(programme)
    return {name: as_png(figure) for name, figure in drawn.items()}


def coverage_maps(scenario: Scenario, province: Province, programme: Programme, technology: str) -> Figure:
    """Share of people served per residential area, before and after, side by side.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    province : Province
        The province.
    programme : Programme
        What the run found.
    technology : str
        '4g' or '5g'.

    Returns
    -------
    Figure
        Two maps.
    """
    table = areas_table(scenario, province, programme)
    with mpl.rc_context({"font.size": 9, "axes.titlesize": 11}):
        tall = _aspect(province)
        rows, cols = (2, 1) if tall < WIDE else (1, 2)
        figure = Figure(figsize=(11, 11 / cols * tall * rows + 1.0), layout="constrained")
        for axes, when in zip(figure.subplots(rows, cols), ("before", "after"), strict=True):
            column = f"{technology}_people_share_{when}"
            shares = table[column].to_numpy(dtype=float) if column in table else np.zeros(len(table))
            _choropleth(axes, province, shares)
            covered = int((shares >= scenario.coverage.area_covered_at).sum())
            axes.set_title(f"{technology.upper()} {when}: {covered} of {len(shares)} areas covered")
        handles: list[Patch] = [Patch(color=c, label=t) for c, t in zip(SHARE_COLOURS, SHARE_LABELS, strict=True)]
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=5,
            title="share of people served",
            frameon=False,
        )
    return figure


def _choropleth(axes: Axes, province: Province, shares: np.ndarray) -> None:
    province.communes.boundary.plot(ax=axes, color="#777777", linewidth=0.4)
    norm = BoundaryNorm(SHARE_STEPS, len(SHARE_COLOURS))
    province.areas.assign(share=shares).plot(
        ax=axes, column="share", cmap=ListedColormap(SHARE_COLOURS), norm=norm, edgecolor="none"
    )
    _frame(axes, province)


def _frame(axes: Axes, province: Province) -> None:
    west, south, east, north = province.communes.total_bounds
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_axis_off()
    length_km = _scale_km((east - west) / 1000.0)
    x, y = west + 0.02 * (east - west), south + 0.02 * (north - south)
    axes.plot([x, x + 1000.0 * length_km], [y, y], color="black", linewidth=2, solid_capstyle="butt")
    axes.text(
        x + 500.0 * length_km,
        y + 0.012 * (north - south),
        f"{length_km:g} km",
        ha="center",
        va="bottom",
        fontsize=8,
    )


def _aspect(province: Province) -> float:
    """Height of the map over its width."""
    west, south, east, north = province.communes.total_bounds
    return float(np.clip((north - south) / max(east - west, 1.0), 0.3, 1.6))


def _scale_km(width_km: float) -> float:
    """A round length near a fifth of the map's width."""
    return max((step for step in (1, 2, 5, 10, 20, 50, 100) if step <= width_km / 4), default=1)


def plan_map(province: Province, works: Sequence[Work], title: str) -> Figure:
    """Proposed sites, fibre routes and undergrounding runs.

    Parameters
    ----------
    province : Province
        The province.
    works : sequence of Work
        Works to draw.
    title : str
        Title of the map.

    Returns
    -------
    Figure
        One map.
    """
    with mpl.rc_context({"font.size": 9, "axes.titlesize": 12}):
        figure = Figure(figsize=(11, 11 * min(_aspect(province), 1.0) + 1.0), layout="constrained")
        axes = figure.subplots()
        province.communes.plot(ax=axes, color="#f7f7f2", edgecolor="#999999", linewidth=0.4)
        province.areas.plot(ax=axes, color="#e2dccb", edgecolor="none")
        province.roads.plot(ax=axes, color="#cccccc", linewidth=0.3)
        handles = _draw_lines(axes, works, province.crs) + _draw_sites(axes, works)
        _frame(axes, province)
        axes.set_title(title)
        if handles:
            figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_lines(axes: Axes, works: Sequence[Work], crs: str) -> list[Line2D]:
    handles = []
    looks = (
        ("fibre", "#1f78b4", 1.2, "new fibre route"),
        ("undergrounding", "#8c510a", 2.0, "cable put underground"),
    )
    for sub_plan, colour, width, label in looks:
        lines = [
            w.geometry for w in works if w.sub_plan == sub_plan and w.geometry is not None and w.geometry.length > 0
        ]
        if lines:
            gpd.GeoSeries(lines, crs=crs).plot(ax=axes, color=colour, linewidth=width, zorder=3)
            handles.append(Line2D([], [], color=colour, linewidth=width + 0.6, label=label))
    return handles


def _draw_sites(axes: Axes, works: Sequence[Work]) -> list[Line2D]:
    handles = []
    for kind, (marker, colour, size, label) in WORK_LOOK.items():
        points = [work.geometry for work in works if work.kind == kind and work.geometry is not None]
        if points:
            xy = shapely.get_coordinates(points)
            axes.scatter(
                xy[:, 0], xy[:, 1], s=size, marker=marker, color=colour, edgecolors="white", linewidths=0.4, zorder=4
            )
            text = f"{label} ({len(points)})"
            handles.append(Line2D([], [], linestyle="", marker=marker, color=colour, markersize=6, label=text))
    return handles


def money_chart(programme: Programme) -> Figure:
    """Cost beside budget per phase and payer.

    Parameters
    ----------
    programme : Programme
        What the run found.

    Returns
    -------
    Figure
        One bar chart.
    """
    payers = sorted({payer for phase in programme.phases for payer in (*phase.budget_vnd, *phase.cost_vnd)})
    colours = ("#2166ac", "#b35806", "#542788")
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7.5, 3.4), layout="constrained")
        axes = figure.subplots()
        width = 0.8 / max(1, len(payers))
        for index, payer in enumerate(payers):
            at = np.arange(len(programme.phases)) - 0.4 + (index + 0.5) * width
            budget = [phase.budget_vnd.get(payer, 0) / 1e9 for phase in programme.phases]
            cost = [phase.cost_vnd.get(payer, 0) / 1e9 for phase in programme.phases]
            colour = colours[index % len(colours)]
            axes.bar(at, budget, width * 0.95, fill=False, edgecolor=colour, linestyle=":")
            axes.bar(at, cost, width * 0.7, color=colour, label=payer.replace("_", " "))
        axes.set_xticks(np.arange(len(programme.phases)), [str(phase.year) for phase in programme.phases])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_ylabel("billion VND (dotted: budget)")
        axes.spines[["top", "right"]].set_visible(False)
        if payers:
            axes.legend(frameon=False)
    return figure


def frontier_chart(points: Sequence[FrontierPoint], technology: str, counted: str) -> Figure:
    """Least cost against share of covered areas or people, with the proven bound and the knee.

    Parameters
    ----------
    points : sequence of FrontierPoint
        The curve.
    technology : str
        '4g' or '5g'.
    counted : str
        'areas' or 'people'.

    Returns
    -------
    Figure
        One chart.
    """
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(7.5, 4), layout="constrained")
        axes = figure.subplots()
        share = [100.0 * point.share for point in points]
        cost, bound = [p.cost_vnd / 1e9 for p in points], [p.lower_bound_vnd / 1e9 for p in points]
        axes.fill_between(share, bound, cost, color="#2166ac", alpha=0.2, linewidth=0, label="no plan lies below this")
        axes.plot(share, cost, color="#2166ac", marker="o", markersize=4, label="least cost found")
        for point in points:
            if point.is_knee:
                axes.annotate(
                    "knee", (100.0 * point.share, point.cost_vnd / 1e9), (-28, 14), textcoords="offset points"
                )
        what = "residential areas" if counted == "areas" else "people"
        axes.set_xlabel(f"{what} with {technology.upper()}, %")
        axes.set_ylabel("radio works, billion VND")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
    return figure
