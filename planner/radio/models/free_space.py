"""Free-space loss: what no other loss may undercut."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.kernels.free_space import free_space_loss_db
from planner.radio.models.base import Link, Loss, ModelCard, Range

CARD = ModelCard(
    name="free_space",
    title="Free space",
    source="ITU-R P.525-4 (08/2019) equation (4)",
    gives="basic transmission loss, dB",
    needs=("antenna heights for the slant distance",),
    ranges=(
        Range("frequency_mhz", "MHz", 0.001, 3e6),
        Range("distance_km", "km", 0.0, math.inf, open_ended=True),
    ),
    notes="A lower bound on every loss here, and the start of the link budget; no terrain, no clutter.",
)


@dataclass(frozen=True)
class FreeSpace:
    """Free-space model."""

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
        """Free-space loss along the straight ray.

        Parameters
        ----------
        link : Link
            The question; with a profile the heights of the ground at both ends count.

        Returns
        -------
        Loss
            The answer.
        """
        warnings = CARD.check({"frequency_mhz": link.frequency_mhz, "distance_km": link.distance_km})
        slant_km = math.hypot(link.distance_km, height_step_m(link) / 1000.0)
        loss_db = free_space_loss_db(link.frequency_mhz, slant_km)
        return Loss(loss_db, warnings, {"slant distance km": slant_km, "Lbfs dB P.525 Eq (4)": loss_db})


def height_step_m(link: Link) -> float:
    """Height of the transmitting antenna above the receiving one.

    Parameters
    ----------
    link : Link
        The link.

    Returns
    -------
    float
        Difference, m; over level ground where there is no profile.
    """
    ground_m = 0.0
    if link.profile is not None:
        ground_m = float(link.profile.terrain_asl_m[0] - link.profile.terrain_asl_m[-1])
    return ground_m + link.tx_height_agl_m - link.rx_height_agl_m
