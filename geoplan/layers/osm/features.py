"""Features of an OSM file beside its streets: districts, facilities, named places, addresses."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers.osm.file import id_filters, node_places, reading, scan
from geoplan.layers.osm.kinds import KINDS, KINDS_KEYS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["osm_features"]

_TENTH_MICRO = 1e7
# West, south, east, north.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Found:
    """A feature: its number with a letter for its type, its tags and the ways that draw it (none for a node)."""

    label: str
    tags: dict[str, str]
    ways: tuple[int, ...]
    place: tuple[int, int] | None = None


def osm_features(
    path: Path,
    kinds: Iterable[str] = tuple(KINDS),
    *,
    area: Box | None = None,
) -> dict[str, gpd.GeoDataFrame]:
    """Read features of an OSM file.

    Parameters
    ----------
    path
        A .osm.pbf or .osm file.
    kinds
        Which of districts, facilities, places, addresses.
    area
        West, south, east, north in degrees: only features of which a vertex lies inside are taken. None takes all.

    Returns
    -------
    dict
        kind -> GeoDataFrame in EPSG:4326, sorted by osm_id (n, w or r and the number):

        districts
            admin_level, name, name_ru, name_kk, name_en ('' where not tagged), polygons of boundary=administrative.
        facilities
            service (school, kindergarten, polyclinic, hospital, ambulance), name, address, capacity (NaN where not
            tagged), owner (state, private, ''), a point: the node, or a point on the grounds. A node on grounds of the
            same service is the same facility.
        places
            name, kind (microdistrict, landmark), aliases ('|'-joined), radius_m (NaN for a node), a point.
        addresses
            address ("street, number"), a point.

    Raises
    ------
    InputError
        If the file cannot be read or a kind is unknown.

    Notes
    -----
    Ways and relations of which the file lacks nodes or members are left out where they do not close.
    """
    chosen = list(kinds)
    unknown = [kind for kind in chosen if kind not in KINDS]
    if unknown:
        msg = f"unknown kind of feature {unknown[0]!r}: known are {', '.join(KINDS)}"
        raise InputError(msg)
    taken = {kind: KINDS[kind] for kind in chosen}
    with reading(path):
        found = _relations(path, taken)
        members = {ref for items in found.values() for item in items for ref in item.ways}
        lines = _Lines(path, _keys(taken), taken, members)
        for part in (_ways(path, taken, lines, area), _nodes(path, taken, area)):
            for kind in chosen:
                found[kind] += part[kind]
    return {kind: _frame(KINDS[kind], found[kind], lines, area) for kind in chosen}


def _keys(kinds: dict[str, Kind]) -> Any:
    """Return a filter that lets only what bears a key of these kinds pass."""
    return osmium.filter.KeyFilter(*sorted({key for kind in kinds for key in KINDS_KEYS[kind]}))


def _fitting(tags: dict[str, str], kinds: dict[str, Kind], *, areas: bool = False) -> list[str]:
    return [name for name, kind in kinds.items() if (areas or not kind.relations_only) and kind.fits(tags)]


def _relations(path: Path, kinds: dict[str, Kind]) -> dict[str, list[_Found]]:
    found: dict[str, list[_Found]] = {kind: [] for kind in kinds}
    for relation in scan(path, osmium.osm.RELATION, _keys(kinds)):
        tags = dict(relation.tags)
        if tags.get("type") not in {"multipolygon", "boundary"}:
            continue
        ways = tuple(member.ref for member in relation.members if member.type == "w")
        for name in _fitting(tags, kinds, areas=True):
            found[name].append(_Found(f"r{relation.id}", tags, ways))
    return found


def _ways(path: Path, kinds: dict[str, Kind], lines: _Lines, area: Box | None) -> dict[str, list[_Found]]:
    found: dict[str, list[_Found]] = {kind: [] for kind in kinds}
    wanted = lines.tagged_inside(area)
    if not len(wanted):
        return found
    numbers = set(wanted.tolist())
    for way in scan(path, osmium.osm.WAY, *id_filters(wanted), _keys(kinds)):
        if way.id in numbers:
            tags = dict(way.tags)
            for name in _fitting(tags, kinds):
                found[name].append(_Found(f"w{way.id}", tags, (way.id,)))
    return found


def _nodes(path: Path, kinds: dict[str, Kind], area: Box | None) -> dict[str, list[_Found]]:
    found: dict[str, list[_Found]] = {kind: [] for kind in kinds}
    west, south, east, north = area or (-180.0, -90.0, 180.0, 90.0)
    for node in scan(path, osmium.osm.NODE, _keys(kinds)):
        place = node.location
        if not place.valid() or not (west <= place.lon <= east and south <= place.lat <= north):
            continue
        tags = dict(node.tags)
        for name in _fitting(tags, kinds):
            found[name].append(_Found(f"n{node.id}", tags, (), (place.x, place.y)))
    return found


class _Lines:
    """Ways as drawn, in flat arrays: a country's houses are many, and most of them lie elsewhere."""

    def __init__(self, path: Path, keys: Any, kinds: dict[str, Kind], members: set[int]) -> None:
        self.tagged = _Drawn.read(
            scan(path, osmium.osm.WAY, keys), lambda way: bool(_fitting(dict(way.tags), kinds))
        )
        wanted = np.array(sorted(members), dtype=np.int64)
        parts = scan(path, osmium.osm.WAY, *id_filters(wanted)) if len(wanted) else iter(())
        self.members = _Drawn.read(parts, lambda way: way.id in members)
        nodes = np.unique(np.concatenate([self.tagged.nodes, self.members.nodes]))
        self.ids, self.x, self.y = node_places(path, nodes)

    def tagged_inside(self, area: Box | None) -> NDArray[np.int64]:
        """Numbers of the tagged ways with a vertex in the area, sorted."""
        drawn = self.tagged
        if area is None or not len(drawn.nodes):
            return np.unique(drawn.ids)
        at, there = self._at(drawn.nodes)
        west, south, east, north = (edge * _TENTH_MICRO for edge in area)
        inside = there & (self.x[at] >= west) & (self.x[at] <= east)
        inside &= (self.y[at] >= south) & (self.y[at] <= north)
        return np.unique(drawn.ids[np.repeat(np.arange(len(drawn.ids)), np.diff(drawn.starts))[inside]])

    def _at(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        if not len(self.ids):
            return np.zeros(len(nodes), dtype=np.int64), np.zeros(len(nodes), dtype=bool)
        at = np.minimum(np.searchsorted(self.ids, nodes), len(self.ids) - 1)
        return at, self.ids[at] == nodes

    def line(self, way: int) -> NDArray[np.float64]:
        """Degrees of a way's vertices, those that the file holds; none if it does not hold the way."""
        nodes = self.tagged.of(way)
        nodes = self.members.of(way) if nodes is None else nodes
        if nodes is None:
            return np.zeros((0, 2))
        at, there = self._at(nodes)
        return np.column_stack([self.x[at[there]], self.y[at[there]]]) / _TENTH_MICRO

    def shape(self, found: _Found) -> shapely.Geometry:
        """A point, a polygon where the ways close, else the lines."""
        if found.place is not None:
            return shapely.Point(found.place[0] / _TENTH_MICRO, found.place[1] / _TENTH_MICRO)
        lines = [shapely.LineString(line) for line in map(self.line, found.ways) if len(line) >= 2]
        if not lines:
            return shapely.Point()
        drawn = shapely.multilinestrings(lines)
        closed = shapely.build_area(drawn)
        return drawn if closed.is_empty else closed


@dataclass(frozen=True)
class _Drawn:
    """Nodes of ways, one way after the other: those of the way at position i are nodes[starts[i]:starts[i + 1]]."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    nodes: NDArray[np.int64]

    @classmethod
    def read(cls, ways: Iterable[Any], wanted: Callable[[Any], bool]) -> _Drawn:
        ids, counts, nodes = array("q"), array("q", [0]), array("q")
        for way in ways:
            if wanted(way):
                ids.append(way.id)
                nodes.extend([node.ref for node in way.nodes])
                counts.append(len(nodes))
        return cls(*(np.array(part, dtype=np.int64) for part in (ids, counts, nodes)))

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Positions by number of the way."""
        return np.argsort(self.ids, kind="stable")

    def of(self, way: int) -> NDArray[np.int64] | None:
        """Nodes of a way; None if it is not here."""
        place = np.searchsorted(self.ids, way, sorter=self.order)
        if place == len(self.ids) or self.ids[self.order[place]] != way:
            return None
        at = self.order[place]
        return self.nodes[self.starts[at] : self.starts[at + 1]]


def _frame(kind: Kind, found: list[_Found], lines: _Lines, area: Box | None) -> gpd.GeoDataFrame:
    """Make the table of one kind."""
    shapes = np.array([lines.shape(item) for item in found], dtype=object)
    kept = ~shapely.is_empty(shapes) if len(shapes) else np.zeros(0, dtype=bool)
    if area is not None and len(shapes):
        kept &= shapely.intersects(shapely.box(*area), shapes)
    if kind.relations_only and len(shapes):
        kept &= shapely.get_dimensions(shapes) == 2
    rows = [
        {"osm_id": item.label, **kind.row(item.tags)}
        for item, taken in zip(found, kept, strict=True)
        if taken
    ]
    table = pd.DataFrame(rows, columns=["osm_id", *kind.columns])
    frame = gpd.GeoDataFrame(table, geometry=list(shapes[kept]), crs="EPSG:4326")
    frame = frame.iloc[_by_number(frame["osm_id"])].reset_index(drop=True)
    return kind.finish(frame)


def _by_number(labels: pd.Series) -> NDArray[np.int64]:
    letters = labels.str[:1].to_numpy(dtype=str)
    numbers = labels.str[1:].astype("int64").to_numpy()
    return np.lexsort((numbers, letters))
