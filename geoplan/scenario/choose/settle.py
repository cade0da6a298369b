"""Settle: one plan for a question; what its objective leaves open is filled by people newly covered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geoplan.siting import Limits, Problem, Solution, solve
from geoplan.siting.solution import assign_nearest

if TYPE_CHECKING:
    from geoplan.scenario.choose.question import Question

__all__ = ["settle"]


def settle(question: Question, problem: Problem, limits: Limits | None = None) -> Solution:
    """Solve a question, or a variation of its problem.

    Parameters
    ----------
    question
        What was asked.
    problem
        Its problem, perhaps with another count or further rows.
    limits
        As in `solve`.

    Returns
    -------
    Solution
        For the objective `max`, once proven: as few sites as the least largest way needs, and the others where most people
        are newly covered (maximal covering, the first ones kept).

    Raises
    ------
    InputError
        As `solve` does.

    Notes
    -----
    The least largest way is decided by the few who live farthest off. The model is content with any place for the sites
    that do nothing for them, which would look like a choice and be none.
    """
    found = solve(problem, limits)
    if question.objective != "max" or found.how != "exact":
        return found
    fewest = replace(problem, model="set_covering", threshold=found.objective, count=None)
    needed = solve(fewest, limits)
    rest = replace(
        question.covering, count=problem.count, locked=tuple(needed.sites.tolist()), few=problem.few
    )
    filled = solve(rest, limits)
    return replace(
        found,
        sites=filled.sites,
        opens=np.zeros(len(filled.sites), dtype=np.int64),
        assignment=assign_nearest(problem, filled.sites),
        seconds=found.seconds + needed.seconds + filled.seconds,
    )
