"""Trips: isochrones and cost matrices between places of one's own, on a city's streets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.errors import InputError
from geoplan.network import Snap, isochrones, measured_rows, rows, snap
from geoplan.scenario.bench import network_of
from geoplan.scenario.points import check_places
from geoplan.standards import load_standards

if TYPE_CHECKING:
    import geopandas as gpd

    from geoplan.city import City
    from geoplan.network.times import Direction

__all__ = ["Placed", "isochrone_areas", "travel_matrix"]

_ON_FOOT = ("walk", "wheelchair")


@dataclass(frozen=True)
class Placed:
    """Names of points that are off the streets, and of those outside the city that one of its streets is near."""

    off: list[str]
    outside: list[str]


def isochrone_areas(
    city: City,
    points: gpd.GeoSeries,
    *,
    minutes: list[float],
    mode: str,
    direction: Direction = "from_facility",
    each: bool = False,
    bands: bool = False,
) -> tuple[gpd.GeoDataFrame, Placed]:
    """Return the area reached from points, or from which they are reached, within each number of minutes.

    Parameters
    ----------
    city
        An opened city, at its time of day.
    points
        Points in EPSG:4326; their index names them.
    minutes
        Upper bounds.
    mode
        walk, wheelchair, drive, emergency.
    direction
        `from_facility`: away from the points; `to_facility`: towards them.
    each
        An area for each point instead of one for all.
    bands
        Rings instead of whole areas.

    Returns
    -------
    areas, placed
        origin (only if `each`), above_minutes (only if `bands`), minutes, mode, time_of_day, geometry (EPSG:4326), the
        largest first; and which points have no street of the mode within the snap limit, or lie outside the city.

    Raises
    ------
    InputError
        If the mode is unknown, a number of minutes is not above 0, coordinates are swapped, or all points are off the
        streets.
    """
    if not minutes or not all(math.isfinite(value) and value > 0 for value in minutes):
        msg = f"minutes {minutes}: give numbers above 0"
        raise InputError(msg)
    standards = load_standards()
    network = network_of(city, mode, standards)
    outside = check_places(points, city, what="point")
    limit = standards.snap.limit.value
    origin = snap(network, points.x, points.y, limit=limit)
    if not origin.on.any():
        named = f"point {points.x.iloc[0]:g},{points.y.iloc[0]:g}" if len(points) == 1 else "no point"
        where = f" (outside {city.name})" if len(outside) == len(points) else ""
        msg = f"{named}{where}: no street for mode {mode} within {limit:g} m"
        raise InputError(msg)
    per_minute = getattr(standards.speeds, mode).default / 3.6 * 60 if mode in _ON_FOOT else 60.0
    areas = isochrones(
        network,
        origin,
        limits=[value * per_minute for value in minutes],
        direction=direction,
        width=standards.isochrone.width.value,
        each=each,
        bands=bands,
    )
    for name, column in (("minutes", "limit"), ("above_minutes", "above")):
        if column in areas.columns:
            areas[name] = (areas[column] / per_minute).round(6)
    if each:
        areas["origin"] = points.index.to_numpy()[areas["origin"].to_numpy()].astype(str)
    names = ["origin", "above_minutes", "minutes", "mode", "time_of_day", "geometry"]
    areas = areas.assign(mode=mode, time_of_day=city.time_of_day)
    return areas[[name for name in names if name in areas.columns]], _placed(origin, points, outside)


def travel_matrix(
    city: City, origins: gpd.GeoSeries, destinations: gpd.GeoSeries, *, mode: str
) -> tuple[pd.DataFrame, dict[str, Placed]]:
    """Return seconds and metres between every origin and destination.

    Parameters
    ----------
    origins, destinations
        Points in EPSG:4326; their index names them.

    Returns
    -------
    matrix, placed
        origin, destination, seconds, metres (NaN where there is no way); and which `origins` and `destinations` have no
        street of the mode within the snap limit, or lie outside the city. Metres are those of the way whose seconds are
        given (by car the quickest, not the shortest), with the straight metres between each point and its street.

    Raises
    ------
    InputError
        If the mode is unknown, a point has no coordinates, or they are swapped.
    """
    standards = load_standards()
    network = network_of(city, mode, standards)
    sides = {"origins": origins, "destinations": destinations}
    outside = {what: check_places(points, city, what=what) for what, points in sides.items()}
    starts = snap(network, origins.x, origins.y, limit=standards.snap.limit.value)
    ends = snap(network, destinations.x, destinations.y, limit=standards.snap.limit.value)
    seconds = np.full((len(origins), len(destinations)), np.nan)
    metres = seconds.copy()
    if mode in _ON_FOOT:
        for part, cost in rows(network, starts, ends, direction="from_facility"):
            metres[part] = cost
        seconds = metres / (getattr(standards.speeds, mode).default / 3.6)
    else:
        for part, cost, length in measured_rows(network, starts, ends):
            seconds[part], metres[part] = cost, length
    seconds, metres = (np.where(np.isfinite(values), values, np.nan) for values in (seconds, metres))
    table = pd.DataFrame(
        {
            "origin": np.repeat(origins.index.to_numpy(), len(destinations)),
            "destination": np.tile(destinations.index.to_numpy(), len(origins)),
            "seconds": np.round(seconds, 1).ravel(),
            "metres": np.round(metres, 1).ravel(),
        }
    )
    snapped = {"origins": starts, "destinations": ends}
    return table, {what: _placed(snapped[what], points, outside[what]) for what, points in sides.items()}


def _placed(snapped: Snap, points: gpd.GeoSeries, outside: list[str]) -> Placed:
    off = [str(name) for name in points.index[~snapped.on]]
    return Placed(off=off, outside=[name for name in outside if name not in off])
