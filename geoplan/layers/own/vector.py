"""A user's vector file or table, read with one clear line for each way it can be unusable."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoplan.errors import InputError
from geoplan.layers.swapped import inside_box, swapped

if TYPE_CHECKING:
    from geoplan.layers.own.mapping import FileSpec

__all__ = [
    "TABLES",
    "at_row",
    "need_inside",
    "need_one_layer",
    "numbers",
    "read_own_rows",
    "read_own_table",
    "read_own_vector",
    "texts",
]

TABLES = (".csv", ".tsv", ".psv")
_SEPARATORS = {".csv": ",", ".tsv": "\t", ".psv": "|"}
# Cyrillic in UTF-8 read as Latin-1 or cp1252; the same read as cp1251; cp1251 read as Latin-1; an undecodable byte.
_GARBLED = re.compile(
    r"(?:[ÐÑ][\x80-\xbf\u0152-\u0178\u02c6-\u2122]){2}|(?:[РС][\x80-\xbf\u0400-\u040f\u0452-\u045f\u201a-\u2122]){3}"
    r"|[À-ÖØ-öø-ÿ]{5}|\ufffd"
)


def need_one_layer(path: Path, *, mend: str) -> None:
    """Refuse a file of several layers: taking the first in silence may be taking the wrong one.

    Raises
    ------
    InputError
        If it holds more than one; the text names them and says what to do.
    """
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if len(names) > 1:
        msg = f"{path}: holds {len(names)} layers ({', '.join(names)}): {mend}"
        raise InputError(msg)


def read_own_vector(path: Path, spec: FileSpec, *, what: str) -> gpd.GeoDataFrame:
    """Read a vector file, or a table with columns lon and lat, in EPSG:4326 under our own column names.

    Parameters
    ----------
    path
        Whatever GeoPandas reads, GeoParquet, or a table (`TABLES`).
    spec
        The layer of the file, its encoding, and what its columns are called.
    what
        What the file holds, for messages: districts, facilities, population.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of the file, those of `spec.columns` renamed to ours; at least one row; index 0..n-1. Rows may lack a
        geometry only if the file is a table; a table's index leads back to the line (`at_row`).

    Raises
    ------
    InputError
        If the file is missing, unreadable, empty, without a CRS, wrongly encoded, lacks a column that the mapping names, or
        holds a feature without a geometry or off the globe.
    """
    path = _existing(path)
    if path.suffix.lower() in TABLES:
        return _points_of(path, read_own_table(path, spec, needed=("lon", "lat")))
    _need_parts(path)
    try:
        if path.suffix.lower() in {".parquet", ".geoparquet"}:
            frame = gpd.read_parquet(path)
        else:
            options = {
                key: value for key, value in (("layer", spec.layer), ("encoding", spec.encoding)) if value
            }
            if not spec.layer:
                need_one_layer(
                    path, mend="name one as `layer` in the mapping, or save it to a file of its own"
                )
            frame = gpd.read_file(path, **options)
    except InputError:
        raise
    except Exception as error:  # the drivers raise many kinds
        msg = f"{path}: cannot be read as a vector file: {_first_line(error)}"
        raise InputError(msg) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        msg = f"{path}: holds no {what}"
        raise InputError(msg)
    if frame.crs is None:
        msg = f"{path}: has no coordinate reference system"
        raise InputError(msg)
    frame = gpd.GeoDataFrame(_renamed(path, frame.reset_index(drop=True), spec))
    without = np.flatnonzero(frame.geometry.isna() | frame.geometry.is_empty)
    if len(without):
        msg = f"{path}: feature {without[0] + 1} has no geometry"
        raise InputError(msg)
    frame = frame.to_crs("EPSG:4326")
    frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs="EPSG:4326")
    corners = shapely.bounds(frame.geometry.to_numpy())
    off = ~np.isfinite(corners).all(axis=1) | (np.abs(corners[:, [0, 2]]) > 180).any(axis=1)
    off |= (np.abs(corners[:, [1, 3]]) > 90).any(axis=1)
    if off.any():
        msg = f"{path}: feature {np.flatnonzero(off)[0] + 1} lies off the globe; is it in the CRS that it names?"
        raise InputError(msg)
    if frame.geometry.name != "geometry":
        frame = frame.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return frame


def read_own_table(path: Path, spec: FileSpec, *, needed: tuple[str, ...] = ()) -> pd.DataFrame:
    """Read a table, every cell as text ('' where empty) under our own column names; blank lines are left out, but counted.

    Raises
    ------
    InputError
        If it is missing, unreadable, empty, wrongly encoded or lacks a column.
    """
    path = _existing(path)
    encoding = spec.encoding or "utf-8-sig"
    separator = _SEPARATORS.get(path.suffix.lower(), ",")
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding=encoding, sep=separator, skip_blank_lines=False
        )
    except (UnicodeDecodeError, LookupError) as error:
        msg = f"{path}: is not {spec.encoding or 'UTF-8'}; save it so, or name its encoding in the mapping"
        raise InputError(msg) from error
    except (ValueError, OSError) as error:
        msg = f"{path}: cannot be read: {_first_line(error)}"
        raise InputError(msg) from error
    table.columns = [str(name).strip() for name in table.columns]
    if len(table.columns) == 1 and ";" in table.columns[0]:
        msg = f"{path}: its cells are parted by semicolons; save it with commas"
        raise InputError(msg)
    table = _renamed(path, table.fillna(""), spec)
    blank = (table == "").all(axis=1)
    if blank.all():
        msg = f"{path}: holds no rows"
        raise InputError(msg)
    missing = [name for name in needed if name not in table.columns]
    if missing:
        msg = (
            f"{path}: column missing: {', '.join(missing)}; it has {', '.join(map(str, table.columns[:12]))}"
        )
        raise InputError(msg)
    return table[~blank]


def read_own_rows(path: Path, spec: FileSpec, *, what: str, or_else: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Read a vector file, or a table that has lon and lat or one of the columns `or_else`; see `read_own_vector`.

    Raises
    ------
    InputError
        As `read_own_vector`, and if a table says in no way where its rows lie.
    """
    path = Path(path)
    if path.suffix.lower() in TABLES:
        table = read_own_table(path, spec)
        if not {"lon", "lat"} <= set(table.columns):
            if not set(or_else) & set(table.columns):
                have = ", ".join(map(str, table.columns[:12]))
                msg = f"{path}: column missing: lon and lat, or {' or '.join(or_else)}; it has {have}"
                raise InputError(msg)
            nowhere = gpd.GeoSeries([None] * len(table), index=table.index, crs="EPSG:4326")
            return gpd.GeoDataFrame(table, geometry=nowhere, crs="EPSG:4326")
    return read_own_vector(path, spec, what=what)


