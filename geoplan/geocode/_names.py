"""Keys under which streets, microdistricts and landmarks are looked up: case endings and type words taken off."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from geoplan.geocode._text import fold, words

__all__ = [
    "FORMER",
    "ONE_STREET_M",
    "MicroKey",
    "StreetKey",
    "is_class",
    "landmark_key",
    "micro_key",
    "stem",
    "street_key",
]

# Parts of one street name nearer to each other than this are one street; farther apart they are namesakes.
ONE_STREET_M = 1000.0
# Before an alias: the name that the street bore once. Another street may bear it now.
FORMER = "бывш. "
# Type words as they look after `fold`. Streets, avenues and boulevards are one class: the sources mix them freely.
_MAIN = frozenset(
    re.findall(
        r"\S+",
        """ул улица улице улицы улицу улиц кошеси кош ко пр пр-т пр-кт прс просп проспект проспекта проспекте
        бул бульвар бульвара бульваре б-р гулзары дангылы шоссе тракт трасса street st avenue ave""",
    )
)
_LANE = frozenset(re.findall(r"\S+", "пер переулок переулка переулке проезд проезда тупик тупики орами"))
_QUAY = frozenset(re.findall(r"\S+", "наб набережная набережнои жагалауы"))
_MICRO = frozenset(
    re.findall(
        r"\S+",
        """мкр мкрн мкр-н мк-н м-н мкн мр-н микрораион микрораиона микрораионе микрораионы ш/а ыкшамаудан ыкшамауданы
        molek microdistrict""",
    )
)
_NOISE = frozenset({"имени", "им", "атындагы"})
_PARENTHESIS = re.compile(r"\(([^)]*)\)")
_ORDINAL = re.compile(r"^(\d+)-?(?:ая|я|и|ы|ои|го|ши|ши|нши|еи)$")
_FEMALE = re.compile(r"^(.+(?:ов|ев|ин|ын))ои$")
_ENDINGS = (
    (re.compile(r"^(.+[сц]к)(?:ого|ии|ом|ому)$"), 6),
    (re.compile(r"^(.{3,})(?:ого|ая|ои|ую|ые|ыи)$"), 6),
    (re.compile(r"^(.{2,})[аяыиьеоую]$"), 4),
)
# Джандосова is Жандосова: both spellings of the Kazakh letter are in use.
_DJ = re.compile(r"^дж")
# Сүйінбай is Суюнбай.
_UYI = re.compile(r"уии(?=[а-я])")
_THREE = re.compile(r"(?<![а-я0-9])з\s?([абв])(?![а-я])")
_NUMBER_LETTER = re.compile(r"(\d)\s*-?\s*([а-я])(?![а-я])")
_MICRO_PARTS = re.compile(r"^(.*?)(\d+[а-я]?)?$")


class StreetKey(NamedTuple):
    """What a street name is looked up by."""

    stems: tuple[str, ...]
    kind: str
    locality: str


class MicroKey(NamedTuple):
    """What a microdistrict is looked up by: its base name and its number with letter, either may be empty."""

    base: str
    number: str


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return a folded word without its case ending, so that nominative and genitive of a name agree.

    The genitive of a woman's surname ("Тажибаевой") keeps a mark: it is not the street of the man ("Тажибаева").

    Raises
    ------
    None
    """
    ordinal = _ORDINAL.match(word)
    if ordinal:
        return ordinal.group(1)
    if word[0].isdigit():
        return word
    female = _FEMALE.match(word)
    if female:
        return female.group(1) + "*"
    for pattern, least in _ENDINGS:
        match = pattern.match(word)
        if match and len(word) >= least:
            return match.group(1)
    return word


def _split_names(text: str) -> list[str]:
    return [part for word in words(text) for part in (word.split("-") if not word[0].isdigit() else [word])]


