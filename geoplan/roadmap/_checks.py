"""Sums of money: years, sources, sub-projects, sections, block; cells moved, in doubt or outside their years."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import COSTS, GOALS, KPIS, LABELS, SOURCES, TOTAL, WINDOWS
from geoplan.roadmap._rows import priced
from geoplan.roadmap._typos import typos
from geoplan.roadmap.cells import ROUNDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geoplan.roadmap._rows import Aligned

__all__ = ["Finding", "check_rows", "check_totals", "million"]

Finding = tuple[str, int, str, str]  # project, line, kind, message
_MONEY = (*COSTS, TOTAL, *SOURCES)
_SHOWN = 40  # characters of a cell that a message quotes


def million(value: float) -> str:
    """Return a sum as the document writes it: '1 350', '39,5'."""
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", " ").replace(".", ",")


def check_rows(rows: list[Aligned]) -> list[Finding]:
    """Return the findings of every row, in the order of the document."""
    children: dict[str, list[Aligned]] = {}
    for row in rows:
        if row.row.parent:
            children.setdefault(row.row.parent, []).append(row)
    found: list[Finding] = []
    for row in rows:
        messages = [
            *_moved(row),
            *_typos(row),
            *_sums(row),
            *_years(row),
            *_differences(row, priced(row.row.number, children), "подпроектам"),
        ]
        found += [(row.row.number, row.row.line, kind, message) for kind, message in messages]
    return found


def check_totals(rows: list[Aligned], totals: list[Aligned]) -> list[Finding]:
    """Return the findings of the rows of totals: against the programmes of their section, against the sections."""
    found: list[Finding] = []
    sections: list[Aligned] = []
    since = 0
    for total in totals:
        programmes = [row for row in rows if since < row.row.line < total.row.line and row.row.depth == 1]
        since = total.row.line
        messages = [*_moved(total), *_sums(total)]
        if programmes:
            messages += _differences(total, programmes, "программам раздела")
            sections.append(total)
        else:
            messages += _differences(total, sections, "разделам")
        found += [("", total.row.line, kind, f"«{total.row.title}» {message}") for kind, message in messages]
    return found


def _label(column: int) -> str:
    return LABELS[column] if 0 <= column < len(LABELS) else f"столбец {column + 1}"


def _quote(text: str) -> str:
    return f"«{text}»" if len(text) <= _SHOWN else f"«{text[: _SHOWN - 1].rstrip()}…»"


def _moved(row: Aligned) -> Iterator[tuple[str, str]]:
    if row.row.drift:
        yield (
            "moved",
            f"Название стояло в столбце «{_label(1 - row.row.drift)}», возвращено в столбец «название».",
        )
    for column, cell in row.cells.items():
        if column != cell.at:
            yield (
                "moved",
                f"Ячейка {_quote(cell.text)} стояла в столбце «{_label(cell.at)}», перенесена в «{_label(column)}».",
            )
        if cell.kind == "remark" and column in _MONEY:
            yield "remark", f"В столбце «{_label(column)}» вместо суммы слова: {_quote(cell.text)}."
        elif column in _MONEY and cell.kind not in {"money", "year"}:
            yield "not_a_sum", f"В столбце «{_label(column)}» не число: {_quote(cell.text)}."
    if row.tied:
        chosen = "взят один из лучших" if row.moved else "оставлены так, как опубликованы"
        yield "ambiguous", f"Ячейки можно расставить не одним способом, равно хорошим: {chosen}."
    lost = row.row.cells[len(row.cells) :]
    if lost:
        yield "truncated", f"Ячеек больше, чем столбцов: не прочитаны последние {len(lost)}."


def _typos(row: Aligned) -> Iterator[tuple[str, str]]:
    texts = " ".join([row.row.title, *(cell.text for cell in row.cells.values())])
    for wrong, right in typos(texts):
        yield "typo", f"Написано «{wrong}», прочитано как «{right}»."


def _sums(row: Aligned) -> Iterator[tuple[str, str]]:
    total = row.money(TOTAL)
    for columns, name in ((COSTS, "по годам"), (SOURCES, "по источникам")):
        values = [value for column in columns if not math.isnan(value := row.money(column))]
        if math.isnan(total):
            if values:
                yield "no_sums", f"Суммы {name} есть ({million(sum(values))} млн тг), а общего объема нет."
            continue
        if not values:
            yield "no_sums", f"Общий объем {million(total)} млн тг, сумм {name} нет."
        elif sum(values) != total:
            gap = million(abs(sum(values) - total))
            if abs(sum(values) - total) <= ROUNDED:
                yield (
                    "rounding",
                    f"Сумма {name} {million(sum(values))}, общий объем {million(total)}: округление на {gap}.",
                )
            else:
                message = (
                    f"Сумма {name} {million(sum(values))} не равна общему объему {million(total)}: "
                    f"разница {gap} млн тг."
                )
                numbers = [
                    column for column in GOALS if column in row.cells and row.cells[column].kind == "money"
                ]
                if numbers and columns is COSTS:
                    told = ", ".join(f"{row.text(column)} в «{_label(column)}»" for column in numbers)
                    message += f" Числа вне столбцов финансирования: {told}."
                yield "sum", message


def _years(row: Aligned) -> Iterator[tuple[str, str]]:
    if row.own_period is None:
        inherited = f"; взят срок программы {_span(row.period)}" if row.period else ""
        yield "no_period", f"Срок не указан{inherited}."
    if row.period is None:
        return
    first, last = row.period
    outside = [
        _label(column)
        for column in sorted(row.cells)
        if column in WINDOWS
        and (WINDOWS[column][1] < first or WINDOWS[column][0] > last)
        and column not in KPIS
    ]
    if outside:
        yield "outside_period", f"Вне срока {_span(row.period)} заполнены столбцы: {', '.join(outside)}."
    if KPIS[1] in row.cells and last < WINDOWS[KPIS[1]][0]:
        yield "outside_period", f"Показатель 2030 года у проекта со сроком {_span(row.period)}."


def _span(period: tuple[int, int] | None) -> str:
    if period is None:
        return ""
    return str(period[0]) if period[0] == period[1] else f"{period[0]}-{period[1]}"


def _differences(row: Aligned, parts: list[Aligned], name: str) -> Iterator[tuple[str, str]]:
    """Compare a row with the sum of its parts, column by column."""
    if not parts:
        return
    if all(math.isnan(row.money(column)) for column in _MONEY):
        total = sum(value for part in parts if not math.isnan(value := part.money(TOTAL)))
        yield "no_sums", f"Сумм нет, а по {name} общий объем {million(total)} млн тг."
        return
    for column in _MONEY:
        values = [value for part in parts if not math.isnan(value := part.money(column))]
        own = row.money(column)
        stated = 0.0 if math.isnan(own) else own
        gap = abs(sum(values) - stated)
        if gap > ROUNDED:
            message = (
                f"В столбце «{_label(column)}» {million(stated)}, а по {name} {million(sum(values))}: "
                f"разница {million(gap)} млн тг."
            )
            yield "sum", message
        elif gap:
            message = (
                f"В столбце «{_label(column)}» {million(stated)}, по {name} {million(sum(values))}: "
                f"округление на {million(gap)}."
            )
            yield "rounding", message
