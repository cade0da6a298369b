"""Year by year: the plan of someone who sites each year's builds for that year alone, beside that of the whole horizon."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError
from geoplan.siting._models import worth_of
from geoplan.siting._rules import rules_of
from geoplan.siting._worth import Horizon
from geoplan.siting.solution import Limits, Solution, assign_nearest, relative_gap
from geoplan.siting.solve import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem

__all__ = ["solve_year_by_year"]


def solve_year_by_year(problem: Problem, whole: Solution, limits: Limits | None = None) -> Solution:
    """Site the builds of each moment as if it were the last, those of earlier moments kept.

    Parameters
    ----------
    problem
        With phases.
    whole
        The plan of the whole horizon, whose bound holds for this one too.
    limits
        Of each moment's search.

    Returns
    -------
    Solution
        Objective, bound and gap over the whole horizon; its status is `heuristic`, though each moment is solved as the
        limits say.

    Raises
    ------
    InputError
        If the problem has no phases, or the early sites leave a later year none.
    """
    started = time.perf_counter()
    if not problem.phases:
        msg = "year by year: the problem has no phases"
        raise InputError(msg)
    places = problem.n_candidates
    chosen = np.zeros((len(problem.phases), places), dtype=bool)
    for at, phase in enumerate(problem.phases):
        earlier = np.asarray(chosen.any(axis=0))
        now = replace(
            problem,
            phases=(),
            weights=problem.people(phase),
            existing=np.concatenate([problem.standing(phase), _columns(problem, earlier)], axis=1),
            count=phase.count,
            budget=phase.budget,
            quotas=phase.quotas,
            at_most=phase.at_most,
            locked=problem.locked if at == 0 else (),
            allowed=problem.usable & ~earlier,
        )
        chosen[at, solve(now, limits).sites] = True
    worth, base, sign = worth_of(problem)
    assert isinstance(worth, Horizon)
    values = worth.values(chosen.ravel())
    moment, sites = np.nonzero(chosen)
    by_phase = tuple(given + sign * value for given, value in zip(base, values, strict=True))
    objective = sum(by_phase) - sign * float(rules_of(problem).prices[chosen.ravel()].sum())
    reach = np.inf if problem.threshold is None or problem.model == "p_median" else problem.threshold
    return Solution(
        sites=sites,
        opens=np.asarray([phase.year for phase in problem.phases], dtype=np.int64)[moment],
        assignment=assign_nearest(problem, sites, limit=reach),
        objective=objective,
        by_phase=by_phase,
        bound=whole.bound,
        gap=relative_gap(objective, whole.bound),
        status="heuristic",
        seconds=time.perf_counter() - started,
        how="heuristic",
    )


def _columns(problem: Problem, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(I, 1) cost to the nearest chosen candidate; inf where none is in reach, no column if none is chosen."""
    if not chosen.any():
        return np.empty((problem.n_demand, 0))
    pairs = problem.pairs
    row = np.repeat(np.arange(problem.n_demand), np.diff(pairs.indptr))
    on = chosen[pairs.indices]
    nearest = np.full(problem.n_demand, np.inf)
    np.minimum.at(nearest, row[on], pairs.data[on])
    return nearest[:, None]
