"""ITU-R P.2108: clutter loss at terminals."""

from __future__ import annotations

from planner.kernels.p2108 import height_gain_loss_db, terrestrial_loss_db
from planner.radio.models.base import ModelCard, Range

HEIGHT_GAIN_CARD = ModelCard(
    name="p2108_height_gain",
    title="Clutter loss of a low terminal, height-gain model",
    source="ITU-R P.2108-1 (09/2021) section 3.1",
    gives="additional loss at one end, dB",
    needs=("clutter type 1 water, 2 open, 3 suburban, 4 urban, 5 trees, 6 dense urban",),
    ranges=(
        Range("frequency_ghz", "GHz", 0.03, 3.0),
        Range("height_agl_m", "m", 0.0, 10_000.0, open_ended=True),
        Range("street_m", "m", 0.0, 10_000.0, open_ended=True),
        Range("clutter_height_m", "m", 0.0, 1000.0, open_ended=True),
        Range("clutter", "", 1, 6),
    ),
    notes="An end correction for models without clutter; never on top of P.1812 with clutter heights.",
)
TERRESTRIAL_CARD = ModelCard(
    name="p2108_terrestrial",
    title="Clutter loss of terrestrial terminals, statistical model",
    source="ITU-R P.2108-1 (09/2021) section 3.2",
    gives="clutter loss at one end, dB, not exceeded at a share of locations",
    needs=(),
    ranges=(
        Range("frequency_ghz", "GHz", 0.5, 67.0),
        Range("distance_km", "km", 0.25, 20_000.0),
        Range("location_pct", "%", 0.0, 100.0, open_ended=True),
    ),
    notes="For terminals within urban or suburban clutter; both ends in clutter: paths of 1 km and more.",
)


def terminal_clutter_loss_db(
    frequency_ghz: float, height_agl_m: float, street_m: float, clutter_height_m: float, clutter: int
) -> float:
    """Loss of a terminal below the clutter around it.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    height_agl_m : float
        Terminal's antenna, m above ground.
    street_m : float
        Street width, m; 27 where nothing is known.
    clutter_height_m : float
        Representative clutter height, m.
    clutter : int
        1 water, 2 open, 3 suburban, 4 urban, 5 trees, 6 dense urban.

    Returns
    -------
    float
        Additional loss, dB.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    HEIGHT_GAIN_CARD.check(
        {
            "frequency_ghz": frequency_ghz,
            "height_agl_m": height_agl_m,
            "street_m": street_m,
            "clutter_height_m": clutter_height_m,
            "clutter": clutter,
        }
    )
    return float(height_gain_loss_db(frequency_ghz, height_agl_m, street_m, clutter_height_m, clutter))


def statistical_clutter_loss_db(frequency_ghz: float, distance_km: float, location_pct: float) -> float:
    """Clutter loss not exceeded at a share of locations.

    Parameters
    ----------
    frequency_ghz : float
        Frequency, GHz.
    distance_km : float
        Path length, km.
    location_pct : float
        Share of locations, %.

    Returns
    -------
    float
        Clutter loss at one end, dB.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    values = {"frequency_ghz": frequency_ghz, "distance_km": distance_km, "location_pct": location_pct}
    TERRESTRIAL_CARD.check(values)
    return float(terrestrial_loss_db(frequency_ghz, distance_km, location_pct / 100.0))
