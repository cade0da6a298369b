"""The overview in a browser: languages, what a keyboard reaches, print, and how fast it is ready."""

import re

import pytest

from geoplan.maps._texts import load_texts

SECTIONS = ["years", "gaps", "golden", "promises", "statuses", "audit", "basis", "files"]
HEADINGS = {
    "charts": "#years h2", "matrix": "#gaps h2", "promises": "#promises h2", "audit": "#audit h2",
    "assumptions": "#basis > div + div h2", "data": "#files h2",
}  # fmt: skip

# Figures of the heat table that reach out of their cell, names of services that run into the one before.
SPILT = """
const box = (part) => {
  const words = document.createRange();
  words.selectNodeContents(part);
  return words.getBoundingClientRect();
};
const wide = (part) => box(part).width > part.parentElement.clientWidth;
const cells = [...document.querySelectorAll("#matrix td > *")].filter(wide);
const names = [...document.querySelectorAll(".top nav a")];
const met = names.slice(1).filter((name, k) => box(name).left - box(names[k]).right < 4);
return [...cells, ...met].map((part) => part.textContent);
"""


@pytest.fixture(scope="module")
def index(pages):
    return pages / "index.html"


def test_every_section_is_there_and_nothing_is_asked_for(browser, index):
    browser.open(index)
    shown = browser.run("return [...document.querySelectorAll('section[id]')].map((n) => n.id)")
    assert [name for name in SECTIONS if name not in shown] == []
    assert browser.requests() == []
    assert browser.complaints() == []
    assert index.stat().st_size <= 1_500_000


def test_the_documents_promises_stand_there(browser, index):
    browser.open(index)
    said = re.sub(r"\s", " ", browser.text("#promises"))
    for figure in ("300 тыс. чел.", "5 000 мест", "3 000 мест", "97 %", "99 %", "12 222 школьника"):
        assert figure in said, figure
    assert said.count("Не вычислимо") == 6


def test_language_changes_every_section_and_no_text_is_left_over(browser, index):
    browser.open(index)
    for language in ("kk", "en"):
        browser.run("G.setLanguage(arguments[0])", language)
        texts = load_texts(language)
        for key, selector in HEADINGS.items():
            assert browser.text(selector) == texts(f"index.{key}")
        assert browser.run(SPILT) == []
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    left = browser.run(
        "return [...document.querySelectorAll('main *')].filter((n) => !n.closest('[lang=ru]') && !n.children.length)"
        ".map((n) => n.textContent).filter((text) => /[а-яё]{3}/i.test(text))"
    )
    # words of the document in quotes, and the orders cited by their number, are in their own letters
    left = [text for text in left if re.search("[а-яё]{3}", re.sub("“[^”]*”", "", text), re.IGNORECASE)]
    assert [text for text in left if not re.search("ҚР ДСМ|СП РК", text)] == []
    browser.run("G.setLanguage('ru')")


def test_tables_behind_the_charts_open_from_the_keyboard(browser, index):
    from selenium.webdriver.common.keys import Keys

    browser.open(index)
    summary = browser.driver.find_element("css selector", "figure[data-chart=school] summary")
    summary.send_keys(Keys.ENTER)
    assert browser.run("return document.querySelector('figure[data-chart=school] details').open")
    rows = browser.run("return document.querySelectorAll('figure[data-chart=school] tbody tr').length")
    assert rows >= 5
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")


def test_links_to_files_lead_to_files_that_are_there(browser, index):
    browser.open(index)
    links = browser.run(
        "return [...document.querySelectorAll('#files a')].map((n) => n.getAttribute('href'))"
    )
    assert "data/findings.csv" in links
    assert [link for link in links if not (index.parent / link).is_file()] == []


def test_it_prints_on_white_sheets_without_what_only_a_screen_can_use(browser, index):
    browser.open(index)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    hidden = browser.run(
        "return ['.top', '.pickers', '#files', '.answer .button'].map((s) =>"
        " getComputedStyle(document.querySelector(s)).display)"
    )
    assert set(hidden) == {"none"}
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    import base64

    pdf = base64.b64decode(
        browser.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
    )
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 9
