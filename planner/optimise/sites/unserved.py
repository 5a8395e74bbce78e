"""Areas that no candidate can serve, and why: commitments, no candidates, distance, terrain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.domain.province import Province
from planner.optimise.sites.choice import SiteChoice

_EPS = 1e-9


def unserved_areas(province: Province, choice: SiteChoice) -> dict[str, str]:
    """Areas that all options together cannot serve, with what keeps the options from them.

    Parameters
    ----------
    province : Province
        The province.
    choice : SiteChoice
        What was chosen from, for one technology.

    Returns
    -------
    dict of str to str
        area_id -> technology and reason.
    """
    groups = [int(group) for group in choice.joined.beyond_reach if choice.joined.group_area[group] >= 0]
    if not groups:
        return {}
    problem = choice.joined.problem
    assert problem.group_need is not None
    allowed, every = _within_reach(choice, problem.states() >= 0), _within_reach(choice, None)
    ranges = _Ranges(province, choice)
    found = {}
    for group in groups:
        area = int(choice.joined.group_area[group])
        need = problem.group_need[group]
        if every[group] >= need - _EPS:
            why = "works that could serve it are forbidden"
        elif allowed[group] > 0:
            share = allowed[group] / need
            why = f"all candidates together reach {share:.0%} of what it still needs: terrain shadows the rest"
        else:
            why = ranges.why_nothing(area)
        found[str(province.areas["area_id"].iloc[area])] = f"{choice.study.technology.upper()}: {why}"
    return found


def _within_reach(choice: SiteChoice, may: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Weight of each group that the options (or those that may be chosen) reach together."""
    problem = choice.joined.problem
    assert problem.group is not None
    can = np.zeros(problem.n_rows, dtype=bool)
    counts = np.diff(problem.indptr)
    can[problem.rows if may is None else problem.rows[np.repeat(may, counts)]] = True
    weight = problem.weights() * can
    return np.bincount(problem.group, weights=weight, minlength=problem.n_groups).astype(np.float64)


class _Ranges:
    """How far candidates stand from areas, and how far they serve anybody."""

    def __init__(self, province: Province, choice: SiteChoice) -> None:
        options = choice.study.options
        self._at = np.array([(option.x_m, option.y_m) for option in options]).reshape(-1, 2)
        self._centre = [(point.x, point.y) for point in province.areas.geometry.centroid]
        grid, cell = province.terrain.grid, province.area_cells.cell
        farthest_m = 0.0
        for reach in choice.study.reach.values():
            at = cell[reach.entry]
            x_m, y_m = grid.centres(at // grid.cols, at % grid.cols)
            from_m = np.repeat(self._at, np.diff(reach.indptr), axis=0)
            away_m = np.hypot(x_m - from_m[:, 0], y_m - from_m[:, 1])
            farthest_m = max(farthest_m, float(away_m.max(initial=0.0)))
        self._farthest_m = farthest_m

    def why_nothing(self, area: int) -> str:
        """Why not one candidate serves any of an area."""
        if not len(self._at):
            return "there is no candidate: no mast to upgrade or to share, and no allowed place for a new one"
        away_m = float(np.hypot(*(self._at - self._centre[area]).T).min())
        if self._farthest_m <= 0.0:
            return f"power: the nearest candidate stands {away_m / 1e3:.1f} km away, and none serves anybody new"
        most = f"{self._farthest_m / 1e3:.1f} km"
        if away_m > self._farthest_m:
            return (
                f"distance: the nearest candidate stands {away_m / 1e3:.1f} km away, and with their power none serves"
                f" farther than {most}"
            )
        return f"terrain: the nearest candidate stands {away_m / 1e3:.1f} km away, while others are served up to {most}"
