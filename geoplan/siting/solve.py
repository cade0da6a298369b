"""Solve: one call for every model; presolve, a good start, the proof."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geoplan.errors import InputError
from geoplan.siting._branch import branch_and_cut
from geoplan.siting._rules import rules_of
from geoplan.siting._savings import savings_of
from geoplan.siting._start import greedy, improve
from geoplan.siting.solution import Limits, Solution, assign_nearest, relative_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem

__all__ = ["solve"]

# Shares of the objective with tangents of their own: one converges slowly, one per point makes large programmes.
_BLOCKS = 50


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
    if problem.model == "maximal_covering":
        table, base, sign, reach = *_covering(problem), 1.0, problem.threshold
    else:
        table, base, sign, reach = *_median(problem), -1.0, None
    worth = savings_of(table, np.asarray(problem.weights, dtype=float), blocks=_BLOCKS)
    rules = rules_of(problem)
    start = greedy(worth, rules)
    if not rules.keeps(start):
        msg = f"no plan of {problem.count} sites was found that keeps all quotas and ceilings"
        raise InputError(msg)
    found = branch_and_cut(worth, rules, improve(worth, rules, start), limits, stop=stop)
    sites = np.flatnonzero(found.chosen)
    objective, bound = base + sign * found.value, base + sign * found.bound
    return Solution(
        sites=sites,
        assignment=assign_nearest(problem, sites, limit=np.inf if reach is None else reach),
        objective=objective,
        bound=bound,
        gap=relative_gap(objective, bound),
        status=found.status,
        seconds=time.perf_counter() - started,
        how="exact" if found.status in {"optimal", "within gap"} and not limits.heuristic else "heuristic",
        nodes=found.nodes,
    )


def _covering(problem: Problem) -> tuple[csr_array, float]:
    """1 for each pair within the threshold whose point nothing existing covers; the weight that existing ones cover."""
    limit = problem.threshold
    assert limit is not None
    pairs = problem.pairs
    covered = problem.nearest_existing <= limit
    row = np.repeat(np.arange(problem.n_demand), np.diff(pairs.indptr))
    kept = (pairs.data <= limit) & ~covered[row]
    base = float(np.asarray(problem.weights, dtype=float)[covered].sum())
    return _like(pairs, row, kept, np.ones(int(kept.sum()))), base


def _median(problem: Problem) -> tuple[csr_array, float]:
    """Saving of each pair against the cost without any new site; the weighted sum of those costs."""
    weights = np.asarray(problem.weights, dtype=float)
    cap = problem.nearest_existing.copy()
    if problem.unreached is not None:
        cap = np.minimum(cap, problem.unreached)
    pairs = problem.pairs
    row = np.repeat(np.arange(problem.n_demand), np.diff(pairs.indptr))
    open_ended = ~np.isfinite(cap) & (weights > 0)
    if open_ended.any():
        # Where every plan reaches a point its dearest pair is a ceiling; a point some plans miss needs `unreached`.
        reached = np.diff(pairs.indptr)
        missed = open_ended & (reached <= int(problem.usable.sum()) - problem.count)
        if missed.any():
            none = int((open_ended & (reached == 0)).sum())
            msg = (
                f"{none} demand points are reached by no candidate: drop them or give `unreached`"
                if none
                else f"{int(missed.sum())} demand points are out of reach of some plans: give `unreached`, the cost to count"
            )
            raise InputError(msg)
        dearest = np.zeros(problem.n_demand)
        np.maximum.at(dearest, row, pairs.data)
        cap = np.where(open_ended, dearest, cap)
    cap = np.where(np.isfinite(cap), cap, 0.0)
    saving = cap[row] - pairs.data
    kept = saving > 0
    return _like(pairs, row, kept, saving[kept]), float(cap @ weights)


def _like(
    pairs: csr_array, row: NDArray[np.int64], kept: NDArray[np.bool_], data: NDArray[np.float64]
) -> csr_array:
    """Some entries of a table, with new values."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=pairs.shape[0]))])
    return csr_array((data, pairs.indices[kept], starts), shape=pairs.shape)
