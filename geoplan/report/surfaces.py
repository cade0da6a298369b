"""Surfaces: travel time over the city as Cloud Optimized GeoTIFF, to be opened in QGIS beside anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.transform import from_origin

from geoplan.errors import InputError, OutputError
from geoplan.files import whole
from geoplan.scenario.chain import open_chain
from geoplan.scenario.coverage import minutes
from geoplan.scenario.moment import open_moment
from geoplan.scenario.scene import middle_draw
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from geoplan.city import City
    from geoplan.scenario import Plan

__all__ = ["NODATA", "surface_at", "write_surface", "write_surfaces"]

NODATA = -9999.0
_BLOCK = 256


def write_surfaces(plan: Plan, folder: Path) -> list[Path]:
    """Write <service>_before.tif and <service>_after.tif: the baseline and the last moment of a plan.

    Bands: minutes in the best case (response of an ambulance; walking otherwise), minutes with known places only, persons.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    paths = []
    for name, moment in (("before", 0), ("after", -1)):
        bands = {
            f"minutes, {text}": minutes(
                plan.costs[view][moment].astype(np.float64), plan.service, load_standards()
            ).round(2)
            for view, text in (("proposed", "best case"), ("placed", "known places only"))
        }
        path = folder / f"{plan.service.name}_{name}.tif"
        tags = {
            "service": plan.service.name, "moment": plan.moments[moment], "city": plan.city.name, "measure": "access",
        }  # fmt: skip
        write_surface(path, plan.cells, bands, crs=plan.city.crs, tags=tags)
        paths.append(path)
    return paths


def surface_at(city: City, path: Path, *, service: str, year: int | None = None, hour: bool = False) -> None:
    """Write the surface of one service at the end of a year.

    Parameters
    ----------
    hour
        Minutes of the whole golden hour instead of those to the nearest facility.

    Raises
    ------
    InputError
        If the service is unknown, the file's name does not end in .tif, or no hospital is capable.
    OutputError
        If the file cannot be written.
    """
    standards = load_standards()
    known = standards.service(service)
    at = open_moment(city, known, year=year)
    chain = open_chain(at.bench, known, city.builds) if hour else None
    bands = {}
    for view, text in (("proposed", "best case"), ("placed", "known places only")):
        cost = middle_draw(at.costs()[view])
        if chain is None:
            values = minutes(cost.astype(np.float64), known, standards)
        else:
            values = chain.each(cost, chain.to_hospital(at.year, view))["total"].to_numpy() / 60
        bands[f"minutes, {text}"] = values.round(2)
    tags = {
        "service": service,
        "moment": at.name,
        "city": city.name,
        "measure": "golden hour" if hour else "access",
    }
    write_surface(path, at.bench.demand.cells, bands, crs=city.crs, tags=tags)


def write_surface(
    path: Path,
    cells: pd.DataFrame,
    bands: dict[str, NDArray[np.float64]],
    *,
    crs: CRS,
    tags: dict[str, str],
) -> None:
    """Write values of a city's cells as a Cloud Optimized GeoTIFF, float32, with the persons of each cell as the last band.

    Parameters
    ----------
    path
        File to write; the same input gives the same bytes.
    cells
        Columns x, y (centres on a regular grid, metres in `crs`) and persons.
    bands
        (cells,) values by description; what is not finite (nobody lives there, or no way leads anywhere) is no data: -9999.
        A cell with persons and no time is a cell without a way.
    crs
        Metric CRS.
    tags
        What the file tells of itself.

    Raises
    ------
    InputError
        If the cells lie on no regular grid.
    OutputError
        If the file cannot be written.
    """
    row, col, size, west, north = _grid(cells)
    shape = (int(row.max()) + 1, int(col.max()) + 1)
    values = bands | {"persons": cells["persons"].to_numpy(dtype=np.float64)}
    with whole(path) as temporary:
        try:
            with rasterio.open(
                temporary, "w", driver="COG", height=shape[0], width=shape[1], count=len(values), dtype="float32",
                crs=crs.to_wkt(), transform=from_origin(west, north, size, size), nodata=NODATA, compress="DEFLATE",
                predictor="YES", blocksize=_BLOCK, overview_resampling="average", overview_count=1,
            ) as file:  # fmt: skip
                for number, (text, value) in enumerate(values.items(), start=1):
                    band = np.full(shape, NODATA, dtype=np.float32)
                    known = np.isfinite(value)
                    band[row[known], col[known]] = value[known]
                    file.write(band, number)
                    file.set_band_description(number, text)
                file.update_tags(**tags)
        except rasterio.errors.RasterioError as error:
            msg = f"{path}: cannot be written: {str(error).splitlines()[0]}"
            raise OutputError(msg) from error


def _grid(cells: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], float, float, float]:
    """Row and column of each cell from the north-west, the size of a cell, west and north of the first."""
    x, y = cells["x"].to_numpy(dtype=float), cells["y"].to_numpy(dtype=float)
    steps = np.concatenate([np.diff(np.unique(np.round(values, 3))) for values in (x, y)])
    size = float(steps.min()) if len(steps) else np.nan
    col, row = (x - x.min()) / size, (y.max() - y) / size
    if not np.isfinite(size) or max(np.abs(part - np.round(part)).max() for part in (col, row)) > 1e-3:
        msg = "cells lie on no regular grid: no surface can be drawn of them"
        raise InputError(msg)
    half = size / 2
    return (
        np.round(row).astype(np.int64),
        np.round(col).astype(np.int64),
        size,
        float(x.min()) - half,
        float(y.max()) + half,
    )
