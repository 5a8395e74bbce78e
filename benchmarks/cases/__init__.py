"""Timed cases by name and size: every module here that has `CASES`, a list of `Case`."""

from __future__ import annotations

import argparse
import gc
import importlib
import pkgutil
import sys
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.cases.case import HIGHER_IS_BETTER, Case, Job, Measurement
from benchmarks.machine import machine, peak_rss_mb, reset_peak_rss

FLOORS = Path(__file__).resolve().parent.parent / "floors.toml"


def all_cases() -> dict[str, Case]:
    """Every case by name, in the order of modules and of their lists."""
    found: dict[str, Case] = {}
    for module in sorted(entry.name for entry in pkgutil.iter_modules(__path__)):
        cases = getattr(importlib.import_module(f"{__name__}.{module}"), "CASES", [])
        found.update({case.name: case for case in cases})
    return found


def run_cases(arguments: argparse.Namespace) -> tuple[dict[str, Any], int]:
    """Run the cases asked for, print a table and compare with the floors where asked.

    Parameters
    ----------
    arguments : Namespace
        `case`, `size`, `peers`, `check_floors` of the command line.

    Returns
    -------
    tuple of (dict, int)
        Machine and rows; exit code 0, 1 below a floor or where a case failed, 2 for an unknown case.
    """
    cases = all_cases()
    names = arguments.case or list(cases)
    unknown = [name for name in names if name not in cases]
    if unknown:
        print(f"unknown case: {', '.join(unknown)}; known: {', '.join(cases)}", file=sys.stderr)
        return {"machine": machine(), "cases": []}, 2
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8")) if arguments.check_floors else {}
    rows: list[dict[str, Any]] = []
    code = 0
    print(f"{'case':<22} {'size':<5} {'threads':>7} {'median':>14} {'unit':<9} {'peak MB':>8}  runs")
    for name in names:
        row = _run(cases[name], arguments)
        rows.append(row)
        broken = floor_missed(row, floors.get(row["size"], {}))
        if broken:
            print(f"  below its floor: {broken}", file=sys.stderr)
            code = 1
    return {"machine": machine(), "cases": rows}, code


def _run(case: Case, arguments: argparse.Namespace) -> dict[str, Any]:
    job = Job(arguments.size or case.size, bool(arguments.peers))
    gc.collect()
    reset_peak_rss()
    measured: Measurement = case.run(job)
    row: dict[str, Any] = {
        "name": case.name,
        "size": job.size,
        "threads": measured.threads,
        "median": measured.median,
        "unit": case.unit,
        "runs": measured.runs,
        "peak_rss_mb": round(peak_rss_mb(), 1),
        **measured.facts,
    }
    figure = f"{row['median']:.4g}"
    spread = " ".join(f"{value:.4g}" for value in measured.runs)
    head = f"{case.name:<22} {job.size:<5} {measured.threads:>7} {figure:>14} {case.unit:<9}"
    print(f"{head} {row['peak_rss_mb']:>8}  {spread}", flush=True)
    for key, value in measured.facts.items():
        print(f"    {key}: {value}")
    return row


def floor_missed(row: dict[str, Any], floors: dict[str, float]) -> str | None:
    """Say how a row misses its floor.

    Parameters
    ----------
    row : dict
        Result of a case.
    floors : dict
        Case name -> the least (rates, ratios) or the most (times, exponents) that passes.

    Returns
    -------
    str or None
        What was reached and what was asked; None where the floor is kept or there is none.
    """
    floor = floors.get(row["name"])
    if floor is None:
        return None
    kept = row["median"] >= floor if row["unit"] in HIGHER_IS_BETTER else row["median"] <= floor
    return None if kept else f"{row['name']} reached {row['median']:.4g} {row['unit']}, the floor is {floor:.4g}"
