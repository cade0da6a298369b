"""What each facility costs: the money of its group or project, shared by capacity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from geoplan.roadmap._cells import COSTS, TOTAL
from geoplan.roadmap._shares import share

if TYPE_CHECKING:
    from geoplan.roadmap._facility import Facility
    from geoplan.roadmap._rows import Aligned

__all__ = ["set_costs"]

_UNITS = 1000  # million KZT are shared in thousands


def set_costs(row: Aligned, facilities: list[Facility], columns: list[int] | None) -> None:
    """Set `cost` (million KZT) and `cost_basis` of a project's facilities, in place.

    Parameters
    ----------
    row
        The project.
    facilities
        Its facilities.
    columns
        The goal column that names each facility, or None where the title does. With columns, a year's money goes to
        the facilities of that year's goal, that of a year without one to the next ones (the last ones at the end);
        else the project's total is shared over all of them. By capacity where all are known in one unit, else evenly.
    """
    if columns is None:
        total = row.money(TOTAL)
        if math.isnan(total):
            spent = [value for column in COSTS if not math.isnan(value := row.money(column))]
            total = math.fsum(spent) if spent else math.nan
        _spread(facilities, total, "share of project")
        return
    used = sorted(set(columns))
    money = dict.fromkeys(used, 0.0)
    met = False
    for column in COSTS:
        value = row.money(column)
        if not math.isnan(value):
            met = True
            # The cost column stands one to the right of its goal.
            money[next((goal for goal in used if goal + 1 >= column), used[-1])] += value
    if not met:
        set_costs(row, facilities, None)
        return
    for goal in used:
        group = [facility for facility, column in zip(facilities, columns, strict=True) if column == goal]
        _spread(group, money[goal] or math.nan, "share of group")


def _spread(facilities: list[Facility], total: float, basis: str) -> None:
    if math.isnan(total):
        return
    one_unit = len({facility.unit for facility in facilities}) == 1
    known = one_unit and all(facility.capacity is not None for facility in facilities)
    weights = [float(facility.capacity or 0) if known else 1.0 for facility in facilities]
    for facility, part in zip(facilities, share(round(total * _UNITS), weights), strict=True):
        facility.cost, facility.cost_basis = part / _UNITS, basis
