"""What the shipped layers say of themselves, in Russian in the workbook."""

import json
import re

import pytest

from geoplan._shipped import shipped_layers
from geoplan.report.layer_words import layer_titles, layer_words
from geoplan.report.workbook import sources_table

PACKAGE = json.loads((shipped_layers() / "almaty" / "datapackage.json").read_text(encoding="utf-8"))


def test_the_sheet_of_sources_is_russian():
    table = sources_table(PACKAGE, "ru")
    assert len(table) == len(PACKAGE["resources"])
    for column in ("title", "vintage", "origins"):
        for text in table[column]:
            # names of sources and files stay as they are
            left = re.sub(r"OpenStreetMap|Open Almaty|Geofabrik|Nominatim|gov\.kz|\w+\.csv", "", text)
            assert not re.search("[A-Za-z]", left), text


def test_the_table_of_a_geopackage_is_as_the_data_package_is_written():
    table = sources_table(PACKAGE)
    assert table["title"].tolist() == [resource["title"] for resource in PACKAGE["resources"]]
    assert table["vintage"].tolist() == [resource["vintage"] for resource in PACKAGE["resources"]]


def test_what_a_user_wrote_of_a_layer_stays():
    own = {
        "resources": [
            {"path": "streets.parquet", "title": "My streets", "vintage": "last week", "sources": []}
        ]
    }
    row = sources_table(own, "ru").iloc[0]
    assert (row["title"], row["vintage"], row["origins"]) == ("My streets", "last week", "")


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_translation_is_left_over_from_a_text_that_changed(language):
    said = {source["title"] for resource in PACKAGE["resources"] for source in resource["sources"]}
    said |= {resource["vintage"] for resource in PACKAGE["resources"]}
    assert set(layer_words(language)) <= said
    assert set(layer_titles(language)) <= {resource["title"] for resource in PACKAGE["resources"]}
