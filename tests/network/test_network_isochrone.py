"""Isochrones: only what the streets reach within the limit, and all of it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from smallville import UTM, X0, Y0, grid_streets, points

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.network import Snap, build_network, isochrones, nearest, snap
from geoplan.standards import load_standards


def network(mode="walk"):
    return build_network(grid_streets(), mode, standards=load_standards(), crs=UTM)


def areas(places, limits, mode="walk", direction="from_facility", **other):
    net = network(mode)
    origin = snap(net, *points(*places), limit=500)
    return isochrones(net, origin, limits=limits, direction=direction, width=20, **other).to_crs(UTM)


def area(place, limits, mode="walk", direction="from_facility"):
    return areas([place], limits, mode, direction).geometry


def inside(shape, place):
    return shape.intersects(gpd.GeoSeries(shapely.points(*points(place)), crs=4326).to_crs(UTM)[0])


def test_the_area_ends_where_the_cost_ends():
    shape = area((200, 200), [300])[0]
    assert inside(shape, (495, 200))  # 295 m along the street
    assert not inside(shape, (502, 200))  # the width beside a street is no width beyond its end
    assert inside(shape, (480, 215))  # 280 m along and 15 m off
    assert not inside(shape, (495, 215))  # 295 + 15 is more than 300
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
    towards = area((300, 0), [net_seconds], mode="emergency", direction="to_facility")[0]
    assert inside(towards, (210, 0))
    assert not inside(towards, (340, 0))


def test_each_point_has_an_area_of_its_own_and_one_for_all_is_their_union():
    places, limits = [(200, 200), (800, 400), (5000, 5000)], [100, 250]
    each, dissolved = areas(places, limits, each=True), areas(places, limits)
    assert each[["origin", "limit"]].to_numpy().tolist() == [[i, x] for i in range(3) for x in (250, 100)]
    assert each[each["origin"] == 2].is_empty.all()  # off the network
    for limit in limits:
        whole = dissolved[dissolved["limit"] == limit].geometry.iloc[0]
        parts = shapely.union_all(each[each["limit"] == limit].geometry.to_numpy())
        assert shapely.symmetric_difference(whole, parts).area < 1e-3 * whole.area


def test_bands_share_no_ground_and_make_up_the_whole_area():
    rings, whole = areas([(200, 200)], [100, 200, 300], bands=True), area((200, 200), [100, 200, 300])
    assert rings[["above", "limit"]].to_numpy().tolist() == [[200, 300], [100, 200], [0, 100]]
    for i in range(3):
        for j in range(i):
            assert shapely.intersection(rings.geometry[i], rings.geometry[j]).area < 0.1
    assert rings.area.sum() == pytest.approx(whole[0].area, rel=1e-4)


NETWORKS = {mode: network(mode) for mode in ("walk", "emergency")}
# A place every 2 m along every street of the grid.
STEPS = np.arange(0, 1001, 2.0)
ON_STREETS = np.concatenate(
    [np.column_stack([STEPS, np.full(len(STEPS), y)]) for y in (0, 200, 400, 600)]
    + [np.column_stack([np.full(301, x), STEPS[:301]]) for x in (0, 200, 400, 600, 800, 1000)]
)
SAMPLES = {mode: snap(net, *points(*ON_STREETS), limit=5) for mode, net in NETWORKS.items()}
places = st.tuples(st.integers(0, 2000).map(lambda n: n / 2), st.integers(0, 1200).map(lambda n: n / 2))


@settings(max_examples=15, deadline=None)
@given(
    starts=st.lists(places, min_size=1, max_size=3),
    metres=st.integers(10, 400),
    mode=st.sampled_from(["walk", "emergency"]),
    direction=st.sampled_from(["to_facility", "from_facility"]),
)
def test_a_place_is_in_the_area_just_if_a_street_near_it_leaves_enough_for_the_way_to_it(
    starts, metres, mode, direction
):
    net = NETWORKS[mode]
    limit = metres * net.cost[0] / net.length[0]
    origin = snap(net, *points(*starts), limit=500)
    shape = isochrones(net, origin, limits=[limit], direction=direction, width=20).to_crs(UTM).geometry[0]
    cost, _ = nearest(net, origin, SAMPLES[mode], direction=direction)
    tried = np.random.default_rng(metres).uniform([-30, -30], [1030, 630], (500, 2))
    tried[:250, 1] = np.round(tried[:250, 1] / 200) * 200  # half of them on a street
    off = np.hypot(*(tried[:, None, :] - ON_STREETS[None, :, :]).transpose(2, 0, 1))
    least = np.where(off <= 20.5, cost[None, :] + off * net.connector, np.inf).min(axis=1)
    surely = np.where(off <= 19, cost[None, :] + off * net.connector, np.inf).min(axis=1)
    covered = shapely.intersects(shape, shapely.points(tried[:, 0] + X0, tried[:, 1] + Y0))
    slack = 2 * net.connector + 2 * net.cost[0] / net.length[0]
    assert (least[covered] <= limit + slack).all()
    assert covered[surely <= limit - slack].all()


def test_a_limit_that_is_not_positive_or_a_point_off_the_network_says_so():
    with pytest.raises(InputError, match="above 0"):
        area((200, 200), [0])
    with pytest.raises(InputError, match="above 0"):
        area((200, 200), [np.nan])
    with pytest.raises(InputError, match="no street"):
        area((5000, 5000), [100])


def test_degrees_come_back_in_the_order_longitude_latitude():
    net = network()
    frame = isochrones(
        net, snap(net, *points((200, 200)), limit=500), limits=[100], direction="from_facility", width=20
    )
    assert frame.crs.to_epsg() == 4326
    x, y = Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(
        frame.geometry[0].centroid.x, frame.geometry[0].centroid.y
    )
    assert (x, y) == pytest.approx((X0 + 200, Y0 + 200), abs=1)


def leaving_anywhere(net, origin, tried, direction):
    """Least cost of places if one leaves the streets at any point of them, within the width, in steps of 2 m."""
    tree = shapely.STRtree(net.lines)
    place, segment = tree.query(tried, predicate="dwithin", distance=60.5)
    steps = np.ceil(shapely.length(net.lines[segment]) / 2).astype(int) + 2
    row = np.repeat(np.arange(len(segment)), steps)
    share = (np.arange(len(row)) - np.repeat(np.cumsum(steps) - steps, steps)) / (steps[row] - 1)
    feet = shapely.line_interpolate_point(net.lines[segment[row]], share, normalized=True)
    off = shapely.distance(feet, tried[place[row]])
    near = np.flatnonzero(off <= 60.5)
    there = Snap(segment=segment[row][near], fraction=share[near], off_m=off[near])
    cost, _ = nearest(net, origin, there, direction=direction)
    least = np.full(len(tried), np.inf)
    np.minimum.at(least, place[row][near], cost)
    return least


@pytest.mark.parametrize(
    ("mode", "time_of_day", "direction"),
    [
        ("drive", "evening", "from_facility"),
        ("wheelchair", "free", "to_facility"),
    ],
)
def test_no_band_on_the_streets_of_almaty_reaches_beyond_its_limit(mode, time_of_day, direction):
    city = open_city("almaty").at_time(time_of_day)
    net = build_network(city.streets, mode, standards=load_standards(), crs=city.crs, time_of_day=time_of_day)
    origin = snap(net, [76.945, 76.90], [43.238, 43.26], limit=500)
    bands = isochrones(net, origin, limits=[300, 600], direction=direction, width=60, bands=True).to_crs(
        city.crs
    )
    for above, limit, shape in bands[["above", "limit", "geometry"]].itertuples(index=False):
        west, south, east, north = shape.bounds
        tried = np.random.default_rng(4).uniform([west, south], [east, north], (8000, 2))
        tried = shapely.points(tried)
        shapely.prepare(shape)
        inside = tried[shapely.contains(shape, tried)][:150]
        assert len(inside) > 100
        least = leaving_anywhere(net, origin, inside, direction)
        assert least.max() <= limit + 0.5
        # circles are drawn as polygons inside them: a place beside the smaller area may be within its limit by a hair
        assert (least > above - 0.5).mean() > 0.98
