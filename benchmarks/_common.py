"""What the benchmarks share: points on junctions, a tiled city, and medians of engines whose results are equal."""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geoplan.city import open_city
from geoplan.network import Network, Snap
from geoplan.scenario.bench import network_of
from geoplan.standards import load_standards

if TYPE_CHECKING:
    from numpy.typing import NDArray

Engine = "Callable[[], NDArray[np.float64]]"


@dataclass(frozen=True)
class Row:
    """One engine: median seconds, and the median over runs of its time as a multiple of the first engine's in that run."""

    name: str
    seconds: float
    of_first: float


def drive_network(city: str) -> Network:
    """The city's streets by car in free flow."""
    return network_of(open_city(city), "drive", load_standards())


def tiled(network: Network, times: int) -> Network:
    """The network `times` times over, each copy joined to the one before by a street both ways at five junctions."""
    if times == 1:
        return replace(network)  # nothing kept from before
    used = np.unique(np.concatenate([network.u, network.v]))
    gates = used[np.linspace(0, len(used) - 1, 5).astype(int)]
    shift = np.arange(times)[:, None] * network.n_nodes
    links = 5 * (times - 1)
    repeat = {
        name: np.concatenate([np.tile(getattr(network, name), times), np.full(links, value)])
        for name, value in (("cost", 60.0), ("length", 500.0), ("back", True))
    }
    join = [(gates + shift[:-1]).ravel(), (gates + shift[1:]).ravel()]
    return replace(
        network,
        n_nodes=network.n_nodes * times,
        u=np.concatenate([(network.u + shift).ravel(), join[0]]),
        v=np.concatenate([(network.v + shift).ravel(), join[1]]),
        lines=np.concatenate([np.tile(network.lines, times), network.lines[:1].repeat(links)]),
        **repeat,
    )


def on_nodes(network: Network, nodes: NDArray[np.int64]) -> Snap:
    """Points exactly on nodes: at the start or the end of a segment."""
    segment, fraction = np.full(network.n_nodes, -1), np.zeros(network.n_nodes)
    for ends, share in ((network.v, 1.0), (network.u, 0.0)):
        segment[ends] = np.arange(len(ends))
        fraction[ends] = share
    return Snap(segment=segment[nodes], fraction=fraction[nodes], off_m=np.zeros(len(nodes)))


def compare(engines: dict[str, Engine], *, repeats: int, within: float = 0.01) -> list[Row]:
    """Run engines in turn, `repeats` times; stops if a result differs from the first by more than `within` seconds."""
    results = {name: engine() for name, engine in engines.items()}
    (first, expected), *others = results.items()
    for name, found in others:
        same = np.isfinite(expected) == np.isfinite(found)
        off = np.abs(expected - found)[np.isfinite(expected) & np.isfinite(found)].max(initial=0.0)
        if not same.all() or off > within:
            sys.exit(
                f"{name} differs from {first}: {(~same).sum()} reached differently, by {off:g} s at most"
            )
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name, engine in engines.items():
            start = time.perf_counter()
            engine()
            seconds[name].append(time.perf_counter() - start)
    return [
        Row(
            name,
            statistics.median(values),
            statistics.median(a / b for a, b in zip(values, seconds[first], strict=True)),
        )
        for name, values in seconds.items()
    ]


def show(title: str, table: list[Row], *, within: float = 0.01) -> None:
    """Print medians, and each as a multiple of the first."""
    print(f"\n{title}; results equal to {within:g} s\n{'ms':>10}  {'of first':>8}")
    for row in table:
        print(f"{row.seconds * 1000:10.1f}  {row.of_first:7.2f}x  {row.name}")


def slope(sizes: list[int], seconds: list[float]) -> float:
    """Exponent b of seconds = a * size^b, by least squares on logarithms: 1 is linear."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
