"""Streets from tables: Geofabrik's shapefiles and GeoPackages, or any vector file with the same columns."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import shapely

from geoplan.errors import InputError
from geoplan.layers.osm.ways import DRIVE, SAMPLE, STEPLESS, WALK, Ways, of_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["read_table_ways"]

_COLUMNS = ("fclass", "name", "oneway", "maxspeed", "bridge", "tunnel")


def read_table_ways(path: Path, area: tuple[float, float, float, float] | None) -> Ways:
    """Read the streets of a table in Geofabrik's layout.

    Parameters
    ----------
    path
        A vector file, or a zip of shapefiles. Of several layers the one with the columns of roads is taken.
    area
        West, south, east, north in degrees: only ways that touch this box are read. None reads all. Where none does, the
        first thousand are taken, so that the caller can say where they are.

    Returns
    -------
    Ways
        Joined where they share a vertex, since the layout keeps no node numbers.

    Raises
    ------
    InputError
        If the file is missing, unreadable, without its .dbf, without a column or without a coordinate system.

    Notes
    -----
    https://download.geofabrik.de/osm-data-in-gis-formats-free.pdf: oneway F (along the line), T (against it), B (both).
    """
    source = _read(path, area)
    ways = source.explode(ignore_index=True)
    parts = int((shapely.get_num_geometries(source.geometry.to_numpy()) > 1).sum())
    cut = f"{len(source)} ways read; {parts} cut at the extract's edge are taken in their parts"
    return _prepare(ways, [cut])


def _read(path: Path, area: tuple[float, float, float, float] | None) -> gpd.GeoDataFrame:
    path = Path(path)
    if not path.exists():
        msg = f"{path}: source file is missing"
        raise InputError(msg)
    _need_dbf(path)
    try:
        layer = _roads_layer(path)
        box = None if area is None else _in_crs_of(path, layer, area)
        frame = _read_layer(path, layer, box)
        if box is not None and frame.empty:
            frame = _read_layer(path, layer, None)[:SAMPLE]
    except InputError:
        raise
    except Exception as error:  # the drivers raise many kinds
        msg = f"{path}: cannot be read: {(str(error).strip() or type(error).__name__).splitlines()[0]}"
        raise InputError(msg) from error
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        msg = f"{path}: column missing: {', '.join(missing)} (streets in a table need Geofabrik's columns)"
        raise InputError(msg)
    if frame.crs is None:
        msg = f"{path}: has no coordinate reference system"
        raise InputError(msg)
    lines = frame.geometry.geom_type.isin(["LineString", "MultiLineString"]).to_numpy()
    if not lines.any() and len(frame):
        msg = f"{path}: holds no lines"
        raise InputError(msg)
    frame = frame[lines].to_crs("EPSG:4326")
    frame.geometry = shapely.force_2d(frame.geometry.to_numpy())
    return frame


def _read_layer(
    path: Path, layer: str | None, box: tuple[float, float, float, float] | None
) -> gpd.GeoDataFrame:
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return gpd.read_parquet(path)
    return gpd.read_file(path, layer=layer, bbox=box)


def _roads_layer(path: Path) -> str | None:
    """Of several layers the one whose columns are those of roads; None where the file has one."""
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return None
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if len(names) <= 1:
        return None
    fitting = [name for name in names if set(_COLUMNS) <= set(pyogrio.read_info(path, layer=name)["fields"])]
    if len(fitting) != 1:
        told = "several layers" if fitting else f"no layer of {len(names)}"
        verb = "have" if fitting else "has"
        msg = f"{path}: {told} {verb} the columns of streets: {', '.join(_COLUMNS)}"
        raise InputError(msg)
    return fitting[0]


def _in_crs_of(
    path: Path, layer: str | None, area: tuple[float, float, float, float]
) -> tuple[float, float, float, float] | None:
    """Return the box in the file's own coordinates, as its driver wants it; None where it has none."""
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        return None
    crs = pyogrio.read_info(path, layer=layer)["crs"]
    if crs is None:
        return None
    west, south, east, north = gpd.GeoSeries([shapely.box(*area)], crs="EPSG:4326").to_crs(crs).total_bounds
    return float(west), float(south), float(east), float(north)


def _need_dbf(path: Path) -> None:
    """A shapefile without its .dbf would be read as lines that nothing is known of."""
    if path.suffix.lower() == ".shp":
        names: Iterable[str] = [item.name for item in path.parent.iterdir()]
        _pair(path, names)
    elif path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _pair(path, archive.namelist())


def _pair(path: Path, names: Iterable[str]) -> None:
    lower = {name.lower() for name in names}
    shapes = (
        [path.name.lower()]
        if path.suffix.lower() == ".shp"
        else sorted(n for n in lower if n.endswith(".shp"))
    )
    for name in shapes:
        if name[:-4] + ".dbf" not in lower:
            msg = f"{path}: the shapefile's {name[:-4]}.dbf is missing, which holds the columns"
            raise InputError(msg)


def _prepare(ways: gpd.GeoDataFrame, notes: list[str]) -> Ways:
    """Rename to the layer's terms, turn ways drawn against their direction, drop classes no mode uses."""
    against = (ways["oneway"] == "T").to_numpy()
    lines = ways.geometry.to_numpy().copy()
    lines[against] = shapely.reverse(lines[against])
    # track_grade1…5 are OSM's highway=track with a tracktype
    highway = ways["fclass"].str.replace(r"^track_grade\d$", "track", regex=True)
    prepared = gpd.GeoDataFrame(
        {
            "highway": highway,
            "name": ways["name"].fillna("").str.strip(),
            "oneway": ways["oneway"].isin(["F", "T"]),
            "maxspeed_kmh": ways["maxspeed"].fillna(0).astype("int16"),
            "bridge": ways["bridge"].astype(str).isin(["T", "1", "yes"]),
            "tunnel": ways["tunnel"].astype(str).isin(["T", "1", "yes"]),
            "drive": highway.isin(DRIVE),
            "walk": highway.isin(WALK),
            "wheelchair": highway.isin(STEPLESS),
        },
        geometry=lines,
        crs=ways.crs,
    )
    known = prepared["highway"].isin(DRIVE | WALK)
    closed = shapely.is_closed(lines) & ~prepared["oneway"].to_numpy() & prepared["drive"].to_numpy()
    gaps = (
        "the source has no turn bans, signals, lanes, surface or access;"
        " ways that cross without a shared vertex are not joined"
    )
    told = [
        *notes,
        f"{int(against.sum())} ways drawn against their one-way direction turned round",
        f"{int((~known).sum())} ways of unknown class dropped",
        f"{int(closed.sum())} closed drivable loops are not marked one-way; a few may be one-way roundabouts",
        f"{int((ways['maxspeed'] == 0).sum())} ways have no speed limit (maxspeed_kmh 0)",
        gaps,
    ]
    kept = prepared[known].reset_index(drop=True)
    return of_lines(kept.drop(columns="geometry"), kept.geometry, told)
