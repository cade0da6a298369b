"""Sites that open year after year, on a small city, against every plan there is."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pytest
from smallville import SmallCity, build, facility, small_cells, stated

from geoplan.errors import InputError
from geoplan.maps import choice_page
from geoplan.scenario.choose import answer_question, ask, over_years, without_areas
from geoplan.siting import Limits

# A build of the roadmap that stands from 2028 on.
BUILDS = [build("5.1-01", "school", opens=2028, **stated((1000, 600)))]


def town(persons=None, builds=BUILDS) -> SmallCity:
    city = SmallCity([facility("school-001", "school", (0, 0))], list(builds))
    cells = small_cells()
    if persons is not None:
        cells["persons"] = persons
    city.__dict__["cells"] = cells
    return city


def within(question, year, sites):
    """Brute force: persons within the limit at the end of a year, some candidates open."""
    cost = question.scene.costs(year, question.counted)[0]
    if sites:
        chosen = question.candidates.iloc[sites]
        new, _ = question.bench.reach(question.service).nearest(chosen["lon"], chosen["lat"])
        cost = np.minimum(cost, new)
    return float(question.bench.demand.persons[cost <= 500].sum())


def person_years(question, opening):
    """Persons within the limit, summed over the years to 2030; `opening` is (year, candidate) pairs in order."""
    return sum(
        within(question, year, [site for opens, site in opening if opens <= year])
        for year in range(opening[0][0], 2031)
    )


def asked(city=None, **more):
    return ask(town() if city is None else city, service="school", count=1, year=2030, **more)


def test_the_plan_over_years_covers_most_person_years_of_all_plans_and_beats_year_by_year():
    rng = np.random.default_rng(4)
    uneven = town(rng.integers(1, 400, 24).astype(float))
    question = over_years(asked(uneven), counts={2026: 1, 2028: 1})
    answer = answer_question(question)
    every = {
        pair: person_years(question, [(2026, pair[0]), (2028, pair[1])])
        for pair in permutations(range(len(question.candidates)), 2)
    }
    best = max(every.values())
    assert (answer.best.objective, answer.best.bound) == (pytest.approx(best), pytest.approx(best))
    assert answer.best.unit == "person-years"
    assert answer.best.sites["opens"].tolist() == [2026, 2028]
    # Year by year: the best for 2026 and 2027 alone, whatever opens later.
    yearly, table = answer.yearly, answer.years
    assert yearly.objective <= answer.best.objective
    first = max(within(question, 2026, [site]) for site in range(len(question.candidates)))
    assert table["covered_yearly"].iloc[0] == pytest.approx(first, abs=1)
    assert table["without"].iloc[0] == pytest.approx(within(question, 2026, []), abs=1)
    assert table[["year", "until"]].to_numpy().tolist() == [[2026, 2027], [2028, 2030]]
    assert (table["covered"] * [2, 3]).sum() == pytest.approx(best, abs=3)
    assert table["more"].sum() == pytest.approx(answer.best.objective - yearly.objective, abs=2)
    assert answer.best.after == pytest.approx(answer.best.districts["covered_after"].iloc[-1], abs=1)


def test_a_greedy_first_year_can_cost_the_later_ones():
    """Looking ahead never covers fewer, and somewhere more."""
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        city = town(rng.integers(0, 300, 24) ** 2.0, builds=())
        answer = answer_question(over_years(asked(city), counts={2026: 1, 2027: 1, 2028: 1}))
        found.append(answer.best.objective - answer.yearly.objective)
        assert found[-1] >= -1e-6
        if found[-1] > 1:
            assert "year by year" in answer.sentence()
            assert answer.years["more"].sum() == pytest.approx(found[-1], abs=3)
            return
    pytest.fail("no case in which looking ahead is worth anything")


def test_a_budget_by_year_buys_the_best_it_can_pay_for():
    question = asked()
    at = question.candidates
    prices = np.linspace(10, 60, len(at)).round()
    plots = gpd.GeoDataFrame(
        {"id": [f"p{k}" for k in range(len(at))], "cost": prices},
        geometry=gpd.points_from_xy(at["lon"], at["lat"]),
        crs="EPSG:4326",
    )
    question = over_years(asked(parcels=plots), budgets={2026: 30.0, 2028: 25.0})
    answer = answer_question(question, plans=2)
    cost = dict(zip(plots["id"], prices, strict=True))
    for plan in answer.plans:
        spent = plan.sites.assign(cost=plan.sites["parcel"].map(cost)).groupby("opens")["cost"].sum()
        assert spent.get(2026, 0) <= 30
        assert spent.get(2028, 0) <= 25
    singles = [
        person_years(question, [(2026, a), (2028, b)])
        for a, b in permutations(range(len(at)), 2)
        if prices[a] <= 30 and prices[b] <= 25
    ]
    assert answer.best.objective >= max(singles) - 1e-6
    with pytest.raises(
        InputError, match="budgets need what each site costs: give --candidates FILE with a column cost"
    ):
        over_years(asked(), budgets={2026: 30.0})


def test_the_page_and_the_tables_hold_both_plans():
    answer = answer_question(over_years(asked(), counts={2026: 1, 2028: 1}))
    page = choice_page(answer)
    for year in (2026, 2028):
        assert page.count(f"откроется в {year} году") == 2
    assert "По годам" in page
    assert list(answer.tables()) == ["sites", "districts", "years"]
    sites = answer.sites()
    assert sites["plan"].tolist() == ["1", "1", "yearly", "yearly"]
    assert sites["opens"].tolist() == [2026, 2028] * 2
    assert {"years", "yearly"} <= set(answer.extras())


def test_areas_of_ones_own_hold_in_every_year():
    plain = answer_question(over_years(asked(), counts={2026: 1})).best.sites
    taken = gpd.GeoSeries(gpd.points_from_xy(plain["lon"], plain["lat"]), crs="EPSG:4326").to_crs(
        "EPSG:32643"
    )
    question = over_years(without_areas(asked(), taken.buffer(10)), counts={2026: 1})
    assert question.excluded == 1
    assert answer_question(question).best.sites["lon"].tolist() != plain["lon"].tolist()


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({2031: 1}, "years: 2031 lies outside 20.. to 2030; --year sets where the horizon ends"),
        ({1999: 1}, "years: 1999 lies outside"),
        ({2026: 0}, "years: 2026: 0 is not a number above 0"),
        ({2026: 99, 2027: 1}, "99 sites asked for in 2026: there are"),
        ({}, "years: none given"),
    ],
)
def test_years_that_cannot_be_planned_are_told(counts, message):
    with pytest.raises(InputError, match=message):
        over_years(asked(), counts=counts)


def test_what_is_not_computed_over_years_is_told():
    with pytest.raises(InputError, match="years are planned for the objective coverage, not mean"):
        over_years(asked(objective="mean"), counts={2026: 1})
    question = over_years(asked(), counts={2026: 1})
    for extra in ("curve", "sensitivity"):
        with pytest.raises(InputError, match="computed for sites that open at once, not over years"):
            answer_question(question, **{extra: True})
    assert answer_question(question, limits=Limits(heuristic=True)).best.bound > 0
