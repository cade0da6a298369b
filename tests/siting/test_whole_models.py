"""Set covering, p-center, capacities and the worst district first, against every plan there is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array
from test_solve import LINE, cases, every_plan, nearest

from geoplan.errors import InputError
from geoplan.siting import Limits, Problem, solve
from geoplan.siting._presolve import dominated, merge_rows


@settings(max_examples=40, deadline=None)
@given(case=cases(), prices=st.none() | st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_set_covering_needs_as_few_sites_as_any_plan(case, prices):
    costs = np.array(prices[: case["costs"].shape[1]], dtype=float) if prices else None
    counts = [case | {"count": n} for n in range(int(case["allowed"].sum()) + 1)]
    needy = case["weights"] > 0
    able = [
        (len(plan) if costs is None else costs[plan].sum())
        for one in counts
        for plan in every_plan(one)
        if (nearest(case, plan)[needy] <= 4).all()
    ]
    try:
        found = solve(
            Problem(model="set_covering", threshold=4, **(case | {"count": None, "site_costs": costs}))
        )
    except InputError:
        assert not able
        return
    assert (found.objective, found.bound, found.status) == (min(able), pytest.approx(min(able)), "optimal")
    assert (nearest(case, found.sites)[needy] <= 4).all()


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_the_p_center_has_the_least_largest_cost_of_all_plans(case):
    needy = case["weights"] > 0
    best = min(nearest(case, plan)[needy].max(initial=0.0) for plan in every_plan(case))
    problem = Problem(model="p_center", **case)
    if not np.isfinite(best):
        with pytest.raises(InputError, match="out of reach of every plan"):
            solve(problem)
        return
    found = solve(problem)
    assert (found.objective, found.bound, found.gap, found.status) == (best, best, 0, "optimal")
    assert nearest(case, found.sites)[needy].max(initial=0.0) == best
    assert found.sites.tolist() in list(every_plan(case))


def transported(costs, people, room, price):
    """Least cost of seating everybody, or at a price nobody: the transportation problem, by another solver call."""
    points, sites = costs.shape
    wide = np.concatenate([np.where(np.isfinite(costs), costs, 1e6), np.full((points, 1), price)], axis=1)
    served = np.kron(np.eye(points), np.ones(sites + 1))
    filled = np.kron(np.ones(points), np.eye(sites + 1)[:sites])
    found = linprog(wide.ravel(), A_eq=served, b_eq=people, A_ub=filled, b_ub=room, method="highs")
    return float(found.fun)


@settings(max_examples=30, deadline=None)
@given(case=cases(), seats=st.lists(st.integers(0, 15), min_size=8, max_size=8))
def test_sites_with_seats_are_the_best_of_all_plans(case, seats):
    places = case["costs"].shape[1]
    standing = case.get("existing", np.empty((len(case["costs"]), 0)))
    seats = np.array(seats, dtype=float)
    more = {"capacities": seats[:places], "existing_capacities": seats[places : places + standing.shape[1]]}

    def worth(plan, table, price):
        costs = np.concatenate([table[:, plan], table[:, places:]], axis=1)
        room = np.concatenate([seats[plan], seats[places : places + standing.shape[1]]])
        return transported(costs, case["weights"], room, price)

    table = np.concatenate([case["costs"], standing], axis=1)
    best = min(worth(plan, table, 20.0) for plan in every_plan(case))
    found = solve(Problem(model="capacitated_median", unreached=20.0, **case, **more))
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert worth(found.sites.tolist(), table, 20.0) == pytest.approx(best)
    near = np.where(table <= 4, 0.0, np.inf)
    most = max(case["weights"].sum() - worth(plan, near, 1.0) for plan in every_plan(case))
    found = solve(Problem(model="capacitated_covering", threshold=4, **case, **more))
    assert found.objective == pytest.approx(most)
    assert found.sites.tolist() in list(every_plan(case))


# Nobody lives in the first district, and what stands serves all the same.
EMPTY_FIRST = {
    "costs": np.array([[0.0, 0.0], [np.inf, np.inf]]), "weights": np.array([0.0, 1.0]), "count": 0,
    "allowed": np.ones(2, dtype=bool), "groups": np.array(["a", "a"], dtype=object), "existing": np.zeros((2, 1)),
}  # fmt: skip


@settings(max_examples=30, deadline=None)
@example(case=EMPTY_FIRST, names=["x", "y"])
@given(case=cases(), names=st.lists(st.sampled_from("xyz"), min_size=7, max_size=7))
def test_the_worst_district_comes_first_then_the_next(case, names):
    districts = np.array(names[: len(case["weights"])], dtype=object)
    lived = sorted({d for d, w in zip(districts, case["weights"], strict=True) if w > 0})
    assume(lived)

    def shares(plan):
        covered = (nearest(case, plan) <= 4) * case["weights"]
        return sorted(covered[districts == d].sum() / case["weights"][districts == d].sum() for d in lived)

    best = max(shares(plan) for plan in every_plan(case))
    found = solve(Problem(model="worst_district_first", threshold=4, districts=districts, **case))
    assert shares(found.sites.tolist()) == pytest.approx(best, abs=1e-5)
    assert found.objective == pytest.approx(best[0])
    assert found.bound >= best[0] - 1e-6
    assert found.sites.tolist() in list(every_plan(case))


def test_seats_too_few_for_all_are_told_with_their_number():
    people, seats = np.array([5.0, 5, 5]), np.array([4.0, 6, 5, 1])
    problem = Problem(model="capacitated_median", costs=LINE, weights=people, count=2, capacities=seats)
    with pytest.raises(
        InputError,
        match="15 people, and no plan has room within reach for all: the largest 2 sites .* hold 11",
    ):
        solve(problem)


def test_a_point_beyond_every_candidate_is_told_before_any_search():
    problem = Problem(model="set_covering", costs=LINE + 5, weights=np.ones(3), threshold=4.0)
    with pytest.raises(InputError, match="3 demand points have no candidate within 4: leave them out"):
        solve(problem)
    with pytest.raises(InputError, match="no plan within the count, quotas and ceilings covers"):
        solve(Problem(model="set_covering", costs=LINE, weights=np.ones(3), threshold=4.0, count=1))


def test_a_model_without_what_it_needs_says_what():
    for model, line in (("p_center", "needs a count"), ("capacitated_median", "needs capacities"),
                        ("worst_district_first", "needs a threshold"), ("set_covering", "needs a threshold")):  # fmt: skip
        with pytest.raises(InputError, match=line):
            Problem(model=model, costs=LINE, weights=np.ones(3))


tables = st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(table=tables, spare=st.integers(0, 3))
def test_presolve_merges_only_equal_rows_and_drops_only_needless_columns(table, spare):
    dense = np.array(table)
    first, of = merge_rows(csr_array(dense.astype(float)))
    assert (dense[first[of]] == dense).all()
    assert len(first) == len(np.unique(dense, axis=0))
    kinds = np.array([0, 0, 0, 1, 1])
    gone = dominated(csr_array(dense.astype(float)), kinds, np.ones(5, dtype=bool), spare=spare)
    for column in np.flatnonzero(gone):
        rivals = [k for k in range(5) if k != column and kinds[k] == kinds[column] and not gone[k]]
        assert not dense[:, column].any() or any((dense[:, k] >= dense[:, column]).all() for k in rivals)
    for kind, size in ((0, 3), (1, 2)):
        assert (~gone[kinds == kind]).sum() >= min(spare, size)


def test_the_largest_models_stop_when_told():
    rng = np.random.default_rng(2)
    costs = np.hypot(*(rng.random((300, 2))[:, None] - rng.random((60, 2))[None]).transpose(2, 0, 1))
    problem = Problem(model="p_center", costs=costs, weights=np.ones(300), count=7)
    whole = solve(problem)
    quick = solve(problem, Limits(heuristic=True))
    assert quick.bound <= whole.objective <= quick.objective
    near = solve(problem, Limits(gap=0.1))
    assert (near.status, near.how) == ("within gap", "exact")
    assert near.bound <= whole.objective < near.objective <= near.bound / 0.9
    for _ in range(50):
        plan = rng.choice(60, 7, replace=False)
        assert whole.objective <= costs[:, plan].min(axis=1).max()


@pytest.mark.parametrize("model", ["maximal_covering", "set_covering"])
def test_the_number_of_threads_may_change_and_the_plan_does_not(model):
    count = None if model == "set_covering" else 1
    problem = Problem(model=model, costs=LINE, weights=np.ones(3), count=count, threshold=4.0)
    plans = [solve(problem, Limits(threads=threads)).sites.tolist() for threads in (1, 2, 1)]
    assert plans[0] == plans[1] == plans[2]
