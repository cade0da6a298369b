"""Layer words: what data packages say of their layers, in another language than the English they are written in."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources

__all__ = ["layer_titles", "layer_words"]


def layer_words(language: str) -> dict[str, str]:
    """Return the origins and dates of the shipped layers in a language, by their English text; none for English."""
    return _table(language).get("translations", {})


def layer_titles(language: str) -> dict[str, str]:
    """Return the titles of the shipped layers in a language, by their English text; none where no reader is shown them."""
    return _table(language).get("titles", {})


@lru_cache(maxsize=8)
def _table(language: str) -> dict[str, dict[str, str]]:
    table = resources.files("geoplan.report") / "texts" / f"layers.{language}.toml"
    return tomllib.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}
