"""Published figures: every row of the source is in the layer or told, with its date and address."""

from __future__ import annotations

import csv

import pytest

from geoplan.city import City, open_city
from geoplan.errors import InputError
from geoplan.layers.published import FACTS, read_published


def write(folder, *rows):
    path = folder / FACTS
    path.parent.mkdir(parents=True)
    head = "topic,district,metric,value,unit,as_of,confidence,source_url,source_note"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


def test_words_and_ranges_stay_as_published_and_give_no_number(tmp_path):
    table, notes = read_published(
        write(
            tmp_path,
            "schools,Алатауский,seat deficit,8000,seats (almost),2022-09,high,https://a.kz/1,",
            'schools,"Алатауский, school №154",design capacity,694 / more than 2000,pupils,2022,high,https://a.kz/2,x',
            "schools,city,yearly growth,12000-14000,pupils,2023,high,https://a.kz/3,",
            "schools,Жетысуский,seat deficit,,seats,,not found,,",
            "schools,city,seats,5,seats,2024,low,a page without an address,",
        ),
        city="town",
    )
    assert table["district"].tolist() == ["alatau", "alatau", "town"]
    assert table["place"].tolist() == ["school №154", "", ""]
    assert table["published"].tolist() == ["694 / more than 2000", "8000", "12000-14000"]
    assert table["value"].isna().tolist() == [True, False, True]
    assert [note.split(" are")[0] for note in notes] == [
        "1 figures searched for and not found", "1 figures without an address",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("roads,city,m,1,x,2022,high,https://a.kz,", "topic 'roads' is not known"),
        ("schools,Nowhere,m,1,x,2022,high,https://a.kz,", "'Nowhere' is no district"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path, row, told):
    with pytest.raises(InputError, match=told):
        read_published(write(tmp_path, row), city="town")


@pytest.mark.sources
def test_no_row_of_the_source_is_lost(sources):
    with (sources / FACTS).open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    city = open_city("almaty")
    cited = [row for row in rows if row["value"].strip() and row["source_url"].startswith("http")]
    assert sorted(city.published["published"]) == sorted(row["value"] for row in cited)
    assert set(city.published["as_of"]) == {row["as_of"] for row in cited}
    assert city.published["source"].str.startswith("http").all()


def test_a_city_without_the_layer_has_no_figures(tmp_path):
    city = City("town", tmp_path)
    city.__dict__["package"] = {"resources": []}
    assert city.published.empty
    assert "as_of" in city.published.columns
