"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT.parent / "shared" / "sources"


# Folders whose tests share one costly fixture (the pages of the whole city, say).
TOGETHER = frozenset({"browser", "maps", "report"})
# Files whose tests share nothing costly, and are long: any process may take any of them.
APART = frozenset({"test_roadmap_thousand.py"})


def _group(path: Path) -> str | None:
    """Return which tests one process takes together, so that what they share is made once; None for any process."""
    if path.name in APART:
        return None
    return path.parent.name if path.parent.name in TOGETHER else f"{path.parent.name}/{path.name}"


# First, since xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep tests together that share what is costly; skip those of the source files, visibly, where there are none."""
    for item in items:
        if group := _group(item.path):
            item.add_marker(pytest.mark.xdist_group(group))
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
