"""OSM files (.osm.pbf, .osm): passes over a file that never hold more of it than is wanted."""

from __future__ import annotations

import contextlib
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium

from geoplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["is_osm_file", "node_places", "reading", "scan"]

_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")
# osmium's set of ids takes 4 MB for each block of 2^25 ids that holds one: 64 blocks a pass keep it at 256 MB, however
# widely the ids of a modern file are spread.
_BLOCK = 1 << 25
_BLOCKS_A_PASS = 64


def is_osm_file(path: Path) -> bool:
    """Tell by its name whether a file holds OSM's own data (nodes, ways, relations)."""
    return str(path).lower().endswith(_ENDINGS)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is read into one line that names it.

    Raises
    ------
    InputError
        If the file is missing, cut short or no OSM file.
    """
    if not Path(path).is_file():
        msg = f"{path}: no such file"
        raise InputError(msg)
    try:
        yield
    except InputError:
        raise
    except (RuntimeError, OSError, ValueError) as error:
        text = (str(error).strip() or type(error).__name__).splitlines()[0]
        cause = "it is cut short or no OSM file" if _is_broken(text) else "it is no OSM file, or damaged"
        msg = f"{path}: cannot be read: {cause} ({text})"
        raise InputError(msg) from error


def scan(path: Path, entities: Any, *filters: Any) -> Iterator[Any]:
    """Yield the objects of a file that pass the filters, one at a time; each is gone when the next comes."""
    processor = osmium.FileProcessor(str(path), entities)
    for item in filters:
        processor = processor.with_filter(item)
    yield from processor


def node_places(
    path: Path, wanted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Read where some nodes lie.

    Parameters
    ----------
    path
        OSM file.
    wanted
        Their numbers, sorted, each once.

    Returns
    -------
    tuple
        Numbers of those that the file holds, sorted, and their longitudes and latitudes in 1e-7 degrees. 16 bytes a node.
    """
    ids, x, y = array("q"), array("i"), array("i")
    for part in _passes(wanted):
        for node in scan(path, osmium.osm.NODE, *part):
            place = node.location
            if place.valid():
                ids.append(node.id)
                x.append(place.x)
                y.append(place.y)
    found = np.frombuffer(ids, dtype=np.int64) if ids else np.zeros(0, dtype=np.int64)
    lon = np.frombuffer(x, dtype=np.int32) if x else np.zeros(0, dtype=np.int32)
    lat = np.frombuffer(y, dtype=np.int32) if y else np.zeros(0, dtype=np.int32)
    order = np.argsort(found, kind="stable")
    return found[order], lon[order], lat[order]


def _passes(wanted: NDArray[np.int64]) -> Iterator[list[Any]]:
    """Yield the filters of each pass; editors number new objects below zero, which no filter takes: all are read then."""
    if not len(wanted):
        return
    if wanted[0] < 0:
        yield []
        return
    blocks = np.unique(wanted // _BLOCK)
    for start in range(0, len(blocks), _BLOCKS_A_PASS):
        first, last = blocks[start], blocks[min(start + _BLOCKS_A_PASS, len(blocks)) - 1]
        part = wanted[np.searchsorted(wanted, first * _BLOCK) : np.searchsorted(wanted, (last + 1) * _BLOCK)]
        yield [osmium.filter.IdFilter(_each(part))]


def _each(ids: NDArray[np.int64], step: int = 100_000) -> Iterable[int]:
    """Plain integers, made a few at a time."""
    for start in range(0, len(ids), step):
        yield from ids[start : start + step].tolist()


def id_filters(ids: NDArray[np.int64]) -> list[Any]:
    """Return filters that let only these objects pass; none where a number is below zero."""
    return [] if len(ids) and ids.min() < 0 else [osmium.filter.IdFilter(_each(ids))]


def _is_broken(text: str) -> bool:
    return any(
        word in text.lower()
        for word in ("truncated", "eof", "unexpected end", "no element", "not well-formed")
    )
