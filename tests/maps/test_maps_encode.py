import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.maps._encode import pack, pack_classes, quantise, unpack, unpack_classes

classes = st.lists(st.one_of(st.integers(0, 14), st.just(255)), max_size=50)


@given(classes)
def test_classes_come_back_as_they_went_in(values):
    array = np.array(values, dtype=np.uint8)
    assert unpack_classes(pack_classes(array), len(array)).tolist() == values


def test_a_class_that_half_a_byte_cannot_hold_is_refused():
    with pytest.raises(InputError, match=r"\[15\]"):
        pack_classes(np.array([3, 15], dtype=np.uint8))


@given(st.lists(st.integers(0, 65_535), max_size=30))
def test_whole_numbers_come_back_as_they_went_in(values):
    assert unpack(pack(np.array(values, dtype=np.int64), "uint16"), "uint16").tolist() == values


def test_bytes_are_little_endian_as_the_page_reads_them():
    assert unpack(pack(np.array([0x0102]), "uint16"), "uint8").tolist() == [2, 1]


@pytest.mark.parametrize("value", [-1, 65_536])
def test_a_number_that_does_not_fit_is_refused(value):
    with pytest.raises(InputError, match="do not fit uint16"):
        pack(np.array([value]), "uint16")


def test_a_coordinate_is_kept_to_a_metre():
    bounds = (76.7, 77.2)
    lon = np.linspace(*bounds, 1001)
    back = quantise(lon, bounds) / 65_535 * (bounds[1] - bounds[0]) + bounds[0]
    assert np.abs(back - lon).max() * 81_000 < 0.5


def test_a_coordinate_outside_the_frame_is_refused():
    with pytest.raises(InputError, match="outside"):
        quantise(np.array([78.0]), (76.7, 77.2))
