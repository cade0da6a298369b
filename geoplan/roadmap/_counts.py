"""Counts that a document states more than once: title, goals, indicators, programme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import GOALS, KPIS, LABELS, WINDOWS
from geoplan.roadmap._checks import million
from geoplan.roadmap._facility import KIND_RU, Facility, Note
from geoplan.roadmap._grammar import SERVICE_OF, amounts, family, things, unquoted
from geoplan.roadmap._plan import named_in_title
from geoplan.roadmap.cells import ROUNDED

if TYPE_CHECKING:
    from geoplan.roadmap._grammar import Thing
    from geoplan.roadmap._rows import Aligned

__all__ = ["check_counts", "check_programme", "private_among"]

_PRIVATE = re.compile(r"в том числе (?P<count>\d+) частн", re.IGNORECASE)
_OPENING = {"", "build", "finish"}


def private_among(row: Aligned) -> int:
    """Return how many of a project's facilities its indicators call private without naming them."""
    return sum(int(match["count"]) for column in KPIS for match in _PRIVATE.finditer(row.text(column)))


def check_counts(row: Aligned, found: list[Facility]) -> list[Note]:
    """Compare the facilities read with the title's and the indicators' counts and capacities."""
    notes: list[Note] = [
        ("count", _differs("название", thing, found))
        for thing in named_in_title(row.row.title)
        if not _fits(thing, found)
    ]
    notes += _capacities("название", unquoted(row.row.title), found)
    for column in KPIS:
        label, text, last = LABELS[column], row.text(column), WINDOWS[column][1]
        named = [thing for thing in things(text) if thing.kind in SERVICE_OF]
        notes += [
            ("count", _differs(label, thing, found))
            for thing in named
            if thing.verb not in {"repair", "other"} and not _fits(thing, found)
        ]
        by_then = [facility for facility in found if facility.opens <= last]
        promised = sum(thing.count for thing in named)
        if len(by_then) < promised <= len(found):
            message = f"«{label}»: объектов — {promised}, а по целям и сроку к концу {last} года открывается {len(by_then)}."
            notes.append(("late", message))
        notes += _capacities(label, text, found)
    private = private_among(row)
    if private:
        notes.append(
            ("unnamed", f"Из {len(found)} объектов {private} частные; какие именно, документ не называет.")
        )
    return notes


def check_programme(row: Aligned, found: list[Facility], *, own: bool = True) -> list[Note]:
    """Compare the counts and capacities of a row with the facilities of others.

    Parameters
    ----------
    row
        A programme (`own`) with the facilities of its sub-projects, or a project that builds nothing itself with those
        of its programme.
    found
        The facilities.
    own
        Whether the title and goals are compared too, not the indicators alone.
    """
    if not found:
        return []
    told = [(LABELS[column], row.text(column), _by(found, column)) for column in KPIS]
    if own:
        told += [(LABELS[column], row.text(column), [_within(found, *WINDOWS[column])]) for column in GOALS]
        told.append(("название программы", unquoted(row.row.title), _windows(found)))
    notes: list[Note] = []
    families = {family(facility.kind) for facility in found}
    for label, text, parts in told:
        for thing in things(text):
            compared = thing.kind in SERVICE_OF and (
                thing.verb in _OPENING or (own and thing.verb == "repair")
            )
            if not compared or thing.standing or family(thing.kind) not in families:
                continue
            if not any(thing.count in _counts_of(thing, part) for part in parts):
                notes.append(("count", _differs(label, thing, found)))
        if own:
            notes += _capacities(label, text, found, parts)
    return list(dict.fromkeys(notes))


def _within(found: list[Facility], first: int, last: int) -> list[Facility]:
    return [facility for facility in found if first <= facility.opens <= last]


def _by(found: list[Facility], column: int) -> list[list[Facility]]:
    """Return what an indicator of a programme may count: what opens by 2025; after it, or in all."""
    windows = _windows(found)
    return windows[:1] if column == KPIS[0] else windows[1:]


def _capacities(
    label: str, text: str, found: list[Facility], parts: list[list[Facility]] | None = None
) -> list[Note]:
    """Compare the seats and beds of all facilities with those a text names; visits per shift are those of each."""
    notes: list[Note] = []
    for amount, unit, rough in amounts(text):
        sums = sorted({_capacity(part, unit) for part in parts or _windows(found)} - {0})
        if unit == "visits_per_shift" or not sums or any(f.capacity == amount for f in found):
            continue
        told = ", ".join(million(value) for value in sums)
        gap = min(abs(amount - value) for value in sums)
        shown = f"{million(amount / 1000)} тыс." if rough else million(amount)
        # "6,5 тыс." is exact to the half of its last digit, and off by its last digit rounded the wrong way.
        digit = 10.0 ** (3 - len(f"{amount / 1000:g}".partition(".")[2])) if rough else 0.0
        if gap > max(digit, ROUNDED if gap else 0.0):
            notes.append(("sum", f"«{label}» называет мощность {shown}, по целям объектов выходит {told}."))
        elif gap > digit / 2:
            notes.append(
                (
                    "rounding",
                    f"«{label}» называет мощность {shown}, по целям объектов выходит {told}: округление.",
                )
            )
    return notes


def _windows(found: list[Facility]) -> list[list[Facility]]:
    """Return the facilities by 2025, after it, and all."""
    border = WINDOWS[KPIS[0]][1]
    early = [facility for facility in found if facility.opens <= border]
    return [early, [facility for facility in found if facility.opens > border], found]


def _capacity(found: list[Facility], unit: str) -> int:
    return sum(facility.capacity or 0 for facility in found if facility.unit == unit)


def _counts_of(thing: Thing, part: list[Facility]) -> set[int]:
    """Return the numbers of a thing's service, of its kind, of those renovated and of those not."""
    own = family(thing.kind)
    of_service = [facility for facility in part if family(facility.kind) == own]
    of_kind = [facility for facility in of_service if facility.kind == thing.kind]
    repaired = sum(facility.action == "renovation" for facility in of_service)
    if thing.verb == "repair":
        return {repaired, len(of_service)}
    return {len(of_service), len(of_kind), repaired, len(of_service) - repaired}


def _fits(thing: Thing, found: list[Facility]) -> bool:
    """Tell whether a count is that of its kind, or of its service, by 2025, after it, in all, in a district or size."""
    for part in _windows(found):
        counts = _counts_of(thing, part)
        of_kind = [facility for facility in part if facility.kind == thing.kind]
        for facility in of_kind:
            same = [other for other in of_kind if other.district == facility.district]
            counts |= {len(same), sum(other.capacity == facility.capacity for other in same)}
        if thing.count in counts:
            return True
    return False


def _differs(where: str, thing: Thing, found: list[Facility]) -> str:
    early, late, _ = (
        sum(1 for facility in part if family(facility.kind) == family(thing.kind)) for part in _windows(found)
    )
    said = f"{KIND_RU[thing.kind]} — {thing.count}"
    return f"«{where}»: {said}, а объектов прочитано: по 2025 год включительно {early}, после него {late}."
