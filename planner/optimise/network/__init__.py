"""The road network as arrays: what carries fibre, how a point reaches it, what a link would cost."""
