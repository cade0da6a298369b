"""Coverage and its statistics, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallville import UTM, points, small_cells

from geoplan.access import covered, demand_of, straight_distance, time_statistics
from geoplan.errors import InputError, LayerError

DEMAND = demand_of(small_cells(), city="smallville")


def test_a_cost_equal_to_the_threshold_is_within_it():
    costs = np.full(24, 500.0, dtype=np.float32)
    costs[0] = 500.01
    assert covered(costs, 500.0, DEMAND)[-1] == 2300


def test_people_with_no_way_to_a_facility_are_not_covered_by_any_threshold():
    costs = np.full(24, np.inf, dtype=np.float32)
    assert covered(costs, 1e9, DEMAND).tolist() == [0, 0, 0]
    assert np.isnan(time_statistics(costs, DEMAND)).all()


def test_districts_add_up_to_the_city():
    assert DEMAND.areas == ("almaly", "medeu", "smallville")
    assert DEMAND.totals.tolist() == [1200, 1200, 2400]


@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.one_of(st.floats(0, 2000, width=32), st.just(np.inf)), min_size=24, max_size=24),
    persons=st.lists(st.integers(0, 500), min_size=24, max_size=24).filter(any),
    limit=st.floats(0, 2000, width=32),
)
def test_covered_people_and_percentiles_match_one_person_at_a_time(costs, persons, limit):
    demand = demand_of(small_cells().assign(persons=persons), city="smallville")
    costs = np.asarray(costs, dtype=np.float32)
    people = np.repeat(costs, persons)  # one entry a person
    assert covered(costs, limit, demand)[-1] == (people <= np.float32(limit)).sum()
    reached = np.sort(people[np.isfinite(people)])
    mean, median, p90 = time_statistics(costs, demand)[-1]
    if len(reached):
        assert mean == pytest.approx(reached.astype(float).mean(), rel=1e-5, abs=1e-5)
        for value, share in ((median, 0.5), (p90, 0.9)):
            assert (reached <= value).mean() >= share - 1e-9
            assert (reached < value).mean() < share + 1e-9
    else:
        assert np.isnan(mean)


def test_costs_of_another_city_are_refused():
    with pytest.raises(InputError, match="costs cover 3 cells, the demand has 24"):
        covered(np.zeros(3, dtype=np.float32), 1, DEMAND)


@pytest.mark.parametrize("persons", [-1.0, np.nan])
def test_persons_that_are_no_count_are_refused(persons):
    with pytest.raises(LayerError, match="persons"):
        demand_of(small_cells().assign(persons=persons), city="smallville")


def test_the_straight_reading_is_the_crow_s_way():
    lon, lat = points((0, 410))
    metres = straight_distance(lon, lat, DEMAND, crs=UTM)
    assert metres[0] == pytest.approx(400, abs=0.1)  # the cell 10 m above the lower left corner
    assert np.isinf(straight_distance([], [], DEMAND, crs=UTM)).all()
