"""Surfaces: files that QGIS opens, in the shape of a Cloud Optimized GeoTIFF, with the very times of the plan."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from smallville import UTM, SmallCity, build, facility, stated

from geoplan.errors import InputError, OutputError
from geoplan.report import surface_at, write_surfaces
from geoplan.report.surfaces import NODATA, write_surface
from geoplan.scenario import timeline
from geoplan.standards import load_standards


@pytest.fixture(scope="module")
def plan():
    city = SmallCity(
        [facility("school-001", "school", (0, 0))], [build("5-01", "school", **stated((1000, 600)))]
    )
    return timeline(city, service="school")


def test_before_and_after_hold_the_minutes_of_every_cell_and_its_persons(plan, tmp_path):
    paths = write_surfaces(plan, tmp_path)
    assert [path.name for path in paths] == ["school_before.tif", "school_after.tif"]
    speed = load_standards().speeds.walk.default / 3.6
    for path, moment in zip(paths, (0, -1), strict=True):
        with rasterio.open(path) as file:
            assert file.crs.to_epsg() == 32643
            assert file.nodata == NODATA
            assert file.descriptions == ("minutes, best case", "minutes, known places only", "persons")
            found = np.array(list(file.sample(plan.cells[["x", "y"]].to_numpy())))
        minutes = plan.costs["proposed"][moment] / speed / 60
        np.testing.assert_allclose(found[:, 0], minutes, atol=0.0051)
        np.testing.assert_array_equal(found[:, 2], plan.cells["persons"])
    assert not np.array_equal(plan.costs["proposed"][0], plan.costs["proposed"][-1])


def test_a_large_surface_is_tiled_with_overviews_and_says_that_it_is_a_cog(tmp_path):
    rng = np.random.default_rng(1)
    cells = pd_cells(700, 600)
    values = rng.random(len(cells)) * 60
    values[:7] = np.inf
    path = tmp_path / "s.tif"
    write_surface(path, cells, {"minutes": values}, crs=UTM, tags={"service": "school"})
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.profile["tiled"]
        assert file.overviews(1)
        assert file.res == (100, 100)
        band = file.read(1)
        assert (band == NODATA).sum() == 7
        assert file.tags()["service"] == "school"
    # the directory of a COG stands before its pixels: a reader finds it in the first bytes
    assert b"LAYOUT=IFDS_BEFORE_DATA" in path.read_bytes()[:200]


def pd_cells(rows, columns):
    import pandas as pd

    r, c = np.divmod(np.arange(rows * columns), columns)
    return pd.DataFrame({"x": 650_050.0 + c * 100, "y": 4_800_050.0 - r * 100, "persons": 1.0})


def test_the_same_plan_gives_the_same_bytes(plan, tmp_path):
    first = [path.read_bytes() for path in write_surfaces(plan, tmp_path)]
    assert [path.read_bytes() for path in write_surfaces(plan, tmp_path)] == first


def test_cells_off_a_grid_and_a_folder_that_is_a_file_are_told(plan, tmp_path):
    cells = plan.cells.copy()
    cells.loc[3, "x"] += 31
    with pytest.raises(InputError, match="no regular grid"):
        write_surface(tmp_path / "x.tif", cells, {"m": np.zeros(len(cells))}, crs=UTM, tags={})
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_surfaces(plan, tmp_path / "file")


def test_the_golden_hour_has_a_surface_too(tmp_path):
    hospital = facility("big", "hospital", (900, 300), capacity=300.0, emergency_admissions=9000.0)
    city = SmallCity([facility("west", "ambulance", (0, 200)), hospital], [])
    surface_at(city, tmp_path / "hour.tif", service="ambulance", year=2022, hour=True)
    with rasterio.open(tmp_path / "hour.tif") as file:
        band = file.read(1)
        assert file.tags()["measure"] == "golden hour"
    # call handling, turnout, on scene and hand-over alone take 31.1 minutes
    assert (band > 31.1).all()
