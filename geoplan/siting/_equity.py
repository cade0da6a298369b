"""Equity: the district that is worst off as well off as can be, then the next, and so on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from geoplan.errors import InputError
from geoplan.siting._mip import Answer, minimise, rule_rows
from geoplan.siting._presolve import merge_rows
from geoplan.siting._rules import rules_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem
    from geoplan.siting.solution import Limits

__all__ = ["district_shares", "worst_district_first"]

# What a level reached may give way at the next: rounding of the solver, in shares.
_HAIR = 1e-7


def worst_district_first(problem: Problem, limits: Limits, stop: float | None) -> tuple[Answer, float]:
    """Plan whose district shares, sorted from the worst, are lexicographically largest; and the bound of the worst share.

    The sum of the k smallest of D shares is max of k t - sum of max(t - share, 0), a linear programme; it is maximised for
    k = 1 … D in turn, each kept for the next (Ogryczak & Sliwinski 2006).
    """
    limit = problem.threshold
    assert limit is not None
    pairs, phase = problem.pairs, problem.moments[0]
    people = problem.people(phase)
    labels, of = np.unique(np.asarray(problem.districts, dtype=str), return_inverse=True)
    counted = np.bincount(of, weights=people, minlength=len(labels)) > 0
    names = int(counted.sum())
    total = np.bincount(of, weights=people, minlength=len(labels))[counted]
    number = np.cumsum(counted) - 1
    covered = (problem.standing(phase) <= limit).any(axis=1)
    # Only people count: a district where nobody lives has no number.
    served = covered & (people > 0)
    given = np.bincount(number[of[served]], weights=people[served], minlength=names) / total
    left = np.flatnonzero(~covered & (people > 0))
    within = pairs[left]
    kept = within.data <= limit
    row = np.repeat(np.arange(len(left)), np.diff(within.indptr))[kept]
    starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(left)))])
    table = csr_array((np.ones(int(kept.sum())), within.indices[kept], starts), shape=within.shape)
    first, which = merge_rows(table, number[of[left]].astype(np.int64))
    weight = np.bincount(which, weights=people[left], minlength=len(first))
    district = number[of[left[first]]]
    table = csr_array(table[first])
    rules = rules_of(problem)
    own, least, most = rule_rows(rules)
    points, places = len(first), rules.n
    share = csr_array((weight / total[district], (district, np.arange(points))), shape=(names, points))
    # Columns: sites, points, and for each level its t and the districts' shortfalls below it.
    falls, sums = _levels(names)
    extra = names * (names + 1)
    eye = csr_array((np.ones(points), (np.arange(points), np.arange(points))), shape=(points, points))
    rows = csr_array(
        vstack(
            [
                hstack([own, csr_array((own.shape[0], points + extra))]),
                hstack([-table, eye, csr_array((points, extra))]),
                hstack([csr_array((names**2, places)), vstack([share] * names), falls]),
                hstack([csr_array((names, places + points)), csr_array(sums)]),
            ],
            format="csr",
        )
    )
    reached = np.full(names, -np.inf)
    width = places + points + extra
    found: Answer | None = None
    worst, nodes = 1.0, 0
    for level in range(names):
        answer = minimise(
            -np.concatenate([np.zeros(places + points), sums[level]]),
            rows,
            np.concatenate([least, np.full(points, -np.inf), np.tile(-given, names), reached]),
            np.concatenate([most, np.zeros(points), np.full(names**2 + names, np.inf)]),
            lower=np.concatenate([rules.lower, np.zeros(width - places)]),
            upper=np.concatenate([rules.upper, np.ones(width - places)]),
            whole=np.arange(width) < places,
            limits=limits,
            stop=stop,
            start=None if found is None else found.x,
        )
        nodes += answer.nodes
        if level == 0:
            worst = min(-answer.bound, 1.0)
        if answer.infeasible and found is None:
            msg = "no plan keeps all quotas, ceilings and budgets"
            raise InputError(msg)
        if answer.x is not None:
            found = answer
        if answer.x is None or answer.status in {"time limit", "node limit"}:
            break
        reached[level] = -answer.objective - _HAIR
    if found is None or found.x is None:
        msg = "the search was stopped before it had any plan: allow more time or nodes"
        raise InputError(msg)
    return replace(found, x=found.x[:places], nodes=nodes, status=answer.status), worst


def _levels(names: int) -> tuple[csr_array, NDArray[np.float64]]:
    """Rows -t_k + d_kd for every level and district, and (levels, columns) k t_k - the sum of d_kd."""
    extra = names * (names + 1)
    own_t = np.repeat(np.arange(names), names) * (names + 1)
    own_d = own_t + 1 + np.tile(np.arange(names), names)
    line = np.arange(names**2)
    falls = csr_array(
        (np.repeat([-1.0, 1.0], len(line)), (np.tile(line, 2), np.concatenate([own_t, own_d]))),
        shape=(len(line), extra),
    )
    sums = np.zeros((names, extra))
    for level in range(names):
        sums[level, level * (names + 1)] = level + 1.0
        sums[level, level * (names + 1) + 1 : (level + 1) * (names + 1)] = -1.0
    return falls, sums


def district_shares(problem: Problem, sites: NDArray[np.int64]) -> dict[str, float]:
    """Share of each district's weight within the threshold of the sites and of what stands."""
    limit = problem.threshold
    assert limit is not None
    phase = problem.moments[0]
    covered = np.asarray((problem.standing(phase) <= limit).any(axis=1))
    columns = problem.pairs.tocsc()
    for site in sites.tolist():
        entry = slice(columns.indptr[site], columns.indptr[site + 1])
        covered[columns.indices[entry][columns.data[entry] <= limit]] = True
    people, labels = problem.people(phase), np.asarray(problem.districts, dtype=str)
    shares = {}
    for label in np.unique(labels).tolist():
        here = people * (labels == label)
        if here.sum() > 0:
            shares[label] = float(here[covered].sum() / here.sum())
    return shares
