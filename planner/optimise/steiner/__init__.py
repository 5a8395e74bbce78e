"""Trees in networks: Steiner trees, prize-collecting and quota trees, protection rings, each with a proven bound."""
