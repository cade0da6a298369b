"""The CRS in which metres are measured is that of the zone around the places, also when it is remembered."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geoplan.metric import metric_crs


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(76.9, 43.2, 32643), (71.4, 51.1, 32642), (-58.4, -34.6, 32721), (16.4, 48.2, 32633)],
)
def test_it_is_the_zone_of_the_middle(lon, lat, code):
    places = gpd.GeoSeries([shapely.box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)], crs="EPSG:4326")
    for _ in range(2):
        assert metric_crs(places).to_epsg() == code
    assert metric_crs(places.to_frame("geometry")) == places.estimate_utm_crs()
    assert metric_crs(places.to_crs(code)).to_epsg() == code


def test_places_without_a_crs_or_a_point_have_none():
    with pytest.raises(RuntimeError, match="crs must be set"):
        metric_crs(gpd.GeoSeries([shapely.Point(76.9, 43.2)]))
    with pytest.raises(ValueError, match="NaN"):
        metric_crs(gpd.GeoSeries([shapely.Point()], crs="EPSG:4326"))
