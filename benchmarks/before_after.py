"""Before and after every build of all four services, in every year: what it costs once the network is open.

    python benchmarks/before_after.py [--city almaty] [--repeats 3]

Measured: coverage.csv and effects.csv of each service as `geoplan run` makes them, and the cells that each build changes
on the map. Given are the costs from every place to every cell ("opening") and the seeded draws of the ranges ("draws");
their time is shown beside it. Every build's people before and after are recomputed from the costs of the whole city; a
difference stops the run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from geoplan.access import covered
from geoplan.city import open_city
from geoplan.scenario.bench import bench_of
from geoplan.scenario.coverage import coverage_table
from geoplan.scenario.effects import effects_table
from geoplan.scenario.opening import open_scene, own_draws
from geoplan.scenario.ranges import draw_ranges
from geoplan.scenario.states import States
from geoplan.scenario.views import classes, typical_costs
from geoplan.standards import load_standards

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geoplan.scenario.bench import Bench
    from geoplan.scenario.scene import Scene
    from geoplan.standards import Service


def main() -> None:
    """Run every service and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", default="almaty")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    city = open_city(given.city)
    standards = load_standards()
    bench = bench_of(city, standards)
    print(
        f"{given.city}: {len(bench.demand.cells):,} cells; seconds, medians of {given.repeats} for before/after\n"
    )
    print(
        f"{'service':13} {'builds':>6} {'years':>5} {'opening':>8} {'draws':>7} {'before/after':>13} {'processor':>10}"
    )
    total = processor = 0.0
    for service in standards.services.values():
        started = time.perf_counter()
        scene, _ = open_scene(bench, service, city.builds)
        private = (scene.builds["owner"] == "private").to_numpy()
        scopes = {"": ~private} | ({"+private": np.ones(len(private), dtype=bool)} if private.any() else {})
        opened = time.perf_counter()
        picks, drawn = own_draws(bench, service, scene)
        ranges = {
            suffix: draw_ranges(
                scene, active=active, rows=bench.candidate_rows(service), picks=picks, drawn=drawn,
                readings=service.readings, headline=service.headline_reading, demand=bench.demand,
            )
            for suffix, active in scopes.items()
        }  # fmt: skip
        draws = time.perf_counter()
        wall, used = [], []
        for _ in range(given.repeats):
            start, cpu = time.perf_counter(), time.process_time()
            for kept in (scene._standing, scene._built, scene._straight, scene._in_order):  # noqa: SLF001
                kept.clear()
            states = States(scene, service, bench.demand)
            coverage_table(scene, service, bench, scopes=scopes, ranges=ranges, states=states)
            effects, _, _ = effects_table(scene, service, bench, scopes=scopes, ranges=ranges, states=states)
            _, costs = typical_costs(scene, scopes=scopes)
            for cost in costs.values():
                classes(cost, service)
            wall.append(time.perf_counter() - start)
            used.append(time.process_time() - cpu)
        check(scene, service, bench, scopes, effects)
        years = len(scene.moments(np.logical_or.reduce(list(scopes.values()))))
        took, cpu = statistics.median(wall), statistics.median(used)
        total, processor = total + took, processor + cpu
        print(
            f"{service.name:13} {len(scene.builds):6} {years:5} {opened - started:8.2f} {draws - opened:7.2f} "
            f"{took:13.2f} {cpu:10.2f}"
        )
    print(f"{'all':13} {'':6} {'':5} {'':8} {'':7} {total:13.2f} {processor:10.2f}")


def check(
    scene: Scene, service: Service, bench: Bench, scopes: dict[str, NDArray[np.bool_]], effects: pd.DataFrame
) -> None:
    """Recompute each build from whole costs; stop if a figure differs."""
    limit = service.headline_reading.limit
    found = effects.set_index("build_id")
    for build, row in scene.builds.iterrows():
        active = scopes["+private" if row["owner"] == "private" else ""]
        year = int(scene.opens[build])
        earlier = active & (scene.opens < year)
        this = earlier.copy()
        this[build] |= scene.everywhere[build]
        for name, state in (("covered_before", earlier), ("covered_after", this)):
            people = np.median(covered(scene.costs(year, state), limit, bench.demand)[:, -1])
            if round(float(people)) != found.loc[row["build_id"], name]:
                sys.exit(
                    f"{row['build_id']}: {name} is {found.loc[row['build_id'], name]}, recomputed {people}"
                )


if __name__ == "__main__":
    main()
