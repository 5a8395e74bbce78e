"""What is invented in the input, and what the input does not hold: said in every output."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from planner.config.schema import Scenario

_WORDS = {
    "dem": "terrain",
    "land_cover": "land cover",
    "sites": "base stations",
    "grid_power": "grid power",
    "neighbour_sites": "neighbouring provinces' sites",
}


def invented_layers(scenario: Scenario, files: Mapping[str, Path]) -> tuple[str, ...]:
    """List the layers that are invented or half invented.

    Parameters
    ----------
    scenario : Scenario
        Its `data.invented` says how; files named '*synthetic*' are always listed.
    files : mapping of str to Path
        Layer -> file.

    Returns
    -------
    tuple of str
        One sentence per layer.
    """
    sentences = []
    for layer, path in files.items():
        told = scenario.data.invented.get(layer)  # type: ignore[call-overload]
        name = path.name.casefold()
        by_name = "half invented" if "semisynthetic" in name else "invented" if "synthetic" in name else None
        if told or by_name:
            sentences.append(f"{_WORDS.get(layer, layer)} ({path.name}): {told or by_name}")
    return tuple(sentences)


def not_modelled(files: Mapping[str, Path], *, crossings: bool, supports: bool, fibres_used: bool) -> tuple[str, ...]:
    """List what the data does not hold and nothing stands in for.

    Parameters
    ----------
    files : mapping of str to Path
        Layer -> file.
    crossings : bool
        Whether crossings of rivers or railways are known.
    supports : bool
        Whether the cables' ducts and poles are known.
    fibres_used : bool
        Whether the fibres in use are known.

    Returns
    -------
    tuple of str
        One sentence each.
    """
    sentences = [
        "telephone exchanges: not in the data; the trunk stands for them",
        "rain: not in the data; microwave hops bear that of `planning.microwave`, multipath fading is not modelled",
        "building footprints: not in the data; homes are spread evenly over a village's polygon",
    ]
    if not fibres_used:
        sentences.append("fibres in use: not in the data; all fibres of existing cable are taken to be free")
    if not supports:
        sentences.append("ducts and poles: not in the data; every new route is priced as if none could be reused")
    if not crossings:
        sentences.append("crossings of rivers and railways: not in the data; routes follow roads and pay metres only")
    if "grid_power" not in files:
        sentences.append("grid power: not in the data; every place is taken to have it")
    if "neighbour_sites" not in files:
        sentences.append(
            "neighbouring provinces' sites: not in the data; areas near the border may be served better than computed"
        )
    return tuple(sentences)
