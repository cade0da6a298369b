from pathlib import Path
from types import SimpleNamespace

import pytest

SOURCES = Path(__file__).resolve().parents[2].parent / "shared" / "sources"


@pytest.fixture(scope="session")
def almaty():
    """Districts, places and facilities built from the real source files."""
    if not SOURCES.is_dir():
        pytest.skip("no ../shared/sources")
    from geoplan.layers.districts import read_districts
    from geoplan.layers.facilities import read_facilities
    from geoplan.layers.places import read_places
    from geoplan.layers.streets import ROADS, read_streets

    districts, _ = read_districts(SOURCES)
    streets = read_streets(SOURCES / ROADS, districts=districts).table
    places, place_notes = read_places(SOURCES, districts, streets)
    facilities, notes = read_facilities(SOURCES, districts, places)
    return SimpleNamespace(
        sources=SOURCES,
        districts=districts,
        streets=streets,
        places=places,
        place_notes=place_notes,
        facilities=facilities,
        notes=notes,
    )
