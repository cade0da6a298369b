"""Travel times on a city's drive graph: geoplan beside scipy, networkx, igraph and pandana, in one run.

    python benchmarks/travel.py [--city almaty] [--repeats 15] [--sizes 1,2,4,8]

Prints medians. Every result is compared with the first before a time is shown; a difference stops the run. igraph (GPL) and
pandana (AGPL) are installed by `make bench` only; the package never imports them, nor this file.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from _common import Engine, compare, drive_network, on_nodes, show, slope, tiled
from scipy.sparse.csgraph import dijkstra

from geoplan.network import Network, nearest, rows, standing, to_networkx

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Costs = NDArray[np.float64]

FACILITIES, ORIGINS, DESTINATIONS = 50, 500, 5000


def main() -> None:
    """Run the comparisons and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", default="almaty")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--sizes", default="1,2,4,8")
    given = parser.parse_args()
    network = drive_network(given.city)
    used = np.unique(np.concatenate([network.u, network.v]))
    print(f"{given.city}, drive: {len(used):,} nodes, {network.arcs.nnz:,} arcs")
    nearest_of_all(network, used, given.repeats)
    matrix(network, used, max(3, given.repeats // 5))
    one_more_or_less(network, used, given.repeats)
    against_size(network, [int(size) for size in given.sizes.split(",")], max(3, given.repeats // 5))


def nearest_of_all(network: Network, used: NDArray[np.int64], repeats: int) -> None:
    """Cost from the nearest of 50 facilities to every node."""
    seeds = np.sort(np.random.default_rng(1).choice(used, FACILITIES, replace=False))
    points, facilities = on_nodes(network, used), on_nodes(network, seeds)
    graph, arcs = to_networkx(network), network.arcs

    def by_networkx() -> Costs:
        found = nx.multi_source_dijkstra_path_length(graph, set(seeds.tolist()), weight="travel_time")
        return np.array([found.get(node, np.inf) for node in used.tolist()])

    def raw_with_which() -> Costs:
        return dijkstra(arcs, directed=True, indices=seeds, min_only=True, return_predecessors=True)[0][used]

    engines: dict[str, Engine] = {
        "scipy dijkstra min_only (cost)": lambda: dijkstra(arcs, directed=True, indices=seeds, min_only=True)[
            used
        ],
        "scipy dijkstra min_only with sources (cost and which)": raw_with_which,
        "geoplan nearest (cost and which)": lambda: nearest(
            network, facilities, points, direction="from_facility"
        )[0],
        "networkx multi_source_dijkstra_path_length (cost)": by_networkx,
        "igraph distances, least of all rows (cost)": _igraph(network, seeds, used, least=True),
    }
    show(f"nearest of {FACILITIES} facilities from every node", compare(engines, repeats=repeats))
    pandana_nearest(network, seeds, used, repeats)


def pandana_nearest(
    network: Network, seeds: NDArray[np.int64], used: NDArray[np.int64], repeats: int
) -> None:
    """The same towards the facilities by pandana, whose costs are single precision."""
    import pandana
    import pandas as pd

    coo = network.arcs.tocoo()
    edges = pd.DataFrame({"from": coo.row, "to": coo.col, "cost": coo.data})
    place = pd.Series(np.arange(network.n_nodes, dtype=float))
    start = time.perf_counter()
    net = pandana.Network(place, place, edges["from"], edges["to"], edges[["cost"]], twoway=False)
    limit = 7200.0
    net.set_pois("all", limit, 1, seeds.astype(float), seeds.astype(float))
    built = time.perf_counter() - start
    points, facilities = on_nodes(network, used), on_nodes(network, seeds)

    def by_pandana() -> Costs:
        found = net.nearest_pois(limit, "all", num_pois=1)[1].to_numpy(dtype=float)[used]
        return np.where(found >= limit, np.inf, found)

    engines: dict[str, Engine] = {
        "geoplan nearest (cost and which)": lambda: nearest(
            network, facilities, points, direction="to_facility"
        )[0],
        "pandana nearest_pois (cost)": by_pandana,
    }
    table = compare(engines, repeats=repeats, within=0.1)
    show(f"the same towards the facilities (pandana took {built:.1f} s to prepare)", table, within=0.1)


def matrix(network: Network, used: NDArray[np.int64], repeats: int) -> None:
    """500 x 5,000 costs."""
    rng = np.random.default_rng(2)
    starts, ends = (rng.choice(used, size, replace=False) for size in (ORIGINS, DESTINATIONS))
    origins, destinations = on_nodes(network, starts), on_nodes(network, ends)
    arcs = network.arcs
    start = time.perf_counter()
    _ = network.hierarchy
    built = time.perf_counter() - start
    engines: dict[str, Engine] = {
        "scipy dijkstra": lambda: dijkstra(arcs, directed=True, indices=starts)[:, ends],
        "geoplan rows": lambda: np.vstack(
            [cost for _, cost in rows(network, origins, destinations, direction="from_facility")]
        ),
        "igraph distances": _igraph(network, starts, ends, least=False),
    }
    table = compare(engines, repeats=repeats)
    show(f"matrix {ORIGINS} x {DESTINATIONS:,} (hierarchy made once before, {built:.2f} s)", table)
    print(
        f"geoplan with its hierarchy made anew: {(table[1].seconds + built) / table[0].seconds:.2f}x of scipy"
    )


def one_more_or_less(network: Network, used: NDArray[np.int64], repeats: int) -> None:
    """One facility added to 49 and taken from 50: each kind of change over ten facilities, in turn."""
    seeds = np.sort(np.random.default_rng(1).choice(used, FACILITIES, replace=False))
    points, all_of_them = on_nodes(network, used), on_nodes(network, seeds)
    every = np.arange(FACILITIES)
    chosen = every[::5]
    full = standing(network, all_of_them, points, direction="from_facility")
    without = [full.removed([i]) for i in chosen.tolist()]

    def recomputed(kept: list[NDArray[np.int64]]) -> Costs:
        return np.concatenate(
            [nearest(network, all_of_them.take(k), points, direction="from_facility")[0] for k in kept]
        )

    engines: dict[str, Engine] = {
        "recompute with it, ten times": lambda: recomputed([every] * len(chosen)),
        "add it, ten times": lambda: np.concatenate(
            [s.added(all_of_them.take(chosen[[i]])).cost for i, s in enumerate(without)]
        ),
    }
    show("one facility more", compare(engines, repeats=repeats, within=0.0), within=0.0)
    engines = {
        "recompute without it, ten times": lambda: recomputed([np.delete(every, i) for i in chosen]),
        "remove it, ten times": lambda: np.concatenate([full.removed([i]).cost for i in chosen.tolist()]),
    }
    show("one facility less", compare(engines, repeats=repeats, within=0.0), within=0.0)


def against_size(network: Network, sizes: list[int], repeats: int) -> None:
    """The same queries on the city tiled several times over, the sizes in turn, so that a busy moment meets all of them."""
    cities = [_Sized(tiled(network, size)) for size in sizes]
    names = list(cities[0].tasks)
    runs: list[dict[str, list[float]]] = [{name: [] for name in names} for _ in cities]
    for _ in range(repeats):
        for name in names:
            for city, taken in zip(cities, runs, strict=True):
                start = time.perf_counter()
                city.tasks[name]()
                taken[name].append(time.perf_counter() - start)
    times = [[float(np.median(taken[name])) for name in names] for taken in runs]
    print(f"\ncost against size, ms, medians of {repeats}")
    print(f"{'tiles':>6}{'nodes':>10}{'arcs':>10}" + "".join(f"{name:>16}" for name in names))
    for size, city, row in zip(sizes, cities, times, strict=True):
        print(f"{size:6}{city.nodes:10,}{city.arcs:10,}" + "".join(f"{t * 1000:16.1f}" for t in row))
    if len(sizes) > 1:
        slopes = [slope([city.nodes for city in cities], list(column)) for column in zip(*times, strict=True)]
        print(f"{'slope':>6}{'':20}" + "".join(f"{b:16.2f}" for b in slopes))
        print("slope: exponent of the nodes by which the time grows; 1 is linear")


class _Sized:
    """A tiled city and the queries put to it, everything they lean on made before."""

    def __init__(self, large: Network) -> None:
        used = np.unique(np.concatenate([large.u, large.v]))
        rng = np.random.default_rng(3)
        points = on_nodes(large, used)
        facilities, one = (on_nodes(large, rng.choice(used, n, replace=False)) for n in (FACILITIES, 1))
        origins, destinations = (
            on_nodes(large, rng.choice(used, n, replace=False)) for n in (ORIGINS, DESTINATIONS)
        )
        now = standing(large, facilities, points, direction="from_facility")
        _ = large.fan("from_facility"), large.hierarchy
        self.nodes, self.arcs = len(used), large.arcs.nnz

        def hierarchy() -> None:
            _ = replace(large).hierarchy  # nothing kept from before

        self.tasks: dict[str, Callable[[], object]] = {
            "hierarchy": hierarchy,
            "nearest of 50": lambda: nearest(large, facilities, points, direction="from_facility"),
            "500 x 5,000": lambda: list(rows(large, origins, destinations, direction="from_facility")),
            "one more": lambda: now.added(one),
        }


def _igraph(network: Network, starts: NDArray[np.int64], ends: NDArray[np.int64], *, least: bool) -> Engine:
    """Igraph from every start to every end, or the least over the starts."""
    import igraph

    coo = network.arcs.tocoo()
    graph = igraph.Graph(n=network.n_nodes, edges=np.column_stack([coo.row, coo.col]), directed=True)
    weights, source, target = coo.data.tolist(), starts.tolist(), ends.tolist()

    def run() -> Costs:
        table = np.asarray(graph.distances(source=source, target=target, weights=weights))
        return table.min(axis=0) if least else table

    return run


if __name__ == "__main__":
    main()
