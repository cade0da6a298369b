"""Plan: one service over the years, with every build; what the report prints and the pages draw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

from geoplan.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.standards import Service

__all__ = ["Change", "Plan", "Siting"]


@dataclass(frozen=True)
class Siting:
    """How the proposed sites of a service were found, and how good they are proven to be.

    Attributes
    ----------
    how
        `exact`: the phased model, solved before and kept with the layers; `greedy`: one after another; `none`: nothing to
        propose.
    objective, bound
        What the sites newly cover, and what no choice of candidates could exceed, in `unit`.
    gap
        (bound - objective) / bound: 0.01 is 1 %.
    unit
        people (at the end of the plan) or person-years (over all its years).
    """

    how: Literal["exact", "greedy", "none"] = "none"
    objective: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    unit: str = "people"


@dataclass(frozen=True)
class Change:
    """What one build changes on the map in the year it opens, in the best case.

    `cells` are positions in the plan's cells whose class changes; `before` and `after` their classes.
    """

    cells: NDArray[np.int32]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]


@dataclass(frozen=True)
class Plan:
    """One service: who reaches it at the baseline and in every year that changes something.

    `views` holds a class per moment and cell, (moments, cells): k where the cost is at most `breaks[k]` (and above the
    break before), `len(breaks)` beyond the last, 255 where no facility can be reached. Keys: `placed` (known places
    only), `proposed` (the best case) and, where private builds exist, `proposed+private`. `costs` holds the same views in
    the network's unit (seconds of driving, metres of walking; inf: none reached). `not_computable` names each measure that
    is left out, with the reason; `astray` holds the findings about facilities and builds that no street is near.
    """

    city: City
    service: Service
    cells: pd.DataFrame
    moments: list[str]
    breaks: list[float]
    threshold: float
    views: dict[str, NDArray[np.uint8]]
    facilities: pd.DataFrame
    builds: pd.DataFrame
    changes: dict[str, Change]
    coverage_table: pd.DataFrame
    effects_table: pd.DataFrame
    unplaced: dict[str, int]
    siting: Siting
    costs: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    gaps_table: pd.DataFrame = field(default_factory=pd.DataFrame)
    measures_table: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_computable: tuple[tuple[str, str], ...] = ()
    groups_table: pd.DataFrame = field(default_factory=pd.DataFrame)
    hour_table: pd.DataFrame = field(default_factory=pd.DataFrame)
    measures_of_groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    astray: pd.DataFrame = field(default_factory=pd.DataFrame)

    def coverage(self, *, by: str = "district") -> pd.DataFrame:
        """Return the coverage of the baseline and every year (coverage.csv).

        Parameters
        ----------
        by
            `district`: a row per district and the city; `city`: the city alone; `group`: a row per district and
            population group, where the layers know groups by district.

        Raises
        ------
        InputError
            If `by` is neither.
        """
        if by not in ("district", "city", "group"):
            msg = f"coverage by {by!r}: known are district, city, group"
            raise InputError(msg)
        if by == "group":
            return self.groups_table.copy()
        years = self.coverage_table[self.coverage_table["moment"].isin(self.moments)]
        rows = years if by == "district" else years[years["district"] == self.city.name]
        return rows.reset_index(drop=True)

    def effects(self) -> pd.DataFrame:
        """Return what each build changes (effects.csv)."""
        return self.effects_table.copy()

    def gaps(self) -> pd.DataFrame:
        """Return where the people live who are left out (gaps.csv)."""
        return self.gaps_table.copy()

    def measures(self) -> pd.DataFrame:
        """Return the measures beside coverage, by moment, scenario and district (measures.csv)."""
        return self.measures_table.copy()

    @property
    def measures_with_groups(self) -> pd.DataFrame:
        """The measures, and after them those of each population group (measures.csv)."""
        parts = [table for table in (self.measures_table, self.measures_of_groups) if len(table)]
        return pd.concat(parts, ignore_index=True) if parts else self.measures_table.copy()
