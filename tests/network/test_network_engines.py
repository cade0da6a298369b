"""The fast ways, sweeps over a hierarchy and changes of what stands, give what plain searches give."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from scipy.sparse.csgraph import dijkstra

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.network import Snap, build_network, nearest, rows, standing
from geoplan.network import times as engine
from geoplan.network.graph import Network, cheapest_arcs
from geoplan.network.hierarchy import build_hierarchy, swept
from geoplan.standards import load_standards


@st.composite
def networks(draw):
    """A network of a few junctions, some of them joined to nothing, with one-way streets, loops and parallel streets."""
    n = draw(st.integers(2, 12))
    ends = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=24))
    u, v = np.array(ends, dtype=np.int64).T
    cost = np.array(draw(st.lists(st.integers(1, 40), min_size=len(u), max_size=len(u))), dtype=float) / 4
    back = np.array(draw(st.lists(st.booleans(), min_size=len(u), max_size=len(u))))
    return Network(
        mode="drive", unit="s", n_nodes=n, u=u, v=v, cost=cost, length=cost, back=back,
        lines=np.array([shapely.LineString([(0, 0), (1, 1)])] * len(u)), connector=0.5, crs=CRS("EPSG:32643"),
    )  # fmt: skip


def places(net, seeds):
    """Points on segments, some on junctions, some off the network."""
    seeds = np.asarray(seeds, dtype=np.int64).reshape(-1, 3)
    return Snap(
        segment=np.where(seeds[:, 0] % 7 == 6, -1, seeds[:, 1] % len(net.u)),
        fraction=(seeds[:, 0] % 5) / 4,
        off_m=(seeds[:, 2] % 3).astype(float),
    )


spots = st.lists(st.tuples(*[st.integers(0, 1000)] * 3), min_size=0, max_size=8)
directions = st.sampled_from(["from_facility", "to_facility"])


@settings(max_examples=80, deadline=None)
@given(net=networks())
def test_sweeps_over_the_hierarchy_give_all_distances_of_the_graph(net):
    every = np.arange(net.n_nodes)
    node, cost = swept(net.hierarchy, every[None, :], np.zeros((1, net.n_nodes)), every)
    expected = dijkstra(net.arcs, directed=True)
    np.testing.assert_allclose(cost[node].T, expected, rtol=1e-12)
    node, cost = swept(net.hierarchy.turned(), every[None, :], np.zeros((1, net.n_nodes)), every)
    np.testing.assert_allclose(cost[node].T, expected.T, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(net=networks(), facilities=spots, people=spots, direction=directions)
def test_rows_are_the_same_whether_searched_or_swept(net, facilities, people, direction):
    f, p = places(net, facilities), places(net, people)
    tables = []
    for least in (10**9, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "_SWEPT_FROM", least)
            tables.append([cost for _, cost in rows(net, f, p, direction=direction)])
    assert [t.shape for t in tables[0]] == [t.shape for t in tables[1]]
    for searched, over in zip(*tables, strict=True):
        np.testing.assert_allclose(over, searched, rtol=1e-12, atol=1e-9)


@settings(max_examples=120, deadline=None)
@given(
    net=networks(), facilities=spots, people=spots, direction=directions,
    steps=st.lists(st.one_of(spots, st.integers(0, 20)), max_size=4),
)  # fmt: skip
def test_facilities_that_come_and_go_leave_what_a_search_afresh_finds(
    net, facilities, people, direction, steps
):
    p = places(net, people)
    now = standing(net, places(net, facilities), p, direction=direction)
    for step in [None, *steps]:
        if isinstance(step, list):
            now = now.added(places(net, step))
        elif step is not None and len(now.facilities):
            now = now.removed([step % len(now.facilities)])
        cost, _ = nearest(net, now.facilities, p, direction=direction)
        np.testing.assert_array_equal(now.cost, cost)  # to the last bit
        for i, which in enumerate(now.which.tolist()):
            assert (which == -1) == (not np.isfinite(cost[i]))
            if which >= 0:
                one = nearest(net, now.facilities.take(np.array([which])), p, direction=direction)[0][i]
                assert one == cost[i]


def test_a_position_with_no_facility_cannot_be_removed():
    net = random_network(1, 5)
    now = standing(net, places(net, [(0, 0, 0)]), places(net, []), direction="to_facility")
    with pytest.raises(InputError, match="facility 3: there are 1"):
        now.removed([3])


def random_network(seed, n):
    rng = np.random.default_rng(seed)
    u, v = rng.integers(0, n, (2, 3 * n))
    return Network(
        mode="drive", unit="s", n_nodes=n, u=u, v=v, cost=rng.uniform(1, 9, 3 * n), length=np.ones(3 * n),
        back=rng.random(3 * n) < 0.5, lines=np.array([shapely.LineString([(0, 0), (1, 1)])] * (3 * n)),
        connector=0.5, crs=CRS("EPSG:32643"),
    )  # fmt: skip


def test_a_graph_without_an_arc_has_a_hierarchy_too():
    none = np.empty(0, dtype=np.int64)
    hierarchy = build_hierarchy(cheapest_arcs(none, none, np.empty(0), 3))
    node, cost = swept(hierarchy, np.array([[0, 1]]), np.zeros((1, 2)), np.arange(3))
    np.testing.assert_array_equal(cost[node].T, [[0, np.inf, np.inf], [np.inf, 0, np.inf]])


@pytest.fixture(scope="module")
def almaty():
    city = open_city("almaty")
    return build_network(city.streets, "drive", standards=load_standards(), crs=city.crs)


def on_junctions(net, nodes):
    order = np.argsort(net.u, kind="stable")
    at = order[np.searchsorted(net.u[order], nodes)]
    return Snap(segment=at, fraction=np.zeros(len(nodes)), off_m=np.zeros(len(nodes)))


def test_sweeps_and_changes_hold_on_the_streets_of_almaty(almaty):
    rng = np.random.default_rng(11)
    starts, ends = (rng.choice(np.unique(almaty.u), size, replace=False) for size in (120, 2000))
    f, p = on_junctions(almaty, starts), on_junctions(almaty, ends)
    table = np.vstack([cost for _, cost in rows(almaty, f, p, direction="from_facility")])
    some = [0, 57, 119]
    np.testing.assert_allclose(table[some], dijkstra(almaty.arcs, indices=starts[some])[:, ends], rtol=1e-9)
    now = standing(almaty, f.take(np.arange(60)), p, direction="from_facility")
    np.testing.assert_allclose(now.cost, table[:60].min(axis=0), rtol=1e-9)
    now = now.added(f.take(np.arange(60, 120))).removed([3, 80])
    left = np.delete(np.arange(120), [3, 80])
    np.testing.assert_allclose(now.cost, table[left].min(axis=0), rtol=1e-9)


def test_streets_of_no_length_and_layers_with_one_street_work():
    frame = gpd.GeoDataFrame(
        pd.DataFrame({"u": [0], "v": [1], "length_m": [10.0], "highway": ["residential"], "oneway": [False],
                      "maxspeed_kmh": [0], "drive": [True]}),
        geometry=[shapely.LineString([(76.9, 43.2), (76.9001, 43.2)])], crs="EPSG:4326",
    )  # fmt: skip
    net = build_network(frame, "drive", standards=load_standards(), crs=CRS("EPSG:32643"))
    point = Snap(segment=np.array([0]), fraction=np.array([0.5]), off_m=np.zeros(1))
    assert standing(net, point, point, direction="to_facility").cost.tolist() == [0.0]
