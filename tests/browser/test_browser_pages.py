"""The real city's pages, opened from the file system with the network off, at a desk and on a phone."""

import re

import pandas as pd
import pytest

from geoplan.maps._texts import known_languages, load_texts

SERVICES = ["ambulance", "polyclinic", "school", "kindergarten"]
PAGES = ["index", *SERVICES]
SHARE = re.compile(r"^\d+,\d\s?%$")

# What can be pressed, is on the screen, and is not what a press at its middle would reach.
COVERED = """
const nodes = [...document.querySelectorAll("a[href], button, summary, label.choice, .pick label")];
const bad = [];
for (const node of nodes) {
  const box = node.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  if (!box.width || x < 0 || y < 0 || x > innerWidth || y > innerHeight) continue;
  let clip = node.parentElement, out = false;
  for (; clip; clip = clip.parentElement) {
    const c = clip.getBoundingClientRect();
    if (getComputedStyle(clip).overflowY !== "visible" && clip !== document.body && (y < c.top || y > c.bottom)) out = true;
  }
  if (out) continue;
  const hit = document.elementFromPoint(x, y);
  if (hit && !node.contains(hit) && !hit.contains(node)) bad.push([node.outerHTML.slice(0, 80), hit.outerHTML.slice(0, 80)]);
}
return bad;
"""
# Blocks of the panel and the floating cards that lie over one another.
OVERLAPS = """
const ids = ["controls", "legend", "panel", "strip"].map((id) => document.getElementById(id));
const boxes = [document.querySelector(".top"), ...ids, document.querySelector(".leaflet-control-zoom")]
  .filter((n) => n && n.offsetWidth && n.offsetHeight).map((n) => [n.id || n.className, n.getBoundingClientRect()]);
const bad = [];
for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
  const [a, b] = [boxes[i][1], boxes[j][1]];
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (wide > 1 && high > 1) bad.push([boxes[i][0], boxes[j][0], wide, high]);
}
return bad;
"""
# A table inside a box of its own that scrolls sideways (.wide) can be reached; the box itself must fit.
CUT = """
return [...document.querySelectorAll(".side *, .top *, .page *, #strip *")].filter((n) => {
  const box = n.getBoundingClientRect();
  return box.width && n.offsetParent && !n.closest(".sr, .skip, svg") && !n.parentElement.closest(".wide")
    && (box.right > innerWidth + 1 || box.left < -1);
}).map((n) => n.outerHTML.slice(0, 90));
"""
SMALL = """
return [...document.querySelectorAll(".top a, .side button, summary, label.choice, .pick label, .button, .leaflet-bar a")]
  .map((n) => [n.outerHTML.slice(0, 80), n.getBoundingClientRect()])
  .filter(([, b]) => b.width && (b.height < 39.5 || b.width < 39.5)).map(([html, b]) => [html, b.width, b.height]);
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_a_complaint_or_a_request(browser, pages, name):
    browser.open(pages / f"{name}.html")
    assert browser.requests() == []
    assert browser.complaints() == []
    assert browser.run("return document.querySelector('h1').innerText").strip()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_enough_to_send(pages, name):
    assert (pages / f"{name}.html").stat().st_size < 1_300_000


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_covered_or_too_small_to_press(browser, pages, name):
    browser.open(pages / f"{name}.html")
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.run(
        "return [...document.querySelectorAll('.side, .panel')].every((n) => n.scrollWidth <= n.clientWidth)"
    )
    assert browser.run(CUT) == []
    assert browser.run(COVERED) == []
    assert browser.run(SMALL) == []
    if name != "index" and browser.size == "desktop":
        assert browser.run(OVERLAPS) == []


@pytest.mark.parametrize("name", SERVICES)
def test_before_after_and_difference_paint_three_different_maps(browser, pages, name):
    browser.open(pages / f"{name}.html")
    after = browser.painted()
    legend = browser.run("return document.getElementById('legend-classes').textContent")
    browser.click("#phase-before")
    before = browser.painted()
    assert before != after
    assert browser.run("return document.getElementById('legend-classes').textContent") != legend
    browser.click("#phase-change")
    assert browser.painted() not in (before, after)
    # Who is beyond the threshold afterwards differs by hatching, not by a pale colour alone.
    beyond = "return Object.keys(G.CHANGE).filter((name) => G.changeHatched(G.CHANGE[name])).sort()"
    assert browser.run(beyond) == ["farther", "lost", "nearer", "out"]
    assert browser.run("return document.querySelector('#legend-classes li:last-child .hatched') !== null")
    assert browser.complaints() == []


@pytest.mark.parametrize("name", SERVICES)
def test_an_earlier_year_shows_other_numbers_and_another_map(browser, pages, name):
    browser.open(pages / f"{name}.html")
    last, map_then = browser.text("#share-after"), browser.painted()
    table = browser.text("#districts")
    assert SHARE.match(last)
    browser.click("#ticks button:nth-child(3)")
    assert browser.text("#share-after") != last
    assert browser.text("#districts") != table
    assert browser.painted() != map_then
    assert browser.complaints() == []


@pytest.mark.parametrize("name", SERVICES)
def test_the_shown_shares_are_those_of_the_page_data(browser, pages, name):
    browser.open(pages / f"{name}.html")
    shown = browser.run(
        "const a = G.data.coverage.proposed.at(-1)[G.data.city]; return [a.share, a.low, a.high, a.best]"
    )
    text, texts = browser.text("#headline"), load_texts("ru")
    for value in shown:
        if value is not None:
            assert texts.number(value * 100, 1) in text
    # People are the table's own count, not a share of four digits times all people.
    table = pd.read_csv(pages / "data" / "coverage.csv")
    table = table[(table["service"] == name) & (table["group"] == "total") & (table["scenario"] == "drawn")]
    table = table[table["mode"].isin(["response", "network"])].drop_duplicates(["moment", "district"])
    last = table.groupby("district").last()
    left = (last["population"] - last["covered"]).map(texts.count)
    rows = (
        "return Object.fromEntries([...document.querySelectorAll('#districts tbody tr')]"
        ".map((row) => [row.querySelector('button').dataset.district, row.cells[4].textContent]))"
    )
    assert browser.run(rows) == left.drop("almaty").to_dict()


@pytest.mark.parametrize("name", SERVICES)
def test_known_places_alone_are_counted_apart(browser, pages, name):
    browser.open(pages / f"{name}.html")
    with_proposed, pins = (
        browser.painted(),
        browser.run("return document.querySelectorAll('.pin-proposed').length"),
    )
    assert pins > 0
    browser.click("#view-placed")
    assert browser.run("return document.querySelectorAll('.pin-proposed').length") == 0
    assert browser.painted() != with_proposed
    share = browser.run("return G.data.coverage.placed.at(-1)[G.data.city].share")
    assert browser.text("#share-after") == browser.run("return G.percent(arguments[0])", share)


@pytest.mark.parametrize("name", SERVICES)
def test_one_build_is_shown_alone_and_left_again(browser, pages, name):
    browser.open(pages / f"{name}.html")
    city, place = browser.painted(), "return [G.map.getZoom(), G.map.getCenter().lat, G.map.getCenter().lng]"
    home = browser.run(place)
    best = browser.run(
        "return G.data.builds.filter((b) => G.data.changes.spans[b.id] && b.effect.newly > 0)"
        ".sort((a, b) => b.effect.newly - a.effect.newly)[0].id"
    )
    browser.run("document.querySelectorAll('details.year').forEach((d) => { d.open = true; })")
    browser.click(f'button.build[data-build="{best}"]')
    browser.settle()
    assert browser.run(place)[0] > home[0]
    gained = browser.run("return G.build(arguments[0]).effect.newly", best)
    assert browser.text("#card-newly") == browser.run("return G.countSigned(arguments[0])", gained)
    # The people of the cells painted as gained are those the table of effects counts, but for rounding in the middle draw.
    people = browser.run("return G.peopleByChange(G.shown.compared)[G.CHANGE.gained]")
    assert people == pytest.approx(
        browser.run("return G.build(arguments[0]).effect.gained", best), rel=0.25, abs=200
    )
    assert browser.run("return document.querySelectorAll('.pin:not(.pin-closed)').length") == 1
    change = browser.painted()
    browser.click("#phase-before")
    before = browser.painted()
    browser.click("#phase-after")
    assert len({city, change, before, browser.painted()}) == 4
    browser.click("#card-close")
    browser.settle()
    assert browser.run("return document.getElementById('card').hidden")
    assert browser.run(place) == pytest.approx(home, abs=1e-3)
    assert browser.complaints() == []


def test_no_name_hides_the_sign_of_the_build_that_is_shown(browser, pages):
    browser.open(pages / "ambulance.html")
    builds = browser.run("return G.data.builds.filter((b) => b.site === 'stated').map((b) => b.id)")
    assert len(builds) == 14
    hidden = []
    for build in builds:
        browser.run("G.chooseBuild(arguments[0])", build)
        browser.settle()
        ink = browser.run(
            "const b = G.build(arguments[0]), names = document.getElementById('names');"
            "const at = G.map.latLngToContainerPoint([b.lat, b.lon]), box = names.getBoundingClientRect();"
            "const map = G.map.getContainer().getBoundingClientRect();"
            "const x = Math.round(at.x + map.left - box.left), y = Math.round(at.y + map.top - box.top);"
            "const pixels = names.getContext('2d').getImageData(x - 6, y - 6, 12, 12).data;"
            "return pixels.filter((value, i) => i % 4 === 3).reduce((sum, value) => sum + value, 0)",
            build,
        )
        hidden += [build] if ink else []
    assert hidden == []
    browser.complaints()  # Chromium minds that this test, not the page, reads pixels back so often


def test_each_build_can_be_opened_without_an_error(browser, pages):
    browser.open(pages / "school.html")
    browser.run("for (const b of G.data.builds) { G.chooseBuild(b.id); } G.closeBuild();")
    browser.run("for (const b of G.data.builds) if (b.lon !== null) G.popupOfBuild(b);")
    browser.run("for (const f of G.data.facilities) G.popupOfFacility(f, f.closed > 0);")
    assert browser.complaints() == []


def test_a_planned_place_says_whether_it_was_decided(browser, pages):
    browser.open(pages / "polyclinic.html")
    browser.run(
        "const b = G.data.builds.find((b) => b.site === 'proposed');"
        "G.map.setView([b.lat, b.lon], 15); G.openPopup(b.id)"
    )
    browser.settle()
    assert "не решение" in browser.text(".leaflet-popup-content")
    if browser.size == "phone":
        box = browser.run(
            "const p = document.querySelector('.leaflet-popup').getBoundingClientRect();"
            "const m = G.map.getContainer().getBoundingClientRect(); return [p.left - m.left, m.right - p.right]"
        )
        assert min(box) >= 0


def test_the_keyboard_alone_reaches_the_years_and_the_builds(browser, pages):
    from selenium.webdriver.common.keys import Keys

    browser.open(pages / "school.html")
    then = browser.text("#share-after")
    browser.driver.find_element("id", "slider").send_keys(Keys.HOME, Keys.PAGE_UP)
    assert browser.run("return G.step().year") == 2023
    assert browser.text("#share-after") != then
    browser.driver.find_element("id", "slider").send_keys(Keys.ARROW_LEFT)
    assert browser.run("return G.step().kind") == "build"
    summary = browser.driver.find_element("css selector", "#builds details:not([open]) summary")
    summary.send_keys(Keys.ENTER)
    browser.driver.find_element("css selector", "#builds details[open] button.build").send_keys(Keys.ENTER)
    assert browser.run("return G.state.build") is not None
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert browser.run("return G.state.build") is None


def test_districts_sort_by_the_column_pressed(browser, pages):
    browser.open(pages / "school.html")
    column = "return [...document.querySelectorAll('#districts tbody tr')].map((r) => r.cells[arguments[0]].textContent)"
    left = browser.run(column, 4)
    browser.click("#districts thead th:nth-child(3) button")
    shares = [float(text.split("\u202f")[0].replace(",", ".")) for text in browser.run(column, 2)]
    assert len(left) == 8
    assert shares == sorted(shares)
    assert browser.run("return document.querySelector('#districts [aria-sort=ascending]').cellIndex") == 2


def test_the_overview_map_follows_the_service_and_the_year(browser, pages):
    browser.open(pages / "index.html")
    read = "return [...document.querySelectorAll('.map-share')].map((n) => n.textContent)"
    first = browser.run(read)
    browser.run("document.querySelector('input[name=service][value=school]').click()")
    school = browser.run(read)
    browser.run("document.querySelector('input[name=phase][value=before]').click()")
    assert len({str(first), str(school), str(browser.run(read))}) == 3
    assert all(SHARE.match(text) for text in school)
    assert browser.complaints() == []


# What is read on the page, the names that come from data left out.
READ = """
const out = [];
const walk = (node) => {
  if (node.nodeType === 3) { if (node.nodeValue.trim()) out.push(node.nodeValue.trim()); return; }
  if (node.nodeType !== 1 || node.matches("script, style, option, [lang=ru], [dir=auto]")) return;
  if (getComputedStyle(node).display === "none") return;
  for (const name of ["aria-label", "title", "placeholder"]) if (node.getAttribute(name)) out.push(node.getAttribute(name));
  node.childNodes.forEach(walk);
};
walk(document.body);
return out;
"""


@pytest.mark.parametrize("name", PAGES)
def test_the_language_changes_without_a_reload_and_goes_along_with_links(browser, pages, name):
    browser.open(pages / f"{name}.html#lang=ru")
    browser.run("window.kept = true; document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    russian = browser.run(READ)
    assert browser.run("return document.documentElement.lang") == "ru"
    browser.choose_language("en")
    assert browser.run("return [document.documentElement.lang, location.hash, window.kept]") == [
        "en",
        "#lang=en",
        True,
    ]
    english = browser.run(READ)
    assert len(english) == len(russian)
    # Words of the document in quotes stay in its language.
    left = [text for text in english if re.search("[а-яё]{3}", re.sub("“[^”]*”", "", text))]
    assert [text for text in left if "русский" not in text] == []
    assert not any(re.search(r"\d,\d\s?%", text) for text in english)
    assert any(re.search(r"\d\.\d%", text) for text in english)
    browser.choose_language("kk")
    kazakh = browser.run(READ)
    assert not set(kazakh) & {text for text in russian if len(re.findall("[А-Яа-яЁё]{4,}", text)) > 3}
    assert any(re.search("[әғқңөұүһі]", text) for text in kazakh)
    links = browser.run("return [...document.querySelectorAll('a[data-page]')].map((a) => a.hash)")
    assert set(links) == {"#lang=kk"}
    browser.driver.refresh()
    browser.ready()
    assert browser.run("return document.documentElement.lang") == "kk"
    titles = browser.run("return G.data.title")
    assert browser.run("return document.title") == titles["kk"]
    assert len(set(titles.values())) == 3
    assert browser.complaints() == []
    assert browser.requests() == []
    browser.choose_language("ru")


def test_names_from_data_stay_text(browser, tmp_path):
    import synthetic_plan

    from geoplan import maps

    hostile = '<img src=x onerror="document.body.dataset.broken=1">'
    maps.write(synthetic_plan.make_plan(synthetic_plan.small_city(), "school", hostile=hostile), tmp_path)
    browser.open(tmp_path / "school.html")
    browser.run("document.querySelectorAll('details.year').forEach((d) => { d.open = true; })")
    browser.run("const b = G.data.builds.find((b) => b.site === 'stated'); G.openPopup(b.id)")
    assert hostile in browser.text(".leaflet-popup-content")
    browser.run("G.chooseBuild(G.data.builds.find((b) => b.site === 'stated').id)")
    browser.run("document.body.append(...G.data.facilities.map((f) => G.popupOfFacility(f, false)))")
    assert browser.run("return document.querySelectorAll('img').length") == 0
    assert browser.run("return document.body.dataset.broken || ''") == ""
    assert browser.complaints() == []
    assert browser.requests() == []


def test_a_city_without_a_plan_is_told_of_today_alone(browser, tmp_path):
    import synthetic_plan

    from geoplan import maps

    plan = synthetic_plan.make_plan(synthetic_plan.small_city(), "school")
    maps.write(synthetic_plan.without_builds(plan), tmp_path)
    heads = "return [...document.querySelectorAll(arguments[0] + ' thead th')].map((n) => n.textContent)"
    widths = "return [...document.querySelectorAll('#districts tr')].map((row) => row.cells.length)"
    for language in known_languages():
        texts = load_texts(language)
        browser.open(tmp_path / f"school.html#lang={language}")
        shown = [texts(f"table.{name}") for name in ("district", "today", "left")]
        assert browser.run(heads, "#districts") == shown
        assert browser.run(heads, "#readings") == [texts("table.reading"), texts("table.today")]
        assert set(browser.run(widths)) == {3}
        told = browser.text("#panel")
        assert texts("people.same_years") not in told
        assert texts("gaps.note_best") not in told
        # What is printed does not speak of a first of several moments either.
        browser.run("window.dispatchEvent(new Event('beforeprint'))")
        assert browser.run("return document.getElementById('now').offsetParent") is None
        browser.run("window.dispatchEvent(new Event('afterprint'))")
    assert browser.complaints() == []
