"""QGIS styles of the result layers, kept inside results.gpkg."""

from __future__ import annotations

from collections.abc import Sequence

HEAD = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'


def _option(name: str, value: str) -> str:
    return f'<Option name="{name}" type="QString" value="{value}"/>'


def _symbol(kind: str, name: str, options: dict[str, str]) -> str:
    layer_class = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}[kind]
    body = "".join(_option(key, value) for key, value in options.items())
    return (
        f'<symbol type="{kind}" name="{name}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer_class}" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{body}</Option></layer></symbol>'
    )


def _fill(colour: str, outline: str = "120,120,120,160", width: str = "0.1") -> dict[str, str]:
    return {
        "color": colour,
        "outline_color": outline,
        "outline_style": "solid",
        "outline_width": width,
        "style": "solid",
    }


def _line(colour: str, width: str, dash: str = "solid") -> dict[str, str]:
    return {"line_color": colour, "line_width": width, "line_style": dash}


def _marker(colour: str, size: str, shape: str) -> dict[str, str]:
    return {
        "color": colour,
        "size": size,
        "name": shape,
        "outline_color": "35,35,35,255",
        "outline_style": "solid",
    }


def _document(renderer: str) -> str:
    return f'{HEAD}<qgis version="3.28" styleCategories="Symbology">{renderer}<blendMode>0</blendMode></qgis>'


def _single(kind: str, options: dict[str, str]) -> str:
    return _document(
        '<renderer-v2 type="singleSymbol" enableorderby="0" forceraster="0" symbollevels="0"><symbols>'
        f"{_symbol(kind, '0', options)}</symbols></renderer-v2>"
    )


def _categories(attribute: str, kind: str, rows: Sequence[tuple[str, dict[str, str]]]) -> str:
    categories = "".join(
        f'<category render="true" symbol="{index}" value="{value}" label="{value}"/>'
        for index, (value, _) in enumerate(rows)
    )
    symbols = "".join(_symbol(kind, str(index), options) for index, (_, options) in enumerate(rows))
    return _document(
        f'<renderer-v2 type="categorizedSymbol" attr="{attribute}" enableorderby="0" forceraster="0" symbollevels="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _graduated(attribute: str, rows: Sequence[tuple[float, float, str]]) -> str:
    ranges = "".join(
        f'<range render="true" symbol="{index}" lower="{low}" upper="{high}" label="{low:.0%} - {high:.0%}"/>'
        for index, (low, high, _) in enumerate(rows)
    )
    symbols = "".join(_symbol("fill", str(index), _fill(colour)) for index, (_, _, colour) in enumerate(rows))
    return _document(
        f'<renderer-v2 type="graduatedSymbol" attr="{attribute}" graduatedMethod="GraduatedColor" enableorderby="0"'
        f' forceraster="0" symbollevels="0"><ranges>{ranges}</ranges><symbols>{symbols}</symbols></renderer-v2>'
    )


_SHARES = (
    (0.0, 0.25, "178,24,43,220"),
    (0.25, 0.5, "239,138,98,220"),
    (0.5, 0.75, "253,219,199,220"),
    (0.75, 0.95, "166,219,160,220"),
    (0.95, 1.0, "27,120,55,220"),
)

STYLES: dict[str, str] = {
    "residential_areas": _graduated("5g_people_share_after", _SHARES),
    "communes": _single("fill", _fill("255,255,255,0", "60,60,60,255", "0.3")),
    "roads": _single("line", _line("190,190,190,255", "0.2")),
    "sites": _single("marker", _marker("110,110,110,255", "1.4", "circle")),
    "proposed_sites": _categories(
        "kind",
        "marker",
        [
            ("upgrade", _marker("33,102,172,255", "2.4", "circle")),
            ("add_sector", _marker("67,147,195,255", "2.4", "pentagon")),
            ("split_sectors", _marker("0,109,44,255", "2.4", "star")),
            ("colocate", _marker("118,42,131,255", "2.6", "diamond")),
            ("new_site", _marker("214,47,39,255", "3.2", "triangle")),
        ],
    ),
    "fibre_works": _single("line", _line("33,102,172,255", "0.6")),
    "fibre_works_points": _single("marker", _marker("33,102,172,255", "1.2", "square")),
    "underground_runs": _single("line", _line("140,81,10,255", "0.8")),
    "zones": _categories(
        "kind",
        "fill",
        [
            ("industrial_park", _fill("200,160,255,90")),
            ("urban", _fill("255,200,120,90")),
            ("residential", _fill("160,220,255,90")),
        ],
    ),
    "white_zones": _categories(
        "cause",
        "fill",
        [
            ("no site in range", _fill("120,0,0,200")),
            ("shadowed by terrain", _fill("200,80,0,200")),
            ("too little power", _fill("230,160,0,200")),
            ("interference or load", _fill("150,100,200,200")),
            ("no carrier of that technology", _fill("90,90,90,200")),
        ],
    ),
}
