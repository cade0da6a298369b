"""Problem: one siting question, whatever the model: who, where, at what cost, how many, when."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import csr_array

from geoplan.siting._asked import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["Model", "Phase", "Problem"]

Model = Literal[
    "set_covering",
    "maximal_covering",
    "expected_covering",
    "backup_covering",
    "p_median",
    "p_center",
    "capacitated_median",
    "capacitated_covering",
    "worst_district_first",
]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One moment of a plan: what opens then, and what counts from then until the next.

    Attributes
    ----------
    year
        Its name.
    count, budget, quotas, at_most
        Of the sites that open at this moment, as in `Problem`.
    weights
        (I,) people at this moment; None: the problem's.
    existing
        (I,) or (I, E) cost to what stands at this moment without the plan (stated builds opened, replaced ones gone); None:
        the problem's.
    span
        Years the moment stands for: its objective counts so many times.
    """

    year: int
    count: int | None = None
    budget: float | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)
    at_most: Mapping[str, int] = field(default_factory=dict)
    weights: NDArray[np.floating] | None = None
    existing: NDArray[np.floating] | None = None
    span: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A siting problem on one cost matrix: I demand points, J candidate sites.

    Attributes
    ----------
    model
        `set_covering`: the fewest (with `site_costs`, cheapest) sites that cover every point (LSCP, Toregas et al. 1971);
        `maximal_covering`: the most weight within the threshold (MCLP, Church & ReVelle 1974); `expected_covering`: the most
        weight expected to find a free unit within it (MEXCLP, Daskin 1983); `backup_covering`: weight with a first and with
        a second site within it (BACOP2, Hogan & ReVelle 1986); `p_median`: the least weighted sum of costs to the nearest
        site (Hakimi 1964; ReVelle & Swain 1970); `p_center`: the least largest cost (Hakimi 1964); `capacitated_median`,
        `capacitated_covering`: the least sum of costs, or the most people within the threshold, where sites have room for so
        many; `worst_district_first`: the share covered of the worst district as high as can be, then of the next (leximin).
        Points of weight 0 need nothing.
    costs
        (I, J) cost between demand point and candidate, in any one unit: dense, with inf where there is no way, or
        sparse, where a pair that is not stored is unreachable.
    weights
        (I,) people, or whatever is counted; not negative.
    count
        Sites to choose, those of `locked` among them. None: as many as `budget` allows, or as pay for their `site_costs`.
    threshold
        Cost up to and including which a point is covered.
    existing
        (I,) cost to the nearest facility that stands already, or (I, E), one column each; None: nothing stands. They are
        kept, and are not counted in `count`.
    locked
        Candidates that must be in the plan, from its first moment.
    allowed
        (J,) which candidates may be chosen; None: all.
    groups
        (J,) label of each candidate's district; needed for quotas.
    quotas
        Label -> sites the district must get at least. What `count` leaves over may stand anywhere; where the quotas sum
        to `count` they are exact.
    at_most
        Label -> sites the district may get at most.
    site_costs, budget
        (J,) what each site costs, and what may be spent. Without a budget the costs, in the unit of the objective, are
        taken off (covering) or added (p-median: the uncapacitated facility location problem).
    few
        Pairs of candidates and a number: of these at most so many may be chosen, over all moments together.
    unreached
        p-median: cost counted for people whom no site reaches. None: everybody must be reached.
    capacities, existing_capacities
        Capacitated models: (J,) and (E,) people each site has room for; a point's people may be shared among sites. With a
        `threshold`, nobody is sent beyond it; with `unreached`, people without room count as so far away.
    districts
        (I,) label of each point's district, for `worst_district_first`.
    busy
        Expected covering: share of time a unit is busy; each site, and each column of `existing`, is one unit.
    first
        Backup covering: what a first site in reach counts, 0.5 to 1; a second one counts the rest.
    phases
        Moments in order of time, each with its own count or budget and quotas: a plan over a horizon. The objective is
        the sum over the moments, each times its span. Empty: all opens at once.

    Raises
    ------
    InputError
        If shapes, labels or numbers do not fit, or no plan can meet what is asked: one line that says why.
    """

    model: Model
    costs: NDArray[np.floating] | csr_array
    weights: NDArray[np.floating]
    count: int | None = None
    threshold: float | None = None
    existing: NDArray[np.floating] | None = None
    locked: tuple[int, ...] = ()
    allowed: NDArray[np.bool_] | None = None
    groups: NDArray[np.object_] | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)
    at_most: Mapping[str, int] = field(default_factory=dict)
    site_costs: NDArray[np.floating] | None = None
    budget: float | None = None
    few: tuple[tuple[tuple[int, ...], int], ...] = ()
    unreached: float | None = None
    capacities: NDArray[np.floating] | None = None
    existing_capacities: NDArray[np.floating] | None = None
    districts: NDArray[np.object_] | None = None
    busy: float = 0.0
    first: float = 0.5
    phases: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        check(self)

    @property
    def n_demand(self) -> int:
        """I, demand points."""
        return int(self.costs.shape[0])

    @property
    def n_candidates(self) -> int:
        """J, candidates, the excluded ones too."""
        return int(self.costs.shape[1])

    @property
    def moments(self) -> tuple[Phase, ...]:
        """The phases, or the one moment of a plan that opens at once."""
        if self.phases:
            return self.phases
        return (
            Phase(year=0, count=self.count, budget=self.budget, quotas=self.quotas, at_most=self.at_most),
        )

    @property
    def charged(self) -> bool:
        """Whether the costs of sites are part of the objective: given, and no budget."""
        return self.site_costs is not None and all(phase.budget is None for phase in self.moments)

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        """(J,) candidates that may be chosen."""
        if self.allowed is None:
            return np.ones(self.n_candidates, dtype=bool)
        return np.asarray(self.allowed, dtype=bool)

    def people(self, phase: Phase) -> NDArray[np.float64]:
        """(I,) weights at a moment, once for each year it stands for."""
        weights = self.weights if phase.weights is None else phase.weights
        return np.asarray(weights, dtype=float) * phase.span

    def standing(self, phase: Phase) -> NDArray[np.float64]:
        """(I, E) costs of what stands at a moment without the plan; E may be 0."""
        table = self.existing if phase.existing is None else phase.existing
        if table is None:
            return np.empty((self.n_demand, 0))
        return np.asarray(table, dtype=float).reshape(self.n_demand, -1)

    @cached_property
    def pairs(self) -> csr_array:
        """(I, J) the reachable pairs of usable candidates, costs stored (zeros too)."""
        if isinstance(self.costs, np.ndarray):
            row, col = np.nonzero(np.isfinite(self.costs) & self.usable)
            cost = self.costs[row, col].astype(float)
        else:
            # A copy in order; asking for the cells in order keeps stored zeros, which mean "at the very place".
            table = csr_array(self.costs, copy=True)
            table.sort_indices()
            row = np.repeat(np.arange(self.n_demand), np.diff(table.indptr))
            kept = np.isfinite(table.data) & self.usable[table.indices]
            row, col, cost = row[kept], table.indices[kept], table.data[kept].astype(float)
        starts = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=self.n_demand))])
        return csr_array((cost, col, starts), shape=self.costs.shape)
