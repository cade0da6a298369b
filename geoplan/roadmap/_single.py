"""A building that a title names without a count, and what a note alone tells of each building."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import GOALS, KPIS
from geoplan.roadmap._facility import Facility, Note
from geoplan.roadmap._goals import last_year, when
from geoplan.roadmap._grammar import SERVICE_OF, amounts, district_words, things
from geoplan.roadmap._sites import places

if TYPE_CHECKING:
    from geoplan.roadmap._grammar import Uncounted
    from geoplan.roadmap._rows import Aligned

__all__ = ["from_note", "replaced_in_note", "single"]

_READY = re.compile(r"^(?:завершени|ввод|сдач|открыти)\w*", re.IGNORECASE)
_READY_IN = re.compile(r"\b(?:ввод|введени|сдач|открыти|завершени)\w*\b.*\bв (20[2-4]\d) год", re.IGNORECASE)
_ANNEX = re.compile(r"приемн|пристройк", re.IGNORECASE)
_INSTEAD_OF_OLD = re.compile(r"нов\w+ здани\w+(?P<of>(?: [А-ЯЁ]\w+)?)\W+взамен стар", re.IGNORECASE)
_WITHIN = re.compile(r"в полицентре [«\"][^«»\"]+[»\"]")
_UNIT_OF = {"dormitory": "beds", "hospital": "beds", "maternity": "beds"}
_CLAUSE = re.compile(r"(?: и |[;,.] ?)(?=строительств)", re.IGNORECASE)


def single(row: Aligned, named: Uncounted) -> Facility:
    """Return the one building that a title names: its capacity and district from the title, its year from the goals."""
    title = row.row.title
    facility = Facility(named.kind, "annex" if _ANNEX.search(named.name) else "new", 0, note=named.name)
    told = [(amount, unit) for amount, unit, rough in amounts(title) if not rough]
    if told:
        facility.capacity, facility.unit, facility.capacity_basis = round(told[0][0]), told[0][1], "stated"
    districts = list(dict.fromkeys(slug for _, _, slug in district_words(title)))
    facility.district = districts[0] if len(districts) == 1 else ""
    facility.place = next(iter(places(title)), "")
    within = _WITHIN.search(title)
    if within:  # a name that the gazetteer does not hold: told, not placed
        facility.note += f", {within[0]}"
    facility.opens, facility.opens_basis = _year(row)
    return facility


def _year(row: Aligned) -> tuple[int, str]:
    for column in GOALS:
        if _READY.match(row.text(column)):
            return when(row, column)
    for column in KPIS:
        match = _READY_IN.search(row.text(column))
        if match:
            return int(match[1]), "stated"
    return last_year(row), "end of period"


def replaced_in_note(found: list[Facility], note: str) -> None:
    """Make a hospital that the note calls a new building in place of the old one a replacement."""
    match = _INSTEAD_OF_OLD.search(note)
    if match and len(found) == 1 and SERVICE_OF[found[0].kind] in {"hospital", "other"}:
        found[0].action, found[0].replaces = "replacement", f"старое здание{match['of']}"


def from_note(found: list[Facility], note: str, notes: list[Note]) -> bool:
    """Fill what a note tells of each building of a project without an access model.

    A note with as many clauses ("строительство …") as there are buildings of each kind gives the capacity, district and
    place of each in turn; one that counts them all ("6 общежитий по 300 койко-мест") the capacity. Returns whether the
    places of the note are dealt with.
    """
    if any(SERVICE_OF[facility.kind] != "other" for facility in found):
        return False
    for thing in things(note):
        same = [facility for facility in found if facility.kind == thing.kind]
        if thing.amount and thing.each and thing.count == len(same):
            for facility in same:
                facility.capacity, facility.unit = round(thing.amount), thing.unit
                facility.capacity_basis = "stated"
    clauses = _CLAUSE.split(note)
    kinds = {facility.kind for facility in found}
    groups = [[facility for facility in found if facility.kind == kind] for kind in sorted(kinds)]
    if len(clauses) == 1 or any(len(group) != len(clauses) for group in groups):
        return False
    for group in groups:
        unit = _UNIT_OF.get(group[0].kind, "seats")
        for facility, clause in zip(group, clauses, strict=True):
            told = [amount for amount, of, _ in amounts(clause) if of == unit]
            districts = list(dict.fromkeys(slug for _, _, slug in district_words(clause)))
            if facility.capacity is None and len(told) == 1:
                facility.capacity, facility.unit, facility.capacity_basis = round(told[0]), unit, "stated"
            facility.district = districts[0] if len(districts) == 1 else facility.district
            facility.place = facility.place or next(iter(places(clause)), "")
    if len({facility.opens for facility in found}) > 1:
        message = "Какой из названных объектов откроется раньше, документ не говорит: годы идут в порядке примечания."
        notes.append(("order", message))
    return True
