"""Names that an older map gives to today's lines: former names of streets, and names of streets that bear none today."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.geocode.keys import FORMER, street_key
from geoplan.layers._old_houses import OLD_OSM
from geoplan.layers._sources import read_source_layer
from geoplan.layers._spellings import one_street
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["add_former_names", "name_unnamed", "read_old_streets"]

# Two maps draw one street within this of each other.
_SAME_LINE_M = 20.0
# A segment of today runs along a street of 2012 if so much of it lies there: one that crosses it has less.
_ALONG = 0.8
# Less than this of one name may be a crossing street, or the slip road of a junction.
_SHORTEST_M = 100.0
# So much of a street must have borne the former name for the name to stand for all of it.
_WHOLE = 0.6
# A street of 2012 along which so little runs today is on no line of today.
_GONE = 0.3
_SIMPLIFY_M = 5.0
# Streets in the sense of an address: no yards, no paths beside a street.
_STREETS = frozenset(
    {
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "pedestrian",
    }
)
_BRACKETS = re.compile(r"\([^()]*\)")
SOURCE = "имя OSM 2012, линия OSM около 2022"


def name_unnamed(
    streets: gpd.GeoDataFrame, old: dict[str, shapely.Geometry], metric: object
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Give a segment that has no name today the name that the extract of 2012 has on its line.

    Parameters
    ----------
    streets
        Street segments: name, highway, geometry (EPSG:4326).
    old
        Streets of 2012: name to lines, in metres (`read_old_streets`).
    metric
        CRS of `old`.

    Returns
    -------
    tuple
        The segments with more names, and notes. The lines stay those of today.

    Raises
    ------
    None
    """
    names = streets["name"].fillna("").to_numpy(dtype=object).copy()
    shapes = streets.geometry.to_crs(metric).to_numpy()
    borne = np.flatnonzero(names != "")
    kinds = streets["highway"].str.removesuffix("_link")
    bare = np.flatnonzero((names == "") & kinds.isin(_STREETS))
    spelt = _spelt(names[borne])
    today, nameless = _Lines(shapes[borne]), _Lines(shapes[bare])
    called = names[borne]
    best = np.zeros(len(bare))
    for name, line in old.items():
        found, along = nameless.along(line)
        if not len(found) or _renamed(name, called, today, line):
            continue
        better = along > best[found]
        best[found[better]] = along[better]
        names[bare[found[better]]] = spelt.get(street_key(name)[:2], _BRACKETS.sub("", name).strip())
    notes = [f"{int((best > 0).sum())} segments without a name today bear the name of 2012 on their line"]
    return streets.assign(name=names), notes


def _spelt(names: NDArray[np.object_]) -> dict[tuple[object, ...], str]:
    """Return the commonest spelling of each name."""
    counts = pd.Series(names).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    found: dict[tuple[object, ...], str] = {}
    for name in counts.index:
        found.setdefault(street_key(name)[:2], str(name))
    return found


def _renamed(name: str, names: NDArray[np.object_], today: _Lines, line: shapely.Geometry) -> bool:
    """Tell whether most of what runs along a street of 2012 bears another name: its nameless parts do too, then."""
    found, _ = today.along(line)
    lengths = today.lengths[found]
    own = np.array([one_street(names[at], name) for at in found], dtype=bool)
    return bool(len(found)) and float(lengths[~own].sum()) > max(_SHORTEST_M, float(lengths[own].sum()))


