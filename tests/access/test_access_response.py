"""Redundancy, expected coverage and the golden hour, against one person at a time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallville import small_cells

from geoplan.access import (
    count_within,
    demand_of,
    expected_coverage,
    golden_hour,
    golden_hour_by_area,
    redundancy,
)
from geoplan.errors import InputError

DEMAND = demand_of(small_cells(), city="smallville")
CELLS = 24
seconds = st.one_of(st.floats(0, 3000, width=32), st.just(np.inf))
people = st.lists(st.integers(0, 500), min_size=CELLS, max_size=CELLS).filter(any)
PARTS = {
    "before": {"call_handling": 102.0, "turnout": 60.0},
    "between": {"on_scene": 804.0},
    "after": {"hand_over": 900.0},
}


def demand(persons):
    return demand_of(small_cells().assign(persons=persons), city="smallville")


@settings(max_examples=50, deadline=None)
@given(
    table=st.lists(st.lists(seconds, min_size=CELLS, max_size=CELLS), min_size=1, max_size=4),
    persons=people,
    limit=st.floats(0, 3000, width=32),
    at_least=st.integers(1, 3),
)
def test_redundant_people_match_one_person_at_a_time(table, persons, limit, at_least):
    costs = np.asarray(table, dtype=np.float32)
    counts = count_within(costs, limit)
    found = redundancy(counts, demand(persons), at_least=at_least)
    expected = [
        sum(1 for row in costs if row[c] <= np.float32(limit)) >= at_least for c in range(CELLS)
    ] @ np.asarray(persons, dtype=float)
    assert found[-1] == expected
    assert found[:-1].sum() == expected


def test_the_bound_itself_is_within_and_two_stations_at_one_place_are_two():
    costs = np.full((2, CELLS), 600.0, dtype=np.float32)
    assert redundancy(count_within(costs, 600), DEMAND)[-1] == 2400
    costs[1, 0] = 600.01
    assert redundancy(count_within(costs, 600), DEMAND)[-1] == 2300


@settings(max_examples=30, deadline=None)
@given(
    crews=st.lists(st.integers(0, 6), min_size=CELLS, max_size=CELLS), persons=people, q=st.floats(0, 0.99)
)
def test_expected_coverage_is_the_chance_of_a_free_crew_over_all_states_of_the_crews(crews, persons, q):
    found = expected_coverage(np.asarray(crews), demand(persons), busy_fraction=q)
    chance = {
        n: sum(
            np.prod([q if busy else 1 - q for busy in state])
            for state in product([True, False], repeat=n)
            if not all(state)
        )
        for n in set(crews)
    }
    expected = sum(chance[n] * p for n, p in zip(crews, persons, strict=True))
    assert found[-1] == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_the_weights_are_daskin_s_and_draws_stay_apart():
    crews = np.stack([np.zeros(CELLS, dtype=int), np.full(CELLS, 3)])
    found = expected_coverage(crews, DEMAND, busy_fraction=0.4)
    assert found[0].tolist() == [0, 0, 0]
    assert found[1, -1] == pytest.approx(2400 * sum(0.6 * 0.4 ** (k - 1) for k in (1, 2, 3)))


@pytest.mark.parametrize("q", [-0.1, 1.0, np.nan])
def test_a_busy_fraction_that_is_none_is_refused(q):
    with pytest.raises(InputError, match="busy fraction"):
        expected_coverage(np.ones(CELLS, dtype=int), DEMAND, busy_fraction=q)
    with pytest.raises(InputError, match="crews cover 3 cells"):
        expected_coverage(np.ones(3, dtype=int), DEMAND, busy_fraction=0.5)


@settings(max_examples=40, deadline=None)
@given(
    scene=st.lists(seconds, min_size=CELLS, max_size=CELLS),
    hospital=st.lists(seconds, min_size=CELLS, max_size=CELLS),
    persons=people,
)
def test_the_chain_matches_one_person_at_a_time(scene, hospital, persons):
    chain = golden_hour(np.float32(scene), np.float32(hospital), **PARTS)
    table = golden_hour_by_area(chain, demand(persons), limit=3600)
    totals, longest = [], {}
    for a, b, n in zip(scene, hospital, persons, strict=True):
        parts = {"call_handling": 102, "turnout": 60, "drive_to_scene": a, "on_scene": 804, "drive_to_hospital": b,
                 "hand_over": 900}  # fmt: skip
        total = round(float(sum(parts.values())), 2)
        totals += [total] * n
        if np.isfinite(total):
            name = max(parts, key=parts.get)
            longest[name] = longest.get(name, 0) + n
    city = table.loc["smallville"]
    assert city["within"] == sum(total <= 3600 for total in totals)
    assert city["unreachable"] == sum(np.isinf(totals))
    assert city["share"] == pytest.approx(city["within"] / len(totals))
    reached = [total for total in totals if np.isfinite(total)]
    if reached:
        assert city["total"] == pytest.approx(np.mean(reached), rel=1e-6)
        assert longest[city["dominating"]] == max(longest.values())
    else:
        assert np.isnan(city["total"])
        assert city["dominating"] == ""
    assert table.iloc[:-1]["within"].sum() == city["within"]


def test_an_hour_to_the_dot_is_within_the_hour_and_a_second_more_is_not():
    left = 3600 - 102 - 60 - 804 - 900
    chain = golden_hour(np.float32([left - 600, left - 600]), np.float32([600, 600.01]), **PARTS)
    assert chain["total"].tolist() == [3600.0, 3600.01]
    assert chain["dominating"].tolist() == ["drive_to_scene", "drive_to_scene"]
    assert list(chain.columns[:6]) == [
        "call_handling", "turnout", "drive_to_scene", "on_scene", "drive_to_hospital", "hand_over",
    ]  # fmt: skip


def test_a_part_that_is_no_time_and_drives_of_two_cities_are_refused():
    with pytest.raises(InputError, match="on_scene = -1 s"):
        golden_hour(np.zeros(2), np.zeros(2), before={}, between={"on_scene": -1}, after={})
    with pytest.raises(InputError, match="2 and 3 cells"):
        golden_hour(np.zeros(2), np.zeros(3), **PARTS)
    with pytest.raises(InputError, match="covers 2 cells"):
        golden_hour_by_area(golden_hour(np.zeros(2), np.zeros(2), **PARTS), DEMAND, limit=3600)
