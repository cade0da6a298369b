import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "maps"))

import synthetic_plan

from geoplan.report import report_tables
from geoplan.standards import load_standards

HOSTILE = '=HYPERLINK("http://example.org")'
COLUMNS = ["project", "parent", "title", "period_end", "kpi_2025", "kpi_2030", "line", "note"]


def projects(*rows):
    """Rows of projects.csv as far as the promises read them."""
    table = pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows], columns=COLUMNS)
    return table.astype({"period_end": "Int64"})


@pytest.fixture(scope="session")
def standards():
    return load_standards()


@pytest.fixture(scope="session")
def plans():
    city = synthetic_plan.small_city()
    made = [synthetic_plan.make_plan(city, service, hostile=HOSTILE) for service in synthetic_plan.SERVICES]
    for plan in made:
        plan.facilities["service"] = plan.service.name
        plan.builds["build_id"] = plan.service.name + plan.builds["build_id"]
        for build_id in list(plan.changes):
            plan.changes[plan.service.name + build_id] = plan.changes.pop(build_id)
    return made


@pytest.fixture(scope="session")
def tables(plans, standards):
    builds = pd.concat([plan.builds for plan in plans], ignore_index=True)
    own = [name for name in builds.columns if not name.startswith("site_")]
    rows = projects(["5", "", "@школы", 2025, "дефицита ученических мест до 5 тыс", "", 3, "-"])
    findings = pd.DataFrame({"project": ["5"], "line": [3], "kind": ["sum"], "message": ["+250 млн"]})
    builds["lon"] = builds["lat"] = float("nan")
    return report_tables(
        plans, projects=rows, builds=builds[[*own, "lon", "lat"]], findings=findings, standards=standards
    )