def add_former_names(
    lines: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    old: dict[str, shapely.Geometry],
    districts: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Add the names that the OSM extract of 2012 gives to the lines of streets that bear another name today.

    A name of most of a street becomes its alias; a name of a part of one, or of several, becomes a row of its own with
    the line of today. A street of 2012 along which nothing runs today is added as it was.

    Parameters
    ----------
    lines
        Streets of the gazetteer: name, aliases ('|'-joined), geometry.
    streets
        Street segments: name, geometry (EPSG:4326).
    old
        Streets of 2012: name to lines, in metres.
    districts
        district, geometry (EPSG:4326).

    Returns
    -------
    tuple
        The streets with more aliases and more rows, and notes. Former names are marked `бывш.`: whoever bears the name
        today goes first.

    Raises
    ------
    None
    """
    metric = metric_crs(districts)
    named = streets.loc[streets["name"].fillna("") != "", ["name", "geometry"]]
    names = named["name"].to_numpy(dtype=object)
    shapes = named.geometry.to_crs(metric).to_numpy()
    today = _Lines(shapes)
    rows = lines.geometry.to_crs(metric).to_numpy()
    tree = shapely.STRtree(rows)
    aliases = lines["aliases"].tolist()
    parts: list[tuple[str, shapely.Geometry]] = []
    gone: list[tuple[str, shapely.Geometry]] = []
    whole: set[str] = set()
    for name, line in old.items():
        found, _ = today.along(line)
        if float(today.lengths[found].sum()) <= _GONE * float(shapely.length(line)):
            gone.append((name, line))
        own = np.array([one_street(names[at], name) for at in found], dtype=bool)
        other = _beside(shapes[found[~own]], shapes[found[own]])
        if not len(other):
            continue
        rest = shapely.union_all(other)
        near = shapely.buffer(rest, _SAME_LINE_M)
        for at in sorted(tree.query(near, predicate="intersects").tolist()):
            along = shapely.intersection(rows[at], near)
            length = float(shapely.length(along))
            if length < max(_SHORTEST_M, _WHOLE * float(shapely.length(rows[at]))):
                continue
            if not one_street(lines["name"].iloc[at], name):
                aliases[at] = "|".join(part for part in (aliases[at], FORMER + name) if part)
                whole.add(name)
                rest = shapely.difference(rest, shapely.buffer(rows[at], _SAME_LINE_M))
        if float(shapely.length(rest)) >= _SHORTEST_M:
            parts.append((FORMER + name, rest))
    more = [
        _rows(parts, districts, metric).assign(source=SOURCE),
        _rows(gone, districts, metric).assign(source="OSM 2012"),
    ]
    out = pd.concat([lines.assign(aliases=aliases), *more], ignore_index=True)[list(lines.columns)]
    notes = [
        f"{len(whole)} names of 2012 are former names of streets that bear another one today",
        f"{len(parts)} names of 2012 of parts of such streets are rows of their own ({len(more[0])})",
        f"{len(more[1])} rows are streets of 2012 along which none runs today",
    ]
    return gpd.GeoDataFrame(out, geometry="geometry", crs=lines.crs), notes


class _Lines:
    """Lines that can be asked which of them run along another one."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        self.shapes = shapes
        self.lengths = shapely.length(shapes)
        self._tree = shapely.STRtree(shapes)

    def along(self, line: shapely.Geometry) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the positions of those that run along a line, ascending, and how much of each does."""
        near = shapely.buffer(line, _SAME_LINE_M, quad_segs=4)
        touched = np.sort(self._tree.query(near, predicate="intersects"))
        shared = shapely.length(shapely.intersection(self.shapes[touched], near))
        share = shared / np.maximum(self.lengths[touched], 1e-9)
        keep = share >= _ALONG
        return touched[keep], share[keep]


def _beside(shapes: NDArray[np.object_], own: NDArray[np.object_]) -> NDArray[np.object_]:
    """Leave out what runs beside a street that still bears the name: its slip roads and the streets it crosses."""
    if not len(shapes) or not len(own):
        return shapes
    near = shapely.buffer(shapely.union_all(own), 2 * _SAME_LINE_M)
    return shapes[shapely.length(shapely.intersection(shapes, near)) < (1 - _ALONG) * shapely.length(shapes)]


def _rows(
    found: list[tuple[str, shapely.Geometry]], districts: gpd.GeoDataFrame, metric: object
) -> gpd.GeoDataFrame:
    areas = districts.set_index("district").geometry.to_crs(metric)
    rows = []
    for name, old in found:
        for slug, area in areas.items():
            line = shapely.simplify(shapely.line_merge(shapely.intersection(old, area)), _SIMPLIFY_M)
            if float(shapely.length(line)) >= _SHORTEST_M / 2:
                point = shapely.get_point(shapely.shortest_line(line, shapely.centroid(line)), 0)
                radius = math.ceil(float(shapely.hausdorff_distance(line, point)))
                rows.append((name, "street", slug, "", float(radius), line))
    columns = ["name", "kind", "district", "aliases", "radius_m", "geometry"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=metric)
    return table.to_crs("EPSG:4326")


def read_old_streets(sources: Path, metric: object) -> dict[str, shapely.Geometry]:
    """Read the named streets of the OSM extract of 2012.

    Parameters
    ----------
    sources
        Folder of source files.
    metric
        CRS in metres.

    Returns
    -------
    dict
        Name to lines; "Достык (Ленина)" gives "Ленина" too. Parts of one name over 1 km apart stay one entry.

    Raises
    ------
    InputError
        If the extract is missing or cannot be read.
    """
    ways = read_source_layer(sources, OLD_OSM, layer="lines", columns=["name", "highway"])
    ways = ways[ways["name"].notna() & ways["highway"].notna()].to_crs(metric)
    ways["name"] = ways["name"].str.strip()
    ways = ways[ways["name"].map(lambda name: bool(street_key(name).stems))]
    key = ways["name"].map(lambda name: " ".join([street_key(name).kind, *street_key(name).stems]))
    groups = pd.DataFrame({"key": key, "name": ways["name"], "shape": ways.geometry.to_numpy()}).groupby(
        "key", sort=True
    )
    found: dict[str, shapely.Geometry] = {
        str(group["name"].iloc[0]): shapely.union_all(group["shape"].to_numpy()) for _, group in groups
    }
    # "Достык (Ленина)": the older name stands in brackets.
    for name in list(found):
        for older in re.findall(r"\(([^()\d]{4,})\)", name):
            found.setdefault(older.strip(), found[name])
    return found
