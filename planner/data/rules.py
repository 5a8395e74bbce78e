"""The numbered rules of the audit: what must hold, how grave it is when it does not, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """A numbered rule.

    Attributes
    ----------
    severity : str
        'error' stops a run; 'warning' is told in every output; 'info' only in the audit.
    title : str
        What must hold.
    fix : str
        What to do when it does not.
    """

    severity: Severity
    title: str
    fix: str


RULES: dict[str, Rule] = {
    # files and tables
    "P101": Rule("error", "every needed layer has a file", "Put the file in the folder or name it in data.files."),
    "P102": Rule("error", "a pattern matches one file only", "Narrow the pattern in data.files."),
    "P103": Rule(
        "error", "every file can be read to its end", "Copy or export the file again; it is damaged or truncated."
    ),
    "P104": Rule("error", "no needed layer is empty", "Export the layer again with its features."),
    "P105": Rule("error", "needed columns are there", "Name the column in data.columns of the scenario."),
    "P106": Rule("error", "numbers are numbers", "Write plain numbers with a decimal point."),
    "P107": Rule("error", "ids are there and occur once", "Give every feature its own id."),
    "P108": Rule("error", "words are from the known list", "Correct the spelling."),
    "P109": Rule("warning", "optional columns are there", "Give the column, or accept the assumption."),
    # reference systems and geometry
    "P201": Rule(
        "error", "every layer states its reference system", "Assign the reference system (EPSG code) and export again."
    ),
    "P202": Rule(
        "error", "coordinates fit the stated reference system", "Assign the right reference system; do not reproject."
    ),
    "P203": Rule("error", "features have the right kind of geometry", "Draw or repair the geometry."),
    "P204": Rule("warning", "geometry is valid", "It was repaired for this run; mend the source."),
    "P205": Rule("error", "layers lie where the communes are", "Check the reference system and the area of the file."),
    # rasters
    "P301": Rule(
        "error",
        "terrain reaches the communes and the radius around them",
        "Give a larger DEM or a smaller propagation.radius_km.",
    ),
    "P302": Rule(
        "error", "terrain has no holes in that region", "Fill the holes from another source; they are never taken as 0."
    ),
    "P303": Rule("error", "heights are possible", "Declare the file's nodata value, or check its unit (metres)."),
    "P304": Rule(
        "warning",
        "the calculation grid is not finer than the terrain",
        "Set data.cell_m to the terrain's resolution: no finer detail is real.",
    ),
    "P305": Rule(
        "error", "land cover reaches that region", "Give a larger land-cover raster or a smaller propagation.radius_km."
    ),
    "P306": Rule("warning", "land cover has no holes in that region", "These cells are taken as open ground."),
    "P307": Rule(
        "warning",
        "land-cover classes are known",
        "Describe the class in propagation.clutter; it is taken as open ground.",
    ),
    # communes and residential areas
    "P401": Rule("error", "every village lies in a commune", "Correct the village's outline or the communes layer."),
    "P402": Rule(
        "error", "a village's commune code exists", "Use the code of the communes layer, as text with its leading zero."
    ),
    "P403": Rule("warning", "a village lies in the commune its code names", "Check code and outline."),
    "P404": Rule("error", "homes with fibre are not more than homes", "Correct households or households_fibre."),
    "P405": Rule("error", "people and homes are not negative", "Correct the number."),
    "P406": Rule("warning", "villages do not overlap", "People of the common part count twice; mend the outlines."),
    "P407": Rule("warning", "every commune has villages", "Add its villages, or accept that nothing is planned there."),
    "P408": Rule("warning", "villages hold their commune's people", "Check the numbers of both layers."),
    "P410": Rule("warning", "the communes fill the boundary", "Check which of the two layers is out of date."),
    "P411": Rule("error", "grid power is stated for known villages", "Use the ids of the villages layer."),
    "P412": Rule(
        "error", "somebody lives in the area", "Check the column of people: nothing can be planned for nobody."
    ),
    "P409": Rule(
        "warning", "areas with homes have people", "Check the number; the area weighs nothing in shares of people."
    ),
    # sites
    "P501": Rule("error", "site coordinates are numbers", "Write decimal degrees with a point."),
    "P502": Rule(
        "error", "longitude and latitude are not swapped", "Swap the two columns, or correct data.columns.sites."
    ),
    "P503": Rule("error", "sites lie in or near the area", "Correct the coordinates, or remove the site."),
    "P504": Rule(
        "error",
        "antenna heights are above ground",
        "Give the height above ground in metres, more than 0 and at most 300.",
    ),
    "P505": Rule(
        "error",
        "operators are known",
        "Correct the spelling, add data.operator_aliases, or add the operator to radio.operators.",
    ),
    "P506": Rule("warning", "the mast a site shares exists", "Correct colocated_with."),
    "P507": Rule(
        "warning",
        "a site's technologies have a carrier",
        "Give the operator a carrier in radio.operators, or correct the inventory.",
    ),
    "P508": Rule("info", "sites lie inside the communes", "They are kept; they serve across the border."),
    "P509": Rule("info", "a site's commune code is where it stands", "Check the code; the position is used."),
    "P510": Rule(
        "error",
        "heights of poles and public places are possible",
        "Give the height above ground in metres, more than 0 and at most 150; leave it empty where it is not known.",
    ),
    # roads
    "P601": Rule("error", "a road joins two different nodes", "Remove the road or correct its ends."),
    "P602": Rule("error", "roads have a length", "Remove the road or draw its line."),
    "P603": Rule(
        "error",
        "the road graph is in one piece",
        "Join the pieces (fibre is routed along roads), or accept islands: data.accept_road_pieces: true.",
    ),
    "P604": Rule(
        "warning", "stated lengths agree with the drawn line", "The length on the ellipsoid is used; check the source."
    ),
    "P605": Rule("warning", "road ends meet where they share a node", "Correct u and v, or the line's ends."),
    "P606": Rule(
        "warning", "every village is on the road graph", "Add the road to the village; it cannot get fibre otherwise."
    ),
    "P608": Rule("warning", "a village's road node lies in or near it", "Check the node, or raise data.max_snap_m."),
    "P609": Rule("warning", "a place has one node", "Give both roads the same node there, or they do not join."),
    "P610": Rule("warning", "pieces of the road graph are accepted", "Fibre is routed within each piece only."),
    # cables
    "P701": Rule("error", "cables lie on known roads", "Correct road_id, or add the road."),
    "P702": Rule("error", "cable lengths are positive", "Correct length_m."),
    "P703": Rule(
        "warning", "a cable is not longer or shorter than its road", "The road's length is used; check the source."
    ),
    "P704": Rule("warning", "one row per road and operator", "Merge the rows; kilometres count twice otherwise."),
    "P705": Rule(
        "warning", "homes with fibre have a cable on a road of theirs", "Add the cable, or correct households_fibre."
    ),
    "P706": Rule("warning", "a cable has no more fibres in use than it holds", "Correct fibres or fibres_used."),
    # zones
    "P801": Rule(
        "warning", "zones do not overlap", "A cable in the common part counts in both zones; mend the outlines."
    ),
    "P802": Rule("warning", "zones lie inside the communes", "Check the outline."),
    "P803": Rule("warning", "a zone's stated area agrees with its outline", "Check the outline; the outline is used."),
    # names
    "P901": Rule("error", "names in the scenario are in the data", "Correct the name in the scenario, or drop it."),
}
