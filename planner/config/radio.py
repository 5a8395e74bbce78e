"""Key `radio`: carriers, who holds them, antennas, the defaults the inventory lacks, and the receivers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from planner.config.base import Section, setting

Technology = Literal["4g", "5g"]
ReceiverName = Literal["outdoor", "in_vehicle", "indoor"]


class CarrierConfig(Section):
    """One carrier (a block of spectrum as a sector transmits it)."""

    technology: Technology = setting(..., "4g (LTE) or 5g (NR).")
    band: str = setting(..., "Band label used in every output, for example '1800' or '2600'.")
    frequency_mhz: float = setting(..., "Centre frequency of the downlink.", unit="MHz", ge=30, le=100_000)
    bandwidth_mhz: float = setting(..., "Channel bandwidth.", unit="MHz", gt=0, le=400)
    scs_khz: int = setting(15, "Subcarrier spacing.", unit="kHz", source="3GPP TS 38.211 (15 for LTE)")
    duplex: Literal["fdd", "tdd"] = setting("fdd", "Duplex mode.")
    tdd_downlink_share: float = setting(
        0.75, "Share of TDD symbols in the downlink.", ge=0.05, le=1.0, source="assumption"
    )
    power_dbm: float = setting(46.0, "Total transmit power of a sector on this carrier.", unit="dBm", ge=0, le=60)
    antenna: str = setting("macro_65deg", "Antenna name in `radio.antennas`.")
    narrow_antenna: str | None = setting(
        None,
        "Antenna in `radio.antennas` of half the width, two of which may take the place of one on overloaded sites;"
        " absent: sectors are not split.",
    )
    layers: int = setting(2, "Downlink MIMO layers.", ge=1, le=16)
    ssb_gain_offset_db: float = setting(
        0.0, "Gain of the SSB beam relative to the antenna's gain (NR).", unit="dB", ge=-20, le=20
    )
    traffic_gain_offset_db: float = setting(
        0.0, "Gain of the traffic beam relative to the antenna's gain.", unit="dB", ge=-20, le=20
    )
    anchor: Literal["sa", "nsa"] = setting("sa", "NR stand-alone, or NSA: usable only where the operator's 4G is.")
    on_existing_sites: bool = setting(
        True,
        "Whether today's sites of this technology transmit it; false: only proposed works do.",
        source="assumption",
    )


class OperatorConfig(Section):
    """An operator's carriers; one without a carrier of a technology is never upgraded to it."""

    carriers: list[str] = setting(..., "Carrier names of `radio.carriers` this operator holds spectrum for.")
    subscriber_share: float = setting(0.0, "Share of mobile subscribers.", ge=0, le=1, source="assumption")


class AntennaConfig(Section):
    """A sector antenna: the TR 38.901 parametric pattern, or a file of measured cuts."""

    kind: Literal["tr38901", "file", "omni"] = setting("tr38901", "Pattern: parametric, MSI/Planet file, or omni.")
    gain_dbi: float = setting(17.0, "Maximum gain.", unit="dBi", ge=-10, le=40)
    horizontal_beamwidth_deg: float = setting(65.0, "3 dB width in azimuth.", unit="deg", gt=0, le=360)
    vertical_beamwidth_deg: float = setting(7.0, "3 dB width in elevation.", unit="deg", gt=0, le=180)
    front_to_back_db: float = setting(30.0, "Front-to-back ratio.", unit="dB", ge=0, le=60)
    side_lobe_db: float = setting(30.0, "Side-lobe floor of the vertical cut.", unit="dB", ge=0, le=60)
    file: Path | None = setting(None, "MSI/Planet file for kind 'file'; relative to the scenario file.")


class SiteDefaults(Section):
    """What is assumed of a site where the inventory says nothing; every use is counted and reported."""

    azimuths_deg: list[float] = setting([0.0, 120.0, 240.0], "Azimuths of the sectors.", unit="deg", min_length=1)
    electrical_tilt_deg: float = setting(4.0, "Electrical downtilt.", unit="deg", ge=-10, le=20)
    mechanical_tilt_deg: float = setting(0.0, "Mechanical downtilt.", unit="deg", ge=-10, le=20)
    feeder_loss_db: float = setting(0.5, "Loss between radio and antenna.", unit="dB", ge=0, le=10)
    height_agl_m: float = setting(35.0, "Antenna height where the inventory has none.", unit="m", gt=0, le=300)


class ReceiverConfig(Section):
    """One kind of receiver."""

    height_agl_m: float = setting(
        1.5,
        "Antenna height above ground; levels are computed once, so all receivers of a scenario have the same.",
        unit="m",
        gt=0,
        le=30,
    )
    extra_loss_db: float = setting(
        0.0, "Loss added to the outdoor path: body, vehicle or building.", unit="dB", ge=0, le=60
    )
    extra_sigma_db: float = setting(
        0.0, "Spread of that loss, added in square to the location spread.", unit="dB", ge=0, le=20
    )
    entry_loss_model: Literal["fixed", "p2109_traditional", "p2109_efficient"] = setting(
        "fixed", "Fixed loss, or ITU-R P.2109 median and spread by building type."
    )


class TerminalConfig(Section):
    """The user's device and the base station's receiver: they decide the uplink."""

    power_dbm: float = setting(
        23.0, "Transmit power of the device.", unit="dBm", source="3GPP power class 3", ge=0, le=40
    )
    noise_figure_db: float = setting(
        7.0, "Noise figure of the device.", unit="dB", source="3GPP TR 38.901-era studies", ge=0, le=20
    )
    body_loss_db: float = setting(3.0, "Body loss.", unit="dB", ge=0, le=20, source="assumption")
    base_noise_figure_db: float = setting(3.0, "Noise figure of the base station.", unit="dB", ge=0, le=20)
    uplink_edge_resource_blocks: int = setting(4, "Resource blocks of a cell-edge uplink allocation.", ge=1, le=275)
    uplink_edge_sinr_db: float = setting(-3.0, "SINR the uplink needs at the cell edge.", unit="dB", ge=-20, le=30)
    uplink_interference_margin_db: float = setting(2.0, "Noise rise in the uplink.", unit="dB", ge=0, le=20)


class EmfConfig(Section):
    """Public exposure limit around antennas."""

    limit_w_m2: float = setting(2.0, "Power density limit at 10 MHz-6 GHz.", unit="W/m2", source="QCVN 8:2022", gt=0)
    duty_factor: float = setting(1.0, "Share of maximum power assumed in the time average.", gt=0, le=1)


class RadioConfig(Section):
    """Everything between the inventory and the link budget."""

    carriers: dict[str, CarrierConfig] = setting({}, "Carriers by name.")
    operators: dict[str, OperatorConfig] = setting({}, "Operators by name as the inventory writes them.")
    antennas: dict[str, AntennaConfig] = setting({"macro_65deg": AntennaConfig()}, "Antennas by name.")
    site_defaults: SiteDefaults = setting(SiteDefaults, "What is assumed where the inventory is silent.")
    receivers: dict[ReceiverName, ReceiverConfig] = setting(
        {
            "outdoor": ReceiverConfig(),
            "in_vehicle": ReceiverConfig(extra_loss_db=8.0),
            "indoor": ReceiverConfig(extra_loss_db=15.0, extra_sigma_db=4.0),
        },
        "Receivers coverage is reported for.",
        source="assumption",
    )
    terminal: TerminalConfig = setting(TerminalConfig, "Device and uplink.")
    emf: EmfConfig = setting(EmfConfig, "Exposure limit.")
    enabled_bands: list[str] | None = setting(None, "Bands that are switched on; all when absent.")
