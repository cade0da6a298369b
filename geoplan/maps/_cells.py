"""Cells: the populated cells of a city as a page carries them, and the frame a page opens with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from geoplan.maps._encode import pack, quantise

if TYPE_CHECKING:
    import pandas as pd

    from geoplan.city import City

__all__ = ["cell_data", "focus"]

_PERSONS_SCALE = 10


def cell_data(city: City, cells: pd.DataFrame, box: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return the cells' places within a box, their people and districts, packed.

    Raises
    ------
    InputError
        If a cell lies outside the box.
    """
    west, south, east, north = box
    return {
        "count": len(cells),
        "box": box,
        "lon": pack(quantise(cells["lon"], (west, east)), "uint16"),
        "lat": pack(quantise(cells["lat"], (south, north)), "uint16"),
        "persons": pack(np.minimum(np.rint(cells["persons"] * _PERSONS_SCALE), 65_535), "uint16"),
        "persons_scale": _PERSONS_SCALE,
        "district": pack(city.districts.index.get_indexer(cells["district"]) % 256, "uint8"),
        "edges": _edges(city, cells),
    }


def _edges(city: City, cells: pd.DataFrame) -> list[list[float]]:
    """The two sides of a cell, eastward and northward, in degrees: the grid is turned a little against the map."""
    steps = np.diff(np.unique(cells["x"].to_numpy()))
    side = float(steps[steps > 1e-6].min()) if (steps > 1e-6).any() else 100.0
    x, y = float(cells["x"].mean()), float(cells["y"].mean())
    corners = gpd.GeoSeries.from_xy([x, x + side, x], [y, y, y + side], crs=city.crs).to_crs(4326)
    lon, lat = corners.x.to_numpy(), corners.y.to_numpy()
    return [[float(f"{lon[k] - lon[0]:.6g}"), float(f"{lat[k] - lat[0]:.6g}")] for k in (1, 2)]


def focus(cells: pd.DataFrame) -> list[float]:
    """Where nearly all people live: the frame the page opens with. It takes in the outer cells whole, not their middles."""
    low, high = cells[["lon", "lat"]].quantile(0.005), cells[["lon", "lat"]].quantile(0.995)
    half = {
        axis: np.ptp(cells[axis]) / max(1, np.ptp(cells[line])) / 2
        for axis, line in (("lon", "col"), ("lat", "row"))
    }
    ends = [low[axis] - half[axis] for axis in half] + [high[axis] + half[axis] for axis in half]
    return [round(float(v), 4) for v in ends]
