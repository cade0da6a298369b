"""Phased: sites for the roadmap's builds without a stated place, all years at once; what `make sites` stores."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.sparse import csc_array
from scipy.spatial import cKDTree

from geoplan.scenario.bench import bench_of
from geoplan.scenario.choose.aims import closer
from geoplan.scenario.opening import open_fixed
from geoplan.scenario.stored import COLUMNS, inputs_hash
from geoplan.siting import Limits, Phase, Problem, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from geoplan.city import City
    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.siting import Solution
    from geoplan.standards import Service

__all__ = ["solve_roadmap"]

_ALTERNATIVES = 2


@dataclass(frozen=True)
class _Ground:
    """What the builds of one service are sited on; `within` holds the (C, J) costs up to the limit."""

    bench: Bench
    service: Service
    scene: Scene
    candidates: pd.DataFrame
    within: csr_array
    persons: NDArray[np.float64]

    @property
    def limit(self) -> float:
        return self.service.headline_reading.limit

    @cached_property
    def covering(self) -> csc_array:
        """(C, J) ones: which cells each candidate covers."""
        table = self.within.tocsc()
        return csc_array((np.ones(table.nnz), table.indices, table.indptr), shape=table.shape)

    @cached_property
    def covers(self) -> NDArray[np.float64]:
        """(J,) people within the limit of each candidate."""
        return np.asarray(self.persons @ self.covering)

    def cells_of(self, site: int) -> NDArray[np.int64]:
        """Cells that a candidate covers."""
        table = self.covering
        return table.indices[table.indptr[site] : table.indptr[site + 1]]


def solve_roadmap(city: City, *, service: str, limits: Limits | None = None) -> pd.DataFrame:
    """Choose sites for a service's builds without a stated place: one model over all years of the plan.

    Parameters
    ----------
    city
        An opened city.
    service
        A service of the standards file.
    limits
        When the solver may stop; by default once proven within 0.1 % of the best. No clock: the same input gives the same
        sites.

    Returns
    -------
    pandas.DataFrame
        sites.csv: a row per build (see `geoplan.scenario.stored.COLUMNS`), none if nothing is to be proposed. `covers`:
        people within the threshold of the site, whoever else serves them; `newly_covered`: people whom nothing else in the
        plan covers in its last year; `reason`: `covers_most`, or `nobody_left` (nobody is left whom it would newly cover,
        any place does as well); `alternatives`: the next best places, at least `siting.same_place` from every site, as
        "lon lat people" each, all other sites kept; `objective`, `bound`: person-years newly covered by all these builds.

    Raises
    ------
    InputError
        If the service is unknown or a quota cannot be met.

    Notes
    -----
    Maximal covering (Church & ReVelle 1974) over a horizon: a cell counts in each year from the opening of the first site
    that covers it, with the people whom nothing fixed (existing facilities, builds with a stated place, replacements done)
    covers in that year; where stations are drawn, with the share of draws in which nobody does. Builds keep their year and
    their district. Builds of one year and district are alike to the model; they take its sites in the order of their
    numbers, the one that covers most first. Private builds are sited after all others, around them.
    """
    bench = bench_of(city)
    known = bench.standards.service(service)
    scene = open_fixed(bench, known, city.builds)
    digest = inputs_hash(bench, known, scene.existing, scene.builds)
    candidates = bench.corners(known)
    ceiling = np.full(len(city.cells), known.headline_reading.limit)
    ground = _Ground(
        bench,
        known,
        scene,
        candidates,
        closer(bench.reach(known), candidates, ceiling),
        bench.demand.persons.astype(float),
    )
    proposed = (scene.builds["site_status"] == "proposed").to_numpy()
    private = (scene.builds["owner"] == "private").to_numpy()
    parts, taken = [], np.zeros(0, dtype=np.int64)
    for group in (proposed & ~private, proposed & private):
        if group.any():
            table, sites = _sited(ground, np.flatnonzero(group), taken, limits or Limits(gap=0.001))
            parts.append(table)
            taken = np.concatenate([taken, sites])
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True).assign(service=service, inputs=digest)[COLUMNS]


def _sited(
    ground: _Ground, items: NDArray[np.int64], taken: NDArray[np.int64], limits: Limits
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Sites for some builds; `taken` are candidates that builds sited before use."""
    scene = ground.scene
    builds = scene.builds.iloc[items]
    quotas = builds["district"].fillna("").to_numpy(dtype=object)
    opens = scene.opens[items]
    problem = _problem(ground, quotas, opens, taken)
    answer = solve(problem, limits)
    order = np.lexsort((builds["build_id"].to_numpy(dtype=object), opens))
    placed = _assigned(ground, answer, quotas, opens, order)
    table = pd.DataFrame(
        {
            "build_id": builds["build_id"].to_numpy(),
            "opens": opens,
            "objective": round(answer.objective),
            "bound": round(answer.bound),
            "gap": round(answer.gap, 6),
            "objective_unit": "person-years",
            "solved": answer.status,
        }
    )
    chosen = ground.candidates.iloc[placed]
    for name in ("lon", "lat", "district"):
        table[name] = chosen[name].to_numpy()
    return table.join(_reasons(ground, placed, quotas, taken)), placed


