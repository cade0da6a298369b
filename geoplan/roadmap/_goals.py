"""What the yearly goals of a project say will open, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import GOALS, WINDOWS
from geoplan.roadmap._grammar import things
from geoplan.roadmap._sites import places

if TYPE_CHECKING:
    from geoplan.roadmap._grammar import Thing
    from geoplan.roadmap._rows import Aligned

__all__ = ["Opening", "last_year", "openings", "when"]

# Verbs whose objects open; '' is a bare "2 подстанции".
_OPENS = {"", "build", "finish", "repair"}


@dataclass
class Opening:
    """A group of objects that opens by the end of a goal column."""

    column: int
    thing: Thing
    count: int
    kind: str
    places: list[str] = field(default_factory=list)


def openings(row: Aligned) -> list[Opening]:
    """Return the groups that the goals of a project name, by year.

    Objects said to be finished are those said to be built in an earlier year and are counted once, at the later year;
    objects that are designed, begun or torn down are not counted.
    """
    found: list[Opening] = []
    for column in GOALS:
        earlier = [group for group in found if group.thing.verb != "finish"]
        for thing in things(row.text(column)):
            if thing.verb not in _OPENS or thing.standing:
                continue
            named = places(thing.inside)
            if thing.verb == "finish":
                left = thing.count
                # The objects of the same places first, then the oldest.
                for before in sorted(earlier, key=lambda group: not set(group.places) & set(named)):
                    taken = min(left, before.count)
                    if not taken:
                        continue
                    before.count -= taken
                    left -= taken
                    later = Opening(
                        column, before.thing, taken, before.kind, (before.places or named)[:taken]
                    )
                    found.append(later)
                if left:
                    found.append(Opening(column, thing, left, thing.kind, named[thing.count - left :]))
            else:
                found.append(Opening(column, thing, thing.count, thing.kind, named))
    return sorted((group for group in found if group.count), key=lambda group: group.column)


def when(row: Aligned, column: int) -> tuple[int, str]:
    """Return the year a goal column stands for and its basis.

    One year within the project's period is `stated`; of several (2026-2030) the last is taken, `end of period`.
    """
    first, last = WINDOWS[column]
    if row.period and row.period[0] <= last and first <= row.period[1]:
        first, last = max(first, row.period[0]), min(last, row.period[1])
    return last, "stated" if first == last else "end of period"


def last_year(row: Aligned) -> int:
    """Return the year by which a project is over: its period's end, else that of its last goal or sum."""
    if row.period:
        return row.period[1]
    used = [WINDOWS[column][1] for column in row.cells if column in WINDOWS]
    return max(used, default=WINDOWS[GOALS[-1]][1])
