"""Which sites: candidates, what each would serve, the choice at least cost, its repair and its reasons."""
