"""ITU-R P.1812-8: path analysis, the loss mechanisms, their combination, and a fast chain over a disc."""
