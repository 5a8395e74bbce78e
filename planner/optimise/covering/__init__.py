"""The covering core: problems on arrays, solved with a proven bound, free of planning words.

solve_set_cover(problem, stop, rng)                            every row, least cost
solve_max_cover(problem, *, budget, stop, rng)                 most covered weight for a budget
solve_group_cover(problem, *, required_value, stop, rng)       least cost so that enough groups are served
solve_group_budget(problem, *, budget, stop, rng)              most value of served groups for a budget
"""

from planner.optimise.covering.group_budget import solve_group_budget
from planner.optimise.covering.group_cover import solve_group_cover
from planner.optimise.covering.max_cover import solve_max_cover
from planner.optimise.covering.problem import Alone, CoverProblem, CoverResult
from planner.optimise.covering.set_cover import solve_set_cover
from planner.optimise.stopping import Stop

__all__ = [
    "Alone",
    "CoverProblem",
    "CoverResult",
    "Stop",
    "solve_group_budget",
    "solve_group_cover",
    "solve_max_cover",
    "solve_set_cover",
]
