"""Plans over several years, budgets and sites that must pay for themselves, against every plan there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.siting import Limits, Phase, Problem, solve, solve_year_by_year

YEARS = (2024, 2026, 2030)


@st.composite
def horizons(draw):
    points, places, moments = draw(st.integers(1, 5)), draw(st.integers(2, 5)), draw(st.integers(1, 3))

    def table(rows, columns):
        line = st.lists(st.integers(0, 9), min_size=columns, max_size=columns)
        return np.array(draw(st.lists(line, min_size=rows, max_size=rows)), dtype=float)

    groups = np.array(draw(st.lists(st.sampled_from("ab"), min_size=places, max_size=places)), dtype=object)
    by_budget, left, here = draw(st.booleans()), places, int((groups == "a").sum())
    phases = []
    for year in YEARS[:moments]:
        count = draw(st.integers(0, left))
        quota = draw(st.integers(0, min(count, here)))
        left, here = left - count, here - quota
        limits = (
            {"budget": float(draw(st.integers(0, 9)))}
            if by_budget
            else {"count": count, "quotas": {"a": quota}}
        )
        weights = table(1, points)[0] if draw(st.booleans()) else None
        existing = table(points, 1) if draw(st.booleans()) else None
        phases.append(
            Phase(year=year, weights=weights, existing=existing, span=draw(st.integers(1, 4)), **limits)
        )
    return {"costs": table(points, places), "weights": table(1, points)[0], "groups": groups, "phases": tuple(phases),
            "site_costs": table(1, places)[0] if by_budget else None}  # fmt: skip


def every_timing(case):
    """Each candidate opens at one of the moments, or never."""
    phases, groups = case["phases"], case["groups"]
    for moments in product(range(len(phases) + 1), repeat=len(groups)):
        timing = np.array(moments)
        for at, phase in enumerate(phases):
            here = timing == at
            if phase.count is not None and here.sum() != phase.count:
                break
            if phase.budget is not None and case["site_costs"][here].sum() > phase.budget:
                break
            if (here & (groups == "a")).sum() < phase.quotas.get("a", 0):
                break
        else:
            yield timing


def worth(case, timing, score):
    """Score of each year, given the cost of each point to its nearest, times people and years."""
    each = []
    for at, phase in enumerate(case["phases"]):
        nearest = case["costs"][:, timing <= at].min(axis=1, initial=np.inf)
        if phase.existing is not None:
            nearest = np.minimum(nearest, phase.existing[:, 0])
        people = case["weights"] if phase.weights is None else phase.weights
        each.append(float((score(nearest) * people).sum() * phase.span))
    return each


SCORES = {"maximal_covering": lambda cost: cost <= 4, "p_median": lambda cost: np.minimum(cost, 12.0)}


# Everybody is served at no cost by any of five free sites: nothing is left to tell the gap as a share of.
FREE = {
    "costs": np.zeros((1, 5)), "weights": np.zeros(1), "groups": np.array(list("aaaaa"), dtype=object),
    "phases": tuple(
        Phase(year=year, budget=0.0, span=span, weights=None if people is None else np.array([people]))
        for year, span, people in ((2024, 1, None), (2026, 3, 1.0), (2030, 2, 2.0))
    ),
    "site_costs": np.zeros(5),
}  # fmt: skip


@settings(max_examples=50, deadline=None)
@example(case=FREE, model="p_median")
@given(case=horizons(), model=st.sampled_from(sorted(SCORES)))
def test_a_plan_over_years_is_the_best_of_all_timings(case, model):
    plans = list(every_timing(case))
    problem_ = {**case, "model": model, "threshold": 4.0, "unreached": 12.0}
    if not plans:  # the districts' sites run out in a way the sums did not show
        with pytest.raises(InputError, match="no plan keeps"):
            solve(Problem(**problem_))
        return
    best = (max if model == "maximal_covering" else min)(sum(worth(case, t, SCORES[model])) for t in plans)
    problem = Problem(**problem_)
    found = solve(problem)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best)
    timing = np.full(len(case["groups"]), len(case["phases"]))
    timing[found.sites] = np.searchsorted(YEARS, found.opens)
    assert any((timing == plan).all() for plan in plans)
    assert found.by_phase == pytest.approx(worth(case, timing, SCORES[model]))
    assert sum(found.by_phase) == pytest.approx(best)
    quick = solve(problem, Limits(heuristic=True))
    assert min(quick.objective, quick.bound) - 1e-6 <= best <= max(quick.objective, quick.bound) + 1e-6


def test_the_greedy_year_by_year_plan_can_fall_behind_and_the_bound_shows_by_how_much():
    # Alone, site c serves most in 2024; in 2030 sites a and b together serve everybody, c with either of them does not.
    costs = np.where(np.array([[1, 0, 0], [1, 0, 1], [0, 1, 1], [0, 1, 0]], dtype=bool), 0.0, 9.0)
    phases = (Phase(year=2024, count=1), Phase(year=2030, count=1, span=6))
    people = np.array([5.0, 6, 6, 5])
    problem = Problem(model="maximal_covering", costs=costs, weights=people, threshold=0, phases=phases)
    whole = solve(problem)
    yearly = solve_year_by_year(problem, whole)
    assert (sorted(whole.sites.tolist()), whole.by_phase) == ([0, 1], (11.0, 132.0))
    assert yearly.by_phase == (12.0, 102.0)
    assert yearly.sites[0] == 2
    assert yearly.opens.tolist() == [2024, 2030]
    assert yearly.gap == pytest.approx((143 - 114) / 143)


@settings(max_examples=30, deadline=None)
@given(
    costs=st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=3, max_size=3),
    people=st.lists(st.integers(0, 5), min_size=3, max_size=3),
    prices=st.lists(st.integers(0, 9), min_size=4, max_size=4),
)
def test_sites_that_must_pay_for_themselves_are_as_many_as_do(costs, people, prices):
    costs, people, prices = (np.array(table, dtype=float) for table in (costs, people, prices))
    totals = []
    for plan in product([False, True], repeat=4):
        nearest = costs[:, list(plan)].min(axis=1, initial=12.0)
        totals.append(
            (nearest @ people + prices[list(plan)].sum(), (nearest <= 3) @ people - prices[list(plan)].sum())
        )
    given_ = {"costs": costs, "weights": people, "site_costs": prices, "unreached": 12.0, "threshold": 3.0}
    assert solve(Problem(model="p_median", **given_)).objective == pytest.approx(min(t[0] for t in totals))
    assert solve(Problem(model="maximal_covering", **given_)).objective == pytest.approx(
        max(t[1] for t in totals)
    )


def test_a_horizon_that_does_not_fit_together_says_so():
    plain = {"model": "maximal_covering", "costs": np.zeros((2, 3)), "weights": np.ones(2), "threshold": 1.0}
    for phases, line in (
        ((Phase(year=2030, count=1), Phase(year=2024, count=1)), "phases must be in order of time"),
        (
            (Phase(year=2024, count=2), Phase(year=2030, count=2)),
            "4 sites asked for over all years: there are 3 candidates",
        ),
        ((Phase(year=2024),), "no number of sites is given in 2024"),
        ((Phase(year=2024, budget=3.0),), "a budget in 2024 needs site_costs"),
        ((Phase(year=2024, count=1, weights=np.ones(9)),), "weights of 2024 has 9 entries"),
    ):
        with pytest.raises(InputError, match=line):
            Problem(**plain, phases=phases)
    with pytest.raises(InputError, match="no phases"):
        found = solve(Problem(**plain, count=1))
        solve_year_by_year(Problem(**plain, count=1), found)
