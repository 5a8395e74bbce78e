"""What coverage is made of: sectors, layers per operator and carrier, and the table of areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.domain.grid import Grid


@dataclass(frozen=True)
class Sector:
    """One sector transmitting one carrier.

    Attributes
    ----------
    sector_id : str
        '<site_id>/<carrier>/<n>'.
    site_id, operator, carrier, technology, band : str
        Whose it is and what it transmits.
    x_m, y_m, height_agl_m : float
        Antenna position, m.
    azimuth_deg, electrical_tilt_deg, mechanical_tilt_deg : float
        Pointing; azimuth clockwise from north, tilt positive down.
    antenna : str
        Name in `radio.antennas`.
    power_dbm, feeder_loss_db : float
        Total power and loss before the antenna.
    """

    sector_id: str
    site_id: str
    operator: str
    carrier: str
    technology: str
    band: str
    x_m: float
    y_m: float
    height_agl_m: float
    azimuth_deg: float
    electrical_tilt_deg: float
    mechanical_tilt_deg: float
    antenna: str
    power_dbm: float
    feeder_loss_db: float


@dataclass(frozen=True)
class ProposedSite:
    """One carrier of one operator on a mast that is only proposed (new, co-located or an upgrade).

    Attributes
    ----------
    site_id : str
        Id of the site the carrier would stand on; existing ids for upgrades.
    operator, carrier : str
        Whose it is and which carrier of `radio.carriers` it transmits.
    x_m, y_m, height_agl_m : float
        Antenna position, m.
    azimuths_deg : tuple of float
        Azimuths of its sectors, clockwise from north; empty for the scenario's defaults.
    electrical_tilt_deg, mechanical_tilt_deg, power_dbm, feeder_loss_db : float or None
        What deviates from the carrier and the site defaults.
    antenna : str or None
        Antenna, where it is not the carrier's.
    first_sector : int
        Number of its first sector, where the site has sectors on this carrier already.
    replaces : bool
        Whether the sectors its operator has on this carrier at the site go off air.
    """

    site_id: str
    operator: str
    carrier: str
    x_m: float
    y_m: float
    height_agl_m: float
    azimuths_deg: tuple[float, ...] = ()
    electrical_tilt_deg: float | None = None
    mechanical_tilt_deg: float | None = None
    power_dbm: float | None = None
    feeder_loss_db: float | None = None
    antenna: str | None = None
    first_sector: int = 1
    replaces: bool = False


@dataclass(frozen=True)
class CoverageLayer:
    """Coverage of one carrier of one operator.

    Attributes
    ----------
    operator, carrier, technology, band : str
        What the layer is.
    level_dbm : ndarray of float32, shape (rows, cols)
        Median outdoor RSRP or SS-RSRP of the best server, dBm; NaN where no sector reaches.
    best_sector : ndarray of int32, shape (rows, cols)
        Index into `sectors`; -1 where none.
    second_dbm : ndarray of float32
        Level of the second server, dBm.
    interference_mw : ndarray of float32
        Sum of the other sectors' power per resource element at full load, mW.
    threshold_dbm : dict of str to float
        Receiver name -> median outdoor level that counts as served at the scenario's probability (downlink and
        uplink, losses and location margin included).
    limited_by : dict of str to str
        Receiver name -> 'downlink' or 'uplink'.
    sectors : tuple of Sector
        The sectors behind the layer.
    """

    operator: str
    carrier: str
    technology: str
    band: str
    level_dbm: NDArray[np.float32]
    best_sector: NDArray[np.int32]
    second_dbm: NDArray[np.float32]
    interference_mw: NDArray[np.float32]
    threshold_dbm: dict[str, float]
    limited_by: dict[str, str]
    sectors: tuple[Sector, ...]


@dataclass(frozen=True)
class CoverageMap:
    """Coverage of the whole province.

    Attributes
    ----------
    grid : Grid
        Frame of all layers.
    layers : tuple of CoverageLayer
        One per operator and carrier, sorted by operator, technology, band.
    assumed : dict of str to int
        What configuration supplied for the sectors -> how many times.
    warnings : tuple of str
        What a reader must know (cut radii, missing terrain ...).
    """

    grid: Grid
    layers: tuple[CoverageLayer, ...]
    assumed: dict[str, int]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaCoverage:
    """Coverage of every residential area.

    Attributes
    ----------
    table : DataFrame
        One row per area, operator ('any' too), technology ('4g', '5g', 'any'), band ('any' too) and receiver: area_id,
        operator, technology, band, receiver, people_share, area_share, centre_served,
        asked_points_served.
    covered_at : float
        Share of people at which an area counts as covered.
    """

    table: pd.DataFrame
    covered_at: float
