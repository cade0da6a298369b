"""A large PBF against memory: one city's streets and features out of a file of 300 MB.

The 2012 extract of Almaty is repeated on a raster until the file has the size asked for, with the numbers of its nodes
spread over the range that OSM's have today. Almaty's own copy keeps its place. Each reading runs in a process of its own,
of which the peak of memory is taken (the figure of /usr/bin/time -v); what it gives must equal what the small file gives.

    python benchmarks/large_pbf.py [--megabytes 300] [--keep FILE]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import osmium

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT.parent / "shared" / "sources"
SMALL = SOURCES / "roads" / "osm_2012-03_almaty.osm.pbf"
STEP = 1.0
COLUMNS = 40
# How far the numbers of two copies lie apart.
STRIDE = {"n": 20_000_000, "w": 2_000_000, "r": 30_000}
# What a copy adds to a PBF.
COPY_MB = 0.51


def tile(number: int) -> tuple[float, float]:
    """Shift of a copy in degrees: the first stays where it is, the others lie around it."""
    return (number % COLUMNS) * STEP, -(number // COLUMNS) * STEP


def tagged(tags: dict[str, str]) -> str:
    """Tags as OPL writes them (https://osmcode.org/opl-file-format)."""
    return "T" + ",".join(f"{escaped(key)}={escaped(value)}" for key, value in tags.items())


def escaped(text: str) -> str:
    """Letters and digits as they are, anything else by its number."""
    return "".join(letter if letter.isalnum() else f"%{ord(letter):x}%" for letter in text)


class Small:
    """The small file, numbered anew from 1, and written again and again."""

    def __init__(self) -> None:
        self.nodes: list[tuple[int, float, float, str]] = []
        self.ways: list[tuple[int, list[int], str]] = []
        self.relations: list[tuple[int, list[tuple[str, int, str]], str]] = []
        for item in osmium.FileProcessor(str(SMALL)):
            if item.is_node():
                self.nodes.append((item.id, item.location.lon, item.location.lat, tagged(dict(item.tags))))
            elif item.is_way():
                self.ways.append((item.id, [node.ref for node in item.nodes], tagged(dict(item.tags))))
            elif item.is_relation():
                members = [(part.type, part.ref, escaped(part.role)) for part in item.members]
                self.relations.append((item.id, members, tagged(dict(item.tags))))
        self.rank = {
            kind: {number: place + 1 for place, number in enumerate(sorted(row[0] for row in rows))}
            for kind, rows in (("n", self.nodes), ("w", self.ways), ("r", self.relations))
        }
        # nodes that the file lacks keep lacking, under numbers that nothing bears
        missing = count(5_000_000)
        for _, refs, _ in self.ways:
            for ref in refs:
                self.rank["n"].setdefault(ref, next(missing))

    def lines(self, copies: int) -> Iterator[str]:
        """Lines of OPL, a copy's nodes (ways, relations) in one string."""
        rank = self.rank
        for copy in range(copies):
            (east, south), first = tile(copy), copy * STRIDE["n"]
            yield "".join(
                f"n{first + rank['n'][number]} v1 x{lon + east:.7f} y{lat + south:.7f} {tags}\n"
                for number, lon, lat, tags in self.nodes
            )
        for copy in range(copies):
            first, node = copy * STRIDE["w"], copy * STRIDE["n"]
            yield "".join(
                f"w{first + rank['w'][number]} v1 {tags} N"
                + ",".join([f"n{node + rank['n'][ref]}" for ref in refs])
                + "\n"
                for number, refs, tags in self.ways
            )
        for copy in range(copies):
            for number, members, tags in self.relations:
                moved = ",".join(
                    f"{kind}{copy * STRIDE[kind] + rank[kind][ref]}@{role}"
                    for kind, ref, role in members
                    if ref in rank[kind]
                )
                yield f"r{copy * STRIDE['r'] + rank['r'][number]} v1 {tags} M{moved}\n"


def make(path: Path, copies: int) -> None:
    """Write the large file."""
    text = path.with_suffix(".opl")
    with text.open("w", encoding="utf-8") as handle:
        handle.writelines(Small().lines(copies))
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        osmium.apply(str(text), writer)
    text.unlink()


def read(path: Path, what: str) -> str:
    """Read one thing of a file; return a fingerprint of what came."""
    import pandas as pd

    from geoplan.layers.districts import read_districts
    from geoplan.layers.osm import osm_features
    from geoplan.layers.streets import read_streets

    districts, _ = read_districts(SOURCES)
    if what == "streets":
        streets, turns, _ = read_streets(path, districts=districts)
        frames = [pd.DataFrame(streets.to_wkb()), turns]
    else:
        tables = osm_features(path, area=tuple(districts.total_bounds))
        frames = [pd.DataFrame(table.drop(columns="osm_id").to_wkb()) for table in tables.values()]
    rows = [str(len(frame)) for frame in frames]
    sums = [int(pd.util.hash_pandas_object(frame, index=False).sum()) for frame in frames]
    return f"{'+'.join(rows)} rows, {sum(sums) % 2**64:016x}"


def measured(path: Path, what: str) -> tuple[float, float, str]:
    """Read in a process of its own; return seconds, the peak of memory in MB and the fingerprint."""
    start = time.perf_counter()
    code = [sys.executable, __file__, "--read", what, str(path)]
    done = subprocess.run(code, check=True, capture_output=True, text=True)
    told, peak = done.stdout.strip().rsplit("|", 1)
    return time.perf_counter() - start, float(peak) / 1000, told


def main() -> None:
    """Make the file, read it, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=300.0)
    parser.add_argument(
        "--keep", type=Path, help="keep the large file here, or take it from here if it is there"
    )
    parser.add_argument("--read", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.read:
        print(
            read(Path(told.read[1]), told.read[0]),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            sep="|",
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        path = told.keep or Path(folder) / "large.osm.pbf"
        if not path.is_file():
            start = time.perf_counter()
            copies = max(1, round(told.megabytes / COPY_MB))
            make(path, copies)
            print(f"{copies} copies written in {time.perf_counter() - start:.0f} s")
        print(f"{path.stat().st_size / 1e6:.1f} MB")
        for what in ("streets", "features"):
            _, _, small = measured(SMALL, what)
            seconds, peak, large = measured(path, what)
            same = (
                "equal to the small file's" if small == large else f"NOT what the small file gives: {small}"
            )
            print(f"{what}: {seconds:.0f} s, peak {peak:.0f} MB; {large}, {same}")
            if small != large:
                sys.exit(1)


if __name__ == "__main__":
    main()
