"""Texts: every string of the pages, from one table a language, and numbers as that language writes them."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from geoplan.errors import InputError

__all__ = ["Texts", "load_texts"]


@dataclass(frozen=True)
class Texts:
    """The strings of one language: flat keys such as `panel.headline`, `{name}` where a value goes.

    `translations` turns text that comes from data (sources of figures, written in English) into the language;
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
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

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


@lru_cache(maxsize=4)
def load_texts(language: str = "ru") -> Texts:
    """Read the text table of a language.

    Raises
    ------
    InputError
        If there is none; the text lists those there are.
    """
    folder = resources.files("geoplan.maps") / "texts"
    known = sorted(
        item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")
    )
    if language not in known:
        msg = f"no pages in {language!r}: there are texts in {', '.join(known)}"
        raise InputError(msg)
    raw = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    translations = {str(key): str(value) for key, value in raw.pop("translations", {}).items()}
    return Texts(language, _flatten(raw), translations)


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
