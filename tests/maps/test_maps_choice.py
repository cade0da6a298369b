"""The page of proposed sites: what it holds, in which languages, and what it must never do."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from geoplan.errors import InputError, OutputError
from geoplan.maps import check_destination, choice_page, write_choice
from geoplan.maps._encode import unpack_classes
from geoplan.maps._offline import find_addresses

HOSTILE = '<img src=x onerror="alert(1)">{{ 7*7 }}</script>'


@pytest.fixture
def answer(two_stations):
    return two_stations


@pytest.fixture(scope="module")
def page(two_stations):
    return choice_page(two_stations)


def test_the_page_loads_nothing_and_the_same_answer_gives_the_same_bytes(answer, page):
    assert find_addresses(page) == []
    assert "connect-src &#39;none&#39;" in page
    assert choice_page(answer) == page
    assert len(page.encode()) < 1_500_000


def test_the_map_and_the_tables_hold_the_plans(answer, page, data_of):
    data = data_of(page)
    assert len(data["plans"]) == 2
    people = answer.question.bench.demand.persons
    for shown, plan in zip(data["plans"], answer.plans, strict=True):
        assert [site["lon"] for site in shown["sites"]] == pytest.approx(plan.sites["lon"].tolist(), abs=1e-5)
        assert shown["gained"] == pytest.approx(plan.districts["change"].iloc[-1], abs=2)
        classes = unpack_classes(shown["cells"], data["cells"]["count"])
        # Stations are drawn: people of the cells coloured as gained are near the expected figure, not equal to it.
        assert people[classes == 2].sum() == pytest.approx(shown["gained"], rel=0.35)
    statuses = {status for _, _, status, _ in data["facilities"]}
    assert statuses == {"existing", "stated", "proposed"}


def test_every_language_has_every_word(page):
    data = re.findall(r"data-t='(.*?)'>", page)
    assert len(data) > 100
    for words in data:
        # the Russian stands in the element itself
        assert set(json.loads(words.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))) == {
            "kk",
            "en",
        }


def test_names_from_data_stay_text(answer):
    sites = answer.best.sites.assign(corner=HOSTILE, place=HOSTILE)
    question = replace(
        answer.question, facilities=answer.question.facilities.assign(name=HOSTILE, district=HOSTILE)
    )
    page = choice_page(replace(answer, question=question, plans=[replace(answer.best, sites=sites)]))
    assert "<img" not in page
    assert "49" not in re.findall(r"lang=\"ru\" dir=\"auto\">([^<]*)", page)
    assert "&lt;img src=x" in page


def test_a_folder_holds_the_page_and_its_tables_and_somebody_elses_is_left_alone(answer, tmp_path):
    write_choice(answer, tmp_path / "next")
    names = ["coverage.csv", "index.html", "site.gpkg", "sites.csv"]
    assert sorted(path.name for path in (tmp_path / "next").iterdir()) == names
    write_choice(answer, tmp_path / "next")
    assert (tmp_path / "next" / "coverage.csv").read_text().count("\n") == 2 * 9 + 1
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    with pytest.raises(OutputError):
        check_destination(tmp_path / "mine")
    with pytest.raises(InputError, match=r"sites\.docx: sites are written as"):
        check_destination(tmp_path / "sites.docx")
