"""Text of addresses brought to one spelling: case, Kazakh letters, look-alike Latin letters, accents."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["fold", "words"]

# Kazakh letters as a Russian text would write them; э/е, й/и and ё/е are mixed freely in the sources.
_LETTERS = str.maketrans(
    {
        "ә": "а",
        "ғ": "г",
        "қ": "к",
        "ң": "н",
        "ө": "о",
        "ұ": "у",
        "ү": "у",
        "һ": "х",
        "і": "и",
        "ё": "е",
        "э": "е",
        "й": "и",
        "ı": "i",
        "ъ": "",
        "’": "",
        "ʼ": "",
        "№": " ",
    }
)
# Latin letters that look like Cyrillic ones, mended only inside a word that has Cyrillic letters.
_LOOKALIKES = str.maketrans("aceopxykmhtbi", "асеорхукмнтви")
_CYRILLIC = re.compile(r"[а-я]")
_WORD = re.compile(r"[0-9a-zа-я]+(?:[-/][0-9a-zа-я]+)*")
_MIXED = re.compile(r"[a-zа-я]+")


def _mend(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_LOOKALIKES) if _CYRILLIC.search(word) else word


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return `text` in lower case with one letter for each sound that the sources mix.

    Kazakh letters become their Russian neighbours, ё and э become е, й becomes и, accents are dropped and
    Latin letters inside a Cyrillic word become the Cyrillic letters they look like. Punctuation stays.

    Raises
    ------
    None
    """
    # й and ё must be mapped before accents are split off, or NFKD would take their marks away.
    lowered = unicodedata.normalize("NFC", text).lower().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _MIXED.sub(_mend, plain)


def words(text: str) -> list[str]:
    """Return the words and numbers of `text`, folded; `1-2` and `220/1` stay whole.

    Raises
    ------
    None
    """
    return _WORD.findall(fold(text))
