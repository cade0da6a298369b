"""Demand: where people live, and the districts their numbers are summed over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import LayerError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Demand", "demand_of"]


@dataclass(frozen=True)
class Demand:
    """People by cell and area.

    `areas` are the districts and, last, the whole city. `weights` holds persons, cells x areas: a cell's people stand
    in the column of its district and in the last one. float32 holds whole persons exactly up to 16.7 million.
    """

    cells: pd.DataFrame
    areas: tuple[str, ...]
    weights: NDArray[np.float32]

    @property
    def persons(self) -> NDArray[np.float32]:
        """Persons per cell."""
        return self.weights[:, -1]

    @cached_property
    def totals(self) -> NDArray[np.float64]:
        """Persons per area."""
        return self.weights.sum(axis=0, dtype=np.float64)

    @cached_property
    def district(self) -> NDArray[np.int64]:
        """Position in `areas` of the district of each cell where people live; 0 where nobody does."""
        return np.argmax(self.weights[:, :-1] > 0, axis=1)


def demand_of(cells: pd.DataFrame, *, city: str) -> Demand:
    """Build the demand of a city from its populated cells.

    Parameters
    ----------
    cells
        Columns lon, lat, x, y, district, persons.
    city
        Name of the area that stands for all districts together.

    Raises
    ------
    LayerError
        If there is no cell, or persons are negative or not a number.
    """
    persons = cells["persons"].to_numpy(dtype=np.float32)
    if not len(cells) or not np.isfinite(persons).all() or (persons < 0).any():
        msg = "population: no populated cell, or persons that are not a number"
        raise LayerError(msg)
    districts = tuple(sorted(cells["district"].unique()))
    code = np.searchsorted(np.asarray(districts, dtype=object), cells["district"].to_numpy(dtype=object))
    weights = np.zeros((len(cells), len(districts) + 1), dtype=np.float32)
    weights[np.arange(len(cells)), code] = persons
    weights[:, -1] = persons
    return Demand(cells=cells, areas=(*districts, city), weights=weights)
