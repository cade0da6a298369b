"""Standards: every figure of the standards as a row, and its unit and source in another language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from geoplan.report.plural import plural_category

if TYPE_CHECKING:
    from geoplan.standards import Standards

__all__ = ["Translation", "plain_value", "standards_table", "translation"]

_NUMBERS = re.compile(r"\d+(\.\d+)?(, \d+(\.\d+)?)*")


@dataclass(frozen=True)
class Translation:
    """Units and sources of the shipped standards in one language, by their English text.

    A text it does not hold - another language's own, changed in the file, or written by a user - is shown as written:
    a translation never stands for a text that it was not made from.
    """

    units: dict[str, str]
    sources: dict[str, str]
    forms: tuple[str, ...] = ("other",)
    decimal: str = "."

    def unit(self, text: str, value: object) -> str:
        """Return a unit as it stands behind a value: a counted noun takes the form that the number asks for."""
        forms = self.units.get(text, text).split("|") if text in self.units else [text]
        if len(forms) == 1 or not isinstance(value, int | float):
            return forms[-1]
        return forms[self.forms.index(plural_category(value, list(self.forms)))]

    def source(self, text: str) -> str:
        """Return the source of a figure."""
        return self.sources.get(text, text)

    def value(self, value: object) -> str:
        """Return a value as it is written by hand, with the language's decimal mark; other words stay."""
        text = plain_value(value)
        if self.decimal == "." or not _NUMBERS.fullmatch(text):
            return text
        return text.replace(", ", "; ").replace(".", self.decimal)


@lru_cache(maxsize=8)
def translation(language: str) -> Translation:
    """Read the texts of the standards in a language; none for English, in which standards.toml is written.

    Raises
    ------
    None
    """
    table = resources.files("geoplan.report") / "texts" / f"standards.{language}.toml"
    if not table.is_file():
        return Translation({}, {})
    raw: dict[str, Any] = tomllib.loads(table.read_text(encoding="utf-8"))
    return Translation(raw["units"], raw["sources"], tuple(raw["forms"].split("|")), raw["decimal"])


def standards_table(standards: Standards, language: str = "en") -> pd.DataFrame:
    """Return every figure of the standards, a row each: entry, value, unit, basis, source.

    `language`: of unit and source, as far as they are translated. The basis is a code in every language.
    """
    rows: list[dict[str, object]] = []
    _flatten(standards.model_dump(mode="json"), "", rows)
    words = translation(language)
    for row in rows:
        row["unit"] = words.unit(str(row["unit"]), row["value"])
        row["source"] = words.source(str(row["source"]))
    return pd.DataFrame(rows, columns=["entry", "value", "unit", "basis", "source"])


def plain_value(value: object) -> str:
    """Return a value of the standards as it is written by hand: 500, not 500.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _flatten(node: Any, entry: str, rows: list[dict[str, object]]) -> None:
    if isinstance(node, list):
        for position, item in enumerate(node):
            _flatten(item, f"{entry}[{position}]", rows)
    elif isinstance(node, dict) and "basis" in node:
        told = {key: node.get(key, "") for key in ("unit", "basis", "source")}
        values = {key: value for key, value in node.items() if key not in told}
        for key, value in values.items():
            at = entry if key == "value" else f"{entry}.{key}"
            shown = ", ".join(map(plain_value, value)) if isinstance(value, list) else value
            # Hours of a day are words about a figure, not measured in its unit.
            unit = "" if isinstance(value, str) else told["unit"]
            rows.append({"entry": at, "value": shown, **told, "unit": unit})
    elif isinstance(node, dict):
        for key, item in node.items():
            _flatten(item, f"{entry}.{key}" if entry else key, rows)
