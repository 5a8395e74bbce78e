"""Entry of the benchmarks: `python benchmarks/run.py --help`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("--case", action="append", help="case by name (repeatable); all cases without it")
    parser.add_argument(
        "--size", choices=["S", "M", "L", "XL"], help="size of the synthetic province; each case's own without it"
    )
    parser.add_argument("--instances", type=Path, help="folder of public optimisation instances with best_known.csv")
    parser.add_argument("--family", choices=["scp", "mclp", "steiner", "pcst"], help="which instances to solve")
    parser.add_argument("--seconds", type=float, default=10.0, help="wall time per instance, s")
    parser.add_argument("--only", help="solve only instances whose name contains this text")
    parser.add_argument("--peers", action="store_true", help="run installed peers side by side")
    parser.add_argument("--check-floors", action="store_true", help="exit 1 where a case falls below floors.toml")
    parser.add_argument("--json", type=Path, help="write the results here as JSON")
    arguments = parser.parse_args(argv)
    if (arguments.instances is None) != (arguments.family is None):
        parser.error("--instances and --family go together")
    return arguments


def main(argv: list[str] | None = None) -> int:
    """Run what the command line names; the exit code is 0, 1 below a floor, 2 on bad input."""
    arguments = parse(argv)
    result: dict[str, Any]
    if arguments.instances is not None:
        from benchmarks.instances import solve_family

        result, code = solve_family(arguments)
    else:
        from benchmarks.cases import run_cases

        result, code = run_cases(arguments)
    if arguments.json is not None:
        partial = arguments.json.with_suffix(arguments.json.suffix + ".part")
        partial.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        partial.replace(arguments.json)
    return code


if __name__ == "__main__":
    sys.exit(main())
