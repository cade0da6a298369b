from __future__ import annotations

from pathlib import Path

import pytest

from geoplan.roadmap import read_roadmap

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = REPOSITORY / "tests" / "data" / "roadmap_small.txt"
DOCUMENT = REPOSITORY.parent / "shared" / "sources" / "roadmap.txt"


@pytest.fixture(scope="session")
def small_text():
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small():
    return read_roadmap(SMALL)


@pytest.fixture(scope="session")
def document():
    if not DOCUMENT.is_file():
        pytest.skip("no source files beside the project")
    return DOCUMENT


@pytest.fixture(scope="session")
def real(document):
    return read_roadmap(document)


@pytest.fixture(scope="session")
def real_text(document):
    return document.read_text(encoding="utf-8")


@pytest.fixture
def reread(tmp_path):
    """Read an edited copy of a document."""

    def read(text, encoding="utf-8"):
        path = tmp_path / "edited.txt"
        path.write_bytes(text.encode(encoding, errors="replace"))
        return read_roadmap(path)

    return read
