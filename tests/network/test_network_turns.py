"""Forbidden turns: every engine gives what a search over street ends gives, on drawn networks and on the city of 2012."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np
import osmnx
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from smallville import UTM, grid_streets, points

from geoplan.layers.streets import read_streets
from geoplan.network import (
    Network,
    Snap,
    build_network,
    isochrones,
    measured_rows,
    nearest,
    nearest_k,
    routes,
    rows,
    snap,
    standing,
    to_networkx,
)
from geoplan.network import times as engine
from geoplan.network.times import node_costs
from geoplan.network.turns import turns_of
from geoplan.standards import load_standards

STANDARDS = load_standards()


@st.composite
def restricted(draw):
    """A network of few junctions with one-way and parallel streets and loops, forbidden turns, and points on it."""
    n = draw(st.integers(2, 6))
    node = st.integers(0, n - 1)
    u, v = np.array(draw(st.lists(st.tuples(node, node), min_size=2, max_size=14)), dtype=np.int64).T
    cost = np.array(draw(st.lists(st.integers(1, 40), min_size=len(u), max_size=len(u))), dtype=float)
    back = np.array(draw(st.lists(st.booleans(), min_size=len(u), max_size=len(u))))
    kind = st.sampled_from(["no", "no", "only"])
    table = draw(st.lists(st.tuples(node, node, node, kind), min_size=1, max_size=25))
    bans = pd.DataFrame(table, columns=["from_u", "via", "to_v", "kind"])
    turns = turns_of(u, v, back, n, bans)
    places = np.random.default_rng(3).uniform(0, 100, (n, 2))
    net = Network(
        mode="drive", unit="s", n_nodes=n if turns is None else turns.n_nodes, u=u, v=v, cost=cost, length=cost,
        back=back, lines=shapely.linestrings(np.stack([places[u], places[v]], axis=1)), connector=0.5,
        crs=CRS("EPSG:32643"), turns=turns,
    )  # fmt: skip
    spots = st.lists(st.tuples(st.integers(0, len(u) - 1), st.integers(0, 4)), min_size=1, max_size=5)
    made = [np.array(draw(spots)).T for _ in range(2)]
    return net, bans, *(Snap(segment=s, fraction=f / 4, off_m=np.zeros(len(s))) for s, f in made)


def tail_of(net, move):
    return int(net.u[move[0]] if move[1] else net.v[move[0]])


def head_of(net, move):
    return int(net.v[move[0]] if move[1] else net.u[move[0]])


def street_ends(net, bans):
    """Networkx: a node per street and direction that may be passed, an edge per turn that is not forbidden."""
    moves = [(s, 1) for s in range(len(net.u))] + [(int(s), 0) for s in np.flatnonzero(net.back)]
    pairs = {(tail_of(net, m), head_of(net, m)) for m in moves}
    real = [r for r in bans.itertuples() if {(r.from_u, r.via), (r.via, r.to_v)} <= pairs]
    no = {(r.from_u, r.via, r.to_v) for r in real if r.kind == "no"}
    only = {(r.from_u, r.via, r.to_v) for r in real if r.kind == "only"}
    bound = {turn[:2] for turn in only}
    out = defaultdict(list)
    for move in moves:
        out[tail_of(net, move)].append(move)
    graph = nx.DiGraph()
    graph.add_nodes_from(moves)
    for a in moves:
        for b in out[head_of(net, a)]:
            turn = (tail_of(net, a), head_of(net, a), head_of(net, b))
            if turn not in no and (turn[:2] not in bound or turn in only):
                graph.add_edge(a, b, weight=float(net.cost[b[0]]))
    return graph


def by_street_ends(net, bans, starts, ends):
    """Costs from each start to each end by a search over street ends; who stands on a junction comes from no street."""
    graph = street_ends(net, bans)
    out = np.full((len(starts), len(ends)), np.inf)
    for i in range(len(starts)):
        s, f = int(starts.segment[i]), float(starts.fraction[i])
        here = {0.0: int(net.u[s]), 1.0: int(net.v[s])}.get(f)
        if here is None:
            first = {m: ((1 - f) if m[1] else f) * net.cost[s] for m in ((s, 1), (s, 0)) if m in graph}
        else:
            first = {m: net.cost[m[0]] for m in graph if tail_of(net, m) == here}
        # What it costs to have passed each street: the first one, or part of it, and those after it.
        passed = {}
        for move, cost in first.items():
            for other, more in nx.single_source_dijkstra_path_length(graph, move).items():
                passed[other] = min(passed.get(other, np.inf), cost + more)
        for j in range(len(ends)):
            t, g = int(ends.segment[j]), float(ends.fraction[j])
            there = {0.0: int(net.u[t]), 1.0: int(net.v[t])}.get(g)
            found = [abs(g - f) * net.cost[s]] if s == t and (g >= f or net.back[s]) else []
            if there is not None:
                found += [0.0] if there == here else []
                found += [cost for move, cost in passed.items() if head_of(net, move) == there]
            else:
                for b in [m for m in ((t, 1), (t, 0)) if m in graph]:
                    # The last street is passed in part only; coming round to the first one again is a whole turn.
                    part = (g if b[1] else 1 - g) * net.cost[t]
                    found += [part] if here is not None and tail_of(net, b) == here else []
                    found += [passed[p] + part for p in graph.predecessors(b) if p in passed]
            out[i, j] = min(found, default=np.inf)
    return out


def same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


@settings(max_examples=80, deadline=None)
@given(case=restricted())
def test_all_engines_obey_turns_as_a_search_over_street_ends_does(case):
    net, bans, facilities, people = case
    there = by_street_ends(net, bans, facilities, people)
    back = by_street_ends(net, bans, people, facilities).T
    for direction, expected in (("from_facility", there), ("to_facility", back)):
        for least in (10**9, 0):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(engine, "_SWEPT_FROM", least)
                table = np.concatenate([t for _, t in rows(net, facilities, people, direction=direction)])
            same(table, expected)
        same(nearest(net, facilities, people, direction=direction)[0], expected.min(axis=0))
        ranked, _ = nearest_k(net, facilities, people, k=len(facilities), direction=direction)
        same(ranked, np.sort(expected, axis=0).T)
        first = standing(net, facilities.take(np.array([0])), people, direction=direction)
        more = first.added(facilities.take(np.arange(1, len(facilities))))
        same(more.cost, expected.min(axis=0))
        same(more.removed([0]).cost, expected[1:].min(axis=0, initial=np.inf))
        for part, cost, metres in measured_rows(net, facilities, people, direction=direction):
            same(cost, expected[part])
            same(metres, expected[part])
    few = np.arange(min(len(facilities), len(people)))
    same(routes(net, facilities.take(few), people.take(few))["cost"], there[few, few])


def on_junctions(net, nodes):
    """Points exactly on junctions."""
    at = [(s, 0.0) for s in range(len(net.u))] + [(s, 1.0) for s in range(len(net.u))]
    ends = np.concatenate([net.u, net.v])
    picked = [at[int(np.flatnonzero(ends == node)[0])] for node in nodes]
    segment, fraction = zip(*picked, strict=True)
    return Snap(segment=np.array(segment), fraction=np.array(fraction), off_m=np.zeros(len(nodes)))


@settings(max_examples=40, deadline=None)
@given(case=restricted())
def test_the_graph_given_to_networkx_has_the_same_times_between_all_junctions(case):
    net, bans, _, _ = case
    graph = to_networkx(net)
    nodes = np.unique(np.concatenate([net.u, net.v]))
    corners = on_junctions(net, nodes)
    expected = by_street_ends(net, bans, corners, corners)
    starts = graph.graph.get("starts", {})
    for i, node in enumerate(nodes.tolist()):
        found = nx.single_source_dijkstra_path_length(graph, starts.get(node, node), weight="travel_time")
        same([found.get(other, np.inf) for other in nodes.tolist()], expected[i])
    for _, data in graph.nodes(data=True):
        if "junction" in data:
            assert (data["x"], data["y"]) == (
                graph.nodes[data["junction"]]["x"],
                graph.nodes[data["junction"]]["y"],
            )


def grid_with_a_ban():
    """The grid, and the turn at its second corner, from the south-west one northwards, forbidden."""
    streets = grid_streets()
    up = int(np.flatnonzero((streets["u"] == 1) & (streets["v"] > 2))[0])
    bans = pd.DataFrame({"from_u": [0], "via": [1], "to_v": [int(streets["v"].iloc[up])], "kind": ["no"]})
    return streets, bans


def test_walkers_and_networks_without_a_binding_turn_stay_as_they_are():
    streets, bans = grid_with_a_ban()
    nowhere = bans.assign(to_v=bans["via"])
    made = [
        build_network(streets, mode, standards=STANDARDS, crs=UTM, restrictions=table)
        for mode, table in (("walk", bans), ("wheelchair", bans), ("drive", nowhere), ("drive", bans[:0]))
    ]
    assert [net.turns is None for net in made] == [True] * 4


def test_the_standards_say_who_obeys():
    streets, bans = grid_with_a_ban()
    rule = STANDARDS.turn_restrictions.model_copy(update={"obeyed_by": ["drive"]})
    free = STANDARDS.model_copy(update={"turn_restrictions": rule})
    made = {
        (mode, name): build_network(streets, mode, standards=given, crs=UTM, restrictions=bans)
        for mode in ("drive", "emergency")
        for name, given in (("shipped", STANDARDS), ("cars only", free))
    }
    assert [key for key, net in made.items() if net.turns is None] == [("emergency", "cars only")]


def test_an_isochrone_leaves_out_what_only_the_forbidden_turn_reaches_in_time():
    streets, bans = grid_with_a_ban()
    free, bound = (
        build_network(streets, "drive", standards=STANDARDS, crs=UTM, restrictions=table)
        for table in (None, bans)
    )
    x, y = points((100, 0), (200, 100))
    limit = 220 / (STANDARDS.speeds.drive.by_class()["residential"] / 3.6)
    inside = []
    for net in (free, bound):
        start, beyond = (snap(net, x[[i]], y[[i]], limit=50) for i in (0, 1))
        area = isochrones(net, start, limits=[limit], direction="from_facility", width=10).geometry[0]
        cost, _ = nearest(net, start, beyond, direction="from_facility")
        inside.append(bool(area.intersects(shapely.Point(x[1], y[1]))))
        assert inside[-1] == bool(cost[0] <= limit)
    assert inside == [True, False]


def test_osmnx_routes_and_plots_where_turns_are_forbidden():
    streets = grid_streets()
    bans = pd.DataFrame({"from_u": [1], "via": [2], "to_v": [3], "kind": ["no"]})
    net = build_network(streets, "drive", standards=STANDARDS, crs=UTM, restrictions=bans)
    graph = to_networkx(net)
    start, via, end = (int(bans[name].iloc[0]) for name in ("from_u", "via", "to_v"))
    path = osmnx.routing.shortest_path(graph, start, end, weight="travel_time")
    told = osmnx.routing.route_to_gdf(graph, path, weight="travel_time")["travel_time"].sum()
    ours = node_costs(net, on_junctions(net, [start]), direction="from_facility")
    assert told == pytest.approx(ours[end], abs=1e-6)
    free = build_network(streets, "drive", standards=STANDARDS, crs=UTM)
    assert told > node_costs(free, on_junctions(free, [start]), direction="from_facility")[end] + 1
    # A place on the junction comes from no street: it may set out that way.
    path = osmnx.routing.shortest_path(graph, graph.graph["starts"][via], end, weight="travel_time")
    assert osmnx.routing.route_to_gdf(graph, path, weight="travel_time")["length"].sum() < 201
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert edges.geometry.notna().all()
    assert nodes.loc[nodes["junction"].notna(), "junction"].eq(via).all()


@pytest.mark.sources
def test_the_forbidden_turns_of_a_real_city_are_obeyed(sources):
    read = read_streets(sources / "roads" / "osm_2012-03_almaty.osm.pbf")
    free, net = (
        build_network(read.table, "emergency", standards=STANDARDS, crs=UTM, restrictions=table)
        for table in (None, read.restrictions)
    )
    assert len(net.turns.via) == 55
    no = read.restrictions[read.restrictions["kind"] == "no"]
    moves = {
        pair: s
        for pairs in (zip(net.v[net.back], net.u[net.back], np.flatnonzero(net.back), strict=True),
                      zip(net.u, net.v, range(len(net.u)), strict=True))
        for *pair, s in pairs
        for pair in [tuple(map(int, pair))]
    }  # fmt: skip
    some = no.iloc[:: len(no) // 5]
    before = [moves[pair] for pair in zip(some["from_u"], some["via"], strict=True)]
    after = [moves[pair] for pair in zip(some["via"], some["to_v"], strict=True)]
    starts, ends = (
        Snap(segment=np.array(at), fraction=np.full(len(at), 0.5), off_m=np.zeros(len(at)))
        for at in (before, after)
    )
    expected = by_street_ends(net, read.restrictions, starts, ends)
    found = np.concatenate([table for _, table in rows(net, starts, ends, direction="from_facility")])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-5)
    unbound = np.concatenate([table for _, table in rows(free, starts, ends, direction="from_facility")])
    assert (np.diag(found) > np.diag(unbound) + 1).all()
    ways = routes(net, starts, ends)
    np.testing.assert_allclose(ways["cost"], np.diag(expected), atol=1e-5)
    on_street = ways.to_crs(UTM).length.to_numpy()
    # lengths are those before lines are simplified, by a metre at most a segment
    np.testing.assert_allclose(on_street, ways["metres"], rtol=0.02)
