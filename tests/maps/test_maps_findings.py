"""What the audit says in the languages of the pages: figures and quotes kept, nothing else left in another language."""

import re
from pathlib import Path

import pytest

from geoplan.maps._audit import _WEIGHTY
from geoplan.maps._findings import said
from geoplan.maps._languages import load_languages
from geoplan.maps._texts import load_texts
from geoplan.roadmap import read_roadmap
from geoplan.roadmap._cells import LABELS
from geoplan.roadmap._facility import KIND_RU

TEXTS = load_languages()
SMALL = Path(__file__).resolve().parents[1] / "data" / "roadmap_small.txt"
QUOTES = re.compile("«[^»]*(?:«[^»]*»)*[^»]*»|“[^”]*”")
# As the audit of a document wrote them, one of each form.
MESSAGES = [
    "В столбце «финансирование 2026-2030» 2 434, а по подпроектам 2 184: разница 250 млн тг.",
    "Сумма по годам 1 600 не равна общему объему 4 900,5: разница 3 300,5 млн тг.",
    ("Сумма по источникам 750 не равна общему объему 1 000: разница 250 млн тг. Числа вне столбцов финансирования: "
     "1 650 в «цель 2025», 20 в «цель 2024»."),
    "«примечание» называет 1 725 детей, а по целям по годам 1 350 + 325 = 1 675.",
    ("«Итого по разделу «Качественное образование» города» В столбце «финансирование 2024» 207 935, "
        "а по программам раздела 206 284: разница "
     "1 651 млн тг."),
    ("«показатель 2025» называет 8820 студентов, а по целям к концу 2025 года 6 270; столько выходит за все годы: "
     "1 960 + 2 080 + 2 230 + 2 550 = 8 820."),
    "«показатель 2025»: объектов — 2, а по целям и сроку к концу 2025 года открывается 0.",
    "Цель называет: пристройки — 3; в скобках: школы — 1, пристройки — 2. Взято то, что в скобках.",
    "«показатель 2025»: поликлиники — 6, а объектов прочитано: по 2025 год включительно 24, после него 12.",
    "Название говорит о 3, цели по годам называют 2: остальные отнесены к концу срока.",
    "Название говорит о 3, цели по годам называют 4: взято число из названия.",
    "«снос 3 школ»: какие именно, документ не называет.",
    "Из 28 объектов 6 частные; какие именно, документ не называет.",
    "Что заменяет новый объект (мкр. Ерменсай), документ не называет.",
    "Что заменяет новый объект, документ не называет.",
    "Сумм нет, а по подпроектам общий объем 3 179 млн тг.",
    "Суммы по годам есть (1 350 млн тг), а общего объема нет.",
    "Общий объем 1 350 млн тг, сумм по источникам нет.",
    "«цель 2024» называет всего 16 кабинетов, а по целям до этого срока 15.",
    "«название» называет мощность 6,5 тыс., по целям объектов выходит 5 100, 6 200.",
    "«цель 2024» называет 1 100, а по подпроектам 500 + 500 = 1 000 (мест…).",
    "Число объектов (100 000) неправдоподобно: стройки не составлены.",
    "Стройки названы, но их число не указано ни в названии, ни в целях.",
]  # fmt: skip


def digits(text):
    """The digits of a text's numbers, whatever marks stand between them."""
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[ \u202f,.](?=\d)", "", text)))


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_told_in_every_language_with_its_figures(message):
    words = said(message, TEXTS)
    assert words["ru"] == message
    for language in ("kk", "en"):
        assert digits(words[language]) == digits(message)
        assert "{" not in words[language]
    assert not re.search("[А-яЁё]", QUOTES.sub("", words["en"]))
    assert not re.search(r"\b(а|по|в|не|называет|объектов|года|млн тг)\b", QUOTES.sub("", words["kk"]))


def test_every_form_of_a_message_is_tried():
    forms = set(load_texts("ru").part("said.")) - {"said.outside"}
    assert len(forms) == len(MESSAGES)


def test_what_the_audit_of_a_document_says_is_told_in_every_language():
    findings = read_roadmap(SMALL).findings
    told = findings[findings["kind"].isin(_WEIGHTY)]["message"]
    assert len(told) >= 3
    assert [message for message in told if said(message, TEXTS) is None] == []


def test_every_kind_of_facility_is_told():
    assert set(KIND_RU.values()) == set(load_texts("ru").part("said_kind.").values())


def test_every_column_of_the_document_is_told():
    words = set(load_texts("ru").part("said_column.").values())
    assert words == {re.sub(r" \d.*", "", label) for label in LABELS} | {"название программы"}
    assert said(MESSAGES[0], TEXTS)["en"].startswith("The column “funding 2026-2030” has 2,434")
    assert said("«столбец 25»: объектов — 2, а по целям и сроку к концу 2025 года открывается 0.", TEXTS)


def test_numbers_are_written_as_each_language_does():
    words = said(MESSAGES[1], TEXTS)
    assert "4,900.5" in words["en"]
    assert "4\u202f900,5" in words["kk"]


@pytest.mark.parametrize(
    "message",
    [
        "разница 250", "", "Цель называет: дворцы — 3; в скобках: школы — 1. Взято то, что в скобках.",
        "Сумма по месяцам 1 не равна общему объему 2: разница 1 млн тг.", "«" * 300 + "» " * 300,
        "«а» " * 5000, "«а» называет " * 70,
    ],
)  # fmt: skip
def test_a_message_of_another_form_is_not_translated(message):
    assert said(message, TEXTS) is None
