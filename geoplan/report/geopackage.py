"""GeoPackage: cells, districts, builds and facilities of a run, with the styles QGIS opens them in stored inside."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoplan.files import whole
from geoplan.report._layer_styles import CASES, UNREACHABLE, Style, band_labels, layer_styles
from geoplan.report._origins import add_origins
from geoplan.report._words import load_words
from geoplan.report.palette import UNREACHABLE_COLOUR, class_colours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geoplan.scenario import Plan

__all__ = ["fixed_time", "write_geopackage"]

_CRS = "EPSG:4326"
# The file keeps when it was changed; the same run must give the same bytes.
_NO_TIME = "1980-01-01T00:00:00.000Z"
# QGIS of the older long-term releases knows no newer version of the format.
_DATASET = {"VERSION": "1.2"}
_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""


def write_geopackage(tables: dict[str, pd.DataFrame], plans: list[Plan], path: Path) -> None:
    """Write geoplan.gpkg: layers cells, districts, builds, facilities and, where there is one, gaps.

    The table `layer_styles` holds a style per service and moment; QGIS opens a layer in the one marked as default and
    offers the others. The table `bands` tells what the classes of the cells mean, `sources` whose layers these are and
    of when, `thresholds` what each service's limit rests on. All in EPSG:4326. The same plans give the same bytes with
    the same GDAL and SQLite.

    Parameters
    ----------
    tables
        Tables of the run by name: builds, facilities, coverage, gaps. One without a place keeps its row with no geometry.
    plans
        One per service.
    path
        The file to write, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    layers = {"cells": _cells(plans), "districts": _districts(plans)}
    layers |= {name: _points(tables[name]) for name in ("builds", "facilities", "gaps") if name in tables}
    with whole(path) as temporary:
        temporary.unlink()
        with fixed_time():
            for name, frame in layers.items():
                if not frame.empty:
                    kind = {"cells": "Polygon", "districts": "MultiPolygon"}.get(name, "Point")
                    pyogrio.write_dataframe(
                        frame, temporary, layer=name, driver="GPKG", geometry_type=kind, append=temporary.exists(),
                        promote_to_multi=kind == "MultiPolygon", dataset_options=_DATASET,
                    )  # fmt: skip
            pyogrio.write_dataframe(_bands(plans), temporary, layer="bands", driver="GPKG", append=True)
            add_origins(temporary, plans[0].city, [plan.service for plan in plans])
        written = [name for name, frame in layers.items() if not frame.empty]
        _store(temporary, [style for style in layer_styles(plans, tables) if style.layer in written])


def _cells(plans: list[Plan]) -> gpd.GeoDataFrame:
    """Populated cells as squares, with the class of each service before and after (CASES), as `bands` name them."""
    city, cells = plans[0].city, plans[0].cells
    steps = np.diff(np.unique(cells["x"].to_numpy()))
    half = float(steps[steps > 1e-6].min()) / 2 if (steps > 1e-6).any() else 50.0
    x, y = cells["x"].to_numpy(), cells["y"].to_numpy()
    squares = gpd.GeoSeries(shapely.box(x - half, y - half, x + half, y + half), crs=city.crs).to_crs(_CRS)
    data: dict[str, object] = {
        "district": cells["district"].to_numpy(),
        "persons": cells["persons"].to_numpy(),
    }
    for plan in plans:
        for case, (view, step) in CASES.items():
            data[f"{plan.service.name}_{case}"] = plan.views[view][step].astype(np.int16)
    return gpd.GeoDataFrame(data, geometry=shapely.set_precision(squares.to_numpy(), 1e-7), crs=_CRS)


def _bands(plans: list[Plan]) -> pd.DataFrame:
    """What the classes of the cells mean: bounds in the service's unit, the upper one included, and the colour."""
    words = load_words()
    rows: list[dict[str, object]] = []
    for plan in plans:
        bounds = [0.0, *plan.breaks]
        tops = [*plan.breaks, None]
        colours = class_colours(plan.breaks, plan.threshold)
        for code, label in enumerate(band_labels(plan, words)):
            rows.append(
                {
                    "service": plan.service.name, "code": code, "above": bounds[code], "up_to": tops[code],
                    "unit": plan.service.unit, "label": label, "colour": colours[code],
                }
            )  # fmt: skip
        rows.append(
            {
                "service": plan.service.name, "code": UNREACHABLE, "above": None, "up_to": None, "unit": plan.service.unit,
                "label": words("picture.unreachable"), "colour": UNREACHABLE_COLOUR,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _districts(plans: list[Plan]) -> gpd.GeoDataFrame:
    """Districts with the share of people inside each service's headline threshold and the number left out."""
    frame = plans[0].city.districts.copy()
    for plan in plans:
        reading, name = plan.service.headline_reading, plan.service.name
        table = plan.coverage(by="district")
        table = table[(table["mode"] == reading.mode) & (table["threshold"] == reading.threshold)]

        def rows(scenario: str, moment: str, table: pd.DataFrame = table) -> pd.DataFrame:
            mine = table[(table["scenario"] == scenario) & (table["moment"] == moment)]
            return mine.set_index("district").reindex(frame.index)

        first, last = plan.moments[0], plan.moments[-1]
        after = rows("drawn", last)
        frame["population"] = after["population"]
        frame[f"{name}_before"] = rows("drawn", first)["share"]
        frame[f"{name}_after"] = after["share"]
        frame[f"{name}_after_low"] = after["share_low"]
        frame[f"{name}_after_high"] = after["share_high"]
        frame[f"{name}_best"] = rows("proposed", last)["share"]
        frame[f"{name}_left_out"] = (after["population"] - after["covered"]).round()
    return frame.reset_index()


def _points(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """A table with lon and lat as points; rows without them stay, with no geometry."""
    lon, lat = (pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float) for name in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    points = np.full(len(table), None, dtype=object)
    points[known] = shapely.points(lon[known], lat[known])
    out = table.copy()
    for name in out.columns:
        if not pd.api.types.is_numeric_dtype(out[name]) and not pd.api.types.is_bool_dtype(out[name]):
            out[name] = (
                out[name].map(lambda cell: None if pd.isna(cell) or cell == "" else str(cell)).astype(object)
            )
    return gpd.GeoDataFrame(out, geometry=points, crs=_CRS)


@contextlib.contextmanager
def fixed_time() -> Iterator[None]:
    """GDAL takes the time it writes into the file from this option."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _store(path: Path, styles: list[Style]) -> None:
    """Add the table of styles that QGIS reads; registered as a table without geometry, as the standard asks."""
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute(_STYLES)
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (_NO_TIME,),
        )
        geometry = dict(base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, '', '', NULL, ?)",
            [(s.layer, geometry[s.layer], s.name, s.qml, s.default, _NO_TIME) for s in styles],
        )
        base.commit()
        base.execute("VACUUM")
