"""What it costs to put existing aerial cable underground; the price per metre is the scenario's to give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.costs.catalogue import GROUNDS, Prices
from planner.costs.discounting import annuity_factor
from planner.errors import Complaint, ConfigError


class UndergroundPrices(NamedTuple):
    """Prices of undergrounding by ground code (0 urban, 1 suburban, 2 rural), VND.

    Attributes
    ----------
    trench_per_m : ndarray of float64, shape (3,)
        First cable with its trench, VND/m.
    further_share : float
        Each further cable in the same trench, share of the first.
    mobilisation_vnd : int
        Once per contiguous run of works, VND.
    duct_rent_per_m_year : float
        Rent of duct space, VND/m and year.
    rent_factor : float
        Present value of one VND of yearly rent over the horizon.
    ducts_kept : int
        Free ducts left to new fibre.
    """

    trench_per_m: NDArray[np.float64]
    further_share: float
    mobilisation_vnd: int
    duct_rent_per_m_year: float
    rent_factor: float
    ducts_kept: int


def underground_prices(prices: Prices, *, ducts_kept: int = 0) -> UndergroundPrices:
    """Bring the undergrounding part of the catalogue to arrays over ground codes.

    Parameters
    ----------
    prices : Prices
        Catalogue.
    ducts_kept : int, optional
        Free ducts of every road left to new fibre.

    Returns
    -------
    UndergroundPrices
        Prices in VND of the price year.

    Raises
    ------
    ConfigError
        Where the scenario gives no `costs.undergrounding.per_m`.
    """
    part = prices.costs.undergrounding
    if part.per_m is None:
        raise ConfigError(
            "a target asks for cables underground, but burying them has no price",
            [
                Complaint(
                    "costs.undergrounding.per_m",
                    "no price",
                    "Give the cost of burying existing aerial cable per metre of trench for urban, suburban"
                    " and rural ground; no published Vietnamese price is known.",
                )
            ],
        )
    return UndergroundPrices(
        trench_per_m=np.array([prices.exact_vnd(part.per_m[ground]) for ground in GROUNDS]),
        further_share=part.further_cable_share,
        mobilisation_vnd=prices.vnd(part.mobilisation),
        duct_rent_per_m_year=prices.exact_vnd(part.duct_rent_per_m_year),
        rent_factor=annuity_factor(prices.costs.discount_rate, prices.costs.horizon_years),
        ducts_kept=ducts_kept,
    )


def shared_trench_vnd(
    trench_per_m: NDArray[np.float64],
    length_m: NDArray[np.float64],
    cables: NDArray[np.int64],
    further_share: float,
) -> NDArray[np.float64]:
    """Price trenches that several cables share.

    Parameters
    ----------
    trench_per_m : ndarray of float64, shape (n,)
        Price of the first cable with its trench, VND/m.
    length_m : ndarray of float64, shape (n,)
        Length of each trench, m.
    cables : ndarray of int64, shape (n,)
        Cables laid into it; none costs nothing.
    further_share : float
        Each further cable, share of the first.

    Returns
    -------
    ndarray of float64, shape (n,)
        VND.
    """
    factor = np.where(cables > 0, 1.0 + further_share * (cables - 1), 0.0)
    return trench_per_m * length_m * factor
