"""Microdistricts: the parts of a city that people name places by, and which of them is nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from geoplan.city import City

__all__ = ["Microdistricts", "microdistricts_of"]


@dataclass(frozen=True)
class Microdistricts:
    """Names and middles, metres in the city's CRS, of the gazetteer's microdistricts; none where the city has none."""

    names: NDArray[np.object_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    to_metres: Transformer

    def nearest(self, places: pd.DataFrame) -> list[str]:
        """Name of the one nearest to each place (lon, lat in degrees); '' where there is none."""
        if not len(self.names):
            return [""] * len(places)
        x, y = self.to_metres.transform(places["lon"].to_numpy(), places["lat"].to_numpy())
        at = np.hypot(x[:, None] - self.x[None, :], y[:, None] - self.y[None, :]).argmin(axis=1)
        return [str(name) for name in self.names[at]]

    def metres(self, at: NDArray[np.int64], lon: ArrayLike, lat: ArrayLike) -> NDArray[np.float64]:
        """Straight metres from places, in degrees, to the microdistricts at some positions."""
        x, y = self.to_metres.transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
        return np.hypot(x - self.x[at], y - self.y[at])


def microdistricts_of(city: City) -> Microdistricts:
    """Return the microdistricts of a city's gazetteer."""
    rows = city.places[city.places["kind"] == "microdistrict"]
    to_metres = Transformer.from_crs("EPSG:4326", city.crs, always_xy=True)
    middles = rows.geometry.representative_point()
    x, y = to_metres.transform(middles.x.to_numpy(), middles.y.to_numpy())
    return Microdistricts(rows["name"].to_numpy(dtype=object), x, y, to_metres)
