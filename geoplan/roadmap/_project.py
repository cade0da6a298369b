"""What one project says: its facilities, who builds them, and what is to be told of the row."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geoplan.roadmap._counts import check_counts, private_among
from geoplan.roadmap._lines import Row
from geoplan.roadmap._plan import not_built, plan
from geoplan.roadmap._quantities import check_quantities
from geoplan.roadmap._rows import Aligned

if TYPE_CHECKING:
    from geoplan.roadmap._cells import Cell
    from geoplan.roadmap._facility import Facility, Note

__all__ = ["Project", "project_of"]

_MEMORANDUM = re.compile(r"меморандум", re.IGNORECASE)
_PRIVATE = re.compile(r"\bчастн\w+ (?:школ|детск|сад|поликлиник|инвестиц|клиник)", re.IGNORECASE)


class Project(NamedTuple):
    """The facilities of a row without sub-projects, its notes, its owner, and a remark where some are private."""

    facilities: tuple[Facility, ...]
    notes: tuple[Note, ...]
    owner: str
    remark: str


def project_of(row: Aligned) -> Project:
    """Return what a row says, of which its facilities are not to be changed: they are kept for the next edition."""
    return _read(row.row.title, tuple(row.cells.items()), row.period)


@lru_cache(maxsize=4096)
def _read(title: str, cells: tuple[tuple[int, Cell], ...], period: tuple[int, int] | None) -> Project:
    """Read a project, remembering those met before: a new edition changes few of them."""
    # Its number and line decide nothing here, so a row without them is read.
    bare = Row(line=0, number="", title=title, cells=[], section="", block=0, published=[])
    row = Aligned(bare, dict(cells), period, period, moved=False, tied=False, close=False)
    facilities, notes = plan(row)
    if facilities:
        notes += check_counts(row, facilities)
    elif reason := not_built(row):
        notes.append(("not_a_build", reason))
    notes += check_quantities(row, builds=bool(facilities))
    return Project(tuple(facilities), tuple(dict.fromkeys(notes)), *_owner(row, facilities))


def _owner(row: Aligned, facilities: list[Facility]) -> tuple[str, str]:
    """Return who builds, and a remark where the document says that some are private and not which."""
    title = row.row.title
    if _MEMORANDUM.search(title):
        return "memorandum", ""
    if _PRIVATE.search(title):
        return "private", ""
    private = private_among(row)
    if private and facilities:
        return "state", f"{private} из {len(facilities)} частные, какие — документ не называет"
    return "state", ""
