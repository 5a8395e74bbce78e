"""ITU-R P.452-18: interference and long-term loss between stations on the ground, 0.1 to 50 GHz."""
