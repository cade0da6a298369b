"""A user's own list laid over a city's facilities."""

import json

import geopandas as gpd
import pytest
import smallville
from shapely.geometry import Point

from geoplan.cli import main
from geoplan.errors import InputError
from geoplan.scenario import access_at


def place(x, y):
    lon, lat = smallville.points((x, y))
    return float(lon[0]), float(lat[0])


@pytest.fixture
def city():
    made = smallville.SmallCity(
        [
            smallville.facility("s-1", "school", (0, 0), capacity=300.0, capacity_unit="seats"),
            smallville.facility("s-2", "school", (1000, 600), district="medeu"),
            smallville.facility("s-3", "school", None),
        ],
        [smallville.build("1-01", "school", facility_id="s-2", standing="stands")],
    )
    street = gpd.GeoDataFrame(
        {"name": ["улица Тестовая"], "kind": "street", "district": "almaly", "aliases": "",
         "radius_m": 300.0, "source": "t"},
        geometry=[smallville.grid_streets().geometry.iloc[0]], crs=4326,
    )  # fmt: skip
    made.__dict__["places"] = street
    return made


@pytest.fixture
def lay(city, tmp_path):
    def run(text, name="my.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return city.with_own_facilities(path)

    return run


def test_rows_are_added_replaced_and_removed(city, lay):
    east, north = place(400, 400)
    over, notes = lay(
        "action,facility_id,service,name,lon,lat,capacity\n"
        f"add,,школа,Моя школа,{east},{north},500\n"
        f"replace,s-1,,,{east},{north},\n"
        "remove,s-2,,,,,\n"
    )
    table = over.facilities.set_index("facility_id")
    assert table.index.tolist() == ["s-1", "s-3", "own-001"]
    assert table.loc["s-1"].geometry.distance(Point(east, north)) < 1e-6
    # an empty cell keeps what stood
    assert (table.loc["s-1", "name"], table.loc["s-1", "capacity"]) == ("s-1", 300.0)
    own = table.loc["own-001"]
    assert (own["name"], own["capacity"], own["capacity_unit"], own["district"], own["precision"]) == (
        *("Моя школа", 500.0, "seats"),
        *("almaly", "address"),
    )
    assert own["source"] == "my.csv"
    assert notes[0] == "my.csv: 1 facilities added, 1 facilities replaced, 1 facilities removed"
    assert "1-01" in notes[1]
    # the shipped ones are as they were
    assert city.facilities["facility_id"].tolist() == ["s-1", "s-2", "s-3"]
    assert city.own_facilities == {}
    assert over.own_facilities["hash"].startswith("sha256:")


def test_an_added_school_is_reached(city, lay):
    before = access_at(city, service="school", year=2022)
    east, north = place(600, 600)
    over, _ = lay(f"service,lon,lat\nschool,{east},{north}\n")
    after = access_at(over, service="school", year=2022)

    def covered(table):
        rows = table[(table["scenario"] == "placed") & (table["district"] == "smallville")]
        return int(rows["covered"].iloc[0])

    assert covered(after) > covered(before)


def test_a_row_that_the_city_knows_is_replaced_without_saying_so(lay):
    over, _ = lay("facility_id,capacity\ns-1,450\n")
    table = over.facilities.set_index("facility_id")
    assert table.loc["s-1", "capacity"] == 450
    assert table.loc["s-1"].geometry is not None


def test_an_address_gives_a_place(lay):
    over, _ = lay("service,address\nschool,ул. Тестовая\n")
    own = over.facilities.set_index("facility_id").loc["own-001"]
    assert own["precision"] == "street"
    assert own["note"] == "placed by its address"


def test_a_vector_file_does_as_well(city, tmp_path):
    path = tmp_path / "my.geojson"
    frame = gpd.GeoDataFrame(
        {"service": ["school"], "name": ["Г"]}, geometry=[Point(*place(10, 10))], crs=4326
    )
    frame.to_file(path, driver="GeoJSON")
    over, _ = city.with_own_facilities(path)
    assert over.facilities["name"].tolist()[-1] == "Г"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("name,lon,lat\nA,76.9,43.2\n", "line 2: a facility to add needs a service"),
        ("service,name\nschool,A\n", "column missing: lon and lat, or address or facility_id"),
        ("service,lon,lat\nlibrary,{x},{y}\n", "line 2: unknown service 'library'"),
        (
            "action,facility_id\nremove,s-9\nremove,s-8\n",
            r"line 2: the city has no facility 's-9' to remove \(and 1 more bad rows\)",
        ),
        (
            "action,facility_id,service,lon,lat\nadd,s-1,school,{x},{y}\n",
            "line 2: facility 's-1' is there already",
        ),
        ("action,facility_id\nmove,s-1\n", "line 2: action 'move' is none of add, replace, remove"),
        ("facility_id,capacity\ns-1,5\ns-1,6\n", "line 3: facility_id 's-1' stands in the list twice"),
        (
            "service,lon,lat,address\nschool,,,\n",
            "line 2: a facility to add needs lon and lat, or an address",
        ),
        (
            "service,address\nschool,ул. Неведомая\n",
            "line 2: address 'ул. Неведомая' is not found in the gazetteer",
        ),
        (
            "service,lon,lat\nschool,{x},{y}\nschool,30.3,59.9\n",
            "line 3: lies .* m outside the city's districts",
        ),
        ("service,lon,lat\nschool,{y},{x}\n", "line 2: longitude .* and latitude .* are swapped"),
        ("facility_id,capacity\ns-1,many\n", "line 2: capacity 'many' is not a number"),
    ],
)
def test_bad_rows_are_told_by_their_line(lay, text, fault):
    x, y = place(10, 10)
    with pytest.raises(InputError, match=fault) as error:
        lay(text.format(x=x, y=y))
    assert "my.csv: " in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_takes_a_list_and_the_run_records_it(tmp_path, monkeypatch, capsys):
    path = tmp_path / "my.csv"
    path.write_text("action,facility_id,service,lon,lat\n,,kindergarten,76.85,43.30\n", encoding="utf-8")
    arguments = ["run", "--service", "kindergarten", "--facilities", path, "--out", tmp_path / "maps"]
    monkeypatch.setattr("sys.argv", ["geoplan", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    assert "my.csv: 1 facilities added" in capsys.readouterr().err
    record = json.loads((tmp_path / "maps" / "almaty" / "run.json").read_text(encoding="utf-8"))
    assert record["own_facilities"]["name"] == "my.csv"
    assert "--facilities" in record["command"]
    table = (tmp_path / "maps" / "almaty" / "data" / "facilities.csv").read_text(encoding="utf-8")
    assert "own-001,kindergarten" in table


def test_a_layer_keeps_its_columns_and_their_types(city, lay):
    over, _ = lay("facility_id,capacity\ns-1,450\n")
    assert list(over.facilities.columns) == list(city.facilities.columns)
    for name in ("capacity", "radius_m", "emergency_admissions"):
        assert over.facilities[name].dtype == "float64"
    assert over.facilities.crs == city.facilities.crs
