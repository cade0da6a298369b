"""The document line by line: header blocks, headings, numbered rows, totals, and what is none of these."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan.errors import InputError
from geoplan.roadmap._cells import AGENCIES, LABELS, Cell, make_cell, plain
from geoplan.roadmap._header import (
    check_subheader,
    is_header,
    is_numbering,
    is_subheader,
    layout_of,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Document", "Row", "split_lines"]

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*\.?")
_TOTAL = re.compile(r"итого|всего", re.IGNORECASE)
_FOOTNOTE = ("*", "\\*")


@dataclass
class Row:
    """A numbered row or a row of totals, as published."""

    line: int
    number: str
    title: str
    cells: list[Cell]
    section: str
    block: int
    published: list[str]  # every cell of the line as published, blank ones too
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


def split_lines(lines: list[tuple[int, list[str]]], path: Path) -> Document:
    """Sort the lines of a roadmap document.

    Parameters
    ----------
    lines
        Number and cells of each line of the whole document.
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
    layout: dict[int, int] = {}
    for line, parts in lines:
        first = plain(parts[0])
        filled = sum(1 for part in parts if plain(part))
        if is_header(parts):
            layout = layout_of(parts, line, path)
            block += 1
            continue
        if block == 0 or not filled or is_numbering(parts):
            continue
        if first.startswith(_FOOTNOTE):
            note = first.lstrip("\\* ")
            document.findings.append(("", line, "footnote", f"Сноска документа: «{note}»."))
        elif _NUMBER.fullmatch(first):
            document.rows.append(_row(parts, line, section, block, layout))
        elif first and filled == 1 and (len(parts) > 1 or "<b>" in parts[0]) and not _TOTAL.match(first):
            section = first
        elif _TOTAL.match(first):
            document.totals.append(_row(parts, line, section, block, layout))
        elif not first and is_subheader(parts):
            document.findings += check_subheader(parts, line, layout)
        else:
            document.findings.append(("", line, "unread", _unread(parts)))
    if block == 0:
        msg = f"{path}: no header block: no line starts with «№» and «Наименование проекта»"
        raise InputError(msg)
    if not document.rows:
        msg = f"{path}: a header block but no numbered row below it"
        raise InputError(msg)
    _drop_repeated(document)
    _number_rows(document)
    return document


def _unread(parts: list[str]) -> str:
    told = plain(parts[0])[:60] or plain(" ".join(parts))[:60]
    return f"Строка не прочитана: в ней нет номера проекта («{told}»)."


def _row(parts: list[str], line: int, section: str, block: int, layout: dict[int, int]) -> Row:
    """Read one row; a title pushed on by empty cells is brought back."""
    first = plain(parts[0])
    is_project = _NUMBER.fullmatch(first) is not None
    cells = [
        cell
        for at, part in enumerate(parts)
        if at >= 1 and (cell := make_cell(layout.get(at, at), part)) is not None
    ]
    title, drift = first, 0
    if is_project:
        title = ""
        if cells and (cells[0].at == 1 or (cells[0].at == AGENCIES and cells[0].kind == "text")):
            title, drift = cells[0].text, 1 - cells[0].at
            cells = cells[1:]
    number = first.rstrip(".") if is_project else ""
    return Row(line, number, title, cells, section, block, parts, drift=drift)


def _drop_repeated(document: Document) -> None:
    """Leave out rows that repeat an earlier one cell for cell."""
    seen: dict[tuple[str, ...], int] = {}
    kept: list[Row] = []
    for row in document.rows:
        words = (row.number, row.title, *(cell.text for cell in row.cells))
        if words in seen:
            message = (
                f"Номер {row.number} уже стоит в строке {seen[words]}, строка повторена целиком: "
                f"второй раз не прочитана."
            )
            document.findings.append((row.number, row.line, "number", message))
        else:
            seen[words] = row.line
            kept.append(row)
    document.rows = kept


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
        if len(row.published) < len(LABELS):
            message = f"Строка короче шапки: ячеек {len(row.published)} из {len(LABELS)}."
            add((row.number, row.line, "truncated", message))
