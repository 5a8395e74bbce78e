"""What to build: sites, fibre and undergrounding at least cost with proven bounds, laid over the years."""
