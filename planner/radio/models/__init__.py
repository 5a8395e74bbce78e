"""Propagation models in the planner's words: ranges, units and errors around the kernels."""
