"""Isochrones: only what the streets reach, and all of it."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from smallville import UTM, grid_streets, points

from geoplan.errors import InputError
from geoplan.network import build_network, isochrones, snap
from geoplan.standards import load_standards


def area(place, limits, mode="walk", direction="from_facility"):
    net = build_network(grid_streets(), mode, standards=load_standards(), crs=UTM)
    origin = snap(net, *points(place), limit=500)
    return isochrones(net, origin, limits=limits, direction=direction, width=20).to_crs(UTM).geometry


def inside(shape, place):
    return shape.intersects(gpd.GeoSeries(shapely.points(*points(place)), crs=4326).to_crs(UTM)[0])


def test_the_area_ends_where_the_cost_ends():
    shape = area((200, 200), [300])[0]
    assert inside(shape, (495, 200))  # 295 m along the street
    assert not inside(shape, (540, 200))
    assert inside(shape, (295, 400))  # round one corner: 200 + 95
    assert not inside(shape, (400, 400))  # 400 m by street, 283 m as the crow flies
    assert not inside(shape, (300, 300))  # the middle of a block is off the network


def test_larger_limits_hold_smaller_ones_and_come_first():
    shapes = area((200, 200), [100, 300])
    assert shapes[0].area > shapes[1].area
    assert shapes[0].buffer(0.01).covers(shapes[1])


def test_a_one_way_street_reaches_further_with_it_than_against_it():
    net_seconds = 100 / (load_standards().speeds.emergency.by_class()["residential"] / 3.6)
    shape = area((300, 0), [net_seconds], mode="emergency")[0]
    assert inside(shape, (390, 0))
    assert not inside(shape, (240, 0))


def test_a_limit_that_is_not_positive_or_a_point_off_the_network_says_so():
    with pytest.raises(InputError, match="above 0"):
        area((200, 200), [0])
    with pytest.raises(InputError, match="no street"):
        area((5000, 5000), [100])
