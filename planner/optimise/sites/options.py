"""Radio works a plan may choose from; each with owner, payer, cost, reason and where its sectors point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from planner.domain.coverage import ProposedSite


@dataclass(frozen=True)
class Aim:
    """Where the sectors of a work point, and what of their antennas is not the carrier's own.

    Attributes
    ----------
    azimuths_deg : tuple of float
        Azimuths; empty for the scenario's defaults.
    first_sector : int
        Number of the first of them.
    antenna : str or None
        Antenna, where it is not the carrier's.
    electrical_tilt_deg, mechanical_tilt_deg, power_dbm : float or None
        What the inventory states of the site.
    replaces : bool
        Whether they stand in for what the operator has on these carriers there.
    """

    azimuths_deg: tuple[float, ...] = ()
    first_sector: int = 1
    antenna: str | None = None
    electrical_tilt_deg: float | None = None
    mechanical_tilt_deg: float | None = None
    power_dbm: float | None = None
    replaces: bool = False


SOMEWHERE = Aim()  # the scenario's default azimuths, the carrier's own antenna


@dataclass(frozen=True)
class SiteOption:
    """One radio work that may be chosen.

    Attributes
    ----------
    work_id : str
        'U:<site>:<technology>', 'C:<host>:<operator>:<technology>', 'N:<candidate>:<operator>:<technology>',
        'S:<site>:<operator>:<technology>:<azimuth>', 'A:<site>:<operator>:<carrier>' or
        'D:<site>:<operator>:<technology>'.
    kind : str
        'upgrade', 'colocate', 'new_site', 'add_sector' or 'split_sectors'.
    owner, payer : str
        Operator it belongs to and who pays.
    technology : str
        '4g' or '5g'.
    carriers : tuple of str
        Carriers it puts on air.
    host : str
        Existing site it stands on, or the candidate's id.
    x_m, y_m, height_agl_m : float
        Antenna position, m.
    commune_code : str
        Commune it stands in.
    cost_vnd, opex_vnd_per_year : int
        Investment and yearly cost, VND.
    has_fibre : bool
        Whether its host is on fibre today.
    reason : str
        Why it is a candidate.
    operation_present_vnd : int
        Present value of its operation where the scenario weighs it, VND; else 0.
    aim : Aim
        Where its sectors point.
    stands_on : str
        'mast', 'small cell' (a pole of its own), 'roof' or 'pole' (one that stands).
    """

    work_id: str
    kind: str
    owner: str
    payer: str
    technology: str
    carriers: tuple[str, ...]
    host: str
    x_m: float
    y_m: float
    height_agl_m: float
    commune_code: str
    cost_vnd: int
    opex_vnd_per_year: int
    has_fibre: bool
    reason: str
    operation_present_vnd: int = 0
    aim: Aim = SOMEWHERE
    stands_on: str = "mast"

    @property
    def whole_vnd(self) -> int:
        """What the choice of works weighs: the investment, and the operation where the scenario asks for it."""
        return self.cost_vnd + self.operation_present_vnd


def proposals(options: Iterable[SiteOption]) -> list[ProposedSite]:
    """Write options as sites the coverage engine can add.

    Parameters
    ----------
    options : iterable of SiteOption
        Options.

    Returns
    -------
    list of ProposedSite
        One per option and carrier, in their order.
    """
    return [
        ProposedSite(
            site_id=option.host,
            operator=option.owner,
            carrier=carrier,
            x_m=option.x_m,
            y_m=option.y_m,
            height_agl_m=option.height_agl_m,
            azimuths_deg=option.aim.azimuths_deg,
            electrical_tilt_deg=option.aim.electrical_tilt_deg,
            mechanical_tilt_deg=option.aim.mechanical_tilt_deg,
            power_dbm=option.aim.power_dbm,
            antenna=option.aim.antenna,
            first_sector=option.aim.first_sector,
            replaces=option.aim.replaces,
        )
        for option in options
        for carrier in option.carriers
    ]


def total_cost_vnd(options: Iterable[SiteOption]) -> int:
    """What several options weigh in the choice.

    Parameters
    ----------
    options : iterable of SiteOption
        The options.

    Returns
    -------
    int
        Sum of their investments, and of their operation where it is weighed, VND.
    """
    return int(np.sum([option.whole_vnd for option in options], dtype=np.int64))
