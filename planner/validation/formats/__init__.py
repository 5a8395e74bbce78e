"""One module per family of vector files: how it is recognised, what is computed, which bars hold."""
