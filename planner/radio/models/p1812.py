"""ITU-R P.1812-8: path-specific prediction for 30 MHz to 6 GHz, the planner's core model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.errors import Complaint, DataError, ModelRangeError
from planner.kernels.p1812.combine import MODEL_FROM_KM, Losses, Setting
from planner.kernels.p1812.loss import predict
from planner.kernels.p1812.mechanisms import location_sigma_db
from planner.kernels.p1812.path import (
    COASTAL,
    INLAND,
    SEA,
    PathSummary,
    Terminals,
    coast_distances,
    effective_radius_km,
)
from planner.radio.models.base import Link, Loss, ModelCard, Profile, Range

SOURCE = "ITU-R P.1812-8 (09/2025)"
RESOLUTION_M = 100.0  # section 4.7: width of the square over which location variability is stated

CARD = ModelCard(
    name="p1812",
    title="ITU-R P.1812-8 path-specific prediction",
    source=SOURCE,
    gives="basic transmission loss, dB, not exceeded for a percentage of time and of locations",
    needs=("terrain profile with clutter heights and radio-climatic zones", "polarisation"),
    ranges=(
        Range("frequency_mhz", "MHz", 30.0, 6000.0),
        Range("tx_height_agl_m", "m", 0.5, 3000.0, 1.0, 3000.0),
        Range("rx_height_agl_m", "m", 0.5, 3000.0, 1.0, 3000.0),
        Range("distance_km", "km", 0.0, 3000.0, MODEL_FROM_KM, 3000.0, open_ended=True),
        Range("time_pct", "%", 1.0, 50.0),
        Range("location_pct", "%", 1.0, 99.0),
        Range("latitude_deg", "deg", -90.0, 90.0, -80.0, 80.0),
        Range("delta_n", "N-units/km", 0.0, 150.0),
        Range("n0", "N-units", 200.0, 450.0),
    ),
    notes=f"Nearer than {MODEL_FROM_KM:g} km a rule of our own holds, continuous at that distance.",
)

#: Field of the path summary or of the losses, to its name with unit and equation.
EQUATIONS: Mapping[str, str] = {
    "d_km": "path length d, km",
    "hts_m": "transmitting antenna hts, m above sea level",
    "hrs_m": "receiving antenna hrs, m above sea level",
    "omega": "share of the path over sea, section 4.1",
    "dtm_km": "longest land section dtm, km, section 3.6",
    "dlm_km": "longest inland section dlm, km, section 3.6",
    "b0_pct": "incidence of ducting beta0, %, Eq (5)",
    "ae_km": "median effective Earth radius ae, km, Eq (7a)",
    "theta_t_mrad": "horizon angle of the transmitter, mrad, Eqs (76-78)",
    "theta_r_mrad": "horizon angle of the receiver, mrad, Eqs (79-81)",
    "dlt_km": "horizon distance of the transmitter dlt, km, Eq (78)",
    "dlr_km": "horizon distance of the receiver dlr, km, Eq (81a)",
    "hst_m": "smooth surface at the transmitter hst, m above sea level, Eq (85)",
    "hsr_m": "smooth surface at the receiver hsr, m above sea level, Eq (86)",
    "hstd_m": "smooth surface for diffraction hstd, m above sea level, Eq (89)",
    "hsrd_m": "smooth surface for diffraction hsrd, m above sea level, Eq (89)",
    "hte_m": "effective height for ducting hte, m, Eq (92a)",
    "hre_m": "effective height for ducting hre, m, Eq (92b)",
    "hm_m": "terrain roughness hm, m, Eq (93)",
    "dct_km": "transmitter to the coast dct, km, section 3.4",
    "dcr_km": "receiver to the coast dcr, km, section 3.4",
    "fi": "time interpolation Fi, Eq (40)",
    "fj": "angular interpolation Fj, Eq (57)",
    "fk": "distance interpolation Fk, Eq (58)",
    "lbfs_db": "free space Lbfs, dB, Eq (8)",
    "lb0p_db": "line of sight at p % Lb0p, dB, Eq (10)",
    "lb0b_db": "line of sight at beta0 % Lb0beta, dB, Eq (11)",
    "lbulla_db": "Bullington, actual profile, median radius Lbulla, dB, Eq (21)",
    "lbulls_db": "Bullington, smooth surface, median radius Lbulls, dB, Eq (21)",
    "ldsph_db": "spherical Earth, median radius Ldsph, dB, Eq (27)",
    "lbulla_beta_db": "Bullington, actual profile, beta0 radius, dB, Eq (21)",
    "lbulls_beta_db": "Bullington, smooth surface, beta0 radius, dB, Eq (21)",
    "ldsph_beta_db": "spherical Earth, beta0 radius, dB, Eq (27)",
    "ld50_db": "diffraction at 50 % Ld50, dB, Eq (39)",
    "ldb_db": "diffraction at beta0 % Ldbeta, dB, Eq (39)",
    "ldp_db": "diffraction at p % Ldp, dB, Eq (41)",
    "lbd50_db": "with diffraction at 50 % Lbd50, dB, Eq (42)",
    "lbd_db": "with diffraction at p % Lbd, dB, Eq (43)",
    "lbs_db": "troposcatter Lbs, dB, Eq (44)",
    "lba_db": "ducting and layer reflection Lba, dB, Eq (46)",
    "lminb0p_db": "least with sight and sea diffraction Lminb0p, dB, Eq (59)",
    "lminbap_db": "least with sight and ducting Lminbap, dB, Eq (60)",
    "lbda_db": "diffraction and ducting Lbda, dB, Eq (61)",
    "lbam_db": "the same with sight Lbam, dB, Eq (62)",
    "lbc_db": "at p % of time and 50 % of locations Lbc, dB, Eq (63)",
    "lb_db": "at p % of time and pL % of locations Lb, dB, Eq (69)",
    "ep_dbuvm": "field strength for 1 kW e.r.p. Ep, dB(uV/m), Eq (70)",
}


def terminals(link: Link, profile: Profile) -> Terminals:
    """What the kernels need to know of the two ends of a link.

    Parameters
    ----------
    link : Link
        The link.
    profile : Profile
        Its profile.

    Returns
    -------
    Terminals
        Heights, coast distances, Earth radius.
    """
    from_t, from_r = coast_distances(profile.distance_km, profile.zone)
    return Terminals(
        float(link.tx_height_agl_m),
        float(link.rx_height_agl_m),
        float(from_t if link.tx_coast_km is None else link.tx_coast_km),
        float(from_r if link.rx_coast_km is None else link.rx_coast_km),
        float(effective_radius_km(float(link.delta_n))),
    )


def setting(link: Link, profile: Profile) -> Setting:
    """Frequency and statistics of a link as the kernels take them.

    Parameters
    ----------
    link : Link
        The link; without a standard deviation of its own, section 4.7 gives one for 100 m squares.
    profile : Profile
        Its profile: the clutter at the receiver counts.

    Returns
    -------
    Setting
        Frequency, percentages, climate.
    """
    ghz, sigma = link.frequency_mhz / 1000.0, link.location_sigma_db
    if sigma is None:
        cover = float(profile.clutter_height_m[-1])
        sigma = location_sigma_db(ghz, float(link.rx_height_agl_m), cover, RESOLUTION_M)
    vertical = link.polarisation == "vertical"
    percentages = float(link.time_pct), float(link.location_pct)
    return Setting(ghz, *percentages, float(sigma), vertical, float(link.latitude_deg), float(link.n0))


def checked_arrays(profile: Profile, model: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give the arrays of a profile in the kernels' types.

    Parameters
    ----------
    profile : Profile
        The profile, which has checked its samples itself.
    model : str
        Model's name, for the error.

    Returns
    -------
    tuple of ndarray
        Distances, terrain, clutter and zones.

    Raises
    ------
    DataError
        For a zone that is none or clutter below the ground.
    """
    complaints = []
    unknown = sorted(set(np.unique(profile.zone).tolist()) - {SEA, COASTAL, INLAND})
    if unknown:
        remedy = f"Use {SEA} sea, {COASTAL} coastal land, {INLAND} inland"
        complaints.append(Complaint(f"{model}: zone", f"zones {unknown}", remedy))
    if np.any(profile.clutter_height_m < 0.0):
        found = f"{np.min(profile.clutter_height_m):g} m"
        complaints.append(Complaint(f"{model}: clutter height", found, "Heights count from the ground up"))
    if complaints:
        raise DataError("The path profile cannot be used", complaints)
    floats = (profile.distance_km, profile.terrain_asl_m, profile.clutter_height_m)
    d_km, h_m, r_m = (np.ascontiguousarray(values, np.float64) for values in floats)
    return d_km, h_m, r_m, np.ascontiguousarray(profile.zone, np.uint8)


