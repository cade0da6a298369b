"""`geoplan layers fetch` from the name to layers that `layers check` accepts, against a server on loopback."""

import json
import sys
from types import SimpleNamespace

import pytest
from osm_town import at
from osmnx import _nominatim
from played_servers import Played, World
from test_layers_fetch import NODES, RELATIONS, WAYS, place

from geoplan.cli import main


@pytest.fixture(scope="module")
def played():
    server = Played(World(NODES, WAYS, RELATIONS), [place()])
    yield server
    server.stop()


@pytest.fixture
def geoplan(played, monkeypatch, capsys):
    """The command as typed, in this process: it returns the exit status and what was printed."""
    monkeypatch.setattr(_nominatim.time, "sleep", lambda _seconds: None)
    monkeypatch.setenv("GEOPLAN_OVERPASS", f"{played.url}/api")
    monkeypatch.setenv("GEOPLAN_NOMINATIM", played.url)
    monkeypatch.setenv("GEOPLAN_FETCH_FIRST_WAIT_S", "0")
    monkeypatch.setenv("GEOPLAN_FETCH_TRIES", "2")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["geoplan", "layers", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return SimpleNamespace(returncode=ended.value.code or 0, stdout=printed.out, stderr=printed.err)

    return run


def test_a_city_is_fetched_built_and_passes_the_check(geoplan, played, tmp_path):
    people = tmp_path / "people.csv"
    rows = [f"{x},{y},{n}" for (x, y), n in ((at(5, 5), 300), (at(15, 5), 200), (at(15, 15), 100))]
    people.write_text("lon,lat,persons\n" + "\n".join(rows) + "\n")
    out, cache = tmp_path / "layers" / "astana", tmp_path / "cache"
    played.faults = [None, 504]
    fetch = ["fetch", "--place", "Астана, Казахстан", "--out", out, "--cache", cache]

    alone = geoplan(*fetch)
    assert alone.returncode == 1
    assert alone.stderr.count("\n") == 1
    assert alone.stderr.startswith(f"geoplan: {out}: people are missing, so no layers are written")
    assert f"--streets {cache}/astana/city.osm.pbf" in alone.stderr
    assert not out.exists()

    asked = len(played.questions)
    done = geoplan(*fetch, "--population", people, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert "2 boundaries of admin_level 6, which cover 100.0% of the place" in " ".join(told["notes"])
    assert len(played.questions) == asked, "all answers were kept"

    check = geoplan("check", out, "--json")
    assert check.returncode == 0, check.stdout + check.stderr
    shown = {row["file"]: row for row in json.loads(geoplan("show", out, "--json").stdout)["layers"]}
    assert shown["streets.parquet"]["vintage"] == "2026-11-20"
    assert "restrictions.parquet" in shown

    # the printed command gives the same layers
    command = alone.stderr.split("then run: geoplan layers ")[1].strip().replace("FILE", str(people)).split()
    again = geoplan(*command[:-1], tmp_path / "again")
    assert again.returncode == 0, again.stderr
    for name in shown:
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes(), name


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--out", "Астана"], "'Астана': a city's short name has small Latin letters"),
        (["--out", "astana", "--population", "none.tif"], "none.tif: no such file of population"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_asked(geoplan, played, tmp_path, words, line):
    before = len(played.searches)
    told = geoplan("fetch", "--place", "Астана", "--cache", tmp_path, *words)
    assert told.returncode == 1
    assert told.stderr.startswith(f"geoplan: {line}")
    assert len(played.searches) == before


def test_a_server_that_never_answers_ends_in_one_line(geoplan, played, tmp_path):
    played.faults = [None, 504, 504]
    told = geoplan("fetch", "--place", "Астана", "--out", tmp_path / "astana", "--cache", tmp_path / "c")
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "no usable answer in 2 tries (answered 504)" in told.stderr
