"""Times of day: each slows every street as its table says, drivers more than ambulances, walkers not at all."""

from __future__ import annotations

import re
import sys

import numpy as np
import pytest
from smallville import UTM, grid_streets

from geoplan.city import open_city
from geoplan.errors import InputError
from geoplan.network import build_network
from geoplan.standards import load_standards

STANDARDS = load_standards()


def network(mode, time="free", streets=None):
    streets = grid_streets() if streets is None else streets
    return build_network(streets, mode, standards=STANDARDS, crs=UTM, time_of_day=time)


@pytest.mark.parametrize("mode", ["drive", "emergency"])
@pytest.mark.parametrize("time", ["morning", "midday", "evening"])
def test_each_class_keeps_its_share_of_the_free_flow_speed_and_other_classes_the_default(mode, time):
    streets = grid_streets()
    classes = np.array(["secondary", "primary_link", "residential", "never_heard_of"])
    streets["highway"] = classes[np.arange(len(streets)) % 4]
    hour = getattr(getattr(STANDARDS.times_of_day, mode), time)
    ratio = network(mode, streets=streets).cost / network(mode, time, streets).cost
    named = hour.by_class()
    expected = [named["secondary"], named["primary_link"], hour.default, hour.default]
    np.testing.assert_allclose(ratio, np.array(expected)[np.arange(len(streets)) % 4])


def test_a_posted_limit_is_the_free_flow_speed_that_an_hour_slows():
    streets = grid_streets().assign(maxspeed_kmh=10, highway="primary")
    share = STANDARDS.times_of_day.drive.evening.by_class()["primary"]
    assert network("drive", "evening", streets).cost[0] == pytest.approx(200 / (10 * share / 3.6))


def test_the_day_is_ordered_and_ambulances_lose_less():
    hours = STANDARDS.times_of_day
    for name in hours.drive.evening.by_class():
        drive, ambulance = (
            [getattr(table, time).by_class()[name] for time in ("evening", "morning", "midday")]
            for table in (hours.drive, hours.emergency)
        )
        assert drive == sorted(drive)
        assert ambulance == sorted(ambulance)
        assert all(a > d for a, d in zip(ambulance, drive, strict=True))


def test_an_unknown_time_and_a_time_on_foot_are_refused():
    with pytest.raises(
        InputError, match="unknown time of day 'noon': known are free, morning, midday, evening"
    ):
        network("drive", "noon")
    with pytest.raises(InputError, match="mode walk: the way on foot does not depend on the time of day"):
        network("walk", "morning")


def test_a_city_at_another_time_shares_its_layers_and_keeps_the_time_with_other_facilities():
    city = open_city("almaty")
    evening = city.at_time("evening")
    assert city.time_of_day == "free"
    assert evening.time_of_day == "evening"
    assert evening.with_facilities(evening.facilities).time_of_day == "evening"


def test_a_wheelchair_gets_no_steps_tracks_or_paths_of_almaty():
    streets = open_city("almaty").streets
    used = set(streets.loc[streets["wheelchair"], "highway"])
    assert {"residential", "footway", "pedestrian"} <= used
    assert not used & {"steps", "track", "path", "bridleway"}


@pytest.mark.sources
def test_the_documented_check_against_published_speeds_is_the_one_the_streets_give(
    root, sources, monkeypatch
):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    monkeypatch.delitem(sys.modules, "corridors", raising=False)
    import corridors

    text = (root / "docs" / "method.md").read_text(encoding="utf-8")
    for row in corridors.corridors(sources).itertuples():
        line = f"| {row.corridor} | {row.hours} | {row.published:g} | {row.model_free:g} | {row.model:g} |"
        assert line in text
    for row in corridors.jams(sources).itertuples():
        assert re.search(
            rf"\| {row.period} \| .*\| {row.jam_km:.0f} \| {row.share_of_evening_delay:.2f} \|", text
        )
