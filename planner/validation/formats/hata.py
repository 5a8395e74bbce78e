"""Vectors of extended Hata."""

from __future__ import annotations

from planner.kernels.hata import RURAL, SUBURBAN, URBAN
from planner.radio.models.hata import hata_loss
from planner.validation.formats.base import Format, compare
from planner.validation.judge import FileVerdict, Outcome, judge
from planner.validation.vectors import Profiles, Row, VectorFile

BAR_DB = 0.01
_NLCD = {23: URBAN, 24: URBAN, 22: SUBURBAN}  # every other class of the land-cover database is rural


def _outcome(row: Row, profiles: Profiles) -> Outcome:
    """One case; where the two references differ, the nearer counts."""
    profile = profiles.get(row)

    def compute() -> float:
        result, _ = hata_loss(
            profile.series("pfl_m"), profile.number("xi_m"), row.number("f_mhz"), row.number("h_b_m"),
            row.number("h_m_m"), _NLCD.get(int(row.number("nlcd_env")), RURAL),
        )  # fmt: skip
        return float(result.loss_db)

    references = [row.optional("L_db_winnforum_ref")]
    if row.number("agree_0p01db") == 0.0:
        references.append(row.optional("L_db_ntia_cpp_r50"))
    return compare(row, compute, references)


def _judge(file: VectorFile) -> FileVerdict:
    """Verdict on a file."""
    profiles = Profiles(file)
    return judge(file.name, "hata", (_outcome(row, profiles) for row in file.rows), BAR_DB)


FORMATS = (
    Format(
        "extended Hata", "hata", ("ehata", "hata"),
        frozenset({"f_mhz", "h_b_m", "h_m_m", "nlcd_env", "profile", "L_db_winnforum_ref"}), _judge,
    ),
)  # fmt: skip
