"""Loss of a mast over its surroundings: faces, rays, path geometry per cell, and P.1812-8 in float32 over blocks.

A mast's square is cut into four triangular faces (`faces`), each turned so that rays run along contiguous memory.
A ray is sampled once per grid line (`rays`) and serves every cell near it; what a cell's loss needs of its path is
reduced to a few numbers (`links`), gathered into blocks, and turned into losses by loops that vectorise
(`smooth`, `blocks`). `mast` drives it.
"""
