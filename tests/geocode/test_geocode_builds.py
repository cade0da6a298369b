import numpy as np
import pandas as pd

from geoplan.geocode import geocode_builds


def _builds(rows):
    table = pd.DataFrame(rows, columns=["build_id", "district", "place", "status"])
    return table.assign(lon=np.nan, lat=np.nan, precision="", radius_m=np.nan, alternatives="", note="")


def test_only_stated_places_are_filled_and_a_lost_one_is_said(town):
    builds = _builds(
        [
            ("1-01", "almaly", "в районе Абая-Жарокова", "stated"),
            ("1-02", "medeu", "", "proposed"),
            ("1-03", "medeu", "мкр. Теректы", "stated"),
        ]
    )
    out = geocode_builds(builds, places=town.places, districts=town.districts, border_tolerance_m=50.0)
    assert out["precision"].tolist() == ["intersection", "", "district"]
    assert out["status"].tolist() == ["stated", "proposed", "proposed"]
    assert out["lon"].notna().tolist() == [True, False, False]
    assert "не размещено" in out["note"][2]
    assert "Теректи (almaly)" in out["alternatives"][2]
    assert out["note"][1] == ""
    assert builds["lon"].isna().all(), "the caller's table is left alone"


def test_builds_without_places_come_back_as_they_were(town):
    builds = _builds([("1-01", "almaly", "", "proposed")])
    pd.testing.assert_frame_equal(
        geocode_builds(builds, places=town.places, districts=town.districts), builds
    )
