import json
import re
from dataclasses import replace
from importlib import resources

import pytest
import synthetic_plan

from geoplan._shipped import shipped_layers
from geoplan.errors import InputError
from geoplan.maps._choice import CHOICE_TEXT_PARTS
from geoplan.maps._languages import Words, load_languages
from geoplan.maps._payload import TEXT_PARTS
from geoplan.maps._texts import known_languages, load_texts

PACKAGE = resources.files("geoplan.maps")
TEXTS = load_texts("ru")
SECTIONS = {key.split(".")[0] for key in TEXTS.strings}
ENDINGS = {"js", "csv", "gpkg", "html", "css", "toml", "json"}


def sources():
    """Name and text of every module, script and template."""
    for folder in (PACKAGE, PACKAGE / "assets"):
        for item in sorted(folder.iterdir(), key=lambda item: item.name):
            if item.name.endswith((".py", ".js", ".html")):
                yield item.name, item.read_text(encoding="utf-8")


def keys_in(text):
    """Keys written out in full, and the beginnings of keys put together while running."""
    text = re.sub(r"TEXT_PARTS = \(.*?\)", "", text, flags=re.DOTALL)
    found = re.findall(r"""["']([a-z_]+\.[a-z_.]*)(?=["'{])""", text)
    found = [key for key in found if key.split(".")[0] in SECTIONS and key.split(".")[-1] not in ENDINGS]
    begun = {key for key in found if key.endswith((".", "_"))}
    begun |= {key for key in found if re.search(rf"""["']{re.escape(key)}\{{""", text)}
    return set(found) - begun, begun


def test_every_key_in_use_has_a_text():
    for name, text in sources():
        written, begun = keys_in(text)
        assert written <= set(TEXTS.strings), name
        for start in begun:
            assert any(key.startswith(start) for key in TEXTS.strings), (name, start)


def test_every_text_is_in_use():
    written, begun = set(), set()
    for _, text in sources():
        here = keys_in(text)
        written |= here[0]
        begun |= here[1]
    unused = {key for key in TEXTS.strings if key not in written and not key.startswith(tuple(begun))}
    assert unused == set()


def test_the_scripts_are_given_every_text_they_ask_for():
    for name, text in sources():
        if name.endswith(".js"):
            written, begun = keys_in(text)
            assert {
                key for key in written | begun if not key.startswith(TEXT_PARTS + CHOICE_TEXT_PARTS)
            } == set(), name


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("precision", "address intersection street landmark microdistrict district city none"),
        ("site", "stated register proposed none existing closed private"),
        ("sign", "stated register proposed existing closed"),
        ("action", "new annex replacement renovation conversion"),
        ("kind", "school annex kindergarten polyclinic ambulatory substation"),
        ("capacity", "seats visits_per_shift beds"),
        ("opens_basis", "stated end_of_period allocated"),
        ("owner", "state memorandum private"),
        ("basis", "norm convention assumption"),
        ("reading", "response drive network straight"),
        ("view", "proposed placed private"),
        ("view_hint", "proposed placed private"),
        ("phase", "before after change swipe"),
        ("search", "district microdistrict build facility"),
    ],
)
def test_every_word_the_tables_may_hold_has_a_text(family, values):
    assert {f"{family}.{value}" for value in values.split()} <= set(TEXTS.strings)


def test_all_services_have_the_same_texts():
    fields = {
        name: {key.split(".")[2] for key in TEXTS.strings if key.startswith(f"service.{name}.")}
        for name in synthetic_plan.SERVICES
    }
    assert len(set(map(frozenset, fields.values()))) == 1
    assert {f"legend.title_{name}" for name in synthetic_plan.SERVICES} <= set(TEXTS.strings)


def test_no_russian_outside_the_text_table():
    for name, text in sources():
        assert not re.search("[А-Яа-яЁё]", text), name


PLACE = re.compile(r"\{(\w+)\}")
# Visible words written straight into a template or handed to a node by a script.
MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r"""(?:text|"aria-label"|title|placeholder):\s*"(?![a-z_]+\.)[^"]*[A-Za-z]{2}""")


def test_the_pages_speak_three_languages_russian_first():
    assert known_languages() == ["ru", "kk", "en"]
    assert load_languages().language == "ru"


@pytest.mark.parametrize("language", ["kk", "en"])
def test_every_language_holds_the_same_keys_and_places_for_values(language):
    other = load_texts(language)
    assert set(other.strings) == set(TEXTS.strings)
    for key, text in TEXTS.strings.items():
        assert set(PLACE.findall(other.strings[key])) == set(PLACE.findall(text)), key


def test_every_counted_noun_has_the_forms_of_its_language():
    counted = {key for key, text in TEXTS.strings.items() if "|" in text} - {
        "plural.forms",
        "district.foreign_name",
    }
    for language in known_languages():
        texts = load_texts(language)
        forms = texts("plural.forms").count("|")
        assert {key for key in counted if texts.strings[key].count("|") != forms} == set(), language


def test_kazakh_and_english_are_not_russian_left_over():
    for language in ("kk", "en"):
        texts = load_texts(language)
        for key, text in texts.strings.items():
            # One word may be the same in both: норма.
            assert text != TEXTS.strings[key] or len(re.findall("[а-яё]{4,}", text, re.IGNORECASE)) < 2, (
                language,
                key,
            )
    english = load_texts("en").strings
    cyrillic = {key for key, text in english.items() if re.search("[А-яЁё]", text)}
    assert {
        key for key in cyrillic if not key.startswith(("language.", "district.foreign", "search.alike"))
    } == set()


