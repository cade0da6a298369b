"""A city that has no plan of builds: who is far from what stands today."""

import re

import pandas as pd
import pytest
import smallville

import geoplan as gp
from geoplan.scenario import suggest_sites


@pytest.fixture
def city():
    made = smallville.SmallCity(
        [
            smallville.facility("s-1", "school", (0, 0)),
            smallville.facility("a-1", "ambulance", (200, 200)),
            smallville.facility("a-2", "ambulance", None),
        ],
        [],
    )
    made.__dict__["places"] = gp.open_city().places.iloc[:0]
    return made


def test_its_plan_holds_the_baseline_alone(city):
    plan = gp.timeline(city, service="school")
    assert plan.moments == ["baseline"]
    assert plan.effects().empty
    table = plan.coverage(by="city").set_index(["scenario", "mode"])
    # 500 m by the streets from the corner: six of the 24 crossings, each 10 m from its cell
    assert table.loc[("proposed", "network"), "covered"] == 600
    assert table.loc[("without", "network"), "covered"] == 600


def test_its_pages_promise_nothing(city, tmp_path):
    plans = [gp.timeline(city, service=name) for name in ("school", "ambulance")]
    pages = gp.maps.write(plans, tmp_path)
    assert [page.name for page in pages] == ["index.html", "school.html", "ambulance.html"]
    index, school = (tmp_path / name for name in ("index.html", "school.html"))
    assert "Плана строек у этого города в данных нет" in index.read_text(encoding="utf-8")
    assert "Дорожная карта города обещает" not in index.read_text(encoding="utf-8")
    assert "<title>Smallville: кому близко, кому далеко</title>" in index.read_text(encoding="utf-8")
    # The sources of the standards name Almaty, for which they were sought; nothing else of the page does.
    said = re.sub(
        r'<table class="plain entries">.*?</table>', "", index.read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert "Алматы" not in said.split('id="geoplan-data"')[0]
    assert ">baseline<" not in index.read_text(encoding="utf-8")
    text = school.read_text(encoding="utf-8")
    assert "Плана строек в данных города нет" in text
    assert "Все стройки по годам" not in text.split('id="geoplan-data"')[0]


def test_it_can_be_asked_where_to_build(city):
    found = suggest_sites(city, service="school", count=1)
    assert isinstance(found.sites, pd.DataFrame)
    assert found.after > found.before
