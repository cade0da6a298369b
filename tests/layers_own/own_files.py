"""Where the made-up town is, and how its files of people are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin

TOWN = Path(__file__).resolve().parents[1] / "data" / "small_town.osm"
WEST, SOUTH = 71.396, 51.097


def write_raster(
    path, values, *, west=WEST, north=51.110, step=0.001, crs="EPSG:4326", nodata=None, dtype="float32"
):
    """A GeoTIFF of people per cell, row 0 in the north."""
    values = np.asarray(values, dtype=dtype)
    profile = {
        "driver": "GTiff", "dtype": dtype, "count": 1, "height": values.shape[0], "width": values.shape[1], "crs": crs,
        "transform": from_origin(west, north, step, step), "nodata": nodata,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)
    return path
