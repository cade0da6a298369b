"""The document line by line: header blocks, headings, numbered rows, totals, and what is none of these."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.roadmap._cells import AGENCIES, GOALS, LABELS, SOURCES, Cell, make_cell, plain

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Document", "Row", "split_lines"]

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.?")
_TOTAL = re.compile(r"итого|всего", re.IGNORECASE)
_YEAR_LABELS = ("2022", "2023", "2024", "2025", "2026-2030")
_WORDS = re.compile(r"\w+")


@dataclass
class Row:
    """A numbered row or a row of totals, as published."""

    line: int
    number: str
    title: str
    cells: list[Cell]
    section: str
    block: int
    width: int
    parent: str = ""
    period: tuple[int, int] | None = None
    drift: int = (
        0  # columns by which the title itself had moved; the cells after it most likely moved with it
    )

    @property
    def depth(self) -> int:
        """How many numbers the row's number has; 0 for totals."""
        return self.number.count(".") + 1 if self.number else 0


@dataclass
class Document:
    """What the lines held: rows, totals and (project, line, kind, message) findings."""

    rows: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)
    findings: list[tuple[str, int, str, str]] = field(default_factory=list)


def split_lines(text: str, path: Path) -> Document:
    """Sort the lines of a roadmap document.

    Parameters
    ----------
    text
        The whole document, tab-separated.
    path
        Where it came from, for messages.

    Returns
    -------
    Document
        Rows in the order of the document; a line that is neither row, heading, header nor footnote is a finding.

    Raises
    ------
    InputError
        If no header block is found, a header names other years, or no numbered row follows.
    """
    document = Document()
    block, section = 0, ""
    for line, raw in enumerate(text.split("\n"), 1):
        parts = raw.split("\t")
        first = plain(parts[0])
        filled = sum(1 for part in parts if plain(part))
        if not filled:
            continue
        if first.startswith("№") and any(plain(part).startswith("Наименование") for part in parts):
            _check_header(parts, line, path)
            block += 1
            continue
        if block == 0 or first.startswith(("*", "\\*")):
            continue
        if _NUMBER.fullmatch(first):
            if not _is_numbering(parts):
                document.rows.append(_row(parts, line, section, block))
        elif first and filled == 1 and (len(parts) > 1 or "<b>" in raw) and not _TOTAL.match(first):
            section = first
        elif _TOTAL.match(first):
            document.totals.append(_row(parts, line, section, block))
        elif not first and _is_subheader(parts):
            _check_subheader(parts, line, document)
        else:
            message = f"Строка не прочитана: в ней нет номера проекта («{first[:60] or plain(raw)[:60]}»)."
            document.findings.append(("", line, "unread", message))
    if block == 0:
        msg = f"{path}: no header block: no line starts with «№» and «Наименование проекта»"
        raise InputError(msg)
    if not document.rows:
        msg = f"{path}: a header block but no numbered row below it"
        raise InputError(msg)
    _number_rows(document)
    return document


def _row(parts: list[str], line: int, section: str, block: int) -> Row:
    """Read one row; a title pushed on by empty cells is brought back."""
    first = plain(parts[0])
    is_project = _NUMBER.fullmatch(first) is not None
    cells = [cell for at, part in enumerate(parts) if at >= 1 and (cell := make_cell(at, part))]
    title, drift = first, 0
    if is_project:
        title = ""
        if cells and (cells[0].at == 1 or (cells[0].at == AGENCIES and cells[0].kind == "text")):
            title, drift = cells[0].text, 1 - cells[0].at
            cells = cells[1:]
    number = first.rstrip(".") if is_project else ""
    return Row(line, number, title, cells, section, block, len(parts), drift=drift)


def _is_numbering(parts: list[str]) -> bool:
    """Tell the line 1, 2, 3 … 21 under a header from a row."""
    values = [plain(part) for part in parts if plain(part)]
    return len(values) > 2 and values == [str(i + 1) for i in range(len(values))]


def _is_subheader(parts: list[str]) -> bool:
    return any(plain(part) == "Цель" for part in parts)


def _check_header(parts: list[str], line: int, path: Path) -> None:
    years = [match[0] for part in parts if (match := re.match(r"20\d\d(?:-20\d\d)?(?= год)", plain(part)))]
    if tuple(years) != _YEAR_LABELS:
        found = ", ".join(years) or "no years"
        msg = f"{path}: line {line}: the header names {found}, a roadmap has {', '.join(_YEAR_LABELS)}"
        raise InputError(msg)


def _check_subheader(parts: list[str], line: int, document: Document) -> None:
    """Report a second header line whose captions do not stand over their columns."""
    wrong = []
    for at, part in enumerate(parts):
        words = _WORDS.findall(plain(part))
        if not words:
            continue
        expected = {
            **dict.fromkeys(GOALS, "Цель"),
            **dict(zip(SOURCES, ("МБ", "РБ", "ЧИ"), strict=True)),
        }.get(at)
        if (expected and words[0] != expected) or (not expected and words[0] in {"МБ", "РБ", "ЧИ", "Цель"}):
            wrong.append(plain(part))
    if wrong:
        names = ", ".join(f"«{name}»" for name in wrong)
        message = f"Подписи второй строки шапки стоят не над своими столбцами: {names}; столбцы взяты по первой строке."
        document.findings.append(("", line, "header", message))


def _number_rows(document: Document) -> None:
    """Give each row its parent; report numbers that repeat or have no parent, and rows without a title or tail."""
    seen: dict[str, int] = {}
    known = {row.number for row in document.rows}
    for row in document.rows:
        above = row.number.rpartition(".")[0]
        row.parent = above if above in known else ""
        add = document.findings.append
        if above and not row.parent:
            add(
                (
                    row.number,
                    row.line,
                    "number",
                    f"Нет строки {above}, к которой относится проект {row.number}.",
                )
            )
        if row.number in seen:
            add(
                (row.number, row.line, "number", f"Номер {row.number} уже стоит в строке {seen[row.number]}.")
            )
        seen.setdefault(row.number, row.line)
        if not row.title:
            add((row.number, row.line, "truncated", "У строки нет названия проекта."))
        if row.width < len(LABELS):
            message = f"Строка короче шапки: ячеек {row.width} из {len(LABELS)}."
            add((row.number, row.line, "truncated", message))
