"""projects.csv: every numbered row of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoplan.roadmap._cells import COLUMNS, COSTS, GOALS, KPIS, NOTE, SOURCES, TOTAL
from geoplan.roadmap._table import typed_table

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.roadmap._rows import Aligned

__all__ = ["PROJECT_COLUMNS", "projects_table"]

_TEXTS = (2, *GOALS)
_MONEY = (*COSTS, TOTAL, *SOURCES)
PROJECT_COLUMNS = [
    "project", "parent", "section", "title", "agencies", "period_start", "period_end",
    *(COLUMNS[column] for column in GOALS), *(COLUMNS[column] for column in _MONEY),
    *(COLUMNS[column] for column in KPIS), "realigned", "line", COLUMNS[NOTE],
]  # fmt: skip

_NUMBERS = {
    **dict.fromkeys(["period_start", "period_end", "line"], "Int64"),
    **dict.fromkeys([COLUMNS[column] for column in _MONEY], "float64"),
    "realigned": "bool",
}
_KINDS = {name: _NUMBERS.get(name, "str") for name in PROJECT_COLUMNS}


def projects_table(rows: list[Aligned]) -> pd.DataFrame:
    """Return the table of projects, in the order of the document.

    Parameters
    ----------
    rows
        The aligned rows.

    Returns
    -------
    pandas.DataFrame
        The columns of projects.csv (docs, Tables). Text is '' where the document has none, money (million KZT) NaN,
        years missing; a period that a row does not state itself is missing.
    """
    records: list[dict[str, object]] = [
        {
            "project": row.row.number,
            "parent": row.row.parent,
            "section": row.row.section,
            "title": row.row.title,
            "period_start": row.own_period[0] if row.own_period else None,
            "period_end": row.own_period[1] if row.own_period else None,
            "realigned": row.moved,
            "line": row.row.line,
            **{COLUMNS[column]: row.text(column) for column in (*_TEXTS, *KPIS, NOTE)},
            **{COLUMNS[column]: row.money(column) for column in _MONEY},
        }
        for row in rows
    ]
    return typed_table([[record[name] for name in PROJECT_COLUMNS] for record in records], _KINDS)
