"""Damaged copies: whatever happens to the cells, the reader answers, and loses and invents nothing."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geoplan.errors import InputError
from geoplan.roadmap import read_roadmap

SLOW = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # the examples are whole documents: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROW = re.compile(r"\d+(?:\.\d+)*\t(?!\d+\t)")
MONEY = [f"cost_{year}" for year in ("2022", "2023", "2024", "2025", "2026_2030", "total", "mb", "rb", "chi")]
TEXT = ["agencies", "y2022", "y2023", "y2024", "y2025", "y2026_2030", "kpi_2025", "kpi_2030"]


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.txt"
        path.write_text(text, encoding="utf-8")
        return read_roadmap(path)


def damaged(text, data):
    """Insert, drop, swap letters of or cut one cell of one row; returns its number and the new text."""
    lines = text.split("\n")
    at = data.draw(st.sampled_from([i for i, line in enumerate(lines) if ROW.match(line)]))
    cells = lines[at].split("\t")
    spot = data.draw(st.integers(1, len(cells) - 1))
    how = data.draw(st.sampled_from(["insert", "drop", "mistype", "cut", "junk"]))
    if how == "insert":
        cells.insert(spot, "")
    elif how == "drop":
        cells.pop(spot)
    elif how == "mistype":
        letters = list(cells[spot])
        if len(letters) > 1:
            letter = data.draw(st.integers(0, len(letters) - 2))
            letters[letter], letters[letter + 1] = letters[letter + 1], letters[letter]
        cells[spot] = "".join(letters)
    elif how == "cut":
        cells = cells[:spot]
    else:
        cells[spot] = data.draw(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30))
    lines[at] = "\t".join(cells)
    return cells[0], "\n".join(lines)


def check(before, number, after):
    """Hold what must hold of any damaged copy."""
    assert len(after.projects) == len(before.projects)
    builds = after.builds
    assert builds.build_id.is_unique
    assert set(builds.service) <= {"school", "kindergarten", "polyclinic", "ambulance", "hospital", "other"}
    assert set(builds.opens_basis) <= {"stated", "end of period", "allocated"}
    assert builds.opens.between(2022, 2040).all()
    assert not builds.select_dtypes("str").isna().any().any()
    assert ((builds.capacity_unit == "") == builds.capacity.isna()).all()
    placed = (builds.place != "") | builds.action.isin(["annex", "renovation"])
    assert ((builds.status == "stated") == placed).all()
    elsewhere = ~builds.project.eq(number)
    same = before.builds[~before.builds.project.eq(number)]
    assert list(builds.build_id[elsewhere]) == list(same.build_id)


@SLOW
@given(data=st.data())
def test_a_damaged_small_document_is_read(small, small_text, data):
    number, text = damaged(small_text, data)
    check(small, number, read(text))


@pytest.mark.sources
@settings(SLOW, max_examples=30)
@given(data=st.data())
def test_a_damaged_real_document_is_read(real, real_text, data):
    number, text = damaged(real_text, data)
    check(real, number, read(text))


@SLOW
@given(data=st.data())
def test_an_empty_cell_more_or_less_loses_no_content(small, small_text, data):
    lines = small_text.split("\n")
    at = data.draw(st.sampled_from([i for i, line in enumerate(lines) if ROW.match(line)]))
    cells = lines[at].split("\t")
    spot = data.draw(st.integers(4, len(cells) - 1))
    empty = [i for i, cell in enumerate(cells) if not cell and i >= 4]
    if data.draw(st.booleans()):
        cells.insert(spot, "")
    else:
        cells.pop(data.draw(st.sampled_from(empty)))
    lines[at] = "\t".join(cells)
    after = read("\n".join(lines)).projects.set_index("project").loc[cells[0]]
    before = small.projects.set_index("project").loc[cells[0]]
    assert after.title == before.title
    # Numbers and goals keep their order and are all still there; a note may have taken the place of an indicator.
    goals = [column for column in TEXT if column.startswith("y")]
    assert [value for value in after[goals] if value] == [value for value in before[goals] if value]
    assert sorted(after[MONEY].dropna()) == sorted(before[MONEY].dropna())


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_one_line(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bytes.txt"
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            read_roadmap(path)
        assert "\n" not in str(caught.value).replace(str(path), "")
