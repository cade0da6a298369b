"""Capacity shared among people, and equity, against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geoplan.access import assign_least_cost, assign_nearest_first, e2sfca, gini, worst_served, zone_weights
from geoplan.errors import InputError

ZONES, WEIGHTS = [1000, 2000, 3000], [1.0, 0.68, 0.22]
cost = st.one_of(st.integers(0, 3500).map(float), st.just(np.inf))


@st.composite
def town(draw, most=4, seats=6):
    f, c = draw(st.integers(1, most)), draw(st.integers(1, most))
    costs = draw(st.lists(st.lists(cost, min_size=c, max_size=c), min_size=f, max_size=f))
    return (
        np.float32(costs),
        draw(st.lists(st.integers(0, seats), min_size=f, max_size=f)),
        draw(st.lists(st.integers(0, seats), min_size=c, max_size=c)),
    )


def test_a_zone_includes_its_bound_and_nothing_weighs_beyond_the_last():
    costs = np.float32([0, 1000, 1000.01, 2000, 3000, 3000.01, np.inf])
    assert zone_weights(costs, zones=ZONES, weights=WEIGHTS).tolist() == [1, 1, 0.68, 0.68, 0.22, 0, 0]


@settings(max_examples=60, deadline=None)
@given(town())
def test_e2sfca_is_the_two_steps_written_out(given_):
    costs, capacity, persons = given_

    def w(c):
        return next((weight for zone, weight in zip(ZONES, WEIGHTS, strict=True) if c <= zone), 0.0)

    n_f, n_c = costs.shape
    ratio = []
    for j in range(n_f):
        wanted = sum(persons[k] * w(costs[j, k]) for k in range(n_c))
        ratio.append(capacity[j] / wanted if wanted else 0.0)
    expected = [sum(ratio[j] * w(costs[j, i]) for j in range(n_f)) for i in range(n_c)]
    found = e2sfca(costs, capacity, persons, zones=ZONES, weights=WEIGHTS)
    np.testing.assert_allclose(found, expected)
    reachable = sum(s for s, row in zip(capacity, costs, strict=True) if any(
        w(c) and p for c, p in zip(row, persons, strict=True)))  # fmt: skip
    assert found @ np.asarray(persons) == pytest.approx(reachable)


@pytest.mark.parametrize(
    ("zones", "weights"), [([1, 1], [1, 0.5]), ([1, 2], [0.5, 1]), ([1], [1, 0.5]), ([], []), ([1], [1.5])]
)
def test_zones_that_make_no_sense_are_refused(zones, weights):
    with pytest.raises(InputError, match="weight"):
        zone_weights(np.zeros(1, dtype=np.float32), zones=zones, weights=weights)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_capacity_that_is_unknown_or_negative_is_refused_never_filled_in(bad):
    costs = np.zeros((2, 1), dtype=np.float32)
    with pytest.raises(InputError, match="capacity of facility 1"):
        e2sfca(costs, [1, bad], [1], zones=ZONES, weights=WEIGHTS)
    for assign in (assign_nearest_first, assign_least_cost):
        with pytest.raises(InputError, match="capacity of facility 1"):
            assign(costs, [1, bad], [1])
        with pytest.raises(InputError, match="demand of cell 0"):
            assign(costs, [1, 1], [bad])
        with pytest.raises(InputError, match="for 1 facilities"):
            assign(costs, [1], [1])


@settings(max_examples=40, deadline=None)
@given(town())
def test_nobody_sits_twice_no_seat_is_given_twice_and_nearest_first_leaves_no_nearer_pair(given_):
    costs, capacity, persons = given_
    for assign in (assign_nearest_first, assign_least_cost):
        table = assign(costs, capacity, persons).toarray()
        assert (table >= 0).all()
        assert (table.sum(axis=1) <= np.asarray(capacity) + 1e-6).all()
        assert (table.sum(axis=0) <= np.asarray(persons) + 1e-6).all()
        assert not table[np.isinf(costs)].any()
        np.testing.assert_allclose(table, np.round(table), atol=1e-6)
    near = assign_nearest_first(costs, capacity, persons).toarray()
    # stable: whoever could sit nearer finds that facility full of people who are at least as near
    for f, c in zip(*np.nonzero(np.isfinite(costs)), strict=True):
        others = [k for k in range(costs.shape[0]) if near[k, c] and costs[k, c] > costs[f, c]]
        unmet = near[:, c].sum() < persons[c]
        if others or unmet:
            assert near[f].sum() == capacity[f]
            assert all(costs[f, k] <= costs[f, c] for k in np.flatnonzero(near[f]))


@settings(max_examples=40, deadline=None)
@given(town(most=2, seats=2))
def test_least_cost_beats_every_other_way_of_giving_seats(given_):
    costs, capacity, persons = given_
    pairs = [tuple(pair) for pair in np.argwhere(np.isfinite(costs))]
    best = (np.inf, np.inf)
    for way in product(range(3), repeat=len(pairs)):
        table = np.zeros(costs.shape)
        for (f, c), n in zip(pairs, way, strict=True):
            table[f, c] = n
        if (table.sum(axis=1) <= capacity).all() and (table.sum(axis=0) <= persons).all():
            best = min(best, (-table.sum(), (table * np.where(np.isfinite(costs), costs, 0)).sum()))
    found = assign_least_cost(costs, capacity, persons).toarray()
    assert -found.sum() == pytest.approx(best[0])
    assert (found * np.where(np.isfinite(costs), costs, 0)).sum() == pytest.approx(best[1], abs=1e-3)


def test_least_cost_seats_one_whom_nearest_first_leaves_out():
    # the first cell can go to either, the second only to the first school, which nearest first has filled
    costs = np.float32([[100, 200], [900, np.inf]])
    assert assign_nearest_first(costs, [1, 1], [1, 1]).sum() == 1
    assert assign_least_cost(costs, [1, 1], [1, 1]).sum() == 2
    sparse = csr_array(np.where(np.isfinite(costs), costs, 0))
    for assign in (assign_nearest_first, assign_least_cost):
        np.testing.assert_array_equal(
            assign(sparse, [1, 1], [1, 1]).toarray(), assign(costs, [1, 1], [1, 1]).toarray()
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 5000), st.integers(0, 30)), min_size=1, max_size=8))
def test_gini_is_half_the_relative_mean_difference_of_all_pairs(pairs):
    one_by_one = np.repeat([x for x, _ in pairs], [n for _, n in pairs])
    found = gini(*zip(*pairs, strict=True))
    if not len(one_by_one) or one_by_one.sum() == 0:
        assert np.isnan(found)
    elif one_by_one.mean() > 1e-6:
        expected = np.abs(one_by_one[:, None] - one_by_one).mean() / (2 * one_by_one.mean())
        assert found == pytest.approx(expected, abs=1e-9)


def test_gini_of_equal_and_of_one_who_has_all():
    assert gini([7, 7, 7], [1, 50, 3]) == pytest.approx(0)
    assert gini([0, 1], [999, 1]) == pytest.approx(0.999)
    with pytest.raises(InputError, match="value 1 is inf"):
        gini([1, np.inf], [1, 1])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 5000), st.integers(0, 10)), min_size=1, max_size=8), st.integers(1, 10)
)
def test_the_worst_served_share_matches_one_person_at_a_time(pairs, tenths):
    everyone = np.sort(np.repeat([x for x, _ in pairs], [n * 10 for _, n in pairs]))[::-1]
    begins, mean = worst_served(*zip(*pairs, strict=True), share=tenths / 10)
    if not len(everyone):
        assert np.isnan(mean)
        return
    worst = everyone[: round(len(everyone) * tenths / 10)]
    assert begins == pytest.approx(worst[-1])
    assert mean == pytest.approx(worst.mean(), rel=1e-9, abs=1e-9)


def test_those_who_reach_nothing_are_the_worst_served():
    assert worst_served([10, np.inf], [95, 5], share=0.1) == (10, np.inf)
    assert worst_served([10, np.inf], [80, 20], share=0.1) == (np.inf, np.inf)
    with pytest.raises(InputError, match="share 0"):
        worst_served([1], [1], share=0)
