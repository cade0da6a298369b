"""Coverage: which people have a facility within a threshold, and how long those who reach one travel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["covered", "percentiles_of", "time_statistics"]


def covered(
    costs: NDArray[np.float32], limit: float | NDArray[np.float32], demand: Demand
) -> NDArray[np.float64]:
    """Count the people within a limit of a facility.

    Parameters
    ----------
    costs
        Cost from each cell to its nearest facility, one row per draw: (draws, cells) or (cells,); inf: none reached.
    limit
        Upper bound in the unit of `costs`, one for all or one for each of them; a cost equal to it is within.
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
    within = (costs <= np.asarray(limit, dtype=np.float32)).astype(np.float32)
    return (within @ demand.weights).astype(np.float64)


def time_statistics(
    costs: NDArray[np.float32], demand: Demand, *, percentiles: bool = True
) -> NDArray[np.float64]:
    """Population-weighted mean, median and 90th percentile of the cost of those who reach a facility.

    Parameters
    ----------
    costs
        (draws, cells) or (cells,) costs; inf: none reached. Over several draws people are taken together: the figures are
        those of a person in a draw taken by chance.
    demand
        The same cells.
    percentiles
        Whether median and 90th percentile are wanted; NaN if not.

    Returns
    -------
    numpy.ndarray
        (areas, 3), in the unit of `costs`; NaN where nobody in an area reaches a facility. A weighted percentile is the
        smallest cost within which that share of the people lies; over several draws it is told to the whole unit (s, m).
    """
    states = np.atleast_2d(costs)
    reached = np.isfinite(states)
    people = reached.sum(axis=0, dtype=np.float64) @ demand.weights
    totals = np.where(reached, states, 0).sum(axis=0, dtype=np.float64) @ demand.weights
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(people > 0, totals / people, np.nan)
    out = np.column_stack([mean, np.full((len(mean), 2), np.nan)])
    if not percentiles:
        return out
    if len(states) == 1:
        out[:, 1:] = _percentiles(states[0], demand)
    else:
        out[:, 1:] = percentiles_of(*_distribution(states, demand))
    return out


def percentiles_of(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median and 90th percentile of rising values.

    Parameters
    ----------
    values
        (n,) rising.
    weights
        (n, areas) people at each value.

    Returns
    -------
    numpy.ndarray
        (areas, 2): the smallest value within which half and nine tenths of the people lie; NaN where there is nobody.
    """
    running = np.cumsum(weights, axis=0)
    out = np.full((weights.shape[1], 2), np.nan)
    some = running[-1] > 0 if len(running) else np.zeros(weights.shape[1], dtype=bool)
    for area in np.flatnonzero(some):
        for column, share in enumerate((0.5, 0.9)):
            out[area, column] = values[np.searchsorted(running[:, area], share * running[-1, area])]
    return out


def _percentiles(costs: NDArray[np.float32], demand: Demand) -> NDArray[np.float64]:
    """(areas, 2) median and 90th percentile of the costs of one state; NaN where nobody reaches a facility.

    People are counted by whole units first, so that only the costs of the unit a percentile lies in have to be sorted.
    """
    some = np.flatnonzero(np.isfinite(costs) & (demand.persons > 0))
    reached, persons = costs[some].astype(np.float64), demand.persons[some].astype(np.float64)
    unit, district = np.ceil(reached).astype(np.int64), demand.district[some]
    units, city = int(unit.max(initial=0)) + 1, len(demand.areas) - 1
    key = district * units + unit
    counts = np.bincount(key, weights=persons, minlength=units * city).reshape(city, units)
    running = np.cumsum(np.vstack([counts, counts.sum(axis=0)]), axis=1)
    out = np.full((city + 1, 2), np.nan)
    for area in np.flatnonzero(running[:, -1] > 0).tolist():
        for column, share in enumerate((0.5, 0.9)):
            wanted = share * running[area, -1]
            at = int(np.searchsorted(running[area], wanted))
            here = np.flatnonzero(unit == at if area == city else key == area * units + at)
            here = here[np.argsort(reached[here], kind="stable")]
            people = np.cumsum(persons[here]) + (running[area, at - 1] if at else 0.0)
            out[area, column] = reached[here[min(np.searchsorted(people, wanted), len(here) - 1)]]
    return out


def _distribution(
    states: NDArray[np.float32], demand: Demand
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rising whole costs of several states, and the people at each by area."""
    # Millions of entries: counted by whole units, rounded up so that a percentile is never told too low.
    finite = np.isfinite(states)
    whole = np.ceil(np.where(finite, states, 0)).astype(np.int64)
    top = int(whole.max(initial=0)) + 1
    key = (demand.district[None, :] * top + whole)[finite]
    persons = np.broadcast_to(demand.persons, states.shape)[finite]
    counts = np.bincount(key, weights=persons, minlength=top * (len(demand.areas) - 1))
    by_area = counts.reshape(len(demand.areas) - 1, top).T
    return np.arange(top, dtype=np.float64), np.column_stack([by_area, by_area.sum(axis=1)])
