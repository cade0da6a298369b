"""Swapped coordinates: latitude where longitude belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["inside_box", "swapped"]


def inside_box(x: NDArray[np.float64], y: NDArray[np.float64], area: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which points lie in the bounding box of an area.

    Parameters
    ----------
    x, y
        Longitudes and latitudes, degrees, one shape; NaN lies nowhere.
    area
        Features in EPSG:4326.

    Raises
    ------
    None
    """
    west, south, east, north = area.total_bounds
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def swapped(x: NDArray[np.float64], y: NDArray[np.float64], area: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Tell which points lie off the bounding box of an area and would lie in it with their coordinates exchanged.

    Parameters
    ----------
    x, y
        Longitudes and latitudes, degrees, one shape.
    area
        Features in EPSG:4326.

    Raises
    ------
    None
    """
    return ~inside_box(x, y, area) & inside_box(y, x, area)
