"""Sane: values that no layer may hold, whatever its hash says; looked for each time a layer is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoplan.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geoplan.layers._grid import Grid

__all__ = ["SLUG", "refuse_grid", "refuse_values"]

SLUG = re.compile(r"^[a-z][a-z0-9_-]*$")
_YEARS = (1900, 2100)
_BASES = ("official", "estimate")

_Fault = tuple[pd.Series, str]


def refuse_values(frame: pd.DataFrame, path: Path) -> None:
    """Raise if a layer holds a value that makes no sense.

    Raises
    ------
    LayerError
        With the file, the first bad row, the cause and how many more there are.
    """
    key = _KEYS.get(path.name)
    label = (
        frame[key].astype(str)
        if key in frame.columns
        else pd.Series(frame.index.astype(str), index=frame.index)
    )
    for bad, cause in _faults(frame, path.name):
        rows = np.flatnonzero(bad.to_numpy(dtype=bool))
        if len(rows):
            more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
            what = "row" if key is None else key
            msg = f"{path}: {what} {label.iloc[int(rows[0])]}: {cause}{more}; build the layers again or mend the file"
            raise LayerError(msg)


def refuse_grid(grid: Grid, path: Path) -> None:
    """Raise if a population grid holds a count that is none, or cells that are no squares in metres.

    Raises
    ------
    LayerError
        With the file and the cause.
    """
    persons = grid.persons.astype(float)
    cause = ""
    if grid.crs is None or not grid.crs.is_projected:
        cause = "is not in metres of a projected coordinate reference system"
    elif not (np.isfinite([grid.west, grid.north, grid.size]).all() and grid.size > 0):
        cause = "has no cells with sides"
    elif not np.isfinite(persons).all():
        cause = "holds a cell whose people are no number"
    elif (persons < 0).any():
        cause = f"holds a cell with {persons.min():g} people"
    elif (persons != np.round(persons)).any():
        cause = "holds a fraction of a person"
    elif not persons.any():
        cause = "holds nobody"
    if cause:
        msg = f"{path}: {cause}; build the layers again or mend the file"
        raise LayerError(msg)


_KEYS = {
    "districts.geojson": "district",
    "facilities.parquet": "facility_id",
    "builds.csv": "build_id",
    "places.parquet": "name",
}


def _faults(frame: pd.DataFrame, file: str) -> Iterator[_Fault]:
    key = _KEYS.get(file)
    if key is not None and file != "places.parquet":
        text = frame[key].fillna("").astype(str)
        yield text == "", f"{key} is empty"
        yield text.duplicated(), f"{key} stands there more than once"
    if isinstance(frame, gpd.GeoDataFrame):
        yield from _geometry(frame, file)
    if file == "districts.geojson":
        yield (
            ~frame["district"].astype(str).str.match(SLUG),
            "is no slug (small Latin letters, digits, - and _)",
        )
    elif file == "streets.parquet":
        yield from _streets(frame)
    elif file == "restrictions.parquet":
        yield ~frame["kind"].isin(["no", "only"]), "kind is neither no nor only"
    elif file == "facilities.parquet":
        yield from _not_negative(frame, ("capacity", "radius_m", "emergency_admissions"))
        yield frame["service"].fillna("") == "", "has no service"
    elif file == "population.csv":
        yield frame["persons"].isna() | (frame["persons"] < 0), "persons is below 0 or no number"
        yield ~frame["basis"].isin(_BASES), f"basis is none of {', '.join(_BASES)}"
    elif file == "builds.csv":
        yield (
            frame["opens"].isna() | ~frame["opens"].between(*_YEARS),
            f"opens is no year between {_YEARS[0]} and {_YEARS[1]}",
        )
        yield from _not_negative(frame, ("capacity", "radius_m", "cost"))
        yield from _degrees(frame)


def _streets(frame: pd.DataFrame) -> Iterator[_Fault]:
    for name in ("u", "v"):
        yield frame[name].isna() | (frame[name] < 0), f"{name} is no node number"
    length = frame["length_m"].astype(float)
    yield ~((length > 0) & (length < np.inf)), "length_m is not above 0"
    yield frame["maxspeed_kmh"].isna() | (frame["maxspeed_kmh"] < 0), "maxspeed_kmh is below 0 or no number"
    for name in ("oneway", "drive", "walk", "wheelchair"):
        if frame[name].dtype != bool:
            yield ~frame[name].isin([True, False]), f"{name} is neither true nor false"


def _not_negative(frame: pd.DataFrame, names: tuple[str, ...]) -> Iterator[_Fault]:
    for name in names:
        values = frame[name].astype("Float64").astype(float)
        yield values.notna() & ~(np.isfinite(values) & (values >= 0)), f"{name} is below 0"


def _degrees(frame: pd.DataFrame) -> Iterator[_Fault]:
    yield frame["lon"].isna() != frame["lat"].isna(), "has only one of lon and lat"
    off = (frame["lon"].abs() > 180) | (frame["lat"].abs() > 90)
    yield frame["lon"].notna() & off, "lon and lat are no place on earth"


def _geometry(frame: gpd.GeoDataFrame, file: str) -> Iterator[_Fault]:
    shapes = frame.geometry.to_numpy()
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if file != "facilities.parquet":
        yield pd.Series(missing, index=frame.index), "has no geometry"
    corners = shapely.bounds(shapes)
    good = np.isfinite(corners).all(axis=1)
    good &= (np.abs(corners[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(corners[:, [1, 3]]) <= 90).all(axis=1)
    yield pd.Series(~missing & ~good, index=frame.index), "its coordinates are no place on earth"
    wanted = {"districts.geojson": (3, 6), "streets.parquet": (1,), "facilities.parquet": (0,)}.get(file)
    if wanted:
        kinds = np.isin(shapely.get_type_id(shapes), wanted)
        yield (
            pd.Series(~missing & ~kinds, index=frame.index),
            f"its geometry is a {_name(shapes, missing, kinds)}",
        )


def _name(shapes: np.ndarray, missing: np.ndarray, kinds: np.ndarray) -> str:
    odd = np.flatnonzero(~missing & ~kinds)
    return str(shapes[odd[0]].geom_type) if len(odd) else ""
