"""Words of the document: verbs, counted objects, capacities, districts. General patterns, no project numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from geoplan.geocode.districts import resolve_districts

__all__ = [
    "DISTRICT_RU", "SERVICE_OF", "Thing", "Uncounted", "amounts", "district_words", "family", "number",
    "set_up_inside", "things", "uncounted", "unquoted", "verb_at",
]  # fmt: skip

# Kind of building -> service. "object" ("3-х объектов") takes its kind from the title.
SERVICE_OF = {
    "school": "school",
    "annex": "school",
    "kindergarten": "kindergarten",
    "polyclinic": "polyclinic",
    "ambulatory": "polyclinic",
    "substation": "ambulance",
    "hospital": "hospital",
    # No access model exists for these.
    "maternity": "other",
    "college": "other",
    "dormitory": "other",
    "centre": "other",
    "department": "other",
}
DISTRICT_RU = {
    "alatau": "Алатауский",
    "almaly": "Алмалинский",
    "auezov": "Ауэзовский",
    "bostandyk": "Бостандыкский",
    "zhetysu": "Жетысуский",
    "medeu": "Медеуский",
    "nauryzbay": "Наурызбайский",
    "turksib": "Турксибский",
}
# Cases that stand for the thing itself; "в школах", "с поликлиникой" are about something else.
_KINDS = {
    "annex": r"пристро(?:йк[аиу]|ек)",
    "school": r"школ[аыу]?",
    "kindergarten": r"(?:детск\w+ )?сад(?:а|ы|ов|ик|ика|ики|иков)?|детсад(?:а|ы|ов)?",
    "polyclinic": r"поликлиник[аиу]?|ПМСП",
    "ambulatory": r"СВА|ВА|(?:врачебн\w+ )?амбулатори[йяюи]",
    "substation": r"подстанци[йяюи]",
    "hospital": r"больниц[аыу]?|стационар(?:а|ы|ов)?|клиник[аиу]?|блока? (?:ЦГКБ|больниц\w+)|приемн\w+ поко[йяею]\w*",
    "maternity": r"род(?:ильн\w+ )?дом(?:а|ов)?",
    "college": r"колледж(?:а|и|ей)?",
    "dormitory": r"общежити[еяй]",
    "centre": r"(?:полицентр|центр)(?:а|ы|ов)?",
    "department": r"отделени[еяй]",
    "object": r"объект(?:а|ы|ов)?|здани[йея]",
}
_KIND = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items())
_NUMERALS = {
    r"од(?:ин|н\w+)": 1, r"дв(?:а|е|ух)": 2, r"тр(?:и|[её]х)": 3, r"четыр(?:е|[её]х)": 4, r"пят[ьи]": 5,
    r"шест[ьи]": 6, r"сем[ьи]": 7, r"вос(?:емь|ьми)": 8, r"девят[ьи]": 9, r"десят[ьи]": 10,
}  # fmt: skip
_ADJECTIVE = r"(?!этажн|коечн)[а-яё-]+(?:ых|их|ого|его|ой|ей|ая|яя|ые|ие|ый|ий)"
_COUNT = r"\d{1,6}|" + "|".join(_NUMERALS)
_AMOUNT = r"\d{1,3}(?:[ ,]\d{3})+|\d+(?:[.,]\d{1,2})?"
_UNIT = r"(?:уч\w*\.? ?)?(?P<unit>мест\w*|посещени\w*|ко[ей]\w*)"
_THING = re.compile(
    rf"(?<![\w№.,/-])(?P<count>{_COUNT})(?:-?(?:х|ти|и|ми|м))? (?P<words>(?:{_ADJECTIVE} ){{0,3}})(?:{_KIND})(?![\w-])"
    rf"(?: службы скорой медицинской помощи)?"
    rf"(?: (?:не менее(?: чем)? )?(?P<per>на|по) (?:не менее(?: чем)? )?"
    rf"(?P<amount>{_AMOUNT})(?P<thousand> ?тыс\.?)? ?{_UNIT})?"
    rf"(?: ?\((?P<inside>[^()]*)\))?",
    re.IGNORECASE,
)
_SEATS = re.compile(rf"(?P<amount>{_AMOUNT})(?P<thousand> ?тыс\.?)? ?(?:ученических )?{_UNIT}", re.IGNORECASE)
# What the objects after a word are for. The nearest one before an object governs it.
_VERBS = {
    "design": r"разработк\w*|проектировани\w*",
    "demolition": r"снос\w*",
    "start": r"начал[оа] (?:строительств|постройк|реконструкци|капитальн\w+ ремонт|капремонт)\w*",
    "finish": r"завершени\w*(?: строительств\w*)?|ввод\w*|сдач\w*|открыти\w*",
    "build": r"строительств\w*|постройк\w*|возведени\w*|создани\w*|тиражировани\w*|выкуп\w* свободн\w+ здани\w+",
    "repair": r"капитальн\w+ ремонт\w*|капремонт\w*|реконструкци\w*|сейсмоусилени\w*|модернизаци\w*",
    "other": r"оснащени\w*|внедрени\w*|обеспечени\w*|обучени\w*|приобретени\w*|организаци\w*|проведени\w*"
    r"|повышени\w*|развити\w*|запуск\w*|размещени\w*|увеличени\w*|выведени\w*|функционировани\w*|охват\w*",
}
_VERB = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _VERBS.items()) + r")\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.;] (?=[А-ЯЁ\d])")
_BUILDING = (
    r"строительств|открыти|создани|возведени|ввод|тиражировани|реконструкци|модернизаци|капитальн\w+ ремонт"
)
_UNCOUNTED = re.compile(
    # "Открытие и функционирование учебно-методического и практического Центра", "ремонт здания с модернизацией больницы"
    rf"\b(?P<verb>{_BUILDING})\w*(?: и [а-яё]+и[еяю])*"
    rf"(?: (?:отдельно-стоящего )?здани[йяе](?: \([^()]*\))?)?(?: с модернизацией)?"
    rf"(?: (?:для (?:создания|организации работы) |под |для )?(?=[«а-яА-ЯЁё\d]))?"
    rf"(?:\d (?=этажн)|«)?(?:(?:{_ADJECTIVE}|этажного)(?: и)? ){{0,5}}"
    rf"(?P<thing>{_KIND.replace('|ПМСП', '')})(?![\w-])",
    re.IGNORECASE,
)
# "Реконструкция здания для организации работы Центра", "выкуп зданий под общежития"
_SET_UP = re.compile(
    rf"(?:реконструкци|ремонт|выкуп)\w*.*?\bздани\w*.*?\b(?:для создания|для организации работы|для|под) "
    rf"(?:{_ADJECTIVE} ){{0,4}}(?P<thing>{_KIND.replace('|ПМСП', '')})(?![\w-])",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"(?:ов|ей|ий|иц|ник|школ)$|общежития$", re.IGNORECASE)
_WORDS_BEFORE = re.compile(rf"(?:(?<![\w-])(?!модернизаци|тиражировани|этажн){_ADJECTIVE} )+$", re.IGNORECASE)
_AFTER_NAME = re.compile(r" на \d| с | со | для | в |[.,(]")
# Something set up inside an institution that stands: it has no building of its own.
_INSIDE = re.compile(r"\bна базе (?!(?:\w+ ){0,3}здани)", re.IGNORECASE)
_WITH = re.compile(r" с (?:\d+ )?общежити(?:ем|ями)\b", re.IGNORECASE)
_DISTRICT = re.compile(r"(?<![\w-])[А-ЯЁ][а-яё]+(?:ск|сб)(?:ий|ом|ого|ому|им|ие|их)(?![\w-])")
_QUOTED = re.compile(r"«[^«»]*»|\"[^\"]*\"|“[^“”]*”")
_STANDING = re.compile(r"действующ|существующ", re.IGNORECASE)
_UNITS = {"мест": "seats", "посе": "visits_per_shift", "коек": "beds", "койк": "beds", "коик": "beds"}


@dataclass
class Thing:
    """Objects counted in a text: '8 СВА на 200 посещений в Наурызбайском'."""

    kind: str
    count: int
    verb: str  # of _VERBS, '' where no verb stands before
    start: int
    standing: bool = False  # called existing
    amount: float | None = None
    each: bool = False  # the amount is that of each one, not of all
    rough: bool = False  # said in thousands
    unit: str = ""
    inside: str = ""  # what stands in parentheses after it
    parts: list[tuple[str, int]] = field(default_factory=list)  # kinds, where the parentheses correct them
    districts: list[str] = field(default_factory=list)


def number(amount: str, thousand: str | None = None) -> float:
    """Return the number of '3 380', '80,600' or '6,5' (with `thousand`: thousands)."""
    compact = amount.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", compact):
        compact = compact.replace(",", "")
    return float(compact.replace(",", ".")) * (1000 if thousand else 1)


def things(text: str) -> list[Thing]:
    """Return the counted objects of a text in order, with the verb that governs each and its districts."""
    return [
        replace(thing, districts=list(thing.districts), parts=list(thing.parts))
        for thing in _read_things(text)
    ]


@lru_cache(maxsize=4096)
def _read_things(text: str) -> tuple[Thing, ...]:
    # Each title and goal is asked for its things several times: by the plan, its checks, and its programme.
    found = []
    for match in _THING.finditer(text):
        found.append(_thing(match, text))
        if _WITH.match(text, match.end()):
            found.append(Thing("dormitory", found[-1].count, found[-1].verb, match.end()))
    pending: list[Thing] = []
    named: list[str] = []
    spots: list[tuple[int, Thing | str]] = [(thing.start, thing) for thing in found]
    spots += [(at, slug) for at, _, slug in district_words(text)]
    for _, spot in sorted(spots, key=lambda pair: pair[0]):
        if isinstance(spot, str):
            named.append(spot)
            continue
        if named:
            _name(pending, named)
            pending, named = [], []
        pending.append(spot)
    _name(pending, named)
    return tuple(found)


def _name(pending: list[Thing], named: list[str]) -> None:
    for thing in pending:
        thing.districts = list(dict.fromkeys(named))


def _thing(match: re.Match[str], text: str) -> Thing:
    kind = next(name for name in _KINDS if match[name])
    thing = Thing(kind, _count(match["count"]), verb_at(text, match.start()), match.start())
    before = text[max(0, match.start() - 20) : match.start()]
    thing.standing = bool(
        _STANDING.search(match["words"]) or re.search(r"(?:действующ|существующ)\w* $", before)
    )
    if match["amount"]:
        thing.amount = number(match["amount"], match["thousand"])
        thing.rough = bool(match["thousand"])
        thing.unit = _UNITS[match["unit"][:4].lower()]
        # A clinic's visits per shift are the measure of one building; seats are summed over the group.
        thing.each = thing.unit == "visits_per_shift" or match["per"].lower() == "по"
    if match["inside"]:
        thing.inside = match["inside"]
        parts = [(_kind(part), _count(part["count"])) for part in _THING.finditer(thing.inside)]
        if parts and sum(count for _, count in parts) == thing.count:
            thing.parts = parts
    return thing


def _kind(match: re.Match[str]) -> str:
    return next(name for name in _KINDS if match[name])


def _count(word: str) -> int:
    if word.isdigit():
        return int(word)
    return next(value for pattern, value in _NUMERALS.items() if re.fullmatch(pattern, word, re.IGNORECASE))


def verb_at(text: str, at: int) -> str:
    """Return the name of the last verb of the sentence before position `at`, '' for none."""
    ends = [match.end() for match in _SENTENCE.finditer(text, 0, at + 1) if match.end() <= at]
    begin = ends[-1] if ends else 0
    last = ""
    for match in _VERB.finditer(text, begin, at):
        last = next(name for name in _VERBS if match[name])
    return last


def amounts(text: str) -> list[tuple[float, str, bool]]:
    """Return the capacities a text names: amount, unit, whether said in thousands."""
    return [
        (
            number(match["amount"], match["thousand"]),
            _UNITS[match["unit"][:4].lower()],
            bool(match["thousand"]),
        )
        for match in _SEATS.finditer(text)
    ]


class Uncounted(NamedTuple):
    """A building that a title names without counting: kind, verb (build, repair or conversion), one or several, name."""

    kind: str
    verb: str
    several: bool
    name: str


@lru_cache(maxsize=4096)
def uncounted(title: str) -> Uncounted | None:
    """Return what a title says, without counting, is built; repaired only where no access model exists.

    None where it says nothing of the kind, or where the thing is set up inside an institution that stands.
    """
    set_up = _SET_UP.search(title)
    match = set_up or _UNCOUNTED.search(title)
    if match is None or _INSIDE.search(title):
        return None
    kind = _kind(match)
    verb = "conversion" if set_up else verb_at(title, match.start("thing"))
    if re.search(r"реконструкци\w* и строительств", title, re.IGNORECASE):
        verb = "repair"
    if kind == "object" or (
        verb not in {"build", "finish"} and SERVICE_OF[kind] not in {"hospital", "other"}
    ):
        return None
    end = _AFTER_NAME.search(title, match.end("thing"))
    before = _WORDS_BEFORE.search(title[: match.start("thing")])
    begin = before.start() if before else match.start("thing")
    name = title[begin : end.start() if end else len(title)].strip(" «»")
    name += '"' * (name.count('"') % 2)
    return Uncounted(kind, verb, bool(_SEVERAL.search(match["thing"])), name)


def set_up_inside(text: str) -> bool:
    """Tell whether a text says that something is set up inside an institution that stands."""
    return _INSIDE.search(text) is not None


def family(kind: str) -> str:
    """Return what kinds are counted together: those of one service with an access model, else the kind itself."""
    service = SERVICE_OF.get(kind, "")
    return kind if service in {"", "other"} else service


@lru_cache(maxsize=1024)
def _slug(word: str) -> str:
    slugs = resolve_districts(f"{word} район")
    return slugs[0] if len(slugs) == 1 else ""


def district_words(text: str) -> list[tuple[int, str, str]]:
    """Return the district adjectives of a text: position, word, slug."""
    return [
        (match.start(), match[0], slug) for match in _DISTRICT.finditer(text) if (slug := _slug(match[0]))
    ]


def unquoted(text: str) -> str:
    """Return `text` without names in quotation marks, which may hold counts of their own ("1000 школ")."""
    return _QUOTED.sub("«»", text)
