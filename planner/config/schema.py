"""The scenario: one schema, one truth for defaults, documentation, editor completion and checks."""

from __future__ import annotations

from pydantic import model_validator

from planner.config.base import Section, setting
from planner.config.costs import CostsConfig
from planner.config.coverage import CoverageConfig
from planner.config.data import DataConfig
from planner.config.programme import Phase, PlanningConfig, PublishedFigure, ReportConfig, RunConfig, Target
from planner.config.propagation import PropagationConfig
from planner.config.radio import RadioConfig


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
    def _names_refer_to_something(self) -> Scenario:
        problems: list[str] = []
        for name, operator in self.radio.operators.items():
            problems += [
                f"radio.operators.{name}.carriers: no carrier '{carrier}' in radio.carriers ({', '.join(self.radio.carriers)})"
                for carrier in operator.carriers
                if carrier not in self.radio.carriers
            ]
        for name, carrier in self.radio.carriers.items():
            if carrier.antenna not in self.radio.antennas:
                problems.append(f"radio.carriers.{name}.antenna: no antenna '{carrier.antenna}' in radio.antennas")
        for index, target in enumerate(self.targets):
            if target.operator != "any" and target.operator not in self.radio.operators:
                problems.append(f"targets.{index}.operator: no operator '{target.operator}' in radio.operators")
        years = [phase.year for phase in self.phases]
        if years != sorted(set(years)):
            problems.append(f"phases: years {years} must rise from phase to phase")
        if self.targets and not self.phases:
            problems.append("phases: targets are given but no phase; add at least one with a year and a budget")
        if problems:
            raise ValueError("\n".join(problems))
        return self
