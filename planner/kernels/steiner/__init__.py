"""Steiner trees in graphs on plain arrays: searches, local search, dual ascent, reductions."""
