"""Routes, their metres, the k nearest, and the graph given to networkx and osmnx: one network, the same answers."""

from __future__ import annotations

import matplotlib as mpl
import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from smallville import UTM, grid_streets, points

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.network import (
    Snap,
    build_network,
    measured_nearest_k,
    measured_rows,
    nearest_k,
    routes,
    rows,
    snap,
    to_networkx,
)
from geoplan.network.times import node_costs
from geoplan.standards import load_standards

STANDARDS = load_standards()
SPEED = STANDARDS.speeds.emergency.by_class()["residential"] / 3.6


def network(mode, streets=None):
    return build_network(grid_streets() if streets is None else streets, mode, standards=STANDARDS, crs=UTM)


def at(net, *places):
    return snap(net, *points(*places), limit=500)


places = st.tuples(st.integers(0, 2000).map(lambda n: n / 2), st.integers(0, 1200).map(lambda n: n / 2))
several = st.lists(places, min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(facilities=several, people=several, k=st.integers(1, 6), mode=st.sampled_from(["walk", "emergency"]))
def test_the_k_nearest_are_the_k_smallest_of_the_whole_table(facilities, people, k, mode):
    net = network(mode)
    f, p = at(net, *facilities), at(net, *people)
    table = np.vstack([cost for _, cost in rows(net, f, p, direction="from_facility")])
    cost, which = nearest_k(net, f, p, k=k, direction="from_facility")
    assert cost.shape == which.shape == (len(people), k)
    for j in range(len(people)):
        expected = np.sort(table[:, j])[:k]
        n = len(expected)
        np.testing.assert_array_equal(cost[j, :n], expected)
        np.testing.assert_array_equal(table[which[j, :n], j], expected)
        assert len(set(which[j, :n])) == n
        assert np.isinf(cost[j, n:]).all()
        assert (which[j, n:] == -1).all()


@settings(max_examples=25, deadline=None)
@given(
    facilities=several,
    people=several,
    k=st.integers(1, 4),
    mode=st.sampled_from(["walk", "drive"]),
    direction=st.sampled_from(["from_facility", "to_facility"]),
)
def test_the_metres_of_the_k_nearest_are_those_of_the_routes_to_or_from_them(
    facilities, people, k, mode, direction
):
    streets = grid_streets()
    streets.loc[::3, "highway"] = "primary"  # so that the quickest way is not always the shortest
    net = network(mode, streets)
    f, p = at(net, *facilities), at(net, *people)
    cost, which, metres = measured_nearest_k(net, f, p, k=k, direction=direction)
    same, ranked = nearest_k(net, f, p, k=k, direction=direction)
    np.testing.assert_allclose(cost, same, rtol=1e-9, atol=1e-6)
    assert ((which == -1) == (ranked == -1)).all()
    person, place = np.nonzero(which >= 0)
    there, here = f.take(which[person, place]), p.take(person)
    ways = routes(net, *((there, here) if direction == "from_facility" else (here, there)))
    np.testing.assert_allclose(cost[person, place], ways["cost"], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(metres[person, place], ways["metres"], atol=1e-3)
    assert np.isinf(metres[which == -1]).all()


def test_fewer_than_one_nearest_is_refused_and_no_facility_reaches_nobody():
    net = network("walk")
    with pytest.raises(InputError, match="k = 0"):
        nearest_k(net, at(net, (0, 0)), at(net, (0, 0)), k=0, direction="to_facility")
    cost, which = nearest_k(net, snap(net, [], [], limit=500), at(net, (0, 0)), k=2, direction="to_facility")
    assert np.isinf(cost).all()
    assert (which == -1).all()


@settings(max_examples=40, deadline=None)
@given(starts=several, ends=several, mode=st.sampled_from(["walk", "drive", "emergency"]))
def test_measured_costs_are_those_of_rows_and_metres_are_those_of_the_way(starts, ends, mode):
    net = network(mode)  # one road class: seconds and metres of every way stand in one ratio
    o, d = at(net, *starts), at(net, *ends)
    table = np.vstack([cost for _, cost in rows(net, o, d, direction="from_facility")])
    (part, cost, metres), *rest = measured_rows(net, o, d)
    assert (part, rest) == (slice(0, len(starts)), [])
    np.testing.assert_allclose(cost, table, rtol=1e-9, atol=1e-6)
    off = o.off_m[:, None] + d.off_m[None, :]
    per_metre = net.cost[0] / net.length[0]
    np.testing.assert_allclose(metres - off, (cost - off * net.connector) / per_metre, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(
    pairs=st.lists(st.tuples(places, places), min_size=1, max_size=5), mode=st.sampled_from(["walk", "drive"])
)
def test_a_route_runs_from_foot_to_foot_and_is_as_long_as_it_says(pairs, mode):
    net = network(mode)
    o, d = at(net, *(a for a, _ in pairs)), at(net, *(b for _, b in pairs))
    (_, cost, metres), *_ = measured_rows(net, o, d)
    found = routes(net, o, d).to_crs(UTM)
    np.testing.assert_allclose(found["cost"], np.diag(cost), atol=1e-6)
    np.testing.assert_allclose(found["metres"], np.diag(metres), atol=1e-4)
    on_street = found["metres"].to_numpy() - o.off_m - d.off_m
    np.testing.assert_allclose(found.geometry.length, on_street, atol=0.2)  # a degree grid is not quite 200 m
    for i, line in enumerate(found.geometry):
        if line.is_empty:
            assert on_street[i] < 0.01
            continue
        for position, point in ((0, o), (-1, d)):
            foot = shapely.line_interpolate_point(
                net.lines[point.segment[i]], point.fraction[i], normalized=True
            )
            assert shapely.Point(line.coords[position]).distance(foot) < 0.01


def test_the_quickest_way_by_car_may_be_the_longer_one_and_its_own_metres_are_told():
    streets = grid_streets()
    # rows 0: slow; a detour over row 1 on a fast road
    streets.loc[~streets["oneway"] & (streets["v"] - streets["u"] == 1), "highway"] = "motorway"
    net = network("emergency", streets)
    (_, cost, metres), *_ = measured_rows(net, at(net, (0, 0)), at(net, (1000, 0)))
    fast = STANDARDS.speeds.emergency.by_class()["motorway"] / 3.6
    assert metres[0, 0] == pytest.approx(1400, abs=1)
    assert cost[0, 0] == pytest.approx(400 / SPEED + 1000 / fast, rel=0.01)
    assert routes(net, at(net, (0, 0)), at(net, (1000, 0)))["metres"][0] == pytest.approx(1400, abs=1)


def test_no_way_gives_inf_and_no_line_and_pairs_must_be_pairs():
    net = network("walk")
    found = routes(net, at(net, (0, 0), (0, 0)), at(net, (400, 0), (9000, 9000)))
    assert found["metres"][0] == pytest.approx(400, abs=0.5)
    assert np.isinf(found["metres"][1])
    assert found.geometry[1].is_empty
    with pytest.raises(InputError, match="2 origins and 1 destinations"):
        routes(net, at(net, (0, 0), (0, 0)), at(net, (0, 0)))


@pytest.fixture(scope="module")
def almaty():
    city = open_city("almaty")
    return build_network(city.streets, "drive", standards=STANDARDS, crs=city.crs)


def on_junctions(net, nodes):
    """Points exactly on junctions, with no rounding of coordinates in between."""
    starts = [np.flatnonzero(net.u == node) for node in nodes]
    ends = [np.flatnonzero(net.v == node) for node in nodes]
    segment = [a[0] if len(a) else b[0] for a, b in zip(starts, ends, strict=True)]
    fraction = [0.0 if len(a) else 1.0 for a in starts]
    return Snap(segment=np.array(segment), fraction=np.array(fraction), off_m=np.zeros(len(nodes)))


def test_networkx_finds_the_same_times_on_the_streets_of_almaty(almaty):
    graph = to_networkx(almaty)
    assert graph.number_of_edges() == len(almaty.u) + almaty.back.sum()
    nodes = np.array(sorted(graph.nodes))
    for start in np.random.default_rng(5).choice(nodes, 3, replace=False).tolist():
        ours = node_costs(almaty, on_junctions(almaty, [start]), direction="from_facility")
        theirs = nx.single_source_dijkstra_path_length(graph, start, weight="travel_time")
        reached = np.array(sorted(theirs))
        assert len(reached) > 30_000
        np.testing.assert_allclose(ours[reached], [theirs[node] for node in reached.tolist()], atol=0.01)


def test_osmnx_routes_on_the_graph_and_its_route_is_ours(almaty):
    graph = to_networkx(almaty)
    ends = np.random.default_rng(7).choice(np.array(sorted(graph.nodes)), (4, 2), replace=False).tolist()
    ours = routes(almaty, *(on_junctions(almaty, [pair[i] for pair in ends]) for i in (0, 1)))
    for i, (start, end) in enumerate(ends):
        path = osmnx.routing.shortest_path(graph, start, end, weight="travel_time")
        edges = osmnx.routing.route_to_gdf(graph, path, weight="travel_time")
        assert edges["travel_time"].sum() == pytest.approx(ours["cost"][i], abs=0.01)
        assert edges["length"].sum() == pytest.approx(ours["metres"][i], abs=0.1)
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert nodes.crs.to_epsg() == 4326
    assert set(edges.columns) >= {"length", "travel_time", "geometry"}


def test_osmnx_plots_the_graph_and_a_route_on_it():
    graph = to_networkx(network("drive"))
    mpl.use("Agg")
    figure, axes = osmnx.plot_graph(graph, show=False, close=True)
    drawn = sum(len(lines.get_paths()) for lines in axes.collections if hasattr(lines, "get_segments"))
    assert drawn == graph.number_of_edges()
    assert sum(len(points.get_offsets()) for points in axes.collections) >= graph.number_of_nodes()
    start, end, *_ = next(iter(graph.edges))
    path = osmnx.routing.shortest_path(graph, start, end, weight="travel_time")
    _, axes = osmnx.plot_graph_route(graph, path, show=False, close=True)
    assert len(axes.collections) >= 2
    assert figure is not axes.figure


def test_a_graph_on_foot_has_metres_and_both_directions():
    graph = to_networkx(network("walk"))
    assert "travel_time" not in next(iter(graph.edges(data=True)))[2]
    assert graph.has_edge(1, 0)
    assert not to_networkx(network("drive")).has_edge(1, 0)
