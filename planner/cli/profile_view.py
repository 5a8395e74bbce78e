"""How one link is shown: its values, its samples and a picture of the profile made of characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.cli.console import err, out

if TYPE_CHECKING:
    from planner.coverage.link import LinkReport

_ROWS, _COLUMNS = 16, 100
_SAMPLES_SHOWN = 25


def as_record(report: LinkReport) -> dict[str, Any]:
    """Turn a link into plain values for JSON.

    Parameters
    ----------
    report : LinkReport
        The link worked out.

    Returns
    -------
    dict
        Loss, additions, intermediates and every sample.
    """
    path = report.link.needed_profile
    clearances: list[float | None] = report.clearances.tolist()
    clearances[0] = clearances[-1] = None
    return {
        "model": report.model,
        "frequency_mhz": report.link.frequency_mhz,
        "loss_db": report.loss.loss_db,
        "additions_db": report.additions_db,
        "total_db": report.total_db,
        "clearance_share": report.clearance_share if len(clearances) > 2 else None,
        "warnings": list(report.loss.warnings),
        "intermediates": dict(report.loss.intermediates),
        "sampling": report.sampling,
        "profile": {
            "distance_km": path.distance_km.tolist(),
            "terrain_asl_m": path.terrain_asl_m.tolist(),
            "clutter_height_m": path.clutter_height_m.tolist(),
            "zone": path.zone.tolist(),
            "fresnel_m": report.fresnel_m.tolist(),
            "ray_asl_m": report.ray_asl_m.tolist(),
            "clearance_share": clearances,
        },
    }


def show(report: LinkReport) -> None:
    """Print a link: every intermediate with its equation, the samples, the picture, what coverage adds.

    Parameters
    ----------
    report : LinkReport
        The link worked out.
    """
    from rich.table import Table

    console, link = out(), report.link
    title = f"{report.model} at {link.frequency_mhz:g} MHz: {report.loss.loss_db:.3f} dB"
    table = Table("quantity, unit, equation", "value", title=title)
    for name, value in report.loss.intermediates.items():
        table.add_row(name, f"{value:.6g}")
    console.print(table)
    console.print(_samples(report))
    console.print(picture(report), markup=False)
    path = link.needed_profile
    clearance = f"least clearance {report.clearance_share:.2f} F1"
    console.print(f"{len(path.distance_km)} samples by the {report.sampling} rule; {clearance}", markup=False)
    for name, value in report.additions_db.items():
        console.print(f"{value:+.3f} dB {name}", markup=False)
    console.print(f"{report.total_db:.3f} dB is what coverage is computed from", markup=False)
    for warning in report.loss.warnings:
        err().print(f"warning: {warning}", markup=False)


def _samples(report: LinkReport) -> Any:
    """Table of samples; of a long path some, the ends and the one of least clearance among them."""
    from rich.table import Table

    path = report.link.needed_profile
    count = len(path.distance_km)
    shown = np.unique(np.linspace(0, count - 1, min(count, _SAMPLES_SHOWN)).round().astype(int))
    if count > 2:
        shown = np.union1d(shown, [int(np.nanargmin(report.clearances))])
    title = "Samples" if shown.size == count else f"{shown.size} of {count} samples; --json has all"
    heads = ("km", "terrain, m", "clutter, m", "zone", "ray, m", "F1, m", "clearance, F1")
    table = Table(*heads, title=title)
    zones = {1: "sea", 3: "coast", 4: "inland"}
    for i in shown:
        clearance = report.clearances[i]
        table.add_row(
            f"{path.distance_km[i]:.3f}", f"{path.terrain_asl_m[i]:.1f}", f"{path.clutter_height_m[i]:.0f}",
            zones[int(path.zone[i])], f"{report.ray_asl_m[i]:.1f}", f"{report.fresnel_m[i]:.1f}",
            "" if np.isnan(clearance) else f"{clearance:.2f}",
        )  # fmt: skip
    return table


def picture(report: LinkReport) -> str:
    """Draw a profile with characters: ground '#', clutter ':', the ray '*', the first Fresnel zone '.'.

    Parameters
    ----------
    report : LinkReport
        The link worked out.

    Returns
    -------
    str
        Lines from top to bottom, heights above sea level at their left, distances below.
    """
    path = report.link.needed_profile
    at_km = np.linspace(0.0, path.length_km, _COLUMNS)

    def along(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.interp(at_km, path.distance_km, values)

    ground, ray, fresnel = along(path.terrain_asl_m), along(report.ray_asl_m), along(report.fresnel_m)
    clutter = ground + along(path.clutter_height_m)
    low, high = float(min(ground.min(), ray.min())), float(max(clutter.max(), (ray + fresnel).max()))
    step = max(high - low, 1.0) / (_ROWS - 1)
    lines = []
    for row in range(_ROWS - 1, -1, -1):
        level = low + row * step
        marks = np.full(_COLUMNS, " ")
        marks[np.abs(level - ray) <= fresnel] = "."
        marks[level <= clutter + 0.5 * step] = ":"
        marks[level <= ground + 0.5 * step] = "#"
        marks[np.abs(level - ray) <= 0.5 * step] = "*"
        lines.append(f"{level:7.0f} m |{''.join(marks)}|")
    foot = f"0 km{path.length_km:>{_COLUMNS - 7}.2f} km"
    legend = "# ground  : clutter  * ray over the curved earth  . first Fresnel zone"
    return "\n".join([*lines, " " * 11 + foot, " " * 11 + legend])