def test_no_word_mixes_letters_of_two_scripts():
    for language in known_languages():
        texts = load_texts(language)
        for key, text in (texts.strings | texts.translations).items():
            for word in re.findall(r"[^\W\d_]+", text):
                assert not (re.search("[A-Za-z]", word) and re.search("[\u0400-\u04ff]", word)), (
                    language,
                    key,
                    word,
                )


# A thing has one name; these once stood for things that have another: an assumption, a block, random draws, capacity.
OTHER_NAMES = {
    "болжам": "жорамал",
    "квартал": "орам",
    "есептеулер": "орналастырулар",
    "сыйымдылы": "қуаты",
}
# An ending follows the sound of the number before it: behind a value only per cent, or a noun.
ENDINGS_OF_VALUES = {("spread", "ы"), ("share", "ы"), ("project", "т"), ("line", "жол")}


def test_kazakh_has_one_name_for_a_thing_and_endings_that_fit_every_number():
    texts = load_texts("kk")
    for key, text in (texts.strings | texts.translations).items():
        assert [name for name in OTHER_NAMES if name in text.lower()] == [], key
        endings = re.findall(r"\{(\w+)\}-([а-яәғқңөұүһі]{1,3})(?![а-яәғқңөұүһі])", text)
        assert set(endings) <= ENDINGS_OF_VALUES, key
        # A date is put into words: "2024 жылғы қазан" takes its ending on the month.
        assert not re.search(r"\d{4}-\d\d(-\d\d)? (дейін|кейін|бастап)", text), key


def test_kazakh_translates_what_russian_does():
    assert set(load_texts("kk").translations) == set(TEXTS.translations)


def test_no_word_is_written_into_a_template_or_a_script():
    for name, text in sources():
        if name.endswith(".html"):
            assert not re.search(r"[^\W\d_]{2}", re.sub(r"\.\w+", "", MARKUP.sub("", text))), name
        if name.endswith(".js"):
            assert not SPOKEN.search(text), name


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [("ru", 1, "a"), ("ru", 21, "a"), ("ru", 2, "b"), ("ru", 104, "b"), ("ru", 5, "c"), ("ru", 11, "c"), ("ru", 112, "c"),
     ("ru", 2.5, "d"), ("en", 1, "a"), ("en", 2, "b"), ("en", 21, "b"), ("en", 1.5, "b"), ("kk", 1, "a"), ("kk", 5, "a")],
)  # fmt: skip
def test_a_number_takes_the_form_its_language_asks_for(language, count, expected):
    forms = load_texts(language)("plural.forms").count("|") + 1
    texts = replace(
        load_texts(language), strings=load_texts(language).strings | {"x": "|".join("abcd"[:forms])}
    )
    assert texts.plural("x", count) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ru", "1\u00a0февраля 2026 и март 2024"), ("kk", "2026 жылғы 1\u00a0ақпан и 2024 жылғы наурыз"),
     ("en", "1\u00a0February 2026 и March 2024")],
)  # fmt: skip
def test_dates_are_written_as_each_language_does(language, expected):
    assert load_texts(language).dated("2026-02-01 и 2024-03") == expected


def test_numbers_are_written_as_each_language_does():
    words = load_languages().number(-1234567.25, 1)
    assert words.as_dict() == {
        "ru": "\u22121\u202f234\u202f567,3", "kk": "\u22121\u202f234\u202f567,3", "en": "\u22121,234,567.3",
    }  # fmt: skip


def test_words_in_several_languages_are_no_string():
    with pytest.raises(TypeError):
        f"{load_languages()('nav.skip')}"


def test_words_are_escaped_in_text_and_attribute():
    hostile = "<b>'\"&"
    words = Words({"ru": hostile, "en": hostile})
    for markup in (words.__html__(), str(words.attribute("title"))):
        assert "<b>" not in markup
        assert hostile not in markup


def test_the_origins_of_the_shipped_layers_are_translated():
    package = json.loads((shipped_layers() / "almaty" / "datapackage.json").read_text(encoding="utf-8"))
    shown = [r for r in package["resources"] if f"sources.{r['path'].split('.')[0]}" in TEXTS.strings]
    assert shown
    words = [source["title"] for resource in shown for source in resource["sources"]]
    words += [resource["vintage"] for resource in shown if re.search("[A-Za-z]", resource["vintage"])]
    assert {word for word in words if TEXTS.translate(word) == word} == set()


def test_an_unknown_language_is_told_with_those_there_are():
    with pytest.raises(InputError, match=r"'fr'.*ru"):
        load_texts("fr")


def test_a_missing_key_is_told():
    with pytest.raises(InputError, match=r"panel\.nothing"):
        TEXTS("panel.nothing")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXTS.number(1234567.0), "1\u202f234\u202f567"),
        (TEXTS.number(-12.34, 1), "\u221212,3"),
        (TEXTS.number(-0.04, 1), "0,0"),
        (TEXTS.number(34.25, 1), "34,3"),
        (TEXTS.number(-34.25, 1), "\u221234,3"),
        (TEXTS.percent(0.4567), "45,7\u202f%"),
        (TEXTS.percent(float("nan")), "нет данных"),
        (TEXTS.points(0.0321), "+3,2\u00a0п.\u202fп."),
        (TEXTS.points(-0.0001), "0,0\u00a0п.\u202fп."),
        (TEXTS.count(1_234_567), "1,23\u00a0млн"),
        (TEXTS.count(187_345), "187\u00a0тыс."),
        (TEXTS.count(12_345), "12,3\u00a0тыс."),
        (TEXTS.people(3_254), "3\u202f250\u00a0чел."),
    ],
)
def test_numbers_are_written_as_russian_writes_them(text, expected):
    assert text == expected
