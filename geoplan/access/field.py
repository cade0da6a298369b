"""Field: how far every populated cell is from given facilities, in the right direction on the right network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geoplan.network import Snap, nearest, rows, snap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from geoplan.access.demand import Demand
    from geoplan.network import Network
    from geoplan.network.times import Direction

__all__ = ["Field", "open_field"]


@dataclass(frozen=True)
class Field:
    """A network seen from the cells: costs are metres (walking) or seconds of driving."""

    network: Network
    demand: Demand
    points: Snap
    direction: Direction
    snap_limit: float

    @property
    def off_network(self) -> NDArray[np.bool_]:
        """Cells with no street of the mode within the snap limit: they reach nothing."""
        return ~self.points.on

    def place(self, lon: ArrayLike, lat: ArrayLike) -> Snap:
        """Snap facilities to the network."""
        return snap(self.network, lon, lat, limit=self.snap_limit)

    def nearest(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Cost from each cell to its nearest facility (float32, inf: none) and its position (-1: none)."""
        cost, which = nearest(self.network, self.place(lon, lat), self.points, direction=self.direction)
        return at_most(cost), which

    def rows(
        self, lon: ArrayLike, lat: ArrayLike, *, limit: float = np.inf
    ) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """Costs between each facility and every cell, some facilities at a time; inf beyond `limit`."""
        for part, cost in rows(
            self.network, self.place(lon, lat), self.points, direction=self.direction, limit=limit
        ):
            yield part, at_most(cost)


def at_most(cost: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round costs to whole centimetres or hundredths of a second, stored as float32.

    A threshold includes its bound: 500 m reached over a sum of rounded lengths must not become 500.0000001 m. float32
    keeps hundredths up to about 130 thousand, beyond any trip inside a city.
    """
    rounded = np.empty(cost.shape, dtype=np.float32)
    # Row by row, so that what is rounded is not written to memory and read again.
    for own, row in zip(np.atleast_2d(rounded), np.atleast_2d(cost), strict=True):
        own[:] = np.round(row, 2)
    return rounded


def open_field(network: Network, demand: Demand, *, direction: Direction, snap_limit: float) -> Field:
    """Put the cells of a demand on a network.

    Raises
    ------
    InputError
        If a cell has no usable coordinates.
    """
    points = snap(network, demand.cells["lon"], demand.cells["lat"], limit=snap_limit)
    return Field(network=network, demand=demand, points=points, direction=direction, snap_limit=snap_limit)
