"""Files: written whole or not at all, the same input giving the same bytes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoplan.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

__all__ = [
    "check_folder",
    "safe_cells",
    "sha256",
    "whole",
    "whole_folder",
    "write_csv",
    "write_geopackage_layer",
    "write_json",
    "write_text",
]

# A spreadsheet runs a cell that starts with one of these as a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; it replaces `path` when the block ends well, else it is removed.

    Raises
    ------
    OutputError
        If the folder or file cannot be written; the text names the path and the system's reason.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        msg = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(msg) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        msg = f"{path}: cannot be written: {error.strerror or error}"
        raise OutputError(msg) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(folder: Path, *, mark: str) -> Iterator[Path]:
    """Give an empty folder beside `folder`; it takes the place of `folder` when the block ends well.

    Parameters
    ----------
    folder
        Folder to make or replace.
    mark
        File that a folder of this kind holds. A folder with anything in it but without that file is somebody else's: it is
        left alone.

    Raises
    ------
    OutputError
        If it cannot be made or moved into place, or holds something else.
    """
    folder = Path(folder)
    check_folder(folder, mark=mark)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(20, "is a file, not a folder")
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        msg = f"{folder}: cannot be written: {error.strerror or error}"
        raise OutputError(msg) from error
    old = staging.with_name(staging.name + ".old")
    try:
        yield staging
        staging.chmod(0o755)
        if folder.exists():
            folder.replace(old)
        staging.replace(folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            old.replace(folder)
        if isinstance(error, OutputError):
            raise
        msg = f"{folder}: cannot be written: {error.strerror or error}"
        raise OutputError(msg) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def check_folder(folder: Path, *, mark: str) -> None:
    """Say whether a folder may be replaced: it is not there, is empty, or holds the file that marks its kind.

    Raises
    ------
    OutputError
        If it holds something else, or is a file.
    """
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / mark).is_file():
        msg = f"{folder}: holds other files (no {mark}) and is not replaced; give another folder or empty it"
        raise OutputError(msg)


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with text cells that a spreadsheet would run as a formula led by an apostrophe.

    Raises
    ------
    None
    """
    out = table.copy()
    for column in out.columns:
        values = out[column]
        if values.dtype.kind in "biufcmM":
            continue
        out[column] = values.map(
            lambda cell: "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
        )
    return out


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = False) -> None:
    """Write `table` as UTF-8 CSV with LF line ends; formula-like text is quoted (see `safe_cells`).

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with whole(Path(path)) as temporary:
        safe_cells(table).to_csv(temporary, index=index, lineterminator="\n", encoding="utf-8")


def write_text(text: str, path: Path) -> None:
    """Write `text` as UTF-8.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with whole(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def write_geopackage_layer(frame: gpd.GeoDataFrame, path: Path, *, layer: str) -> None:
    """Write one table of polygons as a GeoPackage of one layer, the same bytes for the same table.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    import pyogrio

    with whole(path) as temporary:
        temporary.unlink()
        # The file keeps when it was changed.
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"})
        try:
            pyogrio.write_dataframe(
                frame, temporary, layer=layer, driver="GPKG", geometry_type="MultiPolygon", promote_to_multi=True,
                dataset_options={"VERSION": "1.2"},
            )  # fmt: skip
        except pyogrio.errors.DataSourceError as error:
            msg = f"{path}: cannot be written: {str(error).splitlines()[0]}"
            raise OutputError(msg) from error
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_json(value: Any, path: Path) -> None:
    """Write `value` as indented UTF-8 JSON, keys in the order given, NaN refused.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", Path(path))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with Path(path).open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
