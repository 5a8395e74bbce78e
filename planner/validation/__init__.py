"""Proof on the user's own machine: reference vectors of every model, judged against published bars."""
