"""Rows of costs: the quick way through hundreds of draws gives what the slow one gives."""

from __future__ import annotations

import numpy as np
import pytest
from smallville import UTM, grid_streets, points, small_cells

from geoplan.access import cost_rows, demand_of, open_field
from geoplan.network import build_network
from geoplan.standards import load_standards

PLACES = [(0, 0), (450, 210), (1000, 600), (300, 30)]


@pytest.fixture(scope="module")
def field():
    net = build_network(grid_streets(), "walk", standards=load_standards(), crs=UTM)
    return open_field(
        net, demand_of(small_cells(), city="smallville"), direction="to_facility", snap_limit=500
    )


@pytest.fixture(scope="module")
def table(field):
    return np.vstack([field.nearest(*points(place))[0] for place in PLACES])


@pytest.mark.parametrize("limit", [np.inf, 450.0])
def test_lowering_and_gaining_match_a_search_for_each_draw(field, table, limit):
    rows = cost_rows(field, *points(*PLACES), limit=limit)
    known = np.where(table <= limit, table, np.inf)
    rng = np.random.default_rng(1)
    persons = rng.integers(1, 90, 24).astype(np.float32)
    picks = np.asarray([3, 0, 2])
    state = np.repeat(known[1][None, :], 3, axis=0).astype(np.float32)
    gain = rows.gain(state, picks, limit=300, weights=np.stack([persons, 2 * persons], axis=1))
    expected = [persons[(known[pick] <= 300) & (known[1] > 300)].sum() for pick in picks]
    assert gain[:, 0].tolist() == expected
    assert gain[:, 1].tolist() == [2 * people for people in expected]
    assert max(expected) > 0
    rows.lower(state, picks)
    np.testing.assert_array_equal(state, np.minimum(known[1], known[picks]).astype(np.float32))
    np.testing.assert_array_equal(rows.within(300).toarray(), (known <= 300).astype(np.float32))
    assert len(rows) == 4


def test_costs_are_rounded_so_that_the_bound_itself_is_within(field):
    cost, _ = field.nearest(*points((0, 0)))
    assert cost[1] == np.float32(round(float(cost[1]), 2))
