"""People of any city: rasters of any CRS and cell size, points, polygons; totals and margins."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_files import write_raster
from pyproj import Transformer
from shapely.geometry import Point, box

from geoplan.errors import InputError
from geoplan.layers._grid import empty_grid
from geoplan.layers.own.mapping import FileSpec, Mapping
from geoplan.layers.own.margins import fit_margins
from geoplan.layers.own.people import read_people
from geoplan.layers.own.totals import read_own_population

LEFT, RIGHT = box(71.398, 51.0985, 71.41244, 51.1087), box(71.41244, 51.0985, 71.42488, 51.1087)


@pytest.fixture(scope="module")
def districts():
    names = {f"name_{code}": ["Левый район", "Правый район"] for code in ("ru", "kk", "en")}
    return gpd.GeoDataFrame({"district": ["left", "right"], **names}, geometry=[LEFT, RIGHT], crs=4326)


@pytest.fixture(scope="module")
def streets():
    """One residential street in the west of each district, and a main road through both."""
    from shapely.geometry import LineString

    lines = [
        LineString([(71.400, 51.100), (71.400, 51.107)]),
        LineString([(71.414, 51.100), (71.414, 51.107)]),
        LineString([(71.399, 51.103), (71.424, 51.103)]),
    ]
    kinds = ["residential", "residential", "primary"]
    return gpd.GeoDataFrame({"highway": kinds, "walk": True}, geometry=lines, crs=4326)


@pytest.fixture(scope="module")
def grid(districts):
    return empty_grid(districts, size=100.0)


def sums(people, grid, districts):
    cell = grid.district_of_cells(districts)
    weights = np.bincount(people.cell, weights=people.persons, minlength=grid.persons.size)
    return {slug: float(weights[cell == slug].sum()) for slug in ("left", "right")}


def test_a_raster_keeps_its_people_whatever_its_crs(districts, grid, tmp_path):
    # a whole number of people lies well inside one district: 4 x 4 cells of 5 in the west
    values = np.zeros((13, 32))
    values[4:8, 4:8] = 5
    path = write_raster(tmp_path / "a.tif", values)
    people = read_people(path, FileSpec(), grid, districts)
    assert sums(people, grid, districts) == pytest.approx({"left": 80.0, "right": 0.0})
    assert people.outside == pytest.approx(0)
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(71.402, 51.106)
    # the same people in web mercator, cells of 25 m on the map
    other = write_raster(
        tmp_path / "b.tif", np.full((8, 8), 80 / 64), west=x, north=y, step=25.0, crs="EPSG:3857"
    )
    assert sums(read_people(other, FileSpec(), grid, districts), grid, districts)["left"] == pytest.approx(
        80.0
    )


def test_a_coarse_raster_is_split_by_area_between_districts(districts, grid, tmp_path):
    # one cell of 0.02 by 0.01 degrees over the border: 0.00844 of it west, 0.01156 east
    path = write_raster(tmp_path / "c.tif", [[1000.0]], west=71.404, north=51.1087, step=0.02)
    people = read_people(path, FileSpec(), grid, districts)
    assert people.coarse
    found = sums(people, grid, districts)
    assert found["left"] / (found["left"] + found["right"]) == pytest.approx(0.00844 / 0.02, abs=0.03)
    # its lower half lies south of the city
    assert people.outside == pytest.approx(1000 * (0.02 - 0.0102) / 0.02, rel=0.05)
    assert people.outside + sum(found.values()) == pytest.approx(1000.0)


def test_people_of_a_coarse_unit_live_by_its_residential_streets(districts, streets, tmp_path):
    path = tmp_path / "p.gpkg"
    gpd.GeoDataFrame({"persons": [700, 300]}, geometry=[LEFT, RIGHT], crs=4326).to_file(path, driver="GPKG")
    made, table, _ = read_own_population(
        path, None, Mapping(), city="town", districts=districts, streets=streets
    )
    cells = made.cells(districts)
    assert cells.groupby("district")["persons"].sum().to_dict() == {"left": 700, "right": 300}
    # within a cell's width of the street at 71.400 or 71.414
    assert (np.minimum((cells["lon"] - 71.400).abs(), (cells["lon"] - 71.414).abs()) < 0.0015).all()
    assert table["persons"].tolist() == [700, 300]
    assert set(table["basis"]) == {"estimate"}


def test_nodata_counts_for_nobody(districts, grid, tmp_path):
    values = np.full((13, 32), -200.0)
    values[5, 5] = 9
    told = write_raster(tmp_path / "a.tif", values, nodata=-200.0)
    assert sums(read_people(told, FileSpec(), grid, districts), grid, districts)["left"] == pytest.approx(9)
    with pytest.raises(InputError, match=r"b\.tif: the raster holds -200 people in a cell"):
        read_people(write_raster(tmp_path / "b.tif", values), FileSpec(), grid, districts)
    values[values < 0] = np.nan
    blank = write_raster(tmp_path / "c.tif", values)
    assert sums(read_people(blank, FileSpec(), grid, districts), grid, districts)["left"] == pytest.approx(9)


def test_a_density_becomes_people_by_the_area_of_its_cells(districts, grid, tmp_path):
    values = np.zeros((13, 32))
    values[5:9, 5:9] = 10_000
    path = write_raster(tmp_path / "d.tif", values)
    people = read_people(path, FileSpec(persons_per="km2"), grid, districts)
    # 16 cells of 0.001 degrees at 51.1 north: 111.32 m by 69.9 m
    assert sums(people, grid, districts)["left"] == pytest.approx(16 * 0.11132 * 0.0699 * 10_000, rel=0.01)


def test_points_and_polygons_keep_their_people(districts, streets, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        'lon,lat,pop\n71.401,51.103,"1 200"\n71.420,51.103,80\n71.9,51.1,7\n71.41,51.1,\n', encoding="utf-8"
    )
    made, table, notes = read_own_population(
        path, None, Mapping(), city="town", districts=districts, streets=streets
    )
    assert table.set_index("district")["persons"].to_dict() == {"left": 1200, "right": 80}
    assert int(made.persons.sum()) == 1280
    assert "1 lines without a number of people are left out" in notes
    assert "1,280 people inside the districts; 7 outside them are left out" in notes


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda path: write_raster(path, np.ones((4, 4)), crs=None), "has no coordinate reference system"),
        (lambda path: path.write_bytes(b"II*\0 no raster"), "cannot be read as a raster"),
        (lambda path: write_raster(path, np.zeros((13, 32))), "nobody lives inside the city's districts"),
        (lambda path: write_raster(path, np.full((13, 32), np.inf)), "an infinite number of people"),
    ],
)
def test_rasters_that_cannot_be_used_get_one_line(districts, grid, tmp_path, make, fault):
    path = tmp_path / "bad.tif"
    make(path)
    with pytest.raises(InputError, match=fault) as error:
        read_people(path, FileSpec(), grid, districts)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"name": ["a", "b"]}, "column missing: persons"),
        ({"persons": ["12", "a dozen"]}, "feature 2: persons 'a dozen' is not a number"),
        ({"persons": [12.0, np.inf]}, "feature 2: persons 'inf' is not a number"),
        ({"persons": [12, -1]}, "feature 2: persons '-1' is not a number of 0 or more"),
    ],
)
def test_polygons_that_cannot_be_used_get_one_line(districts, grid, tmp_path, columns, fault):
    path = tmp_path / "bad.geojson"
    frame = gpd.GeoDataFrame(columns, geometry=[LEFT, RIGHT], crs=4326)
    if columns.get("persons", [0])[-1] == np.inf:
        path = tmp_path / "bad.gpkg"
        frame.to_file(path, driver="GPKG")
    else:
        frame.to_file(path, driver="GeoJSON")
    with pytest.raises(InputError, match=fault):
        read_people(path, FileSpec(), grid, districts)


def test_lines_are_no_people(districts, grid, tmp_path):
    path = tmp_path / "lines.gpkg"
    mixed = [LEFT, Point(71.4, 51.1)]
    gpd.GeoDataFrame({"persons": [1, 2]}, geometry=mixed, crs=4326).to_file(path, driver="GPKG")
    with pytest.raises(InputError, match="population comes as points or as polygons"):
        read_people(path, FileSpec(), grid, districts)


@pytest.fixture
def scaled(districts, streets, tmp_path):
    path = tmp_path / "p.gpkg"
    gpd.GeoDataFrame({"persons": [700, 300]}, geometry=[LEFT, RIGHT], crs=4326).to_file(path, driver="GPKG")

    def run(text):
        totals = tmp_path / "totals.csv"
        totals.write_text(text, encoding="utf-8")
        return read_own_population(path, totals, Mapping(), city="town", districts=districts, streets=streets)

    return run


def estimate(table, group="total"):
    rows = table[(table["basis"] == "estimate") & (table["group"] == group)]
    return rows.set_index("district")["persons"].to_dict()


def test_district_totals_are_met_exactly(scaled):
    grid, table, _ = scaled("district,persons\nleft,1001\nПравый район,500\n")
    assert estimate(table) == {"left": 1001, "right": 500}
    assert int(grid.persons.sum()) == 1501


def test_a_city_total_alone_scales_the_files_own_districts(scaled):
    _, table, _ = scaled("district,persons,year\ntown,1900,2024\ntown,2000,2025\n")
    assert estimate(table) == {"left": 1400, "right": 600}
    assert set(table.loc[table["basis"] == "official", "year"]) == {2024, 2025}


def test_both_scale_the_districts_alike(scaled):
    _, table, notes = scaled("district,persons\nleft,1000\nright,500\ntown,1650\n")
    assert estimate(table) == {"left": 1100, "right": 550}
    assert any("x 1.1000, all alike" in note for note in notes)


def test_groups_are_fitted_to_districts_and_city(scaled):
    text = "district,group,persons\nleft,total,1000\nright,total,500\ntown,total,1500\ntown,age_0_5,300\n"
    _, table, _ = scaled(text)
    # nothing is known of the districts: the city's share everywhere
    assert estimate(table, "age_0_5") == {"left": 200, "right": 100}
    _, table, notes = scaled(text + "left,age_0_5,100\nright,age_0_5,100\n")
    fitted = estimate(table, "age_0_5")
    # each district had 100; the city has 300 now. IPF by hand: odds in left and right grow by one factor
    assert sum(fitted.values()) == 300
    odds = {slug: fitted[slug] / (total - fitted[slug]) for slug, total in (("left", 1000), ("right", 500))}
    assert odds["right"] / odds["left"] == pytest.approx((100 / 400) / (100 / 900), rel=0.02)
    assert any("iterative proportional fitting of figures of the districts" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("district,people\nleft,1\n", "column missing: persons; it has district, people"),
        ("district,persons\nnorth,1\n", "line 2: unknown district 'north'; known: left, right, town"),
        ("district,persons\nleft,1\nleft,2\n", "line 3: a second row of left, total"),
        ("district,persons\nleft,1\n", "no total for district right"),
        ("district,persons\nleft,\n", "line 2: persons is empty"),
        ("district,persons,year\nleft,1,soon\n", "line 2: year 'soon' is none"),
        ("district,persons,group\nleft,1,age_0_5\n", "has neither a total of town nor of its districts"),
        (
            "district,group,persons\nleft,total,10\nright,total,10\ntown,age_0_5,30\n",
            "the groups age_0_5 sum to 30, more than the total 20",
        ),
        (
            "district,group,persons\nleft,total,10\nright,total,10\nleft,age_0_5,3\n",
            "group age_0_5: no figure for district right",
        ),
        ("district,persons\nleft,0\nright,9000000\n", "persons in one cell of 100 m"),
    ],
)
def test_totals_that_cannot_be_used_get_one_line(scaled, text, fault):
    with pytest.raises(InputError, match=fault):
        scaled(text)


def test_a_district_with_a_total_and_nobody_in_the_file_is_told(districts, streets, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("lon,lat,persons\n71.401,51.103,12\n")
    totals = tmp_path / "t.csv"
    totals.write_text("district,persons\nleft,10\nright,10\n")
    with pytest.raises(InputError, match="nobody lives in district right"):
        read_own_population(path, totals, Mapping(), city="town", districts=districts, streets=streets)


# Iterative proportional fitting


def test_a_table_fitted_by_hand():
    # the classic case of independence: ones fitted to margins are the products of the margins
    fitted = fit_margins(np.ones((2, 2)), np.array([30.0, 70.0]), np.array([40.0, 60.0]))
    assert fitted == pytest.approx(np.array([[12.0, 18.0], [28.0, 42.0]]))


@settings(max_examples=50, deadline=None)
@given(
    seed=st.lists(st.lists(st.floats(0.1, 100), min_size=3, max_size=3), min_size=2, max_size=4),
    rows=st.lists(st.floats(1, 1000), min_size=4, max_size=4),
    columns=st.lists(st.floats(1, 1000), min_size=3, max_size=3),
)
def test_margins_are_met_and_odds_ratios_kept(seed, rows, columns):
    start = np.array(seed)
    wanted = np.array(rows[: len(start)])
    across = np.array(columns) * wanted.sum() / sum(columns)
    fitted = fit_margins(start, wanted, across)
    assert fitted.sum(axis=1) == pytest.approx(wanted, rel=1e-6)
    assert fitted.sum(axis=0) == pytest.approx(across, rel=1e-6)
    ratio = lambda table: table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])  # noqa: E731
    assert ratio(fitted) == pytest.approx(ratio(start), rel=1e-4)


def test_zeros_stay_zero_and_margins_that_cannot_be_met_are_told():
    fitted = fit_margins(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([5.0, 15.0]), np.array([8.0, 12.0]))
    assert fitted[0, 0] == 0
    with pytest.raises(InputError, match="nothing but zeros"):
        fit_margins(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([5.0, 15.0]), np.array([8.0, 12.0]))
    with pytest.raises(InputError, match="stands in the way"):
        fit_margins(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([15.0, 5.0]), np.array([12.0, 8.0]))
    with pytest.raises(InputError, match="sum to 20, those by column to 19"):
        fit_margins(np.ones((2, 2)), np.array([5.0, 15.0]), np.array([8.0, 11.0]))


@pytest.mark.sources
def test_worldpop_of_almaty_keeps_its_people(sources):
    """The real raster: people of its cells, summed by hand over the districts, against what the reader gives."""
    import rasterio
    from rasterio.features import geometry_mask

    from geoplan.layers.districts import read_districts

    districts, _ = read_districts(sources)
    path = sources / "population" / "worldpop_100m_almaty_clip.tif"
    people = read_people(path, FileSpec(), empty_grid(districts, size=100.0), districts)
    with rasterio.open(path) as source:
        values = source.read(1, masked=True).filled(0).astype(float)
        inside = ~geometry_mask([districts.union_all()], values.shape, source.transform)
    by_hand = values[inside & (values > 0)].sum()
    assert people.persons.sum() == pytest.approx(by_hand, rel=2e-3)
    assert pd.Series(people.persons).min() > 0
