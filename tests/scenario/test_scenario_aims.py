"""Each objective of "where to build next", on a small city, against every choice there is."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
from scipy.optimize import linprog
from smallville import SmallCity, facility, small_cells

from geoplan.errors import InputError
from geoplan.maps import choice_page
from geoplan.maps._texts import load_texts
from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose import answer_question, ask, with_seats
from geoplan.siting import Limits, solve

# The package has a function of that name too.
settle_module = import_module("geoplan.scenario.choose.settle")

SCHOOL = facility("school-001", "school", (0, 0))


def town(cells=None) -> SmallCity:
    city = SmallCity([SCHOOL], [])
    if cells is not None:
        city.__dict__["cells"] = cells
    return city


def table_of(question):
    """(C,) metres to the school that stands, and (C, J) to every candidate, from the network itself."""
    reach, sites = question.bench.reach(question.service), question.candidates
    costs = np.empty((len(question.bench.demand.cells), len(sites)))
    for part, rows in reach.rows(sites["lon"], sites["lat"]):
        costs[:, part] = rows.T
    return question.standing[0].astype(float), costs


@pytest.mark.parametrize("count", [1, 2])
def test_the_largest_way_is_the_least_of_all_choices_and_free_sites_cover_most(count):
    question = ask(town(), service="school", count=count, objective="max")
    now, costs = table_of(question)
    worst, reached = {}, {}
    for plan in combinations(range(costs.shape[1]), count):
        nearest = np.minimum(now, costs[:, list(plan)].min(axis=1))
        worst[plan], reached[plan] = nearest.max(), (nearest <= 500).sum() * 100
    least = min(worst.values())
    answer = answer_question(question, curve=True)
    best = answer.best
    assert (best.objective, best.bound, best.gap, best.status) == (
        pytest.approx(least, abs=0.01), pytest.approx(least, abs=0.01), 0, "optimal",
    )  # fmt: skip
    opened = question.opened(
        [
            question.candidates.index[
                (question.candidates["lon"].round(6) == row.lon)
                & (question.candidates["lat"].round(6) == row.lat)
            ][0]
            for row in best.sites.itertuples()
        ]
    )
    assert float(opened.max()) == pytest.approx(least, abs=0.01)
    assert answer.sentence().startswith(f"largest {now.max():,.1f} -> {least:,.1f} m of all people")
    assert answer.curve["worth"].iloc[0] == pytest.approx(
        now.max() - answer.curve["objective"].iloc[0], abs=0.11
    )
    assert best.after in {reached[plan] for plan in worst if worst[plan] == least}


def test_sites_that_the_largest_way_leaves_free_stand_where_most_people_are_left_out():
    """Two sites lower the largest way no further than one does: the second one may stand anywhere."""
    cells = small_cells(columns=6, rows=1)
    cells["persons"] = np.where(cells["col"] == 5, 1.0, np.where(cells["col"] == 3, 900.0, 5.0))
    question = ask(town(cells), service="school", count=2, objective="max")
    now, costs = table_of(question)
    places = range(costs.shape[1])
    least = np.minimum(now, costs.min(axis=1)).max()
    alone = [j for j in places if np.minimum(now, costs[:, j]).max() == least]
    assert alone
    people = cells["persons"].to_numpy()

    def covered(*plan):
        return people[np.minimum(now, costs[:, list(plan)].min(axis=1)) <= 500].sum()

    answer = answer_question(question, plans=2)
    assert answer.best.objective == pytest.approx(least, abs=0.01)
    assert answer.best.after in {max(covered(first, j) for j in places) for first in alone}
    assert all(plan.objective >= answer.best.objective for plan in answer.plans)
    # A search cut short proves nothing, so it fills nothing.
    short = answer_question(question, limits=Limits(heuristic=True)).best
    assert short.bound <= answer.best.objective <= short.objective


def test_a_free_site_that_the_model_put_anywhere_is_moved_to_most_people(monkeypatch):
    cells = small_cells(columns=6, rows=1)
    cells["persons"] = np.where(cells["col"] == 5, 1.0, np.where(cells["col"] == 3, 900.0, 5.0))
    question = ask(town(cells), service="school", count=2, objective="max")
    _, costs = table_of(question)
    least = answer_question(question).best.after
    people = cells["persons"].to_numpy()

    def covers(*plan):
        return people[np.minimum(question.standing[0], costs[:, list(plan)].min(axis=1)) <= 500].sum()

    def careless(problem, limits=None):
        found = solve(problem, limits)
        if problem.model != "p_center":
            return found
        kept = int(found.sites[0])
        return replace(
            found, sites=np.array([kept, min(range(costs.shape[1]), key=lambda j: covers(kept, j))])
        )

    monkeypatch.setattr(settle_module, "solve", careless)
    assert covers(*careless(question.problem).sites) < least
    assert covers(*settle_module.settle(question, question.problem).sites) == least


def test_people_whom_nothing_reaches_are_left_out_and_counted():
    cells = small_cells()
    cells.loc[0, "lat"] += 1.0
    question = ask(town(cells), service="school", count=1, objective="max")
    assert question.unreached == 100
    answer = answer_question(question)
    assert np.isfinite(answer.best.objective)
    assert "left out: 100 people whom nothing that stands and no candidate reaches" in answer.lines()
    assert answer.extras()["unreached"] == 100
    nobody = small_cells().assign(lat=small_cells()["lat"] + 1.0)
    with pytest.raises(InputError, match="nothing that stands and no candidate reaches anybody"):
        ask(town(nobody), service="school", count=1, objective="max")


def test_somebody_reached_by_new_sites_alone_is_said_so():
    """Stations that reach nobody: the first site has no way to be compared with."""
    city = town()
    city.__dict__["facilities"].loc[0, "geometry"] = None
    question = ask(city, service="school", count=2, objective="max")
    assert question.nothing == np.inf
    answer = answer_question(question, curve=True)
    assert answer.sentence().startswith("largest no way -> ")
    assert np.isnan(answer.curve["worth"].iloc[0])
    assert answer.curve["worth"].iloc[1] > 0
    assert "до кого-то пути нет" in choice_page(answer)


@pytest.mark.parametrize("count", [1, 2])
def test_the_worst_district_is_lifted_as_far_as_any_choice_does(count):
    question = ask(town(), service="school", count=count, objective="equity")
    now, costs = table_of(question)
    district = question.bench.demand.cells["district"].to_numpy()

    def shares(plan):
        within = np.minimum(now, costs[:, list(plan)].min(axis=1, initial=np.inf)) <= 500
        return sorted(within[district == name].mean() for name in ("almaly", "medeu"))

    best = max(shares(plan) for plan in combinations(range(costs.shape[1]), count))
    answer = answer_question(question)
    table = answer.best.districts.set_index("district")["share_after"]
    assert sorted(table[["almaly", "medeu"]]) == pytest.approx(best, abs=1e-4)
    assert answer.best.objective == pytest.approx(best[0])
    assert answer.best.bound == pytest.approx(best[0])
    assert answer.sentence().startswith(
        f"covered in the worst district {shares(())[0]:.2%} -> {best[0]:.2%};"
    )


def seated(now, costs, plan, seats, people):
    """Most people with a place within 500 m: a transport problem, by another solver call."""
    within = np.column_stack([now, costs[:, list(plan)]]) <= 500
    points, sites = within.shape
    found = linprog(
        -within.ravel().astype(float),
        A_ub=np.vstack([np.kron(np.eye(points), np.ones(sites)), np.kron(np.ones(points), np.eye(sites))]),
        b_ub=np.concatenate([people, seats]),
        bounds=[(0, 1e9 * float(near)) for near in within.ravel()],
        method="highs",
    )
    return -found.fun


def test_sites_with_places_seat_as_many_as_any_choice(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text("facility_id,capacity\nschool-001,250\n")
    question = with_seats(ask(town(), service="school", count=1), file, room=320, seekers=0.5)
    now, costs = table_of(question)
    people = np.full(len(now), 50.0)
    best = max(seated(now, costs, (j,), [250.0, 320.0], people) for j in range(costs.shape[1]))
    answer = answer_question(question, curve=True)
    assert (answer.best.objective, answer.best.bound) == (pytest.approx(best), pytest.approx(best))
    assert answer.best.unit == "people"
    before = seated(now, costs, (), [250.0], people)
    assert answer.sentence().startswith(f"with a place {before:,.0f} -> {best:,.0f} of 1,200;")
    assert answer.curve["worth"].iloc[0] == pytest.approx(best - before)
    own = question.standing[0].max()
    assert own > 500  # somebody is out of reach of the school: places alone do not seat them


def test_parcels_may_state_their_own_places(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text("facility_id,capacity\nschool-001,0\n")
    corners = bench_of(town()).corners(bench_of(town()).standards.service("school"))
    plots = parcels(corners.iloc[[3, -1]], capacity=[10, 300])
    question = ask(town(), service="school", count=1, parcels=plots)
    answer = answer_question(with_seats(question, file, seekers=1.0))
    assert answer.best.sites["parcel"].tolist() == ["b"]
    assert answer.best.objective == 300
    bad = ask(
        town(), service="school", count=1, parcels=parcels(corners.iloc[[3, -1]], capacity=["10", "many"])
    )
    with pytest.raises(InputError, match="parcels: b: capacity 'many' is not a number of 0 or more"):
        with_seats(bad, file, seekers=1.0)


def parcels(corners, **columns):
    return gpd.GeoDataFrame(
        {"id": list("abcdefgh"[: len(corners)])} | columns,
        geometry=gpd.points_from_xy(corners["lon"], corners["lat"]),
        crs="EPSG:4326",
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "school: not computable: no capacity of new sites; give --room N, or parcels with a capacity"),
        ({"room": -1}, "room -1: give the places of a new site, a number of 0 or more"),
        ({"room": 10, "seekers": 0}, "seekers 0: give a share of all people, above 0 and at most 1"),
    ],
)
def test_what_seats_need_is_told(tmp_path, more, message):
    file = tmp_path / "places.csv"
    file.write_text("facility_id,capacity\nschool-001,250\n")
    with pytest.raises(InputError) as error:
        with_seats(ask(town(), service="school", count=1), file, **more)
    assert str(error.value) == message


def test_capacity_without_capacities_is_not_computable():
    with pytest.raises(InputError, match="school: not computable: no capacities; give --capacities FILE"):
        ask(town(), service="school", count=1, objective="capacity")
    with pytest.raises(
        InputError, match="unknown objective 'fair': known are coverage, mean, max, equity, capacity"
    ):
        ask(town(), service="school", count=1, objective="fair")


@pytest.mark.parametrize("objective", ["coverage", "mean", "max", "equity", "capacity"])
def test_the_page_of_every_objective_says_what_was_sought_and_found(tmp_path, objective):
    if objective == "capacity":
        (tmp_path / "places.csv").write_text("facility_id,capacity\nschool-001,250\n")
        question = with_seats(ask(town(), service="school", count=1), tmp_path / "places.csv", room=320)
    else:
        question = ask(town(), service="school", count=1, objective=objective)
    answer = answer_question(question, curve=True)
    page, texts = choice_page(answer), load_texts("ru")
    assert texts(f"choice.objective_{objective}") in page
    lead = texts(f"choice.lead_{objective}").split("так, чтобы")[1].split(".")[0]
    assert lead in page
    value = round(answer.best.objective, -1 if answer.best.unit == "people" else 0)
    shown = f"{value:.0f}"
    if answer.best.unit == "share":
        shown = f"{100 * answer.best.objective:.2f}%".replace(".", ",")
    assert shown in re.sub(r"[\u00a0\u202f]", "", page[page.index('id="quality"') :])
