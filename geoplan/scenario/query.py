"""Query: one service at one moment, for a threshold of one's own; and two moments or runs side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError, cause
from geoplan.scenario.asked import check_year
from geoplan.scenario.bench import bench_of
from geoplan.scenario.coverage import COLUMNS, coverage_rows
from geoplan.scenario.opening import open_scene, own_draws
from geoplan.scenario.ranges import draw_ranges
from geoplan.scenario.thresholds import own_readings
from geoplan.scenario.timeline import timeline
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.city import City

__all__ = ["access_at", "compare_moments", "compare_runs"]


def access_at(
    city: City, *, service: str, year: int | None = None, threshold: str | None = None
) -> pd.DataFrame:
    """Coverage of a service per district at the end of a year.

    Parameters
    ----------
    city
        An opened city.
    service
        A service of the standards file.
    year
        Year; the last year of the plan by default. The baseline year gives the baseline.
    threshold
        Such as `10min` (ambulance) or `500m`; the headline threshold by default.

    Returns
    -------
    pandas.DataFrame
        coverage.csv rows of the scenarios `placed` and `proposed`; share_low and share_high are the 5-95 % range of the
        draws that place the same builds at random.

    Raises
    ------
    InputError
        If the service is unknown, nothing can be said of the year (`check_year`), or the threshold is not a number with the
        service's unit.
    """
    bench = bench_of(city)
    known = bench.standards.service(service)
    readings = known.readings if threshold is None else own_readings(known, threshold)
    headline = readings[0] if threshold else known.headline_reading
    chosen = [reading for reading in readings if reading.threshold == headline.threshold]
    check_year(bench, city.builds, year)
    scene, _ = open_scene(bench, known, city.builds)
    state = (scene.builds["owner"] != "private").to_numpy()
    last = int(scene.opens[state].max(initial=scene.baseline_year))
    when = max(scene.baseline_year, last if year is None else year)
    moment = "baseline" if when == scene.baseline_year else str(when)
    picks, drawn = own_draws(bench, known, scene)
    ranges = draw_ranges(
        scene,
        active=state & (scene.opens <= when),
        rows=bench.candidate_rows(known, at_least=max(reading.limit for reading in chosen)),
        picks=picks,
        drawn=drawn,
        readings=chosen,
        headline=headline,
        demand=bench.demand,
    )
    latest = max(known_year for known_year, _ in ranges.coverage if known_year <= when)
    by_draw = {position: ranges.coverage[latest, position] for position in range(len(chosen))}
    certain = state & scene.builds["site_status"].isin(["stated", "register"]).to_numpy()
    return pd.concat(
        [
            coverage_rows(
                scene.costs(when, certain, known_only=True), "placed", moment, known, bench, readings=chosen
            ),
            coverage_rows(
                scene.costs(when, state), "proposed", moment, known, bench, readings=chosen, draws=by_draw
            ),
        ],
        ignore_index=True,
    )


def compare_moments(city: City, first: str, second: str, *, service: str | None = None) -> pd.DataFrame:
    """Compare two moments of the plan district by district, under each service's headline threshold.

    Returns
    -------
    pandas.DataFrame
        service, district, population, covered_a, covered_b, share_a, share_b, change (persons), best case.

    Raises
    ------
    InputError
        If a moment is neither baseline nor a year, nothing can be said of that year, or the service is unknown.
    """
    names = [service] if service else list(load_standards().services)
    for moment in (first, second):
        _check_moment(city, moment)
    parts = []
    for name in names:
        plan = timeline(city, service=name)
        table = plan.coverage()
        parts.append(_pair(_at(table, plan.moments, first), _at(table, plan.moments, second)))
    return pd.concat(parts, ignore_index=True)


def compare_runs(first: Path, second: Path, *, service: str | None = None) -> pd.DataFrame:
    """Compare the last year of two run folders district by district; columns as `compare_moments`.

    Raises
    ------
    InputError
        If a folder holds no readable data/coverage.csv, or the service is not in both.
    """
    tables = [_run_table(folder) for folder in (first, second)]
    shared = sorted(set(tables[0]["service"]) & set(tables[1]["service"]))
    names = [service] if service else shared
    if not names:
        msg = f"{first} and {second}: no service is in both"
        raise InputError(msg)
    parts = []
    for name in names:
        sides = []
        for folder, table in zip((first, second), tables, strict=True):
            rows = table[table["service"] == name]
            years = sorted(moment for moment in rows["moment"].unique() if re.fullmatch(r"\d{4}", moment))
            if not years:
                msg = f"{folder}: data/coverage.csv has no year of service {name!r}"
                raise InputError(msg)
            sides.append(_at(rows, years, years[-1]))
        parts.append(_pair(*sides))
    return pd.concat(parts, ignore_index=True)


def _at(table: pd.DataFrame, moments: list[str], moment: str) -> pd.DataFrame:
    at = _moment(moments, moment)
    if table.empty:
        msg = f"moment {moment!r}: the table has no row"
        raise InputError(msg)
    standards = load_standards()
    service = standards.service(str(table["service"].iloc[0]))
    reading = service.headline_reading
    rows = table[
        (table["moment"] == at)
        & (table["scenario"] == "proposed")
        & (table["mode"] == reading.mode)
        & np.isclose(table["threshold"], reading.threshold)
    ]
    return rows.assign(moment=moment).set_index("district")


def _check_moment(city: City, asked: str) -> None:
    """Refuse a moment of which nothing can be said before anything is computed."""
    if asked == "baseline":
        return
    if not re.fullmatch(r"-?\d+", asked):
        msg = f"moment {asked!r}: give baseline, a year or, for both, folders of runs"
        raise InputError(msg)
    check_year(bench_of(city), city.builds, int(asked))


def _moment(moments: list[str], asked: str) -> str:
    """The moment that holds at the end of a checked year: between those of the plan nothing changes."""
    if asked in moments:
        return asked
    earlier = [moment for moment in moments[1:] if moment <= asked]
    return earlier[-1] if earlier else moments[0]


def _pair(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": a["service"],
            "moment_a": a["moment"],
            "moment_b": b["moment"],
            "threshold": a["threshold"],
            "threshold_unit": a["threshold_unit"],
            "population": a["population"],
            "covered_a": a["covered"],
            "covered_b": b["covered"],
            "share_a": a["share"],
            "share_b": b["share"],
            "share_b_low": b["share_low"],
            "share_b_high": b["share_high"],
            "change": b["covered"] - a["covered"],
        }
    ).reset_index()


def _run_table(folder: Path) -> pd.DataFrame:
    path = folder / "data" / "coverage.csv"
    try:
        table = pd.read_csv(path, dtype={"moment": str, "district": str})
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read: {cause(error)}"
        raise InputError(msg) from error
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        msg = f"{path}: column {missing[0]!r} is missing"
        raise InputError(msg)
    return table[table["group"] == "total"]
