"""Solve: one call for every model; presolve, a good start, the proof."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geoplan.errors import InputError
from geoplan.siting._branch import branch_and_cut
from geoplan.siting._capacity import capacitated
from geoplan.siting._cover_all import p_center, set_covering
from geoplan.siting._equity import district_shares, worst_district_first
from geoplan.siting._mip import minimise, rule_rows
from geoplan.siting._models import worth_of
from geoplan.siting._presolve import dominated
from geoplan.siting._rules import rules_of
from geoplan.siting._savings import Savings
from geoplan.siting._start import grow, improve
from geoplan.siting._worth import Horizon
from geoplan.siting.solution import Limits, Solution, assign_nearest, relative_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting._worth import Worth
    from geoplan.siting.problem import Problem

__all__ = ["solve"]

_WHOLE_MODEL = {
    "set_covering",
    "p_center",
    "capacitated_median",
    "capacitated_covering",
    "worst_district_first",
}


def solve(problem: Problem, limits: Limits | None = None) -> Solution:
    """Choose sites, and prove how good the choice is.

    Parameters
    ----------
    problem
        What is asked.
    limits
        Gap, nodes, seconds, threads; by default one thread and to the optimum.

    Returns
    -------
    Solution
        Objective and bound count what existing facilities do too.

    Raises
    ------
    InputError
        If no plan can meet what is asked.

    Notes
    -----
    Branch and cut in the candidates alone: what a plan is worth is bounded by tangents of the relaxation (Benders cuts in
    closed form: Cordeau, Furini & Ljubic 2019 for covering; Duran-Mateluna, Ales & Elloumi 2023 for the p-median), the
    linear programmes are solved by HiGHS. It starts from a greedy plan improved by swaps (Teitz & Bart 1968) and fixes
    candidates by reduced costs. Bounds are those of linear relaxations, hence proven.

    Examples
    --------
    Three points on a line, four possible sites, one to choose:

    >>> import numpy as np
    >>> from geoplan.siting import Problem
    >>> costs = np.abs(np.array([[0.0], [4.0], [10.0]]) - np.array([[0.0, 2.0, 4.0, 10.0]]))
    >>> problem = Problem(model="maximal_covering", costs=costs, weights=np.array([3, 2, 4]), count=1, threshold=4)
    >>> plan = solve(problem)
    >>> plan.sites.tolist(), plan.objective, plan.status
    ([0], 5.0, 'optimal')
    """
    started = time.perf_counter()
    limits = limits or Limits()
    stop = None if limits.seconds is None else started + limits.seconds
    plan = (
        _by_mip(problem, limits, stop) if problem.model in _WHOLE_MODEL else _by_cuts(problem, limits, stop)
    )
    return replace(plan, seconds=time.perf_counter() - started)


def _by_cuts(problem: Problem, limits: Limits, stop: float | None) -> Solution:
    """Branch and cut in the candidates alone."""
    worth, base, sign = worth_of(problem)
    rules = _without_needless(problem, worth, rules_of(problem))
    start = grow(worth, rules)
    if not rules.keeps(start):
        start = _any_plan(worth, rules, limits)
    total = float(sum(base))
    start = improve(worth, rules, start)
    found = branch_and_cut(worth, rules, start, limits, base=total, sign=sign, stop=stop)
    columns = np.flatnonzero(found.chosen)
    moment, sites = columns // problem.n_candidates, columns % problem.n_candidates
    objective, bound = total + sign * found.value, total + sign * found.bound
    values = worth.values(found.chosen) if isinstance(worth, Horizon) else [worth.value(found.chosen)]
    reach = np.inf if problem.threshold is None or problem.model == "p_median" else problem.threshold
    return Solution(
        sites=sites,
        opens=np.asarray([phase.year for phase in problem.moments], dtype=np.int64)[moment],
        assignment=assign_nearest(problem, sites, limit=reach),
        objective=objective,
        by_phase=tuple(given + sign * value for given, value in zip(base, values, strict=True)),
        bound=bound,
        gap=relative_gap(objective, bound),
        status=found.status,
        seconds=0.0,
        how="exact" if found.status in {"optimal", "within gap"} and not limits.heuristic else "heuristic",
        nodes=found.nodes,
    )


def _without_needless(problem: Problem, worth: Worth, rules: Rules) -> Rules:
    """Exclude candidates of a district that cover no more than another one there, where sites cost alike."""
    term = worth.terms[0] if isinstance(worth, Horizon) else worth
    if problem.model != "maximal_covering" or problem.site_costs is not None or not isinstance(term, Savings):
        return rules
    kinds = np.zeros(problem.n_candidates, dtype=np.int64)
    if problem.groups is not None:
        kinds = np.unique(np.asarray(problem.groups, dtype=str), return_inverse=True)[1]
    spare = sum(phase.count or 0 for phase in problem.moments)
    gone = dominated(term.layout.table, kinds, problem.usable, spare=spare)
    gone[list(problem.locked)] = False
    return replace(rules, upper=np.where(np.tile(gone, len(problem.moments)), 0.0, rules.upper))


def _by_mip(problem: Problem, limits: Limits, stop: float | None) -> Solution:
    """Hand the whole model to HiGHS."""
    if limits.heuristic:
        # HiGHS' own heuristics and relaxation, without branching.
        limits = replace(limits, nodes=1)
    serving, reach = None, np.inf if problem.threshold is None else problem.threshold
    if problem.model in {"capacitated_median", "capacitated_covering"}:
        found, serving, sign = capacitated(problem, limits, stop)
        objective, bound = sign * found.objective, sign * found.bound
    elif problem.model == "worst_district_first":
        found, bound = worst_district_first(problem, limits, stop)
    elif problem.model == "p_center":
        found = p_center(problem, limits, stop)
        objective, bound, reach = found.objective, found.bound, np.inf
    else:
        found = set_covering(problem, limits, stop)
        objective, bound = found.objective, found.bound
    if found.x is None:
        msg = "the search was stopped before it had any plan: allow more time or nodes"
        raise InputError(msg)
    sites = np.flatnonzero(found.x > 0.5)
    if problem.model == "worst_district_first":
        objective = min(district_shares(problem, sites).values(), default=1.0)
    early = found.status in {"time limit", "node limit"}
    return Solution(
        sites=sites,
        opens=np.zeros(len(sites), dtype=np.int64),
        assignment=assign_nearest(problem, sites, limit=reach) if serving is None else serving,
        objective=objective,
        by_phase=(objective,),
        bound=bound,
        gap=relative_gap(objective, bound),
        status="heuristic" if early and limits.nodes == 1 else found.status,
        seconds=0.0,
        how="heuristic" if early else "exact",
        nodes=found.nodes,
    )


def _any_plan(worth: Worth, rules: Rules, limits: Limits) -> NDArray[np.bool_]:
    """Return a plan that keeps all rules, where the greedy one ran into a corner."""
    alone = worth.gains(np.zeros(rules.n, dtype=bool)) - rules.prices
    rows, least, most = rule_rows(rules)
    limits = replace(limits, gap=0.5)
    found = minimise(-alone, rows, least, most, lower=rules.lower, upper=rules.upper, limits=limits)
    if found.x is None:
        msg = "no plan keeps all quotas, ceilings and budgets"
        raise InputError(msg)
    return found.x > 0.5
