"""Files: whole or not at all, the same bytes, nothing that a spreadsheet would run."""

from __future__ import annotations

import pandas as pd
import pytest

from geoplan.errors import OutputError
from geoplan.files import whole, whole_folder, write_csv, write_json


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["table.csv"]


def test_a_folder_that_fails_half_way_leaves_the_old_one(tmp_path):
    home = tmp_path / "almaty"
    home.mkdir()
    (home / "index.html").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(home, mark="index.html") as staging:
        (staging / "index.html").write_text("half")
        raise RuntimeError
    assert (home / "index.html").read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["almaty"]
    with whole_folder(home, mark="index.html") as staging:
        (staging / "new.html").write_text("new")
    assert [item.name for item in home.iterdir()] == ["new.html"]


def test_a_folder_that_is_somebody_elses_is_left_alone(tmp_path):
    home = tmp_path / "almaty"
    home.mkdir()
    (home / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"), whole_folder(home, mark="run.json"):
        pass
    assert (home / "notes.txt").read_text() == "mine"


def test_text_that_a_spreadsheet_would_run_is_quoted_and_numbers_are_not(tmp_path):
    table = pd.DataFrame({"name": ["=cmd|' /C calc'!A0", "@x", "-5 °C", "plain"], "n": [-1, 2, -3, 4]})
    write_csv(table, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["name,n", "'=cmd|' /C calc'!A0,-1", "'@x,2", "'-5 °C,-3", "plain,4"]


def test_a_path_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file/t.json: cannot be written"):
        write_json({}, tmp_path / "file" / "t.json")


def test_json_refuses_what_is_not_json(tmp_path):
    with pytest.raises(ValueError, match="Out of range"):
        write_json({"x": float("nan")}, tmp_path / "t.json")
    assert not (tmp_path / "t.json").exists()
