"""Keys `targets`, `phases`, `published`, `planning`, `report`, `run`: what is wanted and how it is sought."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from planner.config.base import Section, setting
from planner.config.microwave import MicrowaveConfig
from planner.config.radio import ReceiverName

Payer = Literal["operator", "province", "universal_service_fund"]
TargetKind = Literal[
    "coverage_areas", "coverage_people", "capacity_people", "fibre_communes", "fibre_households", "underground_zones",
    "underground_km",
]  # fmt: skip
ZoneKind = Literal["industrial_park", "urban", "residential"]


class Target(Section):
    """One promise of the programme."""

    name: str = setting(..., "Name used in every output.", min_length=1)
    kind: TargetKind = setting(..., "What is counted.")
    share: float = setting(1.0, "Share to be reached, 0 to 1.", ge=0, le=1)
    strictly_over: bool = setting(False, "Whether the share must be exceeded ('over 80 %'), not only reached.")
    year: int = setting(..., "Year it is due.", ge=2000, le=2100)
    base_year: int | None = setting(None, "Year the promise was made or its baseline counted.", ge=1990, le=2100)
    technology: Literal["4g", "5g"] | None = setting(
        None, "Technology of a coverage or capacity target; a capacity target without one counts all."
    )
    operator: str = setting("any", "Operator it is counted for, or any.")
    receiver: ReceiverName | None = setting(None, "Receiver it is counted for; absent: `coverage.receiver`.")
    area_kinds: list[str] | None = setting(
        None, "Kinds of area it is counted over (for example thon, tdp); absent: all."
    )
    per_commune: bool = setting(False, "Whether every commune by itself must reach the share.")
    zone_kinds: list[ZoneKind] | None = setting(None, "Kinds of zone; absent: all.")
    zone_status: Literal["new", "existing"] | None = setting(None, "Only new or only existing zones; absent: both.")
    status: Literal["published", "assumed"] = setting("assumed", "Published duty, or the planner's assumption.")
    source: str = setting("", "Where it is published.")

    @model_validator(mode="after")
    def _coverage_needs_technology(self) -> Target:
        if self.kind.startswith("coverage") and self.technology is None:
            raise ValueError("a coverage target needs `technology: 4g` or `technology: 5g`")
        return self


class Phase(Section):
    """A stretch of the programme with its money."""

    year: int = setting(..., "Last year of the phase.", ge=2000, le=2100)
    budget_vnd: dict[Payer, int] = setting(..., "Money per payer.", unit="VND")
    assumed: bool = setting(True, "Whether the budget is the planner's assumption.")
    max_new_sites: int | None = setting(None, "Capacity of works: new sites in the phase.", ge=0)
    max_underground_km: float | None = setting(None, "Capacity of works: kilometres put underground.", unit="km", ge=0)
    max_fibre_km: float | None = setting(None, "Capacity of works: kilometres of fibre route.", unit="km", ge=0)


class PublishedFigure(Section):
    """A figure the authorities published, shown beside the computed one."""

    what: str = setting(..., "Plain name of the figure.")
    measure: Literal[
        "4g_areas_share", "4g_population_share", "5g_areas_share", "5g_population_share", "5g_sites", "sites",
        "cable_km", "underground_share", "fibre_households_share", "fibre_communes_share",
        "existing_zones_underground_share", "none",
    ] = setting("none", "Computed figure it stands beside.")  # fmt: skip
    value: float = setting(..., "Published value (shares 0 to 1).")
    year: int | None = setting(None, "Year of the figure.")
    source: str = setting("", "Where it was published.")
    why_different: str = setting("", "Known reason why the computed figure differs.")


class CandidateConfig(Section):
    """Where new sites may stand."""

    spacing_m: float = setting(
        600.0, "Spacing of candidates inside settlements and along roads.", unit="m", ge=50, le=20_000
    )
    max_candidates: int = setting(20_000, "Most candidates generated before thinning.", ge=0, le=1_000_000)
    height_agl_m: float = setting(42.0, "Antenna height of a new macro site.", unit="m", gt=0, le=150)
    small_cell_height_agl_m: float = setting(12.0, "Antenna height of a small cell.", unit="m", gt=0, le=50)
    small_cells: bool = setting(
        False, "Whether small cells are considered: beside every place for a mast, and on poles that stand."
    )
    small_cell_power_dbm: float = setting(
        37.0, "Transmit power of a small cell's sector.", unit="dBm", ge=0, le=60, source="assumption: 5 W"
    )
    rooftops: bool = setting(True, "Whether roofs of public places are considered, where the data holds them.")
    rooftop_kinds: list[str] = setting(
        [
            "school", "kindergarten", "college", "university", "clinic", "hospital", "health", "townhall", "office",
            "government", "community_centre", "library", "post_office", "public", "trường", "trạm y tế", "bệnh viện",
            "ubnd", "nhà văn hóa", "bưu điện",
        ],
        "Kinds of places with a roof that may carry radio; a place counts when its kind contains one of these words.",
    )  # fmt: skip
    rooftop_height_agl_m: float = setting(
        18.0,
        "Antenna height on a roof whose building height is not known.",
        unit="m",
        gt=0,
        le=150,
        source="assumption",
    )
    roof_mast_m: float = setting(
        6.0, "Height of the antennas above a roof of known height.", unit="m", ge=0, le=30, source="assumption"
    )
    min_distance_to_homes_m: float = setting(0.0, "Least distance to a village's centre.", unit="m", ge=0)
    exclusion_zone_ids: list[str] = setting([], "Zones in which no mast may stand.")
    operators: list[str] | None = setting(
        None, "Operators that may build new sites and co-locate; absent: all with spectrum."
    )
    colocation_structures: list[str] = setting(["tower"], "Structures that may carry another operator's radio.")
    max_tenants: int = setting(3, "Most operators on one mast.", ge=1)


class Commitments(Section):
    """Works a planner fixes or forbids, by work id or site id."""

    fixed: list[str] = setting([], "Works that are in the plan whatever they cost.")
    forbidden: list[str] = setting([], "Works that may not be chosen.")


class PlanningConfig(Section):
    """How the plan is sought."""

    candidates: CandidateConfig = setting(CandidateConfig, "New sites.")
    commitments: Commitments = setting(Commitments, "What is already decided.")
    weigh_operation: bool = setting(
        False,
        "Whether the choice of radio works weighs their operation over `costs.horizon_years`, at present value, beside"
        " the investment; budgets pay for investment alone.",
    )
    site_payer: Payer = setting("operator", "Who pays radio works.")
    remote_site_payer: Payer = setting("universal_service_fund", "Who pays radio works in `priority_communes`.")
    fibre_payer: Payer = setting("operator", "Who pays fibre.")
    underground_payer: Payer = setting("province", "Who pays undergrounding.")
    priority_communes: list[str] = setting([], "Commune codes served first.")
    priority_min_elevation_m: float | None = setting(
        None, "Communes whose areas lie above this mean height are served first.", unit="m"
    )
    iterations: int = setting(100, "Counted work of the site solver.", ge=1)
    fibre_iterations: int = setting(200, "Counted work of the fibre solver.", ge=1)
    underground_iterations: int = setting(200, "Counted work of the undergrounding solver.", ge=1)
    repair_rounds: int = setting(
        6, "Most rounds of checking the plan in the coverage engine and repairing it.", ge=0, le=50
    )
    time_limit_s: float | None = setting(
        None, "Escape by the clock; recorded in the manifest when it strikes.", unit="s", gt=0
    )
    ring_for_communes: bool = setting(False, "Whether commune nodes get a second, edge-disjoint route.")
    microwave_allowed: bool = setting(True, "Whether a new site may be linked by microwave instead of fibre.")
    backhaul_needs_fibre_5g: bool = setting(True, "Whether a 5G site on microwave must get fibre.", source="assumption")
    microwave_max_hop_km: float = setting(
        15.0, "Longest microwave hop, where `microwave` would bear a longer one.", unit="km", gt=0,
        source="pobis: 15 km",
    )  # fmt: skip
    microwave_frequency_ghz: float = setting(
        15.0, "Microwave frequency, for rain and Fresnel clearance.", unit="GHz", gt=1, le=90
    )
    microwave: MicrowaveConfig = setting(MicrowaveConfig, "Radio of a microwave hop and the rain it has to bear.")
    reuse_cables: bool = setting(
        True,
        "Whether new fibre may use spare fibres of existing cables, whoever owns them; otherwise new cable is laid from"
        " the nearest trunk.",
        source="Decree 72/2012 wants sharing",
    )
    splitter_ratio: int = setting(64, "Homes per PON port.", ge=1)
    pon_reach_km: float = setting(20.0, "Reach of a PON.", unit="km", gt=0, source="ITU-T G.984")


class ReportConfig(Section):
    """What the report shows."""

    top_works: int = setting(10, "Most useful works shown.", ge=1, le=100)
    sensitivity: bool = setting(True, "Whether the three most important assumptions are varied.")
    language: Literal["en", "vi"] = setting("en", "Language of headings.")
    carrier_rasters: bool = setting(
        False, "Whether rasters of every operator's carriers are written too, with both servers and interference."
    )


class RunConfig(Section):
    """How the run is carried out; none of it changes results."""

    threads: int | None = setting(None, "Threads; absent: one per core.", ge=1, le=1024)
    seed: int = setting(1, "Seed of every generator.", ge=0)
    store: str | None = setting(None, "Folder of the store of per-mast results; absent: none is kept.")
