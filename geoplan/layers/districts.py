"""Districts: the city's parts as one coverage, with no hole and no overlap between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from geoplan.errors import InputError
from geoplan.layers._sources import read_source_vector
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["DECIMALS", "close_holes", "read_districts"]

BOUNDARIES = "districts/almaty_districts_osm_simplified_2026-07.geojson"
KAZAKH_NAMES = "districts/almaty_districts_akimat_2024.geojson"
DECIMALS = 6

# The akimat file writes the Kazakh schwa with the Latin letter that looks the same.
_LATIN_SCHWA = str.maketrans({"\u018f": "\u04d8", "\u0259": "\u04d9"})


def read_districts(sources: Path) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Read the districts, close the holes between them, and name them in three languages.

    Parameters
    ----------
    sources
        Folder of source files.

    Returns
    -------
    tuple
        GeoDataFrame in EPSG:4326 sorted by `district` (slug) with name_ru, name_kk, name_en, geometry rounded
        to 6 decimals; and notes, a line for each thing mended.

    Raises
    ------
    InputError
        If a file is missing or a district has no Kazakh name.
    """
    shapes = read_source_vector(sources, BOUNDARIES, columns=["slug", "nameRu"])
    akimat = read_source_vector(sources, KAZAKH_NAMES, columns=["name_ru", "name_kz"])
    kazakh = akimat.set_index("name_ru")["name_kz"]
    unnamed = sorted(set(shapes["nameRu"]) - set(kazakh.index))
    if unnamed:
        msg = f"{sources / KAZAKH_NAMES}: no district named {', '.join(unnamed)}"
        raise InputError(msg)
    frame = gpd.GeoDataFrame(
        {
            "district": shapes["slug"],
            "name_ru": shapes["nameRu"],
            "name_kk": shapes["nameRu"].map(kazakh).str.translate(_LATIN_SCHWA),
            "name_en": shapes["slug"].str.title() + " district",
        },
        geometry=shapes.geometry,
        crs=shapes.crs,
    )
    frame = frame.sort_values("district", ignore_index=True)
    return close_holes(frame)


def close_holes(districts: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Give each hole between districts to the neighbour with the longest common border; remove overlaps.

    A tie goes to the slug that comes first; of two districts that overlap, the slug that comes first keeps
    the area. Holes are areas that the union of all districts encloses.

    Parameters
    ----------
    districts
        Column `district`, polygons in EPSG:4326, sorted by `district`.

    Returns
    -------
    tuple
        The districts as valid polygons rounded to 6 decimals, and notes.

    Raises
    ------
    InputError
        If a district has no area.
    """
    metric = metric_crs(districts)
    shapes: list[BaseGeometry] = [shapely.make_valid(shape) for shape in districts.geometry]
    notes = []
    overlap = 0.0
    for position, shape in enumerate(shapes):
        earlier = shapely.union_all(shapes[:position])
        common = _only_area(shape.intersection(earlier))
        if not common.is_empty:
            overlap += _area(common, metric)
            shapes[position] = _only_area(shape.difference(earlier))
    if overlap:
        notes.append(f"overlaps between districts, {overlap / 1e4:.2f} ha, left to the first slug")

    names = districts["district"].tolist()
    for hole in _holes(shapely.union_all(shapes)):
        borders = gpd.GeoSeries([hole.boundary.intersection(shape) for shape in shapes], crs=districts.crs)
        common_m = borders.to_crs(metric).length
        winner = int(common_m.argmax())
        shapes[winner] = shapes[winner].union(hole)
        point = hole.representative_point()
        notes.append(
            f"hole of {_area(hole, metric) / 1e4:.1f} ha at {point.x:.4f} {point.y:.4f} closed:"
            f" given to {names[winner]}, which shares {common_m.iloc[winner]:.0f} m of its border"
        )

    rounded = [_round(shape) for shape in shapes]
    empty = [name for name, shape in zip(names, rounded, strict=True) if shape.is_empty]
    if empty:
        msg = f"districts without an area: {', '.join(empty)}"
        raise InputError(msg)
    return districts.set_geometry(gpd.GeoSeries(rounded, index=districts.index, crs=districts.crs)), notes


def _holes(union: BaseGeometry) -> list[BaseGeometry]:
    """Return the enclosed holes of `union` as polygons, west to east, so that the order never varies."""
    parts = shapely.get_parts(union)
    rings = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    return sorted(rings, key=lambda ring: ring.bounds)


def _round(shape: BaseGeometry) -> BaseGeometry:
    return _only_area(shapely.make_valid(shapely.set_precision(shape, 10.0**-DECIMALS)))


def _only_area(shape: BaseGeometry) -> BaseGeometry:
    """Drop the points and lines that an overlay leaves beside the polygons."""
    parts = pd.Series(shapely.get_parts(shape), dtype=object)
    areas = [part for part in parts if part.geom_type in {"Polygon", "MultiPolygon"} and part.area > 0]
    return shapely.union_all(areas) if areas else shapely.Polygon()


def _area(shape: BaseGeometry, metric: object) -> float:
    return float(gpd.GeoSeries([shape], crs="EPSG:4326").to_crs(metric).area.iloc[0])
