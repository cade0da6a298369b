"""Aims: what the sites should make best, each as a siting model on the city's cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import csr_array, vstack

from geoplan.errors import InputError
from geoplan.siting import Problem

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.access import Field
    from geoplan.scenario.bench import Bench
    from geoplan.standards import Service

__all__ = ["Objective", "closer", "covering_problem", "problem_of"]

# `capacity` needs more than a city knows: see `seats.with_seats`.
Objective = Literal["coverage", "mean", "max", "equity", "capacity"]
# Stands for "any distance" as a ceiling: beyond every trip, and a number that float32 holds.
_ANY = 1e9


def problem_of(
    objective: Objective,
    bench: Bench,
    service: Service,
    candidates: pd.DataFrame,
    standing: NDArray[np.float32],
) -> tuple[Problem, float]:
    """Put an objective as a model for one site, and count the people it leaves out because nothing reaches them.

    Parameters
    ----------
    objective
        `coverage`, `mean`, `max` or `equity`.
    candidates
        Columns lon, lat.
    standing
        (draws, C) cost to the nearest facility that stands.

    Raises
    ------
    InputError
        If nothing reaches anybody.
    """
    if objective == "mean":
        return _mean(bench, service, candidates, standing), 0.0
    if objective == "max":
        return _largest(bench, service, candidates, standing)
    if objective == "equity":
        return _worst_district(bench, service, candidates, standing), 0.0
    return covering_problem(bench, service, candidates, standing), 0.0


def covering_problem(
    bench: Bench, service: Service, candidates: pd.DataFrame, standing: NDArray[np.float32]
) -> Problem:
    """Most people within the headline threshold (maximal covering)."""
    limit = service.headline_reading.limit
    # Where stations are drawn a cell counts with the share of draws in which nobody reaches it in time.
    left = _left_out(bench, service, standing)
    return Problem(
        model="maximal_covering",
        costs=closer(bench.reach(service), candidates, np.where(left > 0, limit, -1.0)),
        weights=left,
        count=1,
        threshold=float(np.float32(limit)),
    )


def _mean(bench: Bench, service: Service, candidates: pd.DataFrame, standing: NDArray[np.float32]) -> Problem:
    """Least mean cost of everybody (p-median)."""
    far = bench.standards.siting.mean_ceiling.value * service.headline_reading.limit
    now = np.minimum(np.median(standing, axis=0).astype(float), far)
    return Problem(
        model="p_median",
        costs=closer(bench.reach(service), candidates, now),
        weights=bench.demand.persons.astype(float),
        count=1,
        existing=now,
    )


def _largest(
    bench: Bench, service: Service, candidates: pd.DataFrame, standing: NDArray[np.float32]
) -> tuple[Problem, float]:
    """Least largest cost of anybody whom something reaches (p-center).

    However many sites there are, a cell's cost is never below that of all candidates together; the largest of these is a
    bound, and cells that stand within it already can decide nothing: they weigh nothing.
    """
    reach, persons = bench.reach(service), bench.demand.persons.astype(float)
    now = np.median(standing, axis=0).astype(np.float32)
    nearest, _ = reach.nearest(candidates["lon"], candidates["lat"])
    low = np.minimum(now, nearest)
    reached = np.isfinite(low) & (persons > 0)
    if not reached.any():
        msg = f"{service.name}: nothing that stands and no candidate reaches anybody"
        raise InputError(msg)
    decides = reached & (now >= low[reached].max())
    problem = Problem(
        model="p_center",
        costs=closer(reach, candidates, np.where(decides, np.minimum(now, _ANY), -1.0)),
        weights=np.where(decides, persons, 0.0),
        count=1,
        existing=now.astype(float),
    )
    return problem, float(persons[~np.isfinite(low)].sum())


def _worst_district(
    bench: Bench, service: Service, candidates: pd.DataFrame, standing: NDArray[np.float32]
) -> Problem:
    """The worst district's share within the threshold as high as can be, then the next one's (leximin)."""
    limit, persons = service.headline_reading.limit, bench.demand.persons.astype(float)
    left = _left_out(bench, service, standing)
    costs = closer(bench.reach(service), candidates, np.where(left > 0, limit, -1.0))
    districts = bench.demand.cells["district"].to_numpy(dtype=object)
    # A cell is covered in some draws and left out in the others: two points, one served already, one that needs a site.
    served = csr_array(costs.shape)
    return Problem(
        model="worst_district_first",
        costs=csr_array(vstack([costs, served], format="csr")),
        weights=np.concatenate([left, persons - left]),
        count=1,
        threshold=float(np.float32(limit)),
        existing=np.concatenate([np.full(len(left), np.inf), np.zeros(len(left))]),
        districts=np.concatenate([districts, districts]),
    )


def _left_out(bench: Bench, service: Service, standing: NDArray[np.float32]) -> NDArray[np.float64]:
    """(C,) people beyond the headline threshold; expected ones where stations are drawn."""
    beyond = standing > np.float32(service.headline_reading.limit)
    return beyond.mean(axis=0) * bench.demand.persons.astype(float)


def closer(field: Field, candidates: pd.DataFrame, ceiling: NDArray[np.float64]) -> csr_array:
    """(C, J) costs from each candidate that do not exceed the cell's ceiling; the other pairs can change nothing."""
    inside = ceiling.astype(np.float32)
    parts = []
    for _, cost in field.rows(candidates["lon"], candidates["lat"], limit=float(ceiling.max(initial=0.0))):
        row, cell = np.nonzero(cost <= inside)
        parts.append(csr_array((cost[row, cell], (row, cell)), shape=cost.shape))
    return csr_array(vstack(parts, format="csr").T)
