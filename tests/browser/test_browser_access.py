"""The pages for everyone: an accessibility checker, a printed page, hostile names, and pictures to look at."""

import base64
import os
import re
import time
from pathlib import Path

import pytest
import synthetic_plan

from geoplan import maps
from geoplan.maps._texts import load_texts

SERVICES = ["ambulance", "polyclinic", "school", "kindergarten"]
STATED = "const b = G.data.builds.find((b) => b.site === 'stated'); "
HANDLERS = """
return [...document.querySelectorAll("*")].flatMap((n) => n.getAttributeNames()).filter((a) => a.startsWith("on"));
"""
# Kept where the build is: a server hands them on, a reader looks at them.
PICTURES = Path(os.environ.get("GEOPLAN_PICTURES", Path(__file__).parents[2] / "build" / "pictures"))
HOSTILE = {
    "tag": '<img src=x onerror="document.body.dataset.broken=1">',
    "quotes": "\"'`&amp;</script><script>document.body.dataset.broken=1</script>",
    "turned": "\u202eabc\u2066\u200f def",
    "long": "\u0448\u043a\u043e\u043b\u0430" * 1000,
}


def picture(browser, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser.driver.save_screenshot(str(PICTURES / f"{name}-{browser.size}.png"))


@pytest.mark.parametrize("name", ["index", *SERVICES])
def test_the_checker_finds_no_serious_fault(browser, pages, name):
    browser.open(pages / f"{name}.html")
    browser.run(
        "document.querySelectorAll('details').forEach((d) => { if (d.id !== 'legend') d.open = true; })"
    )
    picture(browser, name)
    assert browser.serious() == []
    browser.complaints()


@pytest.mark.parametrize(
    ("state", "script"),
    [
        ("swipe", "G.set({phase: 'swipe'})"),
        ("build", STATED + "G.chooseBuild(b.id)"),
        ("step", "G.goTo(3)"),
        ("area", "G.chooseArea('alatau')"),
        ("gaps", "document.getElementById('gaps-on-map').click()"),
        (
            "popup",
            "const b = G.data.builds.find((b) => b.site === 'stated'); G.map.setView([b.lat, b.lon], 14); G.openPopup(b.id)",
        ),
        ("kazakh", "G.setLanguage('kk')"),
        ("english", "G.setLanguage('en')"),
    ],
)
def test_no_serious_fault_in_any_state(browser, pages, state, script):
    browser.open(pages / "ambulance.html")
    browser.run(script)
    browser.settle()
    picture(browser, f"ambulance-{state}")
    assert browser.serious() == []
    browser.complaints()
    browser.run("G.setLanguage('ru')")


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_service_prints_on_one_sheet(browser, pages, name, language):
    if browser.size == "phone":
        pytest.skip("paper has one size: printed from the desk alone")
    browser.open(pages / f"{name}.html#lang={language}")
    sheet = browser.driver.execute_cdp_cmd(
        "Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True}
    )
    paper = base64.b64decode(sheet["data"])
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES / f"{name}-{language}.pdf").write_bytes(paper)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    # After printing the page is as it was.
    assert browser.run("return document.body.classList.contains('printing')") is False
    assert browser.run("return document.querySelectorAll('canvas.still').length") == 0
    assert browser.complaints() == []
    browser.run("G.setLanguage('ru')")


def test_what_is_printed_holds_figures_map_colours_and_districts(browser, pages):
    if browser.size == "phone":
        pytest.skip("paper has one size: printed from the desk alone")
    browser.open(pages / "ambulance.html")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    seen = (
        "const box = (s) => document.querySelector(s).getBoundingClientRect();"
        "return Object.fromEntries(arguments[0].map((s) => [s, box(s).width * box(s).height]))"
    )
    parts = [
        ".brand strong", "h1", "#headline", ".folium-map", "#legend-classes", "#districts", ".basis", ".sources",
        ".notes .small",
    ]  # fmt: skip
    assert all(area > 0 for area in browser.run(seen, parts).values())
    gone = ["#search", "#slider", ".top nav", ".language", "#builds", "#gaps", ".leaflet-control-zoom"]
    assert not any(browser.run(seen, gone).values())
    ink = "const c = document.querySelector('.leaflet-cells-pane canvas.still'); return c.toDataURL().length"
    assert browser.run(ink) > 10_000
    browser.run("window.dispatchEvent(new Event('afterprint'))")


