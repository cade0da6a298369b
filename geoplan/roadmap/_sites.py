"""Places in the note of a project: addresses, microdistricts, crossings, and what a new building replaces."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["KNOWN_TYPOS", "UNNAMED", "Site", "places", "sites"]

UNNAMED = "unnamed"
# Street names that the document mistypes; districts are compared with their list, streets have none here.
KNOWN_TYPOS = {"Розьбакиева": "Розыбакиева"}

_UP = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ"
_NAME = rf"[{_UP}][\w.-]*(?: (?:[{_UP}][\w-]+|би|батыра|хана|ата)(?![.]))*"
_HOUSE = r"\d+[а-яА-Я]?(?:/\d+[а-яА-Я]?)?(?!\w)"
_MICRODISTRICT = (
    rf"(?:мкрн?|микрорайон\w*)\.? ?[«\"]?[{_UP}][\w-]*(?: (?:[{_UP}][\w-]*|\d+[А-Яа-я]?(?!\w)))*[»\"]?"
)
_STREET = (
    rf"(?:ул\.|улиц[аеуы] |пр\.|пр-т\.? |просп\.|проспект\w* |пер\.|переул\w+ ) ?{_NAME}"
    rf"(?:(?: ?, ?| )(?:д\. ?)?{_HOUSE})?"
)
_ADDRESS = rf"(?<=по адресу )[{_UP}][\w-]+(?: ?, ?| ){_HOUSE}"
_CROSSING = rf"[{_UP}]\w+ ?[-–] ?[{_UP}]\w+"
_NEAR = rf"в районе (?:{_CROSSING}(?: ?, ?{_CROSSING})*|(?!города|района)[а-яё]{{4,}})"
_LANDMARK = r"(?: ?\((?P<landmark>(?:ТРЦ|ТЦ|ТД|рын\w+|парк\w*|ЖК)[^()]*)\))?"
_PLACE = re.compile(
    rf"(?P<near>{_NEAR})|(?P<place>{_STREET}|{_ADDRESS}|{_MICRODISTRICT}|(?<=\bна ){_CROSSING}){_LANDMARK}"
)
# A full stop that ends a sentence, not one of "ул.", "мкр.", "пр.".
_END = re.compile(r"(?<!мкр)(?<!мкрн)(?<!ул)(?<!пр)(?<!пер)(?<!просп)(?<! г)(?<!им)(?<!зд)\.(?: |(?=[А-ЯЁ]))")
_INSTEAD = re.compile(r"\bвзамен\b ?(?P<what>.*)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<what>[А-Яа-яё]+) (?P<no>№ ?\d+) ?\((?P<inside>[^()]+)\)")
_NUMBER = re.compile(r"№ ?(\d+)")
_OLD_STANDS = re.compile(r"расположенн\w+|находящ\w+", re.IGNORECASE)
_FORMER = re.compile(r"бывш\w+ (?P<what>«[^»]*»|\"[^\"]*\")", re.IGNORECASE)


class Site(NamedTuple):
    """A place of the note and what the building there replaces ('' for nothing)."""

    place: str
    replaces: str
    note: str


def mended(text: str) -> str:
    """Return `text` with the known typing errors mended."""
    for wrong, right in KNOWN_TYPOS.items():
        text = text.replace(wrong, right)
    return text


def places(text: str) -> list[str]:
    """Return the places a text names, in its own words, spaced and shortened alike."""
    found: list[str] = []
    for match in _PLACE.finditer(mended(text)):
        if match["near"]:
            inside = match["near"].removeprefix("в районе ")
            found += [f"в районе {_tidy(part)}" for part in inside.split(",")]
        elif match["landmark"]:
            found.append(f"{match['landmark'].strip()}, {_tidy(match['place'])}")
        else:
            found.append(_tidy(match["place"]))
    return found


def _tidy(place: str) -> str:
    place = re.sub(r"^улиц[аеуы] ", "ул. ", place.strip())
    place = re.sub(r"^проспект\w* ", "пр. ", place)
    place = re.sub(r"^микрорайон\w* ", "мкр. ", place)
    place = re.sub(r"^(мкрн?\.? ?)[«\"]([^«»\"]+)[»\"]", r"\1\2", place)
    place = re.sub(r"(?<=[а-я])\.(?=\S)", ". ", place, count=1)
    return re.sub(r" ?, ?", ", ", place)


def sites(note: str, noun: str) -> list[Site]:
    """Return the sites a note names, in its order.

    Parameters
    ----------
    note
        The text of the note column.
    noun
        What is replaced when only its number is given: 'подстанция' gives 'подстанция №9'.

    Returns
    -------
    list of Site
        `replaces` is 'unnamed' where something old is torn down or replaced and not named.
    """
    found: list[Site] = []
    for sentence in _END.split(mended(note)):
        instead = _INSTEAD.search(sentence)
        numbered = list(_NUMBERED.finditer(sentence))
        if instead:
            found += _replaced(sentence[: instead.start()], instead["what"], noun)
        elif numbered:
            for match in numbered:
                old = f"{match['what'].lower()} {match['no'].replace(' ', '')}"
                found += [Site(place, old, "") for place in places(match["inside"])[:1]]
        else:
            former = _FORMER.search(sentence)
            old = UNNAMED if re.search(r"\bснос\w* стар", sentence, re.IGNORECASE) and not former else ""
            told = f"на месте бывшего: {former['what']}" if former else ""
            found += [Site(place, old, told) for place in places(sentence)]
    return found


def _replaced(before: str, what: str, noun: str) -> list[Site]:
    """Read 'new at A - взамен №5, расположенной по адресу B' or '… взамен старого в B'."""
    number = _NUMBER.search(what)
    new, old = places(before), places(what)
    if number:
        replaces = f"{noun} №{number[1]}"
        if old and (new or _OLD_STANDS.search(what)):
            replaces += f" ({old[0]})"
    elif old and not new:
        replaces = f"старое здание ({old[0]})"
    else:
        replaces = UNNAMED
    # An old building that stands elsewhere gives no place to the new one.
    at = new or ([] if _OLD_STANDS.search(what) else old)
    return [Site(place, replaces, "") for place in at]
