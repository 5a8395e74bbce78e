"""Antenna patterns of a scenario, read once."""

from __future__ import annotations

from planner.config.schema import Scenario
from planner.data.antenna_files import read_antenna
from planner.errors import Complaint, ConfigError, DataError
from planner.kernels.antenna import PatternTables
from planner.radio.antennas import antenna_pattern


def scenario_patterns(scenario: Scenario) -> dict[str, PatternTables]:
    """Tables of every antenna of a scenario.

    Parameters
    ----------
    scenario : Scenario
        `radio.antennas`.

    Returns
    -------
    dict of str to PatternTables
        By antenna name.

    Raises
    ------
    ConfigError
        When an antenna of kind 'file' names no file.
    DataError
        When files cannot be read or used; with the complaints of all of them.
    """
    patterns: dict[str, PatternTables] = {}
    nameless: list[Complaint] = []
    unusable: list[Complaint] = []
    for name, antenna in sorted(scenario.radio.antennas.items()):
        if antenna.kind != "file":
            patterns[name] = antenna_pattern(antenna)
        elif antenna.file is None:
            nameless.append(
                Complaint(f"radio.antennas.{name}.file", "is not given", "An antenna of kind 'file' names one.")
            )
        else:
            try:
                patterns[name] = antenna_pattern(antenna, read_antenna(antenna.file))
            except DataError as error:
                unusable += error.complaints
    if nameless:
        raise ConfigError("The antennas cannot be", nameless)
    if unusable:
        raise DataError("Antenna files cannot be used", unusable)
    return patterns
