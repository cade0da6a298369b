"""How house numbers run along a street."""

import numpy as np
import pytest
import shapely
from fit_numbers import foretold, known_streets
from hypothesis import given
from hypothesis import strategies as st

from geoplan.city import open_city
from geoplan.geocode._axis import Axis, nearest
from geoplan.geocode._crossing import approaches
from geoplan.geocode._numbers import Known, Street, narrowest, usual_numbering

SOUTH = shapely.LineString([(0, 2000), (0, 0)])


def new_street(axis, houses):
    return Street(axis, houses, usual_numbering())


def known(pairs):
    numbers, along = np.array(pairs, dtype=float).reshape(-1, 2).T
    return Known(numbers, along)


def placed(street, number, **more):
    found = street.where(number, **more)
    step, radius = narrowest(found.shares, street.axis.steps)
    return street.axis.steps[step], radius


def test_an_axis_is_measured_from_the_north_or_the_east():
    along = Axis(shapely.LineString([(0, 0), (0, 500)])).where(np.array([[30.0, 400.0], [-30.0, 0.0]]))
    assert along == pytest.approx([100, 500], abs=1)
    east = Axis(shapely.LineString([(0, 0), (800, 100)]))
    assert east.west_east
    assert east.where(np.array([[790.0, 100.0]]))[0] == pytest.approx(10, abs=26)


def test_carriageways_and_parts_with_a_gap_are_one_axis():
    two = [[(0, 0), (1000, 0)], [(0, 30), (1000, 30)]]
    apart = [[(1300, 0), (2000, 0)]]
    axis = Axis(shapely.MultiLineString([*two, *apart]))
    assert axis.length == pytest.approx(2000, rel=0.02)
    assert axis.where(np.array([[1300.0, 5.0]]))[0] == pytest.approx(700, abs=30)
    assert axis.where(np.array([[500.0, 31.0]]))[0] == pytest.approx(1500, abs=40)


def test_a_gap_is_bridged_where_it_is_narrowest_whichever_way_a_part_is_drawn():
    axis = Axis(shapely.MultiLineString([[(0, 0), (1000, 0)], [(1500, 0), (1100, 0)]]))
    assert axis.length == pytest.approx(1500, abs=1)


def test_an_axis_follows_the_bends():
    axis = Axis(shapely.LineString([(0, 1000), (0, 0), (400, 0)]))
    # A corner may be cut by what is taken for two carriageways.
    assert axis.length == pytest.approx(1400, abs=20)
    assert axis.places[-1] == pytest.approx([400, 0])
    steps = np.hypot(*np.diff(axis.places, axis=0).T)
    assert steps.max() <= 26


def test_a_number_lies_between_its_neighbours_and_near_them_surely():
    street = new_street(Axis(SOUTH), known([(10, 200), (30, 600), (50, 1000)]))
    at, radius = placed(street, 40)
    assert at == pytest.approx(800, abs=60)
    near, surer = placed(street, 32)
    assert near == pytest.approx(640, abs=40)
    assert surer < radius < 300


def test_numbers_may_rise_from_the_other_end():
    street = new_street(Axis(SOUTH), known([(10, 1800), (30, 1400), (50, 1000)]))
    assert placed(street, 70)[0] == pytest.approx(600, abs=150)
    # The usual direction, where nothing is known, is from the north.
    assert placed(new_street(Axis(SOUTH), known([])), 4)[0] < 1000


def test_numbers_run_faster_along_the_streets_from_west_to_east():
    means = []
    for end in ((0, -6000), (-6000, 0)):
        street = new_street(Axis(shapely.LineString([(0, 0), end])), known([]))
        means.append(street.where(50).shares @ np.minimum(street.axis.steps, 6000 - street.axis.steps))
    north_south, west_east = means
    # 6.7 m a number, 50 numbers, less what is cut off at the end.
    assert west_east - north_south == pytest.approx(260, abs=60)


def test_a_misplaced_house_is_not_believed():
    good = [(10, 200), (12, 240), (30, 600), (32, 640), (50, 1000), (52, 1040)]
    axis = Axis(SOUTH)
    with_bad = new_street(axis, known([*good, (34, 1900)]))
    found = with_bad.where(36)
    assert 34 not in found.witnesses
    assert {32, 50} <= set(found.witnesses)
    assert placed(with_bad, 36)[0] == pytest.approx(placed(new_street(axis, known(good)), 36)[0], abs=60)


def test_a_number_that_the_street_does_not_reach_does_not_fit():
    short = new_street(Axis(shapely.LineString([(0, 150), (0, 0)])), known([]))
    assert short.where(150).fits < 0.05
    assert short.where(3).fits > 0.5
    assert new_street(Axis(SOUTH), known([(10, 200), (80, 1600)])).where(200).fits < 0.05


def test_only_allowed_steps_hold_the_number():
    axis = Axis(SOUTH)
    street = new_street(axis, known([(10, 200), (30, 600), (50, 1000)]))
    south = street.where(40, allowed=axis.steps > 850)
    assert south.shares[axis.steps <= 850].sum() == 0
    assert south.shares.sum() == pytest.approx(1)
    assert street.where(40, allowed=axis.steps > 1900).inside < 0.01
    assert street.where(40, allowed=np.zeros(len(axis.steps), dtype=bool)).shares.sum() == 0


@given(
    st.lists(st.tuples(st.integers(1, 300), st.floats(0, 2000)), max_size=12),
    st.integers(1, 500),
)
def test_certainty_is_a_share_whatever_is_known(pairs, number):
    street = new_street(Axis(SOUTH), known(pairs))
    found = street.where(number)
    assert np.isfinite(found.shares).all()
    assert (found.shares >= 0).all()
    assert found.shares.sum() == pytest.approx(1) or found.inside < 1e-200
    assert 0 <= found.fits <= 1 + 1e-9
    step, radius = narrowest(found.shares, street.axis.steps)
    assert 0 <= street.axis.steps[step] <= street.axis.length
    assert np.isfinite(radius)


def test_known_addresses_of_almaty_lie_within_the_radii_foretold_from_their_neighbours():
    city = open_city("almaty")
    table = foretold(known_streets(city.places, city.districts.reset_index()), usual_numbering())
    assert len(table) > 800
    assert table["within"].mean() >= 0.88
    # Houses of OSM 2012 were drawn on the building; register points are themselves off at times.
    drawn = table["source"] == "OSM 2012"
    assert table.loc[drawn, "within"].mean() >= 0.9
    assert (table["radius_m"] <= 500).mean() >= 0.6


def test_streets_come_near_each_other_once_for_each_place():
    north = shapely.LineString([(0, 0), (0, 1000)])
    west, far = shapely.LineString([(-900, 300), (-150, 300)]), shapely.LineString([(-900, 900), (-180, 900)])
    found = approaches([north], [west, far], within_m=200)
    assert [spot.gap for spot in found] == [150, 180]
    assert found[0].point.coords[0] == pytest.approx((-75, 300))
    assert found[0].radius == 75 + 60
    assert len(approaches([north], [west, far], within_m=160)) == 1
    assert approaches([north], [far], within_m=160) == []


def test_a_step_outside_the_district_gives_way_to_the_nearest_inside():
    inside = np.array([True, False, False, True, True])
    assert [nearest(step, inside) for step in range(5)] == [0, 0, 3, 3, 4]
    axis = Axis(SOUTH)
    ends = (axis.steps < 100) | (axis.steps > 1510)
    # Halfway lies between the two parts: the nearer end is the place.
    assert axis.middle(ends) == pytest.approx([0, 475])
    assert axis.middle(axis.steps < 1010) == pytest.approx([0, 1500])
