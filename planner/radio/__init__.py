"""Physics in domain words: models, antennas, link budget, throughput, exposure."""
