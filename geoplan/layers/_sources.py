"""Source files: found or named in one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read_source_layer", "read_source_table", "read_source_vector", "source_file"]


def source_file(sources: Path, name: str) -> Path:
    """Return the path of source file `name` inside the folder `sources`.

    Raises
    ------
    InputError
        If the folder or the file is missing.
    """
    folder = Path(sources)
    if not folder.is_dir():
        msg = f"{folder}: no such folder of source files"
        raise InputError(msg)
    path = folder / name
    if not path.is_file():
        msg = f"{path}: source file is missing"
        raise InputError(msg)
    return path


def read_source_vector(sources: Path, name: str, *, columns: Iterable[str]) -> gpd.GeoDataFrame:
    """Read a vector source file in EPSG:4326 and make sure that it has `columns`.

    Raises
    ------
    InputError
        If it is missing, unreadable, without a CRS or without a column.
    """
    path = source_file(sources, name)
    try:
        frame = gpd.read_file(path)
    except Exception as error:  # the drivers raise many kinds
        msg = f"{path}: cannot be read: {_first_line(error)}"
        raise InputError(msg) from error
    _need_columns(path, frame, columns)
    if frame.crs is None:
        msg = f"{path}: has no coordinate reference system"
        raise InputError(msg)
    return frame.to_crs("EPSG:4326")


def read_source_layer(sources: Path, name: str, *, layer: str, columns: list[str]) -> gpd.GeoDataFrame:
    """Read one layer of an OSM extract: some columns and the geometry, missing where the extract's is broken.

    Raises
    ------
    InputError
        If it is missing or cannot be read.
    """
    path = source_file(sources, name)
    try:
        return pyogrio.read_dataframe(path, layer=layer, columns=columns, on_invalid="ignore")
    except Exception as error:  # the driver raises many kinds
        msg = f"{path}: cannot be read: {_first_line(error)}"
        raise InputError(msg) from error


def read_source_table(sources: Path, name: str, *, columns: Iterable[str]) -> pd.DataFrame:
    """Read a CSV source file, every cell as text ('' where empty), and make sure that it has `columns`.

    Raises
    ------
    InputError
        If it is missing, unreadable or without a column.
    """
    path = source_file(sources, name)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, OSError) as error:
        msg = f"{path}: cannot be read: {_first_line(error)}"
        raise InputError(msg) from error
    _need_columns(path, frame, columns)
    return frame


def _need_columns(path: Path, frame: pd.DataFrame, columns: Iterable[str]) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        msg = f"{path}: column missing: {', '.join(missing)}"
        raise InputError(msg)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
