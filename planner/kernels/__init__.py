"""The cellar: numbers in, numbers out. Every numba function of the project lives here and nowhere else."""
