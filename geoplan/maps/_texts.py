"""Texts: every string of the pages, from one table a language, and numbers as that language writes them."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from geoplan.errors import InputError
from geoplan.report.layer_words import layer_words
from geoplan.report.plural import plural_category

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Texts", "known_languages", "load_texts"]

_PLACE = re.compile(r"\{(\w+)\}")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
# Languages as the pages offer them; any other table comes after, by its code.
_ORDER = ("ru", "kk", "en")


@dataclass(frozen=True)
class Texts:
    """The strings of one language: flat keys such as `panel.headline`, `{name}` where a value goes.

    `translations` turns text that comes from data (origins and dates of layers, written in English) into the language;
    what it does not hold is shown as it is.
    """

    language: str
    strings: dict[str, str]
    translations: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the string of a key with its values put in.

        Raises
        ------
        InputError
            If the table has no such key.
        """
        try:
            text = self.strings[key]
        except KeyError:
            msg = f"texts/{self.language}.toml: no text for {key!r}"
            raise InputError(msg) from None
        return _fill(text, values)

    def filled(self, **values: str) -> Texts:
        """Return the table with values put into every string: figures that many of them name.

        Raises
        ------
        None
        """
        strings = self.strings
        for name, value in values.items():
            strings = {key: text.replace("{" + name + "}", value) for key, text in strings.items()}
        return Texts(self.language, strings, self.translations)

    def translate(self, text: str) -> str:
        """Return a text that came from data in this language, or as it is where no translation is known.

        Raises
        ------
        None
        """
        return self.translations.get(text, text)

    def dated(self, text: str) -> str:
        """Return a text that came from data, translated, its ISO dates written as the language does.

        Raises
        ------
        InputError
            If the table lacks the names of the months.
        """
        return _ISO_DATE.sub(self._date, self.translate(text))

    def _date(self, found: re.Match[str]) -> str:
        year, month, day = found.groups()
        if not 1 <= int(month) <= 12:
            return found.group(0)
        if day is None:
            return self("date.month", month=self("date.months").split()[int(month) - 1], year=year)
        return self(
            "date.day", day=str(int(day)), month=self("date.months_of").split()[int(month) - 1], year=year
        )

    def plural(self, key: str, count: float, **values: object) -> str:
        """Return the text of a key in the form its number asks for: forms are parted by `|`, {n} is the number.

        The table's `plural.forms` names the forms in the terms of Unicode's plural rules (CLDR 45): `other` alone where
        nouns do not change after a number, `one|other` as in English, `one|few|many|other` as in Russian.

        Raises
        ------
        InputError
            If the table has no such key, or fewer forms than it names.
        """
        forms, names = self(key).split("|"), self("plural.forms").split("|")
        if len(forms) != len(names):
            msg = f"texts/{self.language}.toml: {key!r} has {len(forms)} forms, not {len(names)}"
            raise InputError(msg)
        chosen = forms[names.index(plural_category(count, names))]
        return _fill(chosen, {"n": self.number(count, 0 if float(count).is_integer() else 1)} | values)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number in the language's way: thin spaces between thousands, its decimal mark, a true minus.

        Raises
        ------
        None
        """
        if math.isnan(value):
            return self("number.unknown")
        rounded = _rounded(value, digits)
        text = f"{abs(rounded):,.{digits}f}".replace(",", "\0").replace(".", self("number.decimal"))
        sign = "\u2212" if rounded < 0 else ""
        return sign + text.replace("\0", self("number.group"))

    def percent(self, share: float, digits: int = 1) -> str:
        """Return a share of 0 to 1 as a percentage.

        Raises
        ------
        None
        """
        if math.isnan(share):
            return self("number.unknown")
        return self("number.percent", value=self.number(share * 100, digits))

    def points(self, difference: float, digits: int = 1) -> str:
        """Return a difference of two shares in percentage points, signed.

        Raises
        ------
        None
        """
        if math.isnan(difference):
            return self("number.unknown")
        sign = "+" if _rounded(difference * 100, digits) > 0 else ""
        return self("number.points", value=sign + self.number(difference * 100, digits))

    def people(self, value: float) -> str:
        """Return a number of people with its unit, no finer than it is known.

        Raises
        ------
        None
        """
        return self.count(value) if math.isnan(value) else self("number.persons", value=self.count(value))

    def count(self, value: float) -> str:
        """Return a number of people no finer than it is known: millions, thousands, tens.

        Raises
        ------
        None
        """
        if math.isnan(value):
            return self("number.unknown")
        size = abs(value)
        if size >= 999_500:
            return self("number.millions", value=self.number(value / 1e6, 2))
        if size >= 9_995:
            return self("number.thousands", value=self.number(value / 1e3, 0 if size >= 99_500 else 1))
        return self.number(_rounded(value / 10, 0) * 10)

    def part(self, *prefixes: str) -> dict[str, str]:
        """Return the strings whose keys start with one of the prefixes: what a script needs.

        Raises
        ------
        None
        """
        return {key: text for key, text in self.strings.items() if key.startswith(prefixes)}


def known_languages() -> list[str]:
    """Return the codes of the languages there are texts in, in the order in which pages offer them.

    Raises
    ------
    None
    """
    found = {item.name.split(".")[-2] for item in _tables()}
    return sorted(found, key=lambda code: (_ORDER.index(code) if code in _ORDER else len(_ORDER), code))


@lru_cache(maxsize=8)
def load_texts(language: str = "ru") -> Texts:
    """Read the text table of a language: <language>.toml and parts of it, <part>.<language>.toml.

    Raises
    ------
    InputError
        If there is none; the text lists those there are. If two parts hold one key.
    """
    known = known_languages()
    if language not in known:
        msg = f"no pages in {language!r}: there are texts in {', '.join(known)}"
        raise InputError(msg)
    strings: dict[str, str] = {}
    for item in _tables():
        if item.name.split(".")[-2] != language:
            continue
        raw = tomllib.loads(item.read_text(encoding="utf-8"))
        texts = _flatten(raw)
        twice = sorted(strings.keys() & texts.keys())
        if twice:
            msg = f"texts/{item.name}: {twice[0]!r} stands in another part too"
            raise InputError(msg)
        strings |= texts
    return Texts(language, strings, layer_words(language))


def _tables() -> list[Traversable]:
    folder = resources.files("geoplan.maps") / "texts"
    return sorted(
        (item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name
    )


def _fill(text: str, values: dict[str, object]) -> str:
    """Put values where {name} stands, all at once: a value that holds braces itself stays as it is."""
    return _PLACE.sub(lambda found: str(values.get(found.group(1), found.group(0))), text)


def _rounded(value: float, digits: int) -> float:
    """Round half away from zero, as the pages' scripts do (toFixed), so that one figure reads alike everywhere."""
    return float(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) + 0.0


def _flatten(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            out |= _flatten(value, f"{prefix}{key}.")
        else:
            out[f"{prefix}{key}"] = str(value)
    return out
