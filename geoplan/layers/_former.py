"""Former names of streets: what an older map calls the line that a newer one calls something else."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from geoplan.errors import InputError
from geoplan.geocode.keys import FORMER, street_key
from geoplan.layers._sources import source_file

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["add_former_names"]

OLD_OSM = "roads/osm_2012-03_almaty.osm.pbf"
# Two maps draw one street within this of each other.
_SAME_LINE_M = 20.0
# So much of the shorter of both lines must run along the other: a street that only crosses or ends there has less.
_ALONG = 0.6
_SHORTEST_M = 150.0
# Streets that only cross it cover less of a line than this.
_CROSSED = 0.3
_SIMPLIFY_M = 5.0


def add_former_names(
    lines: gpd.GeoDataFrame, sources: Path, districts: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Add to the aliases of a street the name that the OSM extract of 2012 gives to the same line.

    A street of 2012 on whose line none has a name today is added as it was.

    Parameters
    ----------
    lines
        Streets of the gazetteer: name, aliases ('|'-joined), geometry.
    sources
        Folder of source files.
    districts
        district, geometry (EPSG:4326).

    Returns
    -------
    tuple
        The streets with more aliases and more rows, and notes. A name that any street of the city bears today is not added:
        it would send the reader to two places.

    Raises
    ------
    InputError
        If the extract is missing or cannot be read.
    """
    metric = lines.estimate_utm_crs()
    shapes = lines.geometry.to_crs(metric).to_numpy()
    # A stub of some metres does not keep a former avenue from its name.
    long = lines[lines["radius_m"] >= _SHORTEST_M / 2]
    today = {
        street_key(called).stems
        for row in zip(long["name"], long["aliases"], strict=True)
        for called in _all(*row)
    }
    aliases = lines["aliases"].tolist()
    tree = shapely.STRtree(shapes)
    added: set[str] = set()
    lost: dict[str, shapely.Geometry] = {}
    for name, old in _old_streets(sources, metric).items():
        if street_key(name).stems in today or not street_key(name).stems:
            continue
        near = shapely.buffer(old, _SAME_LINE_M)
        named = 0.0
        for at in sorted(tree.query(near, predicate="intersects").tolist()):
            shared = float(shapely.length(shapely.intersection(shapes[at], near)))
            named += shared
            shorter = min(float(shapely.length(shapes[at])), float(shapely.length(old)))
            if shorter >= _SHORTEST_M and shared >= _ALONG * shorter:
                aliases[at] = "|".join(part for part in (aliases[at], FORMER + name) if part)
                added.add(name)
        if name not in added and named <= _CROSSED * float(shapely.length(old)):
            lost[name] = old
    out = lines.assign(aliases=aliases)
    more = _rows(lost, districts, metric)
    if len(more):
        out = gpd.GeoDataFrame(pd.concat([out, more], ignore_index=True)[list(lines.columns)], crs=lines.crs)
    notes = [
        f"{len(added)} names of 2012 that no street bears today are former names of the streets on their line",
        f"{len(lost)} streets of 2012 on whose line none has a name today are added as they were ({len(more)} rows)",
    ]
    return out, notes


def _rows(lost: dict[str, shapely.Geometry], districts: gpd.GeoDataFrame, metric: object) -> gpd.GeoDataFrame:
    areas = districts.set_index("district").geometry.to_crs(metric)
    rows = []
    for name, old in lost.items():
        for slug, area in areas.items():
            line = shapely.simplify(shapely.line_merge(shapely.intersection(old, area)), _SIMPLIFY_M)
            if float(shapely.length(line)) >= _SHORTEST_M / 2:
                point = shapely.get_point(shapely.shortest_line(line, shapely.centroid(line)), 0)
                radius = math.ceil(float(shapely.hausdorff_distance(line, point)))
                rows.append((name, "street", slug, "", float(radius), "OSM 2012", line))
    columns = ["name", "kind", "district", "aliases", "radius_m", "source", "geometry"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=metric)
    return table.to_crs("EPSG:4326")


def _all(name: str, aliases: str) -> list[str]:
    return [name, *(part for part in aliases.split("|") if part)]


def _old_streets(sources: Path, metric: object) -> dict[str, shapely.Geometry]:
    path = source_file(sources, OLD_OSM)
    try:
        ways = pyogrio.read_dataframe(path, layer="lines", columns=["name", "highway"])
    except Exception as error:  # the driver raises many kinds
        msg = f"{path}: cannot be read: {(str(error).strip() or type(error).__name__).splitlines()[0]}"
        raise InputError(msg) from error
    ways = ways[ways["name"].notna() & ways["highway"].notna()].to_crs(metric)
    ways["name"] = ways["name"].str.strip()
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
