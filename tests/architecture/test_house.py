"""The house rules a machine can check: layers, public names, docstrings, sizes, generated files."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import planner

MODULES = sorted(Path(planner.__file__).parent.rglob("*.py"))
LONGEST_FILE = 420


def test_public_names_are_sorted_and_there() -> None:
    assert list(planner.__all__) == sorted(planner.__all__)
    assert [name for name in planner.__all__ if not hasattr(planner, name)] == []


def test_importing_planner_is_quiet_and_light() -> None:
    code = "import sys, planner; print(any(m in sys.modules for m in ('numba', 'geopandas', 'matplotlib', 'rasterio')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
    assert run.stderr == ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(Path(planner.__file__).parent).as_posix())
def test_module_keeps_the_house_rules(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "a module says what it is for"
    assert source.count("\n") <= LONGEST_FILE, "a file past four hundred lines is two files"
    in_kernels = "kernels" in path.parts
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            assert in_kernels or not any(name.split(".")[0] == "numba" for name in names), "numba lives in kernels"
            solver = any(name.split(".")[0] == "highspy" for name in names)
            assert not solver or path.name == "milp.py", "the MILP solver lives in optimise/milp.py"


def test_numpydoc_of_public_names() -> None:
    from numpydoc.hooks.validate_docstrings import parse_config, process_file

    config = parse_config(str(Path(planner.__file__).parent.parent))
    findings = [finding for path in MODULES for finding in process_file(str(path), config)]
    assert findings == []


def test_import_orders_of_the_two_gdals() -> None:
    for first, second in (("pyogrio", "rasterio"), ("rasterio", "pyogrio")):
        code = (
            f"import {first}, {second}, pyproj, geopandas; "
            "assert pyproj.CRS('EPSG:32648').is_projected; "
            "from rasterio.crs import CRS; assert CRS.from_epsg(4326).is_geographic"
        )
        subprocess.run([sys.executable, "-W", "error::RuntimeWarning", "-c", code], check=True)
