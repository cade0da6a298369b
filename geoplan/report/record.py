"""Record: what a run was made from, enough to run it again and get the same bytes."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geoplan.city import City
    from geoplan.scenario import Plan
    from geoplan.standards import Standards

__all__ = ["run_record"]

_LIBRARIES = (
    "geopandas",
    "shapely",
    "numpy",
    "scipy",
    "pandas",
    "pyproj",
    "folium",
    "h3",
    "openpyxl",
    "pyogrio",
    "matplotlib",
)
_METHODS = {
    "exact": "phased maximal covering, solved by branch and bound; kept in sites.csv",
    "greedy": "greedy maximal covering (Church & ReVelle 1974)",
    "none": "nothing to propose",
}


def run_record(
    city: City, plans: list[Plan], *, standards: Standards, command: list[str], document: dict[str, str]
) -> dict[str, Any]:
    """Return the record of a run.

    Parameters
    ----------
    command
        The command line without paths of the machine.
    document
        Name and SHA-256 of the roadmap document, or the shipped layer it came from.
    """
    return {
        "command": command,
        "geoplan": metadata.version("geoplan"),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "city": city.name,
        "roadmap": document,
        "layers": {resource["path"]: resource["hash"] for resource in city.package["resources"]},
        **({"own_facilities": dict(city.own_facilities)} if city.own_facilities else {}),
        "standards": standards.model_dump(mode="json"),
        "seed": int(standards.draws.seed.value),
        "draws": int(standards.draws.count.value),
        "services": {
            plan.service.name: {
                "moments": plan.moments,
                "unplaced": plan.unplaced,
                "not_computable": dict(plan.not_computable),
                "siting": {
                    "method": _METHODS[plan.siting.how],
                    "newly_covered": round(plan.siting.objective),
                    "unit": plan.siting.unit,
                    "bound": round(plan.siting.bound),
                    "gap": round(plan.siting.gap, 4),
                },
            }
            for plan in plans
        },
        "basis": {
            "population": "one population at every moment; a change comes from what opens or closes",
            "proposed": "proposed sites are a calculation, not a decision",
        },
    }
