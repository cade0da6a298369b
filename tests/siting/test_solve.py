"""Exact siting against every plan there is, on instances small enough to try them all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from geoplan.errors import InputError
from geoplan.siting import Limits, Problem, solve

LINE = np.abs(np.array([[0.0], [4.0], [10.0]]) - np.array([[0.0, 2.0, 4.0, 10.0]]))


@st.composite
def cases(draw):
    """Costs with unreachable pairs and ties, weights with zeros, quotas, ceilings, locked, excluded, existing."""
    points, places = draw(st.integers(1, 7)), draw(st.integers(2, 6))
    cost = st.integers(0, 9) | st.just(np.inf)
    costs = np.array(
        draw(st.lists(st.lists(cost, min_size=places, max_size=places), min_size=points, max_size=points)),
        dtype=float,
    )
    weights = np.array(draw(st.lists(st.integers(0, 9), min_size=points, max_size=points)), dtype=float)
    allowed = np.array(draw(st.lists(st.booleans() | st.just(True), min_size=places, max_size=places)))
    allowed[draw(st.integers(0, places - 1))] = True
    free = np.flatnonzero(allowed)
    count = draw(st.integers(0, len(free)))
    groups = np.array(draw(st.lists(st.sampled_from("ab"), min_size=places, max_size=places)), dtype=object)
    shape = draw(st.sampled_from(["plain", "least", "most", "locked"]))
    extra = {}
    here = int((groups[free] == "a").sum())
    if shape == "least":
        extra["quotas"] = {"a": draw(st.integers(0, min(here, count)))}
    elif shape == "most":
        extra["at_most"] = {"a": draw(st.integers(max(0, count - (len(free) - here)), places))}
    elif shape == "locked" and count:
        extra["locked"] = (int(draw(st.sampled_from(free.tolist()))),)
    if draw(st.booleans()):
        standing = draw(st.integers(1, 2))
        extra["existing"] = np.array(
            draw(
                st.lists(
                    st.lists(cost, min_size=standing, max_size=standing), min_size=points, max_size=points
                )
            ),
            dtype=float,
        )
    return {"costs": costs, "weights": weights, "count": count, "allowed": allowed, "groups": groups} | extra


def every_plan(case):
    free = np.flatnonzero(case["allowed"])
    for plan in combinations(free.tolist(), case["count"]):
        inside = sum(case["groups"][c] == "a" for c in plan)
        if not set(case.get("locked", ())) <= set(plan):
            continue
        if case.get("quotas", {}).get("a", 0) <= inside <= case.get("at_most", {}).get("a", 99):
            yield list(plan)


def nearest(case, plan):
    return np.concatenate(
        [case["costs"][:, plan], case.get("existing", np.empty((len(case["costs"]), 0)))], axis=1
    ).min(axis=1, initial=np.inf)


@settings(max_examples=50, deadline=None)
@given(case=cases(), sparse=st.booleans())
def test_maximal_covering_is_the_best_of_all_plans(case, sparse):
    best = max(case["weights"][nearest(case, plan) <= 4].sum() for plan in every_plan(case))
    given_ = case | {"costs": as_sparse(case["costs"])} if sparse else case
    found = solve(Problem(model="maximal_covering", threshold=4, **given_))
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert found.sites.tolist() in list(every_plan(case))
    assert case["weights"][nearest(case, found.sites) <= 4].sum() == pytest.approx(best)
    assert case["weights"][found.assignment >= 0].sum() == pytest.approx(best)


@settings(max_examples=50, deadline=None)
@given(case=cases(), sparse=st.booleans())
def test_the_p_median_is_the_cheapest_of_all_plans(case, sparse):
    def worth(plan):
        return float((np.minimum(nearest(case, plan), 20.0) * case["weights"]).sum())

    best = min(map(worth, every_plan(case)))
    given_ = case | {"costs": as_sparse(case["costs"])} if sparse else case
    found = solve(Problem(model="p_median", unreached=20.0, **given_))
    assert (found.status, found.gap) == ("optimal", 0)
    assert found.objective == pytest.approx(best)
    assert worth(found.sites) == pytest.approx(best)
    assert found.sites.tolist() in list(every_plan(case))


@settings(max_examples=40, deadline=None)
@given(case=cases(), busy=st.sampled_from([0.0, 0.3, 0.9]), first=st.sampled_from([0.5, 0.8, 1.0]))
def test_expected_and_backup_covering_are_the_best_of_all_plans(case, busy, first):
    reached = (
        np.concatenate([case["costs"], case.get("existing", np.empty((len(case["costs"]), 0)))], axis=1) <= 4
    )
    standing = list(range(case["costs"].shape[1], reached.shape[1]))

    def expected(plan):
        return float((1 - busy ** reached[:, [*plan, *standing]].sum(axis=1)) @ case["weights"])

    def backup(plan):
        number = reached[:, [*plan, *standing]].sum(axis=1)
        return float((first * (number >= 1) + (1 - first) * (number >= 2)) @ case["weights"])

    for model, worth in (("expected_covering", expected), ("backup_covering", backup)):
        best = max(map(worth, every_plan(case)))
        found = solve(Problem(model=model, threshold=4, busy=busy, first=first, **case))
        assert (found.status, found.gap) == ("optimal", 0)
        assert found.objective == pytest.approx(best)
        assert worth(found.sites) == pytest.approx(best)


def as_sparse(costs):
    row, col = np.nonzero(np.isfinite(costs))
    return csr_array((costs[row, col], (row, col)), shape=costs.shape)


@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_the_heuristic_keeps_every_rule_and_its_bound_holds(case):
    best = max(case["weights"][nearest(case, plan) <= 4].sum() for plan in every_plan(case))
    found = solve(Problem(model="maximal_covering", threshold=4, **case), Limits(heuristic=True))
    assert found.sites.tolist() in list(every_plan(case))
    assert found.objective <= best + 1e-9
    assert best <= found.bound + 1e-6


def test_what_stands_serves_before_a_new_site_as_near_and_is_numbered_after_the_candidates():
    found = solve(
        Problem(
            model="p_median",
            costs=LINE,
            weights=np.ones(3),
            count=1,
            existing=np.array([[9.0], [0.0], [9.0]]),
        )
    )
    assert found.assignment.tolist() == [0, 4, 4] or found.assignment.tolist() == [4, 4, 3]
    assert found.objective == 9.0


def test_a_cost_equal_to_the_threshold_covers():
    found = solve(
        Problem(model="maximal_covering", costs=LINE, weights=np.array([1.0, 1, 0]), count=1, threshold=2.0)
    )
    assert (found.sites.tolist(), found.objective) == ([1], 2.0)


@pytest.mark.parametrize(
    ("given_", "line"),
    [
        ({"count": 5}, "5 sites asked for: there are 4 candidates"),
        ({"weights": np.ones(2)}, "weights has 2 entries, the cost table has 3 demand points x 4 candidates"),
        ({"weights": np.array([1, -1, np.nan])}, "weight of demand point 1 is -1.0: it must be a number, not negative"),
        ({"costs": np.full((3, 4), np.nan)}, "cost 0, 0 is nan"),
        ({"quotas": {"a": 3}}, "3 sites asked for in a, which has 2 candidates"),
        ({"quotas": {"a": 2}, "count": 1}, "quotas and locked sites need 2 sites, 1 are asked for"),
        ({"at_most": {"a": 0, "b": 1}, "count": 2}, "the districts' ceilings leave room for 1"),
        ({"locked": (9,)}, "locked candidate 9 is excluded or does not exist"),
        ({"quotas": {"a": 1}, "groups": None}, "quotas need groups"),
        ({"model": "nearest"}, "model 'nearest' is unknown"),
        ({"model": "expected_covering", "busy": 1.5}, "busy is 1.5: it must lie between 0 and 1"),
        ({"model": "backup_covering", "first": 0.2}, "first is 0.2: it must lie between 0.5 and 1"),
        ({"threshold": None}, "maximal_covering needs a threshold"),
        ({"model": "p_median", "costs": np.where(LINE == 4, np.inf, LINE)}, "out of reach of some plans"),
        ({"model": "p_median", "costs": np.full((3, 4), np.inf)}, "3 demand points are reached by no candidate"),
    ],
)  # fmt: skip
def test_what_cannot_be_met_is_said_in_one_line(given_, line):
    plain = {"model": "maximal_covering", "costs": LINE, "weights": np.ones(3), "count": 1, "threshold": 4.0}
    plain["groups"] = np.array(["a", "a", "b", "b"], dtype=object)
    with pytest.raises(InputError, match=line) as error:
        solve(Problem(**(plain | given_)))
    assert "\n" not in str(error.value)


def scattered(points, places, seed=1):
    rng = np.random.default_rng(seed)
    costs = np.hypot(*(rng.random((points, 2))[:, None] - rng.random((places, 2))[None]).transpose(2, 0, 1))
    return costs, rng.integers(1, 100, points).astype(float)


def test_a_search_cut_short_gives_its_best_plan_a_bound_and_says_so():
    costs, weights = scattered(400, 60)
    problem = Problem(model="maximal_covering", costs=costs, weights=weights, count=6, threshold=0.25)
    whole = solve(problem)
    assert (whole.status, whole.how) == ("optimal", "exact")
    assert whole.nodes > 1
    for limits, status in (
        (Limits(nodes=1), "node limit"),
        (Limits(seconds=0.0), "time limit"),
        (Limits(heuristic=True), "heuristic"),
    ):
        short = solve(problem, limits)
        assert (short.status, short.how) == (status, "heuristic")
        assert short.objective <= whole.objective <= short.bound
        assert 0 < short.gap < 0.5
    near = solve(problem, Limits(gap=0.05))
    assert (near.status, near.how) == ("within gap", "exact")
    assert near.gap <= 0.05


def test_the_same_problem_gives_the_same_plan():
    costs, weights = scattered(300, 40, seed=5)
    problem = Problem(model="p_median", costs=costs, weights=weights, count=5)
    first, second = solve(problem), solve(problem)
    assert first.sites.tolist() == second.sites.tolist()
    assert (first.objective, first.bound, first.nodes) == (second.objective, second.bound, second.nodes)


@pytest.mark.parametrize("model", ["maximal_covering", "p_median"])
@pytest.mark.parametrize("gap", [0.03, 0.005, 0.001])
def test_a_search_that_stops_at_a_gap_never_claims_more_than_it_proved(model, gap):
    costs, weights = scattered(300, 60, seed=11)
    problem = Problem(model=model, costs=costs, weights=weights, count=6, threshold=0.22)
    best = solve(problem).objective
    found = solve(problem, Limits(gap=gap))
    low, high = sorted([found.objective, found.bound])
    assert low - 1e-6 <= best <= high + 1e-6
    assert found.gap <= gap
    assert found.status != "optimal" or found.objective == pytest.approx(best)
