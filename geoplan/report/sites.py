"""Sites: the answer to "where to build next" as CSV and GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio

from geoplan.errors import InputError
from geoplan.files import whole, write_csv
from geoplan.report._origins import add_origins
from geoplan.report.geopackage import fixed_time

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geoplan.scenario.choose import Answer

__all__ = ["write_sites"]


def write_sites(answer: Answer, path: Path) -> None:
    """Write an answer as CSV (sites of every plan) or GeoPackage (`sites`, and `districts` before and after), by suffix.

    Raises
    ------
    InputError
        If the suffix is neither .csv nor .gpkg.
    OutputError
        If it cannot be written.
    """
    writers = {".csv": _write_csv, ".gpkg": _write_geopackage}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        msg = f"{path}: sites are written as {' or '.join(writers)}"
        raise InputError(msg)
    writer(answer, path)


def _write_csv(answer: Answer, path: Path) -> None:
    """Write the sites of every plan, a row each.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    write_csv(answer.sites(), path)


def _write_geopackage(answer: Answer, path: Path) -> None:
    """Write the layers `sites` (points) and `districts` (with people covered before and after), EPSG:4326, and origins.

    The same answer gives the same bytes with the same GDAL.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    sites = answer.sites()
    points = gpd.GeoDataFrame(sites, geometry=gpd.points_from_xy(sites["lon"], sites["lat"]), crs="EPSG:4326")
    shapes = answer.question.bench.city.districts
    table: pd.DataFrame = answer.best.districts.set_index("district")
    areas = shapes.join(table, how="left").reset_index()
    with whole(path) as temporary:
        temporary.unlink()
        with fixed_time():
            pyogrio.write_dataframe(points, temporary, layer="sites", driver="GPKG", geometry_type="Point")
            pyogrio.write_dataframe(
                areas, temporary, layer="districts", driver="GPKG", geometry_type="MultiPolygon",
                promote_to_multi=True, append=True,
            )  # fmt: skip
            add_origins(temporary, answer.question.bench.city, [answer.question.service])
