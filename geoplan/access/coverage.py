"""Coverage: which people have a facility within a threshold, and how long those who reach one travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["covered", "time_statistics"]


def covered(costs: NDArray[np.float32], limit: float, demand: Demand) -> NDArray[np.float64]:
    """Count the people within a limit of a facility.

    Parameters
    ----------
    costs
        Cost from each cell to its nearest facility, one row per draw: (draws, cells) or (cells,); inf: none reached.
    limit
        Upper bound in the unit of `costs`; a cost equal to it is within.
    demand
        The same cells.

    Returns
    -------
    numpy.ndarray
        Persons, (draws, areas) or (areas,).

    Raises
    ------
    InputError
        If `costs` and the demand do not have the same cells.

    Notes
    -----
    Share of population within a travel-time threshold, the geographic coverage of Ebener & Stenberg (WHO, 2016).
    """
    if costs.shape[-1] != len(demand.cells):
        msg = f"costs cover {costs.shape[-1]} cells, the demand has {len(demand.cells)}: build both from one city"
        raise InputError(msg)
    within = (costs <= np.float32(limit)).astype(np.float32)
    return (within @ demand.weights).astype(np.float64)


def time_statistics(costs: NDArray[np.float32], demand: Demand) -> NDArray[np.float64]:
    """Population-weighted mean, median and 90th percentile of the cost of those who reach a facility.

    Parameters
    ----------
    costs
        (cells,) costs; inf: none reached.
    demand
        The same cells.

    Returns
    -------
    numpy.ndarray
        (areas, 3), in the unit of `costs`; NaN where nobody in an area reaches a facility. A weighted percentile is the
        smallest cost within which that share of the people lies.
    """
    out = np.full((len(demand.areas), 3), np.nan)
    order = np.argsort(costs, kind="stable")
    order = order[np.isfinite(costs[order])]
    sorted_costs = costs[order].astype(np.float64)
    for area in range(len(demand.areas)):
        weights = demand.weights[order, area].astype(np.float64)
        running = np.cumsum(weights)
        if not len(running) or running[-1] <= 0:
            continue
        out[area, 0] = sorted_costs @ weights / running[-1]
        for column, share in ((1, 0.5), (2, 0.9)):
            out[area, column] = sorted_costs[np.searchsorted(running, share * running[-1])]
    return out
