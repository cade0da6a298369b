import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geoplan.city import open_city
from geoplan.geocode import geocode
from geoplan.layers.facilities import COLUMNS, read_facilities

pytestmark = pytest.mark.sources

STATED = [
    ("мкр. Айгерим", "alatau", "microdistrict"),
    ("мкр. Теректы", "alatau", "microdistrict"),
    ("мкр. Мадениет", "alatau", "microdistrict"),
    ("мкр. Курамыс", "nauryzbay", "microdistrict"),
    ("пр. Достык, 220а", "medeu", "street"),
    ("ул. Овражная, 32/9", "medeu", "street"),
    ("ТРЦ «Апорт», мкр Думан", "medeu", "microdistrict"),
    ("ул. Наманганская, 19а", "turksib", "street"),
    ("в районе ипподрома", "turksib", "landmark"),
    ("ул. Шашкина, 3а", "bostandyk", "street"),
    ("ул. Тажибаева, 155а", "bostandyk", "street"),
    ("мкр. Ерменсай", "bostandyk", "microdistrict"),
    ("Абая-Жарокова", "almaly", "intersection"),
    ("Гоголя-Ауезова", "almaly", "intersection"),
    ("мкр. Мамыр", "auezov", "microdistrict"),
    ("мкр. Кемель", "zhetysu", "microdistrict"),
]


def test_all_sixteen_stated_places_lie_in_their_district_with_an_honest_precision(almaty):
    asked = pd.DataFrame(STATED, columns=["text", "district", "precision"])
    found = geocode(
        asked["text"], places=almaty.places, districts=almaty.districts, district=asked["district"]
    )
    assert found["precision"].tolist() == asked["precision"].tolist()
    assert found["district"].tolist() == asked["district"].tolist()
    assert found["lon"].notna().all()
    crs = almaty.districts.estimate_utm_crs()
    points = gpd.GeoSeries(gpd.points_from_xy(found["lon"], found["lat"], crs=4326)).to_crs(crs)
    areas = almaty.districts.set_index("district").geometry.to_crs(crs)
    off = [areas[slug].distance(point) for slug, point in zip(asked["district"], points, strict=True)]
    assert max(off) <= 50 + found["radius_m"].min()
    assert found["radius_m"].between(20, 3000).all()
    assert (found["alternatives"] == "").all()


def test_a_crossing_in_the_hole_between_districts_is_placed_once(almaty):
    found = geocode(
        pd.Series(["Абая-Жарокова"]),
        places=almaty.places,
        districts=almaty.districts,
        district=pd.Series(["almaly"]),
    ).iloc[0]
    assert (found["lon"], found["lat"]) == (
        pytest.approx(76.8994, abs=3e-4),
        pytest.approx(43.2390, abs=3e-4),
    )


def test_every_row_of_every_source_is_in_the_table(almaty):
    table = almaty.facilities
    assert list(table.columns) == COLUMNS
    counts = table["service"].value_counts().to_dict()
    assert counts == {"school": 221, "kindergarten": 924, "polyclinic": 41, "hospital": 54, "ambulance": 17}
    assert table["facility_id"].is_unique
    kindergartens = table[table["service"] == "kindergarten"]
    assert kindergartens["owner"].value_counts().to_dict() == {"private": 726, "state": 198}


def test_unplaced_rows_have_no_geometry_and_say_so(almaty):
    table = almaty.facilities
    unplaced = table[table.geometry.isna()]
    assert unplaced["precision"].isin(["district", "city", "none"]).all()
    assert unplaced["radius_m"].isna().all()
    placed = table[table.geometry.notna()]
    assert placed["precision"].isin(["address", "street", "landmark", "microdistrict"]).all()
    assert placed["radius_m"].gt(0).all()
    limited = placed[placed["service"].isin(["school", "kindergarten", "polyclinic"])]
    assert limited["radius_m"].max() <= 1000
    assert (table[table["service"] == "school"].geometry.isna().sum()) == 10


def test_the_district_is_decided_by_the_point(almaty):
    placed = almaty.facilities[almaty.facilities.geometry.notna()][["facility_id", "district", "geometry"]]
    joined = placed.sjoin(almaty.districts[["district", "geometry"]], predicate="intersects", how="left")
    assert (joined["district_left"] == joined["district_right"]).all()


def test_a_school_far_from_the_stop_of_its_number_is_moved_there(almaty):
    row = almaty.facilities.set_index("facility_id").loc["school-091"]
    assert row["name"].endswith("№187")
    assert (row["precision"], row["district"]) == ("landmark", "nauryzbay")
    assert (row["geometry"].x, row["geometry"].y) == (pytest.approx(76.83075), pytest.approx(43.186265))
    # School 17 and boarding school 17 are two: the stop "Школа № 17" does not move the latter.
    boarding = almaty.facilities.set_index("facility_id").loc["school-024"]
    assert boarding["name"] == "Школа-интернат №17"
    assert boarding["precision"] == "address"


