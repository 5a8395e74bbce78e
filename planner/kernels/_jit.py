"""The only door to numba: how kernels are compiled, cached and kept deterministic.

Four decorators. `kernel`, `lean_kernel` and `inline_kernel` allow contraction and reassociation (never the fast-math
flags that delete NaN tests); `exact_kernel` keeps IEEE order and is for reference-grade arithmetic. All release the
GIL, so callers run masts in Python threads; no kernel opens threads of its own, which keeps results independent of
their number.

The compiled code is cached in a folder named by a hash of the kernel's own file and of every kernel file it
imports, directly or not: numba's own cache does not notice a change in an imported kernel, this name does.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

numba_settings: Any = numba.config
F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE_DIR = Path(__file__).resolve().parent.parent
_FAST = {"nsz", "arcp", "contract", "afn", "reassoc"}


def _module_file(name: str) -> Path | None:
    """Source file of a `planner` module name, None where there is none."""
    base = _PACKAGE_DIR.joinpath(*name.split(".")[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def _imported(path: Path) -> list[str]:
    """Names of the planner modules a source file imports, submodules included."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("planner"):
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names if alias.name.startswith("planner")]
    return names


@cache
def _source_hash(module: str) -> str:
    """Hash of a module's source and of all planner sources it reaches through imports."""
    seen: set[Path] = set()
    waiting = [module]
    while waiting:
        path = _module_file(waiting.pop())
        if path is None or path in seen:
            continue
        seen.add(path)
        waiting += _imported(path)
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(seen):
        digest.update(path.relative_to(_PACKAGE_DIR).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Folder that holds compiled kernels, below the user's cache folder unless PLANNER_KERNEL_CACHE names one.

    Returns
    -------
    Path
        The folder; it need not exist yet.
    """
    named = os.environ.get("PLANNER_KERNEL_CACHE")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "planner" / "kernels"


def _compile(func: F, fastmath: set[str] | bool, inline: bool = False, counted: bool = True) -> F:
    folder = cache_folder() / _source_hash(func.__module__)
    numba_settings.CACHE_DIR = str(folder)
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": fastmath}
    if inline:
        options["forceinline"] = True
    if not counted:
        options["_nrt"] = False
    return cast("F", numba.njit(**options)(func))


def kernel(func: F) -> F:
    """Compile a kernel that may contract and reassociate floating-point operations, but keeps NaN.

    Parameters
    ----------
    func : callable
        Function of numbers, NumPy arrays and NamedTuples.

    Returns
    -------
    callable
        The compiled function; plain Python under NUMBA_DISABLE_JIT=1.
    """
    return _compile(func, _FAST)


def inline_kernel(func: F) -> F:
    """Compile like `lean_kernel` and merge it into every caller: a call left in a loop keeps it scalar.

    Parameters
    ----------
    func : callable
        Function that allocates nothing, called from loops that must vectorise.

    Returns
    -------
    callable
        The compiled function; plain Python under NUMBA_DISABLE_JIT=1.
    """
    return _compile(func, _FAST, inline=True, counted=False)


def lean_kernel(func: F) -> F:
    """Compile like `kernel` without reference counts: for hot functions that take arrays out of tuples.

    The atomic counters of a dozen arrays cost more than a short loop over them (60 % of a sweep).

    Parameters
    ----------
    func : callable
        Function that allocates nothing; the compiler refuses one that does.

    Returns
    -------
    callable
        The compiled function; plain Python under NUMBA_DISABLE_JIT=1.
    """
    return _compile(func, _FAST, counted=False)


def exact_kernel(func: F) -> F:
    """Compile a kernel in strict IEEE order: for reference-grade models and anything that compares ties.

    Parameters
    ----------
    func : callable
        Function of numbers, NumPy arrays and NamedTuples.

    Returns
    -------
    callable
        The compiled function; plain Python under NUMBA_DISABLE_JIT=1.
    """
    return _compile(func, False)


def is_compiled(module: str) -> bool:
    """Tell whether a kernel module as it stands was compiled on this machine before.

    Parameters
    ----------
    module : str
        Full name of the module.

    Returns
    -------
    bool
        True when its cache folder holds compiled functions.
    """
    return any((cache_folder() / _source_hash(module)).rglob("*.nbi"))
