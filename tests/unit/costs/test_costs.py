"""Prices: currencies, inflation, discounting, and what happens when one is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.config.costs import Cost, CostsConfig
from planner.costs.catalogue import Prices
from planner.costs.discounting import annuity_factor, discount_factor, present_value
from planner.costs.fibre import fibre_prices, slope_multiplier
from planner.costs.sites import site_cost
from planner.costs.undergrounding import shared_trench_vnd, underground_prices
from planner.errors import ConfigError


def test_currency_scale_and_inflation():
    prices = Prices(
        CostsConfig(exchange_vnd={"VND": 1, "USD": 25_000, "GBP": 30_000}, inflation_per_year=0.1, price_year=2022)
    )
    assert prices.vnd(Cost(value=10, currency="USD", price_year=2020, scale=0.5)) == round(10 * 25_000 * 0.5 * 1.21)
    assert prices.vnd(Cost(value=121, price_year=2024)) == 100


def test_missing_rates_and_grounds_are_all_named():
    table = {"urban": Cost(value=1.0)}
    with pytest.raises(ConfigError) as caught:
        Prices(CostsConfig(exchange_vnd={"VND": 1.0, "USD": 0.0}, undergrounding={"per_m": table}))
    keys = {complaint.where for complaint in caught.value.complaints}
    assert {"costs.exchange_vnd.USD", "costs.exchange_vnd.GBP", "costs.undergrounding.per_m.rural"} <= keys


def test_every_price_is_listed_with_its_source():
    lines = {line.key: line for line in Prices(CostsConfig()).lines()}
    assert lines["costs.fibre.buried_per_m.urban"].currency == "USD"
    assert lines["costs.sites.new_macro"].vnd == round(1e9 * 1.035**5)
    assert all(line.source for line in lines.values())


def test_discounting_against_the_sum_of_its_parts():
    assert discount_factor(0.05, 10) == pytest.approx(0.613913, abs=1e-6)
    assert annuity_factor(0.05, 10) == pytest.approx(7.721735, abs=1e-6)
    assert annuity_factor(0.0, 7) == 7.0
    by_hand = 1000 / 1.05**3 + sum(50 / 1.05 ** (3 + year) for year in range(1, 11))
    assert present_value(1000, 50, rate=0.05, years_to_start=3, horizon_years=10) == pytest.approx(by_hand)


def test_site_cost_adds_carriers_power_and_subsidy():
    costs = CostsConfig(sites={"subsidy_5g_share": 0.15})
    prices = Prices(costs)
    plain = site_cost(prices, "upgrade_5g")
    assert plain.capex_vnd == round(0.85 * prices.vnd(costs.sites.upgrade_5g))
    more = site_cost(prices, "upgrade_5g", carriers=2, off_grid=True)
    assert more.capex_vnd - plain.capex_vnd == prices.vnd(costs.sites.add_carrier) + prices.vnd(
        costs.sites.power_off_grid
    )
    assert plain.present_value_vnd == pytest.approx(plain.capex_vnd + 7.721735 * plain.opex_vnd_per_year, rel=1e-6)


def test_fibre_placement_and_slope():
    aerial = fibre_prices(Prices(CostsConfig()))
    buried = fibre_prices(Prices(CostsConfig(fibre={"placement": "buried"})))
    assert np.allclose(aerial.outside_per_m, 0.42 * buried.outside_per_m)
    assert buried.outside_buried
    assert not aerial.outside_buried
    assert slope_multiplier(np.array([0.0, 10.0, np.nan]), 0.5).tolist() == [1.0, 1.5, 1.0]


def test_undergrounding_needs_its_price():
    with pytest.raises(ConfigError, match=r"costs\.undergrounding\.per_m"):
        underground_prices(Prices(CostsConfig()))


@given(st.integers(1, 8), st.floats(0, 1), st.floats(1, 1e4))
def test_a_shared_trench_never_costs_more_than_trenches_of_their_own(cables, share, metres):
    one, many = (
        shared_trench_vnd(np.array([5e5]), np.array([metres]), np.array([count]), share)[0] for count in (1, cables)
    )
    assert one <= many <= cables * one * (1 + 1e-12)
