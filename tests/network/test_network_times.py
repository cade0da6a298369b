"""Times on a street network: against brute force, at the bounds, in both directions."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from smallville import UTM, grid_streets, points

from geoplan.errors import InputError, LayerError
from geoplan.network import build_network, nearest, rows, snap
from geoplan.standards import load_standards

STANDARDS = load_standards()


def network(mode, streets=None):
    return build_network(grid_streets() if streets is None else streets, mode, standards=STANDARDS, crs=UTM)


def cost_between(net, start, end, direction="from_facility"):
    a, b = snap(net, *points(start), limit=500), snap(net, *points(end), limit=500)
    return nearest(net, a, b, direction=direction)[0][0]


def test_a_walk_counts_both_ways_to_the_street_and_the_part_of_the_blocks_walked():
    # 30 m off the street at a quarter of the first block, to 20 m off the middle of the third
    assert cost_between(network("walk"), (50, 30), (500, 20)) == pytest.approx(30 + 450 + 20, abs=0.5)


def test_two_points_on_one_block_meet_without_going_round_by_its_ends():
    assert cost_between(network("walk"), (50, 0), (150, 0)) == pytest.approx(100, abs=0.5)
    assert cost_between(network("walk"), (150, 0), (50, 0)) == pytest.approx(100, abs=0.5)


def test_a_one_way_street_makes_there_and_back_differ_for_a_car_and_not_on_foot():
    there = cost_between(network("emergency"), (50, 0), (150, 0))
    back = cost_between(network("emergency"), (150, 0), (50, 0))
    speed = STANDARDS.speeds.emergency.by_class()["residential"] / 3.6
    assert there == pytest.approx(100 / speed, rel=0.01)
    assert back == pytest.approx((50 + 200 + 200 + 200 + 50) / speed, rel=0.01)
    assert cost_between(network("emergency"), (50, 0), (150, 0), "to_facility") == pytest.approx(back)
    walk = network("walk")
    assert cost_between(walk, (150, 0), (50, 0)) == pytest.approx(cost_between(walk, (50, 0), (150, 0)))


def test_a_posted_limit_slows_a_driver_and_not_an_ambulance():
    streets = grid_streets()
    streets["maxspeed_kmh"] = 5
    drive, free = network("drive", streets), network("drive")
    assert cost_between(drive, (0, 200), (400, 200)) == pytest.approx(400 / (5 / 3.6), rel=0.01)
    assert cost_between(free, (0, 200), (400, 200)) < cost_between(drive, (0, 200), (400, 200))
    assert network("emergency", streets).cost == pytest.approx(network("emergency").cost)


def test_a_point_beyond_the_limit_is_off_the_network_and_reaches_nothing():
    net = network("walk")
    off = snap(net, *points((0, -501)), limit=500)
    on = snap(net, *points((0, -499)), limit=500)
    assert not off.on.any()
    assert on.off_m[0] == pytest.approx(499, abs=0.5)
    cost, which = nearest(net, snap(net, *points((0, 0)), limit=500), off, direction="to_facility")
    assert np.isinf(cost[0])
    assert which[0] == -1


def test_no_facility_at_all_leaves_everyone_unreached():
    net = network("walk")
    none = snap(net, [], [], limit=500)
    cost, which = nearest(net, none, snap(net, *points((0, 0)), limit=500), direction="to_facility")
    assert np.isinf(cost[0])
    assert which[0] == -1


@pytest.mark.parametrize(("lon", "lat"), [(np.nan, 43.2), (76.9, np.inf), (76.9, 143.2)])
def test_a_point_that_is_no_place_is_named(lon, lat):
    with pytest.raises(InputError, match="point 1: longitude"):
        snap(network("walk"), [76.9, lon], [43.2, lat], limit=500)


def test_unknown_mode_and_missing_column_say_so():
    with pytest.raises(InputError, match="unknown mode 'fly'"):
        network("fly")
    with pytest.raises(LayerError, match="column 'oneway' is missing"):
        network("walk", grid_streets().drop(columns="oneway"))


def test_of_two_parallel_streets_the_shorter_counts_once():
    streets = grid_streets()
    longer = streets.iloc[[0]].assign(length_m=900.0)
    import pandas as pd

    both = pd.concat([longer, streets, longer], ignore_index=True)
    assert cost_between(network("walk", both), (0, 0), (400, 0)) == pytest.approx(400, abs=0.5)


# Half metres: no two points lie a hair apart, where rounding would decide which of them is ahead on a one-way street.
places = st.tuples(st.integers(0, 2000).map(lambda n: n / 2), st.integers(0, 1200).map(lambda n: n / 2))


@settings(max_examples=40, deadline=None)
@example(
    facilities=[(0.5, 0.0)], people=[(0.5, 0.5)], mode="emergency", direction="to_facility"
)  # one spot, one way
@given(
    facilities=st.lists(places, min_size=1, max_size=4),
    people=st.lists(places, min_size=1, max_size=5),
    mode=st.sampled_from(["walk", "emergency"]),
    direction=st.sampled_from(["to_facility", "from_facility"]),
)
def test_nearest_and_rows_match_a_plain_graph_with_the_points_split_into_it(
    facilities, people, mode, direction
):
    net = network(mode)
    f, p = snap(net, *points(*facilities), limit=500), snap(net, *points(*people), limit=500)
    expected = np.asarray(
        [[_brute(net, f, i, p, j, direction) for j in range(len(p))] for i in range(len(f))]
    )
    table = np.vstack([cost for _, cost in rows(net, f, p, direction=direction)])
    np.testing.assert_allclose(table, expected, rtol=1e-6, atol=1e-4)
    cost, which = nearest(net, f, p, direction=direction)
    np.testing.assert_allclose(cost, expected.min(axis=0), rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(expected[which, np.arange(len(p))], cost, rtol=1e-6, atol=1e-4)


def _brute(net, f, i, p, j, direction):
    """A graph in which both points are nodes of their own on their street."""
    graph = nx.DiGraph()

    def add(a, b, cost):
        if not graph.has_edge(a, b) or graph[a][b]["cost"] > cost:
            graph.add_edge(a, b, cost=cost)

    for k, (u, v, cost, back) in enumerate(zip(net.u, net.v, net.cost, net.back, strict=True)):
        marks = [(0.0, u), (1.0, v)]
        marks += [(f.fraction[i], "f")] if f.segment[i] == k else []
        marks += [(p.fraction[j], "p")] if p.segment[j] == k else []
        marks.sort(key=lambda mark: mark[0])
        for (a, start), (b, end) in pairwise(marks):
            add(start, end, (b - a) * cost)
            if back or (b - a) * cost <= 1e-6:  # on the junction itself, but for rounding
                add(end, start, (b - a) * cost)
    start, end = ("f", "p") if direction == "from_facility" else ("p", "f")
    on_street = nx.dijkstra_path_length(graph, start, end, weight="cost")
    return on_street + (f.off_m[i] + p.off_m[j]) * net.connector
