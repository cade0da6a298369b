"""Metric: the CRS in which the metres of a place are measured."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import CRS

__all__ = ["metric_crs"]


def metric_crs(places: gpd.GeoDataFrame | gpd.GeoSeries) -> CRS:
    """Return the CRS of the UTM zone that the middle of some places lies in.

    Parameters
    ----------
    places
        Anything with a geometry and a CRS.

    Notes
    -----
    As `estimate_utm_crs` of GeoPandas, which looks the zone up in PROJ's database, 70 ms each time: one that was looked up
    for the same bounds is remembered.
    """
    bounds = tuple(places.total_bounds.tolist())
    if places.crs is None or not np.isfinite(bounds).all():
        return places.estimate_utm_crs()
    return _zone(bounds, places.crs)


@lru_cache(maxsize=256)
def _zone(bounds: tuple[float, ...], crs: CRS) -> CRS:
    import geopandas as gpd
    import shapely

    west, south, east, north = bounds
    return gpd.GeoSeries([shapely.box(west, south, east, north)], crs=crs).estimate_utm_crs()
