"""A city by its name: its streets, districts, facilities, places and addresses, fetched and written as source files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from geoplan.errors import InputError
from geoplan.files import write_text
from geoplan.layers._geojson import write_geojson
from geoplan.layers.fetch.boundaries import districts_of
from geoplan.layers.fetch.extract import Extract, questions
from geoplan.layers.fetch.place import find_place
from geoplan.layers.osm import osm_features

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geoplan.layers.fetch.polite import Polite

__all__ = ["Fetched", "fetch_city"]

# Streets are fetched this far beyond the place: the way round a border street leads through them.
_MARGIN_M = 2000.0
# The outline that is sent to Overpass is drawn with this tolerance: long outlines make slow questions.
_OUTLINE_M = 100.0
# OSM keeps degrees with 7 decimals.
_DECIMALS = 7


@dataclass(frozen=True)
class Fetched:
    """Source files of a city, as `geoplan layers build` takes them.

    Attributes
    ----------
    place
        Name of the place in full.
    streets
        .osm.pbf with the streets, turn restrictions, facilities, places and addresses.
    districts
        GeoJSON of the districts.
    mapping
        TOML: the city's names, the origin, licence and date of the files.
    notes
        A line for each choice made.
    """

    place: str
    streets: Path
    districts: Path
    mapping: Path
    notes: list[str]


def fetch_city(
    text: str,
    folder: Path,
    polite: Polite,
    *,
    max_km2: float = 5000.0,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> Fetched:
    """Fetch a city's OpenStreetMap data and write it as source files.

    Parameters
    ----------
    text
        Name of the city and its country.
    folder
        Where the files go.
    polite
        How servers are asked.
    max_km2
        Largest area fetched.
    progress
        Called with what is asked next, how many questions are answered, and how many there are.

    Returns
    -------
    Fetched
        The files; the same answers give the same bytes.

    Raises
    ------
    InputError
        If the place is not found or too large, a server does not answer, or there is no street.
    OutputError
        If a file cannot be written.
    """
    progress("place", 0, 1)
    place = find_place(text, polite, max_km2=max_km2)
    metric = gpd.GeoSeries([place.shape], crs="EPSG:4326").to_crs(place.metric)
    wide = shapely.simplify(metric.buffer(_MARGIN_M).iloc[0], _OUTLINE_M)
    area = gpd.GeoSeries([wide], crs=metric.crs).to_crs("EPSG:4326").iloc[0]
    asked = [item for corners in polite.tiles(area) for item in questions(corners).items()]
    extract = Extract()
    for done, (what, question) in enumerate(asked):
        progress(what, done + 1, len(asked) + 1)
        extract.add(polite.query(question))
    if not extract.ways:
        msg = f"{text!r}: {polite.overpass} holds no street in {place.name}"
        raise InputError(msg)
    streets, shapes, mapping = folder / "city.osm.pbf", folder / "districts.geojson", folder / "mapping.toml"
    extract.write(streets)
    found = osm_features(streets, ["districts"])["districts"]
    districts, notes = districts_of(found, place)
    write_geojson(districts, shapes, decimals=_DECIMALS)
    write_text(_mapping(place.names, extract.stamp), mapping)
    size = f"{len(extract.ways)} ways, {len(extract.nodes)} nodes, {len(extract.relations)} relations"
    return Fetched(
        place=place.name,
        streets=streets,
        districts=shapes,
        mapping=mapping,
        notes=[
            f"{place.name}: {place.km2:,.0f} km2; {size} of {extract.stamp or 'unknown date'}",
            *notes,
        ],
    )


def _mapping(names: dict[str, str], stamp: str) -> str:
    """Write what `geoplan layers build --mapping` reads."""
    lines = [
        "[city]",
        *(f"name_{code} = {json.dumps(name, ensure_ascii=False)}" for code, name in names.items()),
    ]
    for part in ("streets", "districts"):
        lines += [
            "",
            f"[{part}]",
            'source = "OpenStreetMap, through Overpass"',
            f"vintage = {json.dumps(stamp[:10] or 'not stated')}",
            'licence = "ODbL-1.0"',
        ]
    return "\n".join(lines) + "\n"
