"""The Python of README and DESIGN, line by line, on the shipped layers."""

from __future__ import annotations

import pandas as pd
import pytest

import geoplan as gp


@pytest.mark.sources
def test_the_lines_of_the_readme_do_what_the_command_does(sources, tmp_path):
    city = gp.open_city("almaty")
    builds = gp.geocode(gp.read_roadmap(sources / "roadmap.txt").builds, city)
    assert builds["lon"].notna().sum() == city.builds["lon"].notna().sum()
    assert builds["facility_id"].tolist() == city.builds["facility_id"].tolist()
    plan = gp.timeline(city, builds, service="kindergarten")
    shipped = gp.timeline(city, service="kindergarten")
    pd.testing.assert_frame_equal(plan.effects(), shipped.effects())
    table = plan.coverage(by="district")
    assert set(table["district"]) == {*city.districts.index, "almaty"}
    pages = gp.maps.write([plan], tmp_path)
    assert [page.name for page in pages] == ["index.html", "kindergarten.html"]
