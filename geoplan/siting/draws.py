"""Draws: the same builds placed at random in proportion to people, under the same quotas, many times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["draw_sites"]


def draw_sites(
    districts: list[str], candidates: pd.DataFrame, *, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a candidate for every item, `count` times.

    Parameters
    ----------
    districts
        N quotas: the district an item must lie in, "" for anywhere in the city.
    candidates
        Columns district, persons.
    count
        Number of draws.
    rng
        Seeded generator: the same seed gives the same draws.

    Returns
    -------
    numpy.ndarray
        (count, N) positions in `candidates`. Within one draw no candidate is taken twice under one quota.

    Raises
    ------
    InputError
        If a quota asks for more sites than its district has candidates.

    Notes
    -----
    Weighted sampling without replacement by the Gumbel top-k trick (Vieira 2014; Efraimidis & Spirakis 2006): the k
    largest of log weight + Gumbel noise are a draw in proportion to weight, one after another.
    """
    picks = np.zeros((count, len(districts)), dtype=np.int64)
    quotas = np.asarray(districts, dtype=object)
    persons = candidates["persons"].to_numpy(dtype=float)
    where = candidates["district"].to_numpy(dtype=object)
    for district in sorted(set(districts)):
        items = np.flatnonzero(quotas == district)
        allowed = np.flatnonzero((persons > 0) & ((where == district) | (district == "")))
        if len(items) > len(allowed):
            msg = f"{len(items)} sites asked for in {district or 'the city'}, which has {len(allowed)} candidates"
            raise InputError(msg)
        noise = rng.gumbel(size=(count, len(allowed))) + np.log(persons[allowed])
        best = np.argpartition(-noise, len(items) - 1, axis=1)[:, : len(items)]
        # argpartition leaves the k best in no order; sorting by noise makes the result a function of the seed alone.
        order = np.argsort(-np.take_along_axis(noise, best, axis=1), axis=1)
        picks[:, items] = allowed[np.take_along_axis(best, order, axis=1)]
    return picks
