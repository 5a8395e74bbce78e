"""Extended Hata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.kernels.free_space import free_space_loss_db
from planner.kernels.hata import RURAL, SUBURBAN, URBAN, HataResult, extended_hata
from planner.radio.models.base import Link, Loss, ModelCard, Range

CARD = ModelCard(
    name="hata",
    title="Extended Hata with Okumura's terrain corrections",
    source="NTIA TR-15-517 (2015) Appendix A",
    gives="median basic transmission loss, dB",
    needs=("terrain profile", "environment: urban, suburban or rural"),
    ranges=(
        Range("frequency_mhz", "MHz", 150.0, 6000.0, 1500.0, 3000.0),
        Range("base_height_agl_m", "m", 1.0, 3000.0, 30.0, 200.0),
        Range("mobile_height_agl_m", "m", 0.5, 3000.0, 1.0, 10.0),
        Range("distance_km", "km", 0.0, 1000.0, 1.0, 100.0, open_ended=True),
    ),
    notes="Heights beyond the stated range are held at its ends; loss never below free space.",
)
ENVIRONMENTS = {
    "urban": URBAN,
    "dense_urban": URBAN,
    "suburban": SUBURBAN,
    "open": RURAL,
    "trees": RURAL,
    "water": RURAL,
}


def hata_loss(
    heights_asl_m: NDArray[np.float64], step_m: float, frequency_mhz: float, base_height_agl_m: float,
    mobile_height_agl_m: float, environment: int,
) -> tuple[HataResult, tuple[str, ...]]:  # fmt: skip
    """Median loss over a profile that runs from the mobile to the base station.

    Parameters
    ----------
    heights_asl_m : ndarray of float64, shape (n,)
        Terrain from the mobile to the base station at equal steps, m above sea level; 0 is sea.
    step_m : float
        Step, m.
    frequency_mhz : float
        Frequency, MHz.
    base_height_agl_m : float
        Base station's antenna, m above ground.
    mobile_height_agl_m : float
        Mobile's antenna, m above ground.
    environment : int
        0 urban, 1 suburban, 2 rural.

    Returns
    -------
    tuple of HataResult and tuple of str
        Loss with its parts, and warnings.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    values = {
        "frequency_mhz": frequency_mhz,
        "base_height_agl_m": base_height_agl_m,
        "mobile_height_agl_m": mobile_height_agl_m,
        "distance_km": (len(heights_asl_m) - 1) * step_m / 1000.0,
    }
    warnings = CARD.check(values)
    heights = np.ascontiguousarray(heights_asl_m, np.float64)
    result = extended_hata(heights, step_m, frequency_mhz, base_height_agl_m, mobile_height_agl_m, environment)
    return result, warnings


@dataclass(frozen=True)
class Hata:
    """Extended Hata, the receiver being the mobile."""

    @property
    def card(self) -> ModelCard:
        """What the model is and answers for.

        Returns
        -------
        ModelCard
            The card.
        """
        return CARD

    def loss(self, link: Link) -> Loss:
        """Median loss over the link's profile in the environment of the receiver.

        Parameters
        ----------
        link : Link
            The question, with a profile.

        Returns
        -------
        Loss
            The answer with its parts.
        """
        heights, step_m = link.needed_profile.even()
        result, warnings = hata_loss(
            heights[::-1], step_m, link.frequency_mhz, link.tx_height_agl_m, link.rx_height_agl_m,
            ENVIRONMENTS[link.environment],
        )  # fmt: skip
        free_db = free_space_loss_db(link.frequency_mhz, link.distance_km)
        parts = {
            "h_b effective m": result.effective_base_m,
            "h_m effective m": result.effective_mobile_m,
            "delta_h m": result.irregularity_m,
            "median dB TR-15-517 App A": result.median_db,
            "terrain corrections dB Okumura Sec 4": result.correction_db,
            "free space dB P.525 Eq (4)": free_db,
        }
        return Loss(max(float(result.loss_db), free_db), warnings, parts)