def checked(card: ModelCard, link: Link) -> tuple[str, ...]:
    """Compare a link with the range of a model.

    Parameters
    ----------
    card : ModelCard
        The model.
    link : Link
        The link.

    Returns
    -------
    tuple of str
        Warnings.

    Raises
    ------
    ModelRangeError
        Naming every value outside.
    """
    names = {limits.name for limits in card.ranges}
    warnings = card.check({name: getattr(link, name) for name in names if hasattr(link, name)})
    sigma = link.location_sigma_db
    if sigma is not None and not 0.0 <= sigma < 100.0:
        remedy = f"Use 0 to 100 dB ({card.source})"
        where, found = f"{card.name}: location_sigma_db", f"{sigma:g} dB"
        raise ModelRangeError(f"{card.title} cannot answer", [Complaint(where, found, remedy)])
    return warnings


def explain(link: Link) -> tuple[PathSummary, Losses, tuple[str, ...]]:
    """Everything the Recommendation works out for a link.

    Parameters
    ----------
    link : Link
        The link, with its profile.

    Returns
    -------
    tuple of (PathSummary, Losses, tuple of str)
        The path, all losses, and warnings.

    Raises
    ------
    ModelRangeError
        Outside the model's range.
    DataError
        For a profile that cannot be used.
    """
    profile = link.needed_profile
    warnings = checked(CARD, link)
    arrays = checked_arrays(profile, CARD.name)
    path, losses = predict(*arrays, terminals(link, profile), setting(link, profile))
    return path, losses, warnings


class P1812:
    """ITU-R P.1812-8 behind the protocol of path models."""

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
        """Predict the loss of a link.

        Parameters
        ----------
        link : Link
            The link, with its profile.

        Returns
        -------
        Loss
            Loss, warnings, and every intermediate with its equation.

        Raises
        ------
        ModelRangeError
            Outside the model's range.
        """
        path, losses, warnings = explain(link)
        values = {**path._asdict(), **losses._asdict()}
        named = {name: float(values[field]) for field, name in EQUATIONS.items()}
        return Loss(float(losses.lb_db), warnings, named)
