"""The texts of the standards: every unit and source in every language, with the same figures, and no other's."""

import re

import pytest

from geoplan._shipped import shipped_layers
from geoplan.report.standards import standards_table, translation
from geoplan.standards import load_standards

SHIPPED = standards_table(load_standards())
SOURCES = set(SHIPPED["source"])
UNITS = set(SHIPPED["unit"]) - {""}
LANGUAGES = ("ru", "kk")


def figures(text):
    """The numbers of a text, whatever its marks between thousands and before decimals, and its form of a date."""
    text = re.sub(r"(\d\d)\.(\d\d)\.(\d{4})", r"\3-\2-\1", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))|(?<=\d)[\u202f\u00a0](?=\d{3}(?!\d))", "", text)
    return sorted(re.findall(r"\d+(?:\.\d+)*", re.sub(r"(?<=\d),(?=\d)", ".", text)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_unit_and_source_of_the_shipped_standards_is_translated_and_no_other(language):
    words = translation(language)
    assert set(words.sources) == SOURCES
    assert set(words.units) == UNITS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_source_holds_the_figures_of_the_english_one(language):
    for english, text in translation(language).sources.items():
        assert figures(text) == figures(english), english


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.27-1.46 m/s", "1,27–1,46 м/с", True), ("350,000 on 2025-09-01", "350\u202f000 на 01.09.2025", True),
        ("350,000", "350\u202f000", True), ("350,000", "350", False), ("1.2", "12", False), ("15 ha", "51 га", False),
    ],
)  # fmt: skip
def test_figures_are_compared_by_their_digits(one, other, same):
    assert (figures(one) == figures(other)) is same


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_in_its_language(language):
    words = translation(language)
    marks = {"ru": "[ыэёщ]", "kk": "[әғқңөұүі]"}[language]
    for english, text in words.sources.items():
        assert re.search("[а-яёәғқңөұүһі]{4}", text), english
        for word in re.findall(r"[^\W\d_]+", text):
            assert not (re.search("[A-Za-z]", word) and re.search("[\u0400-\u04ff]", word)), (english, word)
    assert sum(bool(re.search(marks, text)) for text in words.sources.values()) > 0.7 * len(SOURCES)
    other = {"ru": "[әғқңөұүһі]", "kk": "[ёщ]"}[language]
    assert [text for text in words.sources.values() if re.search(other, text)] == []


def test_kazakh_has_one_name_for_a_thing():
    for text in translation("kk").sources.values():
        assert not re.search("болжам|квартал|сыйымдылы|есептеулер", text.lower()), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_unit_has_the_forms_of_its_language(language):
    words = translation(language)
    for text in words.units.values():
        assert text.count("|") in {0, len(words.forms) - 1}, text


@pytest.mark.parametrize(
    ("value", "expected"), [(200.0, "розыгрышей"), (21.0, "розыгрыш"), (2, "розыгрыша"), (0.5, "розыгрыша")]
)
def test_a_unit_takes_the_form_its_number_asks_for(value, expected):
    assert translation("ru").unit("draws", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4.8, "4,8"),
        (500.0, "500"),
        ("1, 0.68, 0.22", "1; 0,68; 0,22"),
        ("08:00-09:00", "08:00-09:00"),
        ("a, b", "a, b"),
    ],
)
def test_values_have_the_decimal_mark_of_the_language(value, expected):
    assert translation("ru").value(value) == expected
    assert translation("en").value(value) == str(value).removesuffix(".0")


def test_a_source_or_unit_that_was_changed_is_shown_as_written(tmp_path):
    path = tmp_path / "standards.toml"
    text = (shipped_layers() / "standards.toml").read_text(encoding="utf-8")
    for old, new in (
        ("Lower end of the range shown", "Lower end of the range"),
        ('unit = "ha"', 'unit = "hectares"'),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        table = standards_table(load_standards(path), language).set_index("entry")
        assert table.loc["draws.low", "source"] == "Lower end of the range"
        assert table.loc["quality.mend", "unit"] == "hectares"
        assert table.loc["draws.high", "source"] != "Upper end of the range shown"


def test_hours_of_a_day_have_no_unit():
    table = SHIPPED.set_index("entry")
    assert table.loc["times_of_day.drive.morning.hours", "unit"] == ""
    assert table.loc["times_of_day.drive.morning.primary", "unit"] == "share of free-flow speed"