def test_a_kindergarten_point_that_contradicts_its_address_is_not_believed(almaty):
    rows = almaty.facilities.set_index("facility_id")
    mended = rows.loc["kindergarten-009"]  # мкр. Аксай 3А, its register point lies 4 km off in Алатауский
    assert (mended["precision"], mended["district"]) == ("microdistrict", "auezov")
    lost = rows.loc["kindergarten-050"]  # ул. Аносова, 48: 2 km from the street, which is 1.3 km long
    assert lost["geometry"] is None
    assert lost["alternatives"].count(" ") == 2, "the register point and the street's"


def test_unknown_capacity_is_empty(almaty):
    table = almaty.facilities
    assert table.loc[table["service"] == "school", "capacity"].isna().all()
    polyclinics = table[table["service"] == "polyclinic"]
    assert sorted(polyclinics["capacity"].dropna()) == [150.0, 300.0]


def test_hospitals_of_both_files_are_joined_and_mended(almaty):
    rows = almaty.facilities[almaty.facilities["service"] == "hospital"]
    named = rows[rows["capacity"].notna()]
    assert len(named) == 24
    assert named["capacity"].sum() == pytest.approx(6972)
    first = named[named["name"].str.contains('№1"', regex=False)].iloc[0]
    assert (first["district"], first["emergency_admissions"]) == ("nauryzbay", 6079)
    fifth = named[named["name"].str.contains("больница №5", regex=False)].iloc[0]
    assert (fifth["address"], fifth["district"]) == ("пр. Достык, 220", "medeu")
    infectious = named[named["address"] == "Ташкентский тракт, 541"].iloc[0]
    assert infectious["emergency_admissions"] == 32552


def test_ambulance_rows_are_split_and_hints_left_out(almaty):
    rows = almaty.facilities[almaty.facilities["service"] == "ambulance"].set_index("facility_id")
    numbers = {f"ambulance-{n:02d}" for n in range(1, 14)}
    assert set(rows.index) == numbers | {
        "ambulance-hq",
        "ambulance-duman",
        "ambulance-nauryzbay-1",
        "ambulance-nauryzbay-2",
    }
    placed = rows.index[rows.geometry.notna()].tolist()
    assert placed == ["ambulance-hq", *(f"ambulance-{n:02d}" for n in (4, 5, 6, 10)), "ambulance-duman"]
    by_city = {f"ambulance-{n:02d}" for n in (1, 2, 3, 7, 8, 9, 11, 12)}
    assert set(rows.index[rows["precision"] == "city"]) == by_city
    assert (rows.loc["ambulance-13", "opens"], rows.loc["ambulance-13", "district"]) == ("2024-07", "turksib")
    assert len(rows.loc["ambulance-09", "alternatives"].split(";")) == 2
    assert rows.loc["ambulance-04", "name"] == "Подстанция №4"
    assert rows.loc["ambulance-10", "radius_m"] == 615
    assert not rows["name"].str.contains("Толстого").any()


def test_the_gazetteer_is_small_and_the_same_each_time(almaty):
    # The shipped layer was read another time, by another process.
    city = open_city("almaty")
    again = city.places
    package = {resource["path"]: resource for resource in city.package["resources"]}
    assert package["places.parquet"]["notes"] == almaty.place_notes
    assert again.to_wkb().equals(almaty.places.to_wkb())
    kinds = again["kind"].value_counts()
    assert kinds["street"] > 2500
    assert kinds["microdistrict"] > 150
    assert again["radius_m"].gt(0).all()
    family = again[(again["name"] == "Айгерим") & (again["kind"] == "microdistrict")].iloc[0]
    parts = again[again["name"].isin(["Айгерим-1", "Айгерим-2"])].to_crs(almaty.districts.estimate_utm_crs())
    centre = gpd.GeoSeries([family.geometry], crs=4326).to_crs(parts.crs).iloc[0]
    reach = (parts.distance(centre) + parts["extent_m"]).max()
    assert family["extent_m"] == pytest.approx(reach, abs=5)
    assert (again["extent_m"] >= again["radius_m"]).all()
    micros = again[again["kind"] == "microdistrict"]
    assert micros["radius_m"].min() == 400  # no middle is claimed surer than sources were seen to agree
    assert (micros["radius_m"] < micros["extent_m"]).sum() > 100


def test_facilities_are_the_same_each_time(almaty):
    again, notes = read_facilities(almaty.sources, almaty.districts, almaty.places)
    assert notes == almaty.notes
    assert again.to_wkb().equals(almaty.facilities.to_wkb())
    assert np.array_equal(again["radius_m"], almaty.facilities["radius_m"], equal_nan=True)


def test_points_far_from_their_own_address_are_listed_with_what_was_trusted(almaty):
    lines = [note for note in almaty.notes if "off their own address, trusted" in note]
    assert {line.split(":")[0] for line in lines} == {"schools", "kindergartens", "hospitals"}
    ids = {name for line in lines for name in re.findall(r"(?:school|kindergarten|hospital)-\d+", line)}
    assert len(ids) == sum(int(line.split(": ")[1].split()[0]) for line in lines)
    rows = almaty.facilities[almaty.facilities["facility_id"].isin(ids)]
    assert (rows["note"] != "").all(), "each says why"
    assert all(int(metres) >= 500 for line in lines for metres in re.findall(r"\((\d+) m\)", line))
