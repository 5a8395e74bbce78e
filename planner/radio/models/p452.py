"""ITU-R P.452-18: interference between stations on the ground, for terrain-limited paths above 6 GHz."""

from __future__ import annotations

from collections.abc import Mapping

from planner.kernels.p452.loss import Station452, predict_452
from planner.radio.models.base import Link, Loss, ModelCard, Range
from planner.radio.models.p1812 import checked, checked_arrays, setting, terminals

SOURCE = "ITU-R P.452-18 (08/2023)"

CARD = ModelCard(
    name="p452",
    title="ITU-R P.452-18 interference between stations on the ground",
    source=SOURCE,
    gives="basic transmission loss, dB, not exceeded for a percentage of time",
    needs=("terrain profile with clutter heights and radio-climatic zones", "polarisation", "air"),
    ranges=(
        Range("frequency_mhz", "MHz", 100.0, 50_000.0),
        Range("tx_height_agl_m", "m", 0.5, 3000.0, 1.0, 3000.0),
        Range("rx_height_agl_m", "m", 0.5, 3000.0, 1.0, 3000.0),
        Range("distance_km", "km", 0.0, 10_000.0, 0.25, 10_000.0, open_ended=True),
        Range("time_pct", "%", 0.001, 50.0),
        Range("latitude_deg", "deg", -90.0, 90.0, -80.0, 80.0),
        Range("delta_n", "N-units/km", 0.0, 150.0),
        Range("n0", "N-units", 200.0, 450.0),
        Range("tx_gain_dbi", "dBi", -100.0, 100.0),
        Range("rx_gain_dbi", "dBi", -100.0, 100.0),
        Range("pressure_hpa", "hPa", 300.0, 1100.0),
        Range("temperature_c", "degrees Celsius", -90.0, 60.0),
    ),
    notes="Median over locations; antennas' gains enter the troposcatter loss only.",
)

#: Field of the path summary or of the losses, to its name with unit and equation.
EQUATIONS: Mapping[str, str] = {
    "d_km": "path length d, km",
    "hts_m": "transmitting antenna hts, m above sea level",
    "hrs_m": "receiving antenna hrs, m above sea level",
    "omega": "share of the path over sea, section 3.2.1",
    "dtm_km": "longest land section dtm, km, section 3.2.1",
    "dlm_km": "longest inland section dlm, km, section 3.2.1",
    "b0_pct": "incidence of ducting beta0, %, Eq (2)",
    "ae_km": "median effective Earth radius ae, km, Eq (6a)",
    "theta_t_mrad": "horizon angle of the transmitter, mrad, Eq (154)",
    "theta_r_mrad": "horizon angle of the receiver, mrad, Eq (157)",
    "dlt_km": "horizon distance of the transmitter dlt, km, Eq (155)",
    "dlr_km": "horizon distance of the receiver dlr, km, Eq (158)",
    "hstd_m": "smooth surface for diffraction hstd, m above sea level, Eq (167)",
    "hsrd_m": "smooth surface for diffraction hsrd, m above sea level, Eq (167)",
    "hte_m": "effective height for ducting hte, m, Eq (170)",
    "hre_m": "effective height for ducting hre, m, Eq (170)",
    "hm_m": "terrain roughness hm, m, Eq (171)",
    "fi": "time interpolation Fi, Eq (40)",
    "fj": "angular interpolation Fj, Eq (57)",
    "fk": "distance interpolation Fk, Eq (58)",
    "lbfsg_db": "free space and gases Lbfsg, dB, Eq (8)",
    "lb0p_db": "line of sight at p % Lb0p, dB, Eq (11)",
    "lb0b_db": "line of sight at beta0 % Lb0beta, dB, Eq (12)",
    "ldsph_db": "spherical Earth, median radius Ldsph, dB, Eq (26)",
    "ld50_db": "diffraction at 50 % Ld50, dB, Eq (38)",
    "ldb_db": "diffraction at beta0 % Ldbeta, dB, Eq (38)",
    "ldp_db": "diffraction at p % Ldp, dB, Eq (41)",
    "lbd50_db": "with diffraction at 50 % Lbd50, dB, Eq (42)",
    "lbd_db": "with diffraction at p % Lbd, dB, Eq (43)",
    "lbs_db": "troposcatter Lbs, dB, Eq (45)",
    "lba_db": "ducting and layer reflection Lba, dB, Eq (46)",
    "lminb0p_db": "least with sight and sea diffraction Lminb0p, dB, Eq (60)",
    "lminbap_db": "least with sight and ducting Lminbap, dB, Eq (61)",
    "lbda_db": "diffraction and ducting Lbda, dB, Eq (62)",
    "lbam_db": "the same with sight Lbam, dB, Eq (63)",
    "lb_db": "at p % of time Lb, dB, Eq (64)",
}


class P452:
    """ITU-R P.452-18 behind the protocol of path models."""

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
        profile = link.needed_profile
        warnings = checked(CARD, link)
        arrays = checked_arrays(profile, CARD.name)
        air = float(link.pressure_hpa), float(link.temperature_c)
        station = Station452(float(link.tx_gain_dbi), float(link.rx_gain_dbi), *air)
        path, losses = predict_452(*arrays, terminals(link, profile), setting(link, profile), station)
        values = {**path._asdict(), **losses._asdict()}
        named = {name: float(values[field]) for field, name in EQUATIONS.items()}
        return Loss(float(losses.lb_db), warnings, named)
