"""Public optimisation instances: one module per family, each with `solve(arguments) -> list of rows`."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from benchmarks.machine import machine


def solve_family(arguments: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Solve every instance of the family listed in best_known.csv; rows as the README describes."""
    family = importlib.import_module(f"benchmarks.instances.{arguments.family}")
    rows, code = family.solve(arguments)
    return {"machine": machine(), "family": arguments.family, "instances": rows}, code
