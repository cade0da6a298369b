"""The command, run in this process as a user types it."""

from __future__ import annotations

import sys

import pytest

from geoplan import city as cities
from geoplan.city import open_city
from geoplan.cli import main


@pytest.fixture
def geoplan(monkeypatch, capsys):
    """Run the command; gives exit status, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["geoplan", *map(str, arguments)])
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        else:
            status = 0
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture(scope="session")
def shipped_city():
    return open_city("almaty")


@pytest.fixture
def opened_once(monkeypatch, shipped_city):
    """Let commands that ask for the shipped city as it is take one that is open already, with its networks."""

    def opened(name="almaty", layers=None):
        return shipped_city if (name, layers) == ("almaty", None) else open_city(name, layers)

    monkeypatch.setattr(cities, "open_city", opened)
