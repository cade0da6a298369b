"""Ground: the map under the data - districts, main streets and names, small enough to lie in every page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from geoplan.maps._encode import pack, quantise

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.city import City
    from geoplan.maps._languages import Languages, Words

__all__ = ["city_box", "district_shapes", "labels", "street_lines"]

# Kinds of street drawn: width in units of the page, and the map zoom from which they show.
_KINDS = [
    (("motorway", "trunk"), 2.2, 0.0),
    (("primary",), 1.6, 0.0),
    (("secondary",), 1.1, 0.0),
    (("tertiary",), 0.8, 12.5),
]
_STREET_TOLERANCE_M = 8.0
_DISTRICT_TOLERANCE_M = 10.0
_NAMED = ("motorway", "trunk", "primary", "secondary")
_NAMES = 60
_NAME_SPACING_M = 2600.0
_DIGITS = 5


def city_box(city: City) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the city with a margin: the frame in which coordinates are quantised.

    Raises
    ------
    LayerError
        If the districts or streets cannot be read.
    """
    bounds = np.vstack([city.districts.total_bounds, city.streets.total_bounds])
    west, south = bounds[:, :2].min(axis=0) - 0.01
    east, north = bounds[:, 2:].max(axis=0) + 0.01
    return round(float(west), 4), round(float(south), 4), round(float(east), 4), round(float(north), 4)


def district_shapes(city: City, texts: Languages) -> list[dict[str, Any]]:
    """Return each district's slug, short name, rings of [lon, lat] and the point its name is written at.

    Neighbours are simplified together, so that no slit opens between them.

    Raises
    ------
    LayerError
        If the districts cannot be read.
    """
    metric = city.districts.to_crs(city.crs)
    metric = metric.set_geometry(
        shapely.coverage_simplify(metric.geometry.to_numpy(), _DISTRICT_TOLERANCE_M), crs=city.crs
    )
    points = metric.geometry.representative_point().to_crs(4326)
    rows = []
    for slug, shape in metric.geometry.to_crs(4326).items():
        rings = [ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
        rows.append(
            {
                "slug": str(slug),
                "name": _district_name(metric.loc[slug], texts).as_dict(),
                "rings": [shapely.get_coordinates(ring).round(_DIGITS).tolist() for ring in rings],
                "label": [round(float(points[slug].x), _DIGITS), round(float(points[slug].y), _DIGITS)],
            }
        )
    return rows


def _district_name(row: pd.Series, texts: Languages) -> Words:
    """A district's name in each language, without the word for district: the pages put that themselves."""
    return texts.each(lambda table: str(row[f"name_{table.language}"]).removesuffix(table("district.suffix")))


def street_lines(city: City, box: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Return the main streets by kind: quantised lon, lat of all vertices, where each line ends, width and zoom.

    Raises
    ------
    LayerError
        If the streets cannot be read.
    """
    west, south, east, north = box
    sets = []
    for kinds, width, zoom in _KINDS:
        lines = _merged(city.streets[city.streets["highway"].isin(kinds)], city)
        if lines.empty:
            continue
        coordinates, owner = shapely.get_coordinates(lines.to_numpy(), return_index=True)
        sets.append(
            {
                "lon": pack(quantise(coordinates[:, 0], (west, east)), "uint16"),
                "lat": pack(quantise(coordinates[:, 1], (south, north)), "uint16"),
                "ends": pack(np.cumsum(np.bincount(owner)), "uint32"),
                "width": width,
                "from": zoom,
            }
        )
    return sets


def labels(city: City, texts: Languages) -> list[dict[str, Any]]:
    """Return names to write on the map: the longest streets along their course, and the microdistricts.

    The source mixes languages: a street's name says in which of them it may stand on the map.

    Raises
    ------
    LayerError
        If a layer cannot be read.
    """
    return _microdistricts(city) + _street_names(city, texts)


def _merged(streets: gpd.GeoDataFrame, city: City) -> gpd.GeoSeries:
    """Segments joined into long lines, each way of a two-way street once, generalised."""
    if streets.empty:
        return gpd.GeoSeries([], crs=4326)
    shapes = shapely.normalize(streets.geometry.to_numpy())
    once = gpd.GeoSeries(shapes, crs=streets.crs).drop_duplicates().to_crs(city.crs)
    joined = shapely.line_merge(shapely.union_all(once.to_numpy(), grid_size=0.5))
    parts = shapely.simplify(shapely.get_parts(joined), _STREET_TOLERANCE_M)
    lines = gpd.GeoSeries(parts[shapely.length(parts) > 0], crs=city.crs).to_crs(4326)
    order = np.lexsort(np.round(lines.bounds.to_numpy().T[::-1], 6))
    return lines.iloc[order].reset_index(drop=True)


def _street_names(city: City, texts: Languages) -> list[dict[str, Any]]:
    rows = city.streets
    rows = rows[rows["highway"].isin(_NAMED) & rows["name"].fillna("").str.strip().ne("")]
    if rows.empty:
        return []
    longest = rows.groupby("name", sort=True)["length_m"].sum().sort_values(ascending=False, kind="stable")
    foreign = {
        table.language: longest.index.str.contains(table("district.foreign_name")) for table in texts.tables
    }
    own = {language: set(longest.index[~left_out][:_NAMES]) for language, left_out in foreign.items()}
    out: list[dict[str, Any]] = []
    for name in longest.index:
        spoken = [language for language, names in own.items() if name in names]
        if not spoken:
            continue
        line = _longest(rows[rows["name"] == name], city)
        count = max(1, int(line.length // _NAME_SPACING_M))
        for k in range(count):
            at = (k + 0.5) / count
            here = line.interpolate(at, normalized=True)
            back, ahead = (
                line.interpolate(at - 0.01, normalized=True),
                line.interpolate(at + 0.01, normalized=True),
            )
            angle = float(np.arctan2(-(ahead.y - back.y), ahead.x - back.x))
            # Upright: text never runs upside down.
            angle = (angle + np.pi / 2) % np.pi - np.pi / 2
            place = gpd.GeoSeries([here], crs=city.crs).to_crs(4326).iloc[0]
            out.append(_label(str(name), "street", place) | {"angle": round(angle, 2), "in": spoken})
    return out


def _longest(rows: gpd.GeoDataFrame, city: City) -> shapely.LineString:
    shapes = gpd.GeoSeries(shapely.normalize(rows.geometry.to_numpy()), crs=rows.crs).drop_duplicates()
    joined = shapely.line_merge(shapely.union_all(shapes.to_crs(city.crs).to_numpy()))
    parts = shapely.get_parts(joined)
    return parts[int(np.argmax(shapely.length(parts)))]


def _microdistricts(city: City) -> list[dict[str, Any]]:
    places = city.places
    rows = places[(places["kind"] == "microdistrict") & ~places.geometry.isna()]
    rows = rows.assign(centre=rows.geometry.representative_point()).sort_values("name", kind="stable")
    rows = rows.drop_duplicates("name")
    return [
        _label(str(name), "microdistrict", point)
        for name, point in zip(rows["name"], rows["centre"], strict=True)
    ]


def _label(text: str, kind: str, point: shapely.Point) -> dict[str, Any]:
    return {
        "text": text,
        "kind": kind,
        "lon": round(float(point.x), _DIGITS),
        "lat": round(float(point.y), _DIGITS),
    }
