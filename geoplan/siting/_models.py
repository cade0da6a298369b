"""Models: a problem as a function of the sites: what each pair saves, and what stands already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geoplan.errors import InputError
from geoplan.siting._savings import Savings, lay_out
from geoplan.siting._worth import Horizon

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting._worth import Worth
    from geoplan.siting.problem import Phase, Problem

__all__ = ["worth_of"]

# Shares of the objective with tangents of their own: one converges slowly, one per point makes large programmes.
_BLOCKS = 50


def worth_of(problem: Problem) -> tuple[Worth, list[float], float]:
    """Return what the engine maximises, the objective without any new site at each moment, and the sign that joins them."""
    build = {"maximal_covering": _covering, "p_median": _median}[problem.model]
    sign = -1.0 if problem.model == "p_median" else 1.0
    terms, base = build(problem)
    return (Horizon(tuple(terms)) if problem.phases else terms[0]), base, sign


def _covering(problem: Problem) -> tuple[list[Worth], list[float]]:
    """Give each pair within the threshold the saving 1; points that something existing covers weigh nothing."""
    limit = problem.threshold
    assert limit is not None
    pairs = problem.pairs
    kept = pairs.data <= limit
    table = _like(pairs, kept, np.ones(int(kept.sum())))
    left, base = [], []
    for phase in problem.moments:
        people = problem.people(phase)
        covered = (problem.standing(phase) <= limit).any(axis=1)
        base.append(float(people[covered].sum()))
        left.append(np.where(covered, 0.0, people))
    # One layout for all moments.
    layout = lay_out(table, np.any(left, axis=0), blocks=_blocks(problem))
    return [Savings(layout, weights[layout.kept]) for weights in left], base


def _median(problem: Problem) -> tuple[list[Worth], list[float]]:
    """Saving of each pair against the cost without any new site; the weighted sum of those costs."""
    pairs = problem.pairs
    row = _rows(pairs)
    terms: list[Worth] = []
    base = []
    for phase in problem.moments:
        people, cap = problem.people(phase), _cap(problem, phase)
        saving = cap[row] - pairs.data
        kept = saving > 0
        layout = lay_out(_like(pairs, kept, saving[kept]), people > 0, blocks=_blocks(problem))
        terms.append(Savings(layout, people[layout.kept]))
        base.append(float(cap @ people))
    return terms, base


def _cap(problem: Problem, phase: Phase) -> NDArray[np.float64]:
    """Cost of each point without any new site: what stands, or `unreached`, or its dearest pair if every plan reaches it."""
    cap = problem.standing(phase).min(axis=1, initial=np.inf)
    if problem.unreached is not None:
        cap = np.minimum(cap, problem.unreached)
    pairs = problem.pairs
    open_ended = ~np.isfinite(cap) & (problem.people(phase) > 0)
    if open_ended.any():
        reached = np.diff(pairs.indptr)
        missed = open_ended & (reached <= int(problem.usable.sum()) - (problem.moments[0].count or 1))
        if missed.any():
            none = int((open_ended & (reached == 0)).sum())
            msg = (
                f"{none} demand points are reached by no candidate: drop them or give `unreached`"
                if none
                else f"{int(missed.sum())} demand points are out of reach of some plans: give `unreached`, the cost to count"
            )
            raise InputError(msg)
        dearest = np.zeros(problem.n_demand)
        np.maximum.at(dearest, _rows(pairs), pairs.data)
        cap = np.where(open_ended, dearest, cap)
    return np.where(np.isfinite(cap), cap, 0.0)


def _blocks(problem: Problem) -> int:
    return max(8, _BLOCKS // len(problem.moments))


def _rows(pairs: csr_array) -> NDArray[np.int64]:
    return np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))


def _like(pairs: csr_array, kept: NDArray[np.bool_], data: NDArray[np.float64]) -> csr_array:
    """Some entries of a table, with new values."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(_rows(pairs)[kept], minlength=pairs.shape[0]))])
    return csr_array((data, pairs.indices[kept], starts), shape=pairs.shape)
