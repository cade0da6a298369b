"""Where the people live who are left out: clusters against brute force, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoplan.access import demand_of, gap_clusters, neighbouring, quarters
from geoplan.errors import InputError


def town(columns=6, rows=5, persons=None):
    r, c = np.divmod(np.arange(columns * rows), columns)
    return demand_of(
        pd.DataFrame(
            {
                "lon": c / 100, "lat": r / 100, "x": c * 100.0, "y": r * 100.0,
                "district": np.where(c < columns // 2, "west", "east"),
                "persons": np.arange(1.0, columns * rows + 1) if persons is None else persons,
            }
        ),
        city="town",
    )  # fmt: skip


def by_hand(costs, limit, demand, quarter):
    """Flood fill, cell by cell."""
    xy = demand.cells[["x", "y"]].to_numpy()
    left = {i for i in range(len(costs)) if costs[i] > limit and demand.persons[i] > 0}
    found = []
    while left:
        todo = [min(left)]
        left -= set(todo)
        cluster = []
        while todo:
            i = todo.pop()
            cluster.append(i)
            near = {
                j
                for j in left
                if np.hypot(*(xy[i] - xy[j])) <= 100
                and quarter[i] == quarter[j]
                and demand.cells["district"].iloc[i] == demand.cells["district"].iloc[j]
            }
            left -= near
            todo += sorted(near)
        found.append(sorted(cluster))
    return sorted(found, key=lambda c: (-demand.persons[c].sum(), c[0]))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from([100.0, 500.0, 500.01, 900.0, np.inf]), min_size=30, max_size=30),
    st.lists(st.integers(0, 9), min_size=30, max_size=30),
)
def test_clusters_are_those_of_a_flood_fill(costs, persons):
    demand = town(persons=np.float32(persons))
    quarter = (np.arange(30) // 12).astype(np.int64)
    table = gap_clusters(
        np.float32(costs), 500.0, demand, pairs=neighbouring(demand, within=100), quarter=quarter, count=99
    )
    expected = by_hand(np.float32(costs), np.float32(500), demand, quarter)
    assert table["cells"].tolist() == [len(cluster) for cluster in expected]
    assert table["persons"].tolist() == [demand.persons[cluster].sum() for cluster in expected]
    for row, cluster in zip(table.itertuples(), expected, strict=True):
        weight = demand.persons[cluster].astype(float)
        near = np.isfinite(np.asarray(costs)[cluster])
        assert row.unreachable == weight[~near].sum()
        assert row.lon == pytest.approx(
            (demand.cells["lon"].to_numpy()[cluster] * weight).sum() / weight.sum()
        )
        if weight[near].sum():
            known = np.asarray(costs)[cluster][near]
            assert row.nearest == pytest.approx((known * weight[near]).sum() / weight[near].sum(), rel=1e-6)
        else:
            assert np.isnan(row.nearest)
    # nobody is lost on the way and nobody within the limit is in
    left_out = np.asarray(persons)[np.float32(costs) > np.float32(500)].sum()
    assert table["persons"].sum() == left_out


def test_the_largest_come_first_and_no_more_than_asked_for():
    demand = town()
    table = gap_clusters(
        np.full(30, np.inf, dtype=np.float32), 1.0, demand,
        pairs=neighbouring(demand, within=100), quarter=np.full(30, -1), count=1,
    )  # fmt: skip
    assert table[["rank", "persons", "district"]].to_numpy().tolist() == [[1, 255.0, "east"]]


def test_nobody_left_out_is_no_cluster():
    demand = town()
    table = gap_clusters(
        np.zeros(30, dtype=np.float32),
        0.0,
        demand,
        pairs=neighbouring(demand, within=100),
        quarter=np.zeros(30),
    )
    assert table.empty


def test_each_cell_belongs_to_the_nearest_point_and_without_points_to_none():
    demand = town()
    assert set(quarters(demand, np.array([0.0, 500.0]), np.array([0.0, 0.0]))[:6]) == {0, 1}
    assert (quarters(demand, np.array([]), np.array([])) == -1).all()


def test_costs_of_another_city_are_refused():
    demand = town()
    with pytest.raises(InputError, match="costs cover 3 cells"):
        gap_clusters(
            np.zeros(3, dtype=np.float32), 1.0, demand, pairs=np.zeros((2, 0), int), quarter=np.zeros(30)
        )
