"""Cables put underground: the duties, the runs that meet them at least cost, and what a sum of money does."""
