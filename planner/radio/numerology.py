"""Resource blocks of LTE and NR channels: how many subcarriers share a sector's power."""

from __future__ import annotations

from typing import NamedTuple

from planner.config.radio import CarrierConfig
from planner.errors import Complaint, ConfigError

SUBCARRIERS_PER_BLOCK = 12  # 3GPP TS 36.211 section 6.2.3, TS 38.211 section 4.4.4.1
FR2_FROM_MHZ = 24_250.0  # 3GPP TS 38.104 Table 5.1-1

# bandwidth in MHz -> resource blocks
_LTE: dict[float, int] = {1.4: 6, 3: 15, 5: 25, 10: 50, 15: 75, 20: 100}  # 3GPP TS 36.104 Table 5.6-1
_NR_FR1: dict[int, dict[float, int]] = {  # 3GPP TS 38.101-1 Table 5.3.2-1, by subcarrier spacing in kHz
    15: {3: 15, 5: 25, 10: 52, 15: 79, 20: 106, 25: 133, 30: 160, 35: 188, 40: 216, 45: 242, 50: 270},
    30: {5: 11, 10: 24, 15: 38, 20: 51, 25: 65, 30: 78, 35: 92, 40: 106, 45: 119, 50: 133, 60: 162, 70: 189,
         80: 217, 90: 245, 100: 273},
    60: {10: 11, 15: 18, 20: 24, 25: 31, 30: 38, 35: 44, 40: 51, 45: 58, 50: 65, 60: 79, 70: 93, 80: 107,
         90: 121, 100: 135},
}  # fmt: skip
_NR_FR2: dict[int, dict[float, int]] = {  # 3GPP TS 38.101-2 Table 5.3.2-1
    60: {50: 66, 100: 132, 200: 264},
    120: {50: 32, 100: 66, 200: 132, 400: 264},
}


def _table(carrier: CarrierConfig) -> dict[float, int]:
    """Bandwidths a carrier may have, with their resource blocks; empty for an unknown subcarrier spacing."""
    if carrier.technology == "4g":
        return dict(_LTE) if carrier.scs_khz == 15 else {}
    tables = _NR_FR2 if carrier.frequency_mhz >= FR2_FROM_MHZ else _NR_FR1
    return dict(tables.get(carrier.scs_khz, {}))


def resource_blocks(name: str, carrier: CarrierConfig) -> int:
    """Resource blocks of a carrier.

    Parameters
    ----------
    name : str
        Carrier's name, for the complaint.
    carrier : CarrierConfig
        The carrier.

    Returns
    -------
    int
        Resource blocks of its bandwidth at its subcarrier spacing.

    Raises
    ------
    ConfigError
        When 3GPP defines no such channel.
    """
    table = _table(carrier)
    if carrier.bandwidth_mhz in table:
        return table[carrier.bandwidth_mhz]
    what = "LTE" if carrier.technology == "4g" else "NR"
    if not table:
        spacings = [15] if carrier.technology == "4g" else sorted(
            _NR_FR2 if carrier.frequency_mhz >= FR2_FROM_MHZ else _NR_FR1
        )  # fmt: skip
        complaint = Complaint(
            f"radio.carriers.{name}.scs_khz",
            f"{what} at {carrier.frequency_mhz:g} MHz has no subcarrier spacing of {carrier.scs_khz} kHz",
            f"Give one of {', '.join(map(str, spacings))}.",
        )
    else:
        complaint = Complaint(
            f"radio.carriers.{name}.bandwidth_mhz",
            f"{what} has no channel of {carrier.bandwidth_mhz:g} MHz at {carrier.scs_khz} kHz spacing",
            f"Give one of {', '.join(f'{width:g}' for width in sorted(table))}.",
        )
    raise ConfigError(f"The carrier {name} cannot be", [complaint])


class Overhead(NamedTuple):
    """Shares of resource elements that carry no user data.

    Attributes
    ----------
    lte : float
        LTE, 0 to 1.
    nr_fr1 : float
        NR below 24.25 GHz, 0 to 1.
    nr_fr2 : float
        NR from 24.25 GHz, 0 to 1.
    """

    lte: float
    nr_fr1: float
    nr_fr2: float

    def of(self, carrier: CarrierConfig) -> float:
        """Overhead of a carrier.

        Parameters
        ----------
        carrier : CarrierConfig
            The carrier.

        Returns
        -------
        float
            0 to 1.
        """
        if carrier.technology == "4g":
            return self.lte
        return self.nr_fr2 if carrier.frequency_mhz >= FR2_FROM_MHZ else self.nr_fr1
