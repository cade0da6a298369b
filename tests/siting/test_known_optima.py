"""Optima known beforehand: instances given by a formula whose best value was published or follows by counting."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from geoplan.siting import Phase, Problem, solve, solve_year_by_year


def grid(rows: int, columns: int) -> np.ndarray:
    """(n, n) steps between the crossings of a street grid."""
    at = np.array(list(product(range(rows), range(columns))))
    return np.abs(at[:, None] - at[None]).sum(axis=2).astype(float)


def words(letters: int, length: int) -> np.ndarray:
    """(n, n) Hamming distance of all words."""
    at = np.array(list(product(range(letters), repeat=length)))
    return (at[:, None] != at[None]).sum(axis=2).astype(float)


def queens(size: int) -> np.ndarray:
    """(n, n) 1 where a queen reaches a field in one move, else 9."""
    at = np.array(list(product(range(size), repeat=2)))
    step = at[:, None] - at[None]
    reach = (step[..., 0] == 0) | (step[..., 1] == 0) | (np.abs(step[..., 0]) == np.abs(step[..., 1]))
    return np.where(np.eye(len(at), dtype=bool), 0.0, np.where(reach, 1.0, 9.0))


def fewest(costs: np.ndarray) -> float:
    """Fewest sites that reach every point in one step."""
    found = solve(Problem(model="set_covering", costs=costs, weights=np.ones(len(costs)), threshold=1))
    assert (found.status, found.gap) == ("optimal", 0)
    assert (costs[:, found.sites].min(axis=1) <= 1).all()
    assert found.objective == pytest.approx(len(found.sites))
    return len(found.sites)


@pytest.mark.parametrize(
    ("rows", "columns", "least"),
    [
        (1, 20, 7),  # ceil(m / 3)
        (2, 15, 8),  # ceil((m + 1) / 2)
        (3, 12, 10),  # floor((3 m + 4) / 4)
        (4, 9, 10),  # m + 1 for m = 1, 2, 3, 5, 6, 9
        (4, 11, 11),  # else m
        (8, 8, 16),
    ],
)
def test_domination_of_street_grids(rows, columns, least):
    """Jacobson & Kinch (1983) for up to four rows; the 8 x 8 grid: Chang & Clark (1993)."""
    assert fewest(grid(rows, columns)) == least


def test_queens_that_reach_the_whole_board():
    """Five on 8 x 8 (de Jaenisch 1862), on 9 x 9 too; three on 5 x 5 and 6 x 6, four on 7 x 7."""
    assert [fewest(queens(size)) for size in (5, 6, 7, 8)] == [3, 3, 4, 5]


@pytest.mark.parametrize(("dimension", "least"), [(2, 5), (3, 18)])
def test_covering_the_triples_of_steiner(dimension, least):
    """Fulkerson, Nemhauser & Trotter (1974), A9 and A27: points that meet every line of AG(n, 3)."""
    points = np.array(list(product(range(3), repeat=dimension)))
    number = {tuple(point): k for k, point in enumerate(points.tolist())}
    lines = {
        frozenset((a, b, number[tuple((-(points[a] + points[b]) % 3).tolist())]))
        for a in range(len(points))
        for b in range(a)
    }
    costs = np.full((len(lines), len(points)), 9.0)
    for row, line in enumerate(sorted(map(sorted, lines))):
        costs[row, line] = 1.0
    assert len(lines) == len(points) * (len(points) - 1) // 6
    assert fewest(costs) == least


@pytest.mark.parametrize(("letters", "length", "sites"), [(2, 7, 16), (3, 4, 9)])
def test_perfect_codes_answer_four_models(letters, length, sites):
    """Hamming (1950): balls of radius 1 around the words of a perfect code fill the space without overlap."""
    costs = words(letters, length)
    n, ball = len(costs), 1 + length * (letters - 1)
    ones = np.ones(n)
    assert sites * ball == n
    assert fewest(costs) == sites
    for count in (sites, sites - 1):
        covered = solve(
            Problem(model="maximal_covering", costs=costs, weights=ones, threshold=1, count=count)
        )
        # One ball fewer: nobody can cover more than that many whole balls.
        assert (covered.objective, covered.bound) == (pytest.approx(count * ball),) * 2
    median = solve(Problem(model="p_median", costs=costs, weights=ones, count=sites))
    assert (median.objective, median.bound) == (pytest.approx(n - sites),) * 2
    center = solve(Problem(model="p_center", costs=costs, weights=ones, count=sites))
    assert (center.objective, center.bound) == (1, 1)


def test_covering_codes_beyond_what_counting_says():
    """K(5, 1) = 7: six balls of six words could fill 32 words, yet do not (Taussky & Todd 1948)."""
    costs, ones = words(2, 5), np.ones(32)
    assert fewest(costs) == 7
    for count, radius in ((7, 1), (6, 2)):
        found = solve(Problem(model="p_center", costs=costs, weights=ones, count=count))
        assert (found.objective, found.bound, found.status) == (radius, radius, "optimal")


@pytest.mark.parametrize(("sites", "each"), [(4, 5), (3, 8), (6, 7)])
def test_medians_and_centres_of_a_ring_road(sites, each):
    """A ring of p k places: every site serves a stretch of k, its ways sum to floor(k² / 4), the largest is floor(k / 2)."""
    places = np.arange(sites * each)
    off = np.abs(places[:, None] - places[None])
    costs = np.minimum(off, len(places) - off).astype(float)
    ones = np.ones(len(places))
    median = solve(Problem(model="p_median", costs=costs, weights=ones, count=sites))
    least = sites * (each**2 // 4)
    assert (median.objective, median.bound) == (pytest.approx(least),) * 2
    center = solve(Problem(model="p_center", costs=costs, weights=ones, count=sites))
    assert center.objective == center.bound == each // 2
    # Room for k at each site and nobody sent farther than needed: the same stretches, by the capacitated models.
    room = np.full(len(places), float(each))
    seated = solve(
        Problem(model="capacitated_median", costs=costs, weights=ones, count=sites, capacities=room)
    )
    assert (seated.objective, seated.bound) == (pytest.approx(least), pytest.approx(least))
    few = np.full(len(places), each - 1.0)
    most = Problem(
        model="capacitated_covering", costs=costs, weights=ones, count=sites, capacities=few, threshold=each
    )
    assert solve(most).objective == pytest.approx(sites * (each - 1))


def test_units_that_are_busy_stand_together_where_the_people_are():
    """One far town of weight 10 beside a small one of 1: with q busy, units go where 10 q^n exceeds 1 (Daskin 1983)."""
    costs = np.full((2, 8), 9.0)
    costs[0, :4], costs[1, 4:] = 0.0, 0.0
    for busy, inside in ((0.2, 3), (0.5, 4)):
        found = solve(
            Problem(
                model="expected_covering",
                costs=costs,
                weights=np.array([10.0, 1.0]),
                threshold=1,
                count=4,
                busy=busy,
            )
        )
        gains = sorted(
            [10 * (1 - busy) * busy**k for k in range(4)] + [(1 - busy) * busy**k for k in range(4)]
        )
        assert found.objective == pytest.approx(sum(gains[-4:]))
        assert (found.sites < 4).sum() == inside


def test_a_horizon_whose_best_plan_is_known_and_is_not_that_of_each_year():
    """A row of six; the middle ones are best alone, two that share the row between them are best together."""
    weights = np.array([4.0, 3, 3, 3, 3, 4])
    sites = np.array([1.0, 2.5, 4.0])
    costs = np.abs(np.arange(6)[:, None] - sites[None])
    costs[:, 1] = np.where(np.abs(np.arange(6) - 2.5) <= 1.5, 0.0, 9.0)
    problem = Problem(
        model="maximal_covering",
        costs=costs,
        weights=weights,
        threshold=1,
        phases=(Phase(year=2026, count=1), Phase(year=2027, count=1, span=5)),
    )
    whole = solve(problem)
    # At once: {0,1,2} = 10, {3,4,5} = 10, all 20; the middle {1,2,3,4} = 12, with a side 16.
    assert (whole.objective, whole.bound) == (10 + 5 * 20, pytest.approx(110))
    yearly = solve_year_by_year(problem, whole)
    assert yearly.objective == 12 + 5 * 16
