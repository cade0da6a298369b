"""Models: a problem as a function of the sites: what each pair saves, and what stands already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from geoplan.errors import InputError
from geoplan.siting._counted import Counted
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
    build = {
        "maximal_covering": _covering,
        "p_median": _median,
        "expected_covering": _counted,
        "backup_covering": _counted,
    }[problem.model]
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
    return [Savings(layout, layout.gathered(weights)) for weights in left], base


def _counted(problem: Problem) -> tuple[list[Worth], list[float]]:
    """Points by how many reach them: each unit free a share of the time, or a first and a second site."""
    limit, pairs = problem.threshold, problem.pairs
    assert limit is not None
    kept = pairs.data <= limit
    table = _like(pairs, kept, np.ones(int(kept.sum())))
    if problem.model == "backup_covering":
        steps = np.array([problem.first, 1 - problem.first])
    else:
        # Daskin's weights; later units add less than rounding.
        most = len(problem.locked) + sum(phase.count or problem.n_candidates for phase in problem.moments)
        most += max(problem.standing(phase).shape[1] for phase in problem.moments)
        steps = (1 - problem.busy) * problem.busy ** np.arange(min(most, 200))
    terms: list[Worth] = []
    lead = np.argsort(np.argsort(_lead(table), kind="stable"), kind="stable")
    blocks = _blocks(problem)
    for phase in problem.moments:
        given = (problem.standing(phase) <= limit).sum(axis=1).astype(float)
        block = lead * blocks // max(problem.n_demand, 1)
        terms.append(Counted(table, problem.people(phase), given, steps, block.astype(np.int64), blocks))
    return terms, [0.0] * len(terms)


def _lead(table: csr_array) -> NDArray[np.int64]:
    """First candidate in reach of each point: neighbours share it."""
    lead = np.full(table.shape[0], table.shape[1], dtype=np.int64)
    filled = np.diff(table.indptr) > 0
    lead[filled] = table.indices[table.indptr[:-1][filled]]
    return lead


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
        terms.append(Savings(layout, layout.gathered(people)))
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
