"""Whose count of people the pages name: official with its year, or an estimate."""

import pandas as pd
import pytest
import synthetic_plan

import geoplan as gp
from geoplan.maps._languages import load_languages
from geoplan.maps._people import people_note


def rows(*values):
    columns = ["district", "year", "group", "persons", "basis"]
    return pd.DataFrame(values, columns=columns).astype({"year": "Int64"})


@pytest.fixture
def city():
    return synthetic_plan.small_city()


def told(city, **options):
    return people_note(city, city.cells, load_languages(), **options)["ru"]


def test_almaty_names_the_year_of_its_official_count_and_that_it_stays_the_same():
    city = gp.open_city("almaty")
    text = people_note(city, city.cells, load_languages(), planned=True)["en"]
    assert "2.35\u00a0million, the last official figure, of 2026" in text
    assert "the same in all years" in text


def test_a_grid_that_no_official_figure_adds_up_to_is_an_estimate(city):
    people = int(city.cells["persons"].sum())
    city.population = rows(
        ["almaty", 2026, "total", people, "estimate"], ["almaty", 2025, "total", people * 2, "official"]
    )
    assert "оценка по клеткам" in told(city, planned=False)
    assert "во все годы" not in told(city, planned=False)


def test_the_districts_own_official_figures_count_too_and_the_latest_year_is_named(city):
    people = int(city.cells["persons"].sum())
    city.population = rows(
        ["almaly", 2025, "total", people - 500, "official"],
        ["medeu", 2025, "total", 500, "official"],
        ["almaty", 2024, "total", people, "official"],
    )
    assert "2025 год" in told(city, planned=False)


def test_an_official_figure_without_a_year_is_told_as_such(city):
    city.population = rows(["almaty", None, "total", int(city.cells["persons"].sum()), "official"])
    assert "без даты" in told(city, planned=False)
