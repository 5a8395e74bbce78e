"""Telecom infrastructure coverage planner: the public names."""

__version__ = "0.1.0"
