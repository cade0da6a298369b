"""Margins: district totals, group totals and both at once, met by iterative proportional fitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fit_margins"]

_ROUNDS = 1000
# Relative distance from every margin at which the table counts as fitted; far below one person in a city.
_CLOSE = 1e-9


def fit_margins(
    seed: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scale a table so that its rows and columns sum to given totals.

    Parameters
    ----------
    seed
        (R, C) what is known of the table: counts of another date, or ones where nothing is. A zero stays a zero.
    rows, columns
        (R,) and (C,) totals, of one sum.

    Returns
    -------
    numpy.ndarray
        (R, C) the table nearest to the seed (in relative entropy) that has these totals.

    Raises
    ------
    InputError
        If the totals differ in sum, or no table with the zeros of the seed has them.

    Notes
    -----
    Iterative proportional fitting (Deming & Stephan 1940, Annals of Mathematical Statistics 11): rows and columns are
    scaled in turn until both fit.
    """
    total = float(rows.sum())
    if not np.isclose(total, columns.sum(), rtol=1e-6, atol=0.5):
        msg = f"the totals by row sum to {total:,.0f}, those by column to {columns.sum():,.0f}"
        raise InputError(msg)
    if ((seed.sum(axis=1) == 0) & (rows > 0)).any() or ((seed.sum(axis=0) == 0) & (columns > 0)).any():
        msg = "a total above 0 has nothing but zeros to be spread over"
        raise InputError(msg)
    table = seed.astype(float)
    for _ in range(_ROUNDS):
        table = table * _ratio(columns, table.sum(axis=0))[None, :]
        sums = table.sum(axis=1)
        if np.abs(sums - rows).max() <= _CLOSE * max(total, 1.0):
            return table
        table = table * _ratio(rows, sums)[:, None]
    msg = "no table fits these totals: a zero of the table that they start from stands in the way"
    raise InputError(msg)


def _ratio(wanted: NDArray[np.float64], have: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(wanted, have, out=np.zeros_like(wanted, dtype=float), where=have > 0)
