"""Known addresses: register points that stand where their own address says, so that others can be placed by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from geoplan.geocode._gazetteer import Gazetteer
from geoplan.geocode._option import HOUSE_RADIUS_M
from geoplan.geocode._parse import Asked, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compare_with_address", "known_addresses"]


def known_addresses(
    points: gpd.GeoDataFrame, *, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Turn points with addresses into gazetteer rows of kind `address`.

    Parameters
    ----------
    points
        address (text), source, geometry (EPSG:4326, points).
    places, districts
        Gazetteer of streets and microdistricts, and the districts.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of the gazetteer, one row per address and point. Only points that stand within 100 m of a street of
        their address, or inside the radius of its microdistrict, and inside the city: a geocoder that fell back to
        another place is not taken for a known house.

    Raises
    ------
    InputError
        If the gazetteer lacks a column.
    """
    gazetteer = Gazetteer(places, districts)
    metric = points.geometry.to_crs(gazetteer.crs).tolist()
    rows = []
    for address, source, point in zip(points["address"], points["source"], metric, strict=True):
        if not isinstance(address, str) or point is None or point.is_empty:
            continue
        district = gazetteer.district_of(point, 0.0)
        name = next(_confirmed(address, point, gazetteer), "")
        if name and district:
            rows.append((name, "address", district, "", HOUSE_RADIUS_M, source, point))
    columns = ["name", "kind", "district", "aliases", "radius_m", "source", "geometry"]
    table = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=gazetteer.crs)
    return table.to_crs("EPSG:4326").drop_duplicates(["name", "geometry"], ignore_index=True)


def _confirmed(address: str, point: shapely.Point, gazetteer: Gazetteer) -> Iterator[str]:
    """Yield the address in the gazetteer's spelling if the point stands by its street or in its microdistrict."""
    for asked in parse(address):
        if asked.house is None:
            continue
        if asked.kind == "microdistrict":
            for match in gazetteer.find_micro(asked.name, typos=False):
                gap = float(shapely.distance(gazetteer.points[match.row], point))
                if gap <= gazetteer.extent[match.row]:
                    yield f"мкр {gazetteer.names[match.row]}, {asked.house.text}"
        else:
            yield from _on_street(asked, point, gazetteer)


def _on_street(asked: Asked, point: shapely.Point, gazetteer: Gazetteer) -> Iterator[str]:
    if asked.house is None:
        return
    # A part of a fuller name is good enough here: the point itself confirms it.
    for match in [match for reading in gazetteer.find_street(asked.name) for match in reading]:
        if shapely.dwithin(gazetteer.shapes[match.row], point, HOUSE_RADIUS_M):
            yield f"{gazetteer.names[match.row]}, {asked.house.text}"


def compare_with_address(
    points: gpd.GeoDataFrame, *, places: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Measure how far points stand from the street or microdistrict that their own address names.

    Parameters
    ----------
    points
        address (text), geometry (EPSG:4326; may be missing).
    places, districts
        Gazetteer and districts.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: gap_m, metres from the nearest street of that name, or from the edge of the
        microdistrict (0 inside); NaN where the gazetteer holds neither, or the point is missing; kind, what was
        compared with; namesakes, how many places bear the name.

    Raises
    ------
    InputError
        If the gazetteer lacks a column.
    """
    gazetteer = Gazetteer(places, districts)
    metric = points.geometry.to_crs(gazetteer.crs).tolist()
    rows = []
    for address, point in zip(points["address"], metric, strict=True):
        known = isinstance(address, str) and point is not None and not point.is_empty
        gaps = list(_gaps(address, point, gazetteer)) if known else []
        rows.append(min(gaps) if gaps else (float("nan"), "", 0))
    return pd.DataFrame(rows, columns=["gap_m", "kind", "namesakes"], index=points.index)


def _gaps(address: str, point: shapely.Point, gazetteer: Gazetteer) -> Iterator[tuple[float, str, int]]:
    for asked in parse(address):
        if asked.kind == "microdistrict":
            found = gazetteer.find_micro(asked.name, typos=False)
            shapes = [(gazetteer.points[m.row], float(gazetteer.extent[m.row])) for m in found]
        elif asked.kind == "street":
            readings = gazetteer.find_street(asked.name)
            shapes = [(gazetteer.shapes[m.row], 0.0) for reading in readings for m in reading]
        else:
            continue
        gaps = [max(0.0, float(shapely.distance(shape, point)) - reach) for shape, reach in shapes]
        if gaps:
            yield min(gaps), asked.kind, len(gaps)
