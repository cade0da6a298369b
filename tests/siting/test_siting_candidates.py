"""Street corners and parcels as candidate sites, and what rules one out."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from scipy.spatial.distance import pdist
from smallville import BLOCK, UTM, X0, Y0, grid_streets, points, small_cells, small_districts

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.network import build_network
from geoplan.scenario.bench import bench_of
from geoplan.siting import parcel_candidates, street_corners, too_near
from geoplan.siting.corners import _thinned
from geoplan.standards import load_standards


@pytest.fixture(scope="module")
def walk():
    return build_network(grid_streets(), "walk", standards=load_standards(), crs=UTM)


def corners(network, *, spacing=BLOCK - 5, built_up=100.0, cells=None, among=None):
    cells = small_cells() if cells is None else cells
    return street_corners(network, cells, small_districts(), spacing=spacing, built_up=built_up, among=among)


def test_every_junction_of_three_streets_is_a_corner_and_a_bend_is_not(walk):
    found = corners(walk)
    # 24 junctions less the four at the ends of the grid, where two streets meet.
    assert sorted(found["node"]) == sorted(set(range(24)) - {0, 5, 18, 23})


def test_a_corner_belongs_to_the_district_it_lies_in_and_counts_the_people_around_it(walk):
    found = corners(walk).set_index("node")
    assert found.loc[7, "district"] == "almaly"
    assert found.loc[10, "district"] == "medeu"
    # Node 7 stands 10 m south of its own cell: its left and right neighbours lie 200.2 m off, that below 190 m.
    assert found.loc[7, "persons"] == 200.0


def test_corners_keep_their_distance_and_none_left_out_is_farther_than_that_from_one_kept(walk):
    every = corners(walk)
    found = corners(walk, spacing=450.0)
    xy = np.column_stack(
        Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(found["lon"], found["lat"])
    )
    everyone = np.column_stack(
        Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(every["lon"], every["lat"])
    )
    assert 1 < len(found) < len(every)
    assert pdist(xy).min() > 449.8  # degrees are kept to a tenth of a metre
    assert np.hypot(*(everyone[:, None] - xy[None]).transpose(2, 0, 1)).min(axis=1).max() < 450.2


def test_where_nobody_lives_there_is_no_corner(walk):
    west = small_cells()
    west = west[west["col"] <= 1].reset_index(drop=True)
    assert set(corners(walk, cells=west)["node"] % 6) == {0, 1}
    far = west.assign(x=west["x"] + 50_000)
    with pytest.raises(InputError, match="no walk junction within 100 m of where people live"):
        corners(walk, cells=far)


def test_only_the_streets_asked_for(walk):
    assert set(corners(walk, among=np.array([7, 8, 0]))["node"]) == {7, 8}


def test_a_spacing_of_nothing_is_refused(walk):
    with pytest.raises(InputError, match="spacing 0 m"):
        corners(walk, spacing=0)


def test_of_two_corners_too_near_the_one_with_more_people_stays():
    xy = np.array([(0.0, 0), (100, 0), (200, 0), (300, 0)])
    assert _thinned(xy, np.array([1.0, 5, 2, 4]), 150.0).tolist() == [1, 3]
    assert _thinned(xy, np.array([1.0, 1, 1, 1]), 150.0).tolist() == [0, 2]  # among equals the first
    assert _thinned(xy, np.zeros(4), 100.0).tolist() == [0, 1, 2, 3]  # at the very spacing both stay


def plots() -> gpd.GeoDataFrame:
    bent = shapely.Polygon(
        [(0, 0), (200, 0), (200, 20), (20, 20), (20, 180), (200, 180), (200, 200), (0, 200)]
    )
    shapes = [
        shapely.transform(bent, lambda xy: xy + np.array([X0 + 30, Y0 + 30])),
        shapely.Point(X0 + 900, Y0 + 300),
        shapely.Point(X0 - 5000, Y0),
    ]
    return gpd.GeoDataFrame({"id": ["bent", "east", "outside"]}, geometry=shapes, crs=UTM)


def test_a_parcel_gives_a_point_inside_it_and_its_district():
    found = parcel_candidates(plots(), small_districts(), crs=UTM)
    assert found["parcel"].tolist() == ["bent", "east", "outside"]
    assert found["district"].tolist() == ["almaly", "medeu", ""]
    at = Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(found["lon"][0], found["lat"][0])
    assert plots().geometry[0].contains(shapely.Point(at))
    assert not plots().geometry[0].contains(plots().geometry[0].centroid)


def test_a_parcel_without_a_shape_or_a_crs_is_told():
    empty = plots()
    empty.loc[1, "geometry"] = None
    with pytest.raises(InputError, match="feature east has no geometry"):
        parcel_candidates(empty, small_districts(), crs=UTM)
    with pytest.raises(InputError, match="no CRS stated"):
        parcel_candidates(plots().set_crs(None, allow_override=True), small_districts(), crs=UTM)


def test_a_candidate_at_the_very_distance_stays_and_a_facility_without_a_place_rules_out_nothing():
    lon, lat = points((0, 0), (300, 0), (400, 0))
    sites = pd.DataFrame({"lon": lon, "lat": lat})
    off = too_near(sites, [lon[0], np.nan], [lat[0], np.nan], metres=350, crs=UTM)
    assert off.tolist() == [True, True, False]
    assert not too_near(sites, [np.nan], [np.nan], metres=350, crs=UTM).any()
    gap = np.hypot(*np.subtract(*[Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(a, b)
                                  for a, b in ((lon[0], lat[0]), (lon[1], lat[1]))]))  # fmt: skip
    assert too_near(sites, [lon[0]], [lat[0]], metres=float(gap), crs=UTM).tolist() == [True, False, False]


def test_almaty_has_enough_corners_for_ambulances_and_all_stand_on_main_streets():
    city = open_city("almaty")
    bench = bench_of(city)
    found = bench.corners(bench.standards.service("ambulance"))
    assert len(found) >= 1500
    streets = city.streets[city.streets["highway"].isin(bench.standards.siting.main_streets.words)]
    assert found["node"].isin(np.unique(streets[["u", "v"]].to_numpy())).all()
    inside = gpd.sjoin(
        gpd.GeoDataFrame(found, geometry=gpd.points_from_xy(found["lon"], found["lat"]), crs="EPSG:4326"),
        city.districts[["geometry"]].rename_axis("holds"),
        predicate="within",
    )
    assert (inside["holds"] == inside["district"]).mean() > 0.999
