"""Features of an OSM file beside its streets: districts, facilities, named places, addresses."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers.osm.file import id_filters, node_places, reading, scan
from geoplan.layers.osm.kinds import KINDS, KINDS_KEYS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["osm_features"]

_TENTH_MICRO = 1e7


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
    area: tuple[float, float, float, float] | None = None,
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
    with reading(path):
        found: dict[str, list[_Found]] = {kind: [] for kind in chosen}
        shapes = _collect(path, {kind: KINDS[kind] for kind in chosen}, found)
        places = _Places(path, shapes)
    return {kind: _frame(KINDS[kind], found[kind], places, area) for kind in chosen}


def _collect(
    path: Path, kinds: dict[str, Kind], found: dict[str, list[_Found]]
) -> dict[int, NDArray[np.int64]]:
    """Fill `found` with what the tags say; return the nodes of every way that draws something."""
    keys = [osmium.filter.KeyFilter(*sorted({key for kind in kinds for key in KINDS_KEYS[kind]}))]
    members: set[int] = set()
    for relation in scan(path, osmium.osm.RELATION, *keys):
        tags = dict(relation.tags)
        if tags.get("type") not in {"multipolygon", "boundary"}:
            continue
        ways = tuple(member.ref for member in relation.members if member.type == "w")
        for name in _fitting(tags, kinds, areas=True):
            found[name].append(_Found(f"r{relation.id}", tags, ways))
            members.update(ways)
    refs: dict[int, NDArray[np.int64]] = {}
    for way in scan(path, osmium.osm.WAY, *keys):
        tags = dict(way.tags)
        for name in _fitting(tags, kinds, areas=False):
            found[name].append(_Found(f"w{way.id}", tags, (way.id,)))
            refs[way.id] = np.array(array("q", [node.ref for node in way.nodes]), dtype=np.int64)
    wanted = np.array(sorted(members - refs.keys()), dtype=np.int64)
    if len(wanted):
        for way in scan(path, osmium.osm.WAY, *id_filters(wanted)):
            if way.id in members:
                refs[way.id] = np.array(array("q", [node.ref for node in way.nodes]), dtype=np.int64)
    for node in scan(path, osmium.osm.NODE, *keys):
        tags = dict(node.tags)
        if not node.location.valid():
            continue
        for name in _fitting(tags, kinds, areas=False):
            found[name].append(_Found(f"n{node.id}", tags, (), (node.location.x, node.location.y)))
    return refs


def _fitting(tags: dict[str, str], kinds: dict[str, Kind], *, areas: bool) -> Iterator[str]:
    return (name for name, kind in kinds.items() if (areas or not kind.relations_only) and kind.fits(tags))


class _Places:
    """Where the vertices of ways lie."""

    def __init__(self, path: Path, refs: dict[int, NDArray[np.int64]]) -> None:
        self.refs = refs
        wanted = np.unique(np.concatenate(list(refs.values()))) if refs else np.zeros(0, dtype=np.int64)
        self.ids, self.x, self.y = node_places(path, wanted)

    def line(self, way: int) -> NDArray[np.float64]:
        """Degrees of a way's vertices, those that the file holds; none if it does not hold the way."""
        refs = self.refs.get(way)
        if refs is None or not len(self.ids):
            return np.zeros((0, 2))
        at = np.minimum(np.searchsorted(self.ids, refs), len(self.ids) - 1)
        at = at[self.ids[at] == refs]
        return np.column_stack([self.x[at], self.y[at]]) / _TENTH_MICRO

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


def _frame(
    kind: Kind, found: list[_Found], places: _Places, area: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    """Make the table of one kind."""
    shapes = np.array([places.shape(item) for item in found], dtype=object)
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
