"""An independent look at the population grid: does it rise and fall with WorldPop's?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely

from geoplan.layers._grid import Grid, district_of_points

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["compare_with_worldpop"]

WORLDPOP = "population/worldpop_100m_almaty_clip.tif"
_SQUARE_M = 1000.0


def compare_with_worldpop(sources: Path, grid: Grid, districts: gpd.GeoDataFrame) -> list[str]:
    """Return a note with the rank correlation of 1 km sums; WorldPop's own sums are never used.

    Raises
    ------
    rasterio.errors.RasterioIOError
        If the file is there and cannot be read.
    """
    # Slow to load, and needed here alone.
    from scipy.stats import spearmanr

    path = sources / WORLDPOP
    if not path.is_file():
        return ["not compared with WorldPop: its file is not among the sources"]
    with rasterio.open(path) as source:
        values = source.read(1).astype(float)
        rows, columns = np.nonzero((values > 0) & (values != source.nodata))
        lon, lat = rasterio.transform.xy(source.transform, rows, columns)
        points = gpd.GeoSeries(shapely.points(np.asarray(lon), np.asarray(lat)), crs=source.crs).to_crs(
            grid.crs
        )
    x, y = points.x.to_numpy(), points.y.to_numpy()
    inside = district_of_points(x, y, districts, grid.crs) != ""
    theirs = _squares(x[inside], y[inside], values[rows, columns][inside])
    ours = _squares(*grid.centres(), grid.persons.ravel().astype(float))
    both = pd.concat([ours[ours > 0], theirs], axis=1).fillna(0.0)
    rank = spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic
    told = f"rank correlation of 1 km sums with WorldPop {rank:.2f} over {len(both)} squares"
    return [told + " (an independent look, only to check the pattern)"]


def _squares(x: NDArray[np.float64], y: NDArray[np.float64], persons: NDArray[np.float64]) -> pd.Series:
    square = [np.floor(x / _SQUARE_M).astype(int), np.floor(y / _SQUARE_M).astype(int)]
    return pd.Series(persons).groupby(square).sum()
