"""ITU-R P.2109: building entry loss."""

from __future__ import annotations

from typing import Literal

from planner.errors import Complaint, ModelRangeError
from planner.kernels.p2109 import EFFICIENT, TRADITIONAL, building_entry_loss_db
from planner.radio.models.base import ModelCard, Range

Building = Literal["traditional", "efficient"]
BUILDINGS: dict[Building, int] = {"traditional": TRADITIONAL, "efficient": EFFICIENT}

CARD = ModelCard(
    name="p2109",
    title="Building entry loss",
    source="ITU-R P.2109-2 (08/2023)",
    gives="building entry loss, dB, not exceeded with a probability",
    needs=("building: traditional or thermally efficient",),
    ranges=(
        Range("frequency_ghz", "GHz", 0.08, 100.0),
        Range("probability_pct", "%", 0.0, 100.0, open_ended=True),
        Range("elevation_deg", "degrees", -90.0, 90.0),
    ),
    notes="Added to the outdoor loss of an indoor receiver.",
)


def entry_loss_db(
    frequency_ghz: float, probability_pct: float, building: Building, elevation_deg: float = 0.0
) -> float:
    """Loss through a building's hull that is not exceeded with a probability.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    probability_pct : float
        Probability that the loss is not exceeded, %.
    building : {'traditional', 'efficient'}
        Type of building.
    elevation_deg : float, optional
        Elevation of the path at the facade, degrees.

    Returns
    -------
    float
        Building entry loss, dB.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    CARD.check(
        {
            "frequency_ghz": frequency_ghz,
            "probability_pct": probability_pct,
            "elevation_deg": elevation_deg,
        }
    )
    if building not in BUILDINGS:
        complaint = Complaint("p2109: building", f"'{building}'", "Use 'traditional' or 'efficient'")
        raise ModelRangeError("P.2109 cannot answer", [complaint])
    code = BUILDINGS[building]
    return float(building_entry_loss_db(frequency_ghz, probability_pct / 100.0, code, elevation_deg))