@lru_cache(maxsize=65536)
def street_key(name: str) -> StreetKey:
    """Return the key of a street name; words in parentheses are its locality ("Абая (Акбулак)").

    `kind` is `main` (street, avenue, boulevard), `lane` or `quay`. Initials are left out; the order of the words
    does not matter ("Тажибаева Толегена" is "Толегена Тажибаева").

    Raises
    ------
    None
    """
    folded = fold(name)
    locality = " ".join(_PARENTHESIS.findall(folded))
    kind = "main"
    stems = []
    for raw in words(_PARENTHESIS.sub(" ", folded)):
        if raw in _MAIN or raw in _NOISE:
            continue
        found = next((k for k, known in _KINDS.items() if raw in known), "")
        if found:
            kind = found
            continue
        stems += [stem(part) for part in _split_names(_UYI.sub("ую", _DJ.sub("ж", raw)))]
    full = [part for part in stems if len(part) > 1 or part.isdigit()]
    return StreetKey(tuple(sorted(full or stems)), kind, locality)


_KINDS = {"lane": _LANE, "quay": _QUAY}


@lru_cache(maxsize=65536)
def micro_key(name: str) -> MicroKey:
    """Return the key of a microdistrict: "Аксай- 3 А" and "мкр. Аксай-3А" agree, "11-й мкр" is number 11.

    Raises
    ------
    None
    """
    text = _THREE.sub(r"3\1", fold(name))
    text = re.sub(r"(\d+)-?(?:ыи|и|ои|ши|инши)(?![а-я])", r"\1", text)
    text = " ".join(word for word in re.findall(r"[0-9a-zа-я/-]+", text) if word.strip("-") not in _MICRO)
    text = _NUMBER_LETTER.sub(r"\1\2", text)
    joined = re.sub(r"[^0-9a-zа-я]", "", text)
    match = _MICRO_PARTS.match(joined)
    base, number = (match.group(1), match.group(2) or "") if match else (joined, "")
    return MicroKey(re.sub(r"[аяыиьеоу]$", "", base) if len(base) >= 4 else base, number)


# What a landmark is, written in many ways; each becomes one word, so that "ГКБ №4" is "Городская больница № 4".
_CLASSES = (
    (
        re.compile(r"\b(?:детская\s+(?:городская|гор\.?)\s+больница|детская\s+горбольница|дгкб)\b"),
        "детская горбольница",
    ),
    (
        re.compile(
            r"\b(?:городская\s+клиническая\s+больница|городская\s+больница|гор\.?\s*больница|горбольниц[аы]"
            r"|гкб|гб|(?<!детская )больница(?=\s+\d))(?=\s|$)"
        ),
        "горбольница",
    ),
    (re.compile(r"\b(?:(?:городская|гор\.?)\s*поликлиника|горполиклиника|гп)(?=\s+\d)"), "поликлиника"),
    (
        re.compile(
            r"\b(?:трц|тц|трк|тк|торгов\w+(?:[\s-]+развлекательн\w+)?\s+(?:центр\w*|комплекс\w*)|молл)\b"
        ),
        "тц",
    ),
    (
        re.compile(
            r"\b(?:(?:средняя|специализированная|общеобразовательная)\s+)*школа(?:-(?:лицеи|гимназия))?(?=\s+\d)"
        ),
        "школа",
    ),
)


@lru_cache(maxsize=65536)
def landmark_key(name: str) -> tuple[str, ...]:
    """Return the stems of a landmark's name, sorted; words for what it is are brought to one.

    Raises
    ------
    None
    """
    text = fold(name)
    for pattern, word in _CLASSES:
        text = pattern.sub(word, text)
    return tuple(sorted(stem(part) for part in _split_names(text) if part not in _NOISE))


_WHAT_IT_IS = frozenset(
    re.findall(
        r"\S+",
        """школа лицеи гимназия больница горбольница поликлиника детская детскии сад ясли ясли-сад роддом тц цон рынок
        магазин остановка станция метро аптека мечеть завод гостиница ресторан театр кинотеатр парк общеобразовательная
        средняя центр""",
    )
)


def is_class(name: str) -> bool:
    """Tell whether a name says only what kind of place it is ("школа", "детский сад"), not which one.

    Raises
    ------
    None
    """
    text = fold(name)
    for pattern, word in _CLASSES:
        text = pattern.sub(word, text)
    found = [word for word in words(text) if not word.isdigit()]
    return not found or all(word in _WHAT_IT_IS for word in found)
