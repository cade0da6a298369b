"""Languages: one text in every language of the pages at once, and the tables that give it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from geoplan.maps._texts import Texts, known_languages, load_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Languages", "Words", "load_languages"]


class Words:
    """One text in every language. In a template it becomes an element that the page's scripts can put into another one.

    It is no string on purpose: put into an f-string it would lose all languages but one, so that is an error.
    """

    def __init__(self, by_language: dict[str, str]) -> None:
        self._by_language = by_language

    def __getitem__(self, language: str) -> str:
        return self._by_language[language]

    def __bool__(self) -> bool:
        return any(self._by_language.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and other._by_language == self._by_language

    def __hash__(self) -> int:
        return hash(tuple(sorted(self._by_language.items())))

    def __str__(self) -> str:
        msg = (
            "a text in several languages is no string: take one language, or put it into a template as it is"
        )
        raise TypeError(msg)

    __format__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Words({self._by_language!r})"

    def as_dict(self) -> dict[str, str]:
        """Return the text by language, as the pages' data."""
        return dict(self._by_language)

    def __html__(self) -> str:
        """Return an element with the first language's text and the others beside it."""
        first, others = self._split()
        return Markup("<span data-t='{}'>{}</span>").format(others, first)

    def attribute(self, name: str) -> Markup:
        """Return an attribute of an element in a template: `{{ words.attribute("aria-label") }}`."""
        first, others = self._split()
        return Markup("{}=\"{}\" data-t-{}='{}'").format(Markup(name), first, Markup(name), others)  # noqa: S704

    def title(self) -> Markup:
        """Return the first language's text with the others as an attribute of the element around it (title, SVG text)."""
        first, _ = self._split()
        return escape(first)

    def others(self) -> Markup:
        """Return the attribute that goes with `title`."""
        return Markup("data-t='{}'").format(self._split()[1])

    def _split(self) -> tuple[str, str]:
        language, *_ = self._by_language
        rest = {key: text for key, text in self._by_language.items() if key != language}
        return self._by_language[language], json.dumps(rest, ensure_ascii=False, separators=(",", ":"))


class Languages:
    """The text tables of all languages, the one shown first first. The same calls as `Texts`, but they return Words."""

    def __init__(self, tables: Iterable[Texts]) -> None:
        self.tables = tuple(tables)

    @property
    def language(self) -> str:
        """The language shown first."""
        return self.tables[0].language

    @property
    def names(self) -> list[str]:
        """The languages' codes, the one shown first first."""
        return [table.language for table in self.tables]

    def __contains__(self, key: str) -> bool:
        return key in self.tables[0].strings

    def each(self, make: Callable[[Texts], str]) -> Words:
        """Return what `make` gives for each language's table."""
        return Words({table.language: make(table) for table in self.tables})

    def __call__(self, key: str, **values: object) -> Words:
        """Return the text of a key with its values put in; a value may be Words itself."""
        return self.each(lambda table: table(key, **_in_language(values, table.language)))

    def plural(self, key: str, count: float, **values: object) -> Words:
        """Return the text of a key in the form its number asks for; {n} is the number."""
        return self.each(lambda table: table.plural(key, count, **_in_language(values, table.language)))

    def filled(self, **values: Words) -> Languages:
        """Return the tables with values put into every text: figures that many of them name."""
        return Languages(table.filled(**_in_language(values, table.language)) for table in self.tables)

    def plain(self, text: str) -> Words:
        """Return a text that is the same in every language: a name, a code."""
        return self.each(lambda _: text)

    def join(self, separator: str, parts: Iterable[Words]) -> Words:
        """Return texts one after the other."""
        listed = list(parts)
        return self.each(lambda table: separator.join(part[table.language] for part in listed))

    def translate(self, text: str) -> Words:
        """Return a text that came from data in every language, as far as translations are known."""
        return self.each(lambda table: table.translate(text))

    def dated(self, text: str) -> Words:
        """Return a text that came from data, translated, its ISO dates written as each language does."""
        return self.each(lambda table: table.dated(text))

    def number(self, value: float, digits: int = 0) -> Words:
        """Return a number as each language writes it."""
        return self.each(lambda table: table.number(value, digits))

    def percent(self, share: float, digits: int = 1) -> Words:
        """Return a share of 0 to 1 as a percentage."""
        return self.each(lambda table: table.percent(share, digits))

    def points(self, difference: float, digits: int = 1) -> Words:
        """Return a difference of two shares in percentage points, signed."""
        return self.each(lambda table: table.points(difference, digits))

    def people(self, value: float) -> Words:
        """Return a number of people with its unit, no finer than it is known."""
        return self.each(lambda table: table.people(value))

    def count(self, value: float) -> Words:
        """Return a number of people no finer than it is known."""
        return self.each(lambda table: table.count(value))

    def part(self, *prefixes: str) -> dict[str, dict[str, str]]:
        """Return, by language, the strings whose keys start with one of the prefixes: what a script needs."""
        return {table.language: table.part(*prefixes) for table in self.tables}


def load_languages(first: str = "ru") -> Languages:
    """Read the text tables of all languages.

    Raises
    ------
    InputError
        If there is none of the language to show first.
    """
    load_texts(first)
    return Languages(load_texts(name) for name in [first, *(k for k in known_languages() if k != first)])


def _in_language(values: Mapping[str, object], language: str) -> dict[str, str]:
    return {
        name: value[language] if isinstance(value, Words) else str(value) for name, value in values.items()
    }