def at_row(path: Path, label: object) -> str:
    """Return how a row is found in its file: the line of a table (the header is line 1), the number of a feature."""
    number = int(str(label))
    return f"line {number + 2}" if Path(path).suffix.lower() in TABLES else f"feature {number + 1}"


def numbers(path: Path, values: pd.Series, *, name: str) -> pd.Series:
    """Return a column as numbers, NaN where empty.

    Raises
    ------
    InputError
        If a cell is no number, not finite or below 0; the text names the row.
    """
    blank = values.isna() | (values.astype(str).str.strip() == "")
    text = values.astype(str).str.strip().str.replace(r"(?<=\d)[\s\u00a0\u202f](?=\d)", "", regex=True)
    text = text.str.replace(r"^([+-]?\d+),(\d+)$", r"\1.\2", regex=True)
    parsed = pd.to_numeric(text.where(~blank), errors="coerce")
    bad = (~blank & ~np.isfinite(parsed.astype(float))) | (parsed < 0)
    if bad.any():
        row = bad.index[bad.to_numpy()][0]
        msg = f"{path}: {at_row(path, row)}: {name} {str(values[row])!r} is not a number of 0 or more"
        raise InputError(msg)
    return parsed.astype(float)


def texts(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as stripped text, '' where there is none."""
    if name not in frame.columns:
        return pd.Series("", index=frame.index, name=name)
    values = frame[name]
    if values.dtype.kind == "f":
        # a shapefile keeps codes as 5.0
        whole = values.dropna()
        if len(whole) and (whole == whole.round()).all():
            values = values.astype("Int64")
    return values.astype(object).where(values.notna(), "").astype(str).str.strip()


def need_inside(
    path: Path, points: gpd.GeoSeries, area: gpd.GeoDataFrame, *, what: str, share: float = 0.5
) -> None:
    """Raise if most features lie off the city: another city's file, or coordinates with latitude first.

    Raises
    ------
    InputError
        If less than `share` of the features lie in the bounding box of `area`; the text says whether they would with
        their coordinates swapped.
    """
    x, y = shapely.get_x(points.to_numpy()), shapely.get_y(points.to_numpy())
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if not len(x):
        return
    inside = inside_box(x, y, area).mean()
    if inside >= share:
        return
    if swapped(x, y, area).mean() >= share:
        msg = f"{path}: coordinates are swapped: latitude stands where longitude belongs"
        raise InputError(msg)
    msg = (
        f"{path}: {1 - inside:.0%} of the {what} lie outside the city's districts; is it another city's file?"
    )
    raise InputError(msg)


def _points_of(path: Path, table: pd.DataFrame) -> gpd.GeoDataFrame:
    table = table.copy()
    for name, bound in (("lon", 180), ("lat", 90)):
        text = table[name].str.strip().str.replace(",", ".", regex=False)
        degrees = pd.to_numeric(text.where(text != ""), errors="coerce")
        bad = (text != "") & ~(degrees.abs() <= bound)
        if bad.any():
            row = bad.index[bad.to_numpy()][0]
            what = "longitude" if name == "lon" else "latitude"
            msg = f"{path}: {at_row(path, row)}: {name} {table.loc[row, name]!r} is no {what} in degrees"
            raise InputError(msg)
        table[name] = degrees.astype(float)
    half = table["lon"].isna() != table["lat"].isna()
    if half.any():
        msg = f"{path}: {at_row(path, half.index[half.to_numpy()][0])}: has only one of lon and lat"
        raise InputError(msg)
    points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326", index=table.index)
    return gpd.GeoDataFrame(table, geometry=points.where(table["lon"].notna(), None), crs="EPSG:4326")


def _existing(path: Path) -> Path:
    path = Path(path)
    if not path.exists():
        msg = f"{path}: no such file"
        raise InputError(msg)
    if path.is_file() and path.stat().st_size == 0:
        msg = f"{path}: is empty"
        raise InputError(msg)
    return path


def _need_parts(path: Path) -> None:
    """A shapefile is several files: without .dbf it has no names, without .shx most readers fail obscurely."""
    if path.suffix.lower() != ".shp":
        return
    siblings = {other.suffix.lower() for other in path.parent.glob(f"{path.stem}.*")}
    for part in (".dbf", ".shx"):
        if part not in siblings:
            msg = f"{path}: its {part} file is missing; a shapefile is .shp, .shx, .dbf and .prj together"
            raise InputError(msg)


def _renamed(path: Path, frame: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    missing = [theirs for theirs in spec.columns.values() if theirs not in frame.columns]
    if missing:
        have = ", ".join(str(name) for name in frame.columns[:12])
        msg = f"{path}: column missing: {', '.join(missing)} (named in the mapping); it has {have}"
        raise InputError(msg)
    ours = {theirs: name for name, theirs in spec.columns.items()}
    clash = [name for name in ours.values() if name in frame.columns and name not in spec.columns.values()]
    frame = frame.drop(columns=[name for name in clash if name != "geometry"]).rename(columns=ours)
    for name in frame.columns:
        if name == "geometry" or frame[name].dtype.kind in "biufcmM":
            continue
        cells = frame[name].dropna().astype(str)
        garbled = cells[cells.str.contains(_GARBLED)]
        if len(garbled):
            msg = f"{path}: column {name} reads {garbled.iloc[0][:20]!r}: wrong encoding; name it in the mapping"
            raise InputError(msg)
    return frame


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
