"""Points: places of a user's own, from the command line or a file, checked before anything is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geoplan.errors import InputError, cause
from geoplan.layers.own.vector import need_one_layer
from geoplan.layers.swapped import swapped

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from geoplan.city import City

__all__ = ["check_places", "read_areas", "read_features", "read_points"]

# Names that a table of points may give its coordinates, degrees east and north.
_LON, _LAT = ("lon", "longitude", "lng", "x"), ("lat", "latitude", "y")


def read_points(path: Path) -> gpd.GeoSeries:
    """Read a file as points in EPSG:4326 named by its `id` column, else by position.

    Parameters
    ----------
    path
        Any vector file that GeoPandas reads, or a CSV file with columns lon and lat (degrees).

    Raises
    ------
    InputError
        If it cannot be read, has no geometry, holds something that is not a point, or an id is empty or there twice; the
        feature is named.
    """
    frame = read_features(path)
    if frame.crs is None:
        frame = frame.set_crs("EPSG:4326")
    frame = frame.to_crs("EPSG:4326")
    if "id" in frame.columns:
        twice = (frame["id"].duplicated() | frame["id"].isna()).to_numpy()
        if twice.any():
            at = int(np.flatnonzero(twice)[0])
            msg = f"{path}: feature {at + 1}: id {frame['id'].iloc[at]!r} is empty or there twice"
            raise InputError(msg)
        frame = frame.set_index("id")
    points = cast("gpd.GeoSeries", frame.geometry)
    bad = (points.isna() | (points.geom_type != "Point") | points.is_empty).to_numpy()
    if bad.any():
        msg = f"{path}: feature {_name(points, bad)} is not a point"
        raise InputError(msg)
    nowhere = ~(np.isfinite(points.x) & np.isfinite(points.y)).to_numpy()
    if nowhere.any():
        msg = f"{path}: feature {_name(points, nowhere)} has no coordinates"
        raise InputError(msg)
    return points


def check_places(points: gpd.GeoSeries, city: City, *, what: str) -> list[str]:
    """Refuse longitudes and latitudes that are swapped, and name the points outside the city.

    Parameters
    ----------
    points
        Points in EPSG:4326.
    city
        The city whose districts say where inside is.
    what
        What the points are, to start the message with.

    Returns
    -------
    list of str
        Names of the points in no district. They may still have a street near them.

    Raises
    ------
    InputError
        If a point lies outside the city's bounds and would lie inside them with its coordinates swapped.
    """
    x, y = points.x.to_numpy(), points.y.to_numpy()
    turned = swapped(x, y, city.districts)
    if turned.any():
        at = int(np.flatnonzero(turned)[0])
        msg = (
            f"{what}: {x[at]:g},{y[at]:g}: longitude and latitude are swapped"
            f" ({y[at]:g},{x[at]:g} lies in {city.name})"
        )
        raise InputError(msg)
    area = city.districts.geometry.union_all()
    return [str(name) for name in points.index[~points.intersects(area).to_numpy()]]


def read_features(path: Path) -> gpd.GeoDataFrame:
    """Read a file as features of any kind, in the CRS it states (none: left open).

    Parameters
    ----------
    path
        Any vector file that GeoPandas reads, or a CSV file with columns lon and lat (degrees).

    Raises
    ------
    InputError
        If it cannot be read or has no geometry.
    """
    try:
        if path.suffix.lower() == ".csv":
            frame = _from_table(path, pd.read_csv(path, encoding="utf-8-sig"))
        elif path.suffix == ".parquet":
            frame = gpd.read_parquet(path)
        else:
            need_one_layer(path, mend="save one to a file of its own")
            frame = gpd.read_file(path)
    except InputError:
        raise
    except (pyogrio.errors.DataSourceError, OSError, ValueError, IndexError) as error:
        msg = f"{path}: cannot be read as a vector file: {cause(error)}"
        raise InputError(msg) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        msg = f"{path}: holds no features with a geometry"
        raise InputError(msg)
    return frame


def read_areas(path: Path) -> gpd.GeoSeries:
    """Read a file of areas, in the CRS it states.

    Parameters
    ----------
    path
        Any vector file that GeoPandas reads.

    Raises
    ------
    InputError
        If it cannot be read, states no CRS, or holds a feature that is no polygon; the first such feature is numbered.
    """
    areas = cast("gpd.GeoSeries", read_features(path).geometry).reset_index(drop=True)
    areas.index += 1
    if areas.crs is None:
        msg = f"{path}: no CRS stated; save the file with one (EPSG:4326, say)"
        raise InputError(msg)
    bad = (~areas.geom_type.isin(["Polygon", "MultiPolygon"]) | areas.is_empty).to_numpy()
    if bad.any():
        msg = f"{path}: feature {_name(areas, bad)} is not a polygon"
        raise InputError(msg)
    nowhere = ~np.isfinite(areas.to_crs("EPSG:4326").bounds.to_numpy()).all(axis=1)
    if nowhere.any():
        msg = f"{path}: feature {_name(areas, nowhere)} lies off the globe; is it in the CRS that it names?"
        raise InputError(msg)
    return areas


def _from_table(path: Path, table: pd.DataFrame) -> gpd.GeoDataFrame:
    names = {str(name).strip().lower(): name for name in table.columns}
    lon, lat = (next((names[n] for n in known if n in names), None) for known in (_LON, _LAT))
    if lon is None or lat is None:
        msg = f"{path}: holds no features with a geometry: a CSV file needs columns lon and lat"
        raise InputError(msg)
    x, y = (pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float) for name in (lon, lat))
    return gpd.GeoDataFrame(
        table.drop(columns=[lon, lat]), geometry=gpd.points_from_xy(x, y), crs="EPSG:4326"
    )


def _name(points: gpd.GeoSeries, bad: NDArray[np.bool_]) -> str:
    return str(points.index[int(np.flatnonzero(bad)[0])])
