import geopandas as gpd
import pytest
import shapely
from shapely.geometry import box

from geoplan.errors import InputError
from geoplan.layers._geojson import write_geojson
from geoplan.layers.districts import close_holes, read_districts


def frame(**shapes):
    return gpd.GeoDataFrame({"district": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326")


def test_a_hole_goes_to_the_neighbour_with_the_longest_common_border():
    # a ring of two districts around a hole: `b` holds three of its four sides
    hole = box(76.91, 43.21, 76.92, 43.22)
    a = box(76.90, 43.20, 76.91, 43.23)
    b = box(76.91, 43.20, 76.93, 43.23).difference(hole)
    closed, notes = close_holes(frame(a=a, b=b))
    assert closed.geometry[1].contains(hole)
    assert closed.geometry[0].equals(a)
    assert closed.union_all().area == pytest.approx(box(76.90, 43.20, 76.93, 43.23).area)
    assert len(notes) == 1
    assert "hole of 90" in notes[0]
    assert "given to b" in notes[0]


def test_an_overlap_stays_with_the_first_slug():
    a, b = box(76.90, 43.20, 76.92, 43.22), box(76.91, 43.20, 76.93, 43.22)
    closed, notes = close_holes(frame(a=a, b=b))
    assert closed.geometry[0].equals(a)
    assert closed.geometry[0].intersection(closed.geometry[1]).area == 0
    assert "overlaps between districts" in notes[0]


def test_districts_that_already_cover_the_city_stay_as_they_are():
    a, b = box(76.90, 43.20, 76.91, 43.22), box(76.91, 43.20, 76.93, 43.22)
    closed, notes = close_holes(frame(a=a, b=b))
    assert notes == []
    assert closed.geometry[1].equals(b)


def test_districts_are_named_in_three_languages_and_sorted_by_slug(made_up):
    districts, _ = read_districts(made_up)
    assert districts.drop(columns="geometry").to_numpy().tolist() == [
        ["medeu", "Медеуский район", "Медеу ауданы", "Medeu district"],
        # the Latin schwa of the source is the Cyrillic one here
        ["zhetysu", "Жетысуский район", "\u04d8уезов ауданы", "Zhetysu district"],
    ]


def test_a_missing_source_file_is_named(made_up):
    (made_up / "districts" / "almaty_districts_akimat_2024.geojson").unlink()
    with pytest.raises(InputError, match=r"almaty_districts_akimat_2024\.geojson: source file is missing"):
        read_districts(made_up)
    with pytest.raises(InputError, match="no such folder of source files"):
        read_districts(made_up / "nowhere")


def test_geojson_reads_back_as_it_was_with_outer_rings_anticlockwise(made_up, tmp_path):
    districts, _ = read_districts(made_up)
    write_geojson(districts, tmp_path / "d.geojson", decimals=6)
    back = gpd.read_file(tmp_path / "d.geojson")
    assert back.crs == "EPSG:4326"
    assert list(back.columns) == ["district", "name_ru", "name_kk", "name_en", "geometry"]
    assert all(a.equals(b) for a, b in zip(back.geometry, districts.geometry, strict=True))
    assert shapely.is_ccw(shapely.get_exterior_ring(back.geometry.to_numpy())).all()


@pytest.mark.sources
def test_the_four_holes_of_almaty_are_closed(real_districts):
    districts, notes = real_districts
    assert districts["district"].tolist() == [
        *("alatau", "almaly", "auezov", "bostandyk", "medeu", "nauryzbay", "turksib", "zhetysu"),
    ]
    assert [note.split(" at ")[0] for note in notes] == [
        *("hole of 8.3 ha", "hole of 10.4 ha", "hole of 15.4 ha", "hole of 12.8 ha"),
    ]
    metric = districts.to_crs(districts.estimate_utm_crs())
    union = metric.union_all()
    assert sum(len(part.interiors) for part in union.geoms) == 0
    assert metric.area.sum() == pytest.approx(union.area, abs=1.0)
    assert union.area / 1e6 == pytest.approx(702.9, abs=0.1)
    # the Абая-Жарокова crossing lies in a hole of the source
    assert districts.loc[districts.contains(shapely.Point(76.8827, 43.2379)), "district"].tolist() == [
        "almaly"
    ]
