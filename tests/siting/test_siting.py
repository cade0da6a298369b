"""Candidates, draws and the greedy rule."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from smallville import small_cells

from geoplan.errors import InputError
from geoplan.siting import candidate_sites, draw_sites, greedy_maximal_covering

CANDIDATES = pd.DataFrame(
    {"district": ["almaly"] * 3 + ["medeu"] * 2, "persons": [10.0, 20.0, 70.0, 50.0, 0.0]}
)


def test_a_candidate_is_a_populated_cell_and_stands_for_all_people_of_its_hexagon_and_district():
    cells = small_cells()
    sites = candidate_sites(cells, resolution=9)
    assert sites["persons"].sum() == cells["persons"].sum()
    assert (cells["district"].to_numpy()[sites["cell"]] == sites["district"]).all()
    assert not sites.duplicated("cell").any()
    assert len(candidate_sites(cells, resolution=5)) == 2  # one hexagon, two districts


def test_draws_keep_their_quota_and_take_nobody_twice_and_repeat_with_the_seed():
    quotas = ["almaly", "medeu", "almaly", ""]
    picks = draw_sites(quotas, CANDIDATES, count=500, rng=np.random.default_rng(7))
    where = CANDIDATES["district"].to_numpy()
    assert (where[picks[:, [0, 2]]] == "almaly").all()
    assert (picks[:, 1] == 3).all()  # the only one of medeu where anyone lives
    assert (picks[:, 0] != picks[:, 2]).all()
    again = draw_sites(quotas, CANDIDATES, count=500, rng=np.random.default_rng(7))
    np.testing.assert_array_equal(picks, again)


def test_draws_are_in_proportion_to_people():
    picks = draw_sites(["almaly"], CANDIDATES, count=20_000, rng=np.random.default_rng(3))[:, 0]
    shares = np.bincount(picks, minlength=3)[:3] / len(picks)
    np.testing.assert_allclose(shares, [0.1, 0.2, 0.7], atol=0.015)


def test_a_quota_that_cannot_be_met_says_so():
    with pytest.raises(InputError, match="2 sites asked for in medeu, which has 1 candidates"):
        draw_sites(["medeu", "medeu"], CANDIDATES, count=1, rng=np.random.default_rng(1))


cover = st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=4, max_size=4)


@settings(max_examples=80, deadline=None)
@given(table=cover, people=st.lists(st.integers(0, 50), min_size=6, max_size=6), by_district=st.booleans())
def test_the_bound_holds_against_every_choice_and_the_gains_add_up(table, people, by_district):
    within = csr_array(np.asarray(table, dtype=np.float32))
    people = np.asarray(people, dtype=float)
    names = np.asarray(["a", "a", "b", "b"], dtype=object)
    quotas = ["a", "b"] if by_district else ["", ""]
    found = greedy_maximal_covering(
        within, people, persons=people.astype(np.float32), districts=quotas, candidate_districts=names
    )
    dense = np.asarray(table)
    allowed = [c for c in combinations(range(4), 2) if not by_district or set(names[list(c)]) == {"a", "b"}]
    best = max(people[dense[list(c)].any(axis=0)].sum() for c in allowed)
    assert found.objective == people[dense[found.picks].any(axis=0)].sum()
    assert found.objective <= best <= found.bound + 1e-9
    assert found.objective >= best / 2 - 1e-9
    assert len(set(found.picks)) == 2


def test_where_nobody_is_left_to_gain_the_site_with_most_people_near_it_wins():
    within = csr_array(np.asarray([[1, 0, 0], [1, 1, 1], [0, 1, 0]], dtype=np.float32))
    found = greedy_maximal_covering(
        within, np.zeros(3), persons=np.ones(3, dtype=np.float32), districts=[""],
        candidate_districts=np.asarray(["a"] * 3, dtype=object),
    )  # fmt: skip
    assert found.picks.tolist() == [1]
    assert found.gap == 0


def test_more_sites_than_candidates_says_so():
    within = csr_array(np.ones((1, 3), dtype=np.float32))
    with pytest.raises(InputError, match="2 sites asked for in a, which has 1 candidates"):
        greedy_maximal_covering(
            within, np.ones(3), persons=np.ones(3, dtype=np.float32), districts=["a", "a"],
            candidate_districts=np.asarray(["a"], dtype=object),
        )  # fmt: skip
