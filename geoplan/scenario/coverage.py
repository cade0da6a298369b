"""Coverage table: people within each threshold, by scenario, moment and district, with the range of the draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import covered, straight_distance, time_statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access import Demand
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.ranges import Ranges
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Reading, Service, Standards

__all__ = ["COLUMNS", "Row", "coverage_rows", "coverage_table", "minutes"]

COLUMNS = [
    "scenario", "moment", "service", "group", "district", "mode", "threshold", "threshold_unit", "population",
    "covered", "unreachable", "share", "share_low", "share_high", "mean_min", "median_min", "p90_min",
]  # fmt: skip

Row = dict[str, object]


def coverage_table(
    scene: Scene,
    service: Service,
    bench: Bench,
    *,
    scopes: dict[str, NDArray[np.bool_]],
    ranges: dict[str, Ranges],
) -> pd.DataFrame:
    """Build coverage.csv for one service.

    Scenarios: `placed` (known places only), `without` (no build of the roadmap at all in that year), `proposed` (the best
    case: proposed sites where the document gives none) and `drawn` (median of the draws); the last two also `+private`.
    `proposed-may_stand` is the best case without the builds that may already be a register row: were all of them, they
    would be counted twice in `proposed`.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`; shares between 0 and 1, times in minutes of those who reach a facility, persons.
    """
    parts: list[pd.DataFrame] = []
    none = np.zeros(len(scene.builds), dtype=bool)
    known = scopes[""] & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    unsure = scopes[""] & (scene.builds["standing"] == "may stand").to_numpy() & scene.everywhere
    everyone = np.logical_or.reduce(list(scopes.values()))
    for year in [scene.baseline_year, *scene.moments(everyone)]:
        moment = "baseline" if year == scene.baseline_year else str(year)
        for suffix, active in scopes.items():
            drawn = {
                position: ranges[suffix].coverage[_last(ranges[suffix], year), position]
                for position in range(len(service.readings))
            }
            best = scene.costs(year, active)
            scenario = f"proposed{suffix}"
            parts.append(_table(best, scenario, moment, service, bench, spread=drawn))
            parts.append(_straight(scene, active, year, scenario, moment, service, bench))
            parts.append(_drawn(drawn, f"drawn{suffix}", moment, service, bench.demand, bench.standards))
        certain = scene.costs(year, known, known_only=True)
        parts.append(_table(certain, "placed", moment, service, bench))
        parts.append(_straight(scene, known, year, "placed", moment, service, bench))
        parts.append(_table(scene.costs(year, none), "without", moment, service, bench))
        if unsure.any():
            sure = scene.costs(year, scopes[""] & ~unsure)
            parts.append(_table(sure, "proposed-may_stand", moment, service, bench))
    filled = [part for part in parts if not part.empty]
    return pd.concat(filled, ignore_index=True)[COLUMNS]


def coverage_rows(
    costs: NDArray[np.float32],
    scenario: str,
    moment: str,
    service: Service,
    bench: Bench,
    *,
    readings: list[Reading],
    spread: dict[int, NDArray[np.float64]] | None = None,
    percentiles: bool = True,
) -> pd.DataFrame:
    """Rows of coverage.csv for one state of the network.

    Parameters
    ----------
    costs
        (draws, cells) cost to the nearest facility.
    readings
        Thresholds to compare with.
    spread
        Persons covered per draw, (draws, areas) by position of the reading, for share_low and share_high; those of `costs`
        by default, where it has more than one draw.
    percentiles
        Whether median_min and p90_min are told; for single builds the mean is enough.
    """
    demand = bench.demand
    times = minutes(time_statistics(costs, demand, percentiles=percentiles), service, bench.standards)
    reached = covered(costs, float(np.finfo(np.float32).max), demand)
    unreachable = demand.totals - np.median(np.atleast_2d(reached), axis=0)
    out = []
    for position, reading in enumerate(readings):
        counts = np.atleast_2d(covered(costs, reading.limit, demand))
        draws = spread[position] if spread is not None else counts
        out.append(
            _frame(
                scenario,
                moment,
                service,
                demand,
                reading,
                covered=np.median(counts, axis=0),
                unreachable=unreachable,
                draws=draws if len(draws) > 1 else None,
                times=times if reading.mode != "drive" else _drive_times(times, service),
                standards=bench.standards,
            )
        )
    return pd.concat(out, ignore_index=True)


def minutes(costs: NDArray[np.float64], service: Service, standards: Standards) -> NDArray[np.float64]:
    """Turn network costs (s of driving, m of walking) into minutes of the headline reading."""
    if service.unit == "min":
        return (costs + service.before_driving) / 60
    return costs / (standards.speeds.walk.default / 3.6) / 60


def _drive_times(times: NDArray[np.float64], service: Service) -> NDArray[np.float64]:
    return times - service.before_driving / 60


def _table(
    costs: NDArray[np.float32],
    scenario: str,
    moment: str,
    service: Service,
    bench: Bench,
    *,
    spread: dict[int, NDArray[np.float64]] | None = None,
) -> pd.DataFrame:
    return coverage_rows(costs, scenario, moment, service, bench, readings=service.readings, spread=spread)


def _drawn(
    drawn: dict[int, NDArray[np.float64]],
    scenario: str,
    moment: str,
    service: Service,
    demand: Demand,
    standards: Standards,
) -> pd.DataFrame:
    """Rows whose share is the median of the draws; times differ from draw to draw and are left empty."""
    blank = np.full((len(demand.areas), 3), np.nan)
    nobody = np.full(len(demand.areas), np.nan)
    rows = [
        _frame(
            scenario,
            moment,
            service,
            demand,
            reading,
            covered=np.median(drawn[position], axis=0),
            unreachable=nobody,
            draws=drawn[position],
            times=blank,
            standards=standards,
        )
        for position, reading in enumerate(service.readings)
    ]
    return pd.concat(rows, ignore_index=True)


def _straight(
    scene: Scene,
    active: NDArray[np.bool_],
    year: int,
    scenario: str,
    moment: str,
    service: Service,
    bench: Bench,
) -> pd.DataFrame:
    """The reading as the crow flies, for services with a radius; an empty table for the others."""
    if service.unit != "m":
        return pd.DataFrame(columns=COLUMNS)
    stands = scene.standing(year, active) & scene.existing["placed"].to_numpy()
    built = active & scene.everywhere & (scene.opens <= year)
    sites = scene.builds.loc[built, ["site_lon", "site_lat"]].to_numpy(dtype=float)
    here = scene.existing.loc[stands, ["lon", "lat"]].to_numpy(dtype=float)
    places = np.concatenate([here, sites])
    metres = straight_distance(places[:, 0], places[:, 1], bench.demand, crs=bench.city.crs)
    blank = np.full((len(bench.demand.areas), 3), np.nan)
    rows = [
        _frame(
            scenario,
            moment,
            service,
            bench.demand,
            reading.model_copy(update={"mode": "straight"}),
            covered=covered(metres, reading.limit, bench.demand),
            unreachable=np.zeros(len(bench.demand.areas)),
            draws=None,
            times=blank,
            standards=bench.standards,
        )
        for reading in service.readings
    ]
    return pd.concat(rows, ignore_index=True)


def _frame(
    scenario: str,
    moment: str,
    service: Service,
    demand: Demand,
    reading: Reading,
    *,
    covered: NDArray[np.float64],
    unreachable: NDArray[np.float64],
    draws: NDArray[np.float64] | None,
    times: NDArray[np.float64],
    standards: Standards,
) -> pd.DataFrame:
    totals = demand.totals
    empty = np.full(len(totals), np.nan)
    low, high = empty, empty
    if draws is not None:
        low, high = np.percentile(draws, [standards.draws.low.value, standards.draws.high.value], axis=0)
    return pd.DataFrame(
        {
            "scenario": scenario, "moment": moment, "service": service.name, "group": "total",
            "district": demand.areas, "mode": reading.mode, "threshold": reading.threshold,
            "threshold_unit": reading.unit, "population": totals.round().astype(int),
            "covered": np.round(covered).astype(int), "unreachable": np.round(unreachable),
            "share": (covered / totals).round(4), "share_low": (low / totals).round(4),
            "share_high": (high / totals).round(4), "mean_min": times[:, 0].round(2),
            "median_min": times[:, 1].round(2), "p90_min": times[:, 2].round(2),
        }
    )  # fmt: skip


def _last(ranges: Ranges, year: int) -> int:
    """The latest year of a range that is not after `year`: between its own moments nothing changes."""
    return max(known for known, _ in ranges.coverage if known <= year)
