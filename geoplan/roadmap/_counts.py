"""Counts that a document states more than once: title, goals, indicators, programme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import KPIS, LABELS, WINDOWS
from geoplan.roadmap._facility import KIND_RU, Facility, Note
from geoplan.roadmap._grammar import SERVICE_OF, amounts, things, unquoted
from geoplan.roadmap._plan import named_in_title

if TYPE_CHECKING:
    from geoplan.roadmap._grammar import Thing
    from geoplan.roadmap._rows import Aligned

__all__ = ["check_counts", "check_programme", "private_among"]

_PRIVATE = re.compile(r"в том числе (?P<count>\d+) частн", re.IGNORECASE)
_ROUGH = 0.05  # how far a number said in thousands may be from the exact one


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
    for column in KPIS:
        label = LABELS[column]
        text = row.text(column)
        notes += [
            ("count", _differs(label, thing, found))
            for thing in things(text)
            if thing.kind in SERVICE_OF and thing.verb not in {"repair", "other"} and not _fits(thing, found)
        ]
        by_then = [facility for facility in found if facility.opens <= WINDOWS[column][1]]
        promised = sum(thing.count for thing in things(text) if thing.kind in SERVICE_OF)
        if len(by_then) < promised <= len(found):
            last = WINDOWS[column][1]
            message = f"«{label}»: объектов — {promised}, а по целям и сроку к концу {last} года открывается {len(by_then)}."
            notes.append(("late", message))
        for amount, unit, rough in amounts(text):
            sums = {_capacity(part) for part in _windows(found)}
            if unit in {facility.unit for facility in found} and not _near(amount, sums, rough=rough):
                told = ", ".join(str(value) for value in sorted(sums))
                notes.append(("count", f"«{label}» называет мощность {amount:g}, по целям выходит {told}."))
    private = private_among(row)
    if private:
        notes.append(
            ("unnamed", f"Из {len(found)} объектов {private} частные; какие именно, документ не называет.")
        )
    return notes


def check_programme(row: Aligned, found: list[Facility]) -> list[Note]:
    """Compare the counts in a programme's title with the facilities of its sub-projects."""
    return [
        ("count", _differs("название программы", thing, found))
        for thing in things(unquoted(row.row.title))
        if thing.kind in SERVICE_OF and not thing.standing and found and not _fits(thing, found)
    ]


def _windows(found: list[Facility]) -> list[list[Facility]]:
    """Return the facilities by 2025, after it, and all."""
    border = WINDOWS[KPIS[0]][1]
    early = [facility for facility in found if facility.opens <= border]
    return [early, [facility for facility in found if facility.opens > border], found]


def _capacity(found: list[Facility]) -> int:
    return sum(facility.capacity or 0 for facility in found)


def _near(amount: float, sums: set[int], *, rough: bool) -> bool:
    return any(abs(amount - value) <= (_ROUGH * amount if rough else 0) for value in sums)


def _fits(thing: Thing, found: list[Facility]) -> bool:
    """Tell whether a count is that of its kind, or of its service, by 2025, after it, or in all."""
    service = SERVICE_OF[thing.kind]
    for part in _windows(found):
        of_service = [facility for facility in part if SERVICE_OF[facility.kind] == service]
        of_kind = [facility for facility in of_service if facility.kind == thing.kind]
        repaired = [facility for facility in of_service if facility.action == "renovation"]
        counts = {len(of_service), len(of_kind), len(repaired), len(of_service) - len(repaired)}
        for facility in of_kind:
            same = [other for other in of_kind if other.district == facility.district]
            counts |= {len(same), sum(other.capacity == facility.capacity for other in same)}
        if thing.count in counts:
            return True
    return False


def _differs(where: str, thing: Thing, found: list[Facility]) -> str:
    early, late, _ = (
        sum(1 for facility in part if SERVICE_OF[facility.kind] == SERVICE_OF[thing.kind])
        for part in _windows(found)
    )
    said = f"{KIND_RU[thing.kind]} — {thing.count}"
    return f"«{where}»: {said}, а прочитано по 2025 год включительно {early}, после него {late}."
