"""The whole programme: sites, fibre and undergrounding laid over phases and budgets, and whether targets are met."""
