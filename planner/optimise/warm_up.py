"""Compiles the solvers' kernels on tiny problems: `python -m planner.optimise.warm_up`.

The first run on a machine compiles for the better part of a minute. The compiler works in one thread, so `planner run`
starts this beside itself: the solvers are compiled on the second core while coverage is compiled on the first.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from planner.kernels._jit import is_compiled
from planner.optimise.covering import CoverProblem, solve_group_cover
from planner.optimise.steiner import Network, solve_steiner
from planner.optimise.stopping import Stop

LAST_COMPILED = "planner.kernels.steiner.ascent"


@contextmanager
def compiling_aside() -> Iterator[None]:
    """Compile the solvers in a process of its own while the block runs, if this machine has not done so yet.

    Yields
    ------
    None
        Nothing; the process ends with the block at the latest.
    """
    if is_compiled(LAST_COMPILED):
        yield
        return
    command = [sys.executable, "-m", "planner.optimise.warm_up"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def main() -> None:
    """Solve one small problem with each solver."""
    rng = np.random.default_rng(1)
    stop = Stop(iterations=3)
    covers = [np.flatnonzero(rng.random(60) < 0.2).astype(np.int32) for _ in range(40)] + [
        np.arange(60, dtype=np.int32)
    ]
    problem = CoverProblem(
        cost=rng.integers(1, 9, 41).astype(np.float64) * 1e8,
        indptr=np.concatenate([[0], np.cumsum([len(rows) for rows in covers])]).astype(np.int64),
        rows=np.concatenate(covers),
        n_rows=60,
        weight=np.full(60, 0.25),
        fixed=np.zeros(41, dtype=np.int8),
        group=np.repeat(np.arange(15, dtype=np.int32), 4),
        group_need=np.full(15, 0.7),
        group_value=np.ones((1, 15)),
    )
    solve_group_cover(problem, required_value=np.array([15.0]), stop=stop, rng=rng)
    side = 5
    node = np.arange(side * side).reshape(side, side)
    u = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()]).astype(np.int32)
    v = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()]).astype(np.int32)
    network = Network(side * side, u, v, rng.integers(1, 50, u.size).astype(np.float64))
    solve_steiner(network, np.array([0, side - 1, side * side - 1]), stop, rng)


if __name__ == "__main__":
    main()
