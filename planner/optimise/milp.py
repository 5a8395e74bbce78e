"""The only door to HiGHS: linear and mixed-integer models on arrays, with start, cutoff and interruption.

The bounds reported are HiGHS's own for a MILP. For an LP the caller gets the row duals and computes its own bound
from them, so that a loose termination of the solver can never make a bound invalid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
Bool = npt.NDArray[np.bool_]
Aim = Literal["both", "plan", "bound"]

_SEED = 1
_CHECKS_PER_NODE = 20
_SHARE_FOR_HIGHS = 0.94  # it looks at the clock late: up to 0.25 s late on CLR instances
_MOST_NODES = 2_147_483_647
_AIMS: dict[Aim, dict[str, Any]] = {
    "both": {},
    "plan": {"mip_pscost_minreliable": 0, "mip_allow_restart": False},
    "bound": {
        "mip_heuristic_effort": 0.0,
        "mip_heuristic_run_rins": False,
        "mip_heuristic_run_rens": False,
        "mip_heuristic_run_root_reduced_cost": False,
        "mip_pscost_minreliable": 1,
        "mip_allow_restart": False,
    },
}


@dataclass(frozen=True)
class LinearModel:
    """Minimise cost x subject to row_lower <= A x <= row_upper and lower <= x <= upper.

    Attributes
    ----------
    cost, lower, upper : float64 array, shape (n,)
        Objective and bounds of the variables.
    integer : bool array, shape (n,)
        Which variables are whole.
    row_lower, row_upper : float64 array, shape (m,)
        Bounds of the rows, +-inf where open.
    indptr : int64 array, shape (m + 1,)
        Start of every row in `columns`.
    columns : int32 array
        Variables, row after row.
    values : float64 array
        Coefficients, row after row.
    """

    cost: F64
    lower: F64
    upper: F64
    integer: Bool
    row_lower: F64
    row_upper: F64
    indptr: I64
    columns: I32
    values: F64


@dataclass(frozen=True)
class Outcome:
    """What a solve returned.

    Attributes
    ----------
    status : str
        "optimal", "infeasible", "cutoff" (nothing better than the cutoff exists), "clock" or "limit".
    x : float64 array or None
        The best solution, None where there is none.
    value : float
        Its objective, inf where there is none.
    bound : float
        Proven lower bound of the objective (MILP) or the objective (LP).
    duals : float64 array or None
        Row duals of an LP.
    nodes : int
        Nodes of the search tree.
    """

    status: str
    x: F64 | None
    value: float
    bound: float
    duals: F64 | None
    nodes: int


def _highs(seconds: float | None) -> Any:
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", _SEED)
    if seconds is not None and np.isfinite(seconds):
        solver.setOptionValue("time_limit", max(0.01, _SHARE_FOR_HIGHS * seconds - 0.02))
    return solver


def _pass(solver: Any, model: LinearModel) -> None:
    lp = highspy.HighsLp()
    lp.num_col_ = model.cost.size
    lp.num_row_ = model.row_lower.size
    lp.col_cost_ = model.cost
    lp.col_lower_ = model.lower
    lp.col_upper_ = model.upper
    lp.row_lower_ = model.row_lower
    lp.row_upper_ = model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.columns
    lp.a_matrix_.value_ = model.values
    if model.integer.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(whole)] for whole in model.integer]
    solver.passModel(lp)


def _listen(solver: Any, should_stop: Callable[[], bool] | None) -> None:
    """Let the solver ask between its steps whether to go on."""
    if should_stop is None:
        return

    def ask(event: Any) -> None:
        if should_stop():
            event.interrupt()

    solver.cbSimplexInterrupt += ask
    solver.cbIpmInterrupt += ask
    solver.cbMipInterrupt += ask


def _limit_checks(solver: Any, most: int | None) -> None:
    """End a MILP after a number of its own checks: counted work where one node may take seconds."""
    if most is None:
        return
    made = 0

    def count(event: Any) -> None:
        nonlocal made
        made += 1
        if made > most:
            event.interrupt()

    solver.cbMipInterrupt += count


def solve_lp(
    model: LinearModel,
    *,
    seconds: float | None = None,
    should_stop: Callable[[], bool] | None = None,
    interior: bool = True,
) -> Outcome:
    """Solve a linear programme (integrality is ignored).

    Parameters
    ----------
    model : LinearModel
        The model.
    seconds : float, optional
        Wall time after which the solver gives up.
    should_stop : callable, optional
        True ends the solve.
    interior : bool
        Interior point without crossover instead of the simplex method.

    Returns
    -------
    Outcome
        Solution and row duals; `x` is None where the solver did not finish.
    """
    solver = _highs(seconds)
    relaxed = LinearModel(**{**model.__dict__, "integer": np.zeros(model.cost.size, np.bool_)})
    _pass(solver, relaxed)
    solver.setOptionValue("solver", "ipm" if interior else "simplex")
    if interior:
        solver.setOptionValue("run_crossover", "off")
    _listen(solver, should_stop)
    solver.run()
    status = solver.getModelStatus()
    solution = solver.getSolution()
    names = highspy.HighsModelStatus
    if status == names.kInfeasible:
        return Outcome("infeasible", None, np.inf, np.inf, None, 0)
    if status not in (names.kOptimal, names.kUnknown) or not solution.dual_valid:
        return Outcome("limit", None, np.inf, -np.inf, None, 0)
    value = float(solver.getInfo().objective_function_value)
    return Outcome("optimal", np.asarray(solution.col_value), value, value, np.asarray(solution.row_dual), 0)


def solve_milp(
    model: LinearModel,
    *,
    start: F64 | None = None,
    cutoff: float | None = None,
    nodes: int | None = None,
    seconds: float | None = None,
    should_stop: Callable[[], bool] | None = None,
    gap_share: float = 0.0,
    aim: Aim = "both",
) -> Outcome:
    """Solve a mixed-integer programme.

    Parameters
    ----------
    model : LinearModel
        The model.
    start : float64 array, optional
        A feasible solution to begin with.
    cutoff : float, optional
        Only solutions below this objective are of interest.
    nodes : int, optional
        Largest number of nodes, and of the solver's own checks on its way: counted work.
    seconds : float, optional
        Wall time after which the best so far is returned.
    should_stop : callable, optional
        True ends the solve and returns the best so far.
    gap_share : float
        Relative gap at which the solve is done.
    aim : str
        What the work goes into: "bound" where the start is good already (no searches in smaller models, little strong
        branching), "plan" where a good solution is all that matters (no strong branching), or "both".

    Returns
    -------
    Outcome
        Best solution and proven bound; after "cutoff" the bound is the cutoff itself.
    """
    solver = _highs(seconds)
    _pass(solver, model)
    solver.setOptionValue("mip_rel_gap", gap_share)
    solver.setOptionValue("mip_abs_gap", 1e-6)
    solver.setOptionValue("mip_max_nodes", min(nodes, _MOST_NODES) if nodes is not None else _MOST_NODES)
    for option, value in _AIMS[aim].items():
        solver.setOptionValue(option, value)
    if cutoff is not None:
        solver.setOptionValue("objective_bound", cutoff)
    if start is not None:
        given = highspy.HighsSolution()
        given.col_value = start
        solver.setSolution(given)
    _listen(solver, should_stop)
    _limit_checks(solver, None if nodes is None else _CHECKS_PER_NODE * nodes)
    solver.run()
    return _milp_outcome(solver, cutoff)


def _milp_outcome(solver: Any, cutoff: float | None) -> Outcome:
    """Read a finished MILP solve."""
    names = highspy.HighsModelStatus
    status = solver.getModelStatus()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    nodes = max(0, int(info.mip_node_count))
    x = np.asarray(solver.getSolution().col_value) if found else None
    value = float(info.objective_function_value) if found else np.inf
    bound = float(info.mip_dual_bound)
    if status == names.kOptimal:
        return Outcome("optimal", x, value, bound, None, nodes)
    if status in (names.kInfeasible, names.kObjectiveBound):
        if cutoff is None:
            return Outcome("infeasible", None, np.inf, np.inf, None, nodes)
        return Outcome("cutoff", x, value, cutoff, None, nodes)
    word = "clock" if status == names.kTimeLimit else "limit"
    return Outcome(word, x, value, bound if np.isfinite(bound) else -np.inf, None, nodes)


class GrowingLp:
    """A linear programme that gains rows between solves and starts each from the last basis.

    Parameters
    ----------
    model : LinearModel
        The first rows; integrality is ignored.
    should_stop : callable, optional
        True ends a solve.
    """

    def __init__(self, model: LinearModel, should_stop: Callable[[], bool] | None = None) -> None:
        self._solver = _highs(None)
        relaxed = LinearModel(**{**model.__dict__, "integer": np.zeros(model.cost.size, np.bool_)})
        _pass(self._solver, relaxed)
        _listen(self._solver, should_stop)

    def add(self, row_lower: F64, indptr: I64, columns: I32, values: F64) -> None:
        """Add rows A x >= row_lower.

        Parameters
        ----------
        row_lower : float64 array, shape (m,)
            Lower bounds.
        indptr, columns, values : arrays
            The rows.
        """
        upper = np.full(row_lower.size, np.inf)
        starts = indptr[:-1].astype(np.int32)
        self._solver.addRows(row_lower.size, row_lower, upper, columns.size, starts, columns, values)

    def solve(self, seconds: float | None = None) -> Outcome:
        """Solve from the last basis.

        Parameters
        ----------
        seconds : float, optional
            Wall time for this solve.

        Returns
        -------
        Outcome
            As `solve_lp`.
        """
        if seconds is not None and np.isfinite(seconds):
            spent = float(self._solver.getRunTime())
            self._solver.setOptionValue("time_limit", spent + max(0.01, seconds))
        self._solver.run()
        if self._solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return Outcome("infeasible", None, np.inf, np.inf, None, 0)
        solution = self._solver.getSolution()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return Outcome("limit", None, np.inf, -np.inf, None, 0)
        value = float(self._solver.getInfo().objective_function_value)
        duals = np.asarray(solution.row_dual)
        return Outcome("optimal", np.asarray(solution.col_value), value, value, duals, 0)