def _problem(
    ground: _Ground, quotas: NDArray[np.object_], opens: NDArray[np.int64], taken: NDArray[np.int64]
) -> Problem:
    """One phase a year in which one of these builds opens; each stands for the years until the next."""
    years = sorted(set(opens.tolist()))
    ends = [*years[1:], _end(ground) + 1]
    where = ground.candidates["district"].to_numpy(dtype=object)
    allowed = np.ones(len(where), dtype=bool)
    allowed[taken] = False
    phases = []
    for year, following in zip(years, ends, strict=True):
        mine = Counter(quotas[opens == year].tolist())
        # Something else may open or close between two of these years: the people left out are those of each year.
        span = range(year, following)
        left = np.mean([_left_out(ground, y, taken) for y in span], axis=0)
        phases.append(
            Phase(
                year=year,
                count=sum(mine.values()),
                quotas={name: count for name, count in sorted(mine.items()) if name},
                weights=left,
                span=len(span),
            )
        )
    return Problem(
        model="maximal_covering",
        costs=ground.within,
        weights=ground.persons,
        threshold=float(np.float32(ground.limit)),
        groups=where,
        allowed=allowed,
        phases=tuple(phases),
    )


def _end(ground: _Ground) -> int:
    """Last year of the plan, all builds of the service counted."""
    return int(ground.scene.opens.max(initial=ground.scene.baseline_year))


def _left_out(ground: _Ground, year: int, taken: NDArray[np.int64]) -> NDArray[np.float64]:
    """(C,) people whom nothing fixed covers at the end of a year; expected ones where stations are drawn."""
    scene = ground.scene
    public = (scene.builds["owner"] != "private").to_numpy()
    beyond = scene.costs(year, public) > np.float32(ground.limit)
    left = beyond.mean(axis=0) * ground.persons
    if len(taken):
        left = np.where(_covered_by(ground, taken), 0.0, left)
    return left


def _covered_by(ground: _Ground, sites: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(C,) cells within the limit of any of some candidates."""
    return np.asarray(ground.covering[:, sites].sum(axis=1) > 0)


def _assigned(
    ground: _Ground,
    answer: Solution,
    quotas: NDArray[np.object_],
    opens: NDArray[np.int64],
    order: NDArray[np.int64],
) -> NDArray[np.int64]:
    """(builds,) the candidate of each build: those with a district first, then those that may stand anywhere."""
    where = ground.candidates["district"].to_numpy(dtype=object)
    placed = np.full(len(quotas), -1, dtype=np.int64)
    for year in sorted(set(opens.tolist())):
        free = answer.sites[answer.opens == year]
        free = free[np.lexsort((free, -ground.covers[free]))].tolist()
        mine = [item for item in order.tolist() if opens[item] == year]
        for item in sorted(mine, key=lambda item: quotas[item] == ""):
            site = next(s for s in free if quotas[item] in ("", where[s]))
            free.remove(site)
            placed[item] = site
    return placed


def _reasons(
    ground: _Ground, placed: NDArray[np.int64], quotas: NDArray[np.object_], taken: NDArray[np.int64]
) -> pd.DataFrame:
    """Why each site: whom it alone covers at the end of the plan, and the next best places for it, all others kept."""
    left = _left_out(ground, _end(ground), taken)
    times = np.asarray(ground.covering[:, placed].sum(axis=1)).astype(int)
    where = ground.candidates["district"].to_numpy(dtype=object)
    xy = _metres(ground)
    apart = ground.bench.standards.siting.same_place.value
    used = cKDTree(xy[placed])
    rows = []
    for site, quota in zip(placed.tolist(), quotas, strict=True):
        mine = ground.cells_of(site)
        own = float(left[mine][times[mine] == 1].sum())
        # Without this build: whom it alone covers is left out again.
        open_again = np.where(times == 0, left, 0.0)
        open_again[mine] = np.where(times[mine] == 1, left[mine], 0.0)
        gain = open_again @ ground.covering
        others = _alternatives(gain, xy, used, apart, (where == quota) if quota else None)
        text = "; ".join(
            f"{ground.candidates['lon'].iloc[k]:.5f} {ground.candidates['lat'].iloc[k]:.5f} {gain[k]:.0f}"
            for k in others
        )
        reason = "covers_most" if round(own) else "nobody_left"
        rows.append((round(ground.covers[site]), round(own), reason, text))
    return pd.DataFrame(rows, columns=["covers", "newly_covered", "reason", "alternatives"])


def _metres(ground: _Ground) -> NDArray[np.float64]:
    to_metres = Transformer.from_crs("EPSG:4326", ground.bench.city.crs, always_xy=True)
    lon, lat = ground.candidates["lon"].to_numpy(), ground.candidates["lat"].to_numpy()
    return np.column_stack(to_metres.transform(lon, lat))


def _alternatives(
    gain: NDArray[np.float64],
    xy: NDArray[np.float64],
    used: cKDTree,
    apart: float,
    inside: NDArray[np.bool_] | None,
) -> list[int]:
    """Next best candidates for a site, away from it, from each other and from every other site of the plan."""
    free = used.query(xy)[0] >= apart
    if inside is not None:
        free &= inside
    found: list[int] = []
    while len(found) < _ALTERNATIVES:
        best = int(np.where(free, gain, -1.0).argmax())
        if not free[best] or gain[best] <= 0:
            break
        found.append(best)
        free &= np.hypot(*(xy - xy[best]).T) >= apart
    return found
