"""How far capacity targets are reached: customers whose sector carries its busy hour."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.config.programme import Target


def counted_sectors(loads: pd.DataFrame, target: Target) -> NDArray[np.bool_]:
    """Sectors a capacity target counts.

    Parameters
    ----------
    loads : DataFrame
        From `sector_loads`.
    target : Target
        A target of kind 'capacity_people'.

    Returns
    -------
    ndarray of bool, shape (n_sectors,)
        True for sectors of its technology and operator.
    """
    counted = np.ones(len(loads), dtype=bool)
    if target.technology is not None:
        counted &= (loads["technology"] == target.technology).to_numpy(dtype=bool)
    if target.operator != "any":
        counted &= (loads["operator"] == target.operator).to_numpy(dtype=bool)
    return counted


def reached_capacity(loads: pd.DataFrame, target: Target) -> float:
    """Share of served customers whose sector is not overloaded.

    Parameters
    ----------
    loads : DataFrame
        From `sector_loads`, for the target's year.
    target : Target
        A target of kind 'capacity_people'.

    Returns
    -------
    float
        Share, 0 to 1; 1 where nobody is served.
    """
    counted = counted_sectors(loads, target)
    people = loads["people"].to_numpy(dtype=np.float64)
    calm = counted & ~loads["overloaded"].to_numpy(dtype=bool)
    total = float(people[counted].sum())
    return float(people[calm].sum() / total) if total > 0.0 else 1.0
