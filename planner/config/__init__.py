"""The one schema: defaults, documentation and checks of a scenario, file by file as its keys."""
