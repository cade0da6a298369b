"""Standards: the figures a page rests on, each with its unit, basis and source in every language."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from geoplan.maps._notes import basis_key
from geoplan.report.standards import standards_table, translation

if TYPE_CHECKING:
    from geoplan.maps._languages import Languages, Words
    from geoplan.standards import Standards

__all__ = ["assumptions", "source"]


def assumptions(standards: Standards, texts: Languages, *, only: tuple[str, ...] = ("",)) -> dict[str, Any]:
    """Return the figures of the standards in groups of one basis and source, and how many there are of each basis.

    `only`: those whose entry starts with one of these; all by default. A source or unit that a user wrote is no Words but
    the text itself.
    """
    table = standards_table(standards)
    table = table[table["entry"].str.startswith(only)]
    by_basis = table["basis"].value_counts()
    groups = groupby(table.to_dict("records"), lambda row: (str(row["basis"]), str(row["source"])))
    return {
        "counts": [
            {"name": texts(f"basis.{basis_key(str(basis))}"), "count": texts.number(int(by_basis[basis]))}
            for basis in ("norm", "planning convention", "assumption")
            if basis in by_basis
        ],
        "groups": [
            {
                "basis": texts(f"basis.{basis_key(basis)}"),
                "source": _once(source(told, texts)),
                "rows": [
                    {"entry": str(row["entry"]), "value": _once(_value(row, texts)), "language": _script(row)}
                    for row in rows
                ],
            }
            for (basis, told), rows in groups
        ],
    }


def source(text: str, texts: Languages) -> Words:
    """Return the source of a figure in every language; as written where it is not that of the shipped standards."""
    return texts.each(lambda table: translation(table.language).source(text))


def _value(row: dict[Any, Any], texts: Languages) -> Words:
    """A value and its unit, as each language writes them."""

    def one(language: str) -> str:
        words = translation(language)
        return f"{words.value(row['value'])} {words.unit(str(row['unit']), row['value'])}".rstrip()

    return texts.each(lambda table: one(table.language))


def _once(words: Words) -> Words | str:
    """A text that is the same in every language is written once."""
    told = set(words.as_dict().values())
    return told.pop() if len(told) == 1 else words


def _script(row: dict[Any, Any]) -> str | None:
    """Language of a value made of words, which stay as they are: those of a register, or codes."""
    value = row["value"]
    if not isinstance(value, str) or not re.search(r"[^\W\d_]", value):
        return None
    return "ru" if re.search("[\u0400-\u04ff]", value) else "en"
