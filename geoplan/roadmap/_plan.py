"""The facilities of one project: from its title, its yearly goals and its note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import KPIS, NOTE
from geoplan.roadmap._costs import set_costs
from geoplan.roadmap._facility import KIND_RU, Facility, Note
from geoplan.roadmap._goals import Opening, openings, when
from geoplan.roadmap._grammar import (
    DISTRICT_RU,
    SERVICE_OF,
    amounts,
    district_words,
    family,
    set_up_inside,
    things,
    uncounted,
    unquoted,
)
from geoplan.roadmap._shares import share
from geoplan.roadmap._single import from_note, replaced_in_note, single
from geoplan.roadmap._sites import UNNAMED, sites
from geoplan.roadmap._years import set_years

if TYPE_CHECKING:
    from geoplan.roadmap._grammar import Thing
    from geoplan.roadmap._rows import Aligned

__all__ = ["named_in_title", "not_built", "plan"]

_BUILDS = {"build", "finish", "repair"}
_INSTEAD = re.compile(r"\bвзамен\b|\bснос\w* и строительств", re.IGNORECASE)
_CONVERSION = re.compile(r"реконструкци\w*.*\bздани\w*.*\bдля создани", re.IGNORECASE)
_TORN_DOWN = re.compile(r"\bснос\w* (?P<what>\d+ [а-яё]+)(?! ?(?:№|\())", re.IGNORECASE)
_SERVICE_STEM = re.compile(r"школ|детск\w+ сад|поликлиник|ПМСП|СВА|подстанци", re.IGNORECASE)
_CENTRE = re.compile(
    r"\b(?:создани|открыти|организаци)\w* .*(?:центр|кабинет|отделени|филиал)", re.IGNORECASE
)
_REPAIR = re.compile(r"капитальн\w+ ремонт", re.IGNORECASE)
_ELSEWHERE = re.compile(r"финансирование указано в разделе", re.IGNORECASE)
# More of one project is a misread number: the whole document plans about two hundred.
_MOST = 500


def named_in_title(title: str) -> list[Thing]:
    """Return the facilities that a title says are built, replaced or renovated, with their count."""
    text = unquoted(title)
    instead = _INSTEAD.search(text) is not None
    return [
        thing
        for thing in things(text)
        if thing.verb in _BUILDS and thing.kind in SERVICE_OF and (instead or not thing.standing)
    ]


def not_built(row: Aligned) -> str:
    """Return why a row that speaks of building or repairing gives no builds, '' where there is nothing to say."""
    title = unquoted(row.row.title)
    repaired = any(thing.verb == "repair" and thing.standing for thing in things(title))
    if repaired and _SERVICE_STEM.search(title) is not None:
        return "Ремонт действующих объектов новых мест не открывает: в строки строек не вошел."
    texts = [title, *(row.text(column) for column in KPIS)]
    if _REPAIR.search(title) and _ELSEWHERE.search(row.row.title):
        return (
            "Финансирование указано в другом разделе, там же и объект: в строки строек не вошел второй раз."
        )
    if _CENTRE.search(title) and any(set_up_inside(text) for text in texts):
        return "Открывается на базе действующей организации, своего здания нет: в строки строек не вошло."
    return ""


def plan(row: Aligned) -> tuple[list[Facility], list[Note]]:
    """Return the facilities of a project and what is to be said of them.

    Where the goals state capacities, or the title no counts, the goals list the facilities; else the title does and
    the goals only tell the years. A building that the title names without a count, and no goal counts, is one.
    """
    title = unquoted(row.row.title)
    counted = named_in_title(row.row.title)
    named = None if counted else uncounted(row.row.title)
    if (not counted and named is None) or not_built(row):
        return [], []
    kinds = {thing.kind for thing in counted} or {named.kind if named else ""}
    families = {family(kind) for kind in kinds}
    groups = [group for group in openings(row) if group.kind == "object" or family(group.kind) in families]
    notes = [
        ("unnamed", f"«{match[0]}»: какие именно, документ не называет.")
        for column in sorted(row.cells)
        if column != NOTE
        for match in _TORN_DOWN.finditer(row.text(column))
    ]
    columns: list[int] | None
    by_goals = not counted or any(group.thing.amount for group in groups)
    listed = sum(group.count for group in groups) if by_goals else sum(thing.count for thing in counted)
    if listed > _MOST:
        notes.append(("count", f"Число объектов ({listed}) неправдоподобно: стройки не составлены."))
        return [], notes
    if named and not groups and not named.several and SERVICE_OF[named.kind] in {"hospital", "other"}:
        found, columns = [single(row, named)], None
    elif by_goals:
        found, columns = _from_goals(row, groups, min(kinds), notes)
    else:
        found = _from_title(row, counted, notes)
        notes += set_years(row, found, groups)
        found.sort(key=lambda facility: facility.opens)
        columns = None
    if not found:
        notes.append(("count", "Стройки названы, но их число не указано ни в названии, ни в целях."))
        return [], notes
    if named:
        for facility in found:
            facility.action = {"conversion": "conversion", "repair": "renovation"}.get(
                named.verb, facility.action
            )
            facility.note = facility.note or named.name
    _actions(found, title, counted)
    replaced_in_note(found, row.text(NOTE))
    if not from_note(found, row.text(NOTE), notes):
        _places(found, row, notes)
    set_costs(row, found, columns)
    return found, notes


def _from_goals(
    row: Aligned, groups: list[Opening], kind: str, notes: list[Note]
) -> tuple[list[Facility], list[int]]:
    found: list[Facility] = []
    columns: list[int] = []
    everywhere = list(dict.fromkeys(slug for _, _, slug in district_words(row.row.title)))
    one_each = len(everywhere) > 1 and len(everywhere) == sum(group.count for group in groups)
    for index, group in enumerate(groups):
        thing = group.thing
        parts = [(group.kind, group.count)]
        if thing.parts and thing.count == group.count:
            parts = thing.parts
            told = ", ".join(f"{KIND_RU[part]} — {count}" for part, count in parts)
            outside = f"{KIND_RU[thing.kind]} — {thing.count}"
            notes.append(("count", f"Цель называет: {outside}; в скобках: {told}. Взято то, что в скобках."))
        year, basis = when(row, group.column)
        districts = thing.districts or everywhere
        members = [
            Facility(kind if part == "object" else part, "new", index, opens=year, opens_basis=basis)
            for part, count in parts
            for _ in range(count)
        ]
        if one_each and not thing.districts:
            districts = everywhere[len(found) : len(found) + len(members)]
        _set_districts(members, districts, notes)
        _set_capacity(members, thing)
        for member, place in zip(members, group.places, strict=False):
            member.place = place
        found += members
        columns += [group.column] * len(members)
    if one_each and len({facility.opens for facility in found}) > 1:
        for facility in found:
            facility.opens_basis = "allocated"
        message = (
            "Районов столько же, сколько объектов; какой из них когда открывается, документ не говорит: "
            "взят порядок названия."
        )
        notes.append(("allocated", message))
    return found, columns


def _from_title(row: Aligned, counted: list[Thing], notes: list[Note]) -> list[Facility]:
    found: list[Facility] = []
    for index, thing in enumerate(counted):
        members = [Facility(thing.kind, "new", index) for _ in range(thing.count)]
        _set_districts(members, thing.districts, notes)
        _set_capacity(members, thing)
        old = [part.strip() for part in thing.inside.split(",")]
        if _INSTEAD.search(row.row.title) and len(old) == len(members) and not thing.parts:
            for member, name in zip(members, old, strict=True):
                member.replaces = name
        found += members
    if all(facility.capacity is None for facility in found):
        # The indicators may give the capacity of all of them together.
        told = {amount for column in KPIS for amount in amounts(row.text(column))}
        if len(told) == 1:
            amount, unit, _ = told.pop()
            for facility, capacity in zip(found, share(round(amount), [1.0] * len(found)), strict=True):
                facility.capacity, facility.unit = capacity, unit
                facility.capacity_basis = "stated" if len(found) == 1 else "mean of group"
    return found


def _set_districts(members: list[Facility], districts: list[str], notes: list[Note]) -> None:
    if len(districts) == 1:
        for member in members:
            member.district = districts[0]
    elif districts and len(districts) == len(members):
        for member, slug in zip(members, districts, strict=True):
            member.district = slug
    elif districts:
        names = ", ".join(DISTRICT_RU[slug] for slug in districts)
        notes.append(
            (
                "district",
                f"Названы районы {names}, но не сказано, сколько объектов в каждом: район не указан.",
            )
        )


def _set_capacity(members: list[Facility], thing: Thing) -> None:
    if thing.amount is None or not members:
        return
    amount = round(thing.amount)
    shares = [amount] * len(members) if thing.each else share(amount, [1.0] * len(members))
    for member, capacity in zip(members, shares, strict=True):
        member.capacity, member.unit = capacity, thing.unit
        member.capacity_basis = "stated" if thing.each or len(members) == 1 else "mean of group"


def _actions(found: list[Facility], title: str, counted: list[Thing]) -> None:
    instead = _INSTEAD.search(title) is not None
    conversion = _CONVERSION.search(title) is not None
    repaired = bool(counted) and all(thing.verb == "repair" for thing in counted)
    for facility in found:
        if facility.kind == "annex":
            facility.action = "annex"
        elif repaired:
            facility.action = "renovation"
        elif instead:
            facility.action, facility.replaces = "replacement", facility.replaces or UNNAMED
        elif conversion:
            facility.action = "conversion"


def _places(found: list[Facility], row: Aligned, notes: list[Note]) -> None:
    """Give the places of the note to the facilities, in its order."""
    told = sites(row.text(NOTE), "подстанция" if found[0].kind == "substation" else "")
    free = [facility for facility in found if not facility.place and facility.action != "annex"]
    if told and len({(facility.kind, facility.district) for facility in free}) > 1:
        names = "; ".join(site.place for site in told)
        notes.append(
            ("place", f"К каким объектам относятся места ({names}), документ не говорит: места не указаны.")
        )
        told = []
    if len(told) > len(free):
        names = "; ".join(site.place for site in told[len(free) :])
        notes.append(
            (
                "place",
                f"В примечании мест больше, чем объектов ({len(told)} и {len(free)}): без стройки {names}.",
            )
        )
    for facility, site in zip(free, told, strict=False):
        facility.place, facility.note = site.place, site.note
        if site.replaces and facility.action in {"new", "replacement"}:
            facility.action, facility.replaces = "replacement", site.replaces
    if told and len({facility.opens for facility in free}) > 1:
        message = "Какой из названных объектов откроется раньше, документ не говорит: годы идут в порядке примечания."
        notes.append(("order", message))
    for facility in found:
        if facility.replaces == UNNAMED:
            where = f" ({facility.place})" if facility.place else ""
            notes.append(("unnamed", f"Что заменяет новый объект{where}, документ не называет."))
