"""Align every row: sub-projects before their programme, then once more with what each block tells."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from geoplan.roadmap._align import Context, align
from geoplan.roadmap._cells import COSTS, KPIS, NOTE, PERIOD, SOURCES, TOTAL

if TYPE_CHECKING:
    from geoplan.roadmap._align import Placement
    from geoplan.roadmap._cells import Cell
    from geoplan.roadmap._lines import Document, Row

__all__ = ["Aligned", "align_rows", "priced"]

# A block tells how its indicators moved when this many rows moved alike and this share of its rows did.
_BLOCK_ROWS, _BLOCK_SHARE = 5, 0.75
# Where several placements are best, the published one stays unless it is worse than them by a sum that is wrong.
_CLEARLY_WRONG = 4.0
_MONEY = (*COSTS, TOTAL, *SOURCES)


@dataclass
class Aligned:
    """A row with its cells in their columns."""

    row: Row
    cells: dict[int, Cell]
    own_period: tuple[int, int] | None
    period: tuple[int, int] | None  # its own, else its programme's
    moved: bool
    tied: bool
    close: bool

    def text(self, column: int) -> str:
        """Return the text in a column, '' if empty."""
        cell = self.cells.get(column)
        return cell.text if cell else ""

    def money(self, column: int) -> float:
        """Return the number in a column, nan if there is none."""
        cell = self.cells.get(column)
        return cell.number if cell and cell.kind in {"money", "year"} else math.nan


def align_rows(document: Document) -> tuple[list[Aligned], list[Aligned]]:
    """Align the rows and totals of a document.

    Returns
    -------
    rows, totals
        In the order of the document.
    """
    rows = _pass(document.rows, {}, {})
    # Once more, now that the programmes above and the other rows of each block are known.
    above = {row.row.number: row for row in rows if not row.close}
    rows = _pass(document.rows, _tails(rows), above)
    totals = [_one(row, Context(), None) for row in document.totals]
    return rows, totals


def _pass(rows: list[Row], tails: dict[int, int], above: dict[str, Aligned]) -> list[Aligned]:
    periods = _periods(rows)
    done: dict[int, Aligned] = {}
    children: dict[str, list[Aligned]] = {}
    for i in sorted(range(len(rows)), key=lambda i: (-rows[i].depth, i)):
        row = rows[i]
        own, period = periods[i]
        context = Context(
            period=period,
            children=_sums_of(priced(row.number, children), final=bool(above)),
            empty_above=_empty(above.get(row.parent)),
            drift=row.drift,
            tail=tails.get(row.block),
        )
        done[i] = _one(row, context, own)
        if row.parent:
            children.setdefault(row.parent, []).append(done[i])
    return [done[i] for i in range(len(rows))]


def _one(row: Row, context: Context, own: tuple[int, int] | None) -> Aligned:
    if not row.cells:
        return Aligned(row, {}, own, context.period, moved=False, tied=False, close=False)
    best, published = _aligned(
        tuple(row.cells),
        context.period,
        tuple(context.children.items()),
        context.empty_above,
        context.drift,
        context.tail,
    )
    doubtful = published is not None and best.tied and published.cost - best.cost < _CLEARLY_WRONG
    if published is not None and (published.cost <= best.cost or doubtful):
        # Something is wrong with it as published, and another placement is no worse.
        tied = best.tied if published.cost > best.cost else best.close and published.cost > 0
        best = published._replace(tied=tied, close=best.close)
    columns = best.columns
    cells = dict(zip(columns, row.cells, strict=False))
    moved = row.drift != 0 or any(column != cell.at for column, cell in cells.items())
    return Aligned(row, cells, own, context.period, moved=moved, tied=best.tied, close=best.close)


@lru_cache(maxsize=4096)
def _aligned(
    cells: tuple[Cell, ...],
    period: tuple[int, int] | None,
    children: tuple[tuple[int, float], ...],
    empty_above: frozenset[int],
    drift: int,
    tail: int | None,
) -> tuple[Placement, Placement | None]:
    """Align a row, remembering rows met before: the second pass, or a new edition, changes few of them."""
    return align(list(cells), Context(period, dict(children), empty_above, drift, tail))


def _periods(rows: list[Row]) -> list[tuple[tuple[int, int] | None, tuple[int, int] | None]]:
    """Each row's own period, and the one that holds for it: its own or the nearest programme's above."""
    own = [_period(row) for row in rows]
    by_number = {row.number: (row.parent, period) for row, period in zip(rows, own, strict=True)}
    out = []
    for row, period in zip(rows, own, strict=True):
        held, above = period, row.parent
        while held is None and above:
            above, held = by_number[above]
        out.append((period, held))
    return out


def _period(row: Row) -> tuple[int, int] | None:
    """Return the period among the row's first cells: agencies and period, or these moved by a few columns."""
    for cell in row.cells[:2]:
        if cell.years and cell.at <= PERIOD + 3:
            return cell.years
    return None


def priced(number: str, children: dict[str, list[Aligned]]) -> list[Aligned]:
    """Return the sub-projects of a row that state sums; in place of one that states none, its own sub-projects."""
    out: list[Aligned] = []
    for child in children.get(number, []):
        stated = any(not math.isnan(child.money(column)) for column in _MONEY)
        out += [child] if stated else priced(child.row.number, children)
    return out


def _sums_of(children: list[Aligned], *, final: bool) -> dict[int, float]:
    """Sum the sub-projects' money by column; at first only where all of them stand beyond doubt."""
    if not children or (not final and any(child.close for child in children)):
        return {}
    return {
        column: sum(value for child in children if not math.isnan(value := child.money(column)))
        for column in (*COSTS, *SOURCES)
    }


def _empty(above: Aligned | None) -> frozenset[int]:
    """Return the year and source columns without money in a programme that has a total."""
    if above is None or TOTAL not in above.cells:
        return frozenset()
    return frozenset(column for column in (*COSTS, *SOURCES) if column not in above.cells)


def _tails(rows: list[Aligned]) -> dict[int, int]:
    """Return by block how far the indicators and notes had moved, where nearly all of its rows agree."""
    votes: dict[int, Counter[int]] = {}
    for row in rows:
        offsets = {column - cell.at for column, cell in row.cells.items() if column in (*KPIS, NOTE)}
        if offsets and not row.tied:
            votes.setdefault(row.row.block, Counter()).update(offsets if len(offsets) == 1 else {})
    out = {}
    for block, counts in votes.items():
        offset, most = counts.most_common(1)[0] if counts else (0, 0)
        if most >= _BLOCK_ROWS and most >= _BLOCK_SHARE * counts.total():
            out[block] = offset
    return out
