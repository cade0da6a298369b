"""Changes: which cells proposed sites bring within the threshold, cell by cell, as a map shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geoplan.scenario.scene import middle_draw

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.scenario.choose.question import Question

__all__ = ["GAINED", "NEARER", "OUT", "WITHIN", "cell_changes"]

OUT, WITHIN, GAINED, NEARER = 0, 1, 2, 4


def cell_changes(question: Question, sites: pd.DataFrame) -> NDArray[np.uint8]:
    """Tell what some sites change in each cell.

    Parameters
    ----------
    question
        What was asked.
    sites
        Columns lon, lat.

    Returns
    -------
    numpy.ndarray
        (C,) `WITHIN` the headline threshold without the sites already, `GAINED` by them, `NEARER` (still beyond, but with
        less of a way to the nearest), `OUT` (beyond, and nothing changes). Where stations are drawn a cell is within if it
        is in at least half of the draws.
    """
    limit = np.float32(question.limit)
    new, _ = question.bench.reach(question.service).nearest(sites["lon"], sites["lat"])
    standing = middle_draw(question.standing)
    out = np.full(len(standing), OUT, dtype=np.uint8)
    out[new < standing] = NEARER
    out[new <= limit] = GAINED
    out[standing <= limit] = WITHIN
    return out
