"""Quantities that a row states twice: yearly goals against indicators, note and title; a programme against its projects."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geoplan.roadmap._cells import GOALS, KPIS, LABELS, NOTE, WINDOWS
from geoplan.roadmap._checks import million
from geoplan.roadmap._grammar import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geoplan.roadmap._facility import Note
    from geoplan.roadmap._rows import Aligned

__all__ = ["check_parts", "check_quantities"]

_AMOUNT = r"\d{1,3}(?:[ ,]\d{3})+(?!\d)|\d+(?:[.,]\d{1,2})?"
_ADJECTIVE = r"[а-яё-]+(?:ых|их|ого|его|ой|ей|ая|яя|ые|ие|ый|ий)"
_QUANTITY = re.compile(
    rf"(?P<least>(?:не менее(?: чем)?|более|свыше|до) (?:на )?)?(?<![\w№.,/%+-])(?P<amount>{_AMOUNT})"
    rf"(?P<thousand> ?тыс\.?)?(?:-?(?:х|ти|и|ми|м)\b)? ?(?P<words>(?:{_ADJECTIVE} ){{0,3}})(?P<noun>[а-яё]{{3,}})",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:иями|ями|ами|ов|ев|ей|ий|ия|ие|ии|иям|ах|ях|ам|ям|а|я|ы|и|у|ю|е|о|ь)$")
_NO_NOUN = re.compile(
    r"(?:год|лет|квартал|кварт|млн|млрд|тыс|тенге|процент|этап|полугоди|месяц|час|раз|недел|этажн|класс|кв|при|для|что|или)"
)
# Heads and the places for them are one quantity.
_HEADS = re.compile(r"(?:мест|дет|учащ|учен|школьник|воспитанник|обучающ)")
_YEARLY = re.compile(r"ежегодно|в год|каждый год", re.IGNORECASE)
_SO_FAR = re.compile(r"\(всего (?P<inside>[^()]*)\)", re.IGNORECASE)
_NEAR = 25  # characters around a number in which it may be called yearly


class _Quantity(NamedTuple):
    value: float
    noun: str
    least: bool  # "at least", "up to"
    rough: float  # how exact a number said in thousands is
    said: str


# Titles and goals are asked several times over, by each check of their row and of their programme.
@lru_cache(maxsize=4096)
def _quantities(text: str) -> tuple[_Quantity, ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[_Quantity]:
    for match in _QUANTITY.finditer(text):
        noun = _ENDING.sub("", match["noun"].lower())
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if _NO_NOUN.match(noun) or _YEARLY.search(around):
            continue
        value = number(match["amount"], match["thousand"])
        digits = len(match["amount"].partition(",")[2]) if match["thousand"] else 0
        rough = 10.0 ** (3 - digits) / 2 if match["thousand"] else 0.0
        said = f"{match['amount']}{match['thousand'] or ''} {match['noun']}"
        yield _Quantity(value, "мест" if _HEADS.match(noun) else noun, bool(match["least"]), rough, said)


def _goals(row: Aligned) -> dict[str, dict[int, float]]:
    """Return by noun what each goal column states, where it states one number of it."""
    out: dict[str, dict[int, float]] = {}
    for column in GOALS:
        told = _quantities(_SO_FAR.sub("", row.text(column)))
        for quantity in told:
            if sum(other.noun == quantity.noun for other in told) == 1:
                out.setdefault(quantity.noun, {})[column] = quantity.value
    return out


def check_quantities(row: Aligned, *, builds: bool) -> list[Note]:
    """Compare the numbers of a row's indicators, note and title with its yearly goals.

    Parameters
    ----------
    row
        The row.
    builds
        Whether it has facilities: their counts and capacities are compared elsewhere, then only the note is read.

    Returns
    -------
    list of Note
        `sum` where a number is that of no year, of no years up to 2025, after it or in all; `late` where an indicator
        for 2025 is only reached after it.
    """
    goals = {} if _YEARLY.search(row.row.title) else _goals(row)
    notes: list[Note] = []
    texts = [(NOTE, LABELS[NOTE], row.text(NOTE))]
    if not builds:
        texts += [(column, LABELS[column], row.text(column)) for column in KPIS]
        texts.append((1, LABELS[1], row.row.title))
    for column, label, text in texts:
        for told in _quantities(text):
            by_year = goals.get(told.noun, {})
            # A note that names less than one year's goal speaks of a part.
            if len(by_year) < 2 or (column == NOTE and told.value < max(by_year.values())):
                continue
            border = WINDOWS[KPIS[0]][1]
            early = [value for goal, value in by_year.items() if WINDOWS[goal][1] <= border]
            every = list(by_year.values())
            late = every[len(early) :]
            parts = f"{' + '.join(million(value) for value in every)} = {million(sum(every))}"
            if _fits(told, [*every, sum(early), *([] if column == KPIS[0] else [sum(late), sum(every)])]):
                continue
            if column == KPIS[0] and _fits(told, [sum(every)]):
                message = (
                    f"«{label}» называет {told.said}, а по целям к концу {border} года {million(sum(early))}; "
                    f"столько выходит за все годы: {parts}."
                )
                notes.append(("late", message))
            else:
                notes.append(("sum", f"«{label}» называет {told.said}, а по целям по годам {parts}."))
    return [*notes, *_so_far(row, goals)]


def _fits(told: _Quantity, values: list[float]) -> bool:
    return any(
        abs(value - told.value) <= told.rough or (told.least and value >= told.value) for value in values
    )


def _so_far(row: Aligned, goals: dict[str, dict[int, float]]) -> Iterator[Note]:
    """Compare "(всего 16 кабинетов)" with the goals up to that column."""
    for column in GOALS:
        for match in _SO_FAR.finditer(row.text(column)):
            for told in _quantities(match["inside"]):
                upto = [value for goal, value in goals.get(told.noun, {}).items() if goal <= column]
                if upto and sum(upto) != told.value:
                    summed = million(sum(upto))
                    message = (
                        f"«{LABELS[column]}» называет всего {told.said}, а по целям до этого срока {summed}."
                    )
                    yield "sum", message


def check_parts(row: Aligned, children: list[Aligned]) -> list[Note]:
    """Compare the goals of a programme with the sum of its sub-projects', where all that have goals count the same."""
    stated = [goals for child in children if (goals := _goals(child))]
    notes: list[Note] = []
    for noun, by_year in _goals(row).items():
        if len(stated) < 2 or not all(noun in goals for goals in stated):
            continue
        for column, value in by_year.items():
            parts = [goals[noun][column] for goals in stated if column in goals[noun]]
            if parts and sum(parts) != value:
                summed = f"{' + '.join(map(million, parts))} = {million(sum(parts))}"
                notes.append(
                    (
                        "sum",
                        f"«{LABELS[column]}» называет {million(value)}, а по подпроектам {summed} ({noun}…).",
                    )
                )
    return notes
