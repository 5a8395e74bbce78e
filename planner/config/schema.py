"""The scenario: one schema, one truth for defaults, documentation, editor completion and checks."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import model_validator

from planner.config.base import Section, setting
from planner.config.costs import CostsConfig
from planner.config.coverage import CoverageConfig
from planner.config.data import DataConfig
from planner.config.programme import Phase, PlanningConfig, PublishedFigure, ReportConfig, RunConfig, Target
from planner.config.propagation import PropagationConfig
from planner.config.radio import RadioConfig
from planner.config.references import contradictions


class Scenario(Section):
    """A whole scenario: what is there, what is wanted, by when, for how much."""

    name: str = setting(..., "Short name of the scenario.", min_length=1)
    title: str = setting("", "Title of the report.")
    area: str = setting("", "Name of the area as its people write it.")
    summary: str = setting("", "What the programme wants, in a few sentences.")
    base_year: int = setting(2025, "Year of the inventory.", ge=2000, le=2100)
    data: DataConfig = setting(DataConfig, "Input layers.")
    radio: RadioConfig = setting(RadioConfig, "Carriers, operators, antennas, receivers.")
    propagation: PropagationConfig = setting(PropagationConfig, "Propagation.")
    coverage: CoverageConfig = setting(CoverageConfig, "What served means.")
    costs: CostsConfig = setting(CostsConfig, "Prices.")
    targets: list[Target] = setting([], "What is wanted.")
    phases: list[Phase] = setting([], "Phases with their budgets.")
    published: list[PublishedFigure] = setting([], "Published figures shown beside computed ones.")
    planning: PlanningConfig = setting(PlanningConfig, "How the plan is sought.")
    report: ReportConfig = setting(ReportConfig, "What the report shows.")
    run: RunConfig = setting(RunConfig, "How the run is carried out.")

    @model_validator(mode="after")
    def _fits_together(self) -> Scenario:
        problems = contradictions(self)
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def with_commitments(self, fixed: Sequence[str], forbidden: Sequence[str]) -> Scenario:
        """Give the same scenario other commitments.

        Parameters
        ----------
        fixed, forbidden : sequence of str
            Works or sites in the plan whatever they cost, and such that may not be chosen.

        Returns
        -------
        Scenario
            A copy.
        """
        commitments = self.planning.commitments.model_copy(update={"fixed": list(fixed), "forbidden": list(forbidden)})
        return self.model_copy(update={"planning": self.planning.model_copy(update={"commitments": commitments})})
