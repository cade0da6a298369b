"""A made-up town far from Almaty, and files of its people in every form that a user may have."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from own_files import TOWN, write_raster
from shapely.geometry import box


@pytest.fixture
def osm():
    return TOWN


@pytest.fixture
def raster(tmp_path):
    """Two people in each of 32 x 13 cells over the whole town."""
    return write_raster(tmp_path / "people.tif", np.full((13, 32), 2.0))


@pytest.fixture
def halves(tmp_path):
    """The town's two districts as a user's own file, names in Russian only, in its own UTM zone."""
    frame = gpd.GeoDataFrame(
        {"NAME": ["Левый район", "Правый район"]},
        geometry=[box(71.398, 51.0985, 71.41244, 51.1087), box(71.41244, 51.0985, 71.42488, 51.1087)],
        crs="EPSG:4326",
    ).to_crs("EPSG:32642")
    path = tmp_path / "halves.gpkg"
    frame.to_file(path, driver="GPKG")
    return path


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text('[districts.columns]\nname_ru = "NAME"\n', encoding="utf-8")
    return path


@pytest.fixture
def write_table(tmp_path):
    def write(name, rows, **options):
        path = tmp_path / name
        pd.DataFrame(rows).to_csv(path, index=False, **options)
        return path

    return write
