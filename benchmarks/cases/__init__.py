"""Timed cases by name and size; the registry stands here."""
