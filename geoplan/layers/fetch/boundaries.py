"""Boundaries: which of the boundaries that OSM holds are the districts of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

if TYPE_CHECKING:
    from geoplan.layers.fetch.place import Place

__all__ = ["districts_of"]

# A district may reach this share of its area over the place's own line, which is drawn apart from it.
_WITHIN = 0.9
# The districts of a place cover it, but for water and what is drawn apart.
_COVER = 0.95


def districts_of(found: gpd.GeoDataFrame, place: Place) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Choose the boundaries that divide a place.

    Parameters
    ----------
    found
        admin_level, name, name_ru, name_kk, name_en, polygons (EPSG:4326), as `osm_features` gives them.
    place
        The place.

    Returns
    -------
    tuple
        The boundaries of the lowest number of admin_level of which two or more lie within the place and cover it; else the
        place itself as its one district. Columns name, name_ru, name_kk, name_en, geometry. And notes.
    """
    metric = place.metric
    whole = gpd.GeoSeries([place.shape], crs="EPSG:4326").to_crs(metric).iloc[0]
    shapes = found.geometry.to_crs(metric).to_numpy()
    common = shapely.area(shapely.intersection(shapes, whole))
    parts = found[common >= _WITHIN * shapely.area(shapes)]
    columns = ["name", "name_ru", "name_kk", "name_en", "geometry"]
    told = []
    for level, group in parts.groupby("admin_level"):
        area = (
            shapely.union_all(group.geometry.to_crs(metric).to_numpy()).intersection(whole).area / whole.area
        )
        if len(group) > 1 and area >= _COVER:
            return group[columns].reset_index(drop=True), [
                f"districts: the {len(group)} boundaries of admin_level {level}, which cover {area:.1%} of the place"
            ]
        told.append(f"{len(group)} of level {level} cover {area:.0%}")
    one = {"name": place.names["ru"], **{f"name_{code}": name for code, name in place.names.items()}}
    frame = gpd.GeoDataFrame([one], geometry=[place.shape], crs="EPSG:4326")
    why = "; ".join(told) or "none lie within it"
    return frame[columns], [f"districts: no boundaries divide the place ({why}): it is one district"]
