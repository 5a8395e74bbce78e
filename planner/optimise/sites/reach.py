"""What each radio work would serve by itself, through the coverage engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.coverage.candidates_cover import cells_served
from planner.domain.province import Province
from planner.optimise.sites.options import SiteOption, proposals
from planner.optimise.sites.problem import Reach
from planner.optimise.sites.reach_store import load_reach, reach_file, save_reach

Progress = Callable[[str, int, int], None]
DEFAULT_REACH_M = 8000.0  # without a configured radius candidates farther than this from any demand are not generated


def reach_limit_m(scenario: Scenario, technology: str) -> float:
    """Farthest a new site may usefully stand from people it is meant for.

    Parameters
    ----------
    scenario : Scenario
        Its propagation radius is the limit.
    technology : str
        '4g' or '5g': the higher bands of 5G reach no farther than half the radius.

    Returns
    -------
    float
        Distance, m.
    """
    radius_m = DEFAULT_REACH_M if scenario.propagation.radius_km is None else scenario.propagation.radius_km * 1000.0
    lowest_mhz = min(
        (carrier.frequency_mhz for carrier in scenario.radio.carriers.values() if carrier.technology == technology),
        default=1000.0,
    )
    return radius_m if lowest_mhz < 1500.0 else radius_m / 2.0


def option_reach(
    province: Province,
    scenario: Scenario,
    options: Sequence[SiteOption],
    receiver: str,
    wanted: NDArray[np.int64],
    progress: Progress | None = None,
) -> Reach:
    """Entries of `area_cells` each option serves by itself, over all its carriers.

    Parameters
    ----------
    province : Province
        The province.
    scenario : Scenario
        Thresholds and propagation.
    options : sequence of SiteOption
        Works.
    receiver : str
        Receiver it is counted for.
    wanted : ndarray of int64
        Entries asked about.
    progress : callable, optional
        Called with stage, done, total.

    Returns
    -------
    Reach
        One list of entries per option.
    """
    asked = proposals(options)
    owner = np.repeat(np.arange(len(options)), [len(option.carriers) for option in options])
    path = reach_file(province, scenario, asked, receiver, wanted)
    kept = load_reach(path)
    if kept is None:
        kept = cells_served(province, scenario, asked, receiver=receiver, entries=wanted, progress=progress)
        save_reach(path, *kept)
    indptr, entry = kept
    return _united(np.asarray(indptr), np.asarray(entry), owner, len(options))


def _united(indptr: NDArray[np.int64], entry: NDArray[np.int32], owner: NDArray[np.int64], n_options: int) -> Reach:
    """Join the carriers of each option, entries rising and single."""
    option = np.repeat(owner, np.diff(indptr))
    order = np.lexsort((entry, option))
    option, entry = option[order], entry[order]
    first = np.ones(entry.size, dtype=bool)
    first[1:] = (np.diff(option) != 0) | (np.diff(entry) != 0)
    counts = np.bincount(option[first], minlength=n_options)
    return Reach(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), entry[first].astype(np.int32))
