"""What a text asks for: a microdistrict, a street with a house, a crossing of two streets, a landmark."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from geoplan.geocode._text import fold

__all__ = ["Asked", "House", "house_number", "parse", "two_names"]

_MICRO = re.compile(
    r"(?<![а-яa-z])(?:мкр-?н[а-я]{0,2}|мкр|мк-?н|мр-н|м-н|микрораион[а-я]*|ыкшамаудан[а-я]*|microdistrict)(?![а-яa-z])\.?"
)
_STREET = re.compile(
    r"(?<![а-яa-z0-9-])(?:улиц[а-я]*|ул|проспект[а-я]*|просп|пр-к?т|прс|пр|переулок[а-я]*|пер|проезд[а-я]*|бульвар[а-я]*|"
    r"б-р|бул|набережн[а-я]*|наб|шоссе|тракт[а-я]*|кошеси|кош|дангылы|street|st|avenue|ave)(?![а-яa-z-])\.?"
)
_DISTRICT = re.compile(
    r"[а-яa-z-]+(?:ск|sk)[а-яa-z]*\s+(?:раион[а-я]*|р-н[а-я]*|district)\.?|"
    r"[а-яa-z]+\.?\s+(?:аудан[а-я]*|р-н[а-я]*|district)\.?|"
    r"(?<![а-яa-z])(?:г|город|city)\.?\s*(?:алматы|алма-ата|almaty)"
)
# "школа в мкр. X", "подстанция по ул. Y": what stands there is not part of the name.
_BEFORE = re.compile(r"^[^,]*\s(?:в|во|на|по|у)\s+$")
_LEAD = re.compile(
    r"^(?:в\s+раионе|во\s+дворе|раион|возле|около|рядом\s+с|вблизи|напротив|недалеко\s+от|пересечени[а-я]*|перекрест[а-я]*|"
    r"угол|на\s+углу|уг|по|на|в|у|вдоль|бывш[а-я]*)(?:\s+|\.\s*)"
)
# A number of more digits is no house.
_HOUSE = re.compile(
    r"^(?:д|дом|здание|уч|участок|n)?\.?\s*(\d{1,6})\s*-?\s*([а-яa-z])?(?:\s*/\s*(\d{1,6}))?\s*([а-яa-z])?"
    # "5-7": the first house of several, or a flat in it; no crossing of the 5th and the 7th street.
    r"(?:\s*-\s*\d{1,4})?$"
)
# "5 к. 2", "5 корпус 2", "5, кв. 17": a part of house 5.
_WITHIN = re.compile(
    r"(?<=\d)(\s?[а-яa-z]?)[\s,]+(?:корпус|корп|к|квартира|кв|офис|оф|строение|стр|литера?|лит|блок|этаж|н\.?п)(?![а-яa-z])"
    r"[\s.]*(?:\d{1,4}[а-яa-z]?|[а-яa-z])(?![0-9а-яa-z])"
)
_NUMBER = r"\d+\s?[а-яa-z]?(?:/\d+\s?[а-яa-z]?)?"
_TAIL_HOUSE = re.compile(rf"^(.*?[а-яa-z].*?)[\s.]+(?:(?:д|дом|здание)[\s.]*)?({_NUMBER})$")
# What follows a microdistrict is a house where it is called so ("8 мкр., дом 37а"), where the microdistrict has its own
# number before it ("Аксай-3 20", "мкр. 8-37", "5 мкр 10"), or where it has three digits ("Жас Канат 550"; "Айнабулак 2" is
# the second Айнабулак).
_MICRO_HOUSE = (
    re.compile(rf"^(.+?)[\s.]+(?:д|дом|здание)[\s.]*({_NUMBER})$"),
    re.compile(rf"^(\d+[а-я]?)(?:\s*-\s*|\s+)({_NUMBER})$"),
    re.compile(rf"^(.*[а-яa-z][\s-]*\d+[а-я]?)\s+({_NUMBER})$"),
    re.compile(r"^(.*[а-яa-z].*?)\s+(\d{3,}\s?[а-я]?(?:/\d+)?)$"),
)
_POSTCODE = re.compile(r"(?<!\d)(?:0\d{5}|a\d{2}[a-z]\d[a-z]\d)(?!\d)")
_BLOCK = re.compile(r"^(?:корпус|корп|блок|офис|этаж|кв|стр)\.?\s")
_AREA = re.compile(r"^(?:территория|квартал|жк|жилои\s+комплекс|с/?т|сн?т)\s")
_BRACKETS = re.compile(r"\([^()]*\)")
_LOCALITY = re.compile(r"<([^<>]*)>")
# Spaces around a hyphen, or a word, part two names; a hyphen alone may stand within one: "Табачно-заводская и Шилова".
_APART = re.compile(r"\s+[-–—]\s+|\s*[/\\]\s*|\s+(?:и|угол|уг|x|х|and|между)\.?\s+")
_CROSSING = re.compile(rf"\s*[-–—]\s*|{_APART.pattern}")

# "Абай мен Жароков көшелерінің қиылысы": the word for a crossing, or for streets, stands behind both names.
_KAZAKH_CROSSING = re.compile(r"\s(?:киылыс[а-я]*|кошелери[а-я]*|дангылдары[а-я]*)(?![а-я])")
_KAZAKH_TYPE = re.compile(r"\s(?:киылыс|кошелери|кошеси|дангылдары|дангылы)[а-я]*(?![а-я])")
_KAZAKH_AND = re.compile(r"\s+(?:мен|бен|пен|жане)\s+|\s*[-–—/]\s*|\s+и\s+")


class House(NamedTuple):
    """A house number: its number, letter and the part behind the slash, '' or 0 where there is none."""

    number: int
    letter: str
    part: int

    @property
    def text(self) -> str:
        """The number as it is written: 32/9, 220а."""
        return f"{self.number}{self.letter}" + (f"/{self.part}" if self.part else "")


class Asked(NamedTuple):
    """One thing that a text names; `second` is set for a crossing.

    `locality` is what stands in brackets behind it: where it lies ("Абая (Акбулак)"), or another name of it.
    """

    kind: str
    name: str
    second: str
    house: House | None
    locality: str = ""


def house_number(text: str) -> House | None:
    """Read a house number, None where the text is not one.

    Raises
    ------
    None
    """
    match = _HOUSE.match(fold(text).strip())
    if match is None:
        return None
    number, letter, part, last = match.groups()
    return House(int(number), (letter or last or ""), int(part or 0))


@lru_cache(maxsize=65536)
def parse(text: str) -> tuple[Asked, ...]:
    """Split an address into what it names, in the order written.

    Kinds are `street`, `microdistrict`, `crossing` (of two marked streets) and `any` (a bare name, which may be
    a landmark, a street, a microdistrict or two streets joined by a hyphen). A house number belongs to the name
    before it.

    Raises
    ------
    None
    """
    folded = re.sub(r"[«»\"'“”„\\]", " ", fold(text))
    folded = _WITHIN.sub(r"\1", _POSTCODE.sub(" ", _DISTRICT.sub(",", folded)))
    # "пр. Достык (Ленина), 188", "Абая (Акбулак)": what stands in brackets is no place of its own.
    outside = _BRACKETS.sub(_marked, folded)
    folded = re.sub(
        r"[();:\n]", ",", outside if re.search("[а-яa-z]{3}", _LOCALITY.sub("", outside)) else folded
    )
    # A marker that opens a new name also ends the one before: "мкр. Шанырак ул. Жанкожа 5".
    found: list[Asked] = []
    for raw in folded.split(","):
        locality = " ".join(_LOCALITY.findall(raw)).strip()
        part = re.sub(r"\s{2,}", " ", _LOCALITY.sub(" ", raw)).strip(" .-–—")
        if not part or _BLOCK.match(part):
            continue
        house = house_number(part)
        if house is not None:
            if found and found[-1].house is None and found[-1].kind != "crossing":
                found[-1] = found[-1]._replace(house=house, locality=found[-1].locality or locality)
            continue
        found += [asked._replace(locality=locality) for asked in _part(part)]
    return tuple(found)


def _marked(match: re.Match[str]) -> str:
    """Keep brackets that name a microdistrict by its word; mark what others hold, on one side of a comma."""
    inside = match.group()
    return inside if _MICRO.search(inside) else f" <{re.sub('[(),;:<>]', ' ', inside)}> "


def _part(part: str) -> list[Asked]:
    before = None
    while before != part:
        before, part = part, _LEAD.sub("", part).strip(" .")
    pair = _kazakh_crossing(part)
    if pair:
        return [pair]
    micro, street = _MICRO.search(part), _STREET.search(part)
    if micro and street and micro.start() < street.start() and part[micro.end() : street.start()].strip(" ."):
        return [*_part(part[: street.start()].strip(" .")), *_part(part[street.start() :])]
    if micro:
        if _BEFORE.match(part[: micro.start()]):
            part = part[micro.start() :]
        return _micro(_MICRO.sub(" ", part).strip(" ."))
    if street:
        return _street(part)
    area = _AREA.match(part)
    if area:
        return _with_house("any", part[area.end() :].strip())
    return _with_house("any", part)


def _kazakh_crossing(part: str) -> Asked | None:
    """Read two names before the Kazakh word for their crossing, or for streets."""
    if not _KAZAKH_CROSSING.search(part):
        return None
    pieces = [_KAZAKH_TYPE.sub(" ", f" {piece}").strip(" .") for piece in _KAZAKH_AND.split(part)]
    return Asked("crossing", pieces[0], pieces[1], None) if len(pieces) == 2 and all(pieces) else None


def two_names(text: str) -> list[str]:
    """Split a text at what may part the two streets of a crossing: two pieces where it names two.

    Raises
    ------
    None
    """
    splits = ([piece for piece in at.split(text) if piece.strip()] for at in (_APART, _CROSSING))
    apart, anyhow = splits
    return apart if len(apart) == 2 else anyhow


def _micro(name: str) -> list[Asked]:
    if not name:
        return []
    for pattern in _MICRO_HOUSE:
        match = pattern.match(name)
        if match:
            return [Asked("microdistrict", match.group(1).strip(" ."), "", house_number(match.group(2)))]
    return [Asked("microdistrict", name, "", None)]


def _street(part: str) -> list[Asked]:
    bare = _STREET.sub(" ", part).strip(" .")
    pieces = two_names(bare)
    marks = len(_STREET.findall(part))
    joined = len(pieces) == 2 and bool(re.search(r"\s[-–—]\s|/|\s(?:угол|уг)[\s.]", part))
    plural = joined or bool(re.search(r"улиц(?:\s|$)|проспектов|пересеч", part))
    if len(pieces) == 2 and (marks > 1 or plural) and not any(piece.strip()[0].isdigit() for piece in pieces):
        # "ул. Абая уг. Жарокова 5": the corner is what is asked for; the house stands on either street.
        second = _TAIL_HOUSE.match(pieces[1].strip())
        return [Asked("crossing", pieces[0].strip(), second.group(1) if second else pieces[1].strip(), None)]
    mark = _STREET.search(part)
    if mark and re.search("[а-яa-z]", part[: mark.start()]) and re.search("[а-яa-z]{3}", part[mark.end() :]):
        return [*_part(part[: mark.start()].strip(" .")), *_street(part[mark.start() :])]
    # The type word stays in the name: it tells a lane from a street.
    return _with_house("street", part)


def _with_house(kind: str, name: str) -> list[Asked]:
    match = _TAIL_HOUSE.match(name)
    if match and not _STREET.fullmatch(match.group(1).strip(" .")):
        return [Asked(kind, match.group(1).strip(" ."), "", house_number(match.group(2)))]
    return [Asked(kind, name, "", None)]
