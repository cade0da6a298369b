"""Nearest of 50 facilities from every node of a city's drive graph: geoplan, raw scipy and networkx, in one run.

    python benchmarks/nearest.py [--city almaty] [--facilities 50] [--repeats 31]

Prints medians as a table. Every result is compared with the first before a time is shown; a difference stops the run.
Not imported by the package.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from scipy.sparse.csgraph import dijkstra

from geoplan.city import open_city
from geoplan.network import Network, Snap, build_network, nearest, to_networkx
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Costs = "NDArray[np.float64]"


def main() -> None:
    """Run the comparisons and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", default="almaty")
    parser.add_argument("--facilities", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=31)
    given = parser.parse_args()
    city = open_city(given.city)
    network = build_network(city.streets, "drive", standards=load_standards(), crs=city.crs)
    used = np.unique(np.concatenate([network.u, network.v]))
    rng = np.random.default_rng(1)
    seeds = np.sort(rng.choice(used, given.facilities, replace=False))
    points, facilities = on_nodes(network, used), on_nodes(network, seeds)
    graph, arcs = to_networkx(network), network.arcs
    print(f"{given.city}, drive: {len(used):,} nodes, {arcs.nnz:,} arcs; {given.facilities} facilities")

    def ours() -> Costs:
        return nearest(network, facilities, points, direction="from_facility")[0]

    def raw() -> Costs:
        return dijkstra(arcs, directed=True, indices=seeds, min_only=True)[used]

    def raw_with_which() -> Costs:
        cost, _, _ = dijkstra(arcs, directed=True, indices=seeds, min_only=True, return_predecessors=True)
        return cost[used]

    def by_networkx() -> Costs:
        found = nx.multi_source_dijkstra_path_length(graph, set(seeds.tolist()), weight="travel_time")
        return np.array([found.get(node, np.inf) for node in used.tolist()])

    table = compare(
        {
            "geoplan.network.nearest (cost and which)": ours,
            "scipy dijkstra min_only (cost, graph given)": raw,
            "scipy dijkstra min_only with sources (cost and which, graph given)": raw_with_which,
            "networkx multi_source_dijkstra_path_length (cost, graph given)": by_networkx,
        },
        repeats=given.repeats,
    )
    show("nearest of all facilities from every node", table)

    before = nearest(network, on_nodes(network, seeds[:-1]), points, direction="from_facility")[0]
    one = on_nodes(network, seeds[-1:])

    def added() -> Costs:
        # beyond the largest cost so far nothing can change
        extra, _ = nearest(network, one, points, direction="from_facility", limit=float(before.max()))
        return np.minimum(before, extra)

    table = compare(
        {"full recompute": ours, "the added facility alone, then the smaller": added}, repeats=given.repeats
    )
    show("adding one facility to the others", table)


def on_nodes(network: Network, nodes: NDArray[np.int64]) -> Snap:
    """Points exactly on nodes: at the start or the end of a segment."""
    segment, fraction = np.full(network.n_nodes, -1), np.zeros(network.n_nodes)
    for ends, share in ((network.v, 1.0), (network.u, 0.0)):
        segment[ends] = np.arange(len(ends))
        fraction[ends] = share
    return Snap(segment=segment[nodes], fraction=fraction[nodes], off_m=np.zeros(len(nodes)))


def compare(engines: dict[str, Callable[[], Costs]], *, repeats: int) -> list[tuple[str, float]]:
    """Median seconds of each engine, runs interleaved; stops if two engines differ by more than a hundredth of a second."""
    results = {name: engine() for name, engine in engines.items()}
    (first, expected), *others = results.items()
    for name, found in others:
        same = np.isfinite(expected) == np.isfinite(found)
        off = np.abs(expected - found)[np.isfinite(expected) & np.isfinite(found)].max(initial=0.0)
        if not same.all() or off > 0.01:
            sys.exit(
                f"{name} differs from {first}: {(~same).sum()} reached differently, largest difference {off:g} s"
            )
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine()
            seconds[name].append(time.perf_counter() - start)
    return [(name, statistics.median(values)) for name, values in seconds.items()]


def show(title: str, table: list[tuple[str, float]]) -> None:
    """Print medians, and each as a multiple of the first."""
    base = table[0][1]
    print(f"\n{title}; results equal to 0.01 s\n{'ms':>10}  {'of first':>8}")
    for name, seconds in table:
        print(f"{seconds * 1000:10.1f}  {seconds / base:7.2f}x  {name}")


if __name__ == "__main__":
    main()
