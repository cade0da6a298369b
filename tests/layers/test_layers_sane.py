"""Layers whose hash is right and whose values make no sense: refused with the file and the cause, never a silly figure."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geoplan.city import open_city
from geoplan.cli import main
from geoplan.errors import LayerError
from geoplan.layers._geojson import write_geojson
from geoplan.layers._geoparquet import write_geoparquet
from geoplan.layers._grid import read_grid, write_grid
from geoplan.layers.check import check_layers
from geoplan.layers.package import write_package

SHIPPED = Path(__file__).resolve().parents[2] / "layers" / "almaty"


@pytest.fixture
def layers(tmp_path):
    return Path(shutil.copytree(SHIPPED, tmp_path / "layers" / "almaty"))


def rewrite(folder, file, change):
    """Change a layer and describe it anew, as a careless builder would."""
    path = folder / file
    if file.endswith(".parquet"):
        # a few hundred rows are enough, and quicker to write
        write_geoparquet(change(gpd.read_parquet(path).head(300)), path)
    elif file.endswith(".geojson"):
        write_geojson(change(gpd.read_file(path)), path, decimals=6)
    elif file.endswith(".tif"):
        write_grid(change(read_grid(path)), path)
    else:
        change(pd.read_csv(path, dtype=str, keep_default_na=False)).to_csv(path, index=False)
    write_package(folder, city="almaty", notes={})


def set_at(row, column, value):
    def change(frame):
        frame = frame.copy()
        frame[column] = (
            frame[column].astype(object) if isinstance(value, str) else frame[column].astype(float)
        )
        frame.loc[row, column] = value
        return frame

    return change


def moved(x):
    def change(frame):
        shapes = frame.geometry.to_numpy().copy()
        shapes[0] = shapely.transform(shapes[0], lambda xy: xy + np.array([x, 0.0]))
        return frame.set_geometry(shapes, crs=frame.crs)

    return change


DAMAGES = [
    ("streets.parquet", "streets", set_at(5, "length_m", np.nan), "row 5: length_m is not above 0"),
    ("streets.parquet", "streets", set_at(5, "length_m", -3.0), "row 5: length_m is not above 0"),
    ("streets.parquet", "streets", set_at(7, "length_m", np.inf), "row 7: length_m is not above 0"),
    ("streets.parquet", "streets", set_at(7, "u", -1.0), "row 7: u is no node number"),
    ("streets.parquet", "streets", moved(200), "row 0: its coordinates are no place on earth"),
    (
        "facilities.parquet",
        "facilities",
        set_at(1, "facility_id", "school-001"),
        "facility_id school-001: .* more than once",
    ),
    ("facilities.parquet", "facilities", set_at(1, "facility_id", ""), "facility_id is empty"),
    (
        "facilities.parquet",
        "facilities",
        set_at(1, "capacity", -1.0),
        "facility_id school-002: capacity is below 0",
    ),
    ("facilities.parquet", "facilities", moved(np.inf), "its coordinates are no place on earth"),
    ("districts.geojson", "districts", set_at(1, "district", "Алмалы"), "is no slug"),
    (
        "districts.geojson",
        "districts",
        set_at(1, "district", "alatau"),
        "district stands there more than once",
    ),
    ("builds.csv", "builds", set_at(1, "build_id", "5.1.1-01"), "build_id .* more than once"),
    ("builds.csv", "builds", set_at(1, "opens", "3024"), "opens is no year"),
    ("builds.csv", "builds", set_at(1, "lon", "776.9"), "has only one of lon and lat|no place on earth"),
    ("population.csv", "population", set_at(1, "persons", "-5"), "row 1: persons is below 0"),
    ("population.tif", "cells", lambda grid: replace(grid, persons=grid.persons * 0), "holds nobody"),
]


@pytest.mark.parametrize(("file", "attribute", "damage", "fault"), DAMAGES)
def test_a_layer_that_makes_no_sense_is_refused_when_it_is_asked_for(layers, file, attribute, damage, fault):
    rewrite(layers, file, damage)
    city = open_city("almaty", layers.parent)
    with pytest.raises(LayerError, match=fault) as error:
        getattr(city, attribute)
    assert str(error.value).startswith(f"{layers / file}: ")
    assert "\n" not in str(error.value)


def test_negative_people_are_refused(layers):
    import rasterio

    path = layers / "population.tif"
    with rasterio.open(path) as source:
        profile, values = source.profile, source.read(1).astype("int16")
    values[values > 0] = -4
    with rasterio.open(path, "w", **{**profile, "dtype": "int16"}) as target:
        target.write(values, 1)
    write_package(layers, city="almaty", notes={})
    with pytest.raises(LayerError, match=r"population\.tif: holds a cell with -4 people"):
        _ = open_city("almaty", layers.parent).cells


def test_the_check_lists_every_fault_and_the_command_ends_with_one_line(layers, monkeypatch, capsys):
    rewrite(layers, "streets.parquet", set_at(5, "length_m", np.nan))
    rewrite(layers, "facilities.parquet", set_at(1, "facility_id", "school-001"))
    report = check_layers(layers)
    assert len(report.errors) == 2
    monkeypatch.setattr(sys, "argv", ["geoplan", "layers", "check", str(layers)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    out, err = capsys.readouterr()
    assert out.count("ERROR") == 2
    assert len(err.strip().splitlines()) == 1
    assert "2 errors; the first: " in err


def test_people_outside_every_district_are_refused(layers):
    def shrink(frame):
        return frame[frame["district"] != "medeu"]

    rewrite(layers, "districts.geojson", shrink)
    with pytest.raises(LayerError, match=r"population\.tif: [\d,]+ people live in no district"):
        _ = open_city("almaty", layers.parent).cells


def test_what_a_planner_should_know_is_warned_of():
    report = check_layers(SHIPPED)
    assert report.errors == []
    text = "\n".join(report.warnings)
    assert "ambulance: 11 of 17 have no place" in text
    assert "ambulance: no placed one in alatau, auezov, nauryzbay, turksib, zhetysu" in text
    assert "kindergarten: 34 pairs stand within 30 m of each other" in text
    assert "school: 1 lie more than 500 m off the streets: school-097" in text
    assert report.figures["named_streets"] == pytest.approx(0.72, abs=0.01)
    assert report.figures["people"] == 2351424
