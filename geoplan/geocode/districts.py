"""Districts named in a text: case endings, lists, typing errors, Russian, Kazakh and Latin spellings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from geoplan.geocode._text import fold

__all__ = ["resolve_districts"]

# Names as they stand beside "ауданы", "р-н" or "district", folded (see `fold`).
_NOUNS = {
    "alatau": ("алатау", "alatau"),
    "almaly": ("алмалы", "almaly", "almali"),
    "auezov": ("ауезов", "ауезова", "auezov", "auezova"),
    "bostandyk": ("бостандык", "bostandyk", "bostandyq", "bostandiq", "bostandik"),
    "zhetysu": ("жетысу", "жетису", "zhetysu", "zhetisu", "jetisu", "jetysu"),
    "medeu": ("медеу", "medeu"),
    "nauryzbay": ("наурызбаи", "nauryzbay", "nauryzbai", "nauryzbaj"),
    "turksib": ("турксиб", "turksib"),
}
# Stems of the Russian adjectives, up to and with "ск".
_STEMS = {
    "alatau": ("алатауск", "alatausk"),
    "almaly": ("алмалинск", "almalinsk"),
    "auezov": ("ауезовск", "auezovsk"),
    "bostandyk": ("бостандыкск", "bostandyksk"),
    "zhetysu": ("жетысуск", "жетысуиск", "zhetysusk", "zhetysuisk", "zhetysuysk"),
    "medeu": ("медеуск", "medeusk"),
    "nauryzbay": ("наурызбаиск", "nauryzbaisk", "nauryzbaysk"),
    "turksib": ("турксибск", "turksibsk"),
}
_NOUN = {noun: slug for slug, nouns in _NOUNS.items() for noun in nouns}
_STEM = {stem: slug for slug, stems in _STEMS.items() for stem in stems}

_TOKEN = re.compile(r"[0-9a-zа-я]+(?:[-/][0-9a-zа-я]+)*\.?|[^\s0-9a-zа-я]")
# Masculine, neuter and plural endings: "район" is masculine; "улица Турксибская" is a street.
_ADJECTIVE = re.compile(r"^(.{3,}?с?к)(?:ии|ого|ому|им|ом|ие|их|ими)$|^(.{3,}?sk)(?:y|iy|ii|ij|yy|yi|i)$")
_ONE = re.compile(r"^(?:раион(?:а|у|ом|е)?|р[-/]?н(?:а|у|ом|е)?|аудан(?:ы\w*|да|)|district|raion|rayon)\.?$")
_MANY = re.compile(r"^(?:раион(?:ы|ов|ах|ам|ами)|р-н(?:ы|ов|ах)|аудандар\w*|districts|raions|rayons)\.?$")
# The city, its province and the station share all but one letter with the district of Алмалы.
_NOT_A_DISTRICT = re.compile(r"^(?:алматы|алматин|алмаат|almaty|almatin)")
_LIST_MARKS = frozenset({",", ";", "и", "жане", "and", "&", "мен", "/", "+"})
_STREET_OR_TOWN = frozenset(
    re.findall(
        r"\S+",
        """ул улица улице улицы пр пр-т просп проспект проспекте пер переулок мкр мкрн мкр-н м-н микрораион
        микрораионе шоссе тракт парк г гор город городе бул бульвар кошеси село с пос
        street st avenue ave city""",
    )
)
_NOT_AFTER = _STREET_OR_TOWN | frozenset(
    re.findall(
        r"\S+", "области область обл края крае краи перевал хребет рынок сад проезд кладбище тракте парке"
    )
)
_QUOTES = frozenset("«»\"'()„“”")
_SHORT_STEM = 9
_LEAST_PREFIX = 3


class _Find(NamedTuple):
    at: int
    slug: str


def _near(word: str, known: dict[str, str], edits: int) -> str:
    """Return the slug of the one district within `edits` of `word`, '' for none or for two."""
    exact = known.get(word)
    if exact is not None:
        return exact
    if _NOT_A_DISTRICT.match(word):
        return ""
    best: dict[str, int] = {}
    for name, slug in known.items():
        # A short stem has too few letters to bear two errors: "алтайск" is two from "алатауск".
        allowed = edits if len(name) >= _SHORT_STEM else min(edits, 1)
        if name[0] != word[0] or abs(len(name) - len(word)) > allowed:
            continue
        distance = OSA.distance(word, name, score_cutoff=allowed)
        if distance <= allowed:
            best[slug] = min(distance, best.get(slug, distance))
    if not best:
        return ""
    least = min(best.values())
    winners = [slug for slug, distance in best.items() if distance == least]
    return winners[0] if len(winners) == 1 else ""


def _adjective(word: str, *, beside: bool) -> str:
    match = _ADJECTIVE.match(word)
    if match is None:
        return ""
    # Beside "район" the reader is sure that a district is meant, so two typing errors are borne, else one.
    return _near(match.group(1) or match.group(2), _STEM, 2 if beside else 1)


def _noun(word: str) -> str:
    bare = word.rstrip(".")
    if len(bare) < 5:
        return ""
    return _near(bare, _NOUN, 1 if len(bare) >= 6 else 0)


def _shortened(word: str) -> str:
    """Return the slug of "Бост." or "Наур." beside "р-н", where only one district starts so."""
    if not word.endswith(".") or len(word) - 1 < _LEAST_PREFIX or _NOT_A_DISTRICT.match(word):
        return ""
    slugs = {slug for stem, slug in _STEM.items() if stem.startswith(word[:-1])}
    return slugs.pop() if len(slugs) == 1 else ""


def _is_district_word(token: str) -> bool:
    return bool(_ONE.match(token) or _MANY.match(token))


def _named(tokens: list[str], at: int) -> str:
    """Return the slug of the district named by the token `at`, which stands beside a district word."""
    word = tokens[at]
    if at > 0 and tokens[at - 1].rstrip(".") in _STREET_OR_TOWN:
        return ""
    return _adjective(word.rstrip("."), beside=True) or _noun(word) or _shortened(word)


def _beside(tokens: list[str], at: int) -> list[_Find]:
    """Return what the district word `at` is the head of: the names before it, else the one after it."""
    found = []
    many = bool(_MANY.match(tokens[at]))
    back = at - 1
    while back >= 0:
        if many and tokens[back] in _LIST_MARKS:
            back -= 1
            continue
        slug = _named(tokens, back)
        if not slug:
            break
        found.append(_Find(back, slug))
        if not many:
            break
        back -= 1
    if not found and at + 1 < len(tokens):
        slug = _named(tokens, at + 1)
        if slug:
            found.append(_Find(at + 1, slug))
    return found


def _bare(tokens: list[str]) -> list[_Find]:
    """Return adjectives that stand without a district word, unless they belong to a street or a province."""
    found = []
    for at, token in enumerate(tokens):
        slug = _adjective(token.rstrip("."), beside=False)
        if not slug:
            continue
        before = tokens[at - 1].rstrip(".") if at else ""
        after = tokens[at + 1].rstrip(".") if at + 1 < len(tokens) else ""
        if before in _STREET_OR_TOWN or after in _NOT_AFTER:
            continue
        found.append(_Find(at, slug))
    return found


@lru_cache(maxsize=16384)
def _resolve(text: str) -> tuple[str, ...]:
    tokens = [word for word in _TOKEN.findall(fold(text)) if word not in _QUOTES]
    heads = [at for at, word in enumerate(tokens) if _is_district_word(word)]
    found = [find for at in heads for find in _beside(tokens, at)]
    found += _bare(tokens)
    if not found and all(token in _LIST_MARKS or token in _NOUN for token in tokens):
        # Nothing but names: a column of districts, "almaly" or "Медеу, Алмалы".
        found = [_Find(at, _NOUN[token]) for at, token in enumerate(tokens) if token in _NOUN]
    return tuple(dict.fromkeys(find.slug for find in sorted(found)))


def resolve_districts(text: str) -> list[str]:
    """Name the districts of Almaty that a text speaks of, in order of mention.

    A name counts where it is an adjective ("в Алмалинском") or stands beside the word for a district
    ("Наурызбай р-н", "Жетісу ауданы", "Bostandyk district"); a street or microdistrict of the same name does
    not ("ул. Медеу", "мкр. Алатау"), nor does the town of Алатау. A text of nothing but names is a list of
    districts.

    Parameters
    ----------
    text
        Any text, in Russian, Kazakh or English; endings and typing errors are borne: one edit, or two beside
        the word for a district in a name of nine letters or more (optimal string alignment).

    Returns
    -------
    list of str
        Slugs (`alatau`, `almaly`, …), each once; empty when none is named.

    Raises
    ------
    None

    Examples
    --------
    >>> resolve_districts("2 ПМСП в Алмалинском и 3 ПМСП Бостандыкском районах")
    ['almaly', 'bostandyk']
    >>> resolve_districts("ул. Медеу, Алмалинский район")
    ['almaly']
    >>> resolve_districts("г. Алатау Алматинской области")
    []
    """
    return list(_resolve(text)) if isinstance(text, str) and text.strip() else []
