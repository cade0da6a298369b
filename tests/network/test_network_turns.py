"""Forbidden turns: every engine gives what a search over street ends gives, and a city's own file counts."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from smallville import UTM, grid_streets

from geoplan.network import Snap, build_network, measured_rows, nearest, routes, rows, standing
from geoplan.network import times as engine
from geoplan.network.graph import Network
from geoplan.network.turns import turns_of
from geoplan.standards import load_standards


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
    net = Network(
        mode="drive", unit="s", n_nodes=n if turns is None else turns.n_nodes, u=u, v=v, cost=cost, length=cost,
        back=back, lines=np.array([shapely.LineString([(0, 0), (1, 1)])] * len(u)), connector=0.5,
        crs=CRS("EPSG:32643"), turns=turns,
    )  # fmt: skip
    spots = st.lists(st.tuples(st.integers(0, len(u) - 1), st.integers(1, 3)), min_size=1, max_size=5)
    made = [np.array(draw(spots)).T for _ in range(2)]
    return net, bans, *(Snap(segment=s, fraction=f / 4, off_m=np.zeros(len(s))) for s, f in made)


def by_street_ends(net, bans, starts, ends):
    """Costs from each start to each end by networkx: a node per street and direction, an edge per allowed turn."""
    moves = [(s, 1) for s in range(len(net.u))] + [(s, 0) for s in np.flatnonzero(net.back)]
    tail = {m: int(net.u[m[0]] if m[1] else net.v[m[0]]) for m in moves}
    head = {m: int(net.v[m[0]] if m[1] else net.u[m[0]]) for m in moves}
    pairs = {(tail[m], head[m]) for m in moves}
    real = [r for r in bans.itertuples() if {(r.from_u, r.via), (r.via, r.to_v)} <= pairs]
    no = {(r.from_u, r.via, r.to_v) for r in real if r.kind == "no"}
    only = {(r.from_u, r.via, r.to_v) for r in real if r.kind == "only"}
    bound = {turn[:2] for turn in only}
    graph = nx.DiGraph()
    graph.add_nodes_from(moves)
    for a in moves:
        for b in moves:
            turn = (tail[a], head[a], head[b])
            if head[a] == tail[b] and turn not in no and (turn[:2] not in bound or turn in only):
                graph.add_edge(a, b, weight=net.cost[b[0]])
    out = np.full((len(starts), len(ends)), np.inf)
    for i in range(len(starts)):
        for j in range(len(ends)):
            s, f, t, g = starts.segment[i], starts.fraction[i], ends.segment[j], ends.fraction[j]
            if s == t and (g >= f or net.back[s]):
                out[i, j] = abs(g - f) * net.cost[s]
            for a in [m for m in moves if m[0] == s]:
                done = nx.single_source_dijkstra_path_length(graph, a)
                left = ((1 - f) if a[1] else f) * net.cost[s]
                for b in [m for m in moves if m[0] == t]:
                    # The last street is passed in part only; coming round to the first one again is a whole turn.
                    before = [done[p] for p in graph.predecessors(b) if p in done]
                    part = (g if b[1] else 1 - g) * net.cost[t]
                    out[i, j] = min([out[i, j], *(left + cost + part for cost in before)])
    return out


@settings(max_examples=120, deadline=None)
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
            np.testing.assert_allclose(table, expected, rtol=1e-9, atol=1e-6)
        cost, _ = nearest(net, facilities, people, direction=direction)
        np.testing.assert_allclose(cost, expected.min(axis=0), rtol=1e-9, atol=1e-6)
        first = standing(net, facilities.take(np.array([0])), people, direction=direction)
        more = first.added(facilities.take(np.arange(1, len(facilities))))
        np.testing.assert_allclose(more.cost, expected.min(axis=0), rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(
            more.removed([0]).cost, expected[1:].min(axis=0, initial=np.inf), rtol=1e-9, atol=1e-6
        )
    for part, cost, metres in measured_rows(net, facilities, people):
        np.testing.assert_allclose(cost, there[part], rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(metres, there[part], rtol=1e-9, atol=1e-6)
    few = np.arange(min(len(facilities), len(people)))
    ways = routes(net, facilities.take(few), people.take(few))
    np.testing.assert_allclose(ways["cost"], there[few, few], rtol=1e-9, atol=1e-6)


def test_walkers_and_networks_without_a_binding_turn_stay_as_they_are():
    streets, standards = grid_streets(), load_standards()
    a, b = int(streets["u"].iloc[0]), int(streets["v"].iloc[0])
    bans = pd.DataFrame({"from_u": [a], "via": [b], "to_v": [a], "kind": ["no"]})
    nowhere = bans.assign(to_v=b)
    made = [
        build_network(streets, mode, standards=standards, crs=UTM, restrictions=table)
        for mode, table in (("walk", bans), ("emergency", nowhere), ("emergency", bans))
    ]
    assert [net.turns is None for net in made][:2] == [True, True]
