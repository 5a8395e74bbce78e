"""Picture of one link: terrain, clutter, ray and first Fresnel zone."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.figure import Figure

from planner.coverage.link import LinkReport


def profile_figure(report: LinkReport) -> Figure:
    """Draw a link's profile over the curved earth.

    Parameters
    ----------
    report : LinkReport
        The link worked out.

    Returns
    -------
    Figure
        One plot; the ray is drawn bent by the earth's bulge, the ground as the map has it.
    """
    link, profile = report.link, report.link.needed_profile
    d_km = profile.distance_km
    with mpl.rc_context({"font.size": 9}):
        figure = Figure(figsize=(10, 4.4), layout="constrained")
        axes = figure.subplots()
        top = profile.terrain_asl_m + profile.clutter_height_m
        floor = float(profile.terrain_asl_m.min()) - 10.0
        axes.fill_between(d_km, floor, profile.terrain_asl_m, color="#c7b299", label="terrain", linewidth=0)
        axes.fill_between(d_km, profile.terrain_asl_m, top, color="#7fbf7b", label="clutter", linewidth=0, step="mid")
        axes.plot(d_km, report.ray_asl_m, color="#b2182b", linewidth=1.2, label="ray")
        low, high = report.ray_asl_m - report.fresnel_m, report.ray_asl_m + report.fresnel_m
        axes.fill_between(d_km, low, high, color="#b2182b", alpha=0.15, linewidth=0, label="first Fresnel zone")
        axes.set_xlim(0.0, profile.length_km)
        axes.set_ylim(bottom=floor)
        axes.set_xlabel("distance, km")
        axes.set_ylabel("height above sea level, m")
        axes.set_title(
            f"{report.model}: {report.loss.loss_db:.2f} dB at {link.frequency_mhz:g} MHz, {profile.length_km:.2f} km;"
            f" clearance {report.clearance_share:.2f} F1"
        )
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, ncols=4, loc="upper right")
    return figure
