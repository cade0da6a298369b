"""Capacity: sites with so many seats or visits; people of one point may be shared among sites."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from geoplan.errors import InputError
from geoplan.siting._mip import Answer, minimise, rule_rows
from geoplan.siting._rules import rules_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geoplan.siting.problem import Problem
    from geoplan.siting.solution import Limits

__all__ = ["capacitated"]


def capacitated(
    problem: Problem, limits: Limits, stop: float | None
) -> tuple[Answer, NDArray[np.int64], float]:
    """Capacitated p-median or covering: sites, who has most of each point, and the objective's sign.

    Columns are sites, then people of a point at a site (candidates first, then what stands). The disaggregated bounds
    people <= weight x site make the relaxation strong (the strong formulation of capacitated facility location).
    """
    covering = problem.model == "capacitated_covering"
    weights = np.asarray(problem.weights, dtype=float)
    point, site, cost, room = _pairs(problem)
    places, flows = problem.n_candidates, len(point)
    rules = rules_of(problem)
    own, least, most = rule_rows(rules)
    beyond = 0.0 if covering else problem.unreached
    slack = np.flatnonzero(weights > 0) if beyond is not None else np.zeros(0, dtype=np.int64)
    wide = len(slack)
    number = np.arange(flows)
    new = np.flatnonzero(site < places)
    ones = np.ones(flows)
    served = csr_array((ones, (point, number)), shape=(len(weights), flows))
    rest = csr_array((np.ones(wide), (slack, np.arange(wide))), shape=(len(weights), wide))
    used = csr_array((ones, (site, number)), shape=(len(room), flows))
    opened = csr_array((-room[:places], (np.arange(places), np.arange(places))), shape=(len(room), places))
    strong_flow = csr_array((np.ones(len(new)), (np.arange(len(new)), new)), shape=(len(new), flows))
    most_of = np.minimum(weights[point[new]], room[site[new]])
    strong_site = csr_array((-most_of, (np.arange(len(new)), site[new])), shape=(len(new), places))
    rows = csr_array(
        vstack(
            [
                hstack([own, csr_array((own.shape[0], flows + wide))]),
                hstack([csr_array((len(weights), places)), served, rest]),
                hstack([opened, used, csr_array((len(room), wide))]),
                hstack([strong_site, strong_flow, csr_array((len(new), wide))]),
            ],
            format="csr",
        )
    )
    roof = np.concatenate([np.zeros(places), room[places:]])
    price = (
        np.zeros(places)
        if problem.site_costs is None or not problem.charged
        else np.asarray(problem.site_costs)
    )
    each = -np.ones(flows) if covering else cost
    found = minimise(
        np.concatenate([price, each, np.full(wide, 0.0 if beyond is None else beyond)]),
        rows,
        np.concatenate([least, weights, np.full(len(room) + len(new), -np.inf)]),
        np.concatenate([most, weights, roof, np.zeros(len(new))]),
        lower=np.concatenate([rules.lower, np.zeros(flows + wide)]),
        upper=np.concatenate([rules.upper, np.full(flows + wide, np.inf)]),
        whole=np.arange(places + flows + wide) < places,
        limits=limits,
        stop=stop,
    )
    if found.infeasible:
        msg = f"{weights.sum():g} people, and no plan has room within reach for all: {_room(problem, room)}"
        raise InputError(msg)
    if found.x is None:
        msg = "the search was stopped before it had any plan: allow more time or nodes"
        raise InputError(msg)
    people = found.x[places : places + flows]
    serving = np.full(len(weights), -1, dtype=np.int64)
    order = np.lexsort((people, point))
    order = order[people[order] > 1e-6 * np.maximum(weights[point[order]], 1e-9)]
    serving[point[order]] = site[order]
    return replace(found, x=found.x[:places]), serving, -1.0 if covering else 1.0


def _pairs(
    problem: Problem,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Point, site and cost of every pair that may serve, and the room of each site; what stands is numbered last."""
    pairs, phase = problem.pairs, problem.moments[0]
    point = np.repeat(np.arange(problem.n_demand), np.diff(pairs.indptr))
    standing = problem.standing(phase)
    at, which = np.nonzero(np.isfinite(standing))
    point = np.concatenate([point, at])
    site = np.concatenate([pairs.indices, problem.n_candidates + which])
    cost = np.concatenate([pairs.data, standing[at, which]])
    assert problem.capacities is not None
    given = np.zeros(0) if problem.existing_capacities is None else problem.existing_capacities
    room = np.concatenate([np.asarray(problem.capacities, dtype=float), np.asarray(given, dtype=float)])
    kept = np.asarray(problem.weights)[point] > 0
    if problem.threshold is not None:
        kept &= cost <= problem.threshold
    return point[kept], site[kept].astype(np.int64), cost[kept], room


def _room(problem: Problem, room: NDArray[np.float64]) -> str:
    """How many the largest sites would hold together."""
    new = np.sort(room[: problem.n_candidates][problem.usable])[::-1]
    count = len(new) if problem.count is None else problem.count
    return f"the largest {count} sites and what stands hold {new[:count].sum() + room[problem.n_candidates :].sum():g}"
