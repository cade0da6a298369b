"""Gaps: where the people live whom a service leaves out, as clusters of cells close together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["gap_clusters", "neighbouring", "quarters"]

COLUMNS = ["rank", "persons", "cells", "unreachable", "nearest", "lon", "lat", "district", "quarter"]


def gap_clusters(
    costs: NDArray[np.float32],
    limit: float,
    demand: Demand,
    *,
    pairs: NDArray[np.int64],
    quarter: NDArray[np.int64],
    count: int = 10,
) -> pd.DataFrame:
    """Find the largest clusters of people beyond a limit.

    Parameters
    ----------
    costs
        (cells,) cost to the nearest facility; inf: none is reached, which is beyond every limit.
    limit
        Upper bound in the unit of `costs`; a cost equal to it is within.
    demand
        The same cells, with lon, lat, district.
    pairs
        Neighbouring cells, as `neighbouring` gives them.
    quarter
        (cells,) the part of the city that each cell belongs to, as `quarters` gives them.
    count
        How many clusters at most.

    Returns
    -------
    pandas.DataFrame
        The largest first: rank (from 1), persons, cells, unreachable (persons of them without any way), nearest (mean cost
        of those who reach a facility, weighted by people; NaN if nobody does), lon, lat (their centre of gravity),
        district, quarter (-1: there are no quarters). No row where everybody is within the limit.

    Raises
    ------
    InputError
        If `costs` and the demand do not have the same cells.

    Notes
    -----
    Connected components of the cells beyond the limit, not joined across district borders or quarters: in a city where
    most people are beyond a limit all of them together would be one cluster that nobody can act on.
    """
    cells = demand.cells
    if costs.shape != (len(cells),):
        msg = f"costs cover {costs.shape[-1]} cells, the demand has {len(cells)}: build both from one city"
        raise InputError(msg)
    persons = demand.persons.astype(np.float64)
    beyond = (costs > np.float32(limit)) & (persons > 0)
    one, other = pairs
    district = np.argmax(demand.weights[:, :-1] > 0, axis=1)
    joined = (
        beyond[one] & beyond[other] & (quarter[one] == quarter[other]) & (district[one] == district[other])
    )
    links = coo_array((np.ones(int(joined.sum())), (one[joined], other[joined])), shape=(len(cells),) * 2)
    _, label = connected_components(links, directed=False)
    here = np.flatnonzero(beyond)
    if not len(here):
        return pd.DataFrame(columns=COLUMNS)
    _, first, group = np.unique(label[here], return_index=True, return_inverse=True)
    weight = persons[here]
    reached = np.isfinite(costs[here])
    total = np.bincount(group, weights=weight)
    some = np.bincount(group, weights=weight * reached)
    cost = np.bincount(group, weights=weight * np.where(reached, costs[here], 0))
    table = pd.DataFrame(
        {
            "persons": total,
            "cells": np.bincount(group),
            "unreachable": total - some,
            "nearest": np.divide(cost, some, out=np.full_like(cost, np.nan), where=some > 0),
            "lon": np.bincount(group, weights=weight * cells["lon"].to_numpy()[here]) / total,
            "lat": np.bincount(group, weights=weight * cells["lat"].to_numpy()[here]) / total,
            "district": cells["district"].to_numpy()[here[first]],
            "quarter": quarter[here[first]],
        }
    )
    # Of equal ones the one whose cells come first.
    table = table.iloc[np.lexsort((first, -total))[:count]].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def neighbouring(demand: Demand, *, within: float) -> NDArray[np.int64]:
    """Pairs of cells whose centres are no farther apart than some metres: (2, pairs) positions, each pair once."""
    tree = KDTree(demand.cells[["x", "y"]].to_numpy(dtype=float))
    return tree.query_pairs(within, output_type="ndarray").T.astype(np.int64)


def quarters(demand: Demand, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Part of the city each cell belongs to: the nearest of some points, such as microdistricts; -1 if there are none.

    Parameters
    ----------
    demand
        Cells with x, y.
    x, y
        The points, metres in the same CRS.
    """
    if not len(x):
        return np.full(len(demand.cells), -1, dtype=np.int64)
    _, nearest = KDTree(np.column_stack([x, y])).query(demand.cells[["x", "y"]].to_numpy(dtype=float))
    return nearest.astype(np.int64)
