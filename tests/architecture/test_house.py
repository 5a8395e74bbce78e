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


def exempt_lines(path: Path) -> dict[str, set[int]]:
    """Lines of definitions a check does not fit, per check.

    A property has no call and so no Returns section; a command's parameters are documented by their help texts; a
    function inside a function is not public.
    """
    found: dict[str, set[int]] = {"RT01": set(), "PR01": set(), "GL08": set()}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        decorators = {ast.unparse(item) for item in getattr(node, "decorator_list", [])}
        lines = {node.lineno, *(item.lineno for item in node.decorator_list)}
        if decorators & {"property", "cached_property", "functools.cached_property"}:
            found["RT01"] |= lines
        if "cli" in path.parts and "guarded" in decorators:
            found["PR01"] |= lines
        if isinstance(node, ast.FunctionDef):
            found["GL08"] |= {
                item.lineno for item in ast.walk(node) if isinstance(item, ast.FunctionDef) and item is not node
            }
    return found


def test_numpydoc_of_public_names() -> None:
    from numpydoc.hooks.validate_docstrings import parse_config, process_file

    config = parse_config(str(Path(planner.__file__).parent.parent))
    findings = []
    for path in MODULES:
        exempt = exempt_lines(path)
        for place, name, check, message in process_file(str(path), config):
            if int(place.rsplit(":", 1)[1]) not in exempt.get(check, set()):
                findings.append(f"{place} {name} {check} {message}")
    assert findings == []


def test_import_orders_of_the_two_gdals() -> None:
    for first, second in (("pyogrio", "rasterio"), ("rasterio", "pyogrio")):
        code = (
            f"import {first}, {second}, pyproj, geopandas; "
            "assert pyproj.CRS('EPSG:32648').is_projected; "
            "from rasterio.crs import CRS; assert CRS.from_epsg(4326).is_geographic"
        )
        subprocess.run([sys.executable, "-W", "error::RuntimeWarning", "-c", code], check=True)
