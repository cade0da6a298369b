"""Yearly: the measures beside coverage, for every moment, scenario and district of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import Demand, covered, gini, time_statistics, worst_served
from geoplan.scenario.coverage import Columns, joined, minutes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.standards import Figure, Reading, Service

__all__ = ["COLUMNS", "Sheet", "access_rows"]

COLUMNS = [
    "service", "moment", "scenario", "measure", "group", "district", "mode", "threshold", "threshold_unit", "value", "low",
    "high", "unit", "share", "basis", "source",
]  # fmt: skip
_DIGITS = {"persons": 0, "pupils": 0, "m": 1, "min": 2}


@dataclass
class Sheet:
    """Rows of measures.csv as they are found; every value is one per area."""

    service: str
    demand: Demand
    parts: list[Columns] = field(default_factory=list)

    def add(
        self,
        measure: str,
        values: NDArray[np.float64],
        *,
        at: tuple[str, str],
        unit: str,
        basis: str,
        source: str,
        spread: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
        reading: Reading | None = None,
    ) -> None:
        """Add a measure of every area.

        Parameters
        ----------
        at
            Moment and scenario.
        unit
            persons and pupils are whole and get their share of the population; others are rounded to what can be told.
        basis, source
            Of the figure that decides the measure: norm, planning convention, assumption, or `computed`; the entry of
            standards.toml that holds it.
        spread
            Low and high end over the draws.
        reading
            The threshold that people are counted under, where there is one: mode, threshold and threshold_unit.
        """
        empty = np.full(len(values), np.nan)
        low, high = spread or (empty, empty)
        digits = _DIGITS.get(unit, 4)
        share = values / self.demand.totals if unit == "persons" else empty
        moment, scenario = at
        self.parts.append(
            {
                "service": self.service,
                "moment": moment,
                "scenario": scenario,
                "measure": measure,
                "group": "total",
                "district": self.demand.areas,
                "mode": "" if reading is None else reading.mode,
                "threshold": np.nan if reading is None else reading.threshold,
                "threshold_unit": "" if reading is None else reading.unit,
                "value": np.round(values, digits),
                "low": np.round(low, digits),
                "high": np.round(high, digits),
                "unit": unit,
                "share": np.round(share, 4),
                "basis": basis,
                "source": source,
            }
        )

    def table(self) -> pd.DataFrame:
        """All rows, in the order in which they were added."""
        return joined(self.parts, COLUMNS)


def access_rows(
    sheet: Sheet,
    bench: Bench,
    service: Service,
    *,
    moments: list[str],
    costs: dict[str, NDArray[np.float32]],
    inside: dict[str, list[NDArray[np.float64]]] | None = None,
) -> None:
    """Add what every service has, for every moment and scenario.

    Parameters
    ----------
    moments
        Names of the moments.
    costs
        (moments, cells) cost to the nearest facility by scenario, as `typical_costs` gives them.
    inside
        Persons within the headline limit per draw, (draws, areas) for each moment, by scenario: from them comes the range
        of `uncovered`. Scenarios not in it have none.

    Notes
    -----
    Measures: uncovered (persons beyond the headline threshold, those who reach nothing among them), unreachable (those who
    reach nothing), mean, median and p90 of those who reach a facility (min of response, m of walking), gini,
    worst_tenth_from, worst_tenth_mean and gap (how far the mean lies above the best district's); for schools beyond_walk
    (persons) and beyond_walk_pupils, beyond the distance from which pupils are carried.
    """
    for scenario, rows in costs.items():
        draws = (inside or {}).get(scenario, [])
        for position, (moment, cost) in enumerate(zip(moments, rows, strict=True)):
            spread = _range(sheet, draws[position], bench) if draws else None
            _left_out(sheet, cost, (moment, scenario), service, spread)
            _travel(sheet, cost, (moment, scenario), service, bench)
            if service.name == "school":
                _beyond_walk(sheet, cost, (moment, scenario), bench)


def _range(
    sheet: Sheet, inside: NDArray[np.float64], bench: Bench
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Persons left out at the low and the high end of the range of the draws."""
    draws = bench.standards.draws
    low, high = np.percentile(sheet.demand.totals - inside, [draws.low.value, draws.high.value], axis=0)
    return low, high


def _left_out(
    sheet: Sheet,
    cost: NDArray[np.float32],
    at: tuple[str, str],
    service: Service,
    spread: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> None:
    demand, figure = sheet.demand, service.headline_figure
    source = f"services.{service.name}.thresholds"
    inside = covered(cost, service.headline_reading.limit, demand)
    left = demand.totals - inside
    reading = service.headline_reading
    sheet.add(
        "uncovered",
        left,
        at=at,
        unit="persons",
        basis=figure.basis,
        source=source,
        spread=spread,
        reading=reading,
    )
    reached = covered(cost, float(np.finfo(np.float32).max), demand)
    sheet.add(
        "unreachable", demand.totals - reached, at=at, unit="persons", basis="computed", source="snap.limit"
    )


def _travel(
    sheet: Sheet, cost: NDArray[np.float32], at: tuple[str, str], service: Service, bench: Bench
) -> None:
    """What those who reach a facility travel, and how unevenly."""
    demand, unit = sheet.demand, service.unit
    speeds = f"speeds.{service.mode}"
    times = time_statistics(cost, demand)
    shown = minutes(times, service, bench.standards) if unit == "min" else times
    for column, name in enumerate(("mean", "median", "p90")):
        sheet.add(name, shown[:, column], at=at, unit=unit, basis="computed", source=speeds)
    values = cost.astype(np.float64)
    values = minutes(values, service, bench.standards) if unit == "min" else values
    reached = np.isfinite(values)
    people = demand.weights[reached].astype(np.float64)
    uneven = np.array([gini(values[reached], column) for column in people.T])
    sheet.add("gini", uneven, at=at, unit="", basis="computed", source=speeds)
    worst = np.array([worst_served(values[reached], column) for column in people.T])
    sheet.add("worst_tenth_from", worst[:, 0], at=at, unit=unit, basis="computed", source=speeds)
    sheet.add("worst_tenth_mean", worst[:, 1], at=at, unit=unit, basis="computed", source=speeds)
    best = np.nanmin(shown[:-1, 0]) if np.isfinite(shown[:-1, 0]).any() else np.nan
    sheet.add("gap", shown[:, 0] - best, at=at, unit=unit, basis="computed", source=speeds)


def _beyond_walk(sheet: Sheet, cost: NDArray[np.float32], at: tuple[str, str], bench: Bench) -> None:
    """People and pupils who live beyond the distance from which a bus is due."""
    rule = bench.standards.capacity
    reach: Figure = rule.school_reach
    beyond = sheet.demand.totals - covered(cost, reach.value, sheet.demand)
    source = "capacity.school_reach"
    sheet.add("beyond_walk", beyond, at=at, unit="persons", basis=reach.basis, source=source)
    pupils = beyond * rule.school_seekers.value
    source = "capacity.school_reach, capacity.school_seekers"
    sheet.add("beyond_walk_pupils", pupils, at=at, unit="pupils", basis=reach.basis, source=source)
