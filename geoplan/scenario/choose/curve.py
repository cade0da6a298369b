"""Curve: what the first, the second, … the Nth site is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoplan.siting import Limits, solve

if TYPE_CHECKING:
    from geoplan.scenario.choose.question import Question

__all__ = ["marginal_curve"]


def marginal_curve(question: Question, *, limits: Limits | None = None) -> pd.DataFrame:
    """Solve the question for one site, for two, … up to its count.

    Returns
    -------
    pandas.DataFrame
        count, objective (as the model counts it: newly covered people; for `mean` the sum of people x cost), bound, gap,
        worth (what this many sites are better than one fewer; each count is solved afresh, so the sites of fewer need not
        be among those of more; NaN for the first where without it somebody is reached by nothing).

    Notes
    -----
    The value of the Nth site: where it falls off, more sites buy little.
    """
    rows = []
    for count in range(1, (question.problem.count or 0) + 1):
        answer = solve(question.of(count), limits)
        rows.append((count, answer.objective, answer.bound, answer.gap))
    table = pd.DataFrame(rows, columns=["count", "objective", "bound", "gap"])
    none = float(question.nothing)
    before = table["objective"].shift().fillna(none).replace(np.inf, np.nan)
    table["worth"] = (table["objective"] - before).abs()
    whole = 4 if question.unit == "share" else 1
    return table.round({"objective": whole, "bound": whole, "gap": 6, "worth": whole})
