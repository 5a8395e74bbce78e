"""Telecom infrastructure coverage planner."""
