"""Key `planning.microwave`: the radio of a microwave hop and the rain it has to bear."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.config.base import Section, setting

RainRegion = Literal["A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P", "Q"]


class MicrowaveConfig(Section):
    """What a hop is built of, and how often rain may break it."""

    rain_region: RainRegion = setting(
        "N", "Rain region, which says the rain exceeded 0.01 % of the year.",
        source="ITU-R P.837-1 table 1; northern Vietnam read as N (95 mm/h), the south as P: assumption",
    )  # fmt: skip
    rain_mm_h: float | None = setting(
        None, "Rain rate exceeded 0.01 % of the year in one minute, where measured; replaces the region's.",
        unit="mm/h", gt=0, le=300,
    )  # fmt: skip
    availability_pct: float = setting(
        99.99, "Share of the average year in which rain must not break a hop.", unit="%", ge=99, le=99.999,
        source="assumption",
    )  # fmt: skip
    polarisation: Literal["vertical", "horizontal"] = setting(
        "vertical", "Polarisation of hops; vertical waves fade less in rain.", source="usual practice"
    )
    further_frequencies_ghz: list[Annotated[float, Field(gt=1, le=90)]] = setting(
        [],
        "Frequencies that may be used beside `microwave_frequency_ghz`; a hop takes the highest that bears its length.",
        unit="GHz",
    )
    transmit_power_dbm: float = setting(20.0, "Transmit power.", unit="dBm", ge=-20, le=50, source="assumption")
    antenna_diameter_m: float = setting(
        0.6, "Diameter of the dishes at both ends; their gain follows with an efficiency of 55 %.", unit="m", gt=0,
        le=5, source="assumption",
    )  # fmt: skip
    receiver_threshold_dbm: float = setting(
        -68.0, "Least level that carries the wanted traffic.", unit="dBm", ge=-120, le=0,
        source="assumption: some 300 Mbit/s in 56 MHz",
    )  # fmt: skip
    other_losses_db: float = setting(
        2.0, "Feeders, branching and pointing, both ends together.", unit="dB", ge=0, le=40, source="assumption"
    )
