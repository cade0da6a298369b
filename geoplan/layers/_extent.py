"""How far a microdistrict reaches: its blocks of the population list and the register houses that name it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geoplan.geocode.keys import MicroKey, addressed_micros, micro_key
from geoplan.layers._old_houses import OLD, read_old_houses
from geoplan.layers._sources import read_source_table, read_source_vector, source_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import shapely

__all__ = [
    "BLOCKS",
    "HOUSES",
    "OLD",
    "STOPS",
    "STOP_OF_MICRO",
    "STREETS",
    "Extents",
    "block_micros",
    "grouped",
    "joined",
    "reach",
    "read_points",
    "register_houses",
    "rivers",
    "stop_owner",
]

# What the sources are called where one is to be left out.
BLOCKS = "блоки акимата"
HOUSES = "дома реестров"
STREETS = "улицы OSM"
STOPS = "остановки 2023"
ROADS = "roads/geofabrik_roads_almaty.shp.zip"
BLOCK_LIST = "population/akimat_blocks_population.csv"
SCHOOLS = "facilities/schools_public_open-almaty.psv"
KINDERGARTENS = "facilities/kindergartens_open-almaty_2026-04.csv"
_NAMED = re.compile(
    r"мкр\.?\s*([А-Яа-яЁё0-9]+(?:[ -]+[А-Яа-яЁё]{4,}(?![.]))?(?:\s*-\s*\d+)?\s?[АБВ]?)(?![а-я])"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_RIVER = re.compile(r"\b(?:(?i:р(?:ека)?\b\.?)|р(?=[А-ЯЁ]))\s*[^-()]*\([^()]*\)")
_IN_BRACKETS = r"\(([^()]*)\)[^()]*$"
# What else stands in brackets after a street's name: a district, a gardeners' society.
_NO_MICRO = r"(?i)ский|\bСТ\b|бывш|ранее"
_MICRO_WORD = re.compile(r"(?i)микрорайон|\bмкрн?\b|\bм-н\b")
_STREET_WORD = r"(?i)улица|проспект|переулок"
STOP_OF_MICRO = re.compile(r"(?i)микрор")
_SUFFIX = re.compile(r"\s+–\s+\S+$")
# Fewer points do not show an extent.
_FEWEST = 4
# A witness farther off bears the name of another place, or a geocoder's fallback.
_FAR_M = 3000.0
# A block's point is its middle: the microdistrict reaches half a block farther.
_HALF_BLOCK_M = 100.0
_NINE_TENTHS = 0.9

Extents = dict[MicroKey, np.ndarray]


def read_points(
    sources: Path, metric: object, stops: gpd.GeoDataFrame, names: set[MicroKey]
) -> dict[str, Extents]:
    """Return the points that name each microdistrict, by source.

    Parameters
    ----------
    sources
        Folder of source files.
    metric
        CRS in metres.
    stops
        Bus stops: stop_name, geometry.
    names
        Microdistricts that are known: what stands in brackets after a street of a block is one if it is among them.

    Returns
    -------
    dict
        Source to key to points, (n, 2) metres. `BLOCKS`: population blocks that name this microdistrict;
        `HOUSES`: schools and kindergartens with an address in it; `OLD`: houses of 2012
        in it; `STREETS`: middles of the ways whose name says that
        they lie in it; `STOPS`: bus stops named after it.

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    old = read_old_houses(sources)
    at_stops = stops[stops["stop_name"].str.contains(STOP_OF_MICRO)]
    called = [
        (micro_key(stop_owner(name)), point)
        for name, point in zip(at_stops["stop_name"], at_stops.geometry, strict=True)
    ]
    rows = {
        BLOCKS: _named_blocks(sources, names),
        HOUSES: register_houses(sources),
        OLD: _addressed(old["address"], old.geometry),
        STREETS: _local_ways(sources, metric),
        STOPS: called,
    }
    return {source: grouped(pairs, metric) for source, pairs in rows.items()}


def block_micros(note: str, names: set[MicroKey]) -> set[MicroKey]:
    """Return the microdistricts that a block of the population list lies in: "мкр.Кайрат", "ул.Байге (Кайрат)".

    What stands in brackets after a street is a microdistrict if it is among `names`; after a river it is that river's other
    name. A block of two microdistricts lies at the border of both, and tells where each of them ends.

    Raises
    ------
    None
    """
    text = _RIVER.sub(" ", note)
    bracketed = {micro_key(name) for name in _BRACKETS.findall(text)}
    return {micro_key(name) for name in _NAMED.findall(text)} | (bracketed & names)


