"""ITS Irregular Terrain Model 1.4 (Longley-Rice)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.errors import Complaint, ModelRangeError
from planner.kernels.itm import quantities as q
from planner.kernels.itm.predict import area, point_to_point
from planner.kernels.itm.quantities import ItmResult, ItmSetting
from planner.radio.models.base import Link, Loss, ModelCard, Range

SOURCE = "NTIA ITM 1.4; Hufford, The ITS Irregular Terrain Model: the Algorithm"
CLIMATES = (
    "equatorial", "continental_subtropical", "maritime_subtropical", "desert", "continental_temperate",
    "maritime_temperate_land", "maritime_temperate_sea",
)  # fmt: skip
VARIABILITY_MODES = tuple(base + mode for base in (0, 10, 20, 30) for mode in (0, 1, 2, 3))

CARD = ModelCard(
    name="itm",
    title="Irregular Terrain Model 1.4 (Longley-Rice)",
    source=SOURCE,
    gives="basic transmission loss, dB, for time, location and situation percentages",
    needs=("terrain profile (point-to-point) or terrain irregularity (area)", "polarisation"),
    ranges=(
        Range("frequency_mhz", "MHz", 20.0, 20_000.0, 40.0, 10_000.0),
        Range("tx_height_agl_m", "m", 0.5, 3000.0, 1.0, 1000.0),
        Range("rx_height_agl_m", "m", 0.5, 3000.0, 1.0, 1000.0),
        Range("distance_km", "km", 0.0, 20_000.0, 1.0, 2000.0, open_ended=True),
        Range("n0", "N-units", 250.0, 400.0),
        Range("permittivity", "", 1.0, 100.0),
        Range("conductivity_s_m", "S/m", 0.0, 100.0, open_ended=True),
        Range("climate", "", 1, 7),
        Range("time_pct", "%", 0.0, 100.0, 0.1, 99.9, open_ended=True),
        Range("location_pct", "%", 0.0, 100.0, 0.1, 99.9, open_ended=True),
        Range("situation_pct", "%", 0.0, 100.0, 0.1, 99.9, open_ended=True),
        Range("irregularity_m", "m", 0.0, 10_000.0, 0.0, 1000.0),
    ),
    notes="Not reciprocal, and may jump with small changes of a profile; clutter is not part of it.",
)

_WARNINGS = {
    q.WARN_TX_HORIZON_ANGLE: "the transmitter's horizon is steeper than 200 mrad",
    q.WARN_RX_HORIZON_ANGLE: "the receiver's horizon is steeper than 200 mrad",
    q.WARN_TX_HORIZON_NEAR: "the transmitter's horizon is nearer than a tenth of the smooth earth's",
    q.WARN_RX_HORIZON_NEAR: "the receiver's horizon is nearer than a tenth of the smooth earth's",
    q.WARN_TX_HORIZON_FAR: "the transmitter's horizon is farther than three times the smooth earth's",
    q.WARN_RX_HORIZON_FAR: "the receiver's horizon is farther than three times the smooth earth's",
    q.WARN_STEEP_PATH: "the path is too short for its difference of heights",
    q.WARN_EXTREME_QUANTILE: "a quantile lies beyond 3.1 standard deviations",
    q.WARN_REFRACTIVITY: "surface refractivity is below 250 N-units",
}
_REFUSALS = {
    q.STATUS_NO_TERRAIN: ("profile", "a missing terrain sample", "Fill the gap in the terrain"),
    q.STATUS_REFRACTIVITY: ("surface refractivity", "outside 150 to 400 N-units", "Check n0 and the heights"),
    q.STATUS_EARTH: ("effective earth radius", "outside 4000 to 13333 km", "Check n0"),
    q.STATUS_GROUND: ("ground impedance", "real part below the imaginary part", "Check the ground constants"),
}


def check_setting(setting: ItmSetting, distance_km: float, irregularity_m: float = 0.0) -> tuple[str, ...]:
    """Compare a setting with the model's range.

    Parameters
    ----------
    setting : ItmSetting
        Everything but the terrain.
    distance_km : float
        Path length, km.
    irregularity_m : float, optional
        Terrain irregularity of area mode, m.

    Returns
    -------
    tuple of str
        Warnings.

    Raises
    ------
    ModelRangeError
        Naming every value outside the range.
    """
    values = {name: float(value) for name, value in setting._asdict().items()}
    warnings = CARD.check(values | {"distance_km": distance_km, "irregularity_m": irregularity_m})
    if setting.variability not in VARIABILITY_MODES:
        where, found = "itm: variability", f"mode {setting.variability}"
        remedy = "Use 0 to 3, plus 10 without location and 20 without situation variability"
        raise ModelRangeError("ITM cannot answer", [Complaint(where, found, remedy)])
    return warnings


def _answered(result: ItmResult) -> ItmResult:
    """The result, or the refusal its status stands for."""
    if result.status != q.STATUS_OK:
        where, found, remedy = _REFUSALS[int(result.status)]
        raise ModelRangeError("ITM cannot answer", [Complaint(f"itm: {where}", found, f"{remedy} ({SOURCE})")])
    return result


def point_to_point_loss(heights_asl_m: NDArray[np.float64], step_m: float, setting: ItmSetting) -> ItmResult:
    """Loss over a terrain profile.

    Parameters
    ----------
    heights_asl_m : ndarray of float64, shape (n,)
        Terrain from transmitter to receiver at equal steps, m above sea level.
    step_m : float
        Step, m.
    setting : ItmSetting
        Frequency, antennas, air, ground and statistics.

    Returns
    -------
    ItmResult
        Loss with its intermediate values.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    check_setting(setting, (len(heights_asl_m) - 1) * step_m / 1000.0)
    return _answered(point_to_point(np.ascontiguousarray(heights_asl_m, np.float64), step_m, setting))


