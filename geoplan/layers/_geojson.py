"""GeoJSON out: rounded coordinates, a feature a line, the same frame giving the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.polygon import orient

from geoplan.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

__all__ = ["write_geojson"]


def write_geojson(frame: gpd.GeoDataFrame, path: Path, *, decimals: int) -> None:
    """Write polygons in EPSG:4326 as GeoJSON (RFC 7946: no crs member, outer rings anticlockwise).

    Parameters
    ----------
    frame
        Polygons or MultiPolygons; the other columns become properties.
    path
        File to write.
    decimals
        Decimals of the coordinates, degrees.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    properties = frame.drop(columns="geometry").to_dict("records")
    lines = []
    for values, shape in zip(properties, frame.geometry, strict=True):
        geometry = mapping(_oriented(shape))
        geometry = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"], decimals)}
        feature = {"type": "Feature", "properties": values, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    head = '{"type":"FeatureCollection","features":[\n'
    write_text(head + ",\n".join(lines) + "\n]}\n", path)


def _oriented(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    if shape.geom_type == "MultiPolygon":
        return MultiPolygon([orient(part) for part in shape.geoms])
    return orient(shape)


def _rounded(values: Any, decimals: int) -> Any:
    """Round numbers in nested tuples of any depth."""
    if isinstance(values, float | int):
        return round(float(values), decimals)
    return [_rounded(value, decimals) for value in values]
