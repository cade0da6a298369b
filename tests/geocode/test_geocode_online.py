"""The online geocoder against a small server on loopback: no test leaves the machine."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest

from geoplan.city import online
from geoplan.city.online import geocode_online
from geoplan.errors import InputError
from geoplan.geocode import geocode


def answer(lon, lat, kind="house", half=0.001, name="Дом"):
    box = [str(lat - half), str(lat + half), str(lon - half), str(lon + half)]
    return {"lon": str(lon), "lat": str(lat), "type": kind, "boundingbox": box, "display_name": name}


@pytest.fixture
def nominatim(monkeypatch):
    """A server that answers by the first word asked, and the questions it was asked."""
    from osmnx import _nominatim

    waits = []
    monkeypatch.setattr(_nominatim.time, "sleep", waits.append)
    answers, questions = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            query = parse_qs(urlparse(self.path).query)
            questions.append(query)
            body = answers.get(query["q"][0].split(",")[0], [])
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(
        url=f"http://127.0.0.1:{server.server_port}", answers=answers, questions=questions, waits=waits
    )
    server.shutdown()
    server.server_close()


def ask(town, nominatim, tmp_path, *texts):
    asked = pd.Series(list(texts), index=range(5, 5 + len(texts)), dtype=object)
    found = geocode(asked, places=town.places, districts=town.districts, border_tolerance_m=50.0)
    return geocode_online(found, asked, districts=town.districts, cache=tmp_path / "cache", url=nominatim.url)


def test_only_what_is_open_is_asked_and_the_answer_is_marked(town, nominatim, tmp_path):
    nominatim.answers["Фантазия 5"] = [answer(76.92, 43.22)]
    table = ask(town, nominatim, tmp_path, "мкр. Айгерим", "Фантазия 5", "ул. Шашкина", "", "г. Астана")
    assert [query["q"][0] for query in nominatim.questions] == ["Фантазия 5, Алматы"]
    row = table.loc[6]
    assert (row.district, row.precision, row.lon) == ("almaly", "address", 76.92)
    assert row.how.startswith("online")
    assert 130 < row.radius_m < 145
    assert row.score < 85
    assert table["how"].str.startswith("online").sum() == 1
    assert table.loc[7, "precision"] == "none", "an ambiguous name is not asked elsewhere"


def test_answers_are_kept_on_disk_and_requests_wait_a_second(town, nominatim, tmp_path):
    nominatim.answers["Фантазия 5"] = [answer(76.92, 43.22)]
    first = ask(town, nominatim, tmp_path, "Фантазия 5")
    second = ask(town, nominatim, tmp_path, "Фантазия 5")
    pd.testing.assert_frame_equal(first, second)
    assert len(nominatim.questions) == 1
    assert nominatim.waits == [1]


def test_answers_outside_the_city_too_coarse_or_tied_are_not_taken(town, nominatim, tmp_path):
    nominatim.answers["Далеко"] = [answer(77.5, 43.22)]
    nominatim.answers["Городок"] = [answer(76.92, 43.22, kind="city")]
    nominatim.answers["Дважды"] = [answer(76.92, 43.22), answer(76.98, 43.22)]
    nominatim.answers["Криво"] = [{"lon": "x"}, answer(76.92, 43.22)]
    table = ask(town, nominatim, tmp_path, "Далеко", "Городок", "Дважды", "Криво")
    assert table["lon"].notna().tolist() == [False, False, False, True]
    assert table["how"].str.contains("online").all()


def test_a_district_known_before_is_kept_to(town, nominatim, tmp_path):
    nominatim.answers["Фантазия 5"] = [answer(76.98, 43.22), answer(76.92, 43.22)]
    row = ask(town, nominatim, tmp_path, "Фантазия 5, Алмалинский район").loc[5]
    assert row.district == "almaly"


def test_a_server_that_speaks_nonsense_or_is_away_is_one_clear_error(town, nominatim, tmp_path):
    nominatim.answers["Фантазия 5"] = b"<html>"
    with pytest.raises(InputError, match="127.0.0.1"):
        ask(town, nominatim, tmp_path, "Фантазия 5")
    away = SimpleNamespace(url="http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"^http://127\.0\.0\.1:9: cannot be reached$"):
        ask(town, away, tmp_path, "Фантазия 5")


def test_nothing_is_asked_without_being_told_to(town, monkeypatch):
    def fail(*_, **__):
        raise AssertionError

    monkeypatch.setattr(online, "_search", fail)
    monkeypatch.setattr("socket.socket.connect", fail)
    table = geocode(pd.Series(["Фантазия 5"]), places=town.places, districts=town.districts)
    assert table.loc[0, "precision"] == "none"


def test_the_command_asks_only_with_online(nominatim, tmp_path, monkeypatch, capsys):
    from geoplan.cli import main

    nominatim.answers["Фантазия 5"] = [answer(76.945, 43.245)]

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["geoplan", "geocode", "Фантазия 5", "--json", *arguments])
        try:
            main()
        except SystemExit as stop:
            assert not stop.code
        return json.loads(capsys.readouterr().out)[0]

    assert run()["lon"] is None
    assert nominatim.questions == []
    found = run("--online", "--server", nominatim.url, "--cache", str(tmp_path / "kept"))
    assert (found["lon"], found["precision"]) == (76.945, "address")
    assert len(nominatim.questions) == 1
    assert list((tmp_path / "kept").iterdir())
