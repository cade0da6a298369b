"""The page of `geoplan site` in a browser with the network cut: the plans, the map, the languages."""

import base64
import re
import sys
from pathlib import Path

import pytest

from geoplan.maps import write_choice
from geoplan.maps._texts import load_texts
from geoplan.scenario.choose import answer_question, ask

sys.path.append(str(Path(__file__).resolve().parents[1]))


@pytest.fixture(scope="session")
def page(two_stations, tmp_path_factory):
    path = tmp_path_factory.mktemp("choice") / "next.html"
    write_choice(two_stations, path)
    return path


def test_sites_are_labelled_as_proposals_and_plans_switch_on_the_map(browser, page):
    browser.open(page)
    tags = browser.run("return [...document.querySelectorAll('.proposal-tag')].map((n) => n.textContent)")
    assert tags == [load_texts("ru")("choice_map.tag")] * 2
    first = browser.painted()
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    shown = "return [...document.querySelectorAll('.sites tbody tr')].filter((n) => n.offsetParent).length"
    assert browser.run(shown) == 2
    browser.click("input[name=plan][value='1']")
    browser.settle()
    assert browser.painted() != first
    assert browser.run(shown) == 2
    assert browser.run("return [...document.querySelectorAll('.now')].map((n) => n.hidden)") == [True, False]
    browser.run("document.querySelectorAll('[data-plan=\"1\"] [data-site]')[1].click()")
    browser.settle()
    assert load_texts("ru")("choice_map.proposed_long") in browser.text(".leaflet-popup-content")
    assert browser.requests() == []
    assert browser.complaints() == []


def test_every_word_follows_the_language_without_a_reload(browser, page):
    browser.open(page)
    for language in ("kk", "en"):
        browser.choose_language(language)
        assert browser.text(".of-sites h2").startswith(load_texts(language)("choice.sites"))
        assert browser.text(".proposal-tag") == load_texts(language)("choice_map.tag")
    left = browser.run(
        "return [...document.querySelectorAll('main *, .legend *')].filter((n) => !n.closest('[lang=ru]') &&"
        " !n.children.length).map((n) => n.textContent).filter((text) => /[а-яё]{3}/i.test(text))"
    )
    # orders are cited by their number, in their own letters
    assert [text for text in left if not re.search("ҚР ДСМ|СП РК|родильн", text)] == []
    browser.choose_language("ru")


def test_what_is_still_left_out_is_hatched_too(browser, page):
    browser.open(page)
    hatched = browser.run(
        "return [...document.querySelectorAll('#legend-classes .swatch')].map((n) => n.classList.contains('hatched'))"
    )
    assert hatched == [False, False, True]
    assert browser.run("return G.changeHatched(G.CHANGE.out) && !G.changeHatched(G.CHANGE.gained)")


def test_the_label_of_a_site_never_covers_the_next_site(browser, page):
    browser.open(page)
    browser.run(
        "const [one, two] = G.data.plans[0].sites; two.lat = one.lat - 0.001; two.lon = one.lon;"
        "G.map.setView([one.lat, one.lon], 11, {animate: false})"
    )
    browser.click("input[name=plan][value='1']")
    browser.click("input[name=plan][value='0']")
    browser.settle()
    seen = (
        "return [...document.querySelectorAll('.proposal-tag')].map((n) => n.style.visibility !== 'hidden')"
    )
    assert browser.run(seen) == [False, True]
    browser.run("G.map.setZoom(16, {animate: false})")
    browser.settle()
    assert browser.run(seen) == [True, True]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The page of a town without a plan, six blocks wide: the best site for its second school is in a corner."""
    from smallville import SmallCity, facility

    city = SmallCity(
        [facility("one", "school", (200, 200)), facility("two", "school", (800, 600), district="medeu")], []
    )
    path = tmp_path_factory.mktemp("town") / "next.html"
    write_choice(answer_question(ask(city, service="school", count=1)), path)
    return path


# Signs of proposed sites whose middle lies under something else or outside the map's frame.
HIDDEN = """
const frame = G.map.getContainer().getBoundingClientRect();
return [...document.querySelectorAll(".proposal")].filter((sign) => {
  const box = sign.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom - 24) return true;
  return !document.body.classList.contains("printing") && !sign.contains(document.elementFromPoint(x, y));
}).length
"""


def test_every_site_of_a_small_town_is_seen_on_the_screen_and_on_paper(browser, town):
    browser.open(town)
    browser.settle()
    assert browser.run(HIDDEN) == 0
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.run(HIDDEN) == 0
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert browser.complaints() == []


def test_the_checker_finds_no_serious_fault(browser, page):
    browser.open(page)
    browser.run(
        "document.querySelectorAll('details').forEach((d) => { if (d.id !== 'legend') d.open = true; })"
    )
    browser.click("input[name=plan][value='1']")
    browser.run("document.querySelectorAll('[data-plan=\"1\"] [data-site]')[0].click()")
    browser.settle()
    assert browser.serious() == []
    browser.complaints()


def test_the_sheet_names_the_city_the_sources_and_that_nothing_is_decided(browser, page):
    if browser.size == "phone":
        pytest.skip("paper has one size: printed from the desk alone")
    browser.open(f"{page}#lang=kk")  # the longest words
    sheet = browser.driver.execute_cdp_cmd(
        "Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True}
    )
    assert len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(sheet["data"]))) == 2
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    boxes = (
        "return Object.fromEntries(arguments[0].map((s) => {"
        " const box = document.querySelector(s).getBoundingClientRect(); return [s, [box.height, box.right]]; }))"
    )
    parts = [
        ".brand strong",
        "h1",
        ".headline",
        ".note",
        ".folium-map",
        "#legend-classes",
        ".sites",
        ".districts",
    ]
    parts += ["#others table", "#others .small", "#curve table", ".facts", ".basis", ".sources"]
    for part, (height, right) in browser.run(boxes, parts).items():
        assert height > 0, part
        assert right <= 701, part
    assert browser.text(".brand strong") == "Алматы"
    gone = [".language", ".press", "#print", ".leaflet-control-zoom"]
    assert all(height == 0 for height, _ in browser.run(boxes, gone).values())
    browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert browser.complaints() == []
    browser.choose_language("ru")
