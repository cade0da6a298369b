"""Findings: what the audit of the document says, in the languages of the page."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from geoplan.maps._texts import load_texts

if TYPE_CHECKING:
    from geoplan.maps._languages import Languages, Words
    from geoplan.maps._texts import Texts

__all__ = ["said"]

# findings.csv is Russian, as the document is.
_WRITTEN_IN = "ru"
_LONGEST = 1000  # characters of a message that is looked at; longer ones are shown as written
_QUOTES = 8  # ends of quotes at which the name of a row of totals is looked for
_NUMBER = r"\d{1,3}(?: \d{3})+(?:,\d+)?|\d+(?:,\d+)?"
# What may stand at a place of a text, by its name; any words elsewhere.
_AT = dict.fromkeys(
    ("sum", "total", "gap", "stated", "promised", "found", "early", "late", "all", "private"), _NUMBER
) | {"year": r"\d{4}", "column": "[^«»]+", "label": "[^«»]+", "numbers": r"[\d ,+=]+"}

_YEARS = re.compile(r" \d{4}(-\d{4})?\Z")
_WORDS = {"by": "said_by.", "lower": "said_lower."}


def said(message: str, texts: Languages) -> Words | None:
    """Return a message of findings.csv in every language, its figures and quotes kept.

    None where it is none of the messages that the text tables hold, word for word but for figures and quotes: then it
    can only be shown as written.
    """
    if len(message) > _LONGEST or _in_language(message, texts.tables[0]) is None:
        return None
    return texts.each(lambda table: _in_language(message, table) or message)


def _in_language(message: str, table: Texts) -> str | None:
    told = _plain(message, table)
    if told is not None or not message.startswith("«"):
        return told
    # A row of totals is named first, in quotes that may hold quotes.
    for end in islice(re.finditer("» ", message), _QUOTES):
        rest = _plain(message[end.end() :], table)
        if rest is not None:
            return table("said.heading", heading=message[1 : end.start()], rest=rest)
    return None


def _plain(message: str, table: Texts) -> str | None:
    """A message that names no row of totals."""
    for key, pattern in _patterns().items():
        found = pattern.fullmatch(message)
        if not found:
            continue
        values = {name: _value(name, value, table) for name, value in found.groupdict().items()}
        if None not in values.values():
            return message if table.language == _WRITTEN_IN else table(f"said.{key}", **values)
    return None


def _value(name: str, value: str, table: Texts) -> str | None:
    """What stands at a place, in the language; None if it is not among the words that may stand there."""
    if name in _WORDS:
        key = _keys(_WORDS[name]).get(value)
        return key and table(key)
    if name in {"column", "label"}:
        return _column(value, table)
    if name in {"kinds", "inside"}:
        return _counted(value, table)
    if name == "outside":
        return _outside(value, table)
    if _AT.get(name) == _NUMBER or name == "numbers":
        return re.sub(_NUMBER, lambda number: _number(number.group(), table), value)
    return value


def _counted(value: str, table: Texts) -> str | None:
    """Kinds of facilities, each with its number behind a dash."""
    out = []
    for part in value.split(", "):
        kind, _, count = part.rpartition(" — ")
        key = _keys("said_kind.").get(kind)
        if key is None or not count.isdecimal():
            return None
        out.append(f"{table(key)} — {count}")
    return ", ".join(out)


def _outside(value: str, table: Texts) -> str | None:
    """Numbers, each with the column it stands in."""
    pattern = _patterns()["outside"]
    out = []
    for part in re.split("(?<=»), ", value):
        found = pattern.fullmatch(part)
        if not found:
            return None
        out.append(
            table("said.outside", sum=_number(found["sum"], table), column=_column(found["column"], table))
        )
    return ", ".join(out)


def _column(value: str, table: Texts) -> str:
    """A column by its name and years; one of another name stays as written."""
    name = _YEARS.sub("", value)
    key = _keys("said_column.").get(name)
    return table(key) + value[len(name) :] if key else value


def _number(text: str, table: Texts) -> str:
    """A number as the document writes it ("1 350", "39,5") as the language writes it; a bare one may be a year."""
    if " " not in text and "," not in text:
        return text
    return table.number(float(text.replace(" ", "").replace(",", ".")), len(text.partition(",")[2]))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """The messages by their keys, as patterns."""
    texts = load_texts(_WRITTEN_IN).part("said.")
    found = {key.removeprefix("said."): re.compile(_pattern(text), re.DOTALL) for key, text in texts.items()}
    del found["heading"]
    return found


def _pattern(text: str) -> str:
    parts = re.split(r"\{(\w+)\}", text)
    return "".join(
        f"(?P<{part}>{_AT.get(part, '.+?')})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )


@lru_cache(maxsize=4)
def _keys(start: str) -> dict[str, str]:
    """Keys of the words that may stand at a place, by the words."""
    return {text: key for key, text in load_texts(_WRITTEN_IN).part(start).items()}
