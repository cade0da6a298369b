"""Assignment: who gets a seat when seats are limited, nearest first or at the least total cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import sparray

__all__ = ["assign_least_cost", "assign_nearest_first"]


def assign_nearest_first(
    costs: NDArray[np.float32] | sparray, capacity: ArrayLike, demand: ArrayLike
) -> coo_array:
    """Give seats pair by pair, the nearest pair of all first.

    Parameters
    ----------
    costs
        (F, cells), a dense array in which inf means too far, or a sparse one that holds only what is within reach.
    capacity
        (F,) seats.
    demand
        (cells,) people who want a seat; fractions are allowed.

    Returns
    -------
    scipy.sparse.coo_array
        (F, cells) people of each cell who get a seat at each facility. What a column falls short of the demand is unmet.

    Raises
    ------
    InputError
        If a capacity or demand is negative or unknown, or the shapes do not fit.

    Notes
    -----
    The greedy reading of enrolment by distance: pairs in order of cost (of equal ones the facility and then the cell first
    in order), each taking as many as want and fit.
    """
    facility, cell, cost, seats, people = _pairs(costs, capacity, demand)
    taken = np.zeros(len(cost))
    for pair in np.lexsort((cell, facility, cost)).tolist():
        f, c = facility[pair], cell[pair]
        share = min(seats[f], people[c])
        if share > 0:
            taken[pair] = share
            seats[f] -= share
            people[c] -= share
    given = taken > 0
    return coo_array((taken[given], (facility[given], cell[given])), shape=costs.shape)


def assign_least_cost(
    costs: NDArray[np.float32] | sparray, capacity: ArrayLike, demand: ArrayLike
) -> coo_array:
    """Give seats to as many people as can have one, and among all such ways at the least total cost.

    Parameters, what is returned and the errors are those of `assign_nearest_first`.

    Notes
    -----
    The transportation problem (Hitchcock 1941), a minimum-cost flow, as a linear programme solved by HiGHS (scipy): least
    sum of cost times people, with what is unmet at a price above that of any rerouting, (F + 1) times the largest cost.
    Its matrix is totally unimodular: whole people and seats give whole answers.
    """
    facility, cell, cost, seats, people = _pairs(costs, capacity, demand)
    n_f, n_c, n = len(seats), len(people), len(cost)
    price = (n_f + 1) * (float(cost.max(initial=0.0)) + 1.0)
    unmet = np.arange(n, n + n_c)
    ones = np.ones(n)
    full = coo_array((ones, (facility, np.arange(n))), shape=(n_f, n + n_c)).tocsr()
    served = coo_array(
        (np.ones(n + n_c), (np.concatenate([cell, np.arange(n_c)]), np.concatenate([np.arange(n), unmet]))),
        shape=(n_c, n + n_c),
    ).tocsr()
    found = linprog(
        np.concatenate([cost, np.full(n_c, price)]),
        A_ub=full,
        b_ub=seats,
        A_eq=served,
        b_eq=people,
        method="highs",
    )
    if found.x is None:  # always feasible: everyone may be unmet
        msg = f"assignment: the solver stopped: {found.message}"
        raise RuntimeError(msg)
    taken = found.x[:n]
    given = taken > 1e-9
    return coo_array((taken[given], (facility[given], cell[given])), shape=costs.shape)


def _pairs(
    costs: NDArray[np.float32] | sparray, capacity: ArrayLike, demand: ArrayLike
) -> tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]
]:
    """Facility, cell and cost of every pair within reach; copies of the seats and the people."""
    seats, people = np.array(capacity, dtype=float), np.array(demand, dtype=float)
    if costs.shape != (len(seats), len(people)):
        msg = f"costs are {costs.shape}, for {len(seats)} facilities and {len(people)} cells"
        raise InputError(msg)
    for name, values in (("capacity of facility", seats), ("demand of cell", people)):
        bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
        if len(bad):
            msg = f"{name} {bad[0]} is {values[bad[0]]:g}: it must be known and not negative"
            raise InputError(msg)
    if isinstance(costs, np.ndarray):
        facility, cell = np.nonzero(np.isfinite(costs))
        cost = costs[facility, cell]
    else:
        table = costs.tocoo()
        facility, cell, cost = table.row, table.col, table.data
    return facility.astype(np.int64), cell.astype(np.int64), cost.astype(float), seats, people
