"""Words: the Russian text table of the workbook and the pictures, and numbers as Russian writes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from geoplan.errors import InputError

__all__ = ["Words", "load_words"]

_THIN, _FIXED = "\u202f", "\u00a0"


@dataclass(frozen=True)
class Words:
    """A text table: sections of strings, `{name}` where a value goes."""

    table: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """Return the string of a dotted key with its values put in.

        Raises
        ------
        InputError
            If the table has no such key.
        """
        found = self.find(key)
        if found is None:
            msg = f"report/texts/ru.toml: no text for {key!r}"
            raise InputError(msg)
        for name, value in values.items():
            found = found.replace("{" + name + "}", str(value))
        return found

    def find(self, key: str) -> str | None:
        """Return the string of a dotted key as it stands, or None."""
        section, _, name = key.partition(".")
        found = self.table.get(section, {}).get(name)
        return found if isinstance(found, str) else None

    def translate(self, text: str) -> str:
        """Return a text that came from data in Russian, or as it is where no translation is known."""
        return str(self.table.get("translations", {}).get(text, text))

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with thin spaces between thousands, a decimal comma and a true minus."""
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        text = f"{abs(rounded):,.{digits}f}".replace(",", _THIN).replace(".", ",")
        return f"\u2212{text}" if rounded < 0 else text

    def percent(self, share: float, digits: int = 1) -> str:
        """Return a share of 0 to 1 as a percentage."""
        return f"{self.number(share * 100, digits)}{_THIN}%"

    def bound(self, value: float, unit: str) -> str:
        """Return a threshold with its unit (m or min)."""
        return f"{self.number(value)}{_FIXED}{self(f'unit.{unit}')}"


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read the text table.

    Raises
    ------
    InputError
        If it is missing or not TOML.
    """
    try:
        text = (resources.files("geoplan.report") / "texts" / "ru.toml").read_text(encoding="utf-8")
        return Words(tomllib.loads(text))
    except (OSError, tomllib.TOMLDecodeError) as error:
        msg = f"report/texts/ru.toml: cannot be read: {error}"
        raise InputError(msg) from error
