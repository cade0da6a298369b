"""Layer files read back, checked for their columns; what fails names the file and the cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import pandas as pd

from geoplan.errors import LayerError
from geoplan.layers._grid import read_grid
from geoplan.layers._sane import refuse_grid, refuse_values
from geoplan.layers.package import named_files, verified_path
from geoplan.layers.schema import layer_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geoplan.layers._grid import Grid

__all__ = ["read_grid_layer", "read_layer", "read_restrictions", "read_table"]

_T = TypeVar("_T")
_Frame = TypeVar("_Frame", bound=pd.DataFrame)

# What geoplan.files.safe_cells puts before text that a spreadsheet would run is taken off again.
_QUOTED = r"^'(?=[=+\-@\t\r])"


def read_layer(folder: Path, package: Mapping[str, Any], file: str) -> gpd.GeoDataFrame:
    """Read a vector layer (GeoJSON or GeoParquet) in EPSG:4326, its hash verified.

    Raises
    ------
    LayerError
        If it is missing, changed, unreadable, lacks a column or holds a value that makes no sense.
    """
    path = verified_path(folder, package, file)
    reader = gpd.read_parquet if path.suffix == ".parquet" else gpd.read_file
    frame = _read(path, reader)
    frame = frame.set_crs("EPSG:4326", allow_override=True)
    refuse_values(_checked(path, frame), path)
    return frame


def read_table(folder: Path, package: Mapping[str, Any], file: str) -> pd.DataFrame:
    """Read a CSV layer with the types of its schema, empty text as '', its hash verified.

    A layer that only comes with a roadmap is an empty table where the package does not name it.

    Raises
    ------
    LayerError
        If it is missing, changed, unreadable, lacks a column or holds a value that makes no sense.
    """
    layer = layer_named(file)
    if not layer.required and file not in named_files(package):
        return typed_table(pd.DataFrame(columns=list(layer.columns), dtype=str), Path(file))
    path = verified_path(folder, package, file)
    text = _read(path, lambda name: pd.read_csv(name, dtype=str, keep_default_na=False, encoding="utf-8"))
    table = typed_table(_checked(path, text), path)
    refuse_values(table, path)
    return table


def typed_table(text: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Give the columns of a table of text the types of the layer's schema.

    Raises
    ------
    LayerError
        If a cell is not of its type.
    """
    columns = layer_named(path.name).columns
    out = text.copy()
    for name in text.columns:
        kind = columns.get(name, "string")
        try:
            out[name] = _typed(text[name], kind)
        except (ValueError, TypeError) as error:
            msg = f"{path}: column {name} holds a cell that is not {kind}"
            raise LayerError(msg) from error
    return out


def read_restrictions(folder: Path, package: Mapping[str, Any]) -> pd.DataFrame:
    """Read the turn restrictions; an empty table where the source of the streets had none.

    Raises
    ------
    LayerError
        If they are changed, unreadable, lack a column or hold a value that makes no sense.
    """
    file = "restrictions.parquet"
    if file not in named_files(package):
        return pd.DataFrame({"from_u": [], "via": [], "to_v": []}, dtype="int32").assign(kind="")
    path = verified_path(folder, package, file)
    table = _checked(path, _read(path, pd.read_parquet))
    refuse_values(table, path)
    return table


def read_grid_layer(folder: Path, package: Mapping[str, Any], file: str) -> Grid:
    """Read the population grid, its hash verified.

    Raises
    ------
    LayerError
        If it is missing, changed, unreadable or holds counts that make no sense.
    """
    path = verified_path(folder, package, file)
    grid = _read(path, read_grid)
    refuse_grid(grid, path)
    return grid


def _typed(cells: pd.Series, kind: str) -> pd.Series:
    if kind == "boolean":
        # pandas writes True and False
        if not cells.isin(["True", "False"]).all():
            msg = "not a boolean"
            raise ValueError(msg)
        return cells == "True"
    if kind == "number":
        return pd.to_numeric(cells.replace("", None)).astype("float64")
    if kind == "integer":
        # nullable only where a cell is empty, so that complete columns are plain numpy
        return pd.to_numeric(cells.replace("", None)).astype("Int64" if (cells == "").any() else "int64")
    return cells.str.replace(_QUOTED, "", regex=True)


def _read(path: Path, reader: Callable[[Path], _T]) -> _T:
    try:
        return reader(path)
    except Exception as error:  # the readers raise many kinds; a bug in them is still told by its text
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        msg = f"{path}: cannot be read: {cause}"
        raise LayerError(msg) from error


def _checked(path: Path, frame: _Frame) -> _Frame:
    missing = [name for name in layer_named(path.name).columns if name not in frame.columns]
    if missing:
        msg = f"{path}: column missing: {', '.join(missing)}"
        raise LayerError(msg)
    return frame
