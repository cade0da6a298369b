import json
import re

import pytest
import synthetic_plan

from geoplan import maps


@pytest.fixture(scope="session")
def city():
    return synthetic_plan.small_city()


@pytest.fixture(scope="session")
def plans(city):
    return [synthetic_plan.make_plan(city, service) for service in synthetic_plan.SERVICES]


@pytest.fixture(scope="session")
def pages(plans, tmp_path_factory):
    """Text of every page, by file name."""
    folder = tmp_path_factory.mktemp("pages")
    return {path.name: path.read_text(encoding="utf-8") for path in maps.write(plans, folder)}


@pytest.fixture(scope="session")
def data_of():
    """Return a function that reads the data out of a page."""

    def read(page):
        found = re.search(
            r'<script type="application/json" id="geoplan-data">(.*?)</script>', page, re.DOTALL
        )
        return json.loads(found.group(1))

    return read
