"""Sentences on the plan as a whole: joint cost and bound, regret of simpler ways, order of works, sums that differ."""

from __future__ import annotations

from planner.domain.programme import Programme
from planner.report.money import billions, share


def programme_lines(programme: Programme) -> list[str]:
    """Say what holds for sites and cables together, and for the order of works over the phases.

    Parameters
    ----------
    programme : Programme
        The programme; its plan's `extras` hold the figures.

    Returns
    -------
    list of str
        Sentences; none where nothing is planned.
    """
    extras = programme.plan.extras
    lines = []
    joint = extras.get("joint")
    if joint and joint["cost_vnd"]:
        lines.append(
            f"Sites and cables together cost {billions(joint['cost_vnd'])} billion VND; no plan can cost less than"
            f" {billions(joint['lower_bound_vnd'])} (gap {share(joint['gap_share'])}). They were planned by turns,"
            f" {len(joint['tried_vnd'])} time(s), until neither improved."
        )
    for name, vnd in extras.get("regret_vnd", {}).items():
        lines.append(
            f"Planned phase by phase without looking ahead, {name} would cost {billions(vnd)} billion VND more."
        )
    naive, served, most = (extras.get(key) for key in ("naive_schedule", "person_years", "most_person_years"))
    if naive and most:
        lines.append(
            f"This order of works serves {served:,.0f} people times years; in the order of their ids the works would"
            f" serve {naive['person_years']:,.0f}, with {naive['late']:.0f} of them late. No order that keeps the"
            f" budgets and the same due years serves more than {most:,.0f}."
        )
    parts = extras.get("works_vnd", {})
    if parts and parts["sum_of_works"] != parts["in_bounds"]:
        words = {
            "present_value_of_rents": "rents and weighed operation, which the bounds count and investment does not",
            "phases": "works dug in several phases",
        }
        more = "; ".join(f"{billions(parts[key])} for {word}" for key, word in words.items() if parts[key])
        lines.append(
            f"The works sum up to {billions(parts['sum_of_works'])} billion VND, the bounds stand beside"
            f" {billions(parts['in_bounds'])}: {more}."
        )
    return lines
