"""People of any city, from a raster, points or polygons, put into the cells of its own grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
import shapely
from pyproj import CRS, Transformer
from rasterio.windows import Window, from_bounds

from geoplan.errors import InputError
from geoplan.layers.own.vector import TABLES, need_inside, numbers, read_own_vector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from geoplan.layers._grid import Grid
    from geoplan.layers.own.mapping import FileSpec

__all__ = ["RASTERS", "People", "read_people"]

RASTERS = (".tif", ".tiff", ".vrt", ".img", ".asc")
# A cell of a raster is taken apart into pieces no wider than this share of a cell of ours; each piece goes where its middle
# lies. At a quarter the people of a 100 m cell that straddles two of ours are split to within a few percent.
_PIECE = 0.25
# Pieces along a side of a block read at a time: what is in memory stays small however large the file is.
_BLOCK = 1024
# Names of the column of people that need no mapping.
_PERSONS = ("persons", "population", "pop", "people", "total")


@dataclass(frozen=True)
class People:
    """People by source unit (raster cell, point, polygon) and cell of the grid.

    Attributes
    ----------
    unit, cell
        Which unit has a part in which cell of the grid (row * columns + column): arrays of one length.
    persons
        The people of that part, by area: float.
    coarse
        Units are wider than the cells of the grid, so that where in a unit people live is not told by the source.
    outside
        People of units, or parts of units, outside the districts.
    notes
        One line for each thing dropped or doubted.
    points
        (n, 2) metres of the units, where they are points.
    """

    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    persons: NDArray[np.float64]
    coarse: bool
    outside: float
    notes: list[str]
    points: NDArray[np.float64] | None = None


def read_people(path: Path, spec: FileSpec, grid: Grid, districts: gpd.GeoDataFrame) -> People:
    """Read people from a GeoTIFF (any CRS, any cell size), points or polygons.

    Parameters
    ----------
    path
        A raster (`RASTERS`) of persons per cell; or a vector file or table of points or polygons with a column of persons.
    spec
        Its mapping; `persons_per` tells a raster of density from one of counts.
    grid
        The city's grid.
    districts
        The city's districts (EPSG:4326).

    Returns
    -------
    People
        Only what lies inside the districts.

    Raises
    ------
    InputError
        If the file cannot be read, has no CRS, holds nothing inside the city, or a count that is no number or below 0.
    """
    if path.suffix.lower() in RASTERS:
        return _inside(_raster(path, spec, grid, districts), grid, districts, path)
    frame = read_own_vector(path, spec, what="population")
    column = next((name for name in _PERSONS if name in frame.columns), None)
    if column is None:
        have = ", ".join(str(name) for name in frame.columns if name != "geometry")
        msg = f"{path}: column missing: persons (name yours in the mapping: [population.columns] persons = …); it has {have}"
        raise InputError(msg)
    unit = "line" if path.suffix.lower() in TABLES else "feature"
    persons = numbers(path, frame[column], name=column)
    unknown = int(persons.isna().sum())
    frame = frame[persons.notna()].assign(persons=persons.dropna()).reset_index(drop=True)
    unplaced = frame.geometry.isna()
    notes = [f"{unknown} {unit}s without a number of people are left out"] if unknown else []
    if unplaced.any():
        lost = frame.loc[unplaced, "persons"].sum()
        notes.append(f"{int(unplaced.sum())} {unit}s without a point ({lost:,.0f} people) are left out")
        frame = frame[~unplaced].reset_index(drop=True)
    kinds = set(frame.geometry.geom_type)
    if kinds <= {"Point"}:
        people = _points(frame, grid, notes)
    elif kinds <= {"Polygon", "MultiPolygon"}:
        people = _polygons(frame, grid, notes)
    else:
        msg = f"{path}: holds {', '.join(sorted(kinds))}; population comes as points or as polygons"
        raise InputError(msg)
    middle = frame.geometry.representative_point()
    need_inside(path, middle, districts, what="people's places", share=0.01)
    return _inside(people, grid, districts, path)


def _inside(people: People, grid: Grid, districts: gpd.GeoDataFrame, path: Path) -> People:
    """Drop the parts that lie in no district."""
    here = np.zeros(grid.persons.size + 1, dtype=bool)
    here[:-1] = grid.district_of_cells(districts) != ""
    keep = here[people.cell]
    kept = float(people.persons[keep].sum())
    outside = people.outside + float(people.persons[~keep].sum())
    if not kept > 0:
        msg = f"{path}: nobody lives inside the city's districts; is it another city's file?"
        raise InputError(msg)
    notes = [
        *people.notes,
        f"{kept:,.0f} people inside the districts; {outside:,.0f} outside them are left out",
    ]
    points = None if people.points is None else people.points[keep]
    return People(
        people.unit[keep], people.cell[keep], people.persons[keep], people.coarse, outside, notes, points
    )


def _points(frame: gpd.GeoDataFrame, grid: Grid, notes: list[str]) -> People:
    at = frame.geometry.to_crs(grid.crs)
    cell = grid.cell_of(at.x.to_numpy(), at.y.to_numpy())
    persons = frame["persons"].to_numpy(dtype=float)
    notes = [f"{len(frame)} points with {persons.sum():,.0f} people", *notes]
    place = np.c_[at.x.to_numpy(), at.y.to_numpy()]
    return People(np.arange(len(frame)), cell, persons, coarse=False, outside=0.0, notes=notes, points=place)


def _polygons(frame: gpd.GeoDataFrame, grid: Grid, notes: list[str]) -> People:
    """Each polygon's people over the cells whose centres it holds, as districts hold theirs; else over those it touches."""
    shapes = shapely.make_valid(frame.geometry.to_crs(grid.crs).to_numpy())
    persons = frame["persons"].to_numpy(dtype=float)
    cells, (x, y) = _cell_boxes(grid), grid.centres()
    unit, cell = shapely.STRtree(cells).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[unit], cells[cell]))
    whole = shapely.area(shapes)
    flat = np.flatnonzero(whole == 0)
    # what lies off the grid lies off the city
    on_grid = np.bincount(unit, weights=shared, minlength=len(shapes))
    held = shapely.intersects_xy(shapes[unit], x[cell], y[cell])
    holds_some = np.bincount(unit, weights=held, minlength=len(shapes)) > 0
    weight = np.where(held | ~holds_some[unit], shared, 0.0)
    total = np.bincount(unit, weights=weight, minlength=len(shapes))
    here = np.divide(persons * on_grid, whole, out=np.zeros(len(shapes)), where=whole > 0)
    part = np.divide(here[unit] * weight, total[unit], out=np.zeros(len(unit)), where=total[unit] > 0)
    outside = float(persons.sum() - part.sum())
    notes = [
        f"{len(frame)} polygons with {persons.sum():,.0f} people",
        *([f"{len(flat)} polygons without an area are left out"] if len(flat) else []),
        *notes,
    ]
    used = part > 0
    coarse = bool(len(whole) and np.median(whole) > grid.size**2)
    return People(unit[used], cell[used], part[used], coarse=coarse, outside=max(0.0, outside), notes=notes)


