"""Prices of the catalogue, brought to a year, for sites, fibre and trenches."""
