"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT.parent / "shared" / "sources"

# `make test` draws the same cases each time, so that it passes or fails by what was changed; `make search` draws new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", print_blob=True)
settings.load_profile(os.environ.get("GEOPLAN_CASES", "same"))


def pytest_collection_modifyitems(items):
    """Skip tests of the source files, visibly, where the folder beside the project is not there."""
    if SOURCES.is_dir():
        return
    skip = pytest.mark.skip(reason="the source files (../shared/sources) are not beside the project")
    for item in items:
        if "sources" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sources() -> Path:
    return SOURCES
