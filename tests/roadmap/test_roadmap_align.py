"""Putting cells back: against brute force, and by cases."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.roadmap._align import Context, _score, align
from geoplan.roadmap._cells import make_cell


def cells(**at):
    return [make_cell(int(key[1:]), text) for key, text in at.items()]


def columns(period=(2023, 2030), **at):
    best, _ = align(cells(**at), Context(period=period))
    return best.columns


def test_a_row_that_fits_is_left_alone():
    assert columns(_2="УО", _3="2023-2025", _6="2 центра", _7="10", _14="10", _15="10") == (
        2,
        3,
        6,
        7,
        14,
        15,
    )


def test_all_cells_one_column_to_the_left():
    got = columns(_2="УО", _3="2023-2025", _5="2 центра", _6="10", _7="1 центр", _8="20", _13="30", _14="30")
    assert got == (2, 3, 6, 7, 8, 9, 14, 15)


def test_the_period_decides_between_years_that_add_up_alike():
    def years(first, last):
        return columns(period=(first, last), _5="10", _7="20", _13="30", _14="30")

    assert years(2022, 2023) == (5, 7, 14, 15)
    assert years(2023, 2024) == (7, 9, 14, 15)


def test_sub_projects_decide_between_years_that_add_up_alike():
    row = cells(_5="100", _7="200", _13="300", _14="300")
    free = dict.fromkeys((5, 7, 9, 11, 13, 15, 16, 17), 0.0)
    best, published = align(row, Context(children=free | {7: 100.0, 9: 200.0, 15: 300.0}))
    assert best.columns == (7, 9, 14, 15)
    assert published.cost > best.cost
    best, _ = align(row, Context(children=free | {5: 100.0, 7: 200.0, 15: 300.0}))
    assert best.columns == (5, 7, 14, 15)


def test_a_bare_number_may_be_a_goal_where_the_sums_need_it():
    got = columns(_6="7 722", _7="1 420", _8="12 222", _9="1 557", _14="2 977", _15="2 977")
    assert got == (6, 7, 8, 9, 14, 15)


def test_two_ways_that_score_the_same_are_tied():
    best, _ = align(cells(_6="ПСД", _7="5", _14="5", _15="5", _19="Три центра"), Context(period=(2023, 2024)))
    assert best.tied


def test_more_cells_than_columns_do_not_break_it():
    many = [make_cell(i, f"слово {i}") for i in range(2, 40)]
    best, published = align(many, Context())
    assert published is None
    assert len(best.columns) == 19


texts = st.sampled_from(
    ["УО", "2023-2024", "2 школы", "10", "20", "30", "1 000", "текст", "финансирование позже", "2024"]
)


@st.composite
def rows(draw):
    at = sorted(draw(st.sets(st.integers(2, 22), min_size=1, max_size=4)))
    return [make_cell(column, draw(texts)) for column in at]


@settings(max_examples=25, deadline=None)
@given(
    row=rows(),
    period=st.sampled_from([None, (2023, 2024), (2022, 2030)]),
    children=st.sampled_from([{}, {7: 10.0, 9: 20.0}]),
)
def test_the_search_finds_the_best_of_all_placements(row, period, children):
    context = Context(period=period, children=children)
    best, _ = align(row, context)
    least = min(_score(row, place, context) for place in combinations(range(2, 21), len(row)))
    assert best.cost == pytest.approx(least)
    assert _score(row, best.columns, context) == pytest.approx(least)
    assert list(best.columns) == sorted(set(best.columns))
