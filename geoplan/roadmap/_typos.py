"""District and street names that are written otherwise than they are spelt."""

from __future__ import annotations

from functools import lru_cache

from geoplan.roadmap._grammar import DISTRICT_RU, district_words
from geoplan.roadmap._sites import KNOWN_TYPOS

__all__ = ["typos"]


@lru_cache(maxsize=4096)
def typos(text: str) -> tuple[tuple[str, str], ...]:
    """Return the mistyped names of a text, each once, with what was read instead."""
    found = {
        word: DISTRICT_RU[slug]
        for _, word, slug in district_words(text)
        if not word.startswith(DISTRICT_RU[slug].removesuffix("ий"))
    }
    found |= {wrong: right for wrong, right in KNOWN_TYPOS.items() if wrong in text}
    return tuple(found.items())
