"""Plans: the best plan and others that are not merely the same one a street further."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.spatial import cKDTree

from geoplan.errors import InputError
from geoplan.scenario.choose.settle import settle

if TYPE_CHECKING:
    from geoplan.scenario.choose.question import Question
    from geoplan.siting import Limits, Solution

__all__ = ["Plans", "best_plans"]


@dataclass(frozen=True)
class Plans:
    """Plans from the best on; `exhausted` if there are no more that differ enough."""

    answers: list[Solution]
    exhausted: bool


def best_plans(question: Question, first: Solution, *, count: int, limits: Limits | None = None) -> Plans:
    """Find the best plans that differ from each other by at least a set distance.

    Parameters
    ----------
    question
        What was asked.
    first
        Its answer.
    count
        How many plans, the first among them.
    limits
        As in `solve`; each plan is proven to be the best of those that differ from the ones before.

    Returns
    -------
    Plans
        Two plans differ if at least one site of the later one lies `siting.same_place` metres or more, as the crow flies,
        from every site of the earlier one.

    Raises
    ------
    InputError
        If count is below 1.

    Notes
    -----
    After each plan a row is added: of the candidates near any of its sites at most N - 1 may be chosen (a no-good cut
    widened to a neighbourhood).
    """
    if count < 1:
        msg = f"plans: {count}; ask for at least one"
        raise InputError(msg)
    to_metres = Transformer.from_crs("EPSG:4326", question.bench.city.crs, always_xy=True)
    xy = np.column_stack(
        to_metres.transform(question.candidates["lon"].to_numpy(), question.candidates["lat"].to_numpy())
    )
    apart = question.bench.standards.siting.same_place.value
    problem, answers = question.problem, [first]
    while len(answers) < count:
        off, _ = cKDTree(xy[answers[-1].sites]).query(xy)
        near = tuple(np.flatnonzero(off < apart).tolist())
        if len(near) == problem.n_candidates:
            return Plans(answers, exhausted=True)
        problem = replace(problem, few=(*problem.few, (near, len(first.sites) - 1)))
        try:
            answers.append(settle(question, problem, limits))
        except InputError:
            # The rows together leave no plan of N sites: there is no further one that differs.
            return Plans(answers, exhausted=True)
    return Plans(answers, exhausted=False)
