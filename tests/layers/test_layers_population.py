import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.layers._grid import Grid, read_grid, whole_numbers, write_grid
from geoplan.layers.districts import read_districts
from geoplan.layers.population import read_population
from geoplan.layers.streets import ROADS, read_streets


@pytest.fixture
def town(made_up):
    districts, _ = read_districts(made_up)
    streets = read_streets(made_up / ROADS, districts=districts).table
    return districts, streets, *read_population(made_up, districts, streets)


def test_published_rows_stand_beside_rows_scaled_alike(town):
    table = town[3]
    rows = table.drop(columns="source").astype({"year": "object"}).fillna({"year": 0})
    assert rows.to_numpy().tolist() == [
        ["medeu", 0, "total", 200, "official"],
        ["zhetysu", 0, "total", 100, "official"],
        # of two readings in a year the earlier
        ["almaty", 2021, "total", 300, "official"],
        ["almaty", 2026, "total", 333, "official"],
        ["medeu", 2026, "total", 222, "estimate"],
        ["zhetysu", 2026, "total", 111, "estimate"],
    ]
    assert table["source"].tolist()[1] == "page, undated; lower bound ('more than'); https://example.org/p"
    assert table["source"].tolist()[3] == "Bureau, as of 2026-02-01; https://example.org/b"
    assert table["source"].tolist()[5] == "published row x 333/300 = 1.1100, all districts alike"


def test_the_raster_sums_to_the_estimate_of_each_district(town):
    districts, _, grid, _, _ = town
    sums = grid.cells(districts).groupby("district")["persons"].sum()
    assert sums.to_dict() == {"medeu": 222.0, "zhetysu": 111.0}


def test_people_live_near_their_block_in_cells_with_a_residential_street(town):
    districts, _, grid, _, _ = town
    cells = grid.cells(districts)
    west = cells[cells["district"] == "zhetysu"]
    south = west[west["lat"] < 43.215]["persons"].sum()
    # blocks of 30 and 10 people: the second names the other district, its point lies in this one
    assert south == pytest.approx(111 * 30 / 40, abs=3)
    assert (west["lon"] - 76.9105).abs().max() < 0.008
    # the eastern block has no residential street in reach: all its people stay in the cell of its point
    east = cells[cells["district"] == "medeu"]
    assert east["persons"].tolist() == [222.0]
    assert east["lon"].iloc[0] == pytest.approx(76.935, abs=0.001)


def test_notes_count_what_was_dropped(town):
    notes = town[4]
    assert any(
        "1 outside the city (7 people) are left out; 1 lie in another district" in note for note in notes
    )
    assert any("1 blocks without one (5 people) stay in one cell" in note for note in notes)
    assert notes[-1] == "not compared with WorldPop: its file is not among the sources"


def test_a_city_without_an_official_total_is_refused(made_up):
    path = made_up / "population" / "city_population_bns_2026-02.csv"
    path.write_text(path.read_text().replace("almaty", "taraz"))
    districts, _ = read_districts(made_up)
    with pytest.raises(InputError, match=r"city_population_bns_2026-02\.csv: no row for almaty"):
        read_population(made_up, districts, read_streets(made_up / ROADS, districts=districts).table)


def test_a_table_without_a_column_is_refused(made_up):
    path = made_up / "population" / "akimat_blocks_population.csv"
    path.write_text(path.read_text().replace("RAYON", "AREA"))
    districts, _ = read_districts(made_up)
    with pytest.raises(InputError, match=r"akimat_blocks_population\.csv: column missing: RAYON"):
        read_population(made_up, districts, read_streets(made_up / ROADS, districts=districts).table)


@given(
    shares=st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=40).filter(
        lambda x: sum(x) > 1e-3
    ),
    total=st.integers(0, 10**7),
)
def test_whole_numbers_keep_the_total_and_stay_within_one_of_the_exact_share(shares, total):
    shares = np.array(shares)
    parts = whole_numbers(shares, total)
    assert parts.sum() == total
    assert (np.abs(parts - shares / shares.sum() * total) < 1 + 1e-6).all()


def test_equal_remainders_go_to_the_first():
    assert whole_numbers(np.array([1.0, 1.0, 1.0]), 5).tolist() == [2, 2, 1]
    with pytest.raises(ValueError, match="more than 0"):
        whole_numbers(np.zeros(3), 5)


def test_a_grid_reads_back_as_it_was_and_has_the_same_bytes_each_time(tmp_path):
    grid = Grid(np.array([[0, 7], [65535, 1]], dtype=np.uint16), 600000.0, 4800000.0, 100.0, "EPSG:32643")
    write_grid(grid, tmp_path / "a.tif")
    write_grid(grid, tmp_path / "b.tif")
    back = read_grid(tmp_path / "a.tif")
    assert back.persons.tolist() == [[0, 7], [65535, 1]]
    assert (back.west, back.north, back.size, back.crs.to_epsg()) == (600000.0, 4800000.0, 100.0, 32643)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()


def test_points_fall_into_cells_from_the_north_west():
    grid = Grid(np.zeros((2, 3), dtype=np.uint16), 1000.0, 5000.0, 100.0, "EPSG:32643")
    x, y = (
        np.array([1000.0, 1250.0, 1299.9, 1300.0, 999.9]),
        np.array([4999.0, 4950.0, 4801.0, 4900.0, 4900.0]),
    )
    assert grid.cell_of(x, y).tolist() == [0, 2, 5, -1, -1]


@pytest.mark.sources
def test_the_population_of_almaty(real_districts, real_population):
    grid, table, notes = real_population
    estimate = table[table["basis"] == "estimate"].set_index("district")["persons"]
    assert estimate.to_dict() == {
        "alatau": 344936,
        "almaly": 243854,
        "auezov": 388690,
        "bostandyk": 393251,
        "medeu": 262855,
        "nauryzbay": 239063,
        "turksib": 289889,
        "zhetysu": 188886,
    }
    assert estimate.sum() == 2351424
    sums = grid.cells(real_districts[0]).groupby("district")["persons"].sum()
    assert sums.to_dict() == estimate.to_dict()
    lower = table[table["source"].str.contains("lower bound")]
    assert lower[["district", "persons"]].to_numpy().tolist() == [["auezov", 358000], ["turksib", 267000]]
    assert table["group"].unique().tolist() == ["total"]
    assert "rank correlation of 1 km sums with WorldPop 0.91 over 658 squares" in " ".join(notes)
