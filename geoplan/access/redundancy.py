"""Redundancy: which people still have a facility within reach when the nearest one is busy or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.access.coverage import covered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["count_within", "people_by_count", "redundancy"]


def count_within(costs: NDArray[np.float32], limit: float) -> NDArray[np.int64]:
    """Count the facilities within a limit of each cell.

    Parameters
    ----------
    costs
        (F, cells) cost from each facility to every cell; inf: no way.
    limit
        Upper bound in the unit of `costs`; a cost equal to it is within.

    Returns
    -------
    numpy.ndarray
        (cells,) facilities; two that stand at one place are two.
    """
    return (costs <= np.float32(limit)).sum(axis=0, dtype=np.int64)


def redundancy(counts: NDArray[np.int64], demand: Demand, *, at_least: int = 2) -> NDArray[np.float64]:
    """Count the people within reach of several facilities.

    Parameters
    ----------
    counts
        Facilities within the limit of each cell, (cells,) or (draws, cells).
    demand
        The same cells.
    at_least
        How many facilities: 2 for backup coverage.

    Returns
    -------
    numpy.ndarray
        Persons, (areas,) or (draws, areas).

    Raises
    ------
    InputError
        If `counts` and the demand do not have the same cells.

    Notes
    -----
    Backup coverage: demand covered at least twice (Hogan & ReVelle 1986, Management Science 32).
    """
    # what is short of facilities: at or below zero once there are enough
    return covered((at_least - counts).astype(np.float32), 0.0, demand)


def people_by_count(counts: NDArray[np.integer], demand: Demand) -> NDArray[np.float64]:
    """Count the people by how many facilities are within reach.

    Parameters
    ----------
    counts
        Facilities within the limit of each cell, (draws, cells).
    demand
        The same cells.

    Returns
    -------
    numpy.ndarray
        (draws, areas, N + 1) persons with exactly 0, 1, ... N facilities, N the most that any cell has. Everything that
        depends on the number alone (covered, redundant, expected) is a weighted sum of these.
    """
    districts = len(demand.areas) - 1
    levels = int(counts.max(initial=0)) + 1
    area = demand.district * levels
    persons = demand.persons.astype(np.float64)
    out = np.empty((len(counts), districts + 1, levels))
    for draw, row in enumerate(counts):
        held = np.bincount(area + row, weights=persons, minlength=districts * levels)
        out[draw, :-1] = held.reshape(districts, levels)
    out[:, -1] = out[:, :-1].sum(axis=1)
    return out
