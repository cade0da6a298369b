"""Expected coverage: coverage when crews are busy part of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.access.demand import Demand

__all__ = ["expected_coverage"]


def expected_coverage(
    crews: NDArray[np.int64], demand: Demand, *, busy_fraction: float
) -> NDArray[np.float64]:
    """Expected people with a free crew within reach.

    Parameters
    ----------
    crews
        Crews within the limit of each cell, (cells,) or (draws, cells).
    demand
        The same cells.
    busy_fraction
        Share of the time that a crew is on a call, from 0 up to but not including 1.

    Returns
    -------
    numpy.ndarray
        Expected persons, (areas,) or (draws, areas).

    Raises
    ------
    InputError
        If the busy fraction is out of range, or `crews` and the demand do not have the same cells.

    Notes
    -----
    The objective of MEXCLP (Daskin 1983, Transportation Science 17): with n crews in reach, each busy with probability q
    independently of the others, one is free with probability 1 - q^n, the sum over k = 1..n of (1 - q) q^(k-1).
    Independence flatters: in a busy hour all crews are busy.
    """
    if not 0 <= busy_fraction < 1:
        msg = f"busy fraction {busy_fraction:g}: it must be at least 0 and below 1 (more calls than crews can serve)"
        raise InputError(msg)
    if crews.shape[-1] != len(demand.cells):
        msg = f"crews cover {crews.shape[-1]} cells, the demand has {len(demand.cells)}: build both from one city"
        raise InputError(msg)
    # There are few different numbers of crews and millions of cells of draws: each number is raised once.
    free = 1.0 - np.power(float(busy_fraction), np.arange(int(crews.max(initial=0)) + 1))
    return free[crews] @ demand.weights.astype(np.float64)
