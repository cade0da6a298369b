"""The population grid: square cells of whole persons in the city's metric CRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from rasterio.transform import from_origin

from geoplan.files import whole
from geoplan.metric import metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Grid", "read_grid", "whole_numbers", "write_grid"]


@dataclass(frozen=True)
class Grid:
    """Persons per cell.

    Attributes
    ----------
    persons
        Whole persons, shape (rows, columns), row 0 in the north.
    west, north
        Upper left corner, metres in `crs`.
    size
        Side of a cell, metres.
    crs
        The metric CRS.
    """

    persons: NDArray[np.uint16]
    west: float
    north: float
    size: float
    crs: Any

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x and y of every cell's centre, row by row, in metres."""
        rows, columns = self.persons.shape
        row, column = np.divmod(np.arange(rows * columns), columns)
        return self.west + (column + 0.5) * self.size, self.north - (row + 0.5) * self.size

    def cell_of(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the cell (row * columns + column) that holds each point, -1 outside the grid."""
        rows, columns = self.persons.shape
        column = np.floor((x - self.west) / self.size).astype(np.int64)
        row = np.floor((self.north - y) / self.size).astype(np.int64)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        return np.where(inside, row * columns + column, -1)

    def district_of_cells(self, districts: gpd.GeoDataFrame) -> NDArray[np.object_]:
        """Return the slug of the district that holds each cell's centre, '' outside the city."""
        x, y = self.centres()
        return district_of_points(x, y, districts, self.crs)

    def cells(self, districts: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return the populated cells: row, col, x, y, lon, lat, district, persons; index 0..n-1."""
        columns = self.persons.shape[1]
        number = np.flatnonzero(self.persons)
        row, column = np.divmod(number, columns)
        x = self.west + (column + 0.5) * self.size
        y = self.north - (row + 0.5) * self.size
        degrees = gpd.GeoSeries(shapely.points(x, y), crs=self.crs).to_crs("EPSG:4326")
        return pd.DataFrame(
            {
                "row": row,
                "col": column,
                "x": x,
                "y": y,
                "lon": degrees.x.to_numpy(),
                "lat": degrees.y.to_numpy(),
                "district": district_of_points(x, y, districts, self.crs),
                "persons": self.persons.ravel()[number].astype(float),
            }
        )


def district_of_points(
    x: NDArray[np.float64], y: NDArray[np.float64], districts: gpd.GeoDataFrame, crs: object
) -> NDArray[np.object_]:
    """Return the slug of the district that holds each point (metres in `crs`), '' where none does."""
    slugs = districts["district"] if "district" in districts.columns else districts.index
    found = np.full(len(x), "", dtype=object)
    for slug, shape in zip(slugs, districts.geometry.to_crs(crs), strict=True):
        shapely.prepare(shape)
        found[shapely.contains_xy(shape, x, y) & (found == "")] = slug
    return found


def empty_grid(districts: gpd.GeoDataFrame, *, size: float) -> Grid:
    """Return a grid of no persons over the districts, its lines on whole multiples of `size`."""
    crs = metric_crs(districts)
    west, south, east, north = districts.geometry.to_crs(crs).total_bounds
    left, top = np.floor(west / size) * size, np.ceil(north / size) * size
    shape = int(np.ceil((top - south) / size)), int(np.ceil((east - left) / size))
    return Grid(np.zeros(shape, dtype=np.uint16), float(left), float(top), float(size), crs)


def whole_numbers(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Split `total` in proportion to `shares` into whole numbers by the largest remainder (Hamilton) method.

    Of equal remainders the first in order gets the unit.

    Raises
    ------
    ValueError
        If the shares do not add up to more than 0.
    """
    whole_sum = shares.sum()
    if not whole_sum > 0:
        msg = "shares must add up to more than 0"
        raise ValueError(msg)
    exact = shares / whole_sum * total
    floor = np.floor(exact).astype(np.int64)
    left = int(total - floor.sum())
    # remainders that differ only by rounding noise count as equal
    remainder = np.round(exact - floor, 9)
    floor[np.argsort(-remainder, kind="stable")[:left]] += 1
    return floor


def write_grid(grid: Grid, path: Path) -> None:
    """Write the grid as a deflated GeoTIFF of unsigned 16-bit whole numbers, without dates.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    rows, columns = grid.persons.shape
    profile = {
        "driver": "GTiff",
        "dtype": "uint16",
        "count": 1,
        "height": rows,
        "width": columns,
        "crs": grid.crs,
        "transform": from_origin(grid.west, grid.north, grid.size, grid.size),
        "compress": "deflate",
        "zlevel": 9,
    }
    with whole(path) as temporary, rasterio.open(temporary, "w", **profile) as target:
        target.write(grid.persons, 1)


def read_grid(path: Path) -> Grid:
    """Read a grid that `write_grid` wrote.

    Raises
    ------
    rasterio.errors.RasterioIOError
        If it cannot be read.
    """
    with rasterio.open(path) as source:
        step = source.transform
        if step.b or step.d or step.a != -step.e:
            msg = "its cells are not squares with their sides north and east"
            raise rasterio.errors.RasterioIOError(msg)
        return Grid(source.read(1), float(step.c), float(step.f), float(step.a), source.crs)
