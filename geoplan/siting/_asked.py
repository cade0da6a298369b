"""Asked: whether a siting problem fits together and some plan can meet it; else one line that says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import issparse

from geoplan.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Phase, Problem

__all__ = ["MODELS", "check"]

# Model -> what it needs besides costs and weights.
MODELS: dict[str, tuple[str, ...]] = {
    "set_covering": ("threshold",),
    "maximal_covering": ("threshold",),
    "expected_covering": ("threshold",),
    "backup_covering": ("threshold",),
    "p_median": (),
    "p_center": ("count",),
    "capacitated_median": ("capacities",),
    "capacitated_covering": ("capacities", "threshold"),
    "worst_district_first": ("threshold", "districts"),
}
# Models of one moment.
_AT_ONCE = {"set_covering", "p_center", "capacitated_median", "capacitated_covering", "worst_district_first"}


def check(problem: Problem) -> None:
    """Raise InputError for the first thing that does not fit."""
    if problem.model not in MODELS:
        msg = f"model {problem.model!r} is unknown: known are {', '.join(MODELS)}"
        raise InputError(msg)
    _shapes(problem)
    for needed in MODELS[problem.model]:
        if getattr(problem, needed) is None:
            msg = f"{problem.model} needs {'a ' if needed in {'threshold', 'count'} else ''}{needed}"
            raise InputError(msg)
    if problem.phases and problem.model in _AT_ONCE:
        msg = f"{problem.model} has no phases: solve it moment by moment, earlier sites locked"
        raise InputError(msg)
    for name, value, low, high in (("busy", problem.busy, 0.0, 1.0), ("first", problem.first, 0.5, 1.0)):
        if not low <= value <= high:
            msg = f"{name} is {value:g}: it must lie between {low:g} and {high:g}"
            raise InputError(msg)
    bad = [c for c in problem.locked if not 0 <= c < problem.n_candidates or not problem.usable[c]]
    if bad:
        msg = f"locked candidate {bad[0]} is excluded or does not exist"
        raise InputError(msg)
    for listed, _ in problem.few:
        unknown = [c for c in listed if not 0 <= c < problem.n_candidates]
        if unknown:
            msg = f"few: candidate {unknown[0]} does not exist"
            raise InputError(msg)
    years = [phase.year for phase in problem.phases]
    if years != sorted(set(years)):
        msg = f"phases must be in order of time, each year once, not {', '.join(map(str, years))}"
        raise InputError(msg)
    for at, phase in enumerate(problem.moments):
        _money(problem, phase)
        _counts(problem, phase, sorted(set(problem.locked)) if at == 0 else [])
    _horizon(problem)


def _shapes(problem: Problem) -> None:
    costs = problem.costs
    if costs.ndim != 2 or not (isinstance(costs, np.ndarray) or issparse(costs)):
        msg = f"costs must be a table of demand points x candidates, not {type(costs).__name__} of {costs.ndim} dimensions"
        raise InputError(msg)
    points, places = costs.shape
    lengths = {
        "weights": points,
        "allowed": places,
        "groups": places,
        "existing": points,
        "site_costs": places,
    }
    given = [(name, getattr(problem, name), length, "") for name, length in lengths.items()]
    for phase in problem.phases:
        of = f" of {phase.year}"
        given += [("weights", phase.weights, points, of), ("existing", phase.existing, points, of)]
    for name, values, length, of in given:
        if values is None:
            continue
        if len(values) != length:
            msg = f"{name}{of} has {len(values)} entries, the cost table has {points} demand points x {places} candidates"
            raise InputError(msg)
        if name not in {"allowed", "groups", "districts"}:
            what = {"weights": "weight of demand point", "existing": "cost of existing facilities"}
            what |= {"capacities": "capacity of site", "existing_capacities": "capacity of existing facility"}
            _no_bad(what.get(name, "cost of site") + of, np.asarray(values, float), finite=name != "existing")
    _no_bad("cost", np.asarray(costs if isinstance(costs, np.ndarray) else costs.data), finite=False)


def _standing(problem: Problem) -> int:
    """E, facilities that stand."""
    if problem.existing is None:
        return 0
    table = np.asarray(problem.existing)
    return 1 if table.ndim == 1 else int(table.shape[1])


def _no_bad(what: str, values: NDArray[np.floating], *, finite: bool) -> None:
    bad = np.isnan(values) | (values < 0)
    if finite:
        bad |= ~np.isfinite(values)
    if bad.any():
        at = np.argwhere(bad)[0]
        msg = f"{what} {', '.join(map(str, at.tolist()))} is {values[tuple(at)]}: it must be a number, not negative"
        raise InputError(msg)


def _money(problem: Problem, phase: Phase) -> None:
    """Something must say how many: a count, a budget or what sites cost."""
    when = f" in {phase.year}" if problem.phases else ""
    if phase.budget is not None and problem.site_costs is None:
        msg = f"a budget{when} needs site_costs"
        raise InputError(msg)
    if phase.count is None and problem.site_costs is None and problem.model != "set_covering":
        msg = f"no number of sites is given{when}: give a count, or site_costs with or without a budget"
        raise InputError(msg)


def _counts(problem: Problem, phase: Phase, locked: list[int]) -> None:
    """What no plan could meet at one moment: more sites than candidates, quotas that do not fit."""
    usable = problem.usable
    places, when = int(usable.sum()), f" in {phase.year}" if problem.phases else ""
    count = places if phase.count is None else phase.count
    if not len(locked) <= count <= places:
        msg = f"{count} sites asked for{when}: there are {places} candidates, {len(locked)} of them locked"
        raise InputError(msg)
    if (phase.quotas or phase.at_most) and problem.groups is None:
        msg = "quotas need groups, the district of each candidate"
        raise InputError(msg)
    if problem.groups is None:
        return
    labels = np.asarray(problem.groups, dtype=object)
    inside = [labels[c] for c in locked]
    for label, wanted in sorted(phase.quotas.items()):
        here = int((usable & (labels == label)).sum())
        if not 0 <= wanted <= here:
            msg = f"{wanted} sites asked for in {label}{when}, which has {here} candidates"
            raise InputError(msg)
    for label, most in sorted(phase.at_most.items()):
        quota, given = phase.quotas.get(label, 0), inside.count(label)
        if most < max(quota, given):
            msg = f"at most {most} sites in {label}{when}, where the quota is {quota} and {given} are locked"
            raise InputError(msg)
    needed = sum(max(phase.quotas.get(label, 0), inside.count(label)) for label in {*phase.quotas, *inside})
    if needed > count:
        msg = f"quotas and locked sites need {needed} sites{when}, {count} are asked for"
        raise InputError(msg)
    room = sum(
        min(phase.at_most.get(label, places), int((usable & (labels == label)).sum()))
        for label in sorted(set(labels.tolist()), key=str)
    )
    if phase.count is not None and room < count:
        msg = f"{count} sites asked for{when}: the districts' ceilings leave room for {room}"
        raise InputError(msg)


def _horizon(problem: Problem) -> None:
    """Over all years no more sites than candidates, in the city and in each district."""
    usable, total = problem.usable, sum(phase.count or 0 for phase in problem.phases)
    if total > usable.sum():
        msg = f"{total} sites asked for over all years: there are {int(usable.sum())} candidates"
        raise InputError(msg)
    for label in sorted({label for phase in problem.phases for label in phase.quotas}):
        wanted = sum(phase.quotas.get(label, 0) for phase in problem.phases)
        here = int((usable & (np.asarray(problem.groups, dtype=object) == label)).sum())
        if wanted > here:
            msg = f"{wanted} sites asked for in {label} over all years, which has {here} candidates"
            raise InputError(msg)
