"""The assumptions on the pages: in the page's language if they are the shipped ones, else as their writer put them."""

import html
import json
import re

import pytest

from geoplan import maps
from geoplan.maps._languages import Words, load_languages
from geoplan.maps._standards import assumptions
from geoplan.report.standards import standards_table, translation
from geoplan.standards import load_standards

HOSTILE = "<img src=x onerror=alert(1)>\"'"
TEXTS = load_languages()


def changed(source):
    """The standards with another source of the shown range's lower end."""
    standards = load_standards()
    low = standards.draws.low.model_copy(update={"source": source, "unit": source})
    return standards.model_copy(update={"draws": standards.draws.model_copy(update={"low": low})})


def rows(told):
    return {row["entry"]: (group, row) for group in told["groups"] for row in group["rows"]}


def test_every_figure_is_told_in_the_language_of_the_page():
    told = rows(assumptions(load_standards(), TEXTS))
    table = standards_table(load_standards())
    assert list(told) == list(table["entry"])
    for entry, source in table[["entry", "source"]].to_numpy():
        words = told[entry][0]["source"]
        assert words["en"] == source
        assert words["ru"] == translation("ru").sources[source]
        assert words["kk"] == translation("kk").sources[source]
    assert told["draws.count"][1]["value"].as_dict() == {
        "ru": "200 розыгрышей", "kk": "200 кездейсоқ орналастыру", "en": "200 draws",
    }  # fmt: skip


def test_a_source_of_ones_own_is_shown_as_written_and_once():
    group, row = rows(assumptions(changed("my own"), TEXTS))["draws.low"]
    assert group["source"] == "my own"
    assert row["value"] == "5 my own"
    assert isinstance(rows(assumptions(changed("my own"), TEXTS))["draws.high"][0]["source"], Words)


def test_a_source_is_escaped_on_the_page(plans, tmp_path, monkeypatch):
    monkeypatch.setattr("geoplan.maps.pages.load_standards", lambda: changed(HOSTILE))
    index = maps.write(plans[:1], tmp_path)[0].read_text(encoding="utf-8")
    assert "<img" not in index
    assert "&lt;img src=x onerror=alert(1)&gt;" in index


@pytest.mark.parametrize("page", ["index.html", "ambulance.html"])
def test_no_english_source_stands_on_a_page_but_among_the_english_texts(pages, page):
    sources = set(standards_table(load_standards())["source"])
    page = re.sub(r"data-t='(.*?)'", "", pages[page])
    page = re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page))
    assert [source for source in sources if source.replace("&", "&amp;").replace("'", "&#39;") in page] == []


def test_a_page_holds_each_source_once_a_group_and_in_all_languages(pages):
    section = re.search(r'<section id="basis".*?</section>', pages["index.html"], re.DOTALL)[0]
    source = "Half a city block: the ground on either side of a reached street that counts as reached"
    others = [
        json.loads(html.unescape(text)) for text in re.findall(r"data-t='(.*?)'", section) if source in text
    ]
    assert others == [{"kk": translation("kk").sources[source], "en": source}]
    drive = load_standards().speeds.drive.source
    assert section.count(drive) == 1
