"""A tally that moves on cell by cell tells what counting everything afresh tells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.access import Tally, covered, demand_of, time_statistics

LIMITS = [500.0, 300.0, 900.0]
DEMAND = demand_of(
    pd.DataFrame(
        {
            "lon": 0.0, "lat": 0.0, "x": 0.0, "y": 0.0, "district": ["a", "b"] * 6,
            "persons": [0.0, 3, 7, 1, 12, 30, 4, 5, 2, 9, 1, 8],
        }
    ),
    city="town",
)  # fmt: skip
cost = st.sampled_from([0.0, 120.5, 300.0, 300.01, 500.0, 500.01, 900.0, 1500.25, np.inf])
costs = st.lists(cost, min_size=12, max_size=12).map(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.lists(costs, min_size=2, max_size=4), costs, costs, costs, st.booleans())
def test_moving_on_gives_what_counting_afresh_gives(draws, first, second, third, is_drawn):
    drawn = np.stack(draws) if is_drawn else None
    tally = Tally(drawn, first, DEMAND, LIMITS)
    tally.times()
    kept = tally.copy()
    for known in (second, third):
        was, now = _costs(drawn, tally.known), _costs(drawn, known)
        shift = tally.shift(known)
        inside = np.float32(LIMITS[0])
        weights = DEMAND.weights.astype(float)
        np.testing.assert_array_equal(shift.gained, ((now <= inside) & (was > inside)) @ weights)
        np.testing.assert_array_equal(shift.lost, ((now > inside) & (was <= inside)) @ weights)
        expected = time_statistics(now, DEMAND)
        np.testing.assert_allclose(tally.mean(shift), expected[:, 0])
        tally.move(known)
        for position, limit in enumerate(LIMITS):
            np.testing.assert_array_equal(np.atleast_2d(tally.covered(position)), covered(now, limit, DEMAND))
        np.testing.assert_array_equal(tally.reached, np.isfinite(now) @ weights)
        np.testing.assert_allclose(tally.times(), expected)
    # the copy stayed where it was
    np.testing.assert_array_equal(kept.covered(0), covered(_costs(drawn, first), LIMITS[0], DEMAND))


@settings(max_examples=60, deadline=None)
@given(st.lists(costs, min_size=6, max_size=6), costs, costs)
def test_what_other_drawn_costs_change_is_what_counting_afresh_tells(draws, first, second):
    before, after = np.stack(draws[:3]), np.stack(draws[3:])
    gained, lost = Tally(before, first, DEMAND, LIMITS).changed(after, second)
    old, new = np.minimum(before, first) <= LIMITS[0], np.minimum(after, second) <= LIMITS[0]
    np.testing.assert_array_equal(gained, (new & ~old) @ DEMAND.weights)
    np.testing.assert_array_equal(lost, (old & ~new) @ DEMAND.weights)


def _costs(drawn, known):
    return known[None, :] if drawn is None else np.minimum(drawn, known)


def test_a_cost_equal_to_the_limit_is_within_and_who_reaches_nothing_is_not():
    tally = Tally(None, np.full(12, np.inf, dtype=np.float32), DEMAND, [500.0])
    assert tally.reached[0, -1] == 0
    assert np.isnan(tally.mean()).all()
    assert tally.shift(np.full(12, 500, dtype=np.float32)).gained[0, -1] == DEMAND.totals[-1]
    assert tally.shift(np.full(12, 500.01, dtype=np.float32)).gained[0, -1] == pytest.approx(0)
