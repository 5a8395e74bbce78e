"""Works a planner has fixed or forbidden: what of it the plan could not keep."""

from __future__ import annotations

from collections.abc import Sequence

from planner.config.schema import Scenario
from planner.domain.plan import Work


def broken_commitments(scenario: Scenario, works: Sequence[Work]) -> tuple[str, ...]:
    """Say which commitments a plan does not keep.

    Parameters
    ----------
    scenario : Scenario
        Its `planning.commitments`, by work id or site id.
    works : sequence of Work
        The plan's works.

    Returns
    -------
    tuple of str
        A sentence for each fixed name no work bears, and for each forbidden name one bears.
    """
    names = {work.work_id for work in works} | {
        str(work.details["site_id"]) for work in works if "site_id" in work.details and work.sub_plan == "sites"
    }
    commitments = scenario.planning.commitments
    lost = [
        f"planning.commitments.fixed: no candidate bears the id '{name}', so nothing was fixed by it"
        for name in commitments.fixed
        if not any(known == name or known.startswith(f"{name}:") for known in names)
    ]
    kept = [
        f"planning.commitments.forbidden: '{name}' is in the plan all the same: laterals of sites and second ways"
        " cannot be forbidden by their own ids"
        for name in commitments.forbidden
        if name in names
    ]
    return (*lost, *kept)
