"""Straight: the reading as the crow flies, shown beside the network since the norms draw circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import CRS

    from geoplan.access.demand import Demand

__all__ = ["straight_distance", "straight_rows"]


def straight_distance(lon: ArrayLike, lat: ArrayLike, demand: Demand, *, crs: CRS) -> NDArray[np.float32]:
    """Straight metres from each cell's centre to the nearest of some facilities; inf if there is none.

    Parameters
    ----------
    lon, lat
        Facilities, degrees.
    demand
        Cells with x, y in `crs`.
    crs
        Metric CRS.
    """
    longitude, latitude = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if not len(longitude):
        return np.full(len(demand.cells), np.inf, dtype=np.float32)
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(longitude, latitude)
    distance, _ = KDTree(np.column_stack([x, y])).query(demand.cells[["x", "y"]].to_numpy(dtype=float))
    return np.round(distance, 2).astype(np.float32)


def straight_rows(lon: ArrayLike, lat: ArrayLike, demand: Demand, *, crs: CRS) -> NDArray[np.float32]:
    """Straight metres from each of some facilities to each cell's centre, (facilities, cells); as `straight_distance`."""
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    )
    here = demand.cells[["x", "y"]].to_numpy(dtype=float)
    out = np.empty((len(x), len(here)), dtype=np.float32)
    for row, (east, north) in enumerate(zip(x, y, strict=True)):
        out[row] = np.round(np.hypot(here[:, 0] - east, here[:, 1] - north), 2)
    return out