def area_loss(distance_km: float, irregularity_m: float, siting: tuple[int, int], setting: ItmSetting) -> ItmResult:
    """Loss over terrain that is known by its irregularity only.

    Parameters
    ----------
    distance_km : float
        Path length, km.
    irregularity_m : float
        Terrain irregularity delta h, m; 0 smooth, 30 plains, 90 hills, 200 mountains.
    siting : tuple of int
        How the transmitter's and the receiver's sites were chosen: 0 at random, 1 with care, 2 great care.
    setting : ItmSetting
        Frequency, antennas, air, ground and statistics.

    Returns
    -------
    ItmResult
        Loss with its intermediate values.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    """
    check_setting(setting, distance_km, irregularity_m)
    if not set(siting) <= {0, 1, 2}:
        complaint = Complaint("itm: siting", f"{siting}", "Use 0 at random, 1 with care, 2 with great care")
        raise ModelRangeError("ITM cannot answer", [complaint])
    return _answered(area(distance_km * 1000.0, irregularity_m, siting[0], siting[1], setting))


@dataclass(frozen=True)
class Itm:
    """ITM point-to-point with its ground and climate.

    Attributes
    ----------
    climate : int
        Radio climate: 1 equatorial, 2 continental subtropical, 3 maritime subtropical, 4 desert,
        5 continental temperate, 6 maritime temperate over land, 7 over sea.
    permittivity : float
        Relative permittivity of the ground.
    conductivity_s_m : float
        Conductivity of the ground, S/m.
    variability : int
        Mode of variability; 3 keeps time, location and situation apart.
    situation_pct : float
        Percentage of situations (confidence), %.
    """

    climate: int = 2
    permittivity: float = 15.0
    conductivity_s_m: float = 0.005
    variability: int = 3
    situation_pct: float = 50.0

    @property
    def card(self) -> ModelCard:
        """What the model is and answers for.

        Returns
        -------
        ModelCard
            The card.
        """
        return CARD

    def setting(self, link: Link) -> ItmSetting:
        """A link's setting in the kernel's form.

        Parameters
        ----------
        link : Link
            The link.

        Returns
        -------
        ItmSetting
            The setting.
        """
        return ItmSetting(
            link.frequency_mhz, link.tx_height_agl_m, link.rx_height_agl_m, link.polarisation == "vertical",
            link.n0, self.permittivity, self.conductivity_s_m, self.climate, self.variability, link.time_pct,
            link.location_pct, self.situation_pct,
        )  # fmt: skip

    def loss(self, link: Link) -> Loss:
        """Loss over the link's terrain profile.

        Parameters
        ----------
        link : Link
            The question, with a profile.

        Returns
        -------
        Loss
            The answer with its intermediate values.
        """
        heights, step_m = link.needed_profile.even()
        setting = self.setting(link)
        warnings = check_setting(setting, link.distance_km)
        result = _answered(point_to_point(heights, step_m, setting))
        doubts = tuple(f"itm: {text} ({SOURCE})" for bit, text in _WARNINGS.items() if result.warnings & bit)
        return Loss(float(result.loss_db), warnings + doubts, intermediates(result))


def intermediates(result: ItmResult) -> dict[str, float]:
    """Intermediate values under their names with units and equations.

    Parameters
    ----------
    result : ItmResult
        A prediction.

    Returns
    -------
    dict of str to float
        Name to value.
    """
    g = result.geometry
    return {
        "N_s N-units TN101 Eq (4.3)": result.refractivity,
        "delta_h m ERL79 Eq (3)": g.irregularity_m,
        "theta_hzn_tx rad TN101 Eq (6.15)": g.angle_tx,
        "theta_hzn_rx rad TN101 Eq (6.15)": g.angle_rx,
        "d_hzn_tx m TN101 Eq (6.15)": g.horizon_tx_m,
        "d_hzn_rx m TN101 Eq (6.15)": g.horizon_rx_m,
        "h_e_tx m": g.effective_tx_m,
        "h_e_rx m": g.effective_rx_m,
        "mode 1 LoS 2 diffraction 3 scatter": float(result.mode),
        "A_fs dB": result.free_space_db,
        "A_ref dB Alg Sec 4": result.reference_db,
        "A dB Alg Eqs (5.9) to (5.11)": result.loss_db,
    }
