import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from geoplan.layers.facilities._evidence import Witness
from geoplan.layers.facilities._register import settle
from geoplan.layers.facilities.polyclinics import claimed_precision


@pytest.fixture
def town():
    districts = gpd.GeoDataFrame(
        {"district": ["almaly", "medeu"]},
        geometry=[box(76.90, 43.20, 76.95, 43.26), box(76.95, 43.20, 77.00, 43.26)],
        crs=4326,
    )
    places = gpd.GeoDataFrame(
        {
            "name": ["улица Гоголя", "Самал-1", "Думан"],
            "kind": ["street", "microdistrict", "microdistrict"],
            "district": ["almaly", "medeu", "medeu"],
            "aliases": "",
            "radius_m": [800.0, 300.0, 1500.0],
            "source": "test",
        },
        geometry=[LineString([(76.91, 43.22), (76.93, 43.22)]), Point(76.97, 43.25), Point(76.99, 43.21)],
        crs=4326,
    )
    return districts, places


def _settle(town, rows, witness=None, *, in_blocks=False):
    districts, places = town
    register = pd.DataFrame(rows, columns=["address", "stated", "lon", "lat"])
    witness = witness or Witness.none(register.index)
    out, _ = settle(
        register, districts=districts, places=places, limit_m=1000.0, witness=witness, in_blocks=in_blocks
    )
    return out


def test_a_point_by_its_own_street_is_an_address(town):
    out = _settle(town, [("ул. Гоголя, 5", "almaly", 76.92, 43.2202)])
    assert out.loc[0, ["precision", "radius_m", "district", "note"]].tolist() == [
        "address",
        250.0,
        "almaly",
        "",
    ]


def test_a_point_of_two_addresses_is_a_street_and_says_so(town):
    rows = [("ул. Гоголя, 5", "", 76.92, 43.2202), ("ул. Гоголя, 7", "", 76.92, 43.2202)]
    out = _settle(town, rows)
    assert out["precision"].tolist() == ["street", "street"]
    assert out["note"].str.contains("общая точка").all()
    alike = _settle(town, [rows[0], rows[0]])
    assert alike["precision"].tolist() == ["address", "address"], "one address twice is no fallback"


def test_outside_the_city_the_address_is_used_if_it_is_known_well_enough(town):
    rows = [
        ("мкр. Самал-1, 9", "", 78.0, 43.0),
        ("мкр. Думан, 9", "", 78.0, 43.0),
        ("ул. Нет, 1", "", np.nan, np.nan),
    ]
    out = _settle(town, rows)
    assert out.loc[0, ["precision", "district"]].tolist() == ["microdistrict", "medeu"]
    assert out.loc[0, "lon"] == pytest.approx(76.97)
    assert out["lon"].isna().tolist() == [False, True, True], "Думан is 1.5 km wide, over the limit"
    assert out["precision"].tolist()[1:] == ["district", "none"], "its district is known all the same"
    assert out["district"].tolist()[1:] == ["medeu", ""]


def test_a_contradicting_point_gives_way_to_the_microdistrict_and_not_to_a_street(town):
    rows = [("мкр. Самал-1, 9", "", 76.91, 43.21), ("ул. Гоголя, 9", "", 76.99, 43.255)]
    out = _settle(town, rows)
    assert out.loc[0, "district"] == "medeu"
    assert np.isnan(out.loc[1, "lon"])
    register, address = (
        tuple(map(float, lonlat.split())) for lonlat in out.loc[1, "alternatives"].split(";")
    )
    assert register == (76.99, 43.255)
    # House 9 on a street that runs to either side of 76.92.
    assert address == pytest.approx((76.92, 43.22), abs=3e-3)


def test_an_independent_point_or_another_house_of_the_street_bears_a_point_out(town):
    rows = [("ул. Гоголя, 9", "", 76.99, 43.255)]
    near = Witness(pd.Series([40.0]), *(pd.Series([np.nan]) for _ in range(3)))
    assert _settle(town, rows, near).loc[0, ["precision", "radius_m"]].tolist() == ["address", 100.0]
    pair = [*rows, ("ул. Гоголя, 11", "", 76.991, 43.255)]
    assert _settle(town, pair)["lon"].notna().all()


def test_neighbours_in_the_register_tell_the_district(town):
    block = [(f"ул. Гоголя, {n}", "", 76.912 + n / 2000, 43.22) for n in range(1, 30)]
    stray = ("ул. Гоголя, 40", "", 76.99, 43.255)
    out = _settle(town, [*block[:15], stray, *block[15:]], in_blocks=True)
    assert out.loc[15, ["district", "precision"]].tolist() == ["almaly", "street"]
    assert out.loc[15, "lon"] < 76.94


def test_a_stop_named_after_the_school_wins_over_a_far_point_and_not_over_a_near_one(town):
    rows = [("ул. Гоголя, 5", "", 76.92, 43.2202)]
    far = Witness(pd.Series([np.nan]), pd.Series([76.96]), pd.Series([43.25]), pd.Series([200.0]))
    assert _settle(town, rows, far).loc[0, ["precision", "district"]].tolist() == ["landmark", "medeu"]
    near = Witness(pd.Series([np.nan]), pd.Series([76.921]), pd.Series([43.2202]), pd.Series([200.0]))
    assert _settle(town, rows, near).loc[0, "precision"] == "address"


@pytest.mark.parametrize(
    ("claim", "confidence", "expected"),
    [
        ("street-interp ~150 m", "", ("street", 150.0)),
        ("street (median, street 615 m)", "", ("street", 615.0)),
        ("street (0.9 km)", "low", ("street", 900.0)),
        ("street-interp (+-700 m)", "", ("street", 700.0)),
        ("bus stop", "high (~150 m)", ("landmark", 150.0)),
        ("bus stop", "", ("landmark", 200.0)),
        ("neighbour house (~300 m)", "", ("address", 300.0)),
        ("building node", "", ("address", 100.0)),
        ("none", "none", ("none", None)),
    ],
)
def test_the_claims_of_the_facts_are_read(claim, confidence, expected):
    word, radius = claimed_precision(claim, confidence)
    assert word == expected[0]
    assert radius == expected[1] if expected[1] is not None else np.isnan(radius)
