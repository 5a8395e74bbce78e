"""The exceptions of the project, by meaning.

PlannerError
|-- ConfigError          a scenario or configuration file says something that cannot be
|-- DataError            an input file is missing, damaged, inconsistent or does not reach far enough
|   `-- DownloadError    a remote source failed or sent something else than promised
|-- ModelRangeError      a propagation model was asked outside the range its source states
`-- InfeasibleError      targets that contradict each other or the input
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong with the input, written for the person who can mend it.

    Attributes
    ----------
    where : str
        File, layer and feature, or full key path.
    found : str
        What was found there.
    remedy : str
        What would be right, or what to do.
    """

    where: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}. {self.remedy}"


class PlannerError(Exception):
    """Base of every error the planner raises on purpose.

    Parameters
    ----------
    message : str
        One line that says what failed.
    complaints : iterable of Complaint, optional
        Every single fault found, so that all can be mended at once.
    """

    def __init__(self, message: str, complaints: Iterable[Complaint] = ()) -> None:
        self.complaints: tuple[Complaint, ...] = tuple(complaints)
        lines = [message, *(f"  - {complaint}" for complaint in self.complaints)]
        super().__init__("\n".join(lines))
        self.message = message


class ConfigError(PlannerError):
    """A scenario or configuration file says something that cannot be."""


class DataError(PlannerError):
    """An input file is missing, damaged, inconsistent or does not reach far enough."""


class DownloadError(DataError):
    """A remote source failed or sent something else than promised."""


class ModelRangeError(PlannerError):
    """A propagation model was asked outside the range its source states."""


class InfeasibleError(PlannerError):
    """Targets contradict each other or the input; says which target and which budget."""
