"""Fibre routes: who needs them, the tree at least cost with its bound, and the works it means."""
