"""builds.csv: one row per planned facility."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from geoplan.roadmap._counts import check_programme
from geoplan.roadmap._grammar import SERVICE_OF
from geoplan.roadmap._project import project_of
from geoplan.roadmap._quantities import check_parts, check_quantities
from geoplan.roadmap._table import typed_table

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.roadmap._checks import Finding
    from geoplan.roadmap._facility import Facility
    from geoplan.roadmap._rows import Aligned

__all__ = ["BUILD_COLUMNS", "builds_table"]

BUILD_COLUMNS = [
    "build_id", "project", "service", "action", "kind", "capacity", "capacity_unit", "capacity_basis", "opens",
    "opens_basis", "district", "place", "replaces", "lon", "lat", "precision", "radius_m", "alternatives", "status",
    "cost", "cost_basis", "owner", "facility_id", "standing", "note",
]  # fmt: skip
_NUMBERS = {
    **dict.fromkeys(["lon", "lat", "radius_m", "cost"], "float64"),
    **dict.fromkeys(["capacity", "opens"], "Int64"),
}
_KINDS = {name: _NUMBERS.get(name, "str") for name in BUILD_COLUMNS}
# Actions on a site that stands already: never given a proposed place.
_STANDING_ACTIONS = {"annex", "renovation"}


def builds_table(rows: list[Aligned]) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table of builds and what was found while reading them.

    Parameters
    ----------
    rows
        The aligned rows of the document. Those without sub-projects are read.

    Returns
    -------
    builds, findings
        `builds` has the columns of builds.csv; lon, lat, radius_m, facility_id and standing are empty.
    """
    parents = {row.row.parent for row in rows}
    records: list[dict[str, object]] = []
    findings: list[Finding] = []
    read: dict[str, list[Facility]] = {}
    numbers: Counter[str] = Counter()
    for row in rows:
        number, line = row.row.number, row.row.line
        if number in parents:
            children = [child for child in rows if child.row.parent == number]
            notes = (*check_quantities(row, builds=False), *check_parts(row, children))
            findings += [(number, line, kind, message) for kind, message in notes]
            continue
        project = project_of(row)
        findings += [(number, line, kind, message) for kind, message in project.notes]
        read.setdefault(number, []).extend(project.facilities)
        for facility in project.facilities:
            numbers[number] += 1
            records.append(_record(number, numbers[number], facility, project.owner, project.remark))
    below = _below(read)
    for row in rows:
        number = row.row.number
        programme = number in parents
        if not programme and (read.get(number) or not row.row.parent):
            continue
        # A project that builds nothing itself promises what its whole programme builds.
        top = number if programme else number.partition(".")[0]
        findings += [
            (number, row.row.line, kind, message)
            for kind, message in check_programme(row, below.get(top, []), own=programme)
        ]
    return typed_table([[record[name] for name in BUILD_COLUMNS] for record in records], _KINDS), findings


def _below(read: dict[str, list[Facility]]) -> dict[str, list[Facility]]:
    """Return by number the facilities of all projects below it."""
    out: dict[str, list[Facility]] = {}
    for number, facilities in read.items():
        above = number.rpartition(".")[0]
        while above:
            out.setdefault(above, []).extend(facilities)
            above = above.rpartition(".")[0]
    return out


def _record(number: str, index: int, facility: Facility, owner: str, remark: str) -> dict[str, object]:
    stated = facility.place or facility.action in _STANDING_ACTIONS
    return {
        "build_id": f"{number}-{index:02d}",
        "project": number,
        "service": SERVICE_OF[facility.kind],
        "action": facility.action,
        "kind": facility.kind,
        "capacity": facility.capacity,
        "capacity_unit": facility.unit,
        "capacity_basis": facility.capacity_basis,
        "opens": facility.opens,
        "opens_basis": facility.opens_basis,
        "district": facility.district,
        "place": facility.place,
        "replaces": facility.replaces,
        "lon": None,
        "lat": None,
        # What is known before geocoding: a place still to be found, else the district, else only the city.
        "precision": "" if facility.place else "district" if facility.district else "city",
        "radius_m": None,
        "alternatives": "",
        "status": "stated" if stated else "proposed",
        "cost": facility.cost,
        "cost_basis": facility.cost_basis,
        "owner": owner,
        "facility_id": "",
        "standing": "",
        "note": "; ".join(part for part in (facility.note, remark) if part),
    }
