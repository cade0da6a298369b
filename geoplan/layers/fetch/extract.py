"""Extract: answers of Overpass joined and written as one OSM file, which all readers of OSM files take."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import osmium
from osmium.osm.mutable import Node, Relation, Way

from geoplan.files import whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Extract", "questions"]

_SERVICES = "^(school|kindergarten|clinic|doctors|hospital|ambulance_station)$"
_PLACES = "^(suburb|quarter|neighbourhood|city_block|borough)$"
_LANDMARKS = (
    '["amenity"~"^(university|theatre|marketplace|cinema|bus_station)$"]',
    '["leisure"~"^(park|stadium|sports_centre)$"]',
    '["shop"~"^(mall|department_store)$"]',
    '["railway"="station"]',
    '["tourism"~"^(museum|zoo)$"]',
)
_LETTER = {"node": "n", "way": "w", "relation": "r"}


def questions(corners: str) -> dict[str, str]:
    """Return what is asked of Overpass about an area, by what it is called while it is asked.

    Parameters
    ----------
    corners
        "lat lon lat lon …" of the area's outline.

    Returns
    -------
    dict
        streets (with their turn restrictions), districts, facilities, places and addresses.
    """
    area = f'(poly:"{corners}")'
    facilities = f'nwr["amenity"~"{_SERVICES}"]{area};nwr["emergency"="ambulance_station"]{area};'
    named = "".join(f'nwr{filters}["name"]{area};' for filters in (f'["place"~"{_PLACES}"]', *_LANDMARKS))
    houses = f'way["landuse"="residential"]["name"]{area};nwr["addr:housenumber"]{area};'
    return {
        "streets": f'way["highway"]{area}->.w;(.w;node(w.w);rel["type"="restriction"](bw.w););out;',
        "districts": f'rel["boundary"="administrative"]["admin_level"~"^([5-9]|10)$"]{area};(._;>;);out;',
        "facilities": f"({facilities});(._;>;);out;",
        "places, addresses": f"({named}{houses});(._;>;);out;",
    }


class Extract:
    """Elements of many answers, each once; a node takes about 100 bytes, tags come on top."""

    def __init__(self) -> None:
        self.nodes: dict[int, tuple[float, float]] = {}
        self.ways: dict[int, array[int]] = {}
        self.relations: dict[int, list[tuple[str, int, str]]] = {}
        self.tags: dict[str, dict[int, dict[str, str]]] = {"node": {}, "way": {}, "relation": {}}
        self.stamp = ""

    def add(self, answer: dict[str, Any]) -> None:
        """Take over the elements of one answer, which `Polite.query` has checked."""
        stamp = answer.get("osm3s", {}).get("timestamp_osm_base", "")
        self.stamp = max(self.stamp, stamp if isinstance(stamp, str) else "")
        for item in answer["elements"]:
            number, kind = item["id"], item["type"]
            if kind == "node":
                self.nodes[number] = (item["lon"], item["lat"])
            elif kind == "way":
                self.ways[number] = array("q", item["nodes"])
            else:
                self.relations[number] = [
                    (_LETTER[part["type"]], part["ref"], str(part.get("role", "")))
                    for part in item["members"]
                    if part.get("type") in _LETTER
                ]
            if item.get("tags"):
                self.tags[kind][number] = {str(key): str(value) for key, value in item["tags"].items()}

    def write(self, path: Path) -> None:
        """Write all as an OSM file, sorted by type and number: the same elements give the same bytes.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        with whole(path) as temporary:
            # osmium's writer makes its file itself
            temporary.unlink()
            with osmium.SimpleWriter(str(temporary)) as writer:
                for number in sorted(self.nodes):
                    writer.add_node(
                        Node(
                            id=number,
                            version=1,
                            location=self.nodes[number],
                            tags=self.tags["node"].get(number, {}),
                        )
                    )
                for number in sorted(self.ways):
                    tags = self.tags["way"].get(number, {})
                    writer.add_way(Way(id=number, version=1, nodes=list(self.ways[number]), tags=tags))
                for number in sorted(self.relations):
                    tags = self.tags["relation"].get(number, {})
                    writer.add_relation(
                        Relation(id=number, version=1, members=self.relations[number], tags=tags)
                    )
