"""cells.csv: every cell of the rows and totals as published, and the column it was read as; what the rereading is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from geoplan.roadmap._cells import COLUMNS, COSTS, SOURCES, TOTAL, make_cell
from geoplan.roadmap._table import typed_table

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.roadmap._cells import Cell
    from geoplan.roadmap._rows import Aligned
    from geoplan.roadmap.reader import Roadmap

__all__ = ["CELL_COLUMNS", "ROUNDED", "Merit", "cells_table", "merit"]

CELL_COLUMNS = ["project", "parent", "line", "position", "published", "column", "number", "text"]
_KINDS = dict.fromkeys(CELL_COLUMNS, "str") | {"line": "Int64", "position": "Int64", "number": "float64"}
ROUNDED = 1.0  # a sum off by this is a rounding, by more it is wrong


class Merit(NamedTuple):
    """How well a document was read.

    Attributes
    ----------
    rows, realigned
        Numbered rows, and those with a cell moved.
    with_money
        Numbered rows that state money, and rows of totals.
    hold_before, hold_after
        Share of those whose identities all hold (years against total, sources against total, each money column
        against the sub-projects; off by 1 holds) with the cells as published, and as put back. An identity without one
        of its sides does not hold, save that of a programme whose sub-projects state no money. Totals of sections and
        of the block are held to their own years and sources.
    """

    rows: int
    realigned: int
    with_money: int
    hold_before: float
    hold_after: float


def cells_table(rows: list[Aligned], totals: list[Aligned]) -> pd.DataFrame:
    """Return every cell that holds something.

    Parameters
    ----------
    rows, totals
        The aligned rows; a row of totals has no project.

    Returns
    -------
    pandas.DataFrame
        project, parent, line, position (1 is the first cell of the line), published (the column that the header puts
        there), column (the one it was read as, '' if it was not read), number (NaN for text), text (as published).
    """
    records: list[tuple[object, ...]] = []
    for row in sorted([*rows, *totals], key=lambda row: row.row.line):
        number, parent, line, published = row.row.number, row.row.parent, row.row.line, row.row.published
        spots = [at for at, text in enumerate(published) if at and make_cell(at, text) is not None]
        columns: list[int | None] = [*row.cells]
        columns += [None] * (len(row.row.cells) - len(columns))
        cells: list[Cell | None] = [*row.row.cells]
        if len(spots) > len(cells):  # the title was among them
            columns, cells = [1, *columns], [None, *cells]
        head = 0 if number else 1
        for at, column, cell in zip([0, *spots], [head, *columns], [None, *cells], strict=True):
            records.append(
                (
                    number,
                    parent,
                    line,
                    at + 1,
                    _name(cell.at if cell else at),
                    "" if column is None else COLUMNS[column],
                    cell.number if cell and cell.kind in {"money", "year"} else None,
                    published[at],
                )
            )
    return typed_table(records, _KINDS)


def _name(at: int) -> str:
    return COLUMNS[at] if 0 <= at < len(COLUMNS) else f"column {at + 1}"


def merit(roadmap: Roadmap) -> Merit:
    """Return how well a document was read: rows, rows realigned, share of rows that add up before and after."""
    before, after = (_holding(roadmap.cells, placed) for placed in ("published", "column"))
    share_before, share_after = (sum(held) / len(held) if held else 1.0 for held in (before, after))
    rows, moved = len(roadmap.projects), int(roadmap.projects["realigned"].sum())
    return Merit(rows, moved, len(after), share_before, share_after)


def _holding(cells: pd.DataFrame, placed: str) -> list[bool]:
    """Tell of each row that states money whether all its identities hold, with its cells in the columns `placed`."""
    money: dict[int, dict[str, float]] = {}
    parents: dict[int, str] = {}
    lines: dict[str, int] = {}
    stated = cells[cells["number"].notna()]
    names = {COLUMNS[column] for column in (*COSTS, TOTAL, *SOURCES)}
    once = cells.drop_duplicates("line")
    for line, project, parent in zip(once["line"].astype(int), once["project"], once["parent"], strict=True):
        parents[line] = str(parent)
        lines.setdefault(str(project), line)
    with_money = set(stated.loc[stated["column"].isin(names), "line"].astype(int))
    for line, name, number in zip(stated["line"], stated[placed], stated["number"], strict=True):
        if name in names:
            money.setdefault(int(line), {})[str(name)] = float(number)
    children: dict[int, list[int]] = {}
    for line, parent in parents.items():
        if parent and parent in lines:
            children.setdefault(lines[parent], []).append(line)
    return [
        _holds(money.get(line, {}), [money[child] for child in children.get(line, []) if child in money])
        for line in sorted(with_money)
    ]


def _holds(own: dict[str, float], children: list[dict[str, float]]) -> bool:
    total = own.get(COLUMNS[TOTAL])
    if total is None:
        return False
    for columns in (COSTS, SOURCES):
        parts = [own[COLUMNS[column]] for column in columns if COLUMNS[column] in own]
        if not parts or abs(sum(parts) - total) > ROUNDED:
            return False
    names = [COLUMNS[column] for column in (*COSTS, TOTAL, *SOURCES)]
    return not children or all(
        abs(sum(child.get(name, 0.0) for child in children) - own.get(name, 0.0)) <= ROUNDED for name in names
    )
