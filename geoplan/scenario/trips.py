"""Trips: isochrones and cost matrices between places of one's own, on a city's streets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geoplan.errors import InputError
from geoplan.network import Snap, build_network, isochrones, measured_rows, rows, snap
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    from geoplan.city import City

__all__ = ["isochrone_areas", "read_points", "travel_matrix"]

_ON_FOOT = ("walk", "wheelchair")


def isochrone_areas(
    city: City, *, lon: float, lat: float, minutes: list[float], mode: str
) -> gpd.GeoDataFrame:
    """Return the area reached from a point within each number of minutes.

    Returns
    -------
    geopandas.GeoDataFrame
        minutes, mode, geometry (EPSG:4326), the largest first.

    Raises
    ------
    InputError
        If the mode is unknown, or the point is off the streets.
    """
    if not minutes or not all(math.isfinite(value) and value > 0 for value in minutes):
        msg = f"minutes {minutes}: give numbers above 0"
        raise InputError(msg)
    standards = load_standards()
    network = build_network(city.streets, mode, standards=standards, crs=city.crs)
    origin = snap(network, [lon], [lat], limit=standards.snap.limit.value)
    if not origin.on.all():
        msg = f"point {lon:g},{lat:g}: no street for mode {mode} within {standards.snap.limit.value:g} m"
        raise InputError(msg)
    per_minute = getattr(standards.speeds, mode).default / 3.6 * 60 if mode in _ON_FOOT else 60.0
    areas = isochrones(
        network,
        origin,
        limits=[value * per_minute for value in minutes],
        direction="from_facility",
        width=standards.isochrone.width.value,
    )
    areas.insert(0, "minutes", sorted(minutes, reverse=True))
    return areas.drop(columns="limit").assign(mode=mode)[["minutes", "mode", "geometry"]]


def travel_matrix(
    city: City, origins: gpd.GeoSeries, destinations: gpd.GeoSeries, *, mode: str
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return seconds and metres between every origin and destination.

    Parameters
    ----------
    origins, destinations
        Points in EPSG:4326; their index names them.

    Returns
    -------
    matrix, off
        origin, destination, seconds, metres (NaN where there is no way); and which origins and destinations have no street
        of the mode within the snap limit. Metres are those of the way whose seconds are given (by car the quickest, not the
        shortest), with the straight metres between each point and its street.

    Raises
    ------
    InputError
        If the mode is unknown or a point has no coordinates.
    """
    standards = load_standards()
    network = build_network(city.streets, mode, standards=standards, crs=city.crs)
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
    return table, {"origins": _off(starts, origins), "destinations": _off(ends, destinations)}


def read_points(path: Path) -> gpd.GeoSeries:
    """Read a vector file as points in EPSG:4326 named by its `id` column, else by position.

    Raises
    ------
    InputError
        If it cannot be read, has no geometry, or holds something that is not a point.
    """
    try:
        frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    except (pyogrio.errors.DataSourceError, OSError, ValueError, IndexError) as error:
        cause = (str(error) or type(error).__name__).splitlines()[0]
        msg = f"{path}: cannot be read as a vector file: {cause}"
        raise InputError(msg) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        msg = f"{path}: holds no features with a geometry"
        raise InputError(msg)
    if frame.crs is None:
        frame = frame.set_crs("EPSG:4326")
    frame = frame.to_crs("EPSG:4326")
    bad = frame.geometry.isna() | (frame.geometry.geom_type != "Point") | frame.geometry.is_empty
    if bad.any():
        msg = f"{path}: feature {int(np.flatnonzero(bad)[0])} is not a point"
        raise InputError(msg)
    if "id" in frame.columns:
        frame = frame.set_index("id")
    return cast("gpd.GeoSeries", frame.geometry)


def _off(points: Snap, names: gpd.GeoSeries) -> list[str]:
    return [str(name) for name in names.index[~points.on]]
