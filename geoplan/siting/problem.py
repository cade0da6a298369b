"""Problem: one siting question, whatever the model: who, where, at what cost, how many."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.sparse import csr_array, issparse

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Model", "Problem"]

Model = Literal["maximal_covering", "p_median"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A siting problem on one cost matrix: I demand points, J candidate sites.

    Attributes
    ----------
    model
        `maximal_covering`: the most weight within the threshold (MCLP, Church & ReVelle 1974); `p_median`: the least
        weighted sum of costs to the nearest site (Hakimi 1964; ReVelle & Swain 1970).
    costs
        (I, J) cost between demand point and candidate, in any one unit: dense, with inf where there is no way, or
        sparse, where a pair that is not stored is unreachable.
    weights
        (I,) people, or whatever is counted; not negative.
    count
        Sites to choose, those of `locked` among them.
    threshold
        Cost up to and including which a point is covered.
    existing
        (I,) cost to the nearest facility that stands already, or (I, E), one column each; None: nothing stands. They are
        kept, and are not counted in `count`.
    locked
        Candidates that must be in the plan.
    allowed
        (J,) which candidates may be chosen; None: all.
    groups
        (J,) label of each candidate's district; needed for quotas.
    quotas
        Label -> sites the district must get at least. What `count` leaves over may stand anywhere; where the quotas sum
        to `count` they are exact.
    at_most
        Label -> sites the district may get at most.
    unreached
        p-median: cost counted for people whom no site reaches. None: everybody must be reached.

    Raises
    ------
    InputError
        If shapes, labels or numbers do not fit, or no plan can meet what is asked: one line that says why.
    """

    model: Model
    costs: NDArray[np.floating] | csr_array
    weights: NDArray[np.floating]
    count: int
    threshold: float | None = None
    existing: NDArray[np.floating] | None = None
    locked: tuple[int, ...] = ()
    allowed: NDArray[np.bool_] | None = None
    groups: NDArray[np.object_] | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)
    at_most: Mapping[str, int] = field(default_factory=dict)
    unreached: float | None = None

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_counts(self)

    @property
    def n_demand(self) -> int:
        """I, demand points."""
        return int(self.costs.shape[0])

    @property
    def n_candidates(self) -> int:
        """J, candidates, the excluded ones too."""
        return int(self.costs.shape[1])

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """(J,) candidates that may be chosen."""
        if self.allowed is None:
            return np.ones(self.n_candidates, dtype=bool)
        return np.asarray(self.allowed, dtype=bool)

    @cached_property
    def nearest_existing(self) -> NDArray[np.float64]:
        """(I,) cost to the nearest existing facility; inf where none stands."""
        if self.existing is None:
            return np.full(self.n_demand, np.inf)
        table = np.asarray(self.existing, dtype=float)
        return table if table.ndim == 1 else table.min(axis=1, initial=np.inf)

    @cached_property
    def pairs(self) -> csr_array:
        """(I, J) the reachable pairs of usable candidates, costs stored (zeros too)."""
        if isinstance(self.costs, np.ndarray):
            kept = np.isfinite(self.costs) & self.usable
            row, col = np.nonzero(kept)
            cost = self.costs[row, col].astype(float)
        else:
            table = self.costs.tocoo()
            kept = np.isfinite(table.data) & self.usable[table.col]
            row, col, cost = table.row[kept], table.col[kept], table.data[kept].astype(float)
        order = np.lexsort((col, row))
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.n_demand))])
        return csr_array((cost[order], col[order], starts), shape=self.costs.shape)


def _check_shapes(problem: Problem) -> None:
    costs = problem.costs
    if problem.model not in get_args(Model):
        msg = f"model {problem.model!r} is unknown: known are {', '.join(get_args(Model))}"
        raise InputError(msg)
    if costs.ndim != 2 or not (isinstance(costs, np.ndarray) or issparse(costs)):
        msg = f"costs must be a table of demand points x candidates, not {type(costs).__name__} of {costs.ndim} dimensions"
        raise InputError(msg)
    points, places = costs.shape
    for name, length in (("weights", points), ("allowed", places), ("groups", places), ("existing", points)):
        values = getattr(problem, name)
        if values is not None and len(values) != length:
            msg = f"{name} has {len(values)} entries, the cost table has {points} demand points x {places} candidates"
            raise InputError(msg)
    _no_bad("weight of demand point", np.asarray(problem.weights, dtype=float), finite=True)
    _no_bad("cost", np.asarray(costs if isinstance(costs, np.ndarray) else costs.data), finite=False)
    if problem.existing is not None:
        _no_bad("cost of existing facilities", np.asarray(problem.existing), finite=False)
    if problem.model == "maximal_covering" and problem.threshold is None:
        msg = f"{problem.model} needs a threshold"
        raise InputError(msg)


def _no_bad(what: str, values: NDArray[np.floating], *, finite: bool) -> None:
    bad = np.isnan(values) | (values < 0)
    if finite:
        bad |= ~np.isfinite(values)
    if bad.any():
        at = np.argwhere(bad)[0]
        msg = f"{what} {', '.join(map(str, at.tolist()))} is {values[tuple(at)]}: it must be a number, not negative"
        raise InputError(msg)


def _check_counts(problem: Problem) -> None:
    """One line on what no plan could meet: more sites than candidates, quotas that do not fit."""
    usable = problem.usable
    bad = [c for c in problem.locked if not 0 <= c < problem.n_candidates or not usable[c]]
    if bad:
        msg = f"locked candidate {bad[0]} is excluded or does not exist"
        raise InputError(msg)
    places = int(usable.sum())
    if not len(set(problem.locked)) <= problem.count <= places:
        msg = f"{problem.count} sites asked for: there are {places} candidates, {len(set(problem.locked))} of them locked"
        raise InputError(msg)
    if (problem.quotas or problem.at_most) and problem.groups is None:
        msg = "quotas need groups, the district of each candidate"
        raise InputError(msg)
    if problem.groups is None:
        return
    labels = np.asarray(problem.groups, dtype=object)
    for label, wanted in sorted(problem.quotas.items()):
        here = int((usable & (labels == label)).sum())
        if not 0 <= wanted <= here:
            msg = f"{wanted} sites asked for in {label}, which has {here} candidates"
            raise InputError(msg)
    for label, most in sorted(problem.at_most.items()):
        inside = sum(labels[c] == label for c in set(problem.locked))
        if most < max(problem.quotas.get(label, 0), inside):
            quota = problem.quotas.get(label, 0)
            msg = f"at most {most} sites in {label}, where the quota is {quota} and {inside} are locked"
            raise InputError(msg)
    _check_sums(problem, labels)


def _check_sums(problem: Problem, labels: NDArray[np.object_]) -> None:
    """Quotas together, locked sites outside them, and room under the ceilings."""
    locked = [labels[c] for c in set(problem.locked)]
    needed = sum(
        max(problem.quotas.get(label, 0), locked.count(label)) for label in {*problem.quotas, *locked}
    )
    if needed > problem.count:
        msg = f"quotas and locked sites need {needed} sites, {problem.count} are asked for"
        raise InputError(msg)
    usable = problem.usable
    room = sum(
        min(problem.at_most.get(label, problem.n_candidates), int((usable & (labels == label)).sum()))
        for label in sorted(set(labels.tolist()), key=str)
    )
    if room < problem.count:
        msg = f"{problem.count} sites asked for: the districts' ceilings leave room for {room}"
        raise InputError(msg)
