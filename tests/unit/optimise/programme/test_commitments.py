"""Commitments a plan does not keep are told."""

from __future__ import annotations

from planner.config.schema import Scenario
from planner.domain.plan import Work
from planner.optimise.programme.commitments import broken_commitments


def _work(name: str, sub_plan: str, **details: str) -> Work:
    return Work(name, "upgrade", sub_plan, "VNPT", "operator", 1, 0, 2030, 0.0, (), 0, "", None, details)


def test_names_without_a_work_and_works_that_were_forbidden() -> None:
    works = [_work("U:S1:VNPT:5g", "sites", site_id="S1"), _work("F:7", "fibre")]
    commitments = {"fixed": ["S1", "U:S9:VNPT:5g"], "forbidden": ["F:7", "S2"]}
    told = broken_commitments(Scenario(name="x", planning={"commitments": commitments}), works)
    assert len(told) == 2
    assert "fixed: no candidate bears the id 'U:S9:VNPT:5g'" in told[0]
    assert "forbidden: 'F:7' is in the plan" in told[1]
    assert broken_commitments(Scenario(name="x"), works) == ()
