"""Trees in networks, each with a proven bound; free of planning words.

solve_steiner(network, terminals, stop, rng)              connect all terminals
solve_prize_collecting(network, prizes, stop, rng, root)  connect the prizes that are worth it
solve_quota(network, prizes, quota, root, stop, rng)      connect prizes up to a quota
cheapest_ring, protect                                    second ways that share no edge with the first
"""

from planner.optimise.steiner.network import Network, TreeResult, from_networkx, to_networkx
from planner.optimise.steiner.prize import solve_prize_collecting
from planner.optimise.steiner.quota import solve_quota
from planner.optimise.steiner.ring import Protection, Ring, cheapest_ring, protect
from planner.optimise.steiner.tree import solve_steiner

__all__ = [
    "Network",
    "Protection",
    "Ring",
    "TreeResult",
    "cheapest_ring",
    "from_networkx",
    "protect",
    "solve_prize_collecting",
    "solve_quota",
    "solve_steiner",
    "to_networkx",
]
