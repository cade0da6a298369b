"""Measures: redundancy, expected coverage and equity of a city's service at one moment, per district."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import (
    Demand,
    expected_coverage,
    gini,
    redundancy,
    worst_served,
)
from geoplan.scenario.moment import Moment, open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.scenario.thresholds import chosen_readings
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.standards import Service

__all__ = ["draw_range", "equity_at", "expected_at", "head", "redundancy_at", "whole_persons", "with_shares"]

_SCENARIOS = ("placed", "proposed")


def redundancy_at(city: City, *, year: int | None = None, threshold: str | None = None) -> pd.DataFrame:
    """People within reach of two or more ambulance stations at the end of a year.

    Returns
    -------
    pandas.DataFrame
        scenario (placed, proposed), moment, district, mode, threshold, threshold_unit, population, covered (by one or more),
        redundant (by two or more), share (redundant of the population), share_low, share_high (5-95 % of the draws that
        place the same builds at random; empty for `placed`).

    Raises
    ------
    InputError
        If the threshold is not a number with the service's unit.
    """
    service = load_standards().service("ambulance")
    at = open_moment(city, service, year=year)
    demand = at.bench.demand
    out = []
    for reading in chosen_readings(service, threshold):
        counts = at.counts(reading.limit)
        low, high = draw_range(redundancy(counts["drawn"], demand), at)
        for scenario in _SCENARIOS:
            people = np.median(redundancy(counts[scenario], demand), axis=0)
            frame = head(at, scenario).assign(
                mode=reading.mode,
                threshold=reading.threshold,
                threshold_unit=reading.unit,
                population=whole_persons(demand.totals),
                covered=whole_persons(np.median(redundancy(counts[scenario], demand, at_least=1), axis=0)),
                redundant=whole_persons(people),
            )
            out.append(with_shares(frame, people, demand, low, high))
    return pd.concat(out, ignore_index=True)


def expected_at(city: City, *, year: int | None = None, threshold: str | None = None) -> pd.DataFrame:
    """Expected people with a free ambulance crew within reach at the end of a year (MEXCLP weights).

    Returns
    -------
    pandas.DataFrame
        scenario, moment, district, mode, threshold, threshold_unit, busy_fraction, crews_per_station, population, covered
        (all crews free), expected, share (expected of the population), share_low, share_high (as in `redundancy_at`), and
        expected_one_crew: the same as if each station had a single crew, a lower bound, since crews of one station are
        busy together and the formula takes them for independent.

    Raises
    ------
    InputError
        If the threshold is not a number with the service's unit, or the standards make crews busy all the time.
    """
    standards = load_standards()
    service = standards.service("ambulance")
    at = open_moment(city, service, year=year)
    demand, busy = at.bench.demand, standards.crews.busy_fraction
    crews = int(standards.crews.per_station.value)
    out = []
    for reading in chosen_readings(service, threshold):
        counts = at.counts(reading.limit)
        low, high = draw_range(expected_coverage(counts["drawn"] * crews, demand, busy_fraction=busy), at)
        for scenario in _SCENARIOS:
            stations = counts[scenario]
            people = np.median(expected_coverage(stations * crews, demand, busy_fraction=busy), axis=0)
            single = np.median(expected_coverage(stations, demand, busy_fraction=busy), axis=0)
            frame = head(at, scenario).assign(
                mode=reading.mode,
                threshold=reading.threshold,
                threshold_unit=reading.unit,
                busy_fraction=round(busy, 4),
                crews_per_station=crews,
                population=whole_persons(demand.totals),
                covered=whole_persons(np.median(redundancy(stations, demand, at_least=1), axis=0)),
                expected=whole_persons(people),
                expected_one_crew=whole_persons(single),
            )
            out.append(with_shares(frame, people, demand, low, high))
    return pd.concat(out, ignore_index=True)


def equity_at(city: City, *, service: str, year: int | None = None) -> pd.DataFrame:
    """How unevenly access to a service is shared at the end of a year.

    Returns
    -------
    pandas.DataFrame
        scenario, moment, district, unit (min of response, m of walking), population, unreachable, and of those who reach a
        facility mean, gini, worst_tenth_from and worst_tenth_mean (the tenth of them that is farthest off), and gap: the
        mean less that of the best district. Of draws the middle one per cell is taken.

    Raises
    ------
    InputError
        If the service is unknown.
    """
    known = load_standards().service(service)
    at = open_moment(city, known, year=year)
    demand = at.bench.demand
    out = []
    for scenario, costs in at.costs().items():
        values = _shown(middle_draw(costs), known)
        reached = np.isfinite(values)
        rows = []
        for area in range(len(demand.areas)):
            people = demand.weights[:, area].astype(np.float64)
            some = people[reached].sum()
            begins, mean = worst_served(values[reached], people[reached])
            rows.append(
                (
                    round(people[~reached].sum()),
                    values[reached] @ people[reached] / some if some > 0 else np.nan,
                    gini(values[reached], people[reached]),
                    begins,
                    mean,
                )
            )
        names = ["unreachable", "mean", "gini", "worst_tenth_from", "worst_tenth_mean"]
        table = pd.DataFrame(rows, columns=names)
        table["gap"] = table["mean"] - table["mean"].iloc[:-1].min()
        digits = dict.fromkeys(["mean", "worst_tenth_from", "worst_tenth_mean", "gap"], 2) | {"gini": 4}
        first = head(at, scenario).assign(unit=known.unit, population=whole_persons(demand.totals))
        out.append(pd.concat([first, table.round(digits)], axis=1))
    return pd.concat(out, ignore_index=True)


def _shown(costs: NDArray[np.float32], service: Service) -> NDArray[np.float64]:
    """Costs in the unit the service is shown in: minutes of response, metres of walking."""
    values = costs.astype(np.float64)
    return (values + service.before_driving) / 60 if service.unit == "min" else values


def head(at: Moment, scenario: str) -> pd.DataFrame:
    return pd.DataFrame({"scenario": scenario, "moment": at.name, "district": at.bench.demand.areas})


def draw_range(people: NDArray[np.float64], at: Moment) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Persons per area at the low and the high end of the range of the draws."""
    draws = at.bench.standards.draws
    low, high = np.percentile(people, [draws.low.value, draws.high.value], axis=0)
    return low, high


def with_shares(
    frame: pd.DataFrame,
    people: NDArray[np.float64],
    demand: Demand,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> pd.DataFrame:
    """Add the share of the population and, but for known places only, its range."""
    placed = (frame["scenario"] == "placed").to_numpy()
    return frame.assign(
        share=(people / demand.totals).round(4),
        share_low=np.where(placed, np.nan, (low / demand.totals).round(4)),
        share_high=np.where(placed, np.nan, (high / demand.totals).round(4)),
    )


def whole_persons(people: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.round(people).astype(np.int64)
