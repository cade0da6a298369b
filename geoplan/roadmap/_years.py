"""Which facility of a project opens when, where its title names the facilities and its goals the years."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from geoplan.roadmap._goals import last_year, when
from geoplan.roadmap._grammar import DISTRICT_RU
from geoplan.roadmap._shares import interleave

if TYPE_CHECKING:
    from geoplan.roadmap._facility import Facility, Note
    from geoplan.roadmap._goals import Opening
    from geoplan.roadmap._rows import Aligned

__all__ = ["set_years"]


class _Slot(NamedTuple):
    """A place in the order of openings: its year, the basis of it, the goal group and the kind that the goal names."""

    year: int
    basis: str
    group: int
    kind: str


def set_years(row: Aligned, facilities: list[Facility], groups: list[Opening]) -> list[Note]:
    """Set `opens`, `opens_basis` and the places named in goals of the facilities of a title, in place.

    A facility whose place a goal names opens in that goal's year. The others take the years of the other goals: in
    order where they are all alike or where the counts of years and districts pair off one to one, else interleaved in
    proportion (`allocated`). Facilities that no goal counts open at the end of the project.
    """
    notes: list[Note] = []
    total = sum(group.count for group in groups)
    if 0 < total < len(facilities):
        message = f"Название говорит о {len(facilities)}, цели по годам называют {total}: остальные отнесены к концу срока."
        notes.append(("count", message))
    elif total > len(facilities):
        message = (
            f"Название говорит о {len(facilities)}, цели по годам называют {total}: взято число из названия."
        )
        notes.append(("count", message))
    rest = list(facilities)
    slots: list[_Slot] = []
    for index, group in enumerate(groups):
        year, basis = when(row, group.column)
        named = _named(group, rest, notes)
        for facility in named:
            facility.opens, facility.opens_basis = year, basis
        slots += [_Slot(year, basis, index, group.kind)] * (group.count - len(named))
    slots = slots[: len(rest)]
    slots += [_Slot(last_year(row), "end of period", len(groups), "object")] * (len(rest) - len(slots))
    kinds = Counter(facility.kind for facility in rest)
    if Counter(slot.kind for slot in slots) == kinds:
        # The goals tell the kinds apart, as the title does.
        for kind in kinds:
            _fill(
                [facility for facility in rest if facility.kind == kind],
                [slot for slot in slots if slot.kind == kind],
                notes,
                same_kind=True,
            )
    else:
        _fill(rest, slots, notes, same_kind=False)
    return notes


def _named(group: Opening, rest: list[Facility], notes: list[Note]) -> list[Facility]:
    """Take the facilities that a goal's places stand for out of `rest`; give them their place."""
    if not group.places:
        return []
    fit = [facility for facility in rest if group.kind in {"object", facility.kind}] or rest
    sizes = Counter(facility.district for facility in fit)
    single = [facility for facility in fit if sizes[facility.district] == 1]
    names = ", ".join(group.places)
    one_district = len(sizes) == 1
    if len(single) == len(group.places):
        chosen = single
        where = ", ".join(
            f"{place} — {DISTRICT_RU.get(facility.district, 'не назван')}"
            for place, facility in zip(group.places, chosen, strict=True)
        )
        message = (
            f"Район мест {names} не назван; по порядку они отнесены к районам, где таких объектов ровно по одному: "
            f"{where}."
        )
        notes.append(("place", message))
    else:
        chosen = fit[: len(group.places)]
        if not one_district:
            notes.append(
                ("place", f"К каким районам относятся места {names}, документ не говорит: район не указан.")
            )
    for place, facility in zip(group.places, chosen, strict=False):
        facility.place = place
        if chosen is not single and not one_district:
            facility.district = ""
    taken = {id(facility) for facility in chosen}
    rest[:] = [facility for facility in rest if id(facility) not in taken]
    return chosen


def _fill(rest: list[Facility], slots: list[_Slot], notes: list[Note], *, same_kind: bool) -> None:
    looks = list(dict.fromkeys(facility.alike for facility in rest))
    years = list(dict.fromkeys(slot.year for slot in slots))
    ordered = [[facility for facility in rest if facility.alike == look] for look in looks]
    sizes = [len(members) for members in ordered]
    counts = list(Counter(slot.group for slot in slots).values())
    told = ", ".join(map(str, years))
    # "2 in A and 3 in B", then "2" in one year and "3" in another: the counts themselves say which is which.
    paired = same_kind and sizes == counts and len(set(sizes)) == len(sizes)
    crossed = len(looks) > 1 and len(years) > 1 and not paired
    if crossed:
        sequence = [ordered[look].pop(0) for look in interleave(sizes)]
        message = (
            f"Годы ({told}) и районы в документе не сопоставлены: объекты ({len(rest)}) распределены по годам "
            f"пропорционально."
        )
        notes.append(("allocated", message))
    else:
        sequence = [facility for members in ordered for facility in members]
        if len(looks) > 1 and len(years) > 1:
            message = (
                f"Годы ({told}) и районы сопоставлены по числу объектов: прямо документ этого не говорит."
            )
            notes.append(("paired", message))
    for facility, slot in zip(sequence, slots, strict=True):
        facility.opens = slot.year
        facility.opens_basis = "allocated" if crossed else slot.basis
