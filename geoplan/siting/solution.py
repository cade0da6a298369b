"""Solution: a plan, what it is worth, and how much better any plan could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem

__all__ = ["Limits", "Solution", "Status", "assign_nearest", "relative_gap"]

Status = Literal["optimal", "within gap", "node limit", "time limit", "heuristic"]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When to stop, and on how many threads.

    Attributes
    ----------
    gap
        Stop once the plan is proven to lie within this share of the best: 0.01 is 1 %; 0 runs to the optimum.
    nodes
        Branch-and-bound nodes at most: a limit that does not depend on the clock.
    seconds
        Wall clock; None: none. The result then depends on the machine: never set inside `geoplan run`.
    threads
        Threads of HiGHS.
    seed
        Of HiGHS and of the heuristic's restarts: the same seed gives the same plan.
    heuristic
        Do not branch: greedy, swaps and the bound of the relaxation.
    """

    gap: float = 0.0
    nodes: int = 100_000
    seconds: float | None = None
    threads: int = 1
    seed: int = 1
    heuristic: bool = False


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A plan with its proof.

    Attributes
    ----------
    sites
        K positions of the chosen candidates, in order of opening, then ascending.
    opens
        (K,) year each opens; all 0 where the problem has no phases.
    assignment
        (I,) who serves each demand point at the end: a candidate's position, J + e for the e-th existing facility, -1 for
        nobody.
    objective
        What the model counts, existing facilities included: weight covered, or weighted cost; over all phases.
    by_phase
        The objective of each phase, without site costs; they sum to the objective where sites are not charged for.
    bound
        No plan can be better than this; proven.
    gap
        |bound - objective| over the larger of the two: 0.01 is 1 %.
    status
        `optimal`: proven; `within gap`: stopped at the gap asked for; `node limit`, `time limit`: stopped early, the best
        plan found; `heuristic`: branching was not asked for.
    seconds
        Wall clock.
    how
        `exact` if branch and bound ran to its end, else `heuristic`.
    nodes
        Branch-and-bound nodes.
    """

    sites: NDArray[np.int64]
    opens: NDArray[np.int64]
    assignment: NDArray[np.int64]
    objective: float
    by_phase: tuple[float, ...]
    bound: float
    gap: float
    status: Status
    seconds: float
    how: Literal["exact", "heuristic"]
    nodes: int = 0


def relative_gap(objective: float, bound: float) -> float:
    """How far a plan may be from the best: a share of the larger of the two; 0 where both are nothing."""
    larger = max(abs(objective), abs(bound))
    return 0.0 if larger <= 0 or not np.isfinite(larger) else abs(bound - objective) / larger


def assign_nearest(problem: Problem, sites: NDArray[np.int64], *, limit: float = np.inf) -> NDArray[np.int64]:
    """(I,) nearest of the sites and of what stands at the last moment for each demand point; -1 beyond the limit.

    What stands wins over a new site of equal cost, then the first candidate.
    """
    points, places = problem.n_demand, problem.n_candidates
    serving, best = np.full(points, -1, dtype=np.int64), np.full(points, np.inf)
    table = problem.standing(problem.moments[-1])
    if table.shape[1]:
        serving, best = places + table.argmin(axis=1), table.min(axis=1)
        serving[~np.isfinite(best)] = -1
    columns = problem.pairs.tocsc()
    for site in np.sort(sites).tolist():
        entry = slice(columns.indptr[site], columns.indptr[site + 1])
        row, cost = columns.indices[entry], columns.data[entry]
        closer = cost < best[row]
        serving[row[closer]], best[row[closer]] = site, cost[closer]
    serving[best > limit] = -1
    return serving
