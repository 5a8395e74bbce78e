"""Key `coverage`: what "served" means."""

from __future__ import annotations

from typing import Literal

from planner.config.base import Section, setting
from planner.config.radio import ReceiverName


class Threshold(Section):
    """Levels a technology needs."""

    level_dbm: float = setting(..., "RSRP (4G) or SS-RSRP (5G) needed at the receiver.", unit="dBm", ge=-140, le=-40)
    sinr_db: float | None = setting(
        None, "SINR needed at the stated load; absent: level alone decides.", unit="dB", ge=-20, le=40
    )
    downlink_mbps: float | None = setting(None, "Downlink rate needed; absent: not asked.", unit="Mbit/s", gt=0)
    uplink_mbps: float | None = setting(
        None,
        "Uplink rate needed where the uplink is considered; absent: the edge allocation of `radio.terminal` alone.",
        unit="Mbit/s",
        gt=0,
    )


class DemandConfig(Section):
    """Traffic at the busy hour."""

    subscribers_per_person: float = setting(0.9, "Active subscribers per person.", ge=0, le=3, source="assumption")
    gb_per_month: float = setting(
        14.0,
        "Volume per subscriber and month in the base year.",
        unit="GB",
        ge=0,
        source="Bac Giang targets 2021: 14 GB (2025)",
    )
    growth_per_year: float = setting(
        0.14,
        "Yearly growth of volume.",
        ge=-0.5,
        le=2,
        source="14 to 27 GB, 2025-2030, Bac Giang targets 2021",
    )
    population_growth_per_year: float = setting(
        0.01, "Yearly growth of population.", ge=-0.1, le=0.2, source="assumption"
    )
    busy_hour_share: float = setting(
        0.08, "Share of a day's traffic in the busy hour.", gt=0, le=1, source="assumption"
    )
    share_4g: float = setting(0.5, "Share of the volume carried by 4G.", ge=0, le=1, source="assumption")


class CoverageConfig(Section):
    """Threshold, probability and receiver coverage is decided by."""

    preset: str | None = setting(
        None, "Named thresholds (see `planner models --presets`); single thresholds below replace its values."
    )
    thresholds: dict[Literal["4g", "5g"], Threshold] = setting({}, "Threshold per technology.")
    location_probability: float = setting(
        0.95,
        "Share of locations in a cell that must reach the level.",
        ge=0.5,
        lt=1,
        source="FCC 90 %, ITU practice 95 %",
    )
    receiver: ReceiverName = setting("outdoor", "Receiver the targets are counted for.")
    area_covered_at: float = setting(0.95, "An area counts as covered at this share of its people.", gt=0, le=1)
    require_centre: bool = setting(False, "Whether the centre point must be served too.")
    require_clusters: bool = setting(
        False, "Whether the middle of every cluster of the area (part that hangs together) must be served too."
    )
    cell_load: float = setting(0.5, "Load of interfering cells.", ge=0, le=1, source="FCC 50 %")
    consider_uplink: bool = setting(True, "Coverage is the lesser of downlink and uplink.")
    national_roaming: bool = setting(False, "A device may use any operator's network.")
    infrastructure_sharing: bool = setting(
        True, "Operators may share masts (co-location).", source="Decree 72/2012 wants it"
    )
    demand: DemandConfig = setting(DemandConfig, "Traffic at the busy hour.")
    white_zone_min_cells: int = setting(2, "Smallest white zone reported.", unit="cells", ge=1)
    border_margin_km: float = setting(
        3.0, "Areas this near the border are flagged when no neighbouring sites are given.", unit="km", ge=0
    )
