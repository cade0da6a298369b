"""Measures: redundancy, expected coverage, the golden hour and equity of a city's service at one moment, per district."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from geoplan.access import (
    Demand,
    covered,
    expected_coverage,
    gini,
    golden_hour,
    golden_hour_by_area,
    open_field,
    redundancy,
    worst_served,
)
from geoplan.errors import InputError
from geoplan.scenario.moment import Moment, open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.scenario.thresholds import chosen_readings
from geoplan.standards import load_standards

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.standards import Capable, Service

__all__ = ["capable_hospitals", "equity_at", "expected_at", "golden_hour_at", "redundancy_at"]

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
        low, high = _range(redundancy(counts["drawn"], demand), at)
        for scenario in _SCENARIOS:
            people = np.median(redundancy(counts[scenario], demand), axis=0)
            frame = _head(at, scenario).assign(
                mode=reading.mode,
                threshold=reading.threshold,
                threshold_unit=reading.unit,
                population=_whole(demand.totals),
                covered=_whole(np.median(redundancy(counts[scenario], demand, at_least=1), axis=0)),
                redundant=_whole(people),
            )
            out.append(_shares(frame, people, demand, low, high))
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
        low, high = _range(expected_coverage(counts["drawn"] * crews, demand, busy_fraction=busy), at)
        for scenario in _SCENARIOS:
            stations = counts[scenario]
            people = np.median(expected_coverage(stations * crews, demand, busy_fraction=busy), axis=0)
            single = np.median(expected_coverage(stations, demand, busy_fraction=busy), axis=0)
            frame = _head(at, scenario).assign(
                mode=reading.mode,
                threshold=reading.threshold,
                threshold_unit=reading.unit,
                busy_fraction=round(busy, 4),
                crews_per_station=crews,
                population=_whole(demand.totals),
                covered=_whole(np.median(redundancy(stations, demand, at_least=1), axis=0)),
                expected=_whole(people),
                expected_one_crew=_whole(single),
            )
            out.append(_shares(frame, people, demand, low, high))
    return pd.concat(out, ignore_index=True)


def golden_hour_at(city: City, *, year: int | None = None) -> pd.DataFrame:
    """From the call to the hand-over in the nearest capable hospital, at the end of a year.

    Returns
    -------
    pandas.DataFrame
        scenario, moment, district, limit_min, population, within, share, share_low, share_high (as in `redundancy_at`),
        unreachable, the mean minutes of every part and of the total over those who reach a hospital, and the dominating part
        of most of them. Means and dominating part are those of the middle draw of stations.

    Raises
    ------
    InputError
        If no hospital of the layer is capable by the rule of the standards.

    Notes
    -----
    The hour is a planning convention (Newgard et al. 2010 found no significant link between intervals and mortality).
    """
    standards = load_standards()
    service = standards.service("ambulance")
    rule = standards.golden_hour
    at = open_moment(city, service, year=year)
    demand = at.bench.demand
    to_hospital = _drive_to_hospital(at, capable_hospitals(city.facilities, rule.capable))
    before = {
        name: figure.value * 60
        for name, figure in (("call_handling", service.call_handling), ("turnout", service.turnout))
        if figure is not None
    }
    between, after = {"on_scene": rule.on_scene.value * 60}, {"hand_over": rule.hand_over.value * 60}
    limit = rule.limit.value * 60
    fixed = sum([*before.values(), *between.values(), *after.values()])

    def within(to_scene: NDArray[np.float32]) -> NDArray[np.float64]:
        total = np.round(to_scene.astype(np.float64) + to_hospital + fixed, 2).astype(np.float32)
        return covered(total, limit, demand)

    low, high = _range(within(at.drawn_costs()), at)
    out = []
    for scenario, to_scene in at.costs().items():
        chain = golden_hour(middle_draw(to_scene), to_hospital, before=before, between=between, after=after)
        table = golden_hour_by_area(chain, demand, limit=limit)
        people = np.median(within(to_scene), axis=0)
        frame = _head(at, scenario).assign(
            limit_min=rule.limit.value, population=_whole(demand.totals), within=_whole(people)
        )
        frame = _shares(frame, people, demand, low, high)
        frame["unreachable"] = _whole(table["unreachable"].to_numpy())
        for part in chain.columns.drop("dominating"):
            frame[f"{part}_min"] = (table[part].to_numpy() / 60).round(2)
        out.append(frame.assign(dominating=table["dominating"].to_numpy()))
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
        head = _head(at, scenario).assign(unit=known.unit, population=_whole(demand.totals))
        out.append(pd.concat([head, table.round(digits)], axis=1))
    return pd.concat(out, ignore_index=True)


def capable_hospitals(facilities: gpd.GeoDataFrame, rule: Capable) -> gpd.GeoDataFrame:
    """Hospitals that can end the golden hour: enough emergency admissions and beds, no other kind, and a place.

    Parameters
    ----------
    facilities
        The facilities layer.
    rule
        Figures and words of standards.toml; an unknown figure is not enough.

    Raises
    ------
    InputError
        If there is none.
    """
    rows = facilities[facilities["service"] == "hospital"]
    names = rows["name"].fillna("").str.lower()
    other = np.zeros(len(rows), dtype=bool)
    for word in rule.other_kinds.words:
        other |= names.str.contains(word.lower(), regex=False).to_numpy()
    enough = (rows["emergency_admissions"] >= rule.emergency_admissions.value) & (
        rows["capacity"] >= rule.beds.value
    )
    placed = ~(rows.geometry.isna() | rows.geometry.is_empty)
    found = rows[enough & placed & ~other]
    if found.empty:
        msg = "golden hour: not computable: no hospital of the layer is capable by the rule of standards.toml"
        raise InputError(msg)
    return cast("gpd.GeoDataFrame", found)


def _drive_to_hospital(at: Moment, hospitals: gpd.GeoDataFrame) -> NDArray[np.float32]:
    """(cells,) seconds of emergency driving from each cell to the nearest of some hospitals."""
    reach = at.scene.reach
    field = open_field(reach.network, at.bench.demand, direction="to_facility", snap_limit=reach.snap_limit)
    cost, _ = field.nearest(hospitals.geometry.x, hospitals.geometry.y)
    return cost


def _shown(costs: NDArray[np.float32], service: Service) -> NDArray[np.float64]:
    """Costs in the unit the service is shown in: minutes of response, metres of walking."""
    values = costs.astype(np.float64)
    return (values + service.before_driving) / 60 if service.unit == "min" else values


def _head(at: Moment, scenario: str) -> pd.DataFrame:
    return pd.DataFrame({"scenario": scenario, "moment": at.name, "district": at.bench.demand.areas})


def _range(people: NDArray[np.float64], at: Moment) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Persons per area at the low and the high end of the range of the draws."""
    draws = at.bench.standards.draws
    low, high = np.percentile(people, [draws.low.value, draws.high.value], axis=0)
    return low, high


def _shares(
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


def _whole(people: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.round(people).astype(np.int64)
