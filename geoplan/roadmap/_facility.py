"""One planned facility, and the (kind, message) notes that its project gives rise to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KIND_RU", "Facility", "Note"]

Note = tuple[str, str]  # kind and message of a finding

KIND_RU = {
    "school": "школы",
    "annex": "пристройки",
    "kindergarten": "детские сады",
    "polyclinic": "поликлиники",
    "ambulatory": "СВА",
    "substation": "подстанции",
    "hospital": "больницы",
    "maternity": "родильные дома",
    "college": "колледжи",
    "dormitory": "общежития",
    "centre": "центры",
    "department": "отделения",
    "object": "объекты",
}


@dataclass
class Facility:
    """A building of a project; `group` says which facilities the document counts, and pays for, together."""

    kind: str
    action: str
    group: int
    district: str = ""
    capacity: int | None = None
    unit: str = ""
    capacity_basis: str = ""
    opens: int = 0
    opens_basis: str = ""
    place: str = ""
    replaces: str = ""
    note: str = ""
    cost: float | None = None
    cost_basis: str = ""

    @property
    def alike(self) -> tuple[str, str, int | None]:
        """What tells it from its project's others before it has a place."""
        return self.kind, self.district, self.capacity
