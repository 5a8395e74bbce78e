"""Kernels of the covering core: structure, greedy, Lagrangian bounds, local search, groups with thresholds."""
