"""A made-up town of two districts, and the real sources where they lie beside the project."""

import pytest
from made_up_town import write_districts, write_population, write_roads


@pytest.fixture(scope="session")
def real_districts(sources):
    from geoplan.layers.districts import read_districts

    return read_districts(sources)


@pytest.fixture(scope="session")
def real_streets(sources, real_districts):
    from geoplan.layers.streets import ROADS, read_streets

    streets, _, notes = read_streets(sources / ROADS, districts=real_districts[0])
    return streets, notes


@pytest.fixture(scope="session")
def real_population(sources, real_districts, real_streets):
    from geoplan.layers.population import read_population

    return read_population(sources, real_districts[0], real_streets[0])


@pytest.fixture
def made_up(tmp_path):
    folder = tmp_path / "sources"
    write_districts(folder)
    write_roads(folder)
    write_population(folder)
    return folder
