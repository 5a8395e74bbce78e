"""What burying each run costs: a trench for all its cables, or room in ducts that are there already."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.config.schema import Scenario
from planner.costs.catalogue import Prices
from planner.costs.undergrounding import UndergroundPrices, shared_trench_vnd, underground_prices
from planner.optimise.network.runs import Runs


class RunPrices(NamedTuple):
    """Prices of runs, without mobilisation.

    Attributes
    ----------
    vnd : ndarray of float64, shape (r,)
        Investment, whole VND; 0 for a run without aerial cable.
    rent_vnd : ndarray of float64, shape (r,)
        Rent of ducts, whole VND a year; 0 where a trench is dug.
    rent_present_vnd : ndarray of float64, shape (r,)
        Its present value over the horizon, whole VND.
    in_duct : ndarray of bool, shape (r,)
        Whether the cables go into existing ducts.
    mobilisation_vnd : int
        Once per contiguous group of runs, VND.
    """

    vnd: NDArray[np.float64]
    rent_vnd: NDArray[np.float64]
    rent_present_vnd: NDArray[np.float64]
    in_duct: NDArray[np.bool_]
    mobilisation_vnd: int

    @property
    def whole_vnd(self) -> NDArray[np.float64]:
        """Investment and present value of rents: what runs are chosen by.

        Returns
        -------
        ndarray of float64, shape (r,)
            Whole VND.
        """
        return self.vnd + self.rent_present_vnd


def scenario_prices(scenario: Scenario) -> UndergroundPrices:
    """Bring the prices of undergrounding to arrays; a free duct is left to new fibre where it may follow cabled roads.

    Parameters
    ----------
    scenario : Scenario
        Catalogue and whether existing cable is used.

    Returns
    -------
    UndergroundPrices
        Prices by ground.

    Raises
    ------
    ConfigError
        Where the scenario gives no `costs.undergrounding.per_m`.
    """
    return underground_prices(Prices(scenario.costs), ducts_kept=0 if scenario.planning.reuse_cables else 1)


def price_runs(runs: Runs, prices: UndergroundPrices) -> RunPrices:
    """Price every run: one trench for all its aerial cables, or a rented duct for each where that is cheaper.

    Parameters
    ----------
    runs : Runs
        Cable runs.
    prices : UndergroundPrices
        Prices by ground.

    Returns
    -------
    RunPrices
        Investment and rents.
    """
    per_m = prices.trench_per_m[runs.ground]
    trench = np.rint(shared_trench_vnd(per_m, runs.length_m, runs.aerial, prices.further_share))
    drawn = np.rint(per_m * runs.length_m * prices.further_share * runs.aerial)
    rent = np.rint(runs.length_m * runs.aerial * prices.duct_rent_per_m_year)
    present = np.rint(rent * prices.rent_factor)
    room = (runs.aerial > 0) & (runs.ducts - prices.ducts_kept >= runs.aerial)
    in_duct = room & (drawn + present < trench)
    return RunPrices(
        vnd=np.where(in_duct, drawn, trench),
        rent_vnd=np.where(in_duct, rent, 0.0),
        rent_present_vnd=np.where(in_duct, present, 0.0),
        in_duct=in_duct,
        mobilisation_vnd=prices.mobilisation_vnd,
    )
