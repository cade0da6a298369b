"""Cover all: the fewest sites that reach everybody (LSCP), and the least distance within which so many can (p-center)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from geoplan.errors import InputError
from geoplan.siting._mip import Answer, minimise, rule_rows
from geoplan.siting._presolve import merge_rows
from geoplan.siting._rules import rules_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._rules import Rules
    from geoplan.siting.problem import Problem
    from geoplan.siting.solution import Limits, Status

__all__ = ["p_center", "set_covering"]


def set_covering(problem: Problem, limits: Limits, stop: float | None) -> Answer:
    """Fewest (or cheapest) sites that cover every point of some weight: the location set covering problem."""
    limit = problem.threshold
    assert limit is not None
    needy = (np.asarray(problem.weights) > 0) & ~(problem.standing(problem.moments[0]) <= limit).any(axis=1)
    pairs = problem.pairs
    each = np.repeat(np.arange(problem.n_demand), np.diff(pairs.indptr))[pairs.data <= limit]
    none = int((needy & (np.bincount(each, minlength=problem.n_demand) == 0)).sum())
    if none:
        msg = f"{none} demand points have no candidate within {limit:g}: leave them out (weight 0) or add candidates"
        raise InputError(msg)
    rows, rules = _patterns(problem, limit, needy), rules_of(problem)
    cost = np.ones(rules.n) if problem.site_costs is None else np.asarray(problem.site_costs, dtype=float)
    found = _solve(cost, rows, rules, limits, stop)
    if found.infeasible:
        msg = "no plan within the count, quotas and ceilings covers every demand point"
        raise InputError(msg)
    return found


def p_center(problem: Problem, limits: Limits, stop: float | None) -> Answer:
    """Least largest cost of any point of some weight: a search over the costs that occur, a set covering at each.

    Minieka (1970). The bound is the least cost at which no plan was proven impossible.
    """
    people = np.asarray(problem.weights) > 0
    standing = problem.standing(problem.moments[0]).min(axis=1, initial=np.inf)
    pairs, rules = problem.pairs, rules_of(problem)
    each = np.repeat(people, np.diff(pairs.indptr))
    levels = np.unique(np.concatenate([[0.0], pairs.data[each], standing[people & np.isfinite(standing)]]))
    nodes = 0
    best: Answer | None = None

    def plan(level: float) -> Answer:
        rows = _patterns(problem, level, people & (standing > level))
        if (np.diff(rows.indptr) == 0).any():
            return Answer(None, np.inf, np.inf, 0, "optimal", infeasible=True)
        return _solve(np.zeros(rules.n), rows, rules, limits, stop)

    low, high = 0, len(levels) - 1
    first = plan(float(levels[high]))
    if first.infeasible:
        msg = "some demand points are out of reach of every plan: nothing reaches them, or too few sites are asked for"
        raise InputError(msg)
    best, nodes = first, first.nodes
    late = first.x is None
    while low < high and not late and levels[high] - levels[low] > limits.gap * levels[high]:
        middle = (low + high) // 2
        found = plan(float(levels[middle]))
        nodes += found.nodes
        if found.infeasible:
            low = middle + 1
        elif found.x is None:
            late = True
        else:
            best, high = found, middle
        late = late or (stop is not None and time.perf_counter() > stop)
    if best.x is None:
        msg = "the search was stopped before it had any plan: allow more time or nodes"
        raise InputError(msg)
    early: Status = "within gap" if not late else ("time limit" if stop is not None else "node limit")
    status: Status = "optimal" if low >= high else early
    return Answer(best.x, float(levels[high]), float(levels[low]), nodes, status)


def _patterns(problem: Problem, limit: float, needy: NDArray[np.bool_]) -> csr_array:
    """Distinct rows of candidates within a limit, of the points that need one."""
    pairs = problem.pairs[np.flatnonzero(needy)]
    within = pairs.data <= limit
    row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))[within]
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=pairs.shape[0]))])
    table = csr_array((np.ones(int(within.sum())), pairs.indices[within], starts), shape=pairs.shape)
    first, _ = merge_rows(table)
    return csr_array(table[np.sort(first)])


def _solve(
    cost: NDArray[np.float64], rows: csr_array, rules: Rules, limits: Limits, stop: float | None
) -> Answer:
    own, least, most = rule_rows(rules)
    return minimise(
        cost,
        csr_array(vstack([rows, own], format="csr")),
        np.concatenate([np.ones(rows.shape[0]), least]),
        np.concatenate([np.full(rows.shape[0], np.inf), most]),
        lower=rules.lower,
        upper=rules.upper,
        limits=limits,
        stop=stop,
    )
