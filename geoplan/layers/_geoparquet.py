"""GeoParquet in, GeoParquet out: the same table gives the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from geoplan.files import whole

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

__all__ = ["write_geoparquet", "write_parquet"]

# Strong compression: written once, read often, and reading costs the same.
_LEVEL = 19


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table without geometry as Parquet (zstd), without an index, a version or a date.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    plain = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    with whole(path) as temporary:
        pq.write_table(plain, temporary, compression="zstd", compression_level=_LEVEL)


def write_geoparquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoDataFrame in EPSG:4326 as GeoParquet 1.1 (WKB, zstd), without an index.

    The metadata hold no writer, no version and no date, so that the same table gives the same bytes.

    Parameters
    ----------
    frame
        One geometry column, named `geometry`; missing geometries are written as null.
    path
        File to write.

    Raises
    ------
    OutputError
        If it cannot be written.

    Notes
    -----
    GeoParquet specification 1.1.0 (OGC), https://geoparquet.org.
    """
    plain = frame.drop(columns="geometry")
    table = pa.Table.from_pandas(plain, preserve_index=False).replace_schema_metadata(None)
    binary = pa.array(shapely.to_wkb(frame.geometry.to_numpy(), byte_order=1), type=pa.binary())
    table = table.append_column("geometry", binary)
    column: dict[str, object] = {
        "encoding": "WKB",
        "geometry_types": sorted(frame.geometry.geom_type.dropna().unique()),
        "crs": pyproj.CRS.from_epsg(4326).to_json_dict(),
    }
    if frame.geometry.notna().any():
        column["bbox"] = [float(value) for value in frame.total_bounds]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    with whole(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", compression_level=_LEVEL)
