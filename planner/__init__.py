"""Telecom infrastructure coverage planner: the public names, each loaded when it is first used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.config.load import load_scenario
    from planner.config.schema import Scenario
    from planner.coverage.areas import area_coverage
    from planner.coverage.predict import predict_coverage
    from planner.data.load import load_province
    from planner.domain.coverage import AreaCoverage, CoverageMap
    from planner.domain.plan import Plan
    from planner.domain.programme import Programme
    from planner.domain.province import Province
    from planner.errors import (
        ConfigError,
        DataError,
        DownloadError,
        InfeasibleError,
        ModelRangeError,
        PlannerError,
    )
    from planner.optimise.trial.what_if import WhatIf
    from planner.report.write import write_report
    from planner.workflow import propose, propose_plan, run_scenario

__version__ = "0.1.0"

__all__ = [
    "AreaCoverage",
    "ConfigError",
    "CoverageMap",
    "DataError",
    "DownloadError",
    "InfeasibleError",
    "ModelRangeError",
    "Plan",
    "PlannerError",
    "Programme",
    "Province",
    "Scenario",
    "WhatIf",
    "__version__",
    "area_coverage",
    "load_province",
    "load_scenario",
    "predict_coverage",
    "propose",
    "propose_plan",
    "run_scenario",
    "write_report",
]

_HOMES = {
    "AreaCoverage": "planner.domain.coverage",
    "ConfigError": "planner.errors",
    "CoverageMap": "planner.domain.coverage",
    "DataError": "planner.errors",
    "DownloadError": "planner.errors",
    "InfeasibleError": "planner.errors",
    "ModelRangeError": "planner.errors",
    "Plan": "planner.domain.plan",
    "PlannerError": "planner.errors",
    "Programme": "planner.domain.programme",
    "Province": "planner.domain.province",
    "Scenario": "planner.config.schema",
    "WhatIf": "planner.optimise.trial.what_if",
    "area_coverage": "planner.coverage.areas",
    "load_province": "planner.data.load",
    "load_scenario": "planner.config.load",
    "predict_coverage": "planner.coverage.predict",
    "propose": "planner.workflow",
    "propose_plan": "planner.workflow",
    "run_scenario": "planner.workflow",
    "write_report": "planner.report.write",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'planner' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)
