"""The command, run in this process as a user types it."""

from __future__ import annotations

import sys

import pytest

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
