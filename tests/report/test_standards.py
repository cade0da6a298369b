"""Standards: every figure has its unit, basis and source, and a fault in the file is told by its entry."""

from __future__ import annotations

import pytest

from geoplan.errors import InputError
from geoplan.standards import Figure, load_standards


def _figures(value, where=""):
    if isinstance(value, Figure):
        yield where, value
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            yield from _figures(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _figures(item, f"{where}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _figures(item, where)


def test_every_figure_carries_unit_basis_and_source():
    figures = list(_figures(load_standards()))
    assert len(figures) > 15
    for where, figure in figures:
        assert len(figure.source) > 10, where
        assert figure.unit, where


def test_the_response_reading_takes_call_handling_and_turnout_off_the_threshold():
    ambulance = load_standards().service("ambulance")
    by_mode = {(reading.mode, reading.threshold): reading.limit for reading in ambulance.readings}
    assert by_mode["drive", 10] == 600
    assert by_mode["response", 10] == 600 - 60 * (ambulance.call_handling.value + ambulance.turnout.value)
    assert ambulance.headline_reading.mode == "response"


def test_the_busy_fraction_follows_from_calls_crews_and_minutes():
    assert load_standards().crews.busy_fraction == pytest.approx(2500 * 60 / (180 * 1440))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('basis = "norm"', 'basis = "hearsay"', "services.ambulance.thresholds.0.basis"),
        ("headline = 10", "headline = 11", "services.ambulance"),
        ("residential = 22", "residential = -22", "speeds.drive"),
        ("map_breaks = [300", "map_breaks = [900", "services.school"),
        ("radii = [1, 2, 3]", "radii = [1, 3, 2]", "capacity.decay"),
        ('version = "', "version = ", "not a TOML file"),
    ],
)
def test_a_fault_names_the_entry(tmp_path, root, old, new, where):
    text = (root / "layers" / "standards.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "standards.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_standards(path)
    assert where in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1 or where == "not a TOML file"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="nothing.toml: cannot be read"):
        load_standards(tmp_path / "nothing.toml")
