"""Benchmarks: machine, medians, throughput and memory, as a table and as JSON."""