def _cell_boxes(grid: Grid) -> NDArray[np.object_]:
    x, y = grid.centres()
    half = grid.size / 2
    boxes: NDArray[np.object_] = shapely.box(x - half, y - half, x + half, y + half)
    return boxes


def _raster(path: Path, spec: FileSpec, grid: Grid, districts: gpd.GeoDataFrame) -> People:
    try:
        with rasterio.open(path) as source:
            return _cells(source, path, spec, grid, districts)
    except rasterio.errors.RasterioError as error:
        msg = f"{path}: cannot be read as a raster: {(str(error) or type(error).__name__).splitlines()[0]}"
        raise InputError(msg) from error


def _cells(
    source: DatasetReader, path: Path, spec: FileSpec, grid: Grid, districts: gpd.GeoDataFrame
) -> People:
    if source.crs is None:
        msg = f"{path}: the raster has no coordinate reference system"
        raise InputError(msg)
    if source.transform.is_identity:
        msg = f"{path}: the raster does not say where on earth its cells lie"
        raise InputError(msg)
    if source.dtypes[0].startswith("complex"):
        msg = f"{path}: the raster holds complex numbers, not people"
        raise InputError(msg)
    window = _window(source, districts, path)
    to_grid = Transformer.from_crs(
        CRS.from_user_input(source.crs), CRS.from_user_input(grid.crs), always_xy=True
    )
    units, cells, parts = [], [], []
    pieces = _pieces(source, to_grid, grid, window)
    for block in _blocks(window, max(1, _BLOCK // pieces)):
        values = (
            source.read(1, window=block, masked=True).filled(np.nan if _is_float(source) else 0).astype(float)
        )
        _refuse_values(values, source, path)
        row, column = np.nonzero(values > 0)
        if not len(row):
            continue
        persons = values[row, column] * _per_cell(source, spec, row + block.row_off, column + block.col_off)
        number = (row + block.row_off) * source.width + column + block.col_off
        step = (np.arange(pieces) + 0.5) / pieces
        dy, dx = (part.ravel() for part in np.meshgrid(step, step, indexing="ij"))
        x, y = _place(
            source,
            (column + block.col_off)[:, None] + dx[None, :],
            (row + block.row_off)[:, None] + dy[None, :],
        )
        gx, gy = to_grid.transform(x.ravel(), y.ravel())
        cell = grid.cell_of(np.asarray(gx), np.asarray(gy))
        share = np.repeat(persons / pieces**2, pieces**2)
        # one entry for each pair of source cell and cell of ours
        key = np.repeat(np.arange(len(number)), pieces**2) * (grid.persons.size + 1) + cell + 1
        known, inverse = np.unique(key, return_inverse=True)
        units.append(number[known // (grid.persons.size + 1)])
        cells.append(known % (grid.persons.size + 1) - 1)
        parts.append(np.bincount(inverse, weights=share))
    if not units:
        msg = f"{path}: nobody lives inside the city's districts; is it another city's file?"
        raise InputError(msg)
    unit, cell, persons = np.concatenate(units), np.concatenate(cells), np.concatenate(parts)
    width = _cell_metres(source, to_grid, window)
    note = f"{len(np.unique(unit))} cells of {width:,.0f} m with people ({source.crs.to_string()[:60]}) around the city"
    return People(unit, cell, persons, coarse=width > 2 * grid.size, outside=0.0, notes=[note])


def _window(source: DatasetReader, districts: gpd.GeoDataFrame, path: Path) -> Window:
    """The part of the raster over the city."""
    bounds = districts.to_crs(source.crs).total_bounds
    exact = from_bounds(*bounds, transform=source.transform)
    rows = sorted((exact.row_off, exact.row_off + exact.height))
    columns = sorted((exact.col_off, exact.col_off + exact.width))
    top, bottom = max(0, int(np.floor(rows[0])) - 1), min(source.height, int(np.ceil(rows[1])) + 1)
    left, right = max(0, int(np.floor(columns[0])) - 1), min(source.width, int(np.ceil(columns[1])) + 1)
    if top >= bottom or left >= right:
        msg = f"{path}: the raster does not cover the city's districts; is it another city's file?"
        raise InputError(msg)
    return Window(left, top, right - left, bottom - top)


def _blocks(window: Window, side: int) -> Iterator[Window]:
    for row in range(0, int(window.height), side):
        for column in range(0, int(window.width), side):
            yield Window(
                window.col_off + column,
                window.row_off + row,
                min(side, window.width - column),
                min(side, window.height - row),
            )


def _is_float(source: DatasetReader) -> bool:
    return bool(np.issubdtype(np.dtype(source.dtypes[0]), np.floating))


def _refuse_values(values: NDArray[np.float64], source: DatasetReader, path: Path) -> None:
    if np.isinf(values).any():
        msg = f"{path}: the raster holds an infinite number of people"
        raise InputError(msg)
    low = np.nanmin(values, initial=0.0)
    if low < 0:
        told = "tells none" if source.nodata is None else f"tells {source.nodata:g}"
        msg = f"{path}: the raster holds {low:g} people in a cell; if that is no data, the file must say so (it {told})"
        raise InputError(msg)


def _per_cell(
    source: DatasetReader, spec: FileSpec, row: NDArray[np.int64], column: NDArray[np.int64]
) -> NDArray[np.float64] | float:
    """What turns the raster's values into persons per cell: 1, or the cell's area where it holds a density."""
    if spec.persons_per == "cell":
        return 1.0
    unit = 1e6 if spec.persons_per == "km2" else 1e4
    if not source.crs.is_geographic:
        a, b, _, d, e = source.transform[:5]
        return float(abs(a * e - b * d) * source.crs.linear_units_factor[1] ** 2 / unit)
    _, lat = _place(source, column + 0.5, row + 0.5)
    metres = 111_320.0
    a, e = abs(source.transform.a), abs(source.transform.e)
    area: NDArray[np.float64] = a * metres * np.cos(np.radians(lat)) * e * metres
    return area / unit


def _cell_metres(source: DatasetReader, to_grid: Transformer, window: Window) -> float:
    """Width of a cell of the raster in the middle of the city, metres; the larger of its two sides."""
    column, row = window.col_off + window.width / 2, window.row_off + window.height / 2
    corners = [_place(source, *at) for at in ((column, row), (column + 1, row), (column, row + 1))]
    xy = np.asarray([to_grid.transform(*corner) for corner in corners])
    return float(np.hypot(*(xy[1:] - xy[0]).T).max())


def _place(source: DatasetReader, column: Any, row: Any) -> tuple[Any, Any]:
    """Coordinates of places told in columns and rows, numbers or arrays."""
    a, b, c, d, e, f = source.transform[:6]
    return a * column + b * row + c, d * column + e * row + f


def _pieces(source: DatasetReader, to_grid: Transformer, grid: Grid, window: Window) -> int:
    return max(1, int(np.ceil(_cell_metres(source, to_grid, window) / (grid.size * _PIECE))))
