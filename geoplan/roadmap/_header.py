"""The header lines of a block: which published column is which."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.roadmap._cells import AGENCIES, GOALS, KPIS, NOTE, PERIOD, SOURCES, TOTAL, plain

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_subheader", "is_header", "is_numbering", "is_subheader", "layout_of"]

_YEAR_LABELS = ("2022", "2023", "2024", "2025", "2026-2030")
_YEAR = re.compile(r"20\d\d(?: ?[-–] ?20\d\d)?(?= год)")
_WORDS = re.compile(r"\w+")
# First words of the captions -> the column they stand over.
_CAPTIONS = (
    ("наименование", 1), ("ответственный", AGENCIES), ("исполнитель", AGENCIES), ("срок", PERIOD),
    ("общий", TOTAL), ("источник", SOURCES[0]), ("достижение", KPIS[0]), ("цель", KPIS[0]), ("показател", KPIS[0]),
    ("описание", NOTE), ("примечани", NOTE),
)  # fmt: skip
_MARGIN = 6  # columns beyond the last caption that a layout still moves
_BELOW = {
    **dict.fromkeys(GOALS, "Цель"),
    **dict(zip(SOURCES, ("МБ", "РБ", "ЧИ"), strict=True)),
    **dict(zip(KPIS, ("2025", "2030"), strict=True)),
}


def is_header(parts: list[str]) -> bool:
    """Tell whether a line is the first line of a header block."""
    return plain(parts[0]).startswith("№") and any(plain(part).startswith("Наименование") for part in parts)


def is_subheader(parts: list[str]) -> bool:
    """Tell whether a line is the second line of a header block."""
    return any(plain(part) == "Цель" for part in parts)


def is_numbering(parts: list[str]) -> bool:
    """Tell the line 1, 2, 3 … 21 under a header from a row."""
    values = [plain(part) for part in parts if plain(part)]
    if len(values) <= 2 or not all(value.isdecimal() and len(value) < 3 for value in values):
        return False
    return sorted(map(int, values)) == list(range(1, len(values) + 1))


def layout_of(parts: list[str], line: int, path: Path) -> dict[int, int]:
    """Read which column of a roadmap each published column is.

    Parameters
    ----------
    parts
        The cells of the first header line.
    line, path
        Where it stands, for messages.

    Returns
    -------
    dict
        Published position -> column, for the positions that are not their own column. A caption stands over its column
        and those up to the next caption.

    Raises
    ------
    InputError
        If the header does not name the five spans of years.
    """
    texts = [plain(part) for part in parts]
    years = [
        (at, re.sub(r" ?[-–] ?", "-", match[0]))
        for at, text in enumerate(texts)
        if (match := _YEAR.match(text))
    ]
    if tuple(year for _, year in years) != _YEAR_LABELS:
        found = ", ".join(year for _, year in years) or "no years"
        msg = f"{path}: line {line}: the header names {found}, a roadmap has {', '.join(_YEAR_LABELS)}"
        raise InputError(msg)
    over = {at: GOALS[_YEAR_LABELS.index(year)] for at, year in years}
    for at, text in enumerate(texts):
        column = next((column for word, column in _CAPTIONS if text.lower().startswith(word)), None)
        if column is not None and column not in over.values() and at not in over:
            over[at] = column
    layout: dict[int, int] = {}
    shift = 0
    for at in range(1, len(parts) + _MARGIN):
        if at in over:
            shift = over[at] - at
        if shift:
            layout[at] = at + shift
    return layout


def check_subheader(parts: list[str], line: int, layout: dict[int, int]) -> list[tuple[str, int, str, str]]:
    """Report a second header line whose captions do not stand over their columns, or lack."""
    wrong, met = [], set()
    for at, part in enumerate(parts):
        words = _WORDS.findall(plain(part))
        if not words:
            continue
        expected = _BELOW.get(layout.get(at, at))
        met.add(words[0])
        if words[0] != expected and (expected or words[0] in _BELOW.values()):
            wrong.append(plain(part))
    missing = [word for word in dict.fromkeys(_BELOW.values()) if word not in met]
    if not wrong and not missing:
        return []
    told = []
    if wrong:
        told.append(f"стоят не над своими столбцами: {', '.join(f'«{name}»' for name in wrong)}")
    if missing:
        told.append(f"нет: {', '.join(f'«{name}»' for name in missing)}")
    message = f"Подписи второй строки шапки {'; '.join(told)}. Столбцы взяты по первой строке."
    return [("", line, "header", message)]
