"""One cell of the table: its text, its number, its years, and what kind of column it belongs to."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "AGENCIES", "COLUMNS", "COSTS", "GOALS", "KPIS", "LABELS", "NOTE", "PERIOD", "SOURCES", "TOTAL", "WINDOWS",
    "Cell", "make_cell", "plain", "years_of",
]  # fmt: skip

# Position in the published table -> name in projects.csv.
COLUMNS = (
    "project", "title", "agencies", "period",
    "y2022", "cost_2022", "y2023", "cost_2023", "y2024", "cost_2024", "y2025", "cost_2025", "y2026_2030",
    "cost_2026_2030", "cost_total", "cost_mb", "cost_rb", "cost_chi", "kpi_2025", "kpi_2030", "note",
)  # fmt: skip
LABELS = (
    "номер", "название", "исполнитель", "срок",
    "цель 2022", "финансирование 2022", "цель 2023", "финансирование 2023", "цель 2024", "финансирование 2024",
    "цель 2025", "финансирование 2025", "цель 2026-2030", "финансирование 2026-2030", "общий объем", "МБ", "РБ",
    "ЧИ", "показатель 2025", "показатель 2030", "примечание",
)  # fmt: skip
AGENCIES, PERIOD, TOTAL, NOTE = 2, 3, 14, 20
GOALS = (4, 6, 8, 10, 12)
COSTS = (5, 7, 9, 11, 13)
SOURCES = (15, 16, 17)
KPIS = (18, 19)
# First and last year of each goal or cost column, and of the two indicators (up to then).
WINDOWS = {
    **{4 + i: (2022 + i // 2, 2022 + i // 2) for i in range(8)},
    12: (2026, 2030),
    13: (2026, 2030),
    18: (2022, 2025),
    19: (2026, 2030),
}

_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|\*\*")
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_MONEY = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_YEARS = re.compile(r"(20[1-4]\d)(?: ?[-–—] ?(20[1-4]\d))?(?: ?г{1,2}\.?| ?год[ы]?)?")
_REMARK = re.compile(r"финансир|стоимост|бюджет", re.IGNORECASE)
_AGENCY = re.compile(r"(?:У[А-ЯЁ][А-ЯЁа-яё]{0,4}|[Аа]ким\w*|МЗ РК|ДП|ДК[А-ЯЁа-яё]+)(?![А-ЯЁа-яё])")
_BLANK = {"", "-", "–", "—"}


class Cell(NamedTuple):
    """A cell that holds something: where it was published, its text, its kind and its number or years."""

    at: int
    text: str
    kind: str
    number: float
    years: tuple[int, int] | None


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return `text` without bold tags and with single spaces."""
    return _SPACES.sub(" ", _TAGS.sub("", text)).strip()


def years_of(text: str) -> tuple[int, int] | None:
    """Return the first and last year of '2023-2030' or '2023', None for anything else."""
    match = _YEARS.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return (first, last) if first <= last else None


@lru_cache(maxsize=16384)
def make_cell(at: int, raw: str) -> Cell | None:
    """Return the cell published at position `at`, None if it is blank.

    Its kind is one of money, year (a number that may be a period), period, remark (words about money), agency, text.
    """
    text = plain(raw)
    if text in _BLANK:
        return None
    years = years_of(text)
    if _MONEY.fullmatch(text):
        number = float(text.replace(" ", "").replace(",", "."))
        return Cell(at, text, "year" if years else "money", number, years)
    if years:
        return Cell(at, text, "period", 0.0, years)
    kind = "remark" if _REMARK.search(text) else "agency" if _AGENCY.match(text) else "text"
    return Cell(at, text, kind, 0.0, None)
