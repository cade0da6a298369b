"""`geoplan roadmap`: tables, audit and exit status."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from geoplan.cli.app import app


def geoplan(*arguments):
    return CliRunner().invoke(app, ["roadmap", *map(str, arguments)])


def test_a_document_that_adds_up_passes_the_check(tmp_path, small_text):
    path = tmp_path / "small.txt"
    path.write_text(small_text, encoding="utf-8")
    done = geoplan(path, "--check", "--out", tmp_path / "out")
    assert done.exit_code == 0
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == ["builds.csv", "cells.csv", "findings.csv", "projects.csv"]
    path.write_text(small_text.replace("6 070", "6 470"), encoding="utf-8")
    assert geoplan(path, "--check").exit_code == 1
    assert geoplan(path).exit_code == 0


def test_a_sum_off_by_one_passes_the_check(tmp_path, small_text):
    path = tmp_path / "small.txt"
    path.write_text(small_text.replace("28 900\t", "28 901\t"), encoding="utf-8")
    done = geoplan(path, "--check")
    assert done.exit_code == 0
    assert "rounding" in done.stderr


@pytest.mark.sources
def test_the_audit_of_the_published_document(document):
    done = geoplan(document, "--check", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert set(told) == {"projects", "builds", "findings", "merit"}
    figures = told["merit"]
    assert figures["rows"] == 120
    assert figures["hold_before"] < 0.85
    assert figures["hold_after"] > 0.95
    assert sum(figures["findings"].values()) == len(told["findings"])
