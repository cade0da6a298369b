"""Curve: what the first, the second, … the Nth site is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        count, objective (newly covered people, or the sum of people x cost), bound, gap, worth (what this many sites are
        better than one fewer; each count is solved afresh, so the sites of fewer need not be among those of more).

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
    table["worth"] = (table["objective"].diff().fillna(table["objective"].iloc[0] - none)).abs()
    return table.round({"objective": 1, "bound": 1, "gap": 6, "worth": 1})
