"""A change somebody proposes to the network: one row of a proposal file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["add", "remove", "change"]


@dataclass(frozen=True)
class Proposal:
    """One proposed change of a site or of some of its sectors.

    Attributes
    ----------
    action : str
        'add' a site or sectors of one, 'remove', or 'change' (move, re-tilt, power, band, antenna, height).
    site_id : str
        Site it is about; a new id for 'add'.
    operator : str
        Whose it is; empty for the site's own operator.
    carriers : tuple of str
        Carriers transmitted: of the new site, or of the changed one from now on; empty for no change.
    x_m, y_m, height_agl_m : float or None
        New position and antenna height, m.
    azimuths_deg : tuple of float
        New azimuths; empty for the defaults ('add') or no change.
    sector : int or None
        Number of the one sector that is changed or removed; None for all.
    electrical_tilt_deg, mechanical_tilt_deg, power_dbm : float or None
        New values.
    antenna : str or None
        New antenna.
    where : str
        File and row, for messages.
    """

    action: Action
    site_id: str
    operator: str = ""
    carriers: tuple[str, ...] = ()
    x_m: float | None = None
    y_m: float | None = None
    height_agl_m: float | None = None
    azimuths_deg: tuple[float, ...] = ()
    sector: int | None = None
    electrical_tilt_deg: float | None = None
    mechanical_tilt_deg: float | None = None
    power_dbm: float | None = None
    antenna: str | None = None
    where: str = "proposal"
