"""Gaps table: the largest clusters of people left out, at each moment, named by the nearest microdistrict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.access import gap_clusters, neighbouring, quarters
from geoplan.scenario.coverage import minutes
from geoplan.scenario.microdistricts import microdistricts_of
from geoplan.scenario.moment import open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.city import City
    from geoplan.scenario.bench import Bench
    from geoplan.standards import Service

__all__ = ["COLUMNS", "gaps_at", "gaps_table"]

COLUMNS = [
    "service", "moment", "scenario", "threshold", "threshold_unit", "rank", "persons", "unreachable", "cells", "lon", "lat",
    "district", "place", "place_m", "nearest", "nearest_unit", "nearest_min",
]  # fmt: skip


def gaps_at(city: City, *, service: str, year: int | None = None) -> pd.DataFrame:
    """Where the people live who are left out at the end of a year, for known places only and in the best case.

    Returns
    -------
    pandas.DataFrame
        As `gaps_table`, for one moment.

    Raises
    ------
    InputError
        If the service is unknown or the city has no facility of it.
    """
    known = load_standards().service(service)
    at = open_moment(city, known, year=year)
    costs = {name: middle_draw(cost)[None, :] for name, cost in at.costs().items()}
    return gaps_table(at.bench, known, moments=[at.name], costs=costs)


def gaps_table(
    bench: Bench, service: Service, *, moments: list[str], costs: dict[str, NDArray[np.float32]]
) -> pd.DataFrame:
    """Build gaps.csv for one service.

    Parameters
    ----------
    moments
        Names of the moments.
    costs
        (moments, cells) cost to the nearest facility by scenario, as `typical_costs` gives them.

    Returns
    -------
    pandas.DataFrame
        The largest clusters (`gaps.count` of the standards) of people beyond a threshold, by moment and scenario: beyond
        the headline, and for schools also beyond the distance from which pupils are carried. lon and lat are the people's
        centre of gravity, `place` the microdistrict whose point is nearest to their cells ('' where the city has none) and
        `place_m` how far that is; `nearest` the mean cost of those who reach a facility (min of response, m of walking),
        `nearest_min` the same in minutes; `unreachable` those of the persons who have no way to any.
    """
    demand, micros, rule = bench.demand, microdistricts_of(bench.city), bench.standards.gaps
    quarter, pairs = quarters(demand, micros.x, micros.y), neighbouring(demand, within=rule.join.value)
    bounds = [(service.headline, service.headline_reading.limit)]
    if service.name == "school":
        bus = bench.standards.capacity.school_reach.value
        bounds.append((bus, bus))
    parts = []
    for threshold, limit in bounds:
        for scenario, rows in costs.items():
            for moment, cost in zip(moments, rows, strict=True):
                table = gap_clusters(
                    cost, limit, demand, pairs=pairs, quarter=quarter, count=int(rule.count.value)
                )
                parts.append(
                    table.assign(
                        service=service.name,
                        moment=moment,
                        scenario=scenario,
                        threshold=threshold,
                        threshold_unit=service.unit,
                    )
                )
    out = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    at = out["quarter"].to_numpy(dtype=np.int64)
    named = at >= 0
    out["place"] = ""
    out.loc[named, "place"] = micros.names[at[named]]
    out["place_m"] = np.nan
    out.loc[named, "place_m"] = micros.metres(at[named], out.loc[named, "lon"], out.loc[named, "lat"]).round()
    cost = out["nearest"].to_numpy(dtype=float)
    told = minutes(cost, service, bench.standards)
    out["nearest_min"] = told.round(2)
    out["nearest"] = told.round(2) if service.unit == "min" else cost.round()
    out["nearest_unit"] = service.unit
    for column in ("persons", "unreachable"):
        out[column] = out[column].astype(float).round().astype(int)
    return out.round({"lon": 6, "lat": 6})[COLUMNS]
