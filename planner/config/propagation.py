"""Key `propagation`: the model, how profiles are taken, clutter, atmosphere, calibration."""

from __future__ import annotations

from typing import Literal

from planner.config.base import Section, setting

ModelName = Literal[
    "p1812", "itm", "hata", "free_space", "tr38901_rma", "tr38901_uma", "tr38901_umi", "tr38901_inh", "p452",
]  # fmt: skip


class ClutterClass(Section):
    """What stands on the ground in one land-cover class."""

    name: str = setting(..., "Plain name of the class.")
    height_m: float = setting(0.0, "Representative clutter height added to bare earth.", unit="m", ge=0, le=100)
    environment: Literal["water", "open", "suburban", "urban", "dense_urban", "trees"] = setting(
        "open", "Environment the class stands for."
    )
    offset_db: float = setting(0.0, "Calibration offset added to the loss.", unit="dB", ge=-40, le=40)
    offset_by_band_db: dict[str, float] = setting(
        {}, "Calibration offset of single bands, beside `offset_db`.", unit="dB"
    )
    slope_db_per_decade: float = setting(
        0.0, "Calibration slope added per decade of distance.", unit="dB/decade", ge=-40, le=40
    )


def _worldcover() -> dict[int, ClutterClass]:
    """Classes of ESA WorldCover v200 with representative heights."""
    rows = (
        (10, "tree cover", 15.0, "trees"),
        (20, "shrubland", 3.0, "open"),
        (30, "grassland", 0.0, "open"),
        (40, "cropland", 0.0, "open"),
        (50, "built-up", 10.0, "suburban"),
        (60, "bare or sparse", 0.0, "open"),
        (70, "snow and ice", 0.0, "open"),
        (80, "permanent water", 0.0, "water"),
        (90, "herbaceous wetland", 0.0, "open"),
        (95, "mangroves", 8.0, "trees"),
        (100, "moss and lichen", 0.0, "open"),
    )
    return {code: ClutterClass(name=name, height_m=height, environment=kind) for code, name, height, kind in rows}


class SeaConfig(Section):
    """Which water is sea in the sense of ITU-R P.1812; land near it is coastal, all else inland."""

    highest_asl_m: float | None = setting(
        1.0,
        "Highest surface of water (land-cover classes of environment water) that is sea; null: nothing is, and all"
        " land is inland.",
        unit="m",
        source="assumption: real terrain models have 0 m at sea, and some noise",
    )
    smallest_km2: float = setting(
        100.0,
        "Smallest connected water at that height, as far as the terrain reaches, that is sea; smaller ones are ponds"
        " and river mouths.",
        unit="km2",
        ge=0,
        source="assumption",
    )


class PropagationConfig(Section):
    """Propagation model and everything it needs to know besides the path."""

    model: ModelName = setting("p1812", "Model used unless a band or an environment names another.")
    model_by_band: dict[str, ModelName] = setting({}, "Band label -> model.")
    model_by_environment: dict[str, ModelName] = setting({}, "Environment of the receiver's clutter class -> model.")
    mode: Literal["sweep", "exact"] = setting("sweep", "Radial sweep with shared profiles, or a profile per cell.")
    sampling: Literal["grid", "bilinear"] = setting("grid", "Profile sampling rule of mode exact.")
    rays_per_cell: int = setting(
        4, "Rays per cell of the rim in mode sweep; docs/performance.md has error and cost of each.", ge=1, le=8
    )
    radius_km: float | None = setting(
        10.0,
        "Radius of a site's calculation; absent: derived from the link budget, capped by terrain.",
        unit="km",
        gt=0,
        le=100,
    )
    time_pct: float = setting(
        50.0, "Time percentage the loss is not exceeded.", unit="%", ge=1, le=50, source="ITU-R P.1812-8"
    )
    delta_n: float = setting(
        45.0,
        "Median refractivity lapse rate DN.",
        unit="N-units/km",
        source="ITU-R P.1812-8 range; northern Vietnam nearer 55",
        gt=0,
        lt=150,
    )
    n0: float = setting(325.0, "Sea-level surface refractivity N0.", unit="N-units", gt=200, lt=500)
    earth_k: float | None = setting(None, "Effective earth radius factor; replaces the one from DN.", gt=0.3, lt=10)
    polarisation: Literal["vertical", "horizontal"] = setting("vertical", "Polarisation.")
    location_sigma_db: float | None = setting(
        None,
        "Spread of the level over locations; absent: ITU-R P.1812-8 section 4.8 by frequency.",
        unit="dB",
        ge=0,
        le=20,
    )
    sea: SeaConfig = setting(
        SeaConfig, "Radio-climatic zones: which water is sea.", source="ITU-R P.1812-8 section 3.3"
    )
    clutter: dict[int, ClutterClass] = setting(
        _worldcover(), "Land-cover code -> clutter.", source="ESA WorldCover v200; heights assumed"
    )
    line_of_sight: Literal["profile", "probability"] = setting(
        "profile",
        "TR 38.901: ask whether the ray clears terrain and clutter, or weigh both losses by their probability.",
        source="3GPP TR 38.901 table 7.4.2-1",
    )
    itm_climate: Literal[
        "equatorial",
        "continental_subtropical",
        "maritime_subtropical",
        "desert",
        "continental_temperate",
        "maritime_temperate_land",
        "maritime_temperate_sea",
    ] = setting("continental_subtropical", "Radio climate of ITM.", source="NBS Technical Note 101; assumption")
    ground_permittivity: float = setting(
        15.0, "Relative permittivity of the ground (ITM).", source="average ground, NTIA", ge=1, le=100
    )
    ground_conductivity_s_m: float = setting(
        0.005, "Conductivity of the ground (ITM).", unit="S/m", source="average ground, NTIA", gt=0, le=100
    )
    end_correction: Literal["none", "p2108_height_gain", "p2108_terrestrial"] = setting(
        "none",
        "Clutter loss at the receiver for models without clutter (itm, free_space); never added to the others.",
        source="ITU-R P.2108-1",
    )
    vapour_density_g_m3: float = setting(
        20.0,
        "Water vapour in the air: attenuation by gases from 6 GHz (ITU-R P.676-13).",
        unit="g/m3",
        ge=0,
        le=40,
        source="assumption: humid subtropical summer",
    )
    dn50_file: str | None = setting(None, "ITU digital map DN50, where the user has it.")
    n050_file: str | None = setting(None, "ITU digital map N050, where the user has it.")
