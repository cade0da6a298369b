"""Texts before they are read: control characters and tags taken out, other towns told, Latin letters spelt out."""

from __future__ import annotations

import html
import re

from geoplan.geocode._text import fold

__all__ = ["LONGEST", "clean", "cyrillic", "in_another_town", "names_city"]

# The longest address met in the registers has 130 characters.
LONGEST = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffd\ud800-\udfff]+")
# What a terminal reads as a colour; its letters must not stay behind as text.
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_TAG = re.compile(r"<[^<>]{0,200}>")

_OURS = r"(?:алматы|алма-ата|алмата|almaty|alma-ata)"
# "г. Астана", "город Алатау"; not "г. Алматы", nor "город спорта".
_TOWN = re.compile(
    rf"(?<![а-яa-z])(?:г\.\s*|г\s+|гор\.\s*|город[ае]?\s+|city\s+of\s+)(?!{_OURS})[а-яa-z]{{3,}}"
)
_PROVINCE = re.compile(
    r"(?<![а-яa-z])(?:области|область|облысы|oblast|region|province)(?![а-яa-z])|[а-я]{3,}ск\w*\s+обл\.?(?=\s*(?:,|$))"
)
# Towns and villages that stand as a part of an address by themselves; a microdistrict or street of the name has its word.
_TOWNS = frozenset(
    re.findall(
        r"\S+",
        """москва астана нур-султан шымкент караганда актобе тараз павлодар семеи кызылорда атырау актау костанаи
        бишкек ташкент талгар каскелен каскеленг конаев капшагаи есик иссык узынагаш талдыкорган отеген-батыр
        боралдаи бесагаш moscow astana shymkent bishkek talgar kaskelen konaev""",
    )
)

_LATIN_WORD = re.compile(r"[a-z']+")
# Words of addresses, spelt as this module's readers know them; the rest is transliterated letter by letter.
_WORDS = {
    "mkr": "мкр",
    "mikroraion": "мкр",
    "mikrorayon": "мкр",
    "ul": "ул",
    "ulitsa": "ул",
    "ulica": "ул",
    "pr": "пр",
    "prospekt": "пр",
    "prospect": "пр",
    "per": "пер",
    "pereulok": "пер",
    "koshesi": "кошеси",
    "kosesi": "кошеси",
    "dangyly": "дангылы",
    "street": "ул",
    "str": "ул",
    "st": "ул",
    "avenue": "пр",
    "ave": "пр",
    "av": "пр",
    "lane": "пер",
    "boulevard": "бульвар",
    "blvd": "бульвар",
    "microdistrict": "мкр",
    "house": "дом",
    "and": "и",
    "corner": "угол",
    "of": "",
    "the": "",
    "hospital": "больница",
    "school": "школа",
    "mall": "тц",
}
_SYLLABLES = (
    ("shch", "щ"),
    ("zh", "ж"),
    ("kh", "х"),
    ("gh", "г"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("ts", "ц"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
    ("yo", "е"),
    ("iy", "и"),
    ("yi", "и"),
)
_LETTERS = str.maketrans(
    dict(zip("abcdefghijklmnopqrstuvwxz", "абкдефгхижклмнопкрстуввкз", strict=True)) | {"'": ""}
)


def clean(text: object) -> str:
    """Return a text on one line without control characters and tags; '' for what is no text.

    Raises
    ------
    None
    """
    if not isinstance(text, str):
        return ""
    plain = html.unescape(_TAG.sub(" ", text[: 20 * LONGEST]))
    return " ".join(_CONTROL.sub(" ", _TAG.sub(" ", _ESCAPE.sub(" ", plain))).split())


def in_another_town(text: str) -> bool:
    """Tell whether a text names a town or province other than this city.

    Raises
    ------
    None
    """
    folded = fold(text)
    if _TOWN.search(folded) or _PROVINCE.search(folded):
        return True
    parts = [part.strip(" .") for part in folded.split(",")]
    return len(parts) > 1 and any(part in _TOWNS for part in parts)


def names_city(text: str) -> bool:
    """Tell whether a text names this city.

    Raises
    ------
    None
    """
    return bool(re.search(rf"(?<![а-яa-z]){_OURS}(?![а-яa-z])", fold(text)))


def cyrillic(text: str) -> str:
    """Spell the Latin words of a text in Cyrillic letters: "Abay ave" is "абаи пр".

    Returns
    -------
    str
        The text folded; '' where it has no Latin word.

    Raises
    ------
    None
    """
    folded = fold(text)
    if not re.search("[a-z]{2}", folded):
        return ""
    return _LATIN_WORD.sub(lambda match: _spelt(match.group()), folded)


def _spelt(word: str) -> str:
    known = _WORDS.get(word)
    if known is not None:
        return known
    for latin, letter in _SYLLABLES:
        word = word.replace(latin, letter)
    # After a vowel y is й (folded to и), elsewhere ы.
    word = re.sub(r"(?<=[aeiouаеиоуюя])y", "i", word).replace("y", "ы")
    return word.translate(_LETTERS)