def rivers(sources: Path) -> set[tuple[MicroKey, str]]:
    """Return the names that blocks of a district (as the list spells it) give to a river alone.

    Raises
    ------
    InputError
        If the list of blocks is missing or lacks a column.
    """
    table = read_source_table(sources, BLOCK_LIST, columns=["NOTE", "RAYON"])
    notes = list(zip(table["NOTE"], table["RAYON"], strict=True))
    wet = {
        (micro_key(name), district)
        for note, district in notes
        for part in _RIVER.findall(note)
        for name in _BRACKETS.findall(part)
    }
    called = {key for key, _ in wet}
    dry = {(key, district) for note, district in notes for key in block_micros(note, called)}
    return wet - dry


def _named_blocks(sources: Path, names: set[MicroKey]) -> list[tuple[MicroKey, shapely.Point]]:
    table = read_source_table(sources, BLOCK_LIST, columns=["NOTE", "geometry"])
    points = gpd.GeoSeries.from_wkt(table["geometry"], crs="EPSG:4326")
    return [
        (key, point)
        for note, point in zip(table["NOTE"], points, strict=True)
        for key in sorted(block_micros(note, names))
    ]


def grouped(rows: list[tuple[MicroKey, shapely.Point]], metric: object) -> Extents:
    """Gather points (EPSG:4326) by microdistrict, in metres.

    Raises
    ------
    None
    """
    shapes = gpd.GeoSeries([point for _, point in rows], crs="EPSG:4326").to_crs(metric)
    found: dict[MicroKey, list[tuple[float, float]]] = defaultdict(list)
    for (key, _), x, y in zip(rows, shapes.x, shapes.y, strict=True):
        found[key].append((x, y))
    return {key: np.array(pairs) for key, pairs in found.items()}


def joined(*extents: Extents) -> Extents:
    """Put the points of several sources together.

    Raises
    ------
    None
    """
    keys = sorted({key for one in extents for key in one})
    return {key: np.concatenate([one[key] for one in extents if key in one]) for key in keys}


def stop_owner(name: str) -> str:
    """Return the microdistrict that a bus stop is named after: "микрорайон Аксай-2 / ул. Саина" is Аксай-2.

    Raises
    ------
    None
    """
    return _SUFFIX.sub("", name.split("/", maxsplit=1)[0].strip())


def _local_ways(sources: Path, metric: object) -> list[tuple[MicroKey, shapely.Point]]:
    """Read the ways whose name says in which microdistrict they lie: "Ауэзова (Ожет)", "Зердели микрорайон"."""
    ways = read_source_vector(sources, ROADS, columns=["name"])
    names = ways["name"].fillna("")
    own = names.str.extract(_IN_BRACKETS)[0].where(lambda local: ~local.fillna("").str.contains(_NO_MICRO))
    own = own.fillna(names.where(names.str.contains(_MICRO_WORD) & ~names.str.contains(_STREET_WORD)))
    local = own[own.notna()]
    middles = ways.geometry[local.index].to_crs(metric).interpolate(0.5, normalized=True).to_crs("EPSG:4326")
    keys = [micro_key(_MICRO_WORD.sub(" ", name)) for name in local]
    return list(zip(keys, middles, strict=True))


def register_houses(sources: Path) -> list[tuple[MicroKey, shapely.Point]]:
    """Read the schools and kindergartens with an address in a microdistrict: its key, and the point (EPSG:4326).

    Raises
    ------
    InputError
        If a source file is missing or lacks a column.
    """
    rows = []
    schools = pd.read_csv(source_file(sources, SCHOOLS), sep="|", dtype=str, keep_default_na=False)
    for table in (schools, read_source_table(sources, KINDERGARTENS, columns=["address", "lat", "lon"])):
        placed = table[(table["lat"] != "") & (table["lon"] != "")]
        where = gpd.points_from_xy(placed["lon"].astype(float), placed["lat"].astype(float))
        rows += _addressed(placed["address"], where)
    return rows


def _addressed(
    addresses: Iterable[str], points: Iterable[shapely.Point]
) -> list[tuple[MicroKey, shapely.Point]]:
    return [
        (key, point)
        for address, point in zip(addresses, points, strict=True)
        for key in addressed_micros(address)
    ]


def reach(points: np.ndarray | None, x: float, y: float) -> float:
    """Return the metres around a centre that hold nine tenths of a microdistrict's points, 0 where too few tell.

    Raises
    ------
    None
    """
    if points is None:
        return 0.0
    gaps = np.hypot(points[:, 0] - x, points[:, 1] - y)
    near = gaps[gaps <= _FAR_M]
    if len(near) < _FEWEST:
        return 0.0
    return float(np.quantile(near, _NINE_TENTHS, method="higher")) + _HALF_BLOCK_M
