"""Siting: geoplan against spopt with its default solver (pulp's CBC), and the Almaty problem, in one run.

    python benchmarks/siting.py [--city almaty] [--skip-spopt]

spopt comes with the `bench` extra; where it is missing, that is said and the rest runs. Optima are compared before a time is
shown; a difference stops the run. Not imported by the package.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import cost_rows
from geoplan.city import open_city
from geoplan.scenario.bench import bench_of
from geoplan.scenario.sites import existing_sites
from geoplan.siting import Limits, Problem, Solution, solve, street_corners

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPACING = 360  # metres between candidate corners: more than 1,500 of them in Almaty


def main() -> None:
    """Run the comparisons and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", default="almaty")
    parser.add_argument("--skip-spopt", action="store_true")
    given = parser.parse_args()
    peer = not given.skip_spopt and importlib.util.find_spec("spopt") is not None
    if not peer:
        print("spopt is left out: not asked for, or not installed (pip install '.[bench]')")
    costs, weights = scattered(5000, 200)
    covering = Problem(model="maximal_covering", costs=costs, weights=weights, count=10, threshold=0.15)
    near, whole = solve(covering, Limits(gap=0.01)), solve(covering)
    show("maximal covering 5,000 x 200 x 10, within 1 %", near)
    show("maximal covering 5,000 x 200 x 10, to the end", whole)
    if peer:
        against_spopt(costs, weights, near, whole)
    costs, weights = scattered(1000, 100)
    median = Problem(model="p_median", costs=costs, weights=weights, count=10)
    near, whole = solve(median, Limits(gap=0.001)), solve(median)
    show("p-median 1,000 x 100 x 10, within 0.1 %", near)
    show("p-median 1,000 x 100 x 10, to the end", whole)
    print(f"    off the optimum by {near.objective / whole.objective - 1:.4%}")
    whole_city(given.city)


def scattered(points: int, places: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and candidates evenly at random in a unit square, 1 to 99 people each."""
    rng = np.random.default_rng(1)
    at, sites = rng.random((points, 2)), rng.random((places, 2))
    weights = rng.integers(1, 100, points).astype(float)
    return np.hypot(*(at[:, None] - sites[None]).transpose(2, 0, 1)), weights


def against_spopt(
    costs: NDArray[np.float64], weights: NDArray[np.float64], near: Solution, whole: Solution
) -> None:
    """The same maximal covering by spopt, CBC with the same gap: building the model and solving it."""
    import pulp
    from spopt.locate import MCLP

    for name, ours, gap in (("within 1 %", near, 0.01), ("to the end", whole, None)):
        started = time.perf_counter()
        model = MCLP.from_cost_matrix(costs, weights, 0.15, p_facilities=10)
        built = time.perf_counter()
        model = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=gap))
        ended = time.perf_counter()
        best = pulp.value(model.problem.objective)
        total, alone = (ended - started) / ours.seconds, (ended - built) / ours.seconds
        print(
            f"spopt {name}: {best:,.0f}; built in {built - started:.2f} s, solved in {ended - built:.2f} s: "
            f"{total:.0f} times ours, solving alone {alone:.0f} times"
        )
        if gap is None and abs(best - whole.objective) > 1e-6 * best:
            sys.exit(f"spopt's optimum {best} differs from ours {whole.objective}")


def whole_city(name: str) -> None:
    """18 ambulance substations among street corners, every populated cell, placed stations kept."""
    city = open_city(name)
    bench = bench_of(city)
    service = bench.standards.service("ambulance")
    limit, reach = service.headline_reading.limit, bench.reach(service)
    corners = street_corners(reach.network, city.cells, city.districts, spacing=SPACING, built_up=100)
    started = time.perf_counter()
    table = cost_rows(reach, corners["lon"], corners["lat"], limit=limit).sparse
    matrix = time.perf_counter() - started
    stations = existing_sites(city.facilities, "ambulance", drawn=True)
    stations = stations[stations["placed"]]
    standing, _ = reach.nearest(stations["lon"], stations["lat"])
    assert table is not None
    plan = solve(
        Problem(
            model="maximal_covering",
            costs=table.T.tocsr(),
            weights=city.cells["persons"].to_numpy(),
            count=18,
            threshold=limit,
            existing=np.asarray(standing),
        ),
        Limits(gap=0.01, threads=2),
    )
    show(
        f"{name}: {len(city.cells):,} cells x {len(corners):,} corners x 18 substations, {len(stations)} kept",
        plan,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"    cost matrix {matrix:.1f} s; peak of the whole run {peak:.2f} GB")


def show(title: str, plan: Solution) -> None:
    """One line."""
    print(
        f"{title}: {plan.objective:,.2f}, bound {plan.bound:,.2f}, gap {plan.gap:.3%}, {plan.status}, "
        f"{plan.seconds:.2f} s, {plan.nodes} nodes",
        flush=True,
    )


if __name__ == "__main__":
    main()