def test_all_is_reached_by_keys_and_the_focus_is_seen(browser, pages):
    from selenium.webdriver.common.keys import Keys

    browser.open(pages / "ambulance.html")
    met, seen = [], []
    for _ in range(40):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        met.append(browser.run("const a = document.activeElement; return a.id || a.name || a.className"))
        seen.append(
            browser.run(
                "const a = document.activeElement, own = getComputedStyle(a), next = a.nextElementSibling;"
                "const beside = next && a.type === 'radio' ? getComputedStyle(next) : own;"
                "return own.outlineStyle !== 'none' || beside.outlineStyle !== 'none'"
            )
        )
    for wanted in ("skip", "language", "play", "slider", "search"):
        assert wanted in met, met
    assert any(one.startswith("phase") for one in met)
    assert all(
        shown for one, shown in zip(met, seen, strict=True) if one not in ("", "panel", "map_ambulance")
    )


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_name_is_shown_as_text_everywhere(browser, tmp_path, kind):
    hostile = HOSTILE[kind]
    city = synthetic_plan.small_city()
    city.districts.loc["medeu", ["name_ru", "name_kk", "name_en"]] = hostile
    city.places.loc[0, "name"] = hostile
    city.streets.loc[0, "name"] = hostile
    city.package["resources"][0]["sources"] = [{"title": hostile}]
    maps.write(synthetic_plan.make_plan(city, "school", hostile=hostile), tmp_path)
    for name in ("index", "school"):
        browser.open(tmp_path / f"{name}.html")
        assert browser.run("return document.querySelectorAll('img').length") == 0
        assert browser.run("return document.body.dataset.broken || ''") == ""
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
        assert hostile[:200] in browser.run("return document.body.textContent")
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    browser.run(
        "const b = G.data.builds.find((b) => b.site === 'stated'); G.goTo(1); G.chooseBuild(b.id); G.openPopup(b.id)"
    )
    assert hostile in browser.text(".leaflet-popup-content")
    assert hostile in browser.text("#card")
    browser.run("G.closeBuild(); G.goTo(G.steps().length - 1)")
    time.sleep(0.6)  # the popup that was open fades away
    found = browser.run(
        "const f = G.data.facilities.find((f) => f.lon !== null && !f.closed); G.popupAt(f); return f.name"
    )
    assert browser.text(".leaflet-popup-content h3") == found
    box = browser.driver.find_element("id", "search")
    box.send_keys("\u0443\u0447\u0440\u0435\u0436\u0434\u0435\u043d\u0438\u0435")
    assert hostile[:200] in browser.text("#found")
    picture(browser, f"hostile-{kind}")
    # Nothing is pushed off the screen, nothing became an element, nothing was asked for.
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.run(
        "return [...document.querySelectorAll('.panel, .side')].every((n) => n.scrollWidth <= n.clientWidth + 1)"
    )
    assert browser.run("return document.querySelectorAll('img').length") == 0
    assert browser.run("return document.body.dataset.broken || ''") == ""
    assert browser.requests() == []
    assert browser.complaints() == []


def test_the_browser_itself_refuses_any_connection(browser, pages):
    browser.open(pages / "school.html")
    blocked = browser.driver.execute_async_script(
        "const done = arguments[0]; const seen = [];"
        "document.addEventListener('securitypolicyviolation', (e) => seen.push(e.effectiveDirective));"
        "const img = new Image(); img.src = 'https://example.org/a.png';"
        "fetch('https://example.org/').catch(() => 0); setTimeout(() => done(seen), 400);"
    )
    assert {"img-src", "connect-src"} <= set(blocked)
    browser.complaints()


def test_no_handler_is_written_into_the_markup(browser, pages):
    for name in ("index", "school"):
        browser.open(pages / f"{name}.html")
        assert browser.run(HANDLERS) == []
    assert load_texts("ru")("nav.skip") in browser.text(".skip")
